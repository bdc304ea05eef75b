"""Without TensorFlow the assistant is smaller and says the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from scripts import engine
from scripts.settings import ROOT, engine_env

ASK = """
import json, sys
{before}
from scripts.train import ensure_model
from tests.support.assistant import LocalAssistant
assistant = LocalAssistant(ensure_model(validate=False))
said = []
for text in json.loads(sys.argv[1]):
    parsed = assistant.parse(text)
    said.append([parsed["intent"]["name"], round(parsed["intent"]["confidence"], 4), assistant.say("a", text)])
real = getattr(sys.modules.get("tensorflow"), "__file__", None) is not None
memory = int(open("/proc/self/statm").read().split()[1]) // 256 if sys.platform == "linux" else 0
print("RESULT" + json.dumps({{"said": said, "tensorflow": real, "memory": memory}}))
"""
TEXTS = (
    "Where is LI4?", "and for how long?", "my lower back is killing me", "I'm pregnant", "is BL60 fine then?",
    "lead me through the desk reset", "none of those", "next", "how long left?", "stop",
    "I can't feel my legs and lost control of my bladder", "does it really work?", "what's the weather like",
    "forget me", "Is there a point in the dent behind my knee?",
)  # fmt: skip


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=engine_env(), capture_output=True, text=True, check=False)


@pytest.mark.model
@pytest.mark.slow
def test_the_answers_are_the_same_with_and_without() -> None:
    results = []
    for before in ("from scripts.engine import lighten; lighten()", ""):
        done = run(ASK.format(before=before), json.dumps(TEXTS))
        assert "RESULT" in done.stdout, done.stderr[-2000:]
        results.append(json.loads(done.stdout.split("RESULT")[1]))
    light, full = results
    assert (light["tensorflow"], full["tensorflow"]) == (False, True)
    assert light["said"] == full["said"]
    if light["memory"]:
        assert light["memory"] < 0.75 * full["memory"]


def test_whoever_needs_tensorflow_is_told() -> None:
    done = run(
        "from scripts.engine import lighten; lighten()\n"
        "from rasa.nlu.classifiers.diet_classifier import DIET\n"
        "DIET({}, {}, {}, {})"
    )
    assert "NotLoaded" in done.stderr
    assert "ACU_LIGHT=off" in done.stderr


def test_nothing_else_is_left_out() -> None:
    finder = engine.HollowFinder()
    assert finder.find_spec("tensorflow.keras.layers")
    assert finder.find_spec("tensorflowish") is finder.find_spec("numpy") is None
    with pytest.raises(ModuleNotFoundError):
        finder.find_spec("jax")


@pytest.mark.parametrize(
    ("parts", "is_light"),
    [
        ({"pipeline": [{"name": "nlu.x.X"}], "policies": [{"name": "RulePolicy"}]}, True),
        ({"pipeline": [{"name": "DIETClassifier"}], "policies": [{"name": "RulePolicy"}]}, False),
        ({"pipeline": [{"name": "nlu.x.X"}], "policies": [{"name": "TEDPolicy"}]}, False),
    ],
)
def test_a_pipeline_that_needs_it_gets_it(
    monkeypatch: pytest.MonkeyPatch, parts: dict, is_light: bool
) -> None:
    monkeypatch.delenv("ACU_LIGHT", raising=False)
    monkeypatch.setattr(engine.yaml, "safe_load", lambda _: parts)
    assert engine.is_light() is is_light


def test_the_present_pipeline_does_not_need_it_and_the_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACU_LIGHT", raising=False)
    assert engine.is_light()
    monkeypatch.setenv("ACU_LIGHT", "off")
    assert not engine.is_light()


@pytest.mark.parametrize(("set_by_hand", "threads"), [({}, 1), ({"OPENBLAS_NUM_THREADS": "2"}, 2)])
def test_numbers_are_multiplied_in_one_thread_unless_told_otherwise(set_by_hand, threads) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("with one core there is one thread anyway")
    code = (
        "from scripts.engine import use_one_thread; use_one_thread()\n"
        "import numpy, threadpoolctl\n"
        "print([p['num_threads'] for p in threadpoolctl.threadpool_info() if p['user_api'] == 'blas'])"
    )
    env = {name: value for name, value in engine_env().items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env={**env, **set_by_hand}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"[{threads}]"
