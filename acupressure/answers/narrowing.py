"""The points for an ache, limited to where somebody wants to press: "only the hands", "nothing on my face"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acupressure import cards
from acupressure.aches import something_wrong
from acupressure.answers import aspects, complaints, wishes
from acupressure.answers.leading import active
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.models import Point
from acupressure.quantities import posture
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import fits_posture
from acupressure.text import plain
from acupressure.understanding import Turn

_PLACES: dict[str, tuple[frozenset[str], str]] = {
    r"hands?|fingers?|thumbs?": (frozenset({"hand"}), r"\bhand\b|finger"),
    r"wrists?": (frozenset(), r"wrist"),
    r"arms?|forearms?": (frozenset({"arm"}), r"arm|wrist"),
    r"foot|feet|toes?|soles?": (frozenset({"foot"}), r"\bfoot\b"),
    r"ankles?|heels?": (frozenset(), r"ankle"),
    r"legs?|shins?|calf|calves|thighs?": (frozenset({"leg"}), r"\bleg\b|calf|shin"),
    r"knees?": (frozenset(), r"knee"),
    r"face|forehead|nose|lips?": (frozenset(), r"eyebrow|\blip\b"),
    r"ears?": (frozenset(), r"\bear\b"),
    r"head|skull|scalp": (frozenset({"head"}), r"skull"),
    r"neck|nape": (frozenset({"neck"}), r"skull"),
    r"shoulders?": (frozenset({"shoulder"}), r"shoulder"),
    r"chest|ribs?": (frozenset({"chest"}), r"collarbone"),
    r"belly|tummy|stomach|abdomen": (frozenset({"belly"}), r"belly"),
    r"(?:lower |upper |own )?back|spine|waist": (frozenset({"back"}), r"\bback at\b|spine"),
    r"buttocks?|bum|bottom|backside|butt|glutes?": (frozenset({"buttock"}), r"buttock"),
}
"""Words for a place -> (regions of the body, what the area of a point says where a region is too coarse)."""
PLACES = "|".join(_PLACES)
"""Alternatives of a pattern: every word for a place."""
_OWN = r"(?:(?:the|my|your|his|her|their|both|own|either)\s+){0,2}"
_PLACE = re.compile(rf"(?<![\w-])(?:{PLACES})(?![\w-])(?! of\b)")
_PART = re.compile(r"[,.;:!?]+|\bbut\b")
_BUT = re.compile(r"\b(?:any|every|all)(?:thing|where|one)? but\b")
_AWAY = re.compile(
    r"\b(?:no|not|nothing|none|never|without|avoid|leave out|except|hate|skip|apart from|other than|instead of|cannot|cant|dont|wont|"
    rf"\w+n't)\b[^,.;:!?]{{0,32}}?\b{_OWN}$"
)
_SIDE = r"(?:(?:the )?(?:back|front|side|inside|outside|inner side|outer side|palm|sole|top) of )?"
_ONTO = re.compile(
    rf"\b(?:on|in|at|around|by|near)\s+{_SIDE}{_OWN}$|\b(?:only|just)\s+(?:(?:use|the|my|touch|press)\s+){{0,2}}$"
)
_ONLY = re.compile(r"\s+only\b|\s+(?:and|or) \w+ only\b")
_JOINED = re.compile(rf"\b(?:and|or|nor)\s+{_OWN}$")
_WISH = re.compile(
    r"\b(?:only|just|something|anything|ones?|any|maybe|perhaps|rather|prefer|instead|is there|are there|points?|spots?|want)\b|\bwhat (?:can|could|should|may|do|would) (?:i|we|he|she|one|you) (?:\w+ )?(?:press|do|use|try|rub)\b|"
    r"^\W*(?:and |or |ok |so )*(?:on|at) (?:[\w']+ ){0,3}[\w']+\W*$"
)
_THERE = r"(?: (?:thats|that'?s|that is|that are|which is|which are|i can|i could|he can|she can|we can|to)(?: (?:press|rub|use|reach|try))?)?"
_WANTED = re.compile(
    rf"\b(?:points?|spots?){_THERE} (?:on|in|at|around|behind) {_SIDE}{_OWN}(?P<place>{PLACES})(?![\w-])|"
    r"\b(?:press|use|using|rub|massage|try|is there|are there|prefer|rather|like|want)\b(?: \w+){0,2}? (?:something|somewhere|anything|anywhere|one|places?)"
    rf"{_THERE} (?:on|in|at|around|behind) {_SIDE}{_OWN}(?P<there>{PLACES})(?![\w-])"
)
"""A point wished for at some place, told in one breath with the ache: "is there a point on the hand for my back?"."""
_WISHES = re.compile(
    r"\b(?:is there|are there|there are|supposed to be|can you|could you|explain|any|which|what|show|give|want|need|prefer|like|looking for|can i|could i|may i|do you|have you|got|know|tell|find)\b"
)
_SORE = re.compile(
    r"\b(?:sore|tender|painful|trigger|tight|bad|hurting|aching|achy|stiff|hard|knotted|sensitive|another|same|pain (?:at|in|on)(?: the)?)\s+$"
)
_UNWANTED = re.compile(
    r"\b(?:points?|spots?|something|somewhere|anything|ones?|press)\b[^.;!?]{0,30}?\b(?:not|isnt|arent|isn't|aren't|except|other than|apart from|without|away from)\b"
    rf"(?: \w+){{0,2}}? {_OWN}(?P<place>{PLACES})(?![\w-])|"
    r"\b(?:cannot|cant|can't|can not|unable to|not able to|couldn't|couldnt|without|don't want to|dont want to|don't like|dont like|hate|rather not)\b(?: \w+){0,2}?"
    rf" (?:reach|touch|press|us|expos|tak|show|bar|(?:get|bend)(?: \w+){{0,2}}? (?:to|at))\w*(?: \w+){{0,2}}? {_OWN}(?P<there>{PLACES})(?![\w-])"
)
"""A place where somebody cannot or would not press, told in one breath with the ache."""
_FINDS = re.compile(r"\b(?:find|feel|see|know|understand|tell|sure)\b")
"""Verbs of somebody who looks for a point: "I can't find the hollow on my foot" wishes for no other place."""
_ALONE = re.compile(
    rf"\W*(?:(?:ok|the|my|um|please)\W+)*(?P<place>{PLACES})(?: (?:one|ones|points?|please|pls))*\W*"
)
_PUTS_RIGHT = re.compile(r"\bi (?:mean|meant)\b|\bmake that\b|\bmistake\b")
_CHOOSES = re.compile(
    r"\b(?:wait|no|actually|sorry|hm+)\b,? (?:i (?:mean|meant|want) )?the one\b|\b(?:instead of|rather than) (?:the |my |a )?(?:thumb|finger|knuckle|palm|hand)s?\b"
)
"""Chooses one of the list, or speaks of what to press with."""
_PRESSING = {
    "tell_pain", "nlu_fallback", "out_of_scope", "deny", "list_points", "faq_self", "faq_partner", "ask_complaint", "pick_point",
    "ask_posture", "tell_risk", "routine_replace", "affirm", "faq_when", "faq_other_help", "faq_tools", "describe_point",
    "compare_points", "ask_location", "other_health", "ask_point_safety", "ask_routines", "routine_hurts", "start_routine",
    "repeat", "tell_more", "help", "praise", "faq_technique", "faq_measure", "faq_sides",
}  # fmt: skip
"""Intents that such a wish is taken for."""


@dataclass(frozen=True)
class _Wish:
    """Where somebody wants to press, and where not: words of ``_PLACES``."""

    on: tuple[str, ...]
    off: tuple[str, ...]

    def allows(self, point: Point) -> bool:
        """Tell whether a point lies where it is wanted."""
        wanted = not self.on or any(lies(point, place) for place in self.on)
        return wanted and not any(lies(point, place) for place in self.off)


def lies(point: Point, place: str) -> bool:
    """Tell whether a point lies at a place named by one of ``PLACES``."""
    regions, area = next(told for words, told in _PLACES.items() if re.fullmatch(words, place))
    return point.region in regions or bool(re.search(area, point.area))


def _wish(text: str) -> _Wish:
    """Return the places that a text wants and those that it does not want."""
    alone = _ALONE.fullmatch(plain(text))
    if alone:
        return _Wish((alone.group("place"),), ())
    on, off = [], []
    for part in _PART.split(_BUT.sub("not", plain(text))):
        for match in _PLACE.finditer(part):
            before, after = part[: match.start()], part[match.end() :]
            joined = _JOINED.search(before)  # "the neck or shoulders"
            if _AWAY.search(before) or joined and off and not on:
                off.append(match.group())
            elif _ONTO.search(before) or _ONLY.match(after) or joined and on:
                on.append(match.group())
    return _Wish(tuple(on), tuple(off))


def asked(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message limits the points just listed for an ache to a part of the body."""
    reading, memory, text = turn.reading, turn.memory, plain(turn.reading.text)
    complaint = catalog.complaints.get(memory.complaint)
    listed = complaint and set(memory.offered) <= {p.code for p in complaint.points}
    listed = listed and (memory.offered or "caution" in turn.shown)  # listed, or all of them left out
    if (
        not listed
        or active(memory)
        or memory.request
        or not (set(reading.intents) & _PRESSING or _in_posture(turn))
    ):
        return False
    if wishes.wants_time(turn) or _CHOOSES.search(text):
        return False
    if _in_posture(turn):
        return True
    wish = _wish(text)
    # a place that is not wanted may be read as the point that lies there
    points = [m for m in reading.points if m.codes and not (m.how == "place" and wish.off)]
    if points or any(not c.is_body_part for c in reading.complaints) or aspects.named(text):
        return False
    if something_wrong(re.sub(r"\bpoints?\b", "", text)) or _FINDS.search(text) or _PUTS_RIGHT.search(text):
        return False
    aches = {word for c in reading.complaints for m in _PLACE.finditer(c.text) for word in m.group().split()}
    if not aches <= {word for place in (*wish.on, *wish.off) for word in place.split()}:
        return False  # "the neck I mean, not the back" puts the ache right
    wished = _WISH.search(text) or _ALONE.fullmatch(text)
    return bool(wish.off and memory.offered) or bool(wish.on and wished)


def for_ache(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer a complaint; with points of one part of the body only where the message says so."""
    wish = _wish_besides(plain(turn.reading.text))
    if not wish:
        return complaints.answer(turn, catalog)
    places = {word for place in (*wish.on, *wish.off) for word in place.split()}
    named = [
        m for m in turn.reading.complaints if not (m.is_body_part and set(m.text.lower().split()) <= places)
    ]
    if len({m.id for m in named}) != 1:
        return complaints.answer(turn, catalog)
    complaint = catalog.complaints[named[0].id]
    fitting = tuple(p for p in complaint.points if wish.allows(catalog.point(p.code)))
    if fitting:
        return complaints.for_complaint(catalog, turn.memory, complaint.copy(update={"points": fitting}))
    others, memory = complaints.for_complaint(catalog, turn.memory, complaint)
    return [bubble(Say("utter_complaints_only_elsewhere", {"complaint": complaint.name})), *others], memory


def _wish_besides(text: str) -> _Wish | None:
    """Return where a message that tells of an ache wants to press, or does not; None where it does not say."""
    off = tuple(m["place"] or m["there"] for m in _UNWANTED.finditer(text))
    wished = _WISHES.search(text)
    on = tuple(
        m["place"] or m["there"]
        for m in _WANTED.finditer(text)
        if wished and not _SORE.search(text[: m.start()])  # "a sore spot on my shoulder" is where it hurts
    )
    return _Wish(() if off else on, off) if on or off else None


_WHICH = re.compile(
    r"\b(?:which|what|any)(?: (?:one|ones|points?|spots?))?(?: (?:of|out of|from) (?:them|those|these|the (?:list|lot|points)))?(?: there)?(?: that)? (?:can|could|would|should|may|might|do|does|is|are|works?|suits?|fits?)\b"
)


def _in_posture(turn: Turn) -> str:
    """Return the posture in which somebody asks which of the points listed can be pressed, or an empty string."""
    text = turn.reading.text.lower()
    return posture(text) if _WHICH.search(text) and not turn.reading.points and not turn.reading.risks else ""


def answer(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """List the points for the ache talked about that lie where somebody wants to press; say so where none does."""
    memory = turn.memory
    complaint, wish = catalog.complaints[memory.complaint], _wish(turn.reading.text)
    how = _in_posture(turn)
    fitting = tuple(
        p
        for p in complaint.points
        if (fits_posture(catalog.point(p.code), how) if how else wish.allows(catalog.point(p.code)))
    )
    if how and len(fitting) == len(complaint.points):
        listed, memory = complaints.for_complaint(catalog, memory, complaint)
        return [bubble(Say("utter_complaints_all_fit")), *listed], memory
    if fitting:
        return complaints.for_complaint(catalog, memory, complaint.copy(update={"points": fitting}))
    none = bubble(
        Say("utter_complaints_none_there", {"complaint": complaint.name}),
        card=cards.ask_card("which_point", [catalog.point(c).name for c in memory.offered[:3]]),
    )
    return [none], memory
