"""Where the weights of the neural recogniser are, and whether they can be used."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "moonshine"
ENCODER, DECODER, TOKENIZER = "encoder_model.onnx", "decoder_model_merged.onnx", "tokenizer.json"
READY = "ok"
"""The file that says that they are complete, and which ones they are."""


def can_run() -> bool:
    """Tell whether the recogniser is switched on (``VOICE_MOONSHINE=off`` saves its memory) and has what it runs on."""
    is_wanted = os.environ.get("VOICE_MOONSHINE", "").strip().lower() != "off"
    return is_wanted and importlib.util.find_spec("onnxruntime") is not None


def mark_of(folder: Path = FOLDER) -> str:
    """Return which weights are in use, "" where there are none."""
    mark = folder / READY
    return mark.read_text(encoding="utf-8").strip() if can_run() and mark.is_file() else ""
