"""Reads the posture or place in which someone is or wants the routine."""

from __future__ import annotations

import re
from typing import Literal

from acupressure.quantities.figures import in_figures

Place = Literal["desk", "sitting", "lying", "standing", "bed", ""]
_VERBS: dict[str, str] = {
    "standing": r"standing(?: up)?|stand(?: up)?(?! for| the| it| this| what| why)|stood|on my feet|walking|upright on my feet|on foot",
    "sitting": r"sitting|sit(?:ting)?(?: down| up)?|sat|seated",
    "lying": r"l(?:y|a|ie)ing(?: down)?|lie (?:down|flat|on|in|back)|lay(?:ing)? (?:down|flat|on|in|back)|laid down|flat on my back|reclin(?:ed|ing)|stretched out|"
    r"l(?:y|ie)ng down|horizontal",
}
_MY = r"(?:my |the |a |an |our |this |his |her |some )?(?:office |big |own |hospital |hotel |comfy |hard |yoga |exercise |kitchen |living room |dining |long |open plan )?"
_PLACES: dict[str, str] = {
    "desk": rf"(?:at|behind|by) {_MY}(?:desk|computer|laptop|pc|workstation|keyboard|screen)|(?:in|at|for) {_MY}(?:office|cubicle|meeting)|at work(?!\w)|"
    r"on a (?:video )?call|at my job|office chair|working from home|desk version",
    "bed": rf"(?:in|on|from|moved to|for) {_MY}bed(?!room)|under the (?:covers|duvet|blanket)|on {_MY}mattress",
    "standing": rf"in (?:the |a |my )?(?:shower|queue|line|kitchen)(?! \d)|queu(?:e)?ing|at the bus stop|in line|against (?:a|the) wall|at {_MY}sink|at {_MY}counter",
    "sitting": rf"(?:in|on|from|for|moved to) {_MY}(?:chair|armchair|sofa|couch|stool|bench|settee|recliner|wheelchair|seat|toilet|loo)|in (?:the |my |a )?(?:car|taxi|cab|cinema|waiting room|class|lecture)|"
    r"(?:in|at) the (?:cinema|theatre|pub|cafe)|(?:on|for) (?:the |a |my )?(?:long )?(?:train|bus|plane|tube|subway|tram|metro|flight|coach|ferry|aeroplane|airplane)|wheelchair|at the table|watching (?:tv|telly|television)|driving|"
    r"at the (?:kitchen |dining )?table",
    "lying": rf"(?:on|for|moved to) (?:the |my )?(?:floor|carpet|rug|ground)|on {_MY}mat|on the grass",
}
_NOUNS = {
    "desk": "desk",
    "office": "desk",
    "chair": "sitting",
    "sofa": "sitting",
    "couch": "sitting",
    "floor": "lying",
    "bed": "bed",
    "mat": "lying",
    "armchair": "sitting",
    "car": "sitting",
    "train": "sitting",
    "plane": "sitting",
    "bus": "sitting",
    "wheelchair": "sitting",
    "seat": "sitting",
}
_NOT_POSTURE = re.compile(
    r"\b(?:desk (?:job|work|worker|workers)|office (?:job|work)|bed (?:rest|time)|bedtime|before bed|go(?:ing)? to bed|car (?:accident|crash)|standing order|"
    r"out of bed|off the (?:sofa|couch|chair|floor)|long ?standing|cant stand (?:the|it|this|that)|stands? for|night stand|outstanding|sit ups?|sitting bones?|sit bones?)\b"
)
_COMPLAINT = re.compile(
    r"\b(?:hurts?|hurting|pain|pains|ache[sd]?|aching|sore|stiff|worse|bad|killing me|numb|fell asleep|tingl\w+)\b[^.,;!?]*\b(?:when|whenever|while|from|after|by|if|because of|due to|since)\b[^.,;!?]*$|"
    r"\b(?:when|whenever|if|after|from|all day|hours of|too much|so much|since|because|because of|because i|due to|from all the|a day|too long)(?: (?:i|im|i am|ive been|been|i have been|a|long|of|my|all|day|prolonged|too much|the))* $|"
    r"\b(?:hurts?|hurting|aches?|worse|painful)(?: even| most| more)? $|\b(?:where|what|how) (?:is|does|do) \w+ $"
)
_ALL_DAY = re.compile(
    r"[^.,;!?]{0,14}\b(?:all day|for hours|most of the day|every day at work|hours a day|too much|too long)\b"
)
_CAUSES = re.compile(
    r" (?:all day|too much|too long|for (?:long|hours|too long|a while)|a lot)?[^.,;!?]{0,12}\b(?:makes? it|hurts?|is (?:hard|painful|difficult|hell|uncomfortable|impossible|agony)|causes?|all day|for hours)\b"
)
_CANNOT = re.compile(
    r"\b(?:cant|cannot|can not|not|no longer|no|dont|wont|never|without|unable to|hard to|difficult to|shouldnt|instead of|rather than|isnt|arent|am not|im not|nowhere to|didnt)"
    r"(?: (?:really|be|to|want to|like|like to|have|have to|get|even|currently|going to|allowed to|able to|comfortably|on|in|a|at|my|the|do it|do this|do that))* $"
)


def posture(text: str) -> Place:
    """Return the posture or place in which the user is or wants the routine, empty if the text tells none.

    What hurts ("sore from sitting", "worse when I stand") and what is impossible ("I can't lie down") is no
    posture. Bed and desk stay what they are whether one sits or lies there.
    """
    said = re.sub(r"[\u00a7~]", " ", in_figures(text))
    said = _NOT_POSTURE.sub(lambda m: "~" * len(m[0]), said)
    said = re.sub(r"\bstanding desk\b", "standing~desk", said)
    words = re.sub(r"[^a-z ]", " ", said).split()
    verbs = _told(said, _VERBS)
    places = _told(said, _PLACES)
    if not verbs and not places:
        short = len(words) <= 5 and not {"no", "not", "from", "to", "cant", "without", "before"} & set(words)
        nouns = [_NOUNS[word] for word in words if word in _NOUNS]
        return nouns[-1] if short and nouns else ""  # type: ignore[return-value]
    either = len(set(verbs)) > 1 and re.search(r"\bor\b", said) and not re.search(r"\bno\b", said)
    verb = verbs[0 if either else -1] if verbs else ""
    place = places[-1] if places else ""
    if place == "bed" and verb != "standing" or place == "desk" and verb in ("", "sitting"):
        return place  # type: ignore[return-value]
    return verb or place  # type: ignore[return-value]


def _told(said: str, patterns: dict[str, str]) -> list[str]:
    """Return the ids whose words are said of now or wished for, in the order of the text."""
    found: list[tuple[int, str]] = []
    for name, pattern in patterns.items():
        for match in re.finditer(rf"(?<![\w~])(?:{pattern})(?![\w])", said):
            before = said[: match.start()]
            after = said[match.end() :]
            causes = name in _VERBS and _CAUSES.match(after) or _ALL_DAY.match(after)
            before += "from " if match[0].startswith("from ") else ""
            if not (_CANNOT.search(before) or _COMPLAINT.search(before) or causes):
                found.append((match.start(), name))
    return [name for _, name in sorted(found)]
