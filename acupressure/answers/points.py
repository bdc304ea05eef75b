"""Answers about points: where, how, how long, what for, how safe, and which one was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from acupressure import cards, policy
from acupressure.answers import alarms
from acupressure.answers.aspects import named as aspects_named
from acupressure.answers.ordinals import picked_codes
from acupressure.catalog import Catalog
from acupressure.finder import PointMention
from acupressure.memory import Memory
from acupressure.models import Point
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import listing

ASPECTS = {
    "ask_location": "location",
    "explain_find": "find",
    "ask_pressure": "pressure",
    "ask_posture": "posture",
    "ask_duration": "duration",
    "ask_frequency": "frequency",
    "ask_benefits": "benefits",
    "ask_point_safety": "caution",
    "ask_point_evidence": "evidence",
    "ask_picture": "picture",
    "describe_point": "overview",
}
"""Intent -> what is asked about a point."""

GENERAL = {
    "ask_pressure": "faq_technique",
    "ask_duration": "faq_technique",
    "ask_frequency": "faq_how_often",
    "ask_point_evidence": "faq_does_it_work",
    "ask_point_safety": "faq_who_should_not",
    "ask_benefits": "faq_what_is",
    "ask_posture": "faq_technique",
}
"""The general question that an aspect becomes when no point is meant."""
PARTICULAR = {
    "faq_technique": "ask_pressure",
    "faq_tools": "ask_pressure",
    "faq_does_it_hurt": "ask_pressure",
    "faq_how_often": "ask_frequency",
    "faq_does_it_work": "ask_point_evidence",
    "faq_who_should_not": "ask_point_safety",
    "faq_side_effects": "ask_point_safety",
    "faq_partner": "ask_posture",
    "faq_self": "ask_posture",
    "faq_learn": "describe_point",
    "faq_what_is": "describe_point",
    "faq_feeling": "ask_pressure",
    "faq_sides": "ask_duration",
    "faq_measure": "explain_find",
    "faq_cure": "ask_benefits",
    "faq_how_soon": "ask_frequency",
    "faq_when": "ask_frequency",
    "faq_claims": "ask_point_evidence",
    "faq_acupuncture_difference": "describe_point",
}
"""What a general question asks of a point when one is named in it."""

_BASE = ("location", "pressure", "caution")
"""What every answer that shows a point carries, whatever was asked."""
_PLURAL = re.compile(
    r"\b(?:them|they|these|those|each(?! (?:leg|side|foot|hand|arm|wrist|ankle|ear|knee|time|day))|all|both(?! (?:the |my |your )?(?:legs?|sides?|f[eo]+t|hands?|arms?|wrists?|ankles?|ears?|knees?|shoulders?|thumbs?)\b))\b"
)
MOST_IN_FULL, MOST_ASKED_OF = 2, 3
"""Up to this many points are answered in full, and where something is asked of each; more become a list."""


SAME = re.compile(r"\b(?:same|ditto|likewise)\b")
_PLUS = re.compile(r"\b(?:plus|and also|as well as|and|with)\b|\+|&")
_AND_THAT = re.compile(
    r"(?:^|.*[.!]\s)\W*(?:and|no wait|wait|sorry|i meant?|for|what about|how about|what of|also)\b(?:\W+[\w']+){1,4}\W*$"
)
"""A point named in passing ("and LI4?") is asked about in what was asked last."""


def asking(aspect: str) -> str:
    """Return the intent that asks for an aspect of a point."""
    return next(intent for intent, asked in ASPECTS.items() if asked == aspect)


def aspects_asked(turn: Turn) -> tuple[str, ...]:
    """Return what the message asks about a point, in its order: by its intents, and in so many words."""
    meant = [ASPECTS[i] for i in turn.intents if i in ASPECTS]
    told = aspects_named(turn.reading.text)
    if told and meant in ([], ["overview"]):
        return told
    return tuple(dict.fromkeys([*meant, *told]))


def answer(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer a question about one or several points, or ask which one is meant."""
    reading, memory = turn.reading, turn.memory
    aspects = aspects_asked(turn) or ("overview",)
    if aspects == ("overview",) and memory.asked == "which_point" and memory.aspects:
        aspects = memory.aspects
    named = [m for m in reading.points if m.codes]
    if (
        named
        and memory.aspects
        and SAME.search(reading.text.lower())
        or aspects == ("overview",)
        and memory.aspects
        and _AND_THAT.match(reading.text.lower())
    ):
        more = aspects if aspects != ("overview",) and _PLUS.search(reading.text.lower()) else ()
        aspects = tuple(dict.fromkeys([*memory.aspects, *more]))
    strangers = [m for m in reading.points if not m.codes]
    each = [] if strangers else _asked_of_each(reading.text, named)
    if each:
        bubbles = []
        for codes, own in each:
            new, memory = show(catalog, memory, codes, own)
            bubbles += new
        every = tuple(dict.fromkeys(c for codes, _ in each for c in codes))
        open_, _ = sort_by_policy(catalog, memory, every)
        return bubbles, replace(memory, focus=tuple(open_) or memory.focus, offered=tuple(open_))
    if named:
        codes = tuple(dict.fromkeys(c for m in named for c in m.codes))
        unsure = next((m for m in named if m.is_ambiguous), None)
        bubbles, memory = show(catalog, memory, codes, aspects, ambiguous=unsure.text if unsure else "")
        notes = [
            bubble(
                Say(
                    "utter_points_other_numbering",
                    {"said": m.text.upper(), "code": m.codes[0], "other": m.alternative},
                )
            )
            for m in named
            if m.alternative and len(m.codes) == 1 and m.alternative != m.codes[0]
        ]
        return [*bubbles, *notes, *(stranger(catalog, m) for m in strangers)], memory
    if strangers:
        return [stranger(catalog, m) for m in strangers], memory
    codes = referred(turn)
    if codes:
        return show(catalog, memory, codes, aspects)
    if reading.complaints:  # "how do I press for my neck" asks for the points of the complaint
        from acupressure.answers import complaints

        return complaints.answer(turn, catalog)
    return ask_which(catalog, replace(memory, aspects=aspects))


_AND = re.compile(r"[,;.?!]+|\band\b")


def _asked_of_each(text: str, named: Sequence[PointMention]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return (codes, aspects) of each point where something else is asked of each: "where is LI4 and what is KI3 for"."""
    if len(named) < 2 or any(text[m.start : m.end].lower() != m.text.lower() for m in named):
        return []
    each, begin = [], 0
    for mention, after in zip(named, (*named[1:], None)):
        cuts = [m.end() for m in _AND.finditer(text, mention.end, after.start if after else len(text))]
        if after and not cuts:
            return []
        end = cuts[-1] if after else (*cuts, len(text))[0]
        told = aspects_named(f"{text[begin : mention.start]}it{text[mention.end : end]}")
        each.append((mention.codes, told))
        begin = end
    if aspects_named(text[begin:]):  # "where are LI4 and KI3, and how long": asked of both
        return []
    different = all(told for _, told in each) and len({told for _, told in each}) > 1
    return each if different else []


def referred(turn: Turn) -> tuple[str, ...]:
    """Return the codes a message without a name refers to: ordinals, "the other one", "it"."""
    text, memory = turn.reading.text.lower(), turn.memory
    picked = picked_codes(text, memory)
    if picked:
        return picked
    if _PLURAL.search(text) and len(memory.offered) > 1 and len(memory.focus) < 2:
        return memory.offered[: MOST_IN_FULL + 1]
    return memory.focus


def ask_which(catalog: Catalog, memory: Memory) -> tuple[list[Bubble], Memory]:
    """Ask which point is meant, offering those shown last or the commonest ones."""
    listed = (
        memory.offered or memory.focus or tuple(c for c in ("BL40", "LI4", "BL23") if c in catalog.points)
    )
    allowed = policy.allowed(catalog, listed, memory.own_risks(), memory.places)[:3]
    names = [catalog.point(c).name for c in allowed]
    card = cards.ask_card("which_point", names)
    memory = replace(memory, asked="which_point", offered=allowed or memory.offered)
    if not names:
        return [bubble(Say("utter_points_ask_which_free"), card=card)], memory
    return [bubble(Say("utter_points_ask_which", {"names": listing(names, "or")}), card=card)], memory


def stranger(catalog: Catalog, mention) -> Bubble:
    """Answer a code or name that the catalogue has no instructions for."""
    suggestions = [catalog.point(c).name for c in ("BL40", "LI4") if c in catalog.points]
    card = {**cards.out_of_scope_card(suggestions), "code": mention.other}
    note = (
        Say("utter_points_old_number_note", {"said": mention.other, "code": mention.alternative})
        if mention.alternative
        else None
    )
    if mention.how == "unknown":
        return bubble(Say("utter_points_no_such_code", {"code": mention.other}), card=card)
    who = catalog.who[mention.other]
    return bubble(
        Say(
            "utter_points_known_only", {"code": who.code, "pinyin": who.pinyin.title(), "region": who.region}
        ),
        note,
        card=card,
    )


def show(
    catalog: Catalog, memory: Memory, codes: Sequence[str], aspects: Sequence[str], ambiguous: str = ""
) -> tuple[list[Bubble], Memory]:
    """Show points in the given aspects; those that a known risk forbids become a caution."""
    open_, withheld = sort_by_policy(catalog, memory, codes)
    if len(withheld) == len(codes) == 1 and _may_tell_how(catalog, memory, codes[0], aspects):
        left_out = withheld_bubble(catalog, memory, withheld)
        point = catalog.point(codes[0])
        told = [say for aspect in aspects for say in _aspect(point, aspect, cards.point_facts(point))]
        says = (*left_out.says, Say("utter_safety_once_over"), *told)
        return [replace(left_out, says=says)], replace(
            memory.with_focus(tuple(codes), tuple(aspects)), topic=""
        )
    bubbles = [withheld_bubble(catalog, memory, withheld)] if withheld else []
    if len(open_) == 1:
        bubbles.append(one(catalog, memory, catalog.point(open_[0]), aspects))
    elif 1 < len(open_) <= MOST_ASKED_OF and not ambiguous and tuple(aspects) != ("overview",):
        bubbles += [one(catalog, memory, catalog.point(code), aspects) for code in open_]
    elif open_:
        bubbles.append(several(catalog, memory, [catalog.point(c) for c in open_], aspects, ambiguous))
    if open_:
        memory = replace(memory.with_focus(tuple(open_), tuple(aspects)), topic="")
    else:  # "and how long?" then means the one left out, not an older one
        memory = replace(memory.with_focus(tuple(codes), tuple(aspects)), topic="")
    if len(codes) > 1:
        memory = replace(memory, offered=tuple(open_))
    return bubbles, memory


_TOLD_MEANWHILE = {"pressure", "duration", "benefits", "evidence"}
"""Aspects of a point that are no invitation to press it now."""


def _may_tell_how(catalog: Catalog, memory: Memory, code: str, aspects: Sequence[str]) -> bool:
    """Tell whether what is asked of a point left out may be told: nothing closes it but what is over in an hour or two."""
    if not set(aspects) <= _TOLD_MEANWHILE:
        return False
    passing = {r for r in memory.own_risks() if catalog.cautions.cautions[r].passes}
    later = memory
    for risk in passing:
        later = later.with_risk(memory.person, risk, False)
    return bool(passing and sort_by_policy(catalog, later, [code])[0])


def sort_by_policy(catalog: Catalog, memory: Memory, codes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return (codes that may be shown, codes withheld) for the person talked about."""
    regions = alarms.closed_regions(catalog, memory)
    fine = policy.allowed(catalog, codes, memory.own_risks(), memory.places)
    open_ = [c for c in fine if catalog.point(c).region not in regions]
    return open_, [c for c in codes if c not in open_]


def withheld_bubble(catalog: Catalog, memory: Memory, withheld: Sequence[str], most: int = 4) -> Bubble:
    """Say which points are not shown, because of what, and what is fine instead: for the ache talked about first.

    Args:
        most: points that are named; the card carries them all.
    """
    ache = catalog.complaints.get(memory.complaint)
    near = [p.code for p in ache.points if p.code not in withheld] if ache else []
    first = policy.verdict(catalog, catalog.point(withheld[0]), memory.own_risks(), memory.places)
    risk = first.withheld
    fine, _ = sort_by_policy(
        catalog, memory, policy.instead(catalog, memory.own_risks(), memory.places, near)
    )
    names = [catalog.point(c).name for c in fine]
    listed = listing([f"{catalog.point(c).name} ({c})" for c in withheld[:most]])
    if risk is None:  # a warning sign that stands closes the region
        says = [Say("utter_safety_near_sign", {"points": listed})]
        card = cards.caution_card(withheld, memory.signs[0] if memory.signs else "sign", fine)
    else:
        facts = {"points": listed, "risk": risk.name, "advice": risk.advice}
        says = [Say("utter_safety_withheld", facts)]
        card = cards.caution_card(withheld, risk.id, fine)
    says.append(
        Say("utter_safety_instead", {"names": listing(names, "or")})
        if names
        else Say("utter_safety_no_instead")
    )
    return bubble(*says, card=card)


def one(catalog: Catalog, memory: Memory, point: Point, aspects: Sequence[str]) -> Bubble:
    """Return the answer about one point: what was asked first, then where, how and the caveat."""
    facts = cards.point_facts(point)
    advice = [c.advice for c in policy.verdict(catalog, point, memory.own_risks(), memory.places).limited]
    parts = [Say("utter_points_name", facts)]
    done: set[str] = set()
    for aspect in aspects:
        parts += [say for say in _aspect(point, aspect, facts) if say not in parts]
        done |= _COVERS.get(aspect, {aspect})
    parts += [Say(f"utter_points_{base}", facts) for base in _BASE[:2] if base not in done]
    parts += [Say("utter_safety_limit", {"advice": a}) for a in advice[:2]]
    if "caution" not in done:
        parts.append(Say("utter_points_caution", facts))
    parts.append(Say("utter_points_next", facts))
    return bubble(*parts, card=cards.point_card(point, aspects, catalog, advice))


_COVERS = {"overview": {"location", "pressure"}, "find": {"location"}}


def _aspect(point: Point, aspect: str, facts: dict) -> list[Say]:
    if aspect == "overview":
        return [
            Say("utter_points_location", facts),
            Say("utter_points_pressure", facts),
            Say("utter_points_benefits", facts),
        ]
    if aspect == "find":
        return [Say("utter_points_location", facts), Say("utter_points_find", facts), *_doubts(facts)]
    if aspect == "caution":
        return [Say("utter_points_caution", facts), Say("utter_points_caution_more", facts)]
    if aspect == "evidence":
        return [Say("utter_points_evidence", facts), *_doubts(facts)]
    if aspect == "picture":
        return [Say("utter_points_picture" if cards.picture(point) else "utter_points_location", facts)]
    return [Say(f"utter_points_{aspect}", facts)]


def _doubts(facts: dict) -> list[Say]:
    return [Say("utter_points_doubts", facts)] if facts["doubts"] else []


def several(
    catalog: Catalog, memory: Memory, points: Sequence[Point], aspects: Sequence[str], ambiguous: str = ""
) -> Bubble:
    """Return the answer about several points: in full for two, else as a list."""
    names = listing([f"{p.name} ({p.code})" for p in points])
    head = Say("utter_points_ambiguous", {"said": ambiguous, "names": names}) if ambiguous else None
    says = [head]
    for point in points[:MOST_IN_FULL]:
        facts = cards.point_facts(point)
        says.append(Say("utter_points_name", facts))
        done: set[str] = set()
        for aspect in aspects:
            says += _aspect(point, aspect, facts)
            done |= _COVERS.get(aspect, {aspect})
        says += [Say(f"utter_points_{base}", facts) for base in _BASE if base not in done]
    if len(points) > MOST_IN_FULL:
        rest = listing([f"{p.name} ({p.code}), {p.area}" for p in points[MOST_IN_FULL:]])
        says.append(Say("utter_points_rest", {"points": rest}))
    return bubble(*says, card=cards.points_card(points, for_="ambiguous" if ambiguous else "points"))


def choose(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer "the second one", "both", "the other one", in the aspect asked last."""
    memory = turn.memory
    if any(m.codes for m in turn.reading.points):
        return answer(turn, catalog)
    codes = picked_codes(turn.reading.text.lower(), memory) or memory.focus or memory.offered[:1]
    if not codes:
        return ask_which(catalog, memory)
    aspects = aspects_asked(turn) or memory.aspects or ("overview",)
    return show(catalog, memory, codes, aspects)


def more(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Give the rest about the point in focus: finding it, posture, how often, use, trials, cautions."""
    memory = turn.memory
    if len(memory.focus) != 1:
        return ask_which(catalog, replace(memory, aspects=("overview",)))
    return show(
        catalog,
        memory,
        memory.focus,
        ("find", "posture", "duration", "frequency", "benefits", "evidence", "caution"),
    )
