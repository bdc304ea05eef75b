"""Look up known weaknesses of the locked packages; each that stays is explained in docs/accepted-risks.yml.

What needs no network is looked at in any case: that every locked package has a hash, and that every explanation is
whole and speaks of a package we lock. Then two lists of weaknesses are asked, PyPI's and OSV's, the second if the first
says nothing even of a package that is known to be weak. At the end it says what was checked and what was not.

Exit: 0 all checked and explained; 1 something is wrong; 2 nothing is wrong as far as could be checked, which is not all.
Runs in the tools' environment, with pip-audit and without any YAML.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = tuple(ROOT / f"requirements{part}.lock" for part in ("", "-voice", "-encoder", "-moonshine", "-npm"))
"""What runs in front of users. The tools of developers are not asked about."""
ACCEPTED = ROOT / "docs" / "accepted-risks.yml"
SERVICES = ("pypi", "osv")
CANARY = "requests==2.19.0"
"""Too old to be without a known weakness: who knows of none has no list."""
SECONDS = 600
_PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(\S+):[ \t]*\n((?:^ {8}.*\n?)*)", re.MULTILINE)
_FIELD = re.compile(r"^ {8}(\w+):[ \t]*(.*)$", re.MULTILINE)
_ID = re.compile(r"[A-Z]+-[\w-]+")


class NoList(Exception):
    """A service gave no list of weaknesses; the words say why."""


@dataclass(frozen=True)
class Weakness:
    """A known weakness of a locked package."""

    package: str
    version: str
    mended: tuple[str, ...]
    """Versions without it."""


@dataclass(frozen=True)
class Found:
    """What a service said."""

    weaknesses: dict[str, Weakness]
    """By the id of the weakness."""
    skipped: dict[str, str]
    """Packages it could say nothing of, each with its reason."""


Lookup = Callable[[Sequence[str], str], Found]


def pins(lock: str) -> dict[str, str]:
    """Return the packages of a lock with their versions."""
    return dict(_PIN.findall(lock))


def without_hash(lock: str) -> list[str]:
    """Return the packages of a lock that any file would do for."""
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    return [found[1] for block in blocks if (found := _PIN.match(block)) and "--hash=sha256:" not in block]


def explained(text: str) -> dict[str, dict[str, str]]:
    """Return the explanations of docs/accepted-risks.yml: id -> its fields."""
    # Read by pattern: the tools' environment has no YAML. What it passes over is told by `faults`.
    _, _, entries = ("\n" + text).partition("\naccepted:")
    return {name: dict(_FIELD.findall(body)) for name, body in _ENTRY.findall(entries)}


def faults(text: str, locked: dict[str, str]) -> list[str]:
    """Return what is wrong with the explanations themselves."""
    _, key, after = ("\n" + text).partition("\naccepted:")
    first, _, rest = after.partition("\n")
    known = explained(text)
    # Every line has to belong to an entry that was read: none may be passed over.
    lines = [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if (
        not key
        or (first.strip() or "{}") != "{}"
        or len(lines) != sum(1 + len(fields) for fields in known.values())
    ):
        return ["its entries cannot be read: the form stands at the top of the file"]
    wrong = []
    for name, fields in known.items():
        if not _ID.fullmatch(name):
            wrong.append(f"{name} is not the id of a weakness, such as PYSEC-2024-1")
        if fields.get("package", "") not in locked:
            wrong.append(f"{name}: the package '{fields.get('package', '')}' is not locked")
        if not fields.get("why", "").strip():
            wrong.append(f"{name}: it is not said why it stays")
    return wrong


def look_up(wanted: Sequence[str], service: str) -> Found:
    """Ask a service about packages (``name==version``); NoList if it cannot be asked."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        command = [
            *(sys.executable, "-m", "pip_audit", "-r", str(listed), "--no-deps", "--disable-pip"),
            *("-s", service, "-f", "json", "--progress-spinner", "off"),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise NoList(f"no answer within {SECONDS} seconds") from None
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NoList(said[-1][:200] if said else "no answer") from None
    return Found(
        {
            each["id"]: Weakness(package["name"], package["version"], tuple(each["fix_versions"]))
            for package in packages
            for each in package.get("vulns", [])
        },
        {package["name"]: package["skip_reason"] for package in packages if "skip_reason" in package},
    )


def ask(wanted: Sequence[str], lookup: Lookup) -> tuple[str, Found]:
    """Return the first service that has a list, and what it says of some packages."""
    reasons = []
    for service in SERVICES:
        try:
            if not lookup([CANARY], service).weaknesses:
                raise NoList(f"it knows no weakness of {CANARY} either, whose weaknesses are well known")
            return service, lookup(wanted, service)
        except NoList as reason:
            reasons.append(f"{service}: {reason}")
    raise NoList("; ".join(reasons))


def audit(locks: Sequence[str], accepted: str, lookup: Lookup) -> tuple[int, list[str]]:
    """Return the exit code and the lines that tell what was found, what was checked, and what was not."""
    locked = {name: version for lock in locks for name, version in pins(lock).items()}
    wanted = sorted({f"{name}=={version}" for lock in locks for name, version in pins(lock).items()})
    wrong = [f"{name} is locked without a hash." for lock in locks for name in without_hash(lock)]
    wrong += [f"{ACCEPTED.name}: {fault}." for fault in faults(accepted, locked)]
    checked = [
        f"that each of {len(wanted)} locked packages has a hash",
        f"that the {len(explained(accepted))} explanations are whole",
    ]
    unchecked = []
    try:
        service, found = ask(wanted, lookup)
    except NoList as reason:
        unchecked.append(f"known weaknesses of {len(wanted)} packages: no list was to be had ({reason})")
    else:
        for name, weakness in sorted(found.weaknesses.items()):
            if name not in explained(accepted):
                mended = ", ".join(weakness.mended) or "no version yet"
                wrong.append(
                    f"{name}: {weakness.package} {weakness.version} (mended in {mended}) is not explained."
                )
        for name, fields in explained(accepted).items():
            if name not in found.weaknesses and fields.get("package") not in found.skipped:
                wrong.append(f"{name} is explained in {ACCEPTED.name} but no longer found: remove it.")
        checked.append(
            f"known weaknesses of {len(wanted) - len(found.skipped)} packages, by the list of {service}: "
            f"{len(found.weaknesses)} found"
        )
        unchecked += [f"{name}: {reason}" for name, reason in sorted(found.skipped.items())]
    lines = [*wrong, "Checked:", *(f"  {each}" for each in checked)]
    if unchecked:
        lines += ["NOT checked:", *(f"  {each}" for each in unchecked)]
    return 1 if wrong else 2 if unchecked else 0, lines


def main() -> int:
    """Audit this project's locks."""
    code, lines = audit(
        [lock.read_text(encoding="utf-8") for lock in LOCKS],
        ACCEPTED.read_text(encoding="utf-8"),
        look_up,
    )
    print("\n".join(lines))
    endings = ("Nothing is wrong.", "Something is wrong.", "Nothing is wrong in what could be checked.")
    print(endings[code])
    return code


if __name__ == "__main__":
    sys.exit(main())
