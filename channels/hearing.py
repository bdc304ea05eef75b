"""Whether what was heard was said to the guide, and which of its readings: take it, ask back, or leave it.

Two recognisers, what they leave open and how each reading is understood are weighed against each other. The weights
stand in ``hearing.yml``, one set for pocketsphinx with its witness and one for Moonshine beside it, which can tell how well
each reading goes with the sound; ``python -m benchmarks.voice_calibrate`` works them out from spoken sentences. Where
somebody is being led or was asked something, short commands and answers are expected, and believed sooner.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

from acupressure.catalog import catalog, read_yaml
from acupressure.understanding import KEY

FILE = Path(__file__).with_name("hearing.yml")
MOST = 4
"""Readings that are looked at: in more of them what is said to others looks more often like something of ours."""
_NOT_FOR_US = {"out_of_scope", "nlu_fallback", None}
_FOUND = ("points", "complaints", "risks", "signs")
_LONGEST_NAME, _BESIDES = 3, 2
"""Words of a name, and how many others have to stand beside one that only pocketsphinx heard."""
_LONG, _SHORT = 10, 5
_USUALLY_FLUENT = -1.2
"""Powers of ten for a word, where a client does not tell how likely people are to say a text."""
_CLEARLY = 0.1
_STRANGE = 0.8
"""Powers of ten for a word by which one reading goes better with the sound than another; by which it is more like what people say."""
_LEADING = ("routine_", "repeat", "affirm", "tell_pain")
_LED = {"running", "paused"}
_ODD = -1.6
"""Powers of ten for a word below which a text is not what people say to the guide: a name may hide in it."""
_OF_A_POINT = {
    "ask_location", "ask_pressure", "ask_duration", "ask_frequency", "ask_benefits", "ask_point_safety", "ask_point_evidence",
    "ask_picture", "ask_posture", "describe_point", "explain_find",
}  # fmt: skip
"""Intents of a question about a point."""
_NEAR = 0.2
"""Share of a name's sounds that may differ in a medicine, and where the question can be about the point just shown."""


@dataclass(frozen=True)
class Candidate:
    """One of the things that may have been said, and what it would mean."""

    text: str
    intent: str | None
    confidence: float
    found: tuple[tuple[str, ...], ...]
    """What the catalogue sees in it: points, complaints, risks, signs."""

    @property
    def is_ours(self) -> bool:
        """Tell whether it is any of the guide's business."""
        return self.intent not in _NOT_FOR_US

    @property
    def meaning(self) -> tuple:
        """What it means: two texts that mean the same are as good as one."""
        return self.intent, self.found

    @property
    def names_a_sign(self) -> bool:
        """Tell whether words of a warning sign or of self-harm are in it."""
        return bool(self.found[_FOUND.index("signs")]) or self.intent == "self_harm"


@dataclass(frozen=True)
class Place:
    """Where in a conversation something is heard."""

    led: bool = False
    """A routine is running or paused."""
    asked: bool = False
    """The guide waits for an answer."""
    of_a_point: bool = False
    """A point was shown, and questions without a name are about it."""


def place(slots: Mapping[str, Any]) -> Place:
    """Return where a conversation stands, by the slots of its tracker."""
    progress = slots.get("routine__progress") or {}
    asked, focus = slots.get("conversation__asked"), slots.get("points__focus")
    return Place(progress.get("status") in _LED, bool(asked), bool(focus))


def candidate(text: str, parsed: Mapping[str, Any]) -> Candidate:
    """Return a reading of what was heard, with what Rasa understands of it."""
    intent, reading = parsed.get("intent") or {}, parsed.get(KEY) or {}
    found = tuple(
        tuple(
            sorted(str(m.get("codes") or m.get("id") or m) if isinstance(m, Mapping) else str(m) for m in reading.get(n) or ())
        )
        for n in _FOUND
    )  # fmt: skip
    return Candidate(text, intent.get("name"), float(intent.get("confidence") or 0.0), found)


def texts(text: str, heard: Mapping[str, Any]) -> list[str]:
    """Return the different things that may have been said, the recogniser's own choice first, the witness's next."""
    others = [heard.get("witness") or "", heard.get("decoder") or "", *heard.get("alternatives", [])]
    return list(dict.fromkeys([text, *filter(None, others)]))[:MOST]


def features(
    number: int, candidates: Sequence[Candidate], heard: Mapping[str, Any], where: Place = Place()
) -> dict[str, float]:
    """Return what speaks for and against one of the candidates, each about between -1 and 1."""
    this, words = candidates[number], len(candidates[number].text.split())
    witness = heard.get("witness")
    beside = next((c for c in candidates if c.text == witness), candidates[0])
    seen = {
        "always": 1.0,
        "agreement": float(heard.get("agreement", 1.0)),
        "like the others": sum(_alike(this.text, c.text) for c in candidates) / len(candidates),
        "first": float(number == 0),
        "witness": float(this.text == witness),
        "fluent": max(-1.0, 1 + (heard.get("fluent") or {}).get(this.text, _USUALLY_FLUENT) / 2),
        "understood": this.confidence,
        "named": float(any(this.found)),
        "same meaning": sum(c.meaning == this.meaning for c in candidates) / len(candidates),
        "both mean it": float(candidates[0].meaning == this.meaning == beside.meaning),
        "none of our business": (float(not candidates[0].is_ours) + float(not beside.is_ours)) / 2,
        "sure": max(-1.0, math.log10(max(1e-9, float(heard.get("confidence", 1.0)))) / max(1, words)),
        "margin": max(-1.0, min(1.0, float(heard.get("margin", 0.0)) / 10)),
        "length": min(words, _LONG) / _LONG,
        "noisy": float(bool(heard.get("noisy"))),
        "command while led": float(
            where.led and words <= _SHORT and (this.intent or "").startswith(_LEADING)
        ),
        "answer when asked": float(where.asked and words <= _SHORT),
    }
    if by_sound(heard):
        decoder = heard.get("decoder") or ""
        seen |= {
            "sound": max(-1.0, 1 + 2 * heard["sound"].get(this.text, -1.0)),
            "like the decoder": _alike(this.text, decoder),
            "like the witness": _alike(this.text, witness or ""),
            "decoder like the witness": _alike(decoder, witness or ""),
        }
    return seen


def by_sound(heard: Mapping[str, Any]) -> bool:
    """Tell whether it is known how well each reading goes with the sound."""
    return bool(heard.get("sound"))


@lru_cache(maxsize=256)
def _alike(one: str, two: str) -> float:
    return SequenceMatcher(None, one.split(), two.split(), autojunk=False).ratio()


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    return read_yaml(FILE)


def numbers(heard: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the weights and the borders for what was heard that way."""
    return _known()["moonshine" if by_sound(heard) else "pocketsphinx"]


def chance(seen: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return what features and their weights make together, from 0 to 1."""
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in seen.items())))


@dataclass(frozen=True)
class Decision:
    """What is done about an utterance."""

    text: str
    """What it is taken for."""
    taken: bool
    """It is answered; otherwise nothing is shown, begun or moved."""
    ask: bool = False
    """It is worth asking whether this was said."""


def best(
    candidates: Sequence[Candidate], heard: Mapping[str, Any], where: Place, known: Mapping[str, Any]
) -> tuple[Candidate | None, float]:
    """Return the likeliest of the readings that are our business, and how likely it was said to the guide at all.

    A warning sign is none of them: where a recogniser chose one it is taken already, else it is only asked back.
    """
    chosen, likeliest, ours = None, -1.0, 0.0
    for number, this in enumerate(candidates):
        if this.is_ours and not this.names_a_sign:
            seen = features(number, candidates, heard, where)
            likely = chance(seen, known["right"])
            if likely > likeliest:
                chosen, likeliest, ours = this, likely, chance(seen, known["ours"])
    return chosen, ours


def chosen_for_signs(candidates: Sequence[Candidate], heard: Mapping[str, Any]) -> list[Candidate]:
    """Return the readings of which one with a warning sign is enough: what was chosen, and what the witness heard.

    Not what pocketsphinx chose where Moonshine knew better: it hears our words in anything.
    """
    return [c for n, c in enumerate(candidates) if n == 0 or c.text == heard.get("witness")]


def _risk_besides(
    chosen: Candidate, candidates: Sequence[Candidate], heard: Mapping[str, Any]
) -> Candidate | None:
    """Return what a recogniser heard of a personal risk that is not in the chosen reading: it decides what may be shown."""
    risks = _FOUND.index("risks")
    for this in candidates:
        told = this.text in {heard.get("witness"), heard.get("decoder")}
        more = set(this.found[risks]) - set(chosen.found[risks])
        if told and more and not (_are_small(more) and _fits_worse(this, chosen, heard)):
            return this
    return None


def _are_small(risks: Iterable[str]) -> bool:
    """Tell whether risks concern one place only, such as a cut: "sigh of the cut" is sciatica, a medicine is never let go."""
    known = catalog().cautions.cautions
    return all(risk in known and known[risk].local for risk in risks)


def _fits_worse(this: Candidate, chosen: Candidate, heard: Mapping[str, Any]) -> bool:
    """Tell whether a reading is much less like what people say than the chosen one, which pocketsphinx heard too, or less and goes worse with the sound."""
    sound, fluent = heard.get("sound") or {}, heard.get("fluent") or {}
    known = {this.text, chosen.text} <= sound.keys() & fluent.keys()
    if not known or chosen.text != heard.get("decoder"):
        return False
    stranger = fluent[chosen.text] - fluent[this.text]
    return stranger > _STRANGE or stranger > 0 and sound[this.text] < sound[chosen.text] - _CLEARLY


def _name_besides(candidates: Sequence[Candidate], heard: Mapping[str, Any]) -> Candidate | None:
    """Return what pocketsphinx heard where it differs from another reading in a name of ours alone.

    The other recogniser cannot know the name: it writes "you can't do an location please" for "yaoyangguan location
    please". Other words that both heard have to stand beside it, for pocketsphinx hears names of ours in anything.
    """
    points = _FOUND.index("points")
    this = next((c for c in candidates if c.text == heard.get("decoder") and c.found[points]), None)
    if this is None:
        return None
    words = this.text.split()
    for other in candidates:
        if other.text == this.text or other.found[points]:
            continue
        parts = SequenceMatcher(None, other.text.split(), words, autojunk=False).get_opcodes()
        changed = [last - first for kind, *_, first, last in parts if kind != "equal"]
        same = sum(last - first for kind, *_, first, last in parts if kind == "equal")
        if len(changed) == 1 and changed[0] <= _LONGEST_NAME and same >= _BESIDES:
            return this
    return None


def _by_its_sound(
    chosen: Candidate | None,
    first: Candidate,
    named: Sequence[Candidate],
    heard: Mapping[str, Any],
    where: Place,
) -> Candidate | None:
    """Return the reading with a name that sounds like what was written for it, where it tells what is missing.

    That is a point in a question about one that names none, or a medicine that decides which points are shown. Not where
    people do say what was chosen, nor where pocketsphinx heard the same: it knows those names.
    """
    odd = chosen is not None and (heard.get("fluent") or {}).get(chosen.text, 0.0) < _ODD
    if not odd or first.text == heard.get("decoder"):
        return None
    risks, points = _FOUND.index("risks"), _FOUND.index("points")
    for this in named:
        near = (heard.get("named") or {}).get(this.text, -1.0) >= -_NEAR
        if near and set(this.found[risks]) - set(chosen.found[risks]):
            return this
        asks = chosen.intent in _OF_A_POINT and not chosen.found[points]
        if asks and this.found[points] and not where.led and (near or not where.of_a_point):
            return this
    return None


def decide(
    candidates: Sequence[Candidate],
    heard: Mapping[str, Any],
    where: Place = Place(),
    known: Mapping[str, Any] | None = None,
    named: Sequence[Candidate] = (),
) -> Decision:
    """Return what is done about an utterance that may have been one of several things.

    Words of a warning sign are always taken where they were chosen or the witness heard them: asking again could cost
    more than a wrong question. Where they are only among what else it may have been, it is asked; so are personal risks
    that one recogniser heard and the other one did not, and a point whose name stands where the chosen reading has other words.

    Args:
        known: other numbers than those of the file.
        named: what it may have been where words stand for a name that sounds like them.
    """
    known = numbers(heard) if known is None else known
    for this in chosen_for_signs(candidates, heard):
        if this.names_a_sign:
            return Decision(this.text, taken=True)
    chosen, ours = best(candidates, heard, where, known)
    if chosen is not None and ours >= known["take"]:
        other = None if chosen.found[_FOUND.index("points")] else _name_besides(candidates, heard)
        rather = _risk_besides(chosen, candidates, heard) or other
        rather = rather or _by_its_sound(chosen, candidates[0], named, heard, where)
        return Decision(rather.text, taken=False, ask=True) if rather else Decision(chosen.text, taken=True)
    for this in candidates:
        if this.names_a_sign:
            return Decision(this.text, taken=False, ask=True)
    # In the middle of a routine others are talked to: asking back would hold it up.
    border = known["ask_led"] if where.led else known["ask"]
    rather = _name_besides(candidates, heard)
    if rather is None and ours >= border:
        rather = _by_its_sound(chosen, candidates[0], named, heard, where)
    if rather:
        return Decision(rather.text, taken=False, ask=True)
    if chosen is None:
        # None of our business, clearly heard: the assistant says so itself. Else it is as good as noise, and so is
        # what has a name of ours in it by chance: it would be answered with a card.
        is_clear = _clearness(candidates[0].text, heard, where) >= known["clear"]
        return Decision(candidates[0].text, taken=is_clear and not any(candidates[0].found))
    may_be_sign = any(c.intent == "report_warning_sign" for c in candidates)
    return Decision(chosen.text, taken=False, ask=ours >= border or may_be_sign)


def _clearness(text: str, heard: Mapping[str, Any], where: Place) -> float:
    """Return how clearly something was heard that is none of our business, from 0 to 1.

    Who talks while the guide speaks or leads somebody probably talks to somebody else: there it is as good as noise,
    unless a recogniser that knows our words only heard the same.
    """
    if by_sound(heard) and not where.led and not heard.get("barge_in"):
        return _alike(text, heard.get("witness") or "")
    return float(heard.get("agreement", 1.0))


async def decided(agent: Any, sender: str, text: str, heard: Mapping[str, Any]) -> Decision:
    """Understand everything that may have been said, and decide.

    Args:
        agent: Rasa's agent.
        heard: what ``channels.voice.heard_of`` returns.
    """
    tracker = await agent.tracker_store.retrieve(sender)
    where = place(tracker.current_slot_values() if tracker else {})
    readings = [candidate(t, await agent.parse_message(t)) for t in texts(text, heard)]
    named = [candidate(t, await agent.parse_message(t)) for t in heard.get("named") or ()]
    return decide(readings, heard, where, named=named)
