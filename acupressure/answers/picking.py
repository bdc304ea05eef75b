"""Which of the points shown is meant by a trait: "the outer one", "the one by the knee"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from acupressure.answers import narrowing, wishes
from acupressure.answers.leading import active
from acupressure.catalog import Catalog
from acupressure.finder import PointMention
from acupressure.quantities import days
from acupressure.quantities.figures import in_figures
from acupressure.text import plain, words
from acupressure.understanding import Turn

_ONE = re.compile(
    r"(?:\b(?:the|that) |^\W*(?:(?:ok|okay|and|so|no|then|right)\W+)*(?=[\w'-]+ one\b(?! of\b)))(?:(?:one|ones|pair) (?:(?:on|by|behind|at|near|in|for|under|below|above|over|next to|inside|outside|between|of|(?:that|which) (?:(?:has|had|have) (?:(?:anything|something) )?to do with|has|had|have|is|was|sits|lies|goes|says|sounds|deals?|helps?))\b|"
    r"(?=(?:closer|nearer|closest|nearest|further|farther)\b))"
    r"(?P<place>[^,.;?!]{2,60})|(?P<trait>(?:(?!\b(?:the|that|one)\b)[\w' -]){2,30}?) (?:ones?|pair|spot|thing|bit|of (?:the|those|these|your) two|of them)\b)"
)
_BARE = re.compile(
    r"\W*(?:(?:and|ok|okay|no|so|then|now|what about|how about)\W+)*(?P<article>the |that )?(?P<trait>(?:[\w'-]+ ?){1,3}?)(?:\W+(?:please|yes|then|pls))*\W*"
)
_ENDS = re.compile(r"\b(?:not|where|how|what|when|is|are|do|does|can|please|then|and|i|we)\b")
_NO_TRAIT = frozenset(
    words("a an the my your his her our of on in at to for by it its this that with side sides point points one ones spot first second "
          "third fourth fifth last other next previous same right left only former latter wrong whole")
)  # fmt: skip
_NOT = re.compile(r"\b(?:not|lose|drop|forget|scrap|skip|without|leave out|ditch) (?:the |for |about )?$")
_OTHERS = re.compile(r"\b(?:the )?other (?:two|three|ones|points)\b|\bthe (?:others|rest|remaining)\b")
_THE = re.compile(r"\b(?:teh|hte|tha|da)\b")
_MOST = 2
"""Points that a trait may fit: more is no choice."""


def resolved(turn: Turn, catalog: Catalog) -> Turn:
    """Return the turn with the point that is told by a trait as if it were named.

    A point named by code or name stands; in a routine "the next one" is a command.
    """
    turn = _fit_for(_about_that_place(_renumbered(_without_denied(turn), catalog)), catalog)
    memory, reading = turn.memory, turn.reading
    named = any(m.codes and m.how != "place" and not m.is_ambiguous for m in reading.points)
    if named or active(memory):
        return turn
    said = _THE.sub("the", plain(reading.text))
    told = _ONE.search(said)
    shown = tuple(dict.fromkeys((*memory.offered, *memory.focus)))
    before = tuple(dict.fromkeys((*shown, *(c for group in reversed(memory.earlier) for c in group))))
    there = _POINT_THERE.search(plain(reading.text)) if told is None else None
    codes = _last_there(turn, catalog, there.group("place")) if there else ()
    described = any(m.codes and not m.is_ambiguous for m in reading.points)
    if there and (codes and "other" not in there.group() or not described):
        told = there
    elif told is None:
        told = _bare(turn)
        codes = fitting(catalog, told.group("trait"), shown) if told else ()
    else:
        trait = _nearer(_ENDS.split(_where(told) or told.group("trait"))[0])
        codes = (
            _across(catalog, trait, memory.focus)
            or fitting(catalog, trait, shown)
            or fitting(catalog, trait, before)
            or _only_for(turn, catalog, told)
            or _at_place(turn, catalog, trait)
            or (_by_its_name(catalog, trait) if _POINT_LIKE.search(told.group()) else ())
        )
    if not codes:
        return turn
    mention = PointMention(told.group(), told.start(), told.end(), codes, "place")
    chosen = replace(reading, points=(mention,), complaints=())
    if reading.intent in _CHOICE:  # "ankle one. I'm in heels under a desk"
        chosen = replace(chosen, intent="pick_point", clauses=())
    return replace(turn, reading=chosen)


_PREPOSITION = re.compile(r"\b(?:behind|under|below|above)\W*$")


def _where(told: re.Match[str]) -> str:
    """Return the place a choice names, with the word before it that tells the back of a knee from its outer side."""
    place = told.group("place") or ""
    before = _PREPOSITION.search(told.string[: told.start("place")]) if place else None
    return f"{before.group()}{place}" if before else place


_INNER, _OUTER = re.compile(r"\b(?:inside|inner)\b"), re.compile(r"\b(?:outside|outer)\b")


def _across(catalog: Catalog, trait: str, focus: Sequence[str]) -> tuple[str, ...]:
    """Return the point that lies like the one shown on the other side ("the one on the inside" of the same ankle)."""
    if len(focus) != 1 or _A_PLACE.search(trait) and not re.search(r"ankle|foot|leg|waist|back", trait):
        return ()
    area = catalog.point(focus[0]).area
    across = ""
    if _INNER.search(trait) and not _OUTER.search(trait):
        across = area.replace("outer", "inner")
    elif _OUTER.search(trait) and not _INNER.search(trait):
        across = area.replace("inner", "outer")
    return tuple(p.code for p in catalog.points.values() if p.area == across != area)


_CHOICE = {"routine_replace", "routine_other_side", "nlu_fallback"}
"""Intents that a choice by a trait is taken for while no routine is on."""
_SIDE = r"(?:inside|outside|inner|outer|inwards?|outwards?|top|bottom|sole|front|back|left|right|palm|above|below|over|under|near|far)"
_CHECKS = re.compile(
    rf"\b{_SIDE}(?: side| one| edge)?(?: of (?:the|my) \w+)?,? or (?:(?:is|on|at|it|the|my) )*{_SIDE}\b|\b(?:am i right|is it right|is it correct) (?:in thinking )?(?:that )?it\b|"
    r"\bit (?:sits|lies|goes) (?:right )?(?:on|in|at|beside|between|above|below|under|behind)\b"
)
"""Asks back about the place of the point shown: "inside or outside of the foot"."""
_WHICH_SIDE_OF = re.compile(
    r"\bwhich side of (?:my|the|your) \w+ (?:(?:is|was) (?:it|that|this)|(?:it|that|this) (?:is|was))\b"
)
_WHICH_PART = re.compile(
    rf"\b(?:which|what) (?:edge|end|part|corner|finger|side|surface|half|bone|tendon|knuckle|crease)\b|"
    rf"\b(?:{narrowing.PLACES})\b(?: \w+){{0,4}},? or (?:\w+ ){{0,4}}(?:{narrowing.PLACES})\b"
)
"""Asks which part of a place is meant: "which edge of the wrist, thumb or pinky"."""
_WHICH_FINGER = re.compile(r"\b(?:which|what) (?:finger|part of (?:the |my )?(?:hand|thumb|finger))\b")
_ON_THAT_SIDE = re.compile(
    r"\b(?:on|at|for|per) (?:each|either|both|every) (?:wrist|hand|arm|foot|leg|knee|ankle|shoulder|hip|ear|side)s?\b|"
    r"\b(?:on|at|with) (?:the|my|your) (?:good|bad|other|left|right|sore|same|healthy|better|worse|weak\w*|painful|injured) "
    r"(?:wrist|hand|arm|foot|leg|knee|ankle|shoulder|hip|ear)\b"
)
"""Names the side, and describes no other point: "how long on the good wrist"."""


def _about_that_place(turn: Turn) -> Turn:
    """Return the turn without a point read out of a place that is only asked back about."""
    reading = turn.reading
    if not turn.memory.focus or active(turn.memory) or any(m.how != "place" for m in reading.points):
        return turn
    told, placed = plain(reading.text), bool(reading.points)
    if placed and _ON_THAT_SIDE.search(told):
        return replace(turn, reading=replace(reading, points=()))
    if placed and turn.memory.complaint and "?" not in told and days(told) is not None and not reading.risks:
        # "lower part, both sides, since yesterday": told of the ache
        return replace(turn, reading=replace(reading, points=(), intent="ask_complaint", clauses=()))
    checks = (placed or reading.intent == "nlu_fallback") and _CHECKS.search(told)  # "inside or outside?"
    which = placed and "point" in turn.shown and _WHICH_PART.search(told)
    if not (checks or which or _WHICH_SIDE_OF.search(told)):
        return turn
    intent = "ask_pressure" if _WHICH_FINGER.search(told) else "ask_location"
    return replace(
        turn, reading=replace(reading, points=(), complaints=(), intent=intent, confidence=1.0, clauses=())
    )


_POINT_THERE = re.compile(
    rf"\b(?:the|that|this) (?:(?:left|right|same|first|other) )?(?P<place>{narrowing.PLACES}) point\b"
)


def _last_there(turn: Turn, catalog: Catalog, place: str) -> tuple[str, ...]:
    """Return the point shown last that lies at a place ("that wrist point"), or those of the list shown last."""
    memory = turn.memory
    for group in (memory.focus, *reversed(memory.earlier), memory.offered):
        codes = tuple(c for c in group if narrowing.lies(catalog.point(c), place))
        if codes:
            return codes if len(codes) <= _MOST else ()
    return ()


_A_PLACE = re.compile(rf"(?<![\w-])(?:{narrowing.PLACES})(?![\w-])")


def _at_place(turn: Turn, catalog: Catalog, trait: str) -> tuple[str, ...]:
    """Return the point asked about last that lies where the trait says ("that hand one")."""
    place = _A_PLACE.search(trait)
    return _last_there(turn, catalog, place.group()) if place else ()


_INWARDS = re.compile(
    r"\b(?:near|clos)(?:e|er|est) (?:(?:to|by) )?(?:the |my )?(?:spine|middle|midline|centre|center)\b"
)
_ON_IT = re.compile(r"\W*(?:the |my )?(?:spine|midline|middle line)(?: itself)?\W*")
_OUTWARDS = re.compile(
    r"\b(?:further|farther|away)(?: (?:out|away|off))?(?: from (?:the |my )?(?:spine|middle|midline|centre|center))?\b"
)


def _nearer(trait: str) -> str:
    """Return a trait with comparisons in the catalogue's own words: "closer to the spine" is the inner one."""
    if _ON_IT.fullmatch(trait):
        return "middle"
    return _OUTWARDS.sub("outer", _INWARDS.sub("inner", trait))


def _bare(turn: Turn) -> re.Match[str] | None:
    """Return a trait that stands alone: "and the inner", or "knee" where one of two is to be chosen."""
    memory, reading = turn.memory, turn.reading
    one_of_two = len(memory.focus) == _MOST and memory.focus == memory.offered
    told = _BARE.fullmatch(plain(reading.text))
    if told is None or not (one_of_two or told.group("article") and not reading.complaints):
        return None
    return told


def _only_for(turn: Turn, catalog: Catalog, told: re.Match[str]) -> tuple[str, ...]:
    """Return the point of "the nausea one" where only one is known for that."""
    named = [c for c in turn.reading.complaints if told.start() <= c.start and c.end <= told.end()]
    listed = catalog.complaints[named[0].id].points if len(named) == 1 else ()
    return (listed[0].code,) if len(listed) == 1 else ()


_TOO_PLAIN = frozenset(
    words("upper lower big large small little inner outer leg foot hand arm wrist knee ankle neck head back belly hip bone muscle tendon pain ache "
          "stomach bladder kidney liver heart spleen lung water wind yin yang light hard good best easy next new old bigger middle")
)  # fmt: skip
"""Words that stand in a name and are said of much else."""
_POINT_LIKE = re.compile(r"\b(?:ones?|pair|points?|spots?)\W*$")
"""Ends like the name of a point: "the tendon bit" is a part of what was said."""


def _by_its_name(catalog: Catalog, trait: str) -> tuple[str, ...]:
    """Return the point in one of whose names all the words stand, where there is only one ("the sacral ones")."""
    wanted = {_stem(word) for word in words(trait)} - _NO_TRAIT
    if wanted & _TOO_PLAIN:
        return ()
    named = [
        p.code
        for p in catalog.points.values()
        if wanted and any(wanted <= {_stem(word) for word in words(name)} for name in p.names)
    ]
    return tuple(named) if len(named) == 1 else ()


_WHICH_IS_FOR = re.compile(
    r"\bwhich (?:one |ones |point |points |spot )?(?:of (?:them|'?em|those|these|(?:the|your) (?:two|three|four|lot)) )?"
    r"(?:is|are|was|were|would be|would|do i (?:use|press|take)|helps?|works?|should i (?:use|press|take))\b[^?]*\b(?:for|with|against)\b"
)


def _fit_for(turn: Turn, catalog: Catalog) -> Turn:
    """Return the turn with those of the points shown that are used for the ache asked about ("which of them is for sleep?")."""
    reading, memory = turn.reading, turn.memory
    shown = tuple(dict.fromkeys((*memory.focus, *memory.offered)))
    told = _WHICH_IS_FOR.search(plain(reading.text))
    if told is None or reading.points or len(shown) < _MOST or active(memory):
        return turn
    wanted = wishes.complaint_wished(turn, catalog)
    used = {p.code for p in catalog.complaints[wanted].points} if wanted else set()
    codes = tuple(c for c in shown if c in used)
    if not codes or len(codes) == len(shown) or wanted == memory.complaint:
        return turn
    mention = PointMention(told.group(), told.start(), told.end(), codes[:_MOST], "place")
    return replace(
        turn,
        reading=replace(
            reading, points=(mention,), complaints=(), intent="ask_benefits", confidence=1.0, clauses=()
        ),
    )


_PUTS_RIGHT = re.compile(
    r"\b(?:meant|mean|wanted|typo|mistake|mistyped|correction)\b|\bwrong (?:one|number|key|point)\b|\bmake that\b|"
    r"\b\d{1,2},? (?:and )?not (?:the )?\d{1,2}\b|\bnot (?:the )?\d{1,2}\b.*\b\d{1,2}\b|\W*(?:(?:oh|no|oops|ah)\W+)*sorry\W+\d{1,2}\W*$|"
    r"^\W*(?:(?:no|oh|ah|ok|okay|and|or|so)\W+)*(?:what about|how about|and|also|no)\W+(?:number )?\d{2}\b(?!\D*\d)|\btell a lie\b"
)
_NUMBER = re.compile(r"(?<![\w.])(?P<not>not )?(?:number |no\.? )?(?P<number>\d{1,2})(?![\w.]|,\d)")
_ONE_BY_ONE = re.compile(
    r"\b(?P<whole>(?P<tens>\d)(?P<ones>\d)),? (?P=tens),? (?P=ones)\b|\b(?P<ten>\d),? (?P<one>\d),? (?P<number>(?P=ten)(?P=one))\b|\b(?P<twice>[1-6])(?P=twice) 0\b"
)
"""A number told twice, as one and digit by digit: "sixty, six zero"."""


def _said_once(told: re.Match[str]) -> str:
    return told["whole"] or told["number"] or f"{told['twice']}0"


_COUNTED = re.compile(
    r"\W*(?:minutes?|mins?|seconds?|secs?|times?|out of|/|%|o'?clock|years?|months?|days?|weeks?|fingers?|steps?|am|pm)\b"
)


def _renumbered(turn: Turn, catalog: Catalog) -> Turn:
    """Return the turn with the point that a bare number puts in the place of the one shown ("sorry, I wanted 25")."""
    reading, focus = turn.reading, turn.memory.focus
    said = _ONE_BY_ONE.sub(_said_once, in_figures(plain(reading.text)))
    if (
        turn.memory.asked
        or reading.risks
        or any(m.how != "place" for m in reading.points)
        or reading.complaints
        or len(focus) != 1
        or active(turn.memory)
        or not _PUTS_RIGHT.search(said)
    ):
        return turn
    line = focus[0].rstrip("0123456789")
    found = [m for m in _NUMBER.finditer(said) if not m["not"] and not _COUNTED.match(said[m.end() :])]
    codes = [f"{line}{m['number']}" for m in found]
    codes = [c for c in dict.fromkeys(codes) if c in catalog.points and c != focus[0]]
    if len(codes) != 1:
        return turn
    mention = PointMention(codes[0], 0, len(reading.text), (codes[0],), "code")
    return replace(
        turn, reading=replace(reading, points=(mention,), intent="pick_point", confidence=1.0, clauses=())
    )


def _without_denied(turn: Turn) -> Turn:
    """Return the turn without a point that is named only to be put aside ("not LI4, LI11")."""
    text, named = plain(turn.reading.text), turn.reading.points
    kept = tuple(m for m in named if not _NOT.search(text[: m.start]))
    if named and not kept and _OTHERS.search(text):  # "lose BL57. how hard on the other two?"
        gone = {c for m in named for c in m.codes}
        rest = tuple(c for c in (turn.memory.offered or turn.memory.focus) if c not in gone)
        kept = tuple(PointMention(c, m.start, m.end, (c,), "place") for c in rest for m in named[:1])
    return replace(turn, reading=replace(turn.reading, points=kept)) if kept else turn


def fitting(catalog: Catalog, trait: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the points of a list that a trait fits best: one, two where both fit alike, or none."""
    wanted = {_stem(word) for word in words(trait)} - _NO_TRAIT
    wanted |= (
        {"back"} if "behind" in wanted else set()
    )  # the areas of the catalogue speak of the back of the knee
    told = {code: _told(catalog, code) for code in codes}
    if not wanted or len(codes) < _MOST:
        return ()
    rarity = {word: 1 / sum(word in own for own in told.values()) for word in wanted if _met(word, told)}
    scores = {
        c: sum(rarity[w] * (2 if w in _area(catalog, c) else 1) for w in rarity if w in own)
        for c, own in told.items()
    }
    best = max(scores.values())
    winners = tuple(c for c in codes if scores[c] == best)
    enough = sum(word in told[winners[0]] for word in wanted) * 2 >= len(wanted)
    return winners if best > 0 and enough and len(winners) <= _MOST else ()


def _met(word: str, told: dict[str, set[str]]) -> bool:
    return any(word in own for own in told.values())


def _area(catalog: Catalog, code: str) -> set[str]:
    return {_stem(word) for word in words(catalog.point(code).area)}


def _told(catalog: Catalog, code: str) -> set[str]:
    """Return the words that tell a point: its place and what it is used for."""
    point = catalog.point(code)
    uses = [c.name for c in catalog.complaints.values() if any(p.code == code for p in c.points)]
    return {_stem(word) for text in (*point.names, point.area, point.where, *uses) for word in words(text)}


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
