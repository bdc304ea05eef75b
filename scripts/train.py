"""Train the assistant, unless a model for exactly these files is already there."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts import fetch_encoder
from scripts.processes import command, reason, run_logged
from scripts.settings import CACHE, LOCK, LOGS, MODELS, ROOT, Problem, encoder_mark, engine_env, short

TRAINED_FROM = ("config.yml", "domain.yml", "data", "nlu", "policies", "acupressure")
UNTRAINED = ("data/maps/", "acupressure/maps/", "acupressure/answers/", "acupressure/quantities/",
    "acupressure/routine/", *(
    f"acupressure/{name}.py"
    for name in ("cards", "memory", "pain", "policy", "reminder", "reply", "settings", "wording")
))  # fmt: skip
"""What only answers: a change there needs no new model."""
KEPT_MODELS = 2


def _is_source(path: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in path.parts)
    return not hidden and path.suffix != ".pyc" and not path.name.endswith("~")


def source_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield, in a fixed order, every file a model depends on."""
    for name in TRAINED_FROM:
        top = root / name
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in found:
            inner = path.relative_to(root)
            if path.is_file() and _is_source(inner) and not inner.as_posix().startswith(UNTRAINED):
                yield path


def fingerprint(root: Path = ROOT, encoder: str | None = None) -> str:
    """Return a short name for the state of everything a model depends on."""
    digest = hashlib.sha256()
    for path in [*source_files(root), root / LOCK.name]:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    digest.update((encoder_mark() if encoder is None else encoder).encode())
    return digest.hexdigest()[:12]


def model_path() -> Path:
    """Return where the model for the present files is, or will be."""
    return MODELS / f"assistant-{fingerprint()}.tar.gz"


def check() -> None:
    """Run our validation, where it exists, before minutes go into training."""
    if importlib.util.find_spec("scripts.validate") is None:
        return
    log = LOGS / "validate.log"
    if run_logged([sys.executable, "-m", "scripts.validate"], log, engine_env()):
        raise Problem(f"The assistant's files do not fit together: {reason(log)}. Log: {short(log)}")


def _rasa_train(name: str, out: str) -> list[str]:
    return [
        # our own validation sees all that Rasa's does, and more
        *(sys.executable, "-m", "rasa", "train", "--skip-validation"),
        *("--fixed-model-name", name, "--out", out),
        *("--config", "config.yml", "--domain", "domain.yml"),
        *("--data", "data/nlu", "data/rules"),
        # Rasa's own cache looks at a component's class but not at the modules it uses.
        "--force",
    ]


def train(target: Path) -> None:
    """Train into a scratch folder; the model appears whole under its name or not at all."""
    name, log = target.name.removesuffix(".tar.gz"), LOGS / "train.log"
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="train-") as scratch:
        env = {**engine_env(), "RASA_CACHE_DIRECTORY": f"{scratch}/cache", "RASA_MAX_CACHE_SIZE": "0"}
        code = run_logged(_rasa_train(name, scratch), log, env)
        made = Path(scratch) / target.name
        if code or not made.is_file():
            raise Problem(f"Training failed: {reason(log)}. Log: {short(log)}")
        MODELS.mkdir(exist_ok=True)
        made.replace(target)


def keep_newest(kept: int = KEPT_MODELS) -> None:
    """Remove all but the newest models we made."""
    models = sorted(MODELS.glob("assistant-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for path in models[:-kept]:
        path.unlink(missing_ok=True)


def ensure_model(validate: bool = True, step: str = "") -> Path:
    """Return the model for the present files, training it first when there is none."""
    target = model_path()
    if target.is_file():
        print(f"{step}Training: nothing has changed.", flush=True)
        os.utime(target)  # in use, so not the one to remove next
        return target
    print(f"{step}Training the assistant (about two minutes) ...", flush=True)
    if validate:
        check()
    train(target)
    keep_newest()
    return target


@command
def main() -> int:
    """Train if needed and print where the model is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-validation", action="store_true", help="the files were just checked")
    options = parser.parse_args()
    fetch_encoder.ensure_encoder()
    print(short(ensure_model(validate=not options.skip_validation)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
