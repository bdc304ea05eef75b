"""What an intent turns into by all else that was said: the message, the conversation, the routine that is on."""

from __future__ import annotations

import re

from acupressure.aches import something_wrong
from acupressure.answers import (
    aspects,
    astray,
    at_hand,
    faq,
    following,
    leading,
    lists,
    points,
    routine,
    safety,
    starting,
    unwell,
    wishes,
)
from acupressure.answers.ordinals import picked_codes
from acupressure.catalog import Catalog
from acupressure.quantities import score, time_of_day
from acupressure.understanding import Turn

_DESTRUCTIVE = {"forget_me", "start_over"}
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
_WHO_TOLD = re.compile(r",? which (?:i|we|my|our|the|an?|he|she|they|some\w+)\b")
_OF_PRESSING = {"location", "pressure", "duration", "frequency", "picture"}
"""What is asked of a point beside an ache, and not of the ache."""
_TELL_AGAIN = re.compile(
    r"\bremind me (?:again |once more |please )?(?:what|where|how|which|why|who|of|about)\b|\bremind me(?: please)?\W*$"
)
_EACH_DAY = re.compile(
    r"\b(?:every|daily|each|tomorrow|tonight|later|in (?:an?|\d+) \w+|mornings?|evenings?|a day)\b"
)
_ASKS_HOW = re.compile(
    r"\bhow (?:i |we |one |you )?(?:can|could|do|would|might|may|to)\b|\bwhat happens\b|\bis it possible\b|\bam i able\b"
)
_I_FORGOT = re.compile(
    r"\bi(?:'ve|'d| have| had)?(?: \w+)? (?:forgot(?:ten)?|forget)(?! (?:me|it all|everything about)\b)(?!.*\b(?:delete|erase|wipe|remove)\b)"
)
_NEVER_MIND = re.compile(r"\bforget (?:it|that|about (?:it|that))\b(?! (?:chat|conversation|talk))")
_ALL_OF_IT = re.compile(r"\b(?:me|my|mine|data|everything|all|history|told|said|delete|erase|wipe)\b")
_I_WIPED = re.compile(
    r"\b(?:i|he|she|we|they)(?:'ve|'d| have| had| just)? (?:wiped|cleaned|cleared|washed|deleted|erased)\b"
)
_WHAT_IS_KEPT = re.compile(
    r"\bwh?at\b.*\b(?:remember|know|knows|store[ds]?|keep|kept|saved?|got|hold|recorded)\b.*\b(?:about|on|of) me\b"
)
_MORE_POINTS = re.compile(
    r"\b(?:what|anything|something) else\b|\b(?:other|more|another) (?:points?|spots?|ones?)\b"
)
_ONLY_A_SCORE = re.compile(
    r"(?:\bis|'s|\bat|\bfeels like) (?:at |about |around |only |just |still |a |an )*(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?= (?:today|now|again|at the moment|by the way|out of)|\W*$)"
)
_ONLY_PAIN = re.compile(
    r"\W*(?:my |the )?(?:pain|ache|score)(?: is| now| at|:)* (?:a |an )?\d{1,2}(?: now)?\W*"
)
_ONLY_BACK = re.compile(r"\W*(?:(?:my|the|um|er|hi|hello)\W+)*(?:lower )?back\W*")
_HARDLY = 0.3
"""Confidence below which an intent tells nothing."""
_WHAT_ABOUT = re.compile(r"\b(?:what about|how about|what of|only|just)\b")
_WHAT_TO_PRESS = re.compile(r"\b(?:which|what) (?:points?|spots?|can|could|should|may|do|ones?)\b")
_FOR_MINE = re.compile(r"\bfor (?:me|my|mine)\b")
_BESIDES = re.compile(
    r"\b(?:besides|apart from|instead of|other than|exercises?|stretch\w*|pills?|medicines?)\b"
)
"""Asks what helps other than pressing."""
_OTHER_MEANS = re.compile(
    r"\b(?:heat|hot|cold|ice|warm\w*|doctors?|gp|physio\w*|chiro\w*|osteo\w*|massage\w*|yoga|pilates|swim\w*|walk\w*|run\w*|gym|sports?|bed|rest\w*|"
    r"mattress\w*|chair\w*|pillow\w*|cushions?|sleep\w*|belts?|brace|corset|creams?|gel|balm|bath|sauna|surgery|operation|x-?rays?|mri|scan|injections?|"
    r"tablets?|drugs?|painkillers?|needles?|acupuncture|diet|weight|lifting|work|move|moving|keep|see|else|other|more|better|instead)\b"
)
"""Words of what helps besides pressing."""
_WHY_ASK = re.compile(r"\bwhy\b.*\b(?:ask|asking|need|want|matter|know|questions?)\b")
_WHY_NOT = re.compile(
    r"\W*(?:(?:but|and|so|oh|ok|okay)\W+)*(?:why (?:not|can'?t (?:i|we|s?he))|what(?:'s| is) wrong with (?:it|that|them))\b"
)
_ON_THE_LIST = re.compile(r"\b(?:on|of|in|from) (?:(?:your|the|that|this) )?list\b")
_YOU_SAID = re.compile(
    rf"\byou (?:said|named|mentioned|listed|gave|showed)\b|\bmore about\b|{starting.TELL_ABOUT.pattern}"
)
_IT_IS = re.compile(
    r"\W*(?:(?:well|oh|um|no|so|and|mostly|mainly|more)\W+)*(?:it'?s|it is|they'?re|low|high|more|both|right|left|across|down|up|just)\b"
)
"""How somebody goes on telling about an ache."""
_DO_IT = re.compile(
    r"\b(?:explain|describe|show me)\b|\bhow (?:do|should|would|can|does) (?:i|you|one|we) (?:do|use|work|squeeze|hold)\b"
)
"""Asks for a point to be shown, or how one does it."""
_HOW_TO_FIND = re.compile(
    r"\b(?:how (?:to|do i|can i) (?:find|locate)|where (?:are|is|do)|find)\b.*\b(?:both|them|those|these|each)\b"
)


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
    if intent in _WHERE_TO_PRESS | {"ask_complaint", "compare_points"} and lists.asks_region(reading.text):
        return "list_points"
    troubled = (
        any(not c.is_body_part for c in reading.complaints)
        or reading.complaints
        and something_wrong(reading.text)
    )
    if (
        intent == "list_points"
        and lists.regions_asked(reading.text)
        and all(c.is_body_part for c in reading.complaints)
    ):
        return intent
    idle = leading.active(memory) is None
    if intent == "routine_hurts" and idle and _ONLY_PAIN.fullmatch(text):
        return "tell_pain"  # "pain 2"
    if _nothing_was_pressed(intent, turn):
        return "ask_complaint"  # "my elbow hurts": nothing was pressed
    if intent == "routine_back" and leading.progress_of(memory) is None and _ONLY_BACK.fullmatch(text):
        return "ask_complaint"  # "back", said first of all
    unclear = intent in {"nlu_fallback", "out_of_scope", "faq_partner"} or reading.confidence < _HARDLY
    apart = unclear and (memory.focus or memory.risks)
    if apart and _WHAT_ABOUT.search(text) and lists.regions_asked(text):
        return "list_points"  # "what about just her hands then"
    if intent == "ask_complaint" and _ONLY_A_SCORE.search(text) and score(text):
        return "tell_pain"  # "my back's a 3 today"
    if intent == "faq_partner" and troubled and not named and _WHAT_TO_PRESS.search(text):
        return "ask_complaint"  # "my boy's back hurts, which point may I press"
    if intent == "faq_self" and reading.complaints and _FOR_MINE.search(text):
        return "ask_complaint"  # "and for my own back?" behind what was asked for another
    if (
        intent == "faq_other_help"
        and reading.complaints
        and (_MORE_POINTS.search(text) or not _OTHER_MEANS.search(text))
        and not _BESIDES.search(text)
    ):
        return "ask_complaint"  # "what else is there for my shoulders?", "the small of the back: what do you advise?"
    if troubled and not named and intent in _WHERE_TO_PRESS:
        about_focus = intent not in {"list_points", "nlu_fallback"} and (
            memory.focus and at_hand.IT.search(text) or "point" in turn.shown and _asked_apart(intent, turn)
        )
        return intent if about_focus else "ask_complaint"
    return None


def _asked_apart(intent: str, turn: Turn) -> bool:
    """Tell whether a part of a message that names no ache asks something: "it kills me. how hard do I press?"."""
    aches = [c.text.lower() for c in turn.reading.complaints]
    own = [c.text.lower() for c in turn.reading.clauses if c.intent == intent and c.confidence >= CERTAIN]
    return any(text and not any(ache in text for ache in aches) for text in own)


def _nothing_was_pressed(intent: str, turn: Turn) -> bool:
    """Tell whether an ache is told that seems to come from pressing, where no point was shown and no routine led."""
    reading, memory = turn.reading, turn.memory
    told = reading.risks or reading.points or memory.focus or leading.progress_of(memory)
    return intent == "routine_hurts" and not told


def _of_a_reminder(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is to be told again where no alarm clock is wanted: "remind me where it is"."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    if (
        intent != "set_reminder"
        or not _TELL_AGAIN.search(text)
        or _EACH_DAY.search(text)
        or time_of_day(text)
    ):
        return None
    told = aspects.named(text)
    if told and (reading.points or memory.focus):
        return points.asking(told[0])
    if picked_codes(text, memory):
        return "pick_point"
    return "describe_point" if reading.points else None


_YES_OR_NO = re.compile(r"\b(?:a )?(?:yes or (?:a )?no|yea or nay)")


def _put_right(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a correction, or the wish for something else, makes of an intent."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    named = bool(reading.points)
    if memory.asked == routine.SCREEN and _WHY_ASK.search(text):
        return "faq_who_should_not"
    if memory.asked == routine.SCREEN and intent in _NOT_HEARD and "question" in text:
        return "repeat"  # "what was the second question again?"
    denied = reading.signs and all(m.negated for m in reading.signs) and "?" not in text
    if denied and memory.complaint and intent.startswith(faq.PREFIX):
        return "ask_complaint"  # "for a week, no numbness": told about the ache, nothing is asked
    if intent == "forget_me" and _I_FORGOT.search(text):
        return "repeat"  # "I've forgotten what you said": nothing is to be erased
    if intent == "forget_me" and _NEVER_MIND.search(text) and not _ALL_OF_IT.search(text):
        return "deny"  # "forget it. is a bruise normal?" is a never mind
    if intent == "forget_me" and _I_WIPED.search(text):
        return "nlu_fallback"  # "I wiped it with my sleeve": told, not wished
    if intent == "forget_me" and _WHAT_IS_KEPT.search(text):
        return "ask_privacy"
    if intent == "forget_me" and _ASKS_HOW.search(text):
        return "ask_privacy"  # a question erases nothing
    if (
        intent == "list_points"
        and memory.offered
        and _ON_THE_LIST.search(text)
        and picked_codes(text, memory)
    ):
        return "pick_point"  # "the second point from your list"
    if (
        intent == "tell_more"
        and len(memory.offered) > 1
        and set(picked_codes(text, memory)) - set(memory.focus)
    ):
        return "pick_point"  # "can I hear about the second one"
    if _YES_OR_NO.search(text) and memory.own_risks() and not reading.points:
        return "ask_safe_for_me"  # "so is it yes or no for his back?"
    if intent in {"deny", "nlu_fallback"} and memory.focus and _WHY_NOT.match(text):
        return "ask_point_safety"  # the reason a point is left out for
    if "noted" in turn.shown and len(memory.own_risks()) == 1 and safety.names_another(turn):
        return "correct_risk"  # "I typed the wrong one, it is arthritis"
    if intent == "deny" and not reading.points and safety.means_other(turn):
        return "correct_risk"  # "no, not me, I meant my wife"
    if (
        intent == "repeat"
        and len(memory.offered) > 1
        and leading.active(memory) is None
        and _YOU_SAID.search(text)
        and picked_codes(text, memory)
    ):
        return "pick_point"  # "tell me about the first you said"
    told_of_ache = (
        memory.complaint and not memory.signs and leading.active(memory) is None and "?" not in text
    )
    if told_of_ache and intent in {"retract_sign", "sign_cleared"} and turn.shown.keys() & {"points", "ask"}:
        return (
            "ask_complaint"  # "for three weeks, the leg is strong, no fever": there is nothing to take back
        )
    if (
        told_of_ache
        and intent.startswith(faq.PREFIX)
        and turn.shown.keys() & {"points", "ask"}
        and _IT_IS.match(text)
    ):
        return "ask_complaint"
    if intent == "pick_point" and _NEITHER.search(text):
        return "deny"
    called = wishes.routine_named(catalog, reading.text)
    corrects = reading.complaints and memory.complaint and not named and intent in _CORRECTING
    if corrects and _CORRECTS.search(text) and not wishes.wants_time(turn):
        return "ask_complaint"  # "no, the neck I mean, not the back"
    idle = leading.active(memory) is None and memory.focus and not named
    asked = aspects.named(reading.text) if idle else ()
    misread = intent in {*leading.IN_ROUTINE, "deny", "affirm", "nlu_fallback", "tell_pain", "help"}
    misread = misread or intent == "ask_routines" and len(text.split()) <= at_hand.FEW
    misread = misread or intent == "how_are_you"  # "Good. And the pressure for both?"
    if intent in {"thank", "praise", "greet"} and idle:  # "thanks, how hard"
        asked, misread = aspects.alone(reading.text), True
    if asked and intent not in points.ASPECTS and len(text.split()) < at_hand.FEW and not reading.risks:
        return points.asking(asked[0])  # "c/i?", "dose?"
    if intent == "nlu_fallback" and idle and len(text.split()) < at_hand.FEW and picked_codes(text, memory):
        return "pick_point"  # "2nd"
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
    if len(codes) > 1 and intent in points.ASPECTS and wishes.led_through(turn):
        return "start_routine"
    if intent == "ask_complaint" and len(codes) > 1 and _OR.search(text):
        return "compare_points"
    one_asked = len(codes) == 1 or codes and aspects.named(reading.text)  # "where are LI4 and SI3"
    one_asked = one_asked or named and not codes
    coded = any(m.codes and m.how != "place" for m in reading.points)
    if intent == "compare_points" and not named and _HOW_TO_FIND.search(text):
        return "ask_location"  # "show me how to find both of them"
    if intent == "ask_complaint" and coded and len(codes) == 1 and not _OR.search(text):
        told = [
            a for a in aspects.named(text) if a in _OF_PRESSING
        ]  # "LI4 for my shoulders, where do I squeeze?"
        if told:
            return points.asking(told[0])
        if starting.TELL_ABOUT.search(text) or _DO_IT.search(text):
            return "describe_point"  # "tell me about SI3 for a stiff neck"
        if at_hand.asked_about(turn):
            return "ask_benefits"  # "and HT7 so that she sleeps better?"
    shared = coded and any(m.is_ambiguous for m in reading.points)  # "which are the sea of vitality ones"
    if (
        intent in {"list_points", "help"}
        and coded
        and (len(codes) == 1 or shared)
        and not lists.regions_asked(text)
    ):
        return "describe_point"
    if intent == "compare_points" and one_asked and not _OR.search(_WHO_TOLD.sub("", text)):
        return next((i for i in reading.ranking[1:3] if i in points.ASPECTS), "describe_point")
    if reading.complaints and not named and memory.complaint and _AND_FOR.match(text):
        return "ask_complaint"  # "and for the knee?" behind the points for something else
    if intent == "faq_claims" and any(not catalog.complaints[c.id].points for c in reading.complaints):
        return "ask_complaint"  # what the article claims beyond aches has an honest answer of its own
    return None


def _unsure(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is asked where an intent is too unsure to throw something away, or its ache is not there."""
    asked_for = intent == "forget_me" and turn.shown.get("faq", {}).get("topic") == "privacy"
    if intent in _DESTRUCTIVE and turn.reading.confidence < CERTAIN and not asked_for:
        return "nlu_fallback"
    if intent == "ask_complaint" and turn.reading.points and not turn.reading.complaints:
        return "describe_point"
    return None


_RULES = (
    astray.of_others,
    astray.not_now,
    unwell.goes_numb,
    at_hand.in_a_word,
    following.behind,
    starting.from_the_list,
    astray.not_as_it_sounds,
    _of_the_body,
    _of_a_reminder,
    _put_right,
    astray.nothing_taken_back,
    _of_several,
    at_hand.of_a_point,
    at_hand.of_the_step,
    starting.wished,
    _unsure,
)
"""In their order: the first that knows better decides."""


def adjusted(intent: str, turn: Turn, catalog: Catalog) -> str:
    """Return the intent with what else is in the message taken into account."""
    return next((better for rule in _RULES if (better := rule(intent, turn, catalog))), intent)
