"""The rules of the Home Assistant agent, and that its files are what Home Assistant expects."""

from __future__ import annotations

import ast
import importlib.util
import json

import pytest

from scripts.settings import ROOT

FOLDER = ROOT / "deploy" / "home-assistant" / "custom_components" / "acupressure_guide"
_spec = importlib.util.spec_from_file_location("house_agent_rules", FOLDER / "guide.py")
guide = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(guide)

STEP = {"custom": {"card": "step"}}


def routine(state: str) -> dict:
    return {"custom": {"card": "routine", "state": state}}


@pytest.mark.parametrize(
    ("messages", "before", "listens", "running"),
    [
        ([STEP], False, True, True),
        ([{"text": "About two minutes to go."}], True, True, True),
        ([routine("paused")], True, True, True),
        ([routine("stopped")], True, False, False),
        ([routine("finished"), {"text": "How is it now?"}], True, True, False),
        ([routine("offered")], False, True, False),
        ([{"custom": {"card": "urgent"}}], True, False, False),
        ([{"text": "Shall I begin?"}], False, True, False),
        ([{"text": "You are welcome."}], False, False, False),
    ],
)
def test_it_listens_while_a_routine_runs_and_behind_questions(messages, before, listens, running) -> None:
    assert guide.goes_on(messages, before) is listens
    assert guide.is_running(messages, before) is running


def test_a_satellite_keeps_its_conversation() -> None:
    assert (
        guide.sender("kitchen", "d", "1")
        == guide.sender("kitchen", None, "2")
        != guide.sender("hall", "d", "1")
    )
    assert guide.sender(None, None, None)


def test_its_files_are_whole() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["domain"] == FOLDER.name
    assert manifest["version"]
    assert json.loads((FOLDER / "strings.json").read_text()) == json.loads(
        (FOLDER / "translations/en.json").read_text()
    )
    for file in FOLDER.glob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"))
