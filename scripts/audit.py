"""Look up known weaknesses of the locked packages; each that stays is explained in docs/accepted-risks.yml.

Runs in the tools' environment, with pip-audit. It fails for a weakness that is not explained, and for an explanation
that is no longer needed, so that the list stays true.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ACCEPTED = ROOT / "docs" / "accepted-risks.yml"
CANARY = "requests==2.19.0"
"""Too old to be without a known weakness: without one, the list itself is missing."""
_PIN = re.compile(r"^[a-z0-9._-]+==[^\s;\\]+", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(?P<id>[A-Z]+-[\w-]+):", re.MULTILINE)


def accepted() -> set[str]:
    """Return the ids that are explained. Read by pattern: the tools' environment has no YAML."""
    return set(_ENTRY.findall(ACCEPTED.read_text(encoding="utf-8"))) if ACCEPTED.exists() else set()


def weaknesses(pins: Sequence[str]) -> dict[str, tuple[str, str, list[str]]]:
    """Return id -> package, version and the versions that mend it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(pins) + "\n")
        listed.flush()
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "-r",
            listed.name,
            "--no-deps",
            "--disable-pip",
            "-f",
            "json",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.exit(f"The look-up failed: {done.stderr.strip()[-500:]}")
    return {
        weakness["id"]: (package["name"], package["version"], weakness["fix_versions"])
        for package in packages
        for weakness in package.get("vulns", [])
    }


def main() -> int:
    """Print what is not explained, and what no longer needs to be; 1 if there is any."""
    if not weaknesses([CANARY]):
        print(
            f"Nothing is said of {CANARY} either, whose weaknesses are well known: the package registry in use"
        )
        print("hands out no list of weaknesses. Run this where it does; here it tells nothing.")
        return 2
    # The lock's markers are for several systems; versions are what counts here.
    found = weaknesses(sorted(set(_PIN.findall(LOCK.read_text(encoding="utf-8")))))
    explained = accepted()
    for name in sorted(set(found) - explained):
        package, version, fixes = found[name]
        print(
            f"{name}: {package} {version} (mended in {', '.join(fixes) or 'no version yet'}) is not explained."
        )
    for name in sorted(explained - set(found)):
        print(f"{name} is explained in {ACCEPTED.name} but no longer found: remove it.")
    print(f"{len(found)} known, {len(set(found) & explained)} explained.")
    return int(set(found) != explained)


if __name__ == "__main__":
    sys.exit(main())
