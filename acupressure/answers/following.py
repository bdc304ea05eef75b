"""What a few words mean right behind what was shown: "since monday", "any", "as if I were six", "which of the two"."""

from __future__ import annotations

import re

from acupressure.aches import something_wrong
from acupressure.answers import at_hand, leading, offering, wishes
from acupressure.answers.ordinals import ANOTHER, picked_codes
from acupressure.catalog import Catalog
from acupressure.quantities import days, own_age, score
from acupressure.understanding import Turn

_ONCE_MORE = re.compile(
    r"\b(?:again|once more|one more time|repeat|say|said|tell|told|what|where|how|pardon)\b"
)
_FEW = 7
"""Words of a message that says nothing by itself."""
_UNDERSTOOD_ALONE = {
    "ask_duration", "ask_frequency", "ask_complaint", "report_warning_sign", "self_harm", "retract_sign",
    "sign_cleared", "set_reminder", "start_routine", "forget_me",
}  # fmt: skip
"""Intents that a length of time in a message takes nothing from."""
_SIMPLER = re.compile(
    r"\bas (?:if|though) (?:i|you|he|she|it) (?:was|were|am|'?m|is)\b|\bas (?:you would )?(?:to|for) (?:a|my|your|the) (?:\w+ )?(?:child|kid|grand\w+|toddler|idiot|five|six)|"
    r"\blike (?:i'?m|i am|i was|i were|to a|for a|you would to a) (?:an? |only )?(?:\d\d?\b|five|six|seven|eight|nine|three|four|ten|eleven|twelve|child|kid|idiot|baby|toddler|dummy|simpleton)|"
    r"\bpretend (?:that )?(?:i'?m|i am|i was|i were)\b|\beli ?5\b|\bdumb (?:it|that|this) down\b|\b(?:in|use|with) (?:the |some |more |very )?(?:plain|simple|simpler|easy|easier|normal|other|different|fewer|small(?:er)?) (?:words|english|terms|language)\b|"
    r"\b(?:another|a different|an easier|a simpler|some other) way (?:of (?:putting|saying|explaining|telling)|to (?:put|say|explain|tell))\b|"
    r"\b(?:put|say|explain|tell)(?: me)? (?:it|that|this) (?:in a |an)?(?:different(?:ly)?|other|simpler|simply|plainly|easier|another)\b|\bclear as mud\b|"
    r"\b(?:not|don'?t|didn'?t|can'?t|couldn'?t|cannot) (?:really |quite |even )?understand\b|\b(?:plainer|simpler)\b|\btoo (?:many|much) (?:words|letters|text)\b|"
    r"\bfor (?:a )?(?:normal|ordinary|simple|stupid) (?:man|person|people|folk|human)\b|\b(?:speak|talk)(?: to me)? like (?:to )?(?:a )?human\b"
)
"""Asks for the same in simpler words."""
_NOT_FOLLOWED = {
    "repeat", "explain_find", "nlu_fallback", "out_of_scope", "other_health", "tell_pain", "tell_risk", "help", "insult",
    "bot_challenge", "deny", "faq_self", "faq_sources", "faq_learn", "faq_partner", "routine_pause", "routine_slower", "routine_shorter",
}  # fmt: skip
"""Intents that this wish is taken for; who asks something definite is answered that."""
_ASKS_NOTHING = {"nlu_fallback", "help", "faq_other_help", "out_of_scope", "other_health", "faq_what_is"}
_FOR_IT = re.compile(
    r"\bwhat (?:helps|works|eases|is good|would help|might help|can help|do (?:you|i|we) (?:press|have|do|use)|does (?:one|you) press|to press|should i press)\b"
    r"(?: (?:against|for|with) (?:it|that|this|them))?\W*$|\b(?:anything|something|a (?:point|spot)) (?:against|for) (?:it|that|this)\b"
)
"""Asks for the points of the ache talked about."""
_FOR_THE_ACHE = re.compile(
    r"\b(?:help\w*|works?|good|best|for (?:it|that|this)|use|suits?|(?:should|can|could|do|does|shall|may|might|would) (?:i|he|she|they|we)|just|show|some)\b"
)
_EVERY_ONE = re.compile(r"\b(?:all|every|each|other|others|more|list|how many|know)\b")
_HEALTH = {
    "deny",
    "ask_known_risks",
    "tell_risk",
    "correct_risk",
    "faq_who_should_not",
    "nlu_fallback",
    "retract_sign",
    "sign_cleared",
}
_WHAT_ELSE = re.compile(
    r"\b(?:what|anything) else (?:can|could|should|might|may|is there|do) (?:i|we|she|he|they|you|to)?\b ?(?:try|press|do|use|have|suggest|push)?\W*$"
)
_OF_BEGINNERS = {"faq_learn", "faq_what_is"}
_WHICHEVER = re.compile(
    r"\W*(?:(?:ok|okay|oh|just|really|um|well)\W+)*(?:any(?:thing| one| of (?:them|those|these))?|whichever|whatever|either|you (?:choose|pick|decide|say)|"
    r"(?:i )?don'?t (?:mind|care)|the (?:best|easiest|simplest)(?: one)?|doesn'?t matter|dealer'?s choice|surprise me)(?: please| then| is fine| will do)?\W*"
)
_OF_TWO = re.compile(
    r"\b(?:of|out of|between|among) (?:those|these|the|them|your) two\b|\bwhich of (?:those|these|the|your) (?:two|ones|points)\b|\bwhich of them\b"
)
_BOTH = re.compile(
    r"\b(?:do|show|take|try|give me|have|want|use) (?:me )?(?:both|the two|them both)\b|\W*both\W*$"
)
_INSTEAD = re.compile(r"\b(?:instead|rather|then|after all)\b")
_TELL_OF = re.compile(r"\b(?:tell me|show me|what) about\b|\bshow me\b")
_ONE_OF_THEM = re.compile(
    r"(?:^|[.,;!?])\W*(?:(?:and|ok|so|what about|how about|then)\W+)*the (?:first|second|third|fourth|last|other)(?: (?:one|point))?\W*$"
)
_ANY_REASON = re.compile(r"\b(?:any|some|a) reasons? (?:i|we|she|he|not|why|to)\b")
_FOR_WHAT = re.compile(
    r"\W*(?:(?:and|is it|good|so|not|only|just)\W+)*for (?:the |my )?\w+(?: itself| too| as well| pain)*\W*(?:then)?\W*"
)
_YOU_CHOOSE = re.compile(
    r"\byou (?:pick|choose|decide)\b|\b(?:your|dealer'?s) (?:pick|choice|call)\b|\bup to you\b"
)
_HOW_LOW = re.compile(
    r"\W*(?:very |quite |it'?s |more |right )*(?:low|lower|high|higher|up|mid|middle)(?: down| up| bit| part| half)?(?:\W+(?:obviously|of course|mostly|mainly|really|definitely|i think|i guess|i'd say|i suppose|please|then|actually))*\W*"
)
_HARDLY, _SURELY = 0.5, 0.8
"""Confidence below which words that ask nothing are no general question; the same where they tell of an ache."""
_ASKS = re.compile(
    r"\W*(?:(?:and|but|so|ok|okay|oh|well|no|yes)\W+)*(?:is|are|am|was|do|does|did|can|could|should|shall|would|will|may|might|must|has|have|what|"
    r"how|why|which|who|whom|whose|where|when|any|explain|tell|show)\b"
)
"""How a question begins."""
_WHAT_WITH = {"faq_self", "faq_tools", "faq_partner"}
_GIVE_ME = re.compile(
    r"\b(?:give|show|tell|find|name|need|want|must be|has to be|got to be) (?:me |us )?(?:one|some(?:thing| of them)?|any(?:thing)?|a point|which)\b|"
    r"\bwhere (?:do|should|would|can|could|am) i\b|\bwhich (?:one|ones|point|points|of)\b|\bwhat (?:do|should|would|can|could|to) (?:i |you )?(?:press|push|rub|use|do|try|start)\b"
)
"""Asks for a point, whatever else is told of how it is to be pressed."""
_TO_PRESS = re.compile(
    r"\b(?:press|push|mash|rub|squeeze|prod|poke|dig|start with|begin with|first|something|anything)\b"
)
_MISTYPED = re.compile(
    r"^\W*(?:omg|oh|no|nope|ah|argh|ugh|wait|hang on|sorry|my bad|whoops)?\W*(?:no|nope|oops|whoops|sorry|wait|typo|actually)\b|\bnot (?:a |an )?\d|"
    r"\b(?:wrong|fat|big|clumsy) (?:key|number|button|fingers?|thumbs?)\b|\bi meant?\b|\bmake (?:it|that)\b|\bmis-?(?:typed|hit|take|tyed)\b"
)
"""How a score just told is put right."""
_NO_SLIP = {
    "report_warning_sign", "self_harm", "retract_sign", "forget_me", "start_routine", "ask_complaint", "set_reminder",
}  # fmt: skip
"""Intents that a score put right is never taken for."""
_NOTHING_CLEAR = {"nlu_fallback", "out_of_scope"}
_NOT_CHOSEN = {"nlu_fallback", "faq_sides", "routine_other_side"}
"""Intents that "do both" is taken for."""
_ON = {
    "routine_other_side",
    "routine_replace",
    "out_of_scope",
    "other_health",
    "nlu_fallback",
    "deny",
    "affirm",
    "repeat",
    "start_routine",
    "ask_location",
}
"""Intents that a choice among what was shown is taken for."""
_A_DIGIT = re.compile(r"\W*(?:no\.? ?|number |point )?[1-4](?: please| pls| thanks)?\W*")
_TAKES = re.compile(
    r"\b(?:i'?ll|i will|i'?d|i would|i|let'?s|let me|lemme|gonna|going to) (?:\w+ )?(?:have|take|try|go (?:for|with)|use|do|pick|choose)\b[^?]*\bones?\b"
)


def behind(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what a message that says little by itself means behind the last answer."""
    if leading.active(turn.memory) is not None:
        return None
    return next((meant for rule in _RULES if (meant := rule(intent, turn))), None)


def _said_again(intent: str, turn: Turn) -> str | None:
    """Return the wish to hear the same again, in simpler words, and what is put right of what was just told."""
    text, memory = turn.reading.text.lower(), turn.memory
    if intent in _NOT_FOLLOWED and not turn.reading.risks and _SIMPLER.search(text):
        return "explain_find" if memory.focus and not memory.topic else "repeat"
    if intent in {"routine_slower", "routine_shorter"} and turn.shown.keys() & {"point", "points"}:
        return "repeat"  # "slower please", said to an answer
    if intent == "repeat" and own_age(text) is not None and not _ONCE_MORE.search(text):
        return "tell_risk"  # "sorry, I'm 60 by the way"
    return "tell_pain" if _is_score_again(intent, turn) else None


def _asked_of_the_ache(intent: str, turn: Turn) -> str | None:
    """Return what is asked for the ache talked about by words that ask for nothing definite."""
    text, memory = turn.reading.text.lower(), turn.memory
    if memory.complaint and _told_of_an_ache(turn) and not turn.reading.points:
        if intent == "list_points" and _FOR_THE_ACHE.search(text) and not _EVERY_ONE.search(text):
            return "ask_complaint"  # "so which points help?"
        if intent in _HEALTH and not memory.asked and not turn.reading.risks and offering.nothing_of_it(text):
            return "ask_complaint"  # told unasked that none of the cautions holds
    if intent not in _ASKS_NOTHING or not memory.complaint or turn.reading.points:
        return None
    if _WHAT_ELSE.search(text):
        return "tell_more"  # "and if it's quiet tomorrow, what else could I try"
    return "ask_complaint" if _FOR_IT.search(text) else None  # "what helps against that?"


def _chosen(intent: str, turn: Turn) -> str | None:
    """Return the choice among what was shown, or the comparison of two of it."""
    reading, memory = turn.reading, turn.memory
    text, several = reading.text.lower(), len(memory.offered) > 1
    if intent in _OF_BEGINNERS and several and picked_codes(text, memory):
        return "pick_point"  # "teach me about the first one"
    if (
        "points" in turn.shown
        and not memory.asked
        and _A_DIGIT.fullmatch(text)
        and picked_codes(text, memory)
    ):
        return "pick_point"  # "2", right behind a list
    if not reading.points and (intent in _ON or intent == "list_points"):
        chosen = ANOTHER.search(text) and picked_codes(text, memory)
        if chosen or intent == "nlu_fallback" and memory.offered and _WHICHEVER.fullmatch(text):
            return "pick_point"
    placed = any(m.how == "place" for m in reading.points) and not wishes.wants_time(turn)
    if intent == "start_routine" and placed and _TAKES.search(text):
        return "pick_point"  # "I'll have the knee one then"
    two = len(memory.focus) + len(memory.earlier) > 1 and not (reading.complaints or reading.points)
    if two and _OF_TWO.search(text):
        return "compare_points"
    if intent in _NOT_CHOSEN and several and not reading.points and _BOTH.search(text):
        return "pick_point"  # "actually do both"
    if (
        intent == "compare_points"
        and _ONE_OF_THEM.search(text)
        and len(picked_codes(text, memory)) == 1
        and not reading.points
    ):
        return "pick_point"  # "worth a try. the second point?"
    if intent == "deny" and (_INSTEAD.search(text) or _TELL_OF.search(text)) and picked_codes(text, memory):
        return "pick_point"  # "not keen. first instead"
    yours = intent in _NOTHING_CLEAR and memory.complaint and _told_of_an_ache(turn)
    return "pick_point" if yours and _YOU_CHOOSE.search(text) else None


def _of_the_point(intent: str, turn: Turn) -> str | None:
    """Return what a few words ask of the point just shown."""
    text = turn.reading.text.lower()
    if "point" not in turn.shown:
        return None
    asked_of_it = at_hand.DOES_IT_HELP.match(text) or _ANY_GOOD.search(text)
    if (
        asked_of_it
        and not any(m.how != "place" for m in turn.reading.points)
        and intent in {*_WHY_OF, "faq_other_help"}
    ):
        return "ask_benefits"  # "does it help with back pain too?"
    is_it = intent == "tell_pain" and _IS_IT.match(text)
    if intent == "tell_pain" and "pain" not in text and (is_it or "?" in text and score(text) is None):
        return "ask_location"  # "so that's two per hand?", "is that one pair or four"
    if intent == "routine_hurts" and "?" in text and _IS_NORMAL.search(text):
        return "ask_pressure"  # "it's quite tender. normal?"
    if (
        intent in _WHY_OF
        and _WHY_THAT.search(text)
        and not any(m.how != "place" for m in turn.reading.points)
    ):
        return "ask_benefits"  # "why would that do anything for my back"
    if intent == "faq_tools" and _USED_THERE.search(text) and not _A_TOOL.search(text):
        return "ask_posture"  # "can I use it on the bus"
    if (
        intent == "faq_measure"
        and "?" in text
        and len(text.split()) <= _PLACE_ASKED
        and not _UNIT.search(text)
    ):
        return "ask_location"  # "so two fingers out from the spine?"
    if intent == "deny" and _ANY_REASON.search(text):
        return "ask_point_safety"  # "any reason I shouldn't"
    unclear = intent in _NOTHING_CLEAR | {"faq_other_help", "ask_complaint"} and not turn.memory.complaint
    return "ask_benefits" if unclear and _FOR_WHAT.fullmatch(text) else None  # "for backs?"


def _told_of_the_ache(intent: str, turn: Turn) -> str | None:
    """Return that somebody goes on telling about the ache whose points were just listed."""
    reading, text = turn.reading, turn.reading.text.lower()
    if not turn.memory.complaint or not _told_of_an_ache(turn):
        return None
    if (
        intent in {"other_health", "out_of_scope", "nlu_fallback"}
        and "?" not in text
        and _NO_OTHER.match(text)
    ):
        return "ask_complaint"  # "no dizziness or anything": told of the ache
    if _goes_on_about_the_ache(intent, turn):
        return "ask_complaint"  # "no, it came on slowly": nothing is asked
    if intent in {"tell_pain", "pick_point"} and _HOW_LOW.fullmatch(text):
        return "ask_complaint"  # "low", told of the back
    only_a_time = (
        len(text.split()) < _FEW and not (reading.points or reading.risks) and days(text) is not None
    )
    return "ask_complaint" if only_a_time and intent not in _UNDERSTOOD_ALONE else None  # "two weeks"


_NO_OTHER = re.compile(r"\W*(?:(?:and|but|so|oh|well)\W+)*no (?:\w+ ){0,2}?\w+(?:,| or | nor | and |\W*$)")
_IS_IT = re.compile(
    r"\W*(?:(?:and|so|but|ok)\W+)*(?:is|are|isn'?t|aren'?t) (?:that|this|it|they|those|there)\b"
)
_ANY_GOOD = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|hm+)\W+)*(?:does|do|will|would|can) (?:it|that|this|that one|this one)(?: \w+)? (?:really |actually |even )?(?:do (?:anything|something|much|any good)|help|work)\b"
)
_IS_NORMAL = re.compile(r"\b(?:tender|sore|achy|normal|supposed to|meant to)\b")
_WHY_OF = {
    "ask_benefits",
    "ask_complaint",
    "ask_point_evidence",
    "faq_does_it_work",
    "faq_claims",
    "faq_meridians",
    "describe_point",
    "nlu_fallback",
    "list_points",
}
_WHY_THAT = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|hm+|wait)\W+)*(?:why|how come|how)\b (?:would|should|does|do|is|might|could|can|will) (?:that|this|it|they|a|an|the|pressing)\b.*\b(?:help|do|work|good|affect|ease|fix|relieve)\b"
)
_A_TOOL = re.compile(r"\b(?:oil|ball|cream|stone|roller|tool|pen|spoon|device|gun|stick)s?\b")
_USED_THERE = re.compile(r"\b(?:use|do|press) (?:it|that|this)(?: one)? (?:on|in|at|during|while|when)\b")
_PLACE_ASKED = 9
"""Words of a question about the place of the point shown."""
_UNIT = re.compile(
    r"\bcun\b|\bwhat (?:is|does|do)\b|\bhow (?:wide|long|do|to)\b|\bmean\b|\bmeasure\w*\b|\bwhose\b"
)

_RULES = (_said_again, _asked_of_the_ache, _chosen, _of_the_point, _told_of_the_ache)
"""In their order: the first that knows better decides."""


def _is_score_again(intent: str, turn: Turn) -> bool:
    """Tell whether a message that seems to ask for the scores, or to say no, tells one ("no, 3, wrong key")."""
    text = turn.reading.text
    if "?" in text or turn.reading.points:
        return False
    told = score(text)
    if told is None or told.now is None:
        return False
    if "pain" in turn.shown and _MISTYPED.search(text.lower()) and intent not in _NO_SLIP:
        return True  # "oops, 3. not 8. big fingers"
    return intent in {"export_pain", "ask_pain_trend"} or intent == "deny" and "pain" in turn.shown


def _goes_on_about_the_ache(intent: str, turn: Turn) -> bool:
    """Tell whether somebody goes on about the ache just told, or asks what to begin with, in words that seem a general question."""
    reading, text = turn.reading, turn.reading.text.lower()
    if reading.points:
        return False
    if intent == "help":
        return bool(_TO_PRESS.search(text))
    is_question = "?" in text or _ASKS.match(text)
    if intent in _WHAT_WITH and _GIVE_ME.search(text):
        return True  # "it must be something my own hands can reach"
    least = _SURELY if something_wrong(reading.text) else _HARDLY  # "deep ache, no tingling"
    return intent.startswith("faq_") and not is_question and reading.confidence < least


def _told_of_an_ache(turn: Turn) -> bool:
    """Tell whether the last answer was about an ache."""
    listed = turn.shown.get("points", {}).get("for", "")
    return listed == turn.memory.complaint or turn.shown.get("ask", {}).get("about") == "which_complaint"
