"""Check catalogue, domain, rules and training data against each other, beyond what Rasa's validator sees."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import yaml

from acupressure.catalog import DEFAULT_FOLDER, read_yaml
from acupressure.catalog import load as load_catalog
from acupressure.errors import CatalogError
from acupressure.maps import load as load_maps
from acupressure.models import Point, Region
from scripts.settings import ROOT, engine_env

FORBIDDEN = re.compile(
    r"\b(?:cure[sd]?|eliminat\w+|guarantee\w*|permanent\w*|heals?|healing|no side effects|side-effect-free|miracle\w*)\b",
    re.I,
)
"""Words of promise that no answer may use, except to deny them (see ``_ALLOWED``)."""
_ALLOWED = re.compile(
    r"(?:\bno |\bnot |\bnever |n't |\bnobody |\bwithout |\bor |\bcannot |\bnor )[^.]{0,60}$", re.I
)
_ANNOTATED = re.compile(r"\[([^\]]+)\]\([a-z_]+:[a-z_]+\)")
"""A phrase with the entity it means, in Rasa's own syntax."""
_UNSPEAKABLE = re.compile(r"[()\[\]{}/<>*_#|;%&+=]|https?:|\be\.g\.|\bi\.e\.|\bcun\b")


def domain() -> dict:
    """Return the domain as data."""
    return read_yaml(ROOT / "domain.yml")


def nlu_examples() -> Iterator[tuple[str, str, str]]:
    """Yield (file, intent, phrase) of all training phrases."""
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in read_yaml(path).get("nlu") or []:
            for line in block["examples"].splitlines():
                if line.strip().startswith("- "):
                    phrase = _ANNOTATED.sub(r"\1", line.strip()[2:].strip())
                    yield path.name, block["intent"], phrase


def broken_examples() -> Iterator[str]:
    """Yield the lines among the examples that are no phrase: Rasa leaves them out and goes on."""
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in read_yaml(path).get("nlu") or []:
            lines = block["examples"].rstrip().splitlines()
            broken = [line for line in lines if not line.strip().startswith("- ")]
            yield from (f"data/nlu/{path.name}: {block['intent']}: no phrase: '{line}'" for line in broken)


def used_in_python(prefix: str, folders: tuple[str, ...]) -> set[str]:
    """Return the string constants with a prefix that the Python of some folders uses."""
    found = set()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and node.value.startswith(prefix)
                ):
                    found.add(node.value)
    return found


def check_training(intents: set[str]) -> Iterator[str]:
    """Yield what is wrong with the training phrases."""
    seen: dict[str, tuple[str, str]] = {}
    present = set()
    for file, intent, phrase in nlu_examples():
        present.add(intent)
        if intent not in intents:
            yield f"data/nlu/{file}: intent {intent} is not in domain.yml"
        key = re.sub(r"\W+", " ", phrase.lower()).strip() or phrase
        other_file, other = seen.setdefault(key, (file, intent))
        if other != intent:
            yield f"data/nlu/{file}: '{phrase}' stands under {intent} and under {other} ({other_file})"
    yield from broken_examples()
    for missing in sorted(intents - present):
        yield f"domain.yml: intent {missing} has no training phrase"


_COMMAND_WORDS = 4
"""Turns of a dialogue up to this many words may stand in training data too."""


def held_out_messages() -> Iterator[tuple[str, str]]:
    """Yield (file, message) of everything kept apart for measuring; dialogues turn by turn."""
    for path in sorted((ROOT / "tests" / "held_out").glob("*.yml")):
        content = read_yaml(path)
        yield from ((path.name, message["text"]) for message in content.get("messages", []))
        for dialogue in content.get("dialogues", []):
            said = (turn["say"] if isinstance(turn, dict) else turn for turn in dialogue["turns"])
            # "next" and "none of those" cannot be said otherwise
            yield from ((path.name, turn) for turn in said if len(turn.split()) > _COMMAND_WORDS)


def trained_messages() -> Iterator[str]:
    """Yield every phrase and message that something is trained on."""
    yield from (phrase for _, _, phrase in nlu_examples())
    for path in sorted((ROOT / "data" / "screening").glob("*.yml")):
        yield from (text for _, text in _sentences(read_yaml(path), ""))


def check_held_out() -> Iterator[str]:
    """Yield messages that stand in both training and held-out data."""
    trained = {_folded(text) for text in trained_messages()}
    for file, message in held_out_messages():
        if _folded(message) in trained:
            yield f"tests/held_out/{file}: '{message}' is trained on too"


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip() or text


def check_rules(intents: set[str], actions: set[str]) -> Iterator[str]:
    """Yield intents without a rule and rules with unknown names."""
    covered = set()
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in read_yaml(path).get("rules") or []:
            for step in rule["steps"]:
                covered.add(step.get("intent"))
                if step.get("action", "action_listen") not in actions | {"action_listen"}:
                    yield f"data/rules/{path.name}: {rule['rule']}: action {step['action']} is not in domain.yml"
    for missing in sorted(intents - covered):
        yield f"domain.yml: intent {missing} has no rule"


def check_actions(actions: set[str]) -> Iterator[str]:
    """Yield differences between the registered actions and the domain's list."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    for name in sorted(set(executor.actions) ^ actions):
        yield f"action {name}: only in {'actions/' if name in executor.actions else 'domain.yml'}"


def check_responses(responses: dict) -> Iterator[str]:
    """Yield responses that are missing, unused, unspeakable or promise too much."""
    used = used_in_python("utter_", ("acupressure", "actions", "channels")) - {
        "utter_action"
    }  # Rasa's own key
    prefixes = {u for u in used if u.endswith("_")}
    for name in sorted(used - prefixes - set(responses)):
        yield f"domain.yml: response {name} is used but missing"
    for name, variants in responses.items():
        if name not in used and not any(name.startswith(p) for p in prefixes):
            yield f"domain.yml: response {name} is not used"
        for variant in variants:
            text = variant.get("text", "")
            for found in FORBIDDEN.finditer(text):
                if not _ALLOWED.search(text[: found.start()]):
                    yield f"domain.yml: {name}: '{found.group()}' promises too much"
            try:
                list(string.Formatter().parse(text))
            except ValueError as error:
                yield f"domain.yml: {name}: {error}"
            if variant.get("channel") == "voice" and _UNSPEAKABLE.search(re.sub(r"\{\w+\}", "x", text)):
                yield f"domain.yml: {name}: the voice variant holds a sign that cannot be spoken"


def check_catalog_wording() -> Iterator[str]:
    """Yield sentences of the catalogue that promise too much or cannot be spoken."""
    for path in sorted(DEFAULT_FOLDER.glob("*.yml")):
        if path.name in {"who_points.yml", "sources.yml", "evidence.yml"}:
            continue
        for key, text in _sentences(yaml.safe_load(path.read_text(encoding="utf-8")), ""):
            field = key.rsplit(".", 1)[-1]
            for found in FORBIDDEN.finditer(text):
                if field not in _NOT_SAID and not _ALLOWED.search(text[: found.start()]):
                    yield f"{path.name}: {key}: '{found.group()}' promises too much"
            if field in _SPOKEN and _UNSPEAKABLE.search(text):
                yield f"{path.name}: {key}: '{_UNSPEAKABLE.search(text).group()}' cannot be spoken"


_SPOKEN = {
    "where",
    "find",
    "posture",
    "press",
    "often",
    "used_for",
    "tested",
    "caution",
    "caution_more",
    "why",
    "do",
    "advice",
}
_NOT_SAID = {"id", "says", "any", "question", "places", "body", "all", "unless"}


def _sentences(node: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        label = f"{key}.{node.get('code') or node.get('id')}" if node.get("code") or node.get("id") else key
        for name, child in node.items():
            if name != "concepts":
                yield from _sentences(child, f"{label}.{name}")
    elif isinstance(node, list):
        for child in node:
            yield from _sentences(child, key)
    elif isinstance(node, str):
        yield key, node


def check_maps(points: Mapping[str, Point]) -> Iterator[str]:
    """Yield points without a place in the drawings, and places without a point."""
    try:
        atlas = load_maps()
    except CatalogError as error:
        yield str(error)
        return
    for code in sorted(set(points) ^ set(atlas.places)):
        has = "has no place" if code in points else "is not in the catalogue"
        yield f"data/maps/places.yml: {code} {has}"
    for code in sorted(set(points) & set(atlas.places)):
        if points[code].sides == "midline" and len({m.spot.x for m in atlas.markers(code, True)}) > 1:
            yield f"data/maps/places.yml: {code} lies beside the middle line"
    for name, region in atlas.body.regions.items():
        if region.tap and name not in get_args(Region):
            yield f"data/maps/body.yml: {name} can be tapped but is no region of the catalogue"


def check_rasa() -> Iterator[str]:
    """Yield what Rasa's own validator says, warnings included."""
    command = [
        sys.executable,
        "-m",
        "rasa",
        "data",
        "validate",
        "--domain",
        "domain.yml",
        "--data",
        "data/nlu",
        "data/rules",
    ]
    done = subprocess.run(command, cwd=ROOT, env=engine_env(), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [
            line for line in (done.stdout + done.stderr).splitlines() if "rror" in line or "arning" in line
        ]
        yield f"rasa data validate: {lines[-1].strip() if lines else 'failed'}"


def problems(with_rasa: bool = True) -> Iterator[str]:
    """Yield every problem found."""
    try:
        known = load_catalog()
        declared = domain()
    except CatalogError as error:
        yield str(error)
        return
    intents, actions = set(declared["intents"]), set(declared["actions"])
    yield from check_training(intents)
    yield from check_held_out()
    yield from check_rules(intents, actions)
    yield from check_actions(actions)
    yield from check_responses(declared["responses"])
    yield from check_catalog_wording()
    yield from check_maps(known.points)
    if with_rasa:
        yield from check_rasa()


def main() -> int:
    """Print the problems; exit 1 if there are any."""
    sys.path.insert(0, str(Path(ROOT)))
    found = list(problems())
    for problem in found:
        print(f"error: {problem}")
    print(
        f"{len(found)} problem(s) found." if found else "Catalogue, domain, rules and phrases fit together."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
