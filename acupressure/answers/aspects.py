"""What a message asks about a point, read from its words: "where is it and how long, and is it proven"."""

from __future__ import annotations

import re

from acupressure.vocabulary import WHICH_TOOL

_ASKED: dict[str, str] = {
    "location": r"where(?:'s|s)?\b(?! (?:(?:did|do) you|we|i (?:left|stopped|was)|you (?:left|stopped|were))\b)|\bwhere (?:did you say|do you mean)\b|"
    r"\b(?:again|once more|one more time),? (?:please,? )?the (?:place|spot)\b|\bwere (?:is|are)\b|\bwehre\b|\blocate[d]?\b|\blocation\b|\bloc\b|\b(?:surface )?landmarks?\b|"
    r"\bwhich (?:spot|place)\b|\b(?:give|tell|need|want|have) (?:me |us )?(?:the|its|their) (?:exact )?(?:place|spot|position)\b|\bhow do i find\b|[:,;] ?(?:exact )?(?:place|spot|position)\b(?=\W*(?:,|and\b|\+|&|plus\b|how\b|$))",
    "pressure": r"\bhow (?:hard|firm(?:ly)?|strong(?:ly)?|deep(?:ly)?|gent(?:ly|le)|soft(?:ly)?|much (?:pressure|force|oomph|welly|weight|strength|effort|power))\b|"
    r"\bhow (?:do|should|must|can|ought|would|shall) (?:i|you|one|we)(?: to)? (?:press|push|rub|squeeze|massage)\b|\bpressure\?|"
    r"\bhow light(?:ly)?\b|[:,;] ?(?:force|strength)\b(?=\W*(?:,|and\b|$))|\band (?:the )?(?:force|strength)\b|\band pressure\b|\bpressure (?:and|,|\+)|[,+] ?pressure\b|"
    r"\bdig(?:ging)? (?:(?:it|right|really|deep|hard|my \w+) )*in\b|\b(?:good|hard|deep|firm|proper|real) (?:dig|poke|prod)\b|"
    r"\b(?:go|be|press) (?:easy|gentle|gently) or\b|\bor (?:go |be |just |press )?(?:easy|gentle|gently|softly|lightly)\b|"
    rf"{WHICH_TOOL}|\b(?:strong|firm|hard|soft|light) enough\b|"
    r"\bwith (?:which|what) (?:finger|thumb|part|hand|knuckle)s?\b|\bwhich (?:finger|thumb|knuckle)\b|\bthe pressure (?:for|on|of|at)\b|\b(?:press|push)(?: (?:it|there|on it))? (?:deep|deeply|hard|hardly|gently|lightly|firmly|softly|strongly)\b",
    "duration": r"\bhow (?:long|lnog|many (?:minutes|seconds|mins|secs))\b|\bhwo (?:long|lnog)\b|\b(?:and|for|,|\+) ?(?:how much )?"
    r"time\b(?! (?:of|to|for))|\bhold(?:ing)? (?:it )?time\b|\bdos(?:e|age|ing)\b|\bfor what time\b|[,+] ?(?:secs|seconds)\b|"
    r"\b(?:un)?til(?:l)? when\b|\bcount (?:up )?to (?:how|what)\b|\b(?:up )?to how (?:much|many|far)\b(?=.*\bcount)|\b(?:amount|number) of (?:secs|seconds|minutes|mins)\b|"
    r"\bfor how much time\b|\band the time\b|\b(?:secs|seconds|mins|minutes)\?|"
    r"\b(?:loc|location) \+ (?:secs|seconds)\b",
    "frequency": r"\bhow (?:often|many times|frequent(?:ly)?)\b|\btimes (?:a|per|each) (?:day|week)\b",
    "benefits": r"\bwh?at(?:'s|s| is| are)? (?:(?:it|this|that|they|the point) )?(?:used |good |meant )?(?:for|4)\b|\bgood (?:for|4)\b|"
    r"\bused for\b|\bwhat (?:[a-z]+ ?-?[a-z]*\d+|(?:the )?(?:[a-z]+ ){1,3}point) is (?:good |used )?for\b|\bwhat (?:each(?: one)?(?: of them)? is|(?:it|that|this)(?:'?s| is)|they(?:'?re| are)) (?:good |used )?for\b|\bwhat (?:does|do|is|are) (?:it|this|that|they|these) (?:do|meant to do|supposed to do|for|help)\b|\bwhat for\b|"
    r"\bwhat (?:would|will|can|could|might) (?:it|this|that|they) (?:\w+ )?(?:help|do|treat|ease)\b|\bmeant to do\b|\bwh?at(?:'?s| is| does| do) (?:it|this|that|they|these)(?: one)? (?:even |actually |really )?(?:do|for|help|good for)\b|\bwhat'?s the (?:point|use|good) of (?:it|that|this)\b|\bbenefits?\b|\bindications?\b|[,+] ?(?:and )?why\b(?=\W*$)",
    "caution": r"\b(?:is|are) (?:it|this|that|they|[\w ]{2,24}) (?:safe|dangerous|risky)\b|\brisks?\b|\bwatch out\b|\bcautions?\b|"
    r"\b(?:hurt|harm|injure|damage) (?:me|you|myself|yourself|oneself|some(?:one|body)|any(?:one|body)|people)\b|\bdo (?:any )?harm\b|\bside effects?\b|\bwhen (?:should|must|do|ought|would) (?:i|you|we|one|people) (?:not|avoid|skip|leave (?:it|that|this)(?: one)? (?:alone|out|be))\b|"
    r"\bcareful\b|\bbeware\b|\b(?:be|to be) (?:afraid|scared|wary|worried) (?:of|about)\b|\bgo wrong\b|\bdrawbacks?\b|\bdownsides?\b|\b(?:speaks?|said|say|says) against\b|\breasons? (?:not to|against|to (?:avoid|skip|leave))\b|\bwho (?:ought|oughtn'?t|must|shan'?t)\b|\b(?:keep|steer|stay) (?:off|clear|away)\b|\bmind out\b|\brefrain\b|\b(?:not|isn'?t|aren'?t) for every(?:one|body)\b|\bsuits? every(?:one|body)\b|\b(?:any )?dangers?\b|\bwhen (?:must|should|may|can) (?:i|you|he|she|they|we|one) not\b|\bwhen (?:must|should|may|can|ought)(?:n'?t| not)\b|\bwary of\b|\b(?:look|watch) out for\b|\bto watch for\b|\bwho (?:should|must)(?:n't| not|nt)\b|"
    r"\b(?:any|and|the|what) (?:other )?(?:warnings?|precautions?|no-?nos)\b|\bcontra-?indications?\b|\bc/?is?\b(?=\W*$)",
    "evidence": r"\b(?:proven|proof|evidence|stud(?:y|ies)|trials?|rcts?|research(?:ed)?|tested)\b",
    "picture": r"\b(?:picture|photo|drawing|diagram|image)s?\b|\bto see where\b",
    "posture": r"\b(?:sitting|lying|standing) (?:or|and)\b|\b(?:sitting|lying|standing) down\W*\?|\bcan i do (?:it|this|that|them) (?:in|on|at|from|sitting|lying|standing)\b|"
    r"\bwhich position\b|\bposture\b",
}
"""Aspect -> words that ask for it beyond doubt."""
_PATTERNS = {aspect: re.compile(words) for aspect, words in _ASKED.items()}


def named(text: str) -> tuple[str, ...]:
    """Return the aspects that a text asks for in so many words, in the order of the text."""
    lower = text.lower().replace("how-", "how ")
    met = ((pattern.search(lower), aspect) for aspect, pattern in _PATTERNS.items())
    return tuple(aspect for _, aspect in sorted((m.start(), aspect) for m, aspect in met if m))


_PARTS = re.compile(r"[,;.?!]+|\band\b")
_ALONE = re.compile(
    r"\W*(?:(?:ok|okay|ta|thanks|thank you|so|then|right|well|also|but|hm+|please)\W+)*(?:where|how (?:long|hard|often|firm(?:ly)?|many times))"
    r"(?:(?: is| are| do| does| should| must| can| i| you| one| it| them| they| that| each| both| for| press| hold| a| day| time){0,5})\W*"
)


_FILLER = re.compile(
    r"\W*(?:(?:hm+|ok|okay|oh|ah|so|well|right|yes|no|thanks|thank you|please|then|sorry|supposedly|though|exactly)?\W*)*"
)


def in_one(text: str) -> bool:
    """Tell whether a text is one part, not several with a stop or an "and" between them."""
    parts = (part for part in _PARTS.split(text.lower()) if not _FILLER.fullmatch(part))
    return len([*parts]) < 2


def alone(text: str) -> tuple[str, ...]:
    """Return the aspects asked for by a part of a text that says nothing else ("..., and how long each")."""
    return tuple(
        aspect for part in _PARTS.split(text.lower()) if _ALONE.fullmatch(part) for aspect in named(part)
    )
