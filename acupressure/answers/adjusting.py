"""What an intent turns into by all else that was said: the message, the conversation, the routine that is on."""

from __future__ import annotations

import re

from acupressure.aches import something_wrong
from acupressure.answers import aspects, faq, leading, points, routine, safety
from acupressure.answers.context import misheard, stops_first
from acupressure.answers.ordinals import picked_codes
from acupressure.catalog import Catalog
from acupressure.meant import others
from acupressure.quantities import only_lengths, score, time_of_day
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
_DESTRUCTIVE = {"forget_me", "start_over"}
_FEW = 5
"""Words of a question that means what was shown last."""
CERTAIN = 0.8
"""Confidence below which nothing is forgotten or begun afresh."""
_WHERE_TO_PRESS = {
    "ask_location",
    "ask_pressure",
    "describe_point",
    "list_points",
    "ask_benefits",
    "ask_picture",
    "nlu_fallback",
}
"""With a complaint and no point, these ask for the points of the complaint."""
_GENERAL = re.compile(
    r"\b(?:acupressure|a point|points|any point|every point|each point|in general|generally|properly|correctly|this stuff|this thing|right way|"
    r"the right|poke|times a (?:day|week)|per (?:day|week)|research|guidelines?|studies)\b"
)
_NEVER_OF_A_POINT = {"tell_pain", "ask_pain_trend", "export_pain", *leading.IN_ROUTINE} - {
    "routine_replace",
    "routine_where",
}
"""What nobody says with the name of a point: "what is LR3 good 4" tells no score."""
_MAY_NAME_A_ROUTINE = {
    "ask_complaint", "ask_frequency", "ask_location", "ask_point_safety", "ask_posture", "describe_point",
    "nlu_fallback", "pick_point", "affirm", "routine_next", "routine_resume", "start_over", "list_points",
}  # fmt: skip
"""Intents taken for the wish for a routine whose name the message holds ("the hand points together")."""
_OF_THE_STEP = {
    "faq_technique",
    "faq_how_often",
    "faq_sides",
    "faq_what_is",
    "faq_does_it_hurt",
    "faq_measure",
}
"""General questions that mean the point at hand while a routine is on."""
_AND_FOR = re.compile(r"\W*(?:and|what about|how about|also)\b(?: for)?(?: the| my| a)?(?: [\w']+){1,3}\W*$")
_CORRECTING = {
    "deny",
    "correct_risk",
    "start_routine",
    "affirm",
    "nlu_fallback",
    "repeat",
    "pick_point",
    "retract_sign",
}
_CORRECTS = re.compile(
    r"\bnot (?:the |my |for )?\w+|\bi mean|\bmake (?:that|it)\b|\brather\b|\binstead\b|\bactually\b|\bmistake\b"
)
"""How another complaint is put in the place of the one before."""
_NOT_HEARD = {"pick_point", "repeat", "nlu_fallback", "ask_known_risks", "tell_more"}
"""Intents that "what was the second question?" is taken for, while the questions about health wait."""
_NEITHER = re.compile(r"\b(?:neither|none of (?:them|those|these))\b")
_AFRESH = re.compile(
    r"\b(?:over|again|afresh|fresh|anew|new|re-?sta?r?t\w*|re-?set|re-?boot|redo|re-?open|scratch|beginn?ing|clean|wipe|scrap|drop|clear|"
    r"zero|square one|page one|back|home|top|once more|take two|very start|muddled|practice|original|opening|forget|rewind|undo)\b"
)
"""Words of a wish to begin the whole talk afresh."""
_OR = re.compile(r"\b(?:or|vs|versus|differ\w*|compare\w*|better|stronger|than|which|instead|same|swap)\b")
_THESE = re.compile(r"\b(?:both|them|these|those)\b")
_THIS = re.compile(r"\b(?:that|this) (?:one|point|spot)\b|\bits\b")
_START_WITH_ONE = re.compile(
    r"\b(?:start(?:ing)?|begin(?:ning)?|go) (?:off )?with (?:the |that |this )?(?:[\w'-]+ ){0,3}(?:one|point|spot|first|second|third|last)\b|"
    r"\b(?:just|only) the (?:first|second|third|last|top)\b"
)
"""Which of the points just listed is wanted first: no routine."""
_IT = re.compile(r"\b(?:it|that one|this one|that point|this point|them|these|those)\b")

_BEASTS = r"(?:dog|puppy|cat|kitten|horse|pony|pet|rabbit|hamster|cow|goat|parrot|guinea pig)"
_ANIMAL = re.compile(
    rf"\b(?:my|our|the|his|her|a) (?:old |poor |little )?{_BEASTS}(?:'s|s'|s)? (?:has|have|hurts?|limps?|needs?|suffers?|back|hips?|"
    rf"legs?|paws?|arthritis|spine|joints?)\b|\b(?:for|on|to) (?:my |our |the |a |an )?(?:old |poor |little )?{_BEASTS}s?\b|"
    rf"\b(?:do|can|are|is|does) (?:my |our |the |a )?{_BEASTS}s?\b"
)
"""Whom it is about where it is no person."""
_TRANSLATE = re.compile(
    r"\btranslate\b|\b(?:say|word|what)\b.*\b(?:in|into) (?:english|french|german|spanish|italian|polish|portuguese|dutch|russian|"
    r"turkish|arabic|hindi|swedish|greek|latin|japanese|korean|mandarin|chinese)\b"
)
_SHORT = 20
"""Words up to which a message with an animal is about the animal; a longer story may only tell of one."""
_SAID_TO_US = {"greet", "goodbye", "thank", "how_are_you", "praise"}
_TELL_AGAIN = re.compile(
    r"\bremind me (?:again |once more |please )?(?:what|where|how|which|why|who|of|about)\b|\bremind me(?: please)?\W*$"
)
_EACH_DAY = re.compile(
    r"\b(?:every|daily|each|tomorrow|tonight|later|in (?:an?|\d+) \w+|mornings?|evenings?|a day)\b"
)
_ASKS_HOW = re.compile(
    r"\bhow (?:i |we |one |you )?(?:can|could|do|would|might|may|to)\b|\bwhat happens\b|\bis it possible\b|\bam i able\b"
)
_MORE_POINTS = re.compile(
    r"\b(?:what|anything|something) else\b|\b(?:other|more|another) (?:points?|spots?|ones?)\b"
)
_FOR_MINE = re.compile(r"\bfor (?:me|my|mine)\b")
_BESIDES = re.compile(
    r"\b(?:besides|apart from|instead of|other than|exercises?|stretch\w*|pills?|medicines?)\b"
)
"""Asks what helps other than pressing."""
_DOES_IT_HELP = re.compile(
    r"\W*(?:(?:and|but|so|ok|okay|oh|right)\W+)*(?:does|do|will|would|can|could|is|are) "
    r"(?:it|this|that|they|(?:this|that) (?:one|point|spot))(?: also| even| really| then| any)* "
    r"(?:help|good|work|ease|relieve|use|used|do (?:anything|any good|some good|much))\b.*\b(?:for|with|against|when)\b"
)
"""Asks what the point shown is good for, with an ache that it might be good for."""
_OF_PRESSING = {"faq_partner", "faq_does_it_hurt", "faq_technique", "faq_sides", "faq_feeling"}
_BRIEF = 8
"""Words of a general question that a point at hand makes a particular one ("and the dangers?")."""
_OF_THAT_POINT = re.compile(
    r"\b(?:with|on|about|for|of|to) (?:it|that|this)\b|\b(?:there|that one|this one)\b"
)
_WHY_ASK = re.compile(r"\bwhy\b.*\b(?:ask|asking|need|want|matter|know|questions?)\b")
_UNTIL = re.compile(r"\bhow (?:long|soon) (?:until|before|till|does it take|will it take)\b")
_EVERY_POINT = re.compile(r"\b(?:points|acupressure|always|every|generally|in general|usually)\b")
_WHAT_IS_THERE = re.compile(r"\bwhat(?:'s| is|s) (?:the|that) (?:point|spot|one)\b(?!.* for\b)")
_SET_OFF = re.compile(r"\b(?:start|begin|lead me|take me|guide me|run)\b.{0,24}\broutine\b")
_QUESTION_WORD = re.compile(r"\b(?:how|when|what|which|why)\b")


_I_AM = re.compile(r"\bi(?:'?m| am)\b")
_OF_A_BOT = re.compile(
    r"\b(?:you|u|ur|your|this|robots?|bots?|machine|human|real|ai|computer|program|there|gpt|chat\w*)\b"
)


def _of_others(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return that it is none of our business where an animal is to be pressed, or a greeting only translated."""
    text = turn.reading.text.lower()
    if (
        len(text.split()) <= _SHORT
        and _ANIMAL.search(text)
        or intent in _SAID_TO_US
        and _TRANSLATE.search(text)
    ):
        return "out_of_scope"
    if intent == "bot_challenge" and _I_AM.search(text) and not _OF_A_BOT.search(text):
        return "nlu_fallback"  # "I'm a man": told of oneself
    return None


def _of_the_list(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is wanted of the points just shown where it is taken for the wish to begin something."""
    memory, text = turn.memory, turn.reading.text.lower()
    begins = intent in {"start_routine", "start_over"} and leading.active(memory) is None
    if not begins or routine.led_through(turn) or routine.routine_named(catalog, turn.reading.text):
        return None
    if memory.focus and "?" in text and only_lengths(text):
        return "ask_duration"  # "ten seconds? two minutes?"
    one = memory.offered and _START_WITH_ONE.search(text)
    return "pick_point" if one and not routine.wants_time(turn) else None


def _of_the_body(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a part of the body or an ache in the message makes of an intent."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    if (
        memory.asked == "which_complaint"
        and reading.complaints
        and intent not in {"start_routine", "ask_routines"}
    ):
        return "ask_complaint"
    if intent in _WHERE_TO_PRESS | {"ask_complaint", "compare_points"} and points.asks_region(reading.text):
        return "list_points"
    troubled = (
        any(not c.is_body_part for c in reading.complaints)
        or reading.complaints
        and something_wrong(reading.text)
    )
    if (
        intent == "list_points"
        and points.regions_asked(reading.text)
        and all(c.is_body_part for c in reading.complaints)
    ):
        return intent
    if intent == "faq_self" and reading.complaints and _FOR_MINE.search(text):
        return "ask_complaint"  # "and for my own back?" behind what was asked for another
    if (
        intent == "faq_other_help"
        and reading.complaints
        and _MORE_POINTS.search(text)
        and not _BESIDES.search(text)
    ):
        return "ask_complaint"  # "what else is there for my shoulders?"
    if troubled and not named and intent in _WHERE_TO_PRESS:
        about_focus = memory.focus and _IT.search(text) and intent not in {"list_points", "nlu_fallback"}
        return intent if about_focus else "ask_complaint"
    return None


def _put_right(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a correction, or the wish for something else, makes of an intent."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    if memory.asked == routine.SCREEN and _WHY_ASK.search(text):
        return "faq_who_should_not"
    if memory.asked == routine.SCREEN and intent in _NOT_HEARD and "question" in text:
        return "repeat"  # "what was the second question again?"
    if (
        intent == "set_reminder"
        and _TELL_AGAIN.search(text)
        and not (_EACH_DAY.search(text) or time_of_day(text))
    ):
        told = aspects.named(text)  # "remind me where it is" wants no alarm clock
        if told and (named or memory.focus):
            return points.asking(told[0])
        if picked_codes(text, memory):
            return "pick_point"
        return "describe_point" if named else intent
    denied = reading.signs and all(m.negated for m in reading.signs) and "?" not in text
    if denied and memory.complaint and intent.startswith(faq.PREFIX):
        return "ask_complaint"  # "for a week, no numbness": told about the ache, nothing is asked
    if intent == "forget_me" and _ASKS_HOW.search(text):
        return "ask_privacy"  # a question erases nothing
    if intent == "deny" and not reading.points and safety.means_other(turn):
        return "correct_risk"  # "no, not me, I meant my wife"
    if intent == "pick_point" and _NEITHER.search(text):
        return "deny"
    called = routine.routine_named(catalog, reading.text)
    corrects = reading.complaints and memory.complaint and not named and intent in _CORRECTING
    if corrects and _CORRECTS.search(text) and not routine.wants_time(turn):
        return "ask_complaint"  # "no, the neck I mean, not the back"
    idle = leading.active(memory) is None and memory.focus and not named
    asked = aspects.named(reading.text) if idle else ()
    misread = intent in {*leading.IN_ROUTINE, "deny", "affirm", "nlu_fallback", "tell_pain"}
    misread = misread or intent == "ask_routines" and len(text.split()) <= _FEW
    if intent in {"thank", "praise", "greet"} and idle:  # "thanks, how hard"
        asked, misread = aspects.alone(reading.text), True
    if asked and misread:  # "no wait, how long I mean", "any RCTs"
        return points.asking(asked[0])
    if intent == "start_over" and (called or not _AFRESH.search(text)):
        return "start_routine"  # "just start", "desk reset": nothing is thrown away by a guess
    return None


def _of_several(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what several points, or one complaint after another, make of an intent."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    codes = {c for m in reading.points for c in m.codes}
    if len(codes) > 1 and intent in points.ASPECTS and routine.led_through(turn):
        return "start_routine"
    if intent == "ask_complaint" and len(codes) > 1 and _OR.search(text):
        return "compare_points"
    one_asked = len(codes) == 1 or codes and aspects.named(reading.text)  # "where are LI4 and SI3"
    one_asked = one_asked or named and not codes
    if intent == "compare_points" and one_asked and not _OR.search(text):
        return next((i for i in reading.ranking[1:3] if i in points.ASPECTS), "describe_point")
    if reading.complaints and not named and memory.complaint and _AND_FOR.match(text):
        return "ask_complaint"  # "and for the knee?" behind the points for something else
    if intent == "faq_claims" and any(not catalog.complaints[c.id].points for c in reading.complaints):
        return "ask_complaint"  # what the article claims beyond aches has an honest answer of its own
    return None


def _of_a_point(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a point that is named or shown makes of an intent, and the lack of one."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    if any(m.codes for m in reading.points) and intent in points.PARTICULAR:
        return intent if _asked_apart(turn, intent) else points.PARTICULAR[intent]
    if (
        intent == "ask_benefits"
        and _WHAT_IS_THERE.search(text)
        and any(m.how == "place" for m in reading.points)
    ):
        return "describe_point"
    if leading.active(memory) is None and memory.focus and not named:
        at_hand = _of_the_point_at_hand(intent, turn)
        if at_hand:
            return at_hand
    if intent in points.PARTICULAR and not named and memory.focus:
        several = len(memory.focus) > 1 or picked_codes(text, memory)
        pointed = _THESE if several or "both" in text else _THIS
        if pointed.search(text):  # "can I do that one now", "risks for both?"
            return points.PARTICULAR[intent]
    if intent in points.GENERAL and not named and not memory.focus and _in_general(text, intent):
        return points.GENERAL[intent]
    if named and (
        intent == "routine_stop" and stops_first(turn) or misheard(turn) or _said_apart(turn, intent)
    ):
        return intent
    if named and (
        intent in MINOR | {"pick_point"}
        or intent == "correct_risk"
        and not reading.risks
        or intent in _NEVER_OF_A_POINT
        and any(m.codes for m in reading.points)
    ):
        return next((i for i in reading.ranking[1:3] if i in points.ASPECTS), "describe_point")
    return None


def _of_the_point_at_hand(intent: str, turn: Turn) -> str | None:
    """Return what of the point shown last a general question asks, as it is said behind it."""
    text = turn.reading.text.lower()
    if _DOES_IT_HELP.match(text):
        return "ask_benefits"
    if not intent.startswith(faq.PREFIX) or _GENERAL.search(text) and intent != "faq_sides":
        return None
    told, about_that = aspects.named(text), bool(_OF_THAT_POINT.search(text))
    if len(told) > 1 and about_that:
        return points.asking(told[0])
    if len(turn.reading.clauses) > 1:
        return None
    if intent == "faq_sides" and not _EVERY_POINT.search(text):
        return points.PARTICULAR[intent]  # "and which hand, left or right?"
    if not told or _UNTIL.search(text) or not aspects.in_one(text):
        return None
    brief = len(text.split()) <= _BRIEF and told[0] != "evidence" and "side effect" not in text
    if intent in _OF_PRESSING or brief or about_that:
        return points.asking(told[0])  # "how gently does she have to press?", "and the dangers?"
    return None


def _of_the_step(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a question means while a routine is on or a point is shown."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    on = leading.active(memory) is not None
    short = len(reading.text.split()) <= _FEW and "left" not in text
    if intent == "routine_time_left" and not on and memory.focus and short:
        return "ask_duration"  # "how long?" behind a point
    if on and intent == "ask_complaint" and not reading.complaints:
        return "routine_where"
    if on and intent in points.PARTICULAR and intent in _OF_THE_STEP and not _GENERAL.search(text):
        return points.PARTICULAR[intent]
    return None


def _of_a_routine(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return the wish for a routine that an intent hides, and what is too unsure to be done."""
    reading, memory = turn.reading, turn.memory
    named = bool(reading.points)
    on = leading.active(memory) is not None
    if intent == "ask_complaint" and memory.asked == routine.SCREEN and memory.request:
        return "start_routine"  # what it is for, told before the questions are answered
    if intent in {"start_routine", "ask_complaint"} and routine.asks_which(turn):
        return "ask_routines"
    if intent == "ask_complaint" and reading.complaints and routine.wants_time(turn):
        return "start_routine"
    may_name = intent in _MAY_NAME_A_ROUTINE or intent.startswith(faq.PREFIX) and "?" not in reading.text
    waits = memory.asked == routine.SCREEN and memory.request  # "the seated one then"
    if waits and intent in _MAY_NAME_A_ROUTINE and routine.routine_named(catalog, reading.text):
        return "start_routine"
    if may_name and not on and routine.names_one(turn, catalog):
        return "start_routine"
    starts = intent.startswith(faq.PREFIX) and _SET_OFF.search(reading.text.lower())
    if starts and not on and not _QUESTION_WORD.search(reading.text.lower()):
        return "start_routine"
    if intent in _DESTRUCTIVE and reading.confidence < CERTAIN:
        return "nlu_fallback"
    if intent == "ask_complaint" and named and not reading.complaints:
        return "describe_point"
    return None


_RULES = (
    _of_others,
    _of_the_list,
    _of_the_body,
    _put_right,
    _of_several,
    _of_a_point,
    _of_the_step,
    _of_a_routine,
)
"""In their order: the first that knows better decides."""


def adjusted(intent: str, turn: Turn, catalog: Catalog) -> str:
    """Return the intent with what else is in the message taken into account."""
    return next((better for rule in _RULES if (better := rule(intent, turn, catalog))), intent)


def _asked_apart(turn: Turn, intent: str) -> bool:
    """Tell whether a part of the message asks a general question, and another part names the point."""
    own = [c.text for c in turn.reading.clauses if c.intent == intent]
    others = [c.text for c in turn.reading.clauses if c.intent != intent]
    if not own or not any(PLACEHOLDER in text for text in others):
        return False
    return not any(PLACEHOLDER in text or _IT.search(text) for text in own)


def _said_apart(turn: Turn, intent: str) -> bool:
    """Tell whether a score is told in a part of the message that names no point ("it's a 4 now, what is LI4 for")."""
    own = [c.text for c in turn.reading.clauses if c.intent == intent == "tell_pain"]
    return any(PLACEHOLDER not in text and not others(text) and score(text) for text in own)


def _in_general(text: str, intent: str) -> bool:
    """Tell whether a question about pressing means acupressure as such and not one point."""
    return intent == "ask_point_evidence" or bool(_GENERAL.search(text))
