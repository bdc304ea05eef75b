"""Whole conversations with the trained assistant, sorted by phenomenon: one file of YAML each.

A file holds ``conversations``: a list of ``name`` (a sentence, unique over all files) and ``turns``. A turn:

    say         what the user types
    cards       kinds of the cards of the answer, all of them in their order
    shows       codes that the answer shows; ``[]``: no point at all
    not_shows   codes that it must not show
    topic       topic of its faq card
    risk        id of its caution or noted card
    level       level of its urgent card
    step        index of its step card, from 1
    code        code of its step card
    side        side of its step card
    seconds     length of the hold of its step card
    state       state of its routine or step card; ``none``: it has neither
    asks        what its ask card is about
    scores      values of its pain card
    carries     fields that its cards must have, such as a file to take along
    words       patterns that its words must hold, whatever the case
    no_words    patterns that they must not hold

Every turn expects something, and every answer is held against the contract besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from acupressure.catalog import Catalog, read_yaml
from scripts.validate import held_out_messages, trained_messages
from tests.support.assistant import LocalAssistant, cards, shown, text
from tests.unit.contract import ASKED, ROUTINE_STATES, check_messages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PHENOMENA = [
    "ambiguous_names", "aspects", "complaints", "follow_ups", "following", "garbage", "general_questions", "locate",
    "lookalikes", "misheard",
    "out_of_scope", "pain", "repeat", "risks", "routine_commands", "routine_happy", "routine_interrupted",
    "routine_safety", "short_words", "small_talk", "taken_back", "together", "unasked", "unwell", "warning_signs",
]  # fmt: skip
LISTS = {"cards", "shows", "not_shows", "words", "no_words", "carries"}
TEXTS = {"topic", "risk", "level", "code", "side", "state", "asks"}
NUMBERS = {"step", "seconds"}
SCORES = "scores"
EXPECTATIONS = LISTS | TEXTS | NUMBERS | {SCORES}
MOST_TURNS = 14
COMMAND_WORDS = 4
"""Messages up to this many words may stand in training data too: "next" cannot be said otherwise."""
FIELDS = (
    ("topic", {"faq"}, "topic"), ("level", {"urgent"}, "level"), ("asks", {"ask"}, "about"),
    ("step", {"step"}, "index"), ("code", {"step"}, "code"), ("side", {"step"}, "side"),
    ("seconds", {"step"}, "seconds"), ("state", {"step", "routine"}, "state"),
)  # fmt: skip
"""What a turn may expect of a field: its key, the kinds of card that have it, its name there."""


class Mistake(Exception):
    """A conversation file that does not keep its own rules."""


@dataclass(frozen=True)
class Conversation:
    """One conversation of a file."""

    phenomenon: str
    name: str
    turns: tuple[dict, ...]


def read(path: Path) -> Iterator[Conversation]:
    """Yield the conversations of a file; Mistake at the first thing out of order."""
    content = read_yaml(path)
    if content.keys() != {"conversations"}:
        raise Mistake(f"{path.name}: knows only 'conversations', not {sorted(content)}")
    for entry in content["conversations"]:
        if not isinstance(entry, dict) or entry.keys() != {"name", "turns"}:
            raise Mistake(f"{path.name}: {entry}: a conversation has 'name' and 'turns'")
        label = f"{path.name}: {entry['name']}"
        if not 1 <= len(entry["turns"]) <= MOST_TURNS:
            raise Mistake(f"{label}: 1 to {MOST_TURNS} turns, not {len(entry['turns'])}")
        for turn in entry["turns"]:
            _check_turn(label, turn)
        yield Conversation(path.stem, entry["name"], tuple(entry["turns"]))


def _check_turn(label: str, turn: dict) -> None:
    unknown = turn.keys() - EXPECTATIONS - {"say"}
    if unknown:
        raise Mistake(f"{label}: unknown key {sorted(unknown)}")
    if not isinstance(turn.get("say"), str):
        raise Mistake(f"{label}: a turn without words to say: {turn}")
    if not turn.keys() & EXPECTATIONS:
        raise Mistake(f"{label}: nothing is expected of the answer to {turn['say']!r}")
    for key in turn.keys() & LISTS:
        if not isinstance(turn[key], list) or not all(isinstance(v, str) for v in turn[key]):
            raise Mistake(f"{label}: {key} is a list of words, not {turn[key]!r}")
    for key in turn.keys() & TEXTS:
        if not isinstance(turn[key], str):
            raise Mistake(f"{label}: {key} is one word, not {turn[key]!r}")
    for key in turn.keys() & NUMBERS:
        if not _is_number(turn[key], int):
            raise Mistake(f"{label}: {key} is a number, not {turn[key]!r}")
    values = turn.get(SCORES, [])
    if not isinstance(values, list) or not all(_is_number(v, int, float) for v in values):
        raise Mistake(f"{label}: {SCORES} is a list of numbers, not {values!r}")
    for pattern in (*turn.get("words", ()), *turn.get("no_words", ())):
        re.compile(pattern)


def _is_number(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def read_all(folder: Path = HERE) -> list[Conversation]:
    """Return the conversations of all files; Mistake where a name stands twice."""
    found = [c for path in sorted(folder.glob("*.yml")) for c in read(path)]
    names = [c.name for c in found]
    for name in names:
        if names.count(name) > 1:
            raise Mistake(f"the name {name!r} stands twice")
    return found


CONVERSATIONS = read_all()


def complaints_of(messages: list[dict], turn: dict) -> list[str]:
    """Return how an answer differs from what a turn expects."""
    wrong: list[str] = []
    sent, codes, words = cards(messages), shown(messages), text(messages)
    kinds = [c["card"] for c in sent]
    if "cards" in turn and kinds != turn["cards"]:
        wrong.append(f"cards {kinds} instead of {turn['cards']}")
    if "shows" in turn and (missing := [c for c in turn["shows"] if c not in codes]):
        wrong.append(f"shows {codes}, lacks {missing}")
    if turn.get("shows") == [] and codes:
        wrong.append(f"shows {codes} instead of nothing")
    if hidden := [c for c in turn.get("not_shows", ()) if c in codes]:
        wrong.append(f"shows {hidden}")
    for key, kinds_of_key, field in FIELDS:
        told = [c.get(field) for c in sent if c["card"] in kinds_of_key]
        if key in turn and turn[key] not in (told or ["none"]):
            wrong.append(f"{key} {told} instead of {turn[key]}")
    values = [s["value"] for c in sent if c["card"] == "pain" for s in c["scores"]]
    if SCORES in turn and values != turn[SCORES]:
        wrong.append(f"{SCORES} {values} instead of {turn[SCORES]}")
    wrong += [f"carries no {name}" for name in turn.get("carries", ()) if not any(name in c for c in sent)]
    told = [
        c["risk"] if c["card"] == "caution" else c["what"] for c in sent if c["card"] in {"caution", "noted"}
    ]
    if "risk" in turn and turn["risk"] not in told:
        wrong.append(f"risk {told} instead of {turn['risk']}")
    wrong += [f"lacks /{p}/" for p in turn.get("words", ()) if not re.search(p, words, re.IGNORECASE)]
    wrong += [f"holds /{p}/" for p in turn.get("no_words", ()) if re.search(p, words, re.IGNORECASE)]
    return wrong


@pytest.mark.model
@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: f"{c.phenomenon}: {c.name}")
def test_conversation(assistant: LocalAssistant, known: Catalog, conversation: Conversation) -> None:
    sender = assistant.new_sender()
    for turn in conversation.turns:
        messages = assistant.say(sender, turn["say"])
        told = text(messages)
        check_messages(messages, known)
        wrong = complaints_of(messages, turn)
        assert not wrong, f"to {turn['say']!r}: {'; '.join(wrong)}. Said: {told[:300]}"


# -- the files themselves ----------------------------------------------------------------------------------


def test_every_phenomenon_has_its_file() -> None:
    assert sorted(path.stem for path in HERE.glob("*.yml")) == PHENOMENA


def test_there_are_enough_conversations() -> None:
    assert len(CONVERSATIONS) >= 60
    assert sum(c.phenomenon.startswith(("routine_", "pain")) for c in CONVERSATIONS) >= 25
    assert max(len(c.turns) for c in CONVERSATIONS) >= 10


def test_expected_codes_risks_and_topics_exist(known: Catalog) -> None:
    for conversation in CONVERSATIONS:
        for turn in conversation.turns:
            codes = {*turn.get("shows", ()), *turn.get("not_shows", ()), turn.get("code", "LI4")}
            assert codes <= set(known.points), conversation.name
            assert turn.get("state", "none") in {*ROUTINE_STATES, "none"}, conversation.name
            assert turn.get("asks", "screen") in ASKED, conversation.name
            assert turn.get("topic", "what_is") in {
                *known.faq,
                *known.complaints,
                "privacy",
                "help",
                "bot_challenge",
            }, conversation.name
            risks = {*known.cautions.cautions, *known.signs.signs, "warning_sign", "known", "reminder"}
            assert turn.get("risk", "pregnancy") in risks, conversation.name


def plainly(said: str) -> str:
    """Return the words of a message without case and signs."""
    return re.sub(r"\W+", " ", said.lower()).strip()


def learned() -> set[str]:
    """Return every message that something is trained on or measured by."""
    return {plainly(t) for t in (*trained_messages(), *(text for _, text in held_out_messages()))}


def test_no_message_is_copied_from_training_or_held_out_data() -> None:
    known_words = learned()
    assert len(known_words) > 5000, "the data were not read"
    said = [t["say"] for c in CONVERSATIONS for t in c.turns]
    copied = sorted({s for s in said if len(s.split()) > COMMAND_WORDS and plainly(s) in known_words})
    assert copied == []


# -- the runner ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"conversations": [], "more": []}, "knows only"),
        ({"conversations": [{"name": "a", "turns": [], "voice": 1}]}, "has 'name' and 'turns'"),
        ({"conversations": [{"name": "a", "turns": []}]}, "1 to 14 turns"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "shows": ["LI4"]}] * 15}]}, "1 to 14 turns"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "card": ["point"]}]}]}, "unknown key"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x"}]}]}, "nothing is expected"),
        ({"conversations": [{"name": "a", "turns": [{"shows": ["LI4"]}]}]}, "without words"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "shows": "LI4"}]}]}, "is a list"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "topic": ["cure"]}]}]}, "is one word"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "step": "2"}]}]}, "is a number"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "step": True}]}]}, "is a number"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "scores": ["7"]}]}]}, "list of numbers"),
        ({"conversations": [{"name": "a", "turns": [{"say": "x", "words": ["y"]}]}] * 2}, "stands twice"),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, content: dict, problem: str) -> None:
    (tmp_path / "locate.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(Mistake, match=problem):
        read_all(tmp_path)


@pytest.mark.parametrize(
    ("turn", "is_wrong"),
    [
        ({"cards": ["point"]}, False),
        ({"cards": ["points"]}, True),
        ({"cards": []}, True),
        ({"shows": ["LI4"]}, False),
        ({"shows": ["LI4", "BL40"]}, True),
        ({"shows": []}, True),
        ({"not_shows": ["LI4"]}, True),
        ({"not_shows": ["BL40"]}, False),
        ({"topic": "cure"}, True),
        ({"risk": "pregnancy"}, True),
        ({"level": "soon"}, True),
        ({"words": ["HAND"]}, False),
        ({"words": ["foot"]}, True),
        ({"no_words": ["hand"]}, True),
        ({"no_words": ["foot"]}, False),
        ({"step": 1}, True),
        ({"state": "none"}, False),
        ({"state": "running"}, True),
        ({"asks": "screen"}, True),
        ({"scores": []}, False),
        ({"scores": [7]}, True),
        ({"carries": ["code"]}, False),
        ({"carries": ["ics"]}, True),
    ],
)
def test_an_answer_is_held_against_what_is_expected(turn: dict, is_wrong: bool) -> None:
    messages = [{"text": "On your hand."}, {"custom": {"card": "point", "code": "LI4"}}]
    assert bool(complaints_of(messages, turn)) is is_wrong


@pytest.mark.parametrize(
    ("turn", "is_wrong"),
    [
        ({"step": 2, "code": "LI4", "side": "right", "seconds": 30, "state": "running"}, False),
        ({"step": 1}, True),
        ({"code": "BL40"}, True),
        ({"side": "left"}, True),
        ({"seconds": 40}, True),
        ({"state": "none"}, True),
        ({"scores": [7, 4.5]}, False),
        ({"scores": [7]}, True),
    ],
)
def test_a_step_and_scores_are_held_against_what_is_expected(turn: dict, is_wrong: bool) -> None:
    step = {"card": "step", "index": 2, "code": "LI4", "side": "right", "seconds": 30, "state": "running"}
    pain = {"card": "pain", "scores": [{"when": "", "value": 7}, {"when": "", "value": 4.5}]}
    messages = [{"text": "On your hand."}, {"custom": step}, {"text": "Noted."}, {"custom": pain}]
    assert bool(complaints_of(messages, turn)) is is_wrong
