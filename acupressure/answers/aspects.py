"""What a message asks about a point, read from its words: "where is it and how long, and is it proven"."""

from __future__ import annotations

import re

_ASKED: dict[str, str] = {
    "location": r"where(?:'s|s)?\b(?! (?:did|do) you)|\bwere (?:is|are)\b|\bwehre\b|\blocate[d]?\b|\blocation\b|\bloc\b|"
    r"\bwhich (?:spot|place)\b|\bhow do i find\b",
    "pressure": r"\bhow (?:hard|firm(?:ly)?|strong(?:ly)?|deep(?:ly)?|gent(?:ly|le)|soft(?:ly)?|much (?:pressure|force))\b|"
    r"\bhow (?:do|should|must|can) (?:i|you|one|we) (?:press|push|rub|squeeze|massage)\b|\bpressure\?|"
    r"\band pressure\b|\bpressure (?:and|,|\+)|[,+] ?pressure\b",
    "duration": r"\bhow (?:long|lnog|many (?:minutes|seconds|mins|secs))\b|\bhwo (?:long|lnog)\b|\b(?:and|for|,|\+) ?(?:how much )?"
    r"time\b(?! (?:of|to|for))|\bhold (?:it )?time\b|\bfor what time\b",
    "frequency": r"\bhow (?:often|many times|frequent(?:ly)?)\b|\btimes (?:a|per|each) (?:day|week)\b",
    "benefits": r"\bwh?at(?:'s|s| is| are)? (?:(?:it|this|that|they|the point) )?(?:used |good |meant )?(?:for|4)\b|\bgood (?:for|4)\b|"
    r"\bused for\b|\bwhat (?:does|do|is|are) (?:it|this|that|they|these) (?:do|meant to do|supposed to do|for|help)\b|\bwhat for\b|"
    r"\bmeant to do\b|\bbenefits?\b",
    "caution": r"\b(?:is|are) (?:it|this|that|they|[\w ]{2,24}) (?:safe|dangerous|risky)\b|\brisks?\b|\bwatch out\b|\bcautions?\b|"
    r"\bside effects?\b|\b(?:any )?dangers?\b|\bwhen (?:must|should) i not\b|\bwho (?:should|must)(?:n't| not|nt)\b",
    "evidence": r"\b(?:proven|proof|evidence|stud(?:y|ies)|trials?|research(?:ed)?|tested)\b",
    "picture": r"\b(?:picture|photo|drawing|diagram|image)s?\b",
    "posture": r"\b(?:sitting|lying|standing) (?:or|and|down)\b|\bcan i do (?:it|this|that|them) (?:in|on|at|from|sitting|lying|standing)\b|"
    r"\bwhich (?:position|posture)\b",
}
"""Aspect -> words that ask for it beyond doubt."""
_PATTERNS = {aspect: re.compile(words) for aspect, words in _ASKED.items()}


def named(text: str) -> tuple[str, ...]:
    """Return the aspects that a text asks for in so many words, in the order of the text."""
    lower = text.lower()
    met = ((pattern.search(lower), aspect) for aspect, pattern in _PATTERNS.items())
    return tuple(aspect for _, aspect in sorted((m.start(), aspect) for m, aspect in met if m))
