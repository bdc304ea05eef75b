"""Without the sentence encoder the guide trains and answers, by words and letters alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest
import yaml

from acupressure.catalog import read_yaml
from scripts.settings import ROOT, engine_env
from scripts.validate import nlu_examples

PHRASES = 12
"""Of each intent."""
EVERY = 6
"""Every so manieth message of the screen's is learnt."""

PROGRAM = """
import json, sys
from pathlib import Path

from rasa.api import train

import nlu.safety_screen
from nlu.sentence_encoder import encoder
from tests.support.assistant import LocalAssistant, cards

folder = Path(sys.argv[1])
nlu.safety_screen.FOLDER = folder / "screening"
trained = train("domain.yml", "config.yml", [str(folder / "nlu.yml"), "data/rules"], str(folder), force_training=True)
assistant = LocalAssistant(trained.model)
found = {"encoder": encoder() is not None, "cards": cards(assistant.say("somebody", "where is BL40"))}
(folder / "found.json").write_text(json.dumps(found))
"""


def write_phrases(file: Path) -> None:
    """Write the first phrases of each intent."""
    intents: dict[str, list[str]] = defaultdict(list)
    for _, intent, phrase in nlu_examples():
        intents[intent].append(phrase)
    blocks = [
        {"intent": intent, "examples": "".join(f"- {phrase}\n" for phrase in phrases[:PHRASES])}
        for intent, phrases in intents.items()
    ]
    file.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")


def thinned(node: dict | list) -> dict | list:
    """Return data with every list cut down to some of its entries."""
    if isinstance(node, dict):
        return {key: thinned(child) for key, child in node.items()}
    return list(islice(node, 0, None, EVERY))


def write_screening(folder: Path) -> None:
    """Write some of the messages that the screen of warning signs learns: all of them take most of a minute."""
    folder.mkdir()
    for file in sorted((ROOT / "data" / "screening").glob("*.yml")):
        text = yaml.safe_dump(thinned(read_yaml(file)), allow_unicode=True)
        (folder / file.name).write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_a_small_assistant_learns_and_answers_without_it(tmp_path: Path) -> None:
    write_phrases(tmp_path / "nlu.yml")
    write_screening(tmp_path / "screening")
    cache = {"RASA_CACHE_DIRECTORY": str(tmp_path / "cache"), "RASA_MAX_CACHE_SIZE": "0"}
    env = {**engine_env(), **cache, "ACU_ENCODER": "off"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert found["encoder"] is False
    assert [(card["card"], card.get("code")) for card in found["cards"]] == [("point", "BL40")]
