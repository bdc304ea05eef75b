"""Short questions behind the advice for a warning sign: the advice that stands is the answer to them."""

from __future__ import annotations

import re

from acupressure.answers import alarms, putting_right
from acupressure.catalog import Catalog
from acupressure.reply import Bubble
from acupressure.understanding import Turn

_LEAD = r"^\W*(?:(?:and|but|so|ok|okay|oh|no|yes|well|hm+|wait|please|sorry|then|right)\W+){0,3}"
_HELP = (
    r"(?:doctors?|gp|physio\w*|midwife|hospital|clinic|ambulance|a ?& ?e|a and e|emergency|urgent care|casualty|er|999|911|811|112|111|000|surgery|"
    r"some(?:one|body)|anyone|anybody|specialist|check(?:ed|-?up)|appointment)"
)
_WHOM = re.compile(
    rf"\b(?:need|have|ought|got|should|must|shall|better|want|going|go) (?:\w+ ){{0,2}}?(?:see|to|call|ring|phone|speak|talk|visit|get|contact|be seen)\b.*\b{_HELP}\b|"
    r"\b(?:who|whom|where|which (?:doctor|number|department)|what number) (?:\w+ ){0,4}?(?:call|ring|phone|see|ask|contact|turn to|speak|talk|go|dial)\b|"
    rf"\b(?:call|ring|(?:tele)?phone|see)(?:ing)? (?:a |an |the |my )?{_HELP}\b|"
    r"\b(?:be|get) (?:seen|checked|looked at|examined)\b|"
    r"\bwait (?:\w+ )?(?:until|till|til|for|a|another|over)\b|\b(?:it|this|that|i) (?:\w+ )?wait\b|"
    r"\b(?:how|that|so|really|it|this) (?:\w+ )?(?:urgent|serious|an emergency)\b"
)
"""Asks whom to turn to, how soon, how serious it is."""
_BEHIND = re.compile(
    rf"{_LEAD}(?:really|seriously|honestly|truly|for real|are you (?:sure|serious|certain|joking)|you sure|why(?: (?:not|that|is that|so))?|"
    r"what|how (?:so|come|bad)|is it|oh|goodness|blimey|wow|hm+)\W*$|"
    r"\b(?:is|was|sounds?|looks?|be|it's|that's) (?:that|it|this|they|all|so|very|really|too|something|anything|as)?(?: \w+)? ?"
    r"(?:bad|dangerous|normal|harmless|worrying|serious|deadly|fatal|life.threatening|common|usual|necessary|important|silly|ridiculous)\b|"
    r"\b(?:what|which) (?:\w+ )?(?:could|can|might|may|would|is|does) (?:it|this|that|they)(?: \w+)? ?(?:be|mean|from|come from|called)?\W*$|"
    r"\b(?:should|do|must|need) i (?:\w+ )?(?:be )?(?:worry|worried|concerned|scared|afraid|panic|go|wait)\b|"
    r"\bno (?:routines?|points?|acupressure|pressing|massage|exercises?)\b|\bnothing (?:i can|to) (?:press|do)\b|"
    r"\bwhat (?:else )?(?:(?:can|should|do|shall|could|must) i|to) do\b|"
    r"\b(?:till|until|by) (?:then|tomorrow|monday|next week)\b|\b(?:how (?:soon|quickly|fast|urgently|long)|when|today|tonight|right (?:now|away))\W*$|"
    rf"{_LEAD}(?:can|could|may) (?:i|he|she|they|we) (?:still |at least |just )?(?:walk|drive|sleep|lie|sit|move|work|eat|shower|go|carry on)\b|"
    r"\b(?:rather|would) not (?:go|call|see|bother)|\b(?:don'?t|do not) (?:want|like|need|have time) (?:to )?(?:\w+ )?(?:go|see|call|bother|doctors?|hospital)"
)
"""Asks back right behind the advice, where it can only mean the sign."""
_BESIDE = {"nlu_fallback", "out_of_scope", "other_health", "insult", "how_are_you", "start_over", "bot_challenge"}  # fmt: skip
_OF_THE_SIGN = {
    "faq_does_it_hurt",
    "faq_feeling",
    "faq_side_effects",
    "faq_how_soon",
    "faq_cure",
    "faq_other_help",
    "routine_hurts",
    "tell_pain",
}
"""Intents that a word about the sign itself is taken for: "it isn't painful, only floppy"."""
_ITSELF = re.compile(r"\b(?:it|it'?s|its|that|this|they)\b")
SURE = 0.5
"""Confidence below which a message right behind the advice is taken for a word about it."""


def asked_back(turn: Turn, catalog: Catalog) -> Bubble | None:
    """Return the advice again where a message asks back about it, None where it is about something else."""
    told = alarms.just_told(turn)
    ids = tuple(dict.fromkeys([*turn.memory.signs, *told]))
    reading, text = turn.reading, turn.reading.text.lower()
    if not ids or reading.points or reading.risks:
        return None
    if (
        _WHOM.search(text)
        or alarms.insists(text)
        or told
        and _BEHIND.search(text)
        or told
        and not reading.complaints
        and not putting_right.puts_right(turn)
        and _unsure(turn)
    ):
        return alarms.reminder(catalog, ids)
    return None


def _unsure(turn: Turn) -> bool:
    """Tell whether a message is not understood well enough to be answered as something else."""
    reading = turn.reading
    if reading.intent in {"affirm", "deny"} and turn.memory.signs:  # "okay": nothing was offered
        return True
    if reading.intent in {"affirm", "deny"} and not turn.memory.signs and len(reading.text.split()) > 1:
        return False  # "yes I know, show me": points were offered
    if reading.intent in _OF_THE_SIGN and _ITSELF.search(reading.text.lower()):
        return True
    return reading.intent in _BESIDE or reading.confidence < SURE
