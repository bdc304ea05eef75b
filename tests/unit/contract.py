"""The reply contract of the assistant, one strict checker per kind of card.

A card has the fields of its kind and no others. ``check_messages`` looks at a whole answer as a channel
sends it: every card, the words beside it, and what must never stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from acupressure.catalog import Catalog
from acupressure.maps import atlas

ASPECTS = {"location", "pressure", "duration", "benefits", "caution", "evidence", "picture"}
LEVELS = {"emergency", "same_day", "soon"}
ASKED = {"screen", "which_point", "which_complaint", "minutes", "pain_score", "confirm", "risk", "risks"}
ROUTINE_STATES = {"offered", "paused", "stopped", "finished", "running"}
SIDES = {"left", "right", "both", "midline"}
CLOSED = {"urgent", "crisis"}
"""Kinds beside which no point may stand."""

_SYMBOLS = re.compile(r"[()\[\]{}<>/\\*_#`|~%&+=;^@$€£°•→\u2013\u2014\u201c\u201d\"]|https?:|www\.")
_PICTOGRAMS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u3400-\u9FFF]")
_RUN_TOGETHER = re.compile(r"\b[A-Z]{1,3}-?[A-Z]{0,2}\d+")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_SHORTENED = re.compile(r"\b(?:e\.g|i\.e|etc|approx|vs|cm|mm)\b\.?|\w\.\w", re.IGNORECASE)

_PROMISE = re.compile(
    r"\b(?:cure[sd]?|curing|eliminat\w+|proven?|guarantee\w*|permanent\w*|"
    r"(?:no|without|free (?:of|from)|zero) side[- ]effects?)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|never|nobody|nothing|none|neither|nor|cannot|without|far from|whether|instead of|rather than)\b|n't\b",
    re.IGNORECASE,
)


class Broken(AssertionError):
    """An answer that does not keep the contract."""


def need(holds: object, problem: str) -> None:
    """Complain unless something holds."""
    if not holds:
        raise Broken(problem)


# -- words ------------------------------------------------------------------------------------------


def unspeakable(text: str) -> list[str]:
    """Return what a voice could not say or would say wrongly."""
    patterns = (_SYMBOLS, _PICTOGRAMS, _RUN_TOGETHER, _CAPITALS, _SHORTENED)
    return [match.group() for pattern in patterns for match in pattern.finditer(text)]


def promises(text: str) -> list[str]:
    """Return the words of promise that are not denied in their own sentence."""
    found = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for match in _PROMISE.finditer(sentence):
            if not _DENIAL.search(sentence[: match.start()]):
                found.append(match.group())
    return found


def check_words(text: str) -> None:
    """Complain of words that are broken or promise too much."""
    need(text.strip() == text and text, f"empty or with spaces at its ends: {text!r}")
    need(not re.search(r"[{}]|\bNone\b|  |\.\s*\.|\s[.,!?]", text), f"broken words: {text!r}")
    need(not promises(text), f"promises {promises(text)}: {text!r}")


# -- fields -----------------------------------------------------------------------------------------

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value == value.strip()


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_text(v) for v in value)


def _some_texts(value: Any) -> bool:
    return _texts(value) and bool(value)


def _seconds(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 5 <= value <= 300


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _one_of(allowed: Iterable[str]) -> Check:
    return lambda value: isinstance(value, str) and value in set(allowed)


def _some_of(allowed: Iterable[str]) -> Check:
    return lambda value: _some_texts(value) and set(value) <= set(allowed) and len(set(value)) == len(value)


def _picture(value: Any) -> bool:
    path = (
        re.fullmatch(r"/chat/maps/([\w-]+?)(?:-left|-right)?\.svg", value) if isinstance(value, str) else None
    )
    return bool(path) and path.group(1) in atlas().places


def _listed_points(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _scores(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(v, dict) and {"when", "value"} <= set(v) <= {"when", "value", "phase"} for v in value
    )


_ANY: Check = lambda value: True  # noqa: E731
_STRING: Check = lambda value: isinstance(value, str)  # noqa: E731

REQUIRED: dict[str, dict[str, Check]] = {
    "point": {
        "code": _text,
        "name": _text,
        "aspects": _some_of(ASPECTS),
        "location": _text,
        "press": _text,
        "seconds": _seconds,
        "caution": _text,
    },
    "points": {"points": _listed_points},
    "step": {
        "routine": _text,
        "index": lambda v: _count(v) and v >= 1,
        "of": _count,
        "code": _text,
        "seconds": _seconds,
        "state": _one_of({"running"}),
    },
    "routine": {"routine": _text, "state": _one_of(ROUTINE_STATES)},
    "urgent": {"level": _one_of(LEVELS), "signs": _some_texts},
    "caution": {"codes": _texts, "risk": _text},
    "ask": {"about": _one_of(ASKED)},
    "noted": {"what": _text},
    "pain": {"scores": _scores},
    "faq": {"topic": _text},
    "crisis": {"lines": _some_texts},
    "out_of_scope": {},
    "forgotten": {},
}
OPTIONAL: dict[str, dict[str, Check]] = {
    "point": {
        "pinyin": _text,
        "chinese": _text,
        "aliases": _texts,
        "sides": _one_of({"both", "midline"}),
        "benefits": _text,
        "picture": _picture,
        "source": _text,
    },
    "points": {"for": _text},
    "step": {
        "name": _text,
        "side": _one_of(SIDES),
        "instruction": _text,
        "seconds_left": _count,
        "picture": _picture,
        # seconds from the start of the hold at which a voice says half-time and the last ten seconds
        "cues": _ANY,
    },
    # `printable` is the routine as text for paper
    "routine": {
        "steps": _ANY,
        "seconds_left": _count,
        "steps_left": _count,
        "name": _text,
        "minutes": _ANY,
        "printable": _STRING,
    },
    "urgent": {"advice": _STRING},
    "caution": {"instead": _texts},
    "ask": {"options": _texts},
    # `person` says whose body a fact is about
    # `ics` is a calendar file
    "noted": {"value": _ANY, "person": _text, "ics": _STRING},
    # `csv` is the table of the scores
    "pain": {"change": _ANY, "csv": _STRING},
    "faq": {"sources": _texts},
    "crisis": {},
    # `code` is the code that was asked for and is not in the catalogue
    "out_of_scope": {"suggestions": _texts, "code": _text},
    "forgotten": {},
}
LISTED: dict[str, Check] = {"code": _text, "name": _text, "why": _text, "caution": _text}
LISTED_OPTIONAL: dict[str, Check] = {"location": _text, "press": _text, "seconds": _seconds}
"""Fields of one point in a list: a page draws the list without asking again."""


def _fields(label: str, given: Mapping, required: Mapping[str, Check], optional: Mapping[str, Check]) -> None:
    need(not required.keys() - given.keys(), f"{label}: lacks {sorted(required.keys() - given.keys())}")
    unknown = given.keys() - required.keys() - optional.keys()
    need(not unknown, f"{label}: unknown field {sorted(unknown)}")
    for name, value in given.items():
        check = required.get(name) or optional[name]
        need(check(value), f"{label}: {name} is wrong: {value!r}")


# -- cards ------------------------------------------------------------------------------------------


def check_card(card: Mapping[str, Any], catalog: Catalog) -> None:
    """Complain of a card that does not keep the contract."""
    kind = card.get("card")
    need(kind in REQUIRED, f"unknown kind of card: {kind!r}")
    label = f"card {kind}"
    given = {k: v for k, v in card.items() if k not in {"card", "speech"}}
    _fields(label, given, REQUIRED[kind], OPTIONAL[kind])
    if "speech" in card:
        need(_text(card["speech"]), f"{label}: speech is empty")
        need(
            not unspeakable(card["speech"]),
            f"{label}: cannot be said: {unspeakable(card['speech'])} in {card['speech']!r}",
        )
    CHECKERS.get(kind, lambda *_: None)(label, given, catalog)


def _check_point(label: str, card: Mapping, catalog: Catalog) -> None:
    need(card["code"] in catalog.points, f"{label}: no such point: {card['code']}")
    point = catalog.points[card["code"]]
    need(card["name"] == point.name, f"{label}: {card['code']} is called {point.name}")
    need(point.where in card["location"], f"{label}: the location of {point.code} is another")
    need(card["press"] == point.press, f"{label}: the way to press {point.code} is another")
    need(card["seconds"] == point.seconds.default, f"{label}: the time of {point.code} is another")
    need(point.caution in card["caution"], f"{label}: the caution of {point.code} is missing")
    need(card.get("sides", point.sides) == point.sides, f"{label}: the sides of {point.code} are others")
    aliases = card.get("aliases", [])
    need(len(set(aliases)) == len(aliases), f"{label}: an alias stands twice: {aliases}")
    need(card["name"] not in aliases, f"{label}: the name stands among the aliases")


def _check_points(label: str, card: Mapping, catalog: Catalog) -> None:
    codes = [p.get("code") for p in card["points"]]
    need(len(set(codes)) == len(codes), f"{label}: a point stands twice: {codes}")
    for listed in card["points"]:
        _fields(f"{label}: {listed.get('code')}", listed, LISTED, LISTED_OPTIONAL)
        need(listed["code"] in catalog.points, f"{label}: no such point: {listed['code']}")
        point = catalog.points[listed["code"]]
        need(listed["name"] == point.name, f"{label}: {point.code} is called {point.name}")
        need(point.caution in listed["caution"], f"{label}: the caution of {point.code} is missing")


def _check_step(label: str, card: Mapping, catalog: Catalog) -> None:
    need(card["code"] in catalog.points, f"{label}: no such point: {card['code']}")
    need(card["index"] <= card["of"], f"{label}: step {card['index']} of {card['of']}")


def _check_urgent(label: str, card: Mapping, catalog: Catalog) -> None:
    unknown = set(card["signs"]) - set(catalog.signs.signs) - {"unnamed"}
    need(not unknown, f"{label}: unknown signs {sorted(unknown)}")
    levels = [catalog.signs.signs[s].level for s in card["signs"] if s != "unnamed"]
    order = ("emergency", "same_day", "soon")
    worst = min(levels, key=order.index) if levels else card["level"]
    need(card["level"] == worst, f"{label}: level {card['level']} for signs of level {worst}")


def _check_caution(label: str, card: Mapping, catalog: Catalog) -> None:
    unknown = {*card["codes"], *card.get("instead", [])} - set(catalog.points)
    need(not unknown, f"{label}: unknown points {sorted(unknown)}")
    known = {*catalog.cautions.cautions, *catalog.signs.signs}
    need(card["risk"] in known, f"{label}: unknown risk {card['risk']!r}")
    both = set(card["codes"]) & set(card.get("instead", []))
    need(not both, f"{label}: withheld and offered instead: {sorted(both)}")


def _check_faq(label: str, card: Mapping, catalog: Catalog) -> None:
    known = {*catalog.faq, *catalog.complaints, "privacy", "help", "bot_challenge"}
    need(card["topic"] in known, f"{label}: unknown topic {card['topic']!r}")


CHECKERS: dict[str, Callable[[str, Mapping, Catalog], None]] = {
    "point": _check_point,
    "points": _check_points,
    "step": _check_step,
    "urgent": _check_urgent,
    "caution": _check_caution,
    "faq": _check_faq,
}


# -- answers ----------------------------------------------------------------------------------------


def shown_codes(cards: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the codes of all points that cards show."""
    codes: list[str] = []
    for card in cards:
        if card["card"] in {"point", "step"}:
            codes.append(card["code"])
        elif card["card"] == "points":
            codes += [p["code"] for p in card["points"]]
    return codes


def check_cards(cards: Sequence[Mapping[str, Any]], catalog: Catalog) -> None:
    """Complain of cards that break the contract alone or together."""
    for card in cards:
        check_card(card, catalog)
    shown = set(shown_codes(cards))
    kinds = {card["card"] for card in cards}
    need(not (kinds & CLOSED and shown), f"{kinds & CLOSED} beside points: {sorted(shown)}")
    withheld = {code for card in cards if card["card"] == "caution" for code in card["codes"]}
    need(not withheld & shown, f"withheld and shown: {sorted(withheld & shown)}")


def check_messages(messages: Sequence[Mapping[str, Any]], catalog: Catalog, channel: str = "rest") -> None:
    """Complain of an answer that breaks the contract."""
    need(messages, "silence")
    need("text" in messages[0], f"a card without words in front: {messages[0]}")
    cards = []
    for message in messages:
        given = {k: v for k, v in message.items() if k != "recipient_id"}
        if "custom" in given:
            need(set(given) == {"custom"}, f"a card shares its message: {sorted(given)}")
            cards.append(given["custom"])
            continue
        need("text" in given and set(given) <= {"text", "buttons"}, f"unknown message: {sorted(given)}")
        check_words(given["text"])
        for button in given.get("buttons", ()):
            need(set(button) == {"title", "payload"}, f"a button has other fields: {button}")
            need(_text(button["title"]) and _text(button["payload"]), f"an empty button: {button}")
            need(not button["payload"].startswith("/"), f"a button triggers an intent: {button}")
            need("{" not in button["title"] + button["payload"], f"an unfilled button: {button}")
    check_cards(cards, catalog)
    need(all("speech" in card for card in cards), "a card without speech")
    said = " ".join(m["text"] for m in messages if "text" in m)
    for code in {c for card in cards if card["card"] == "caution" for c in card["codes"]}:
        need(catalog.points[code].where not in said, f"{code} is withheld, and yet its place is told")
