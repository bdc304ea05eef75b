"""What understanding costs: time of a message, memory, and training; with the encoder and without."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.nlu import data, worker
from benchmarks.nlu.curves import quantiles
from scripts.settings import ROOT, encoder_dir

OFF = {"ACU_ENCODER": "off"}
WARM_UP = 20
"""Training phrases that are understood before the clock counts."""
COMPONENTS = (
    "CatalogReader",
    "SentenceEncoder",
    "PlaceFinder",
    "IntentClassifier",
    "ComplaintFinder",
    "SafetyScreen",
)


def measure(files: Sequence[Path], scratch: Path, every: int = 1, cold: bool = True) -> dict[str, Any]:
    """Train the assistant with the encoder and without, and let each model understand the fresh messages.

    Args:
        files: the training phrases and rules.
        cold: train once more as if no phrase had ever been encoded.
    """
    texts = [m["text"] for m in data.messages(data.FRESH, every)]
    kinds = {"with": {}, "without": OFF}
    result: dict[str, Any] = {"texts": len(texts), "training": {}, "serving": {}}
    for kind, env in kinds.items():
        model = scratch / f"{kind}.tar.gz"
        result["training"][kind] = train(files, model, env)
        result["serving"][kind] = serving(understand(model, texts, env))
    if cold:
        with tempfile.TemporaryDirectory(dir=scratch, prefix="encoder-") as folder:
            env = {"ACU_ENCODER_DIR": str(_without_vectors(Path(folder)))}
            result["training"]["cold"] = train(files, scratch / "cold.tar.gz", env)
    return result


def train(files: Sequence[Path], model: Path, env: dict[str, str]) -> dict[str, Any]:
    """Train the whole assistant from files and return what it took."""
    return worker.run(
        {
            "do": "train",
            "name": "train",
            "config": str(ROOT / "config.yml"),
            "domain": str(ROOT / "domain.yml"),
            "data": [str(file) for file in files],
            "model": str(model),
        },
        env,
    )


def understand(model: Path, texts: Sequence[str], env: dict[str, str] | None = None) -> dict[str, Any]:
    """Let a model understand texts on one core with one thread, each once, when it is warm."""
    warm_up = [m.get("text") for m in data.phrases(1)][:WARM_UP]
    job = {"do": "understand", "name": "understand", "model": str(model)}
    return worker.run({**job, "texts": list(texts), "warm_up": warm_up}, {**worker.ONE_THREAD, **(env or {})})


def serving(told: dict[str, Any]) -> dict[str, Any]:
    """Return the milliseconds of a message, in sum and of each component, and the memory."""
    rows = [row for row in told["rows"] if not row["failed"]]
    names = sorted({name for row in rows for name in row["ms"]})
    return {
        "ms": quantiles([sum(row["ms"].values()) for row in rows]),
        "cpu_ms": quantiles([row["cpu_ms"] for row in rows]),
        "components": {name: quantiles([row["ms"].get(name, 0.0) for row in rows]) for name in names},
        "memory_mb": told["memory_mb"],
        "model_bytes": told["model_bytes"],
    }


def _without_vectors(folder: Path) -> Path:
    """Fill a folder with the encoder as it is before the first training; the real one stays as it is."""
    for file in encoder_dir().iterdir():
        if file.is_file() and file.suffix != ".npz":
            (folder / file.name).symlink_to(file)
    return folder
