"""What a message means at this moment: words alone do not tell whether "next" is a step or an entry of a list."""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from acupressure.aches import something_wrong
from acupressure.answers.leading import IN_ROUTINE, active, progress_of
from acupressure.text import plain
from acupressure.understanding import Turn
from acupressure.vocabulary import is_common


def in_context(turn: Turn) -> list[str]:
    """Return the intents of a message as the routine makes them appear.

    The words alone do not tell: "next" belongs into a routine where one is on and into a list where one was
    shown. The probabilities are weighed with what the moment makes likely.
    """
    reading, memory = turn.reading, turn.memory
    on = active(memory) is not None
    intents = list(reading.intents)
    text = plain(reading.text)
    if on and (not reading.points or misheard(turn)):
        if _DONE_FIRST.match(text):
            return ["routine_next"]
        if _FILLER.fullmatch(text):
            return ["nlu_fallback"]
        if _MOMENT.fullmatch(text):
            return ["routine_pause"]
        if _ANEW.search(text) and reading.intent in _STARTS:
            return ["routine_restart"]
        word = _command_word(text)
        if word == "routine_where" or word == "routine_stop" and not _THIS_ONLY.search(text):
            return [word]  # said in so many words
        if reading.intent == "routine_stop" and _THIS_ONLY.search(text) or _READY.search(text):
            return ["routine_next"]
        told_why = word == "routine_pause" and _tells_why(reading.intent, text)
        other_way = {word, reading.intent} == _PACE
        gives_way = (
            reading.intent in _GIVES_WAY or other_way or word == "routine_back" and reading.intent in _PACE
        )
        if word and (gives_way or len(text.split()) <= 3 or told_why or reading.points):
            intents = [word]
        if active(memory).status == "paused" and _BACK_AGAIN.match(text):
            return ["routine_resume"]
        if (
            intents == ["routine_next"]
            and active(memory).status == "paused"
            and not _REALLY_NEXT.search(text)
        ):
            return ["routine_resume"]
        if word in intents:  # "I finish, now next please": the plain word says which way
            return [i for i in intents if i == word or i not in _MOVES]
        asked_only = [i for i in intents if i not in _MOVES]
        if _QUESTION.match(text) and asked_only:  # "and this one, what is it called?" moves nothing
            intents = asked_only
    if on and reading.points and stops_first(turn):
        return ["routine_stop", *(i for i in intents if i not in _MOVES)]  # "stop here and show me LI4"
    if (
        len(intents) == 1
        and len(reading.ranking) == len(reading.chances)
        and intents[0] not in _NEVER_CHANGED
    ):
        intents = [_weighed(turn, on)]
    if "routine_pause" in intents and _NOT_STOP.search(text):
        intents = [i for i in intents if i != "routine_stop"]
    if progress_of(memory) and (on or _ONCE_MORE.search(text)):
        return ["routine_restart" if i == "start_over" else i for i in intents]
    return intents


def misheard(turn: Turn) -> bool:
    """Tell whether a command in a routine was taken for the name of a point: "on we go" sounds like He Gu."""
    named = turn.reading.points
    if (
        active(turn.memory) is None
        or not named
        or any(m.how not in {"sound", "typo", "place"} for m in named)
    ):
        return False
    return bool(_command_word(plain(turn.reading.text)))


def stops(turn: Turn) -> bool:
    """Tell whether a message holds a plain stop."""
    return bool(_WORDS["routine_stop"].search(plain(turn.reading.text)))


def stops_first(turn: Turn) -> bool:
    """Tell whether a message ends the routine before it asks for something else."""
    return bool(_STOP_FIRST.match(plain(turn.reading.text))) and "?" not in turn.reading.text


def _weighed(turn: Turn, on: bool) -> str:
    """Return the intent of one thing said, its probability weighed with what the moment makes likely."""
    reading = turn.reading
    if reading.intent not in {*reading.ranking[:1], "nlu_fallback", "out_of_scope"}:
        return reading.intent  # told by an ache in it, not by the words around it
    chances = dict(zip(reading.ranking, reading.chances))
    told = bool(_QUESTION.match(plain(reading.text)))
    is_question = told or "?" in reading.text or bool(_YES_NO.match(plain(reading.text)))
    best = max(
        chances,
        key=lambda i: (
            chances[i] * _likely(i, on, bool(reading.points), 0.1 if told else 0.5 if is_question else 1.0)
        ),
        default=reading.intent,
    )
    of_pain = {"faq_does_it_hurt", "routine_hurts"}
    if on and best in of_pain and "faq_does_it_hurt" in {best, reading.intent} and not is_question:
        return "routine_hurts"  # "this point is rather painful" asks nothing
    if best == reading.intent:
        return best
    if reading.intent in {"nlu_fallback", "out_of_scope"}:
        short = len(reading.text.split()) <= 6
        sure = chances[best] >= (0.4 if reading.intent == "out_of_scope" else 0.12)
        return best if on and short and sure and best in IN_ROUTINE else reading.intent
    least = _LEAST_HURT if best == "routine_hurts" else _LEAST
    if on and is_question and reading.intent in _MOVES:  # rather told again than moved on
        least /= 2
    return best if best not in IN_ROUTINE or chances[best] >= least else reading.intent


def _tells_why(intent: str, text: str) -> bool:
    """Tell whether what is said beside a pause is only the reason for it: "hold on, the doorbell"."""
    return intent == "out_of_scope" or intent in _SEEMS_AN_ACHE and not something_wrong(text)


_SEEMS_AN_ACHE = {"ask_complaint", "other_health", "tell_risk"}
"""Intents that the reason for a pause is taken for: "my son woke up, hold it there"."""


def _command_word(text: str) -> str:
    """Return the intent of a plain word of command, also of one that was typed badly and stands alone."""
    alone = text.strip(" .!?")
    if alone.isalpha() and 4 <= len(alone) <= 7 and not is_common(alone):
        found = process.extractOne(alone, _ALONE, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        text = found[0] if found else text
    if _WAIT_AGAIN.match(text):
        return "repeat"  # who says "wait, repeat that" waits for the words
    return next((intent for intent, words in _WORDS.items() if words.search(text)), "")


_STARTS = {"start_routine", "start_over", "routine_restart", "nlu_fallback"}
_ANEW = re.compile(
    r"\b(?:anew|afresh|(?:start|begin)(?:ning|ing)? (?:it |this |all )?(?:over|again)|from (?:the )?(?:very )?(?:start|beginning|scratch|top|first))\b"
)
_MOMENT = re.compile(
    r"\W*(?:(?:ok|okay|oh|please|sorry|just|only|give me)\W+)*(?:a|one) (?:sec|second|moment|mo|minute|min)(?: please)?\W*"
)
"""Asks for a pause, unless it says longer or shorter."""
_DONE_FIRST = re.compile(
    r"\W*(?:(?:ok|okay|yes|all|right|it is|it's|is|very|well|good|great)\W+)*(?:done|finished)\s*(?:[,.!;]|$)|\W*(?:(?:ok|okay|so)\W+)?(?:it )?is finish\W*$"
)
_STOP_FIRST = re.compile(
    r"\W*(?:(?:ok|okay|please|no|right|sorry)\W+)*(?:stop|end|quit|cancel)(?: (?:here|now|there|it|this|the routine|that|please))*"
    r"(?:\W*[,.;]|\s+(?:and|then)\b)"
)
_NOT_STOP = re.compile(r"\b(?:not|don'?t|didn'?t (?:mean|say)) (?:to )?stop\b")
_QUESTION = re.compile(
    r"\W*(?:(?:and|so|ok|okay|but|wait|sorry|this one|that one)\W+){0,4}(?:what(?!'?s? (?:now|next|about))|which|why(?! (?:not|don'?t))|where|who|"
    r"how(?! about)|when)\b"
)
"""Asks for something to be told, not to be done."""
_YES_NO = re.compile(
    r"\W*(?:(?:and|so|ok|okay|but|wait)\W+)*(?:is|are|am|does|do|did|should|will|would|may|must)\b(?! n[o']t)"
)
_MOVES = {"routine_next", "routine_back", "routine_skip", "routine_stop", "routine_other_side", "routine_restart", "routine_pause", "routine_resume",
          "routine_longer", "routine_shorter", "routine_slower", "routine_faster"}  # fmt: skip
_PACE = {"routine_slower", "routine_faster"}
"""Said in alike sentences, so that the one word that tells them apart decides."""
_ONCE_MORE = re.compile(r"\b(?:same|again|routine|session|it|one|step|beginning|top)\b")
"""Beginning afresh means the routine that was on, not the whole talk."""
_ALONE = ("next", "done", "skip", "continue", "back", "pause", "stop", "resume", "again", "finished")
_THIS_ONLY = re.compile(
    r"\bfinish(?:ed)? (?:with )?(?:this|that|the (?:left|right|first)) ?(?:one|point|side|step)?\b|\bgo to (?:the )?(?:other|next)\b"
)
"""A step is over, not the routine."""
_READY = re.compile(r"\bready for (?:the next|another|more|number)\b")
_BACK_AGAIN = re.compile(
    r"\W*(?:(?:ok|okay|right|sorry|so|and|hi|phew|there|well)\W+)*(?:i'?m |i am |we'?re )?back\b(?: now| again| here)?\W*(?:[,.!;-]|$|and\b|it was\b|sorry\b|that was\b)"
)
"""Said in a pause: somebody has come back, and means no earlier step."""
_REALLY_NEXT = re.compile(r"\b(?:next|done|skip|finished|other)\b")
_NEVER_CHANGED = {"report_warning_sign", "self_harm", "retract_sign", "sign_cleared", "forget_me"}
_LEAST = 0.2
"""Probability from the words that a command needs at least."""
_LEAST_HURT = 0.45
"""The same for "it hurts", which stops everything."""
_GIVES_WAY = {
    "tell_more",
    "thank", "praise", "affirm", "help", "greet", "deny", "pick_point", "start_over", "routine_restart", "repeat",
    "routine_pause", "how_are_you", "nlu_fallback", "insult", "start_routine", "routine_upcoming", "routine_resume",
}  # fmt: skip
"""Intents that give way to a plain word of command in the same message, while a routine is on."""
_FILLER = re.compile(r"\W*(?:(?:um+|uh+|erm?|h+m+|mm+|ah+|oh|eh|\.+)\W*)+")
_WAIT_AGAIN = re.compile(
    r"^(?:\W*(?:ok|okay|oh|no|please|sorry|hold on|hang on|wait(?: a (?:sec|second|moment|minute))?))*\W*"
    r"(?:(?:can|could|would) you )?(?:please )?(?:repeat\b(?!.*\b(?:routine|whole|everything|all|from)\b)|say (?:that|it|this|the last bit) (?:again|once more)\b|come again\b)"
)
_WORDS = {
    "routine_time_left": re.compile(
        r"\bhow many (?:more|steps?|points?)\b(?!.*\b(?:day|week|times|seconds|minutes)\b)|\bhow many (?:are |is )?left\b|\bhow (?:much|many) (?:more|longer)\b"
    ),
    "routine_hurts": re.compile(
        r"\b(?:spot|point|one|place|it|that|this) (?:really |actually |quite )?hurts\b|\bhurts (?:there|here|a lot|too much)\b"
    ),
    "routine_resume": re.compile(
        r"\bun-?pause\b|\bback to (?:the|our|my) (?:routine|session|points?|exercise)\b"
    ),
    "routine_back": re.compile(
        r"\b(?:the one before|one before that|previous (?:one|point|step)|go back)\b|^back$"
    ),
    "routine_slower": re.compile(r"\b(?:slower|slow down|too fast)\b"),
    "routine_faster": re.compile(r"\b(?:faster|speed up|quicker|too slow)\b"),
    "routine_pause": re.compile(
        r"^(?:\W*(?:ok|okay|oh|no|please|sorry))*\W*(?:hold on|hang on|wait|pause|(?:just )?(?:a|one) (?:sec|second|moment)|"
        r"hold it (?:right )?there(?! (?:for|till|until|longer)\b)|hang fire)\b|"
        r"(?:^|[,.;!-])\W*(?:(?:ok|okay|please|sorry|just)\W+)*(?:hold it(?: (?:right )?there)?|hang fire)"
        r"(?:,? (?:please|a (?:sec|second|moment|minute|mo)|for (?:now|a (?:sec|second|moment|minute))))*\W*(?:$|[,.;!])"
    ),
    "routine_stop": re.compile(
        r"^(?:\W*(?:ok|okay|please|right|alright|no)\b)*\W*stop(?: (?:the|this) routine| it| now| here| there)*(?: please| thanks| thank you)?"
        r"(?:\W*$|\s*[,.;!-]+\s*(?!.*\b(?:sec|second|moment|minute|mo|back|wait|hurts?|pain)\b))|"
        r"\b(?:i'd like|i would like|i want|let'?s|let me|can we|could we) (?:to )?(?:stop(?: now| here| there| it)*|(?:finish|end) (?:it )?(?:here|now|there))(?:\W+(?:please|thanks|thank you|ta))?\W*$|"
        r"\b(?:stop|end|finish|quit|cancel) (?:the|this|our) (?:routine|session)\b|"
        r"\b(?:that'?s|that is|thats) (?:enough(?: (?:now|for (?:now|today|me)))?|(?:it|all) (?:for (?:now|today|tonight|me)|then)|me done)\b|"
        r"\bcall(?:ing)? it (?:a (?:day|night)|quits)\b|"
        r"\b(?:i'?m|i am|am) (?:done|finished|through) (?:for (?:now|today|tonight)|with (?:the|this) (?:routine|session))\b"
    ),
    "routine_where": re.compile(
        r"\b(?:which|what) (?:side|hand|foot|leg) (?:am i|are we|is it|is this|was (?:it|that|this)|now)\b|"
        r"\bwhat (?:am i|do i|are we|should i) (?:(?:supposed|meant) to )?(?:do|be doing|press|be pressing)\b"
    ),
    "repeat": re.compile(
        r"^again$|\b(?:one more time|once more|come again|say (?:that|it) again)\b(?!.*\b(?:from the|routine|whole)\b)"
    ),
    "routine_skip": re.compile(r"^(?:\W*(?:please|just|ok|okay|no|nah))*\W*skip\b"),
    "routine_next": re.compile(
        r"^(?:\W*(?:ok(?:ay)?|yes|yep|yeah|right|and|all|alright|lovely|great|good|thanks?|thank you|fine|ta|cool|very|super|perfect|excellent))*\W*"
        r"(?:done(?! (?:with|for))|next|what(?:'?s)? now|now what|go on|carry on|continue)\b|"
        r"\b(?:next(?: one)?|go on|carry on|on we go|move on|moving on|what now|now what)(?: then)?(?: please)?\W*$|^(?:finished|back to it)$"
    ),
}
"""Words that are a command whatever else is said, while a routine is on."""


def _likely(intent: str, on: bool, named: bool, asked: float) -> float:
    """Return how much likelier than its words an intent is, with a routine on or without one.

    Args:
        asked: what a question leaves of the likelihood that something is to be done.
    """
    if intent in IN_ROUTINE:
        if on and asked < 1 and intent in _MOVES:
            return asked
        return (1.0 if named and intent != "routine_replace" else 2.0) if on else 0.4
    if on:
        return {"affirm": 1.5, "repeat": 1.5, "pick_point": 0.5, "start_routine": 0.7, "help": 0.7}.get(
            intent, 1.0
        )
    return 1.0
