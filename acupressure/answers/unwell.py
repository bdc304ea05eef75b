"""Who feels faint, or goes numb, while a point is pressed: let go first, whatever else was asked."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import cards
from acupressure.answers import leading
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.settings import settings
from acupressure.understanding import Turn

_FAINT = re.compile(
    r"\b(?:(?:i'?m|i am|i|me|feel\w*|felt|getting|gett?in|going|gone|went|come over|came over|bit|little|really|so|quite|all|now|about to|gonna|gunna|nearly|almost) )"
    r"(?:a (?:bit|little) |kinda |kind of |sort of |really |very |so |quite |all |rather |somewhat )*"
    r"(?:faint(?:ing|ed|y)?|light.?headed|dizzy|woozy|giddy|wobbly|shaky|swimmy|pass(?:ing)? out|black(?:ing)? out|keel over)\b|"
    r"\b(?:the |my )?(?:room|head|world|everything)(?:'s| is) (?:\w+ )?(?:spinning|swimming|going round)\b|\bseeing stars\b|\bheart(?:'s| is| has been)? (?:\w+ )?(?:racing|pounding|fluttering|jumping|going mad|beating (?:fast|funny|very fast))\b|"
    r"^\W*(?:(?:ooh|oh|uh|um|hm+|ok|wait|hang on)\W+)*(?:a bit |so |very |really |kinda )*(?:faint|dizzy|woozy|giddy|light.?headed)\W*$"
)
_NUMB = re.compile(
    r"\b(?:tingl\w+|pins (?:and|n|an|&) needles|(?:going|gone|goes|went|feels?|is|are|r|getting) (?:\w+ )?(?:numb|dead(?! (?:centre|center|on|easy|simple|right))|to sleep|asleep)|electric (?:shocks?|feeling|jolts?)|numbness|"
    r"(?:a |bit of a |sharp |sudden )?(?:zing|zap|jolt|shock)s?|shoot(?:s|ing|ed)? (?:down|into|up|through|right)|shot (?:down|into|up|through))\b"
)
_ONLY_ASKED = re.compile(
    r"\bif i?'?m\b|\b(?:if|when(?! (?:i|we) (?:did|do|press\w*|push\w*|held|hold|rub\w*|squeez\w*)\b)|whenever|why|could|would|will|might|may|can|does|do) (?:i|you|it|that|this|they|one|people|someone|he|she|my|pressing)\b|"
    r"\b(?:not|never|no longer|isn'?t|aren'?t|without|used to|sometimes|often|usually|always|easily|every (?:day|time|morning)|in the mornings?|"
    r"yesterday|last (?:night|week|year)|for (?:weeks|months|years))\b|\b(?:prone|tend) to\b"
)
"""Says that it is not now, or only wants to know."""


_OFTEN = re.compile(
    r"^[^,.;!?]*\b(?:sometimes|often|usually|always|easily|now and (?:then|again)|at times|whenever|in the mornings?)\b"
)
_CLAUSE = re.compile(r"[,.;!?]")
_BEFORE = 30
"""Letters before the word that may say that it is only asked."""


def feels_faint(turn: Turn) -> bool:
    """Tell whether somebody feels faint who is being led or was just shown a point."""
    text = turn.reading.text.lower()
    if leading.active(turn.memory) is None and "point" not in turn.shown:
        return False
    told = _FAINT.search(text)
    if told is None or _OFTEN.search(text[told.end() :]):
        return False
    return not _ONLY_ASKED.search(_CLAUSE.split(text[max(0, told.start() - _BEFORE) : told.end()])[-1])


def answer(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Stop the clock, and say to let go, to lie down, and when to call for help."""
    memory = leading.halted(turn.memory, turn.now)
    progress = leading.active(memory)
    card = cards.routine_card(progress, catalog, turn.now) if progress else None
    says = [Say("utter_safety_unwell", {"emergency": settings().emergency_numbers})]
    if progress:
        says.append(Say("utter_safety_unwell_go_on"))
    return [bubble(*says, card=card)], replace(memory, asked=leading.RESUME if progress else "")


_GOOD_FOR = re.compile(r"\b(?:good|help\w*|use\w*|work\w*) (?:for|with|against)\b")


def goes_numb(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return that pressing hurts where it makes something tingle or go numb."""
    text = turn.reading.text.lower()
    pressed = leading.active(turn.memory) is not None or "point" in turn.shown
    idle = leading.active(turn.memory) is None
    told = intent.startswith(("faq_", "ask_")) or intent in {"nlu_fallback", "out_of_scope", "other_health"}
    denied = (
        intent == "retract_sign" and not turn.memory.signs
    )  # "my fingers are numb": there is nothing to deny
    stops = idle and intent in leading.IN_ROUTINE  # "it zings down my leg when I hit it, go on or stop?"
    if (
        not pressed
        or not (told or stops or denied)
        or turn.reading.points
        or not _NUMB.search(text)
        or _ONLY_ASKED.search(text)
        and not stops
        or _GOOD_FOR.search(text)
    ):
        return None
    return "routine_hurts"
