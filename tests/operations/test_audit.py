"""The audit says what it found, what it checked, and what it could not; offline it still checks what it can."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from scripts.audit import ACCEPTED, CANARY, LOCKS, Found, NoList, Weakness, audit, faults, look_up, pins
from scripts.settings import ROOT

LOCK = """# made by a tool
alpha==1.0 ; python_full_version < '3.11' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via rasa
beta-two==2.1 \\
    --hash=sha256:cc
"""
NONE = "# The form:\n#     PYSEC-2024-1:\naccepted: {}\n"
ONE = "accepted:\n    PYSEC-2020-7:\n        package: alpha\n        why: it is never called\n"
WEAK = Found({"PYSEC-2020-7": Weakness("alpha", "1.0", ("1.1",))}, {})


def service(answer: Found, name: str = "pypi"):
    """Return a look-up of which one service has a list."""

    def lookup(wanted: Sequence[str], asked: str) -> Found:
        if asked != name:
            return Found({}, {"everything": "not found"})
        return Found({"PYSEC-0": Weakness("requests", "2.19.0", ())}, {}) if wanted == [CANARY] else answer

    return lookup


def nobody(wanted: Sequence[str], asked: str) -> Found:
    raise NoList("no network")


def test_all_is_well() -> None:
    code, lines = audit([LOCK], NONE, service(Found({}, {})))
    assert code == 0
    assert "NOT checked:" not in lines
    assert any("2 packages, by the list of pypi: 0 found" in line for line in lines)


def test_the_second_list_is_asked_if_the_first_knows_nothing() -> None:
    code, lines = audit([LOCK], ONE, service(WEAK, "osv"))
    assert code == 0
    assert any("by the list of osv: 1 found" in line for line in lines)


def test_a_weakness_has_to_be_explained_and_an_explanation_needed() -> None:
    code, lines = audit([LOCK], NONE, service(WEAK))
    assert code == 1
    assert "PYSEC-2020-7: alpha 1.0 (mended in 1.1) is not explained." in lines
    code, lines = audit([LOCK], ONE, service(Found({}, {})))
    assert code == 1
    assert any("no longer found: remove it" in line for line in lines)


def test_without_a_list_it_says_so_and_checks_the_rest() -> None:
    code, lines = audit([LOCK], ONE, nobody)
    assert code == 2
    assert any("known weaknesses of 2 packages: no list was to be had" in line for line in lines)
    assert lines.index("NOT checked:") > lines.index("Checked:")
    code, lines = audit([LOCK.replace("    --hash=sha256:cc\n", "")], ONE, nobody)
    assert code == 1
    assert "beta-two is locked without a hash." in lines


def test_a_package_the_list_passes_over_counts_as_not_checked() -> None:
    code, lines = audit([LOCK], ONE, service(Found({}, {"alpha": "not found"})))
    assert code == 2
    assert "  alpha: not found" in lines
    assert any("known weaknesses of 1 packages" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("risks: {}", "cannot be read"),
        ("accepted: nothing", "cannot be read"),
        (ONE.replace("    PYSEC", "  PYSEC"), "cannot be read"),
        (ONE.replace("        why", "          why"), "cannot be read"),
        (ONE.replace("PYSEC-2020-7", "the-old-one"), "is not the id of a weakness"),
        (ONE.replace("alpha", "gamma"), "'gamma' is not locked"),
        (ONE.replace("it is never called", ""), "not said why"),
    ],
)
def test_an_explanation_that_explains_nothing_is_told(text: str, part: str) -> None:
    assert any(part in fault for fault in faults(text, pins(LOCK))), faults(text, pins(LOCK))


def test_our_own_locks_and_explanations_are_whole() -> None:
    locks = [lock.read_text(encoding="utf-8") for lock in LOCKS]
    code, lines = audit(locks, ACCEPTED.read_text(encoding="utf-8"), nobody)
    assert code == 2, lines
    assert sum(len(pins(lock)) for lock in locks) > 150


def test_a_missing_tool_is_a_list_that_is_not_to_be_had() -> None:
    """pip-audit lives in the tools' environment, not in the one of the tests."""
    with pytest.raises(NoList, match="pip_audit"):
        look_up([CANARY], "pypi")
    command = [sys.executable, "scripts/audit.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "NOT checked:" in done.stdout
    assert done.stdout.endswith("Nothing is wrong in what could be checked.\n")
    assert done.stderr == ""
