"""What the point that is named or shown makes of an intent: "and the dangers?" means those of that point."""

from __future__ import annotations

import re
from collections.abc import Sequence

from acupressure.answers import aspects, faq, leading, points
from acupressure.answers.context import misheard, stops_first
from acupressure.answers.ordinals import picked_codes
from acupressure.catalog import Catalog
from acupressure.persons import others
from acupressure.quantities import score
from acupressure.understanding import PLACEHOLDER, Turn

MINOR = {
    "greet",
    "thank",
    "how_are_you",
    "praise",
    "affirm",
    "deny",
    "out_of_scope",
    "other_health",
    "nlu_fallback",
    "goodbye",
    "retract_sign",
    "sign_cleared",
    "repeat",
}
"""Left out of a composed answer when the message asks for something besides."""
FEW = 5
"""Words of a question that means what was shown last."""
_ALL_OF_THIS = (
    r"\b(?:(?:any|all) of this|all this|(?:different|another|other) (?:matter|question|topic|subject))\b"
)
_GENERAL = re.compile(
    r"\b(?:acupressure|a (?:pressure )?point|as a rule|points|any point|every point|each point|in general|generally|properly|correctly|this stuff|this thing|(?:this|that) (?:sort|kind) of thing|such things|right way|"
    rf"the right|poke|times a (?:day|week)|per (?:day|week)|research|guidelines?|studies|(?:any|all) of it)\b|{_ALL_OF_THIS}"
)
_ANY_OF_THIS = re.compile(
    rf"{_ALL_OF_THIS}|\b(?:this (?:stuff|lot|kind of thing|sort of thing)|old wives|folklore|out of (?:interest|curiosity)|acupressure)\b"
)
"""Turns from the point at hand to acupressure as such."""
_SENTENCE = re.compile(r"[^.!;?]+[.!;?]?")
_ANY_OTHER = re.compile(
    r"\b(?:else|other|others|another|besides|instead|apart from|what can|which points?|what points?|what (?:do|should|could) i (?:press|do|use))\b"
)
_OF_PRESSING_AT_ALL = re.compile(
    r"\b(?:pressing|poking|prodding|pushing|rubbing) (?:on )?(?:the |these |some |my |a )?(?:\w+ )?(?:spots|points|places|hands?|feet|foot)\b"
)
_NEVER_OF_A_POINT = {"tell_pain", "ask_pain_trend", "export_pain", *leading.IN_ROUTINE} - {
    "routine_replace",
    "routine_where",
}
"""What nobody says with the name of a point: "what is LR3 good 4" tells no score."""
_OF_THE_STEP = {
    "faq_technique",
    "faq_how_often",
    "faq_sides",
    "faq_what_is",
    "faq_does_it_hurt",
    "faq_measure",
}
"""General questions that mean the point at hand while a routine is on."""
_TOLD_OF_IT_TOO = {"faq_tools", "faq_side_effects"}
"""General questions whose answer is only half of it behind a point."""
_THESE = re.compile(r"\b(?:both|them|these|those)\b")
_THIS = re.compile(r"\b(?:that|this) (?:one|point|spot)\b|\bits\b")
IT = re.compile(r"\b(?:it|that one|this one|that point|this point|them|these|those)\b")
"""Stands for what was shown last."""
_A_POINT = re.compile(rf"{IT.pattern}|\bthe (?:point|spot)\b")
DOES_IT_HELP = re.compile(
    r"\W*(?:(?:and|but|so|ok|okay|oh|right)\W+)*(?:does|do|will|would|can|could|is|are) "
    r"(?:it|this|that|they|(?:this|that) (?:one|point|spot))(?: also| even| really| then| any)* "
    r"(?:help|good|work|ease|relieve|use|used|do (?:anything|any good|some good|much))\b.*\b(?:for|with|against|when)\b"
)
"""Asks what the point shown is good for, with an ache that it might be good for."""
_IN_A_WORD = {
    "ask_duration": ("long", "seconds", "minutes", "secs", "mins", "time", "timing", "duration"),
    "ask_pressure": ("hard", "firm", "deep", "strong", "force", "pressure", "gently", "gentle", "softly", "lightly", "light", "firmly"),
    "ask_frequency": ("often", "daily", "frequency"),
    "ask_location": ("where", "place", "spot", "location"),
    "ask_point_safety": ("safe", "risky", "risks", "dangers", "danger", "dangerous", "cautions", "warnings", "careful"),
    "ask_benefits": ("benefits", "uses", "purpose"),
}  # fmt: skip
"""What a single word asks of the point just shown."""
_ONE_WORD = re.compile(
    rf"\W*(?:(?:and|ok|okay|how|for|too|very)\W+)*(?P<word>{'|'.join(w for words in _IN_A_WORD.values() for w in words)})(?: (?:then|please|pls|tho|though))?\W*"
)
_SIDES = r"(?:sides?|wrists?|hands?|f[eo]+t|legs?|ankles?|arms?|ears?|knees?)"
_WELL_DONE = re.compile(r"\b(?:properly|correctly|(?:the )?right way)\b")
_WHICH_SIDES = re.compile(
    rf"\W*(?:(?:and|on|ok|okay|for|is it|do i do|at)\W+)*(?:(?:each|either|left or right|one or both)(?: {_SIDES}| of them)?|(?:both|one|which) {_SIDES})\W*"
)
"""Asks in a few words on which sides: "each wrist?"."""
_OF_PRESSING = {"faq_partner", "faq_does_it_hurt", "faq_technique", "faq_tools", "faq_sides", "faq_feeling"}
_TWO = 3
NOW_A = re.compile(
    r"\b(?:now|down to|dropped to|gone to|went to) (?:it'?s |its |it is |i'?m |i am |only |just |about |down to |at |a |an )*(?:\d|ten|one|two|three|four|five|six|seven|eight|nine|zero)\b"
)
_SOMEWHAT = 0.03
"""Probability from which the second intent of a choice says what is asked."""
_UNSURE = 0.25
"""Probability below which words that ask nothing are no general question."""
_BRIEF = 12
"""Words of a general question that a point at hand makes a particular one ("and the dangers?")."""
_OF_THAT_POINT = re.compile(
    r"\b(?:with|on|about|for|of|to) (?:it|that|this)\b|\b(?:there|that one|this one)\b"
)
_UNTIL = re.compile(r"\bhow (?:long|soon) (?:until|before|till|does it take|will it take)\b")
_EVERY_POINT = re.compile(r"\b(?:points|acupressure|always|every|generally|in general|usually)\b")
_WHAT_IS_THERE = re.compile(r"\bwhat(?:'s| is|s) (?:the|that) (?:point|spot|one)\b(?!.* for\b)")


def in_a_word(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a single word asks of the point just shown: "long?"."""
    told = _ONE_WORD.fullmatch(turn.reading.text.lower())
    if told is None or "point" not in turn.shown or leading.active(turn.memory):
        return None
    return next(asks for asks, words in _IN_A_WORD.items() if told["word"] in words)


def of_a_point(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a point that is named or shown makes of an intent, and the lack of one."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    if any(m.codes for m in reading.points) and intent in points.PARTICULAR:
        return intent if _asked_apart(turn, intent) else points.PARTICULAR[intent]
    placed = bool(reading.points) and all(m.how == "place" for m in reading.points)
    doubted = intent.startswith(faq.PREFIX) and max(reading.chances, default=1.0) < _UNSURE
    if doubted and placed and {c for m in reading.points for c in m.codes} == set(memory.focus):
        return "ask_location"  # "so not on the belly button itself?"
    unsure = intent.startswith(faq.PREFIX) and max(reading.chances, default=1.0) < _UNSURE
    if unsure and "?" not in text and any(m.codes for m in reading.points):
        return "describe_point"  # "I would take the pair closer to the spine" asks nothing in general
    if (
        intent == "ask_benefits"
        and _WHAT_IS_THERE.search(text)
        and any(m.how == "place" for m in reading.points)
    ):
        return "describe_point"
    placed = named and all(m.how == "place" for m in reading.points)
    if intent == "ask_point_evidence" and placed and _OF_PRESSING_AT_ALL.search(text):
        return points.GENERAL[intent]  # "has anyone tested whether pressing spots does a thing for backs?"
    if intent in points.GENERAL and not named and memory.focus and _ANY_OF_THIS.search(text):
        return points.GENERAL[intent]  # "different matter: has anybody tested any of this?"
    if leading.active(memory) is None and memory.focus and not named:
        at_hand = _of_the_point_at_hand(intent, turn)
        if at_hand:
            return at_hand
    if intent in points.PARTICULAR and not named and memory.focus:
        several = len(memory.focus) > 1 or picked_codes(text, memory)
        pointed = _THESE if several or "both" in text else _THIS
        if pointed.search(text):  # "can I do that one now", "risks for both?"
            return points.PARTICULAR[intent]
    alone = not (memory.offered or memory.earlier or _A_POINT.search(text))
    first_of_all = alone and intent in {"ask_frequency", "ask_pressure"}  # "can I do this every day?"
    in_general = _in_general(text, intent) or memory.topic and not memory.offered or first_of_all
    if intent in points.GENERAL and not named and not memory.focus and in_general:
        return points.GENERAL[intent]
    if named and (
        intent == "routine_stop" and stops_first(turn) or misheard(turn) or _said_apart(turn, intent)
    ):
        return intent
    told = score(text) if intent in {*points.ASPECTS, "tell_pain"} and named and "?" not in text else None
    if told and told.now is not None and NOW_A.search(text):
        return "tell_pain"  # "I pressed BL23 as you said and now it's a 4"
    if named and (
        intent in MINOR | {"pick_point"}
        or intent == "correct_risk"
        and not reading.risks
        or intent in _NEVER_OF_A_POINT | {"start_over"}  # "scrap that, SP6"
        and any(m.codes for m in reading.points)
    ):
        second = zip(reading.ranking[1:3], reading.chances[1:3])
        return next((i for i, c in second if i in points.ASPECTS and c >= _SOMEWHAT), "describe_point")
    return None


def _of_the_point_at_hand(intent: str, turn: Turn) -> str | None:
    """Return what of the point shown last a general question asks, as it is said behind it."""
    text = turn.reading.text.lower()
    if DOES_IT_HELP.match(text):
        return "ask_benefits"
    if _WHICH_SIDES.fullmatch(text) and "point" in turn.shown:
        return "ask_duration"
    general = _GENERAL.search(_WELL_DONE.sub("", text) if IT.search(text) else text)
    if not intent.startswith(faq.PREFIX) or general and intent != "faq_sides":
        return None
    told, about_that = aspects.named(text), bool(_OF_THAT_POINT.search(text))
    if len(told) > 1 and about_that:
        return points.asking(told[0])
    if sum(c.intent not in MINOR for c in turn.reading.clauses) > 1:
        return None
    if intent == "faq_self" and IT.search(text) and len(text.split()) <= _BRIEF:
        return "ask_posture"  # "how do you get to it by yourself"
    if intent == "faq_sides" and not _EVERY_POINT.search(text):
        return points.PARTICULAR[intent]  # "and which hand, left or right?"
    long = len(text.split())
    if intent == "faq_technique" and "point" in turn.shown and long <= _BRIEF:
        return points.PARTICULAR[intent]  # "thumb or knuckle, and gently or with some force?"
    if (
        intent == "faq_measure"
        and "point" in turn.shown
        and "?" in text
        and long <= FEW
        and "cun" not in text
    ):
        return "ask_location"  # "oh, below. two fingers?"
    if not told or _UNTIL.search(text) or not aspects.in_one(text):
        return None
    brief = long <= _BRIEF and (told[0] != "evidence" or long < _TWO) and "side effect" not in text
    if intent in _OF_PRESSING or brief or about_that:
        return points.asking(told[0])  # "how gently does she have to press?", "and the dangers?"
    return None


def asked_about(turn: Turn) -> bool:
    """Tell whether the question of a message names the point, and asks for no other one."""
    text = turn.reading.text
    named = [m.text.lower() for m in turn.reading.points if m.codes and m.how in {"code", "name"}]
    asked = [s.lower() for s in _SENTENCE.findall(text) if s.endswith("?")]
    return any(n in s and not _ANY_OTHER.search(s) for s in asked for n in named)


def told_of_it_too(turn: Turn, intents: Sequence[str]) -> list[str]:
    """Return what of the point just shown is told beside a general answer: "anything that could go wrong there?"."""
    text = turn.reading.text.lower()
    brief = "point" in turn.shown and len(text.split()) <= _BRIEF and not _GENERAL.search(text)
    if not brief or not turn.memory.focus or leading.active(turn.memory) or len(intents) != 1:
        return []
    return [points.PARTICULAR[i] for i in intents if i in _TOLD_OF_IT_TOO]


def of_the_step(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a question means while a routine is on or a point is shown."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    on = leading.active(memory) is not None
    short = len(reading.text.split()) <= FEW and "left" not in text
    if intent == "routine_time_left" and not on and memory.focus and short:
        return "ask_duration"  # "how long?" behind a point
    if on and intent == "ask_complaint" and not reading.complaints:
        return "routine_where"
    if on and intent in points.PARTICULAR and intent in _OF_THE_STEP and not _GENERAL.search(text):
        return points.PARTICULAR[intent]
    return None


def _asked_apart(turn: Turn, intent: str) -> bool:
    """Tell whether a part of the message asks a general question, and another part names the point."""
    own = [c.text for c in turn.reading.clauses if c.intent == intent]
    others = [c.text for c in turn.reading.clauses if c.intent != intent]
    if not own or not any(PLACEHOLDER in text for text in others):
        return False
    return not any(PLACEHOLDER in text or IT.search(text) for text in own)


def _said_apart(turn: Turn, intent: str) -> bool:
    """Tell whether a score is told in a part of the message that names no point ("it's a 4 now, what is LI4 for")."""
    own = [c.text for c in turn.reading.clauses if c.intent == intent == "tell_pain"]
    return any(PLACEHOLDER not in text and not others(text) and score(text) for text in own)


def _in_general(text: str, intent: str) -> bool:
    """Tell whether a question about pressing means acupressure as such and not one point."""
    return intent == "ask_point_evidence" or bool(_GENERAL.search(text))
