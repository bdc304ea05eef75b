"""Reads minutes, pain scores, change, posture and time of day from what people type or a recogniser writes.

Every function takes the text as said, with or without capitals, signs and apostrophes, and looks for its
own quantity only. None (or an empty string) means that the text tells none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Literal, NamedTuple

from acupressure.codes import find_codes, spoken_number
from acupressure.text import clean, plain

# --- Text with figures -------------------------------------------------------------------------------------

_ONES = {spoken_number(n): n for n in range(20)}
_TENS = {spoken_number(n): n for n in range(20, 100, 10)}
_SMALL = "|".join(list(_ONES)[1:10])
_WORDS = {**_ONES, **_TENS, "nil": 0, "nought": 0, "naught": 0, "fourty": 40, "fiveteen": 15}
_NUMBER_WORD = re.compile(
    rf"\b(?:({'|'.join([*_TENS, 'fourty'])})(?: ({_SMALL})\b)?|({'|'.join(w for w in _WORDS if w != 'one')}))(?:ish)?\b"
)
_ONE = re.compile(
    r"(?:(?<=\ba )|(?<=\babout )|(?<=\baround )|(?<=\bat )|(?<=\bto )|(?<=\bfrom )|(?<=\bis )|(?<=\bits )|"
    r"(?<=\bnow )|(?<=\bmaybe )|(?<=\bor )|(?<=\band )|(?<=\bsay )|(?<=\bjust )|(?<=\bonly )|(?<=\bwas )|"
    r"(?<=\bpast )|(?<=\bbetween )|(?<=\bperhaps )|(?<=\bprobably )|(?<=\bby )|(?<=\btil )|(?<=\btill )|"
    r"^|(?<=[\d,] ))one\b(?! (?:more|of|question|thing|point|that|who|which|with|last|time|day|side|at)\b)|"
    r"\bone(?=(?: (?:quick|short|full|more|extra|whole))? (?:m(?:in(?:ute)?s?)\b|hours?\b|hrs?\b|sec)|"
    r" (?:and a half|and a quarter|out of|over ten|point \w+|oclock|am\b|pm\b|or two\b|to (?:two|three)\b|thirty|fifteen|forty))|"
    r"\bone(?=$)(?<!\bthe one)(?<!\bthis one)(?<!\bthat one)(?<!\bwhich one)(?<!\bno one)(?<!second one)(?<!first one)"
    r"(?<!third one)(?<!last one)(?<!next one)(?<!other one)(?<!left one)(?<!right one)(?<!same one)"
    r"(?<!another one)(?<!every one)(?<!each one)(?<!have one)(?<!got one)(?<!good one)(?<!skip one)(?<!new one)(?<!nd one)(?<!rd one)(?<!th one)(?<!st one)"
)
_EXTRA_POINT = re.compile(r"\be\s?x[\s-]*(?:b|u\s?e|l\s?e|h\s?n|c\s?a)[\s-]*(?:\d+|[a-z]+(?:ty|teen)?)\b")


def _figures(text: str) -> str:
    """Return the text plain, in lower case, without point codes and apostrophes, numbers as figures."""
    low = re.sub(r"(\d*) ?(?:\u00bd|1\u20442)", lambda m: f" {m[1] or '0'}.5 ", text)
    low = plain(clean(low)).replace("\u2044", "/")
    for mention in reversed(find_codes(low)):
        low = f"{low[: mention.start]}\u00a7{low[mention.end :]}"
    low = _EXTRA_POINT.sub("\u00a7", low)
    low = re.sub(r"\s*(?:[-=]*>|\u2192|\u21d2)\s*", " to ", low).replace("'", "")
    low = re.sub(r"[\u2010-\u2015\u2212]", "-", low)
    low = re.sub(r"(?<=[a-z])-(?=[a-z\d])|(?<=\d)-(?=[a-z])", " ", low)
    low = re.sub(rf"\b({'|'.join(_TENS)}) one\b", lambda m: str(_TENS[m[1]] + 1), low)
    low = _ONE.sub("1", low)
    low = _NUMBER_WORD.sub(_figure, low)
    low = re.sub(r"(\d ?[ap])\.? ?m\b\.?", r"\1m", low)
    low = re.sub(r"(?<![\d.])(\d+),5\b", r"\1.5", low)
    low = re.sub(r"(?<![\d.])(\d+) point (\d)\b", r"\1.\2", low)
    low = re.sub(r"(?<![\d.:])(\d+) (?:and (?:an? half|half|1/2)|1/2)\b(?! past)", r"\1.5", low)
    low = re.sub(r"(?<![\d.:])(\d+) and (a|1|3) quarters?\b", _quarters, low)
    return " ".join(low.split())


def _figure(match: re.Match) -> str:
    tens, small, alone = match.groups()
    return str(_WORDS[tens] + _WORDS.get(small, 0) if tens else _WORDS[alone])


def _quarters(match: re.Match) -> str:
    return f"{match[1]}.{'75' if match[2] == '3' else '25'}"


# --- Minutes -----------------------------------------------------------------------------------------------

_M = r"(?:(?<=\d)m|min|mins|mns?|m(?=[iunesr]*t)[iunesrt]{3,9})(?![a-z\d])"
"""A minute in every spelling: ``mintues``, ``minuts``, ``minites``; only read behind a number."""
_H = r"(?:hours?|hrs?|h|huors?|horus?|houres?)(?![a-z\d])"
_S = r"(?:seconds?|secs?|s|secon[ds]|secconds?|seonds?)(?![a-z\d])"
_N = r"(?<![\w.:])(\d{1,4}(?:\.\d{1,3})?)"
_ADJECTIVE = r"(?:(?:more|extra|spare|free|quick|short|good|full|little|whole|solid|or so) )?"
_DURATIONS = {
    name: re.compile(pattern)
    for name, pattern in (
        (
            "part of an hour",
            r"\b(?P<part>half(?: of)?|(?<![\d.])0\.5|1/2|(?:a )?quarter(?: of)?|1 quarter(?: of)?|3 quarters?(?: of)?|3/4(?: of)?|1/4(?: of)?)"
            rf" ?(?:an? )?{_H}",
        ),
        (
            "hours",
            rf"(?:{_N}|\b(?P<an>an?|1 single)) ?{_H} ?(?:and )?(?:(?P<half>a half|1/2|half)\b|"
            rf"(?P<quarter>a quarter)\b|(?P<m>\d{{1,3}}) ?(?:{_M}|$))?",
        ),
        ("hours with minutes", r"(?<![\w.:])(?P<h>\d)h(?P<m>[0-5]\d)\b"),
        (
            "minutes",
            rf"(?:{_N}|\b(?P<word>(?:a )?couple(?: of)?|(?:a )?few|half a|an?)) ?{_ADJECTIVE}{_M} ?(?:and )?"
            rf"(?:(?P<half>a half|half|1/2)\b|(?P<s>\d{{1,3}}) ?{_S}|(?P<s2>[1-5][05])(?=$))?",
        ),
        ("seconds", rf"{_N} ?{_S}"),
    )
}
_IDIOM = re.compile(
    r"\b(?:wait|hang on|hold on|give me|gimme|just|in|within|another|every|any|this|last|(?:do|have) you (?:have|got)|"
    r"once|at) (?=an? (?:min|m|sec))"
)
_ABOUT_THE_PAST = re.compile(r"\b(?:ago|earlier|later|long already|after|of pain|of agony|now my|into)\b")
_SITS = r"(?:sit|sits|sat|sitting|sleep|slept|sleeping|stood|work|worked|drive|drove|driving|walk(?! me)|walked|walking|ran|run|running|wait|waited|waiting)"
_FOR = r"(?:for |about |around |roughly |nearly |almost |over |more than |at least |like |up to |the |these |a good )*"
_HAD = re.compile(
    rf"\b(?:had|has|have had|ive had|having|been|started|began|since|hurts?|hurting|hurted|ache[sd]?|aching|killing me|"
    rf"last(?:s|ed|ing)?|took|takes|every|after|{_SITS})\b[^.,;!?]*$"
)
_TAKES = re.compile(
    r"\b(?:routine|session|something|anything|exercises?|one|plan|should|must|can|could)\b[^.,;!?]*\b(?:takes?|lasts?|lasting)\b[^.,;!?]*$"
)
_PAIN = re.compile(
    r"\b(?:pain|ache|backache|headache|sore|stiff|numb|tingling|dizzy|cramps?|spasms?)\b[^.,;!?]*\bfor (?:about |the |around |over )*$"
)
_WISH = re.compile(
    r"\b(?:routine|session|programme?|exercises?|sequence|workout|massage|walk me|plan|guide|lead|give|want|need|"
    r"do|lets|show|make|something|help|relief|start|can we|could we|please|points)\b"
)
_DEADLINE = re.compile(
    r"\b(?:remind|meeting|leave|leaving|call|bus|train|appointment|guests?|again|back|stops?|starts?|ask)\b[^.,;!?]*\bin $"
)
_HOLD_BEFORE = re.compile(
    r"\b(?:hold|holds|holding|held|press|presses|pressed|pressing|push|pushing|squeeze|squeezing|rub|rubbing|knead|kneading|"
    r"keep it|keep pressing|keep my|stay on)\b[^.,;!?]*$"
)
_HOLD_AFTER = re.compile(
    r" ?(?:per|each|every|on each|for each|a|on every) ?(?:point|side|spot|one|step|hold|leg|hand|$)"
)
_LONGEST_HOLD = 5.0
"""Minutes; "press points for ten minutes" is a whole routine and no single hold."""
_HAVE = re.compile(
    r"\b(?:got|have|has|want|id like|would like|how about|only|just|give me|gimme|make it|make that|lets do|lets say|theres|there is|spare|say|for|free for|take) "
    r"(?:about |around |like |maybe |only |just |roughly |max |at most |up to )*(?:\d+(?: or |-| to ))?(\d{1,2})"
    r"(?: (?:please|to spare|today|now|right now|only|max|maximum|tops|or so|free|left|before \w.*|until \w.*|till \w.*|so))*$"
)
_ALONE = re.compile(
    r"^(?:(?:um|uh|er|ok|okay|yes|yeah|well|about|around|maybe|perhaps|say|let s|lets say|id say|make it|like|roughly|only|just|"
    r"or|no|rather|sorry|actually|hmm|ill take|for) ?,? )*(?:\d+(?: ?(?:or|to|-|maybe) ?))?(\d+(?:\.\d+)?)"
    r"(?: (?:please|thanks|maybe|or so|is fine|would be (?:good|fine|nice|great)|will do|ish|then|max|tops))*$"
)


def minutes(text: str, *, asked: bool = False, holds: bool = False) -> float | None:
    """Return how many minutes the user has or wants, None if the text tells no such time.

    Of several the last counts ("five or ten minutes" is 10). Times of the past, of the pain itself ("back
    pain for 20 minutes"), of deadlines and of idioms ("wait a minute") are left out.

    Args:
        text: what was said.
        asked: the guide has just asked for minutes, so that a bare number counts.
        holds: count the length of a hold too ("hold for 30 seconds"), which is left out otherwise.
    """
    said = _figures(text)
    found = [value for value, start, end in _durations(said) if _is_wanted(said, value, start, end, holds)]
    if found:
        return found[-1]
    bare = _HAVE.search(said) or (_ALONE.match(said.rstrip(".!?")) if asked else None)
    return float(bare[1]) if bare else None


def _durations(said: str) -> Iterator[tuple[float, int, int]]:
    taken: list[tuple[float, int, int]] = []
    for kind, pattern in _DURATIONS.items():
        for match in pattern.finditer(said):
            if all(match.end() <= start or end <= match.start() for _, start, end in taken):
                taken.append((_length(kind, match), match.start(), match.end()))
    yield from sorted(taken, key=lambda item: item[1])


def _length(kind: str, match: re.Match) -> float:
    """Return the minutes of a match of the pattern of a kind."""
    groups = match.groupdict()
    if kind == "part of an hour":
        part = groups["part"]
        return 45.0 if part.startswith("3") else 15.0 if "quarter" in part or part.startswith("1/4") else 30.0
    if kind == "hours with minutes":
        return int(groups["h"]) * 60.0 + int(groups["m"])
    number = float(match[1]) if match[1] else 1.0
    if kind == "hours":
        return number * 60 + (30 if groups["half"] else 15 if groups["quarter"] else int(groups["m"] or 0))
    if kind == "seconds":
        return number / 60
    word = groups["word"] or ""
    number = 2.0 if "couple" in word else 3.0 if "few" in word else 0.5 if "half" in word else number
    return number + (0.5 if groups["half"] else int(groups["s"] or groups["s2"] or 0) / 60)


def _is_wanted(said: str, value: float, start: int, end: int, holds: bool) -> bool:
    before, after = said[:start], said[end:].lstrip()
    if any(m.end() == start for m in _IDIOM.finditer(said)) or re.search(
        r"\bnot (?:for )?$|\b(?:last|past) $", before
    ):
        return False
    if (
        _ABOUT_THE_PAST.match(after)
        or re.match(r"(?:a|per|every|each) (?:day|night)\b", after)
        and value >= 60
    ):
        return False
    if re.search(r"\bfor the (?:last|past)\b", before[-40:]) or _DEADLINE.search(before):
        return False
    clause = re.split(r"[.,;!?]| but | and (?=i\b|ive\b|give|can)", before)[-1]
    if (
        _HAD.search(clause)
        and not _TAKES.search(clause)
        and not re.search(r"\b(?:ive got|i have(?! had| been)|i got|weve got|only got)\b[^.,;]*$", clause)
    ):
        return False
    if _PAIN.search(clause) and not _WISH.search(clause):
        return False
    hold = value <= _LONGEST_HOLD and (_HOLD_BEFORE.search(clause) or _HOLD_AFTER.match(said[end:]))
    return holds or not hold


# --- Pain score --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scores:
    """Pain scores from 0 to 10 that a text tells; one of them at least, unless out of range."""

    before: float | None = None
    """How it was, where the text says that too."""
    now: float | None = None
    out_of_range: bool = False
    """A number below 0 or above 10 was given as the score; then both scores are None."""


class _Mention(NamedTuple):
    value: float
    start: int
    end: int
    sure: bool
    """Said with its scale ("7 out of 10"), or in words."""


_BARE = re.compile(
    r"(?<![\w.,:/\u00a7-])(-|minus |negative )?(\d+(?:\.\d+)?)(?:ish| ish|\+)?(?![\w:%]|\.\d|/\d)"
)
_RANGE_BY_HYPHEN = re.compile(r"(?<![\w.:/-])(\d+(?:\.\d+)?) ?[-/] ?(?=(\d+(?:\.\d+)?)(?![\w:/%-]))")
_OUT_OF = re.compile(
    r"(?<![\w.:/-])(-|minus |negative )?(\d+(?:\.\d+)?|a million|million|a thousand|a hundred) ?"
    r"(?:/ ?|out (?:of|off?) (?:a |possible )?|of |on |outta |over )(10|5|100)(?![\w./:])"
)
_SCALE = re.compile(
    r"\b(?:(?:on|in|from|using) )?(?:a |the |your |that )?(?:pain )?scale(?: (?:of|from))? (?:0|1) ?(?:to|-) ?10\b|"
    r"\b(?:from )?(?:0|1) to 10 scale\b|\bout of (?:10|ten)\b"
)
_NO_SCORE_BEFORE = re.compile(
    r"\b(?:steps?|numbers?|no\.|nr|points?|options?|routines?|exercises?|questions?|pages?|ages?|aged|by|top|past|next|"
    r"first|every|version|day|week|another|these|those|the|my|your|all|take|took|since|in|plus|vertebrae?|disc|nearest|"
    r"spent|press|do|show|want|need|try|give me|grade|stage|covid|room|floor|(?<!\w)[b-hj-z]|\u00a7) ?$"
)
_FOLLOWERS = (
    "before now today maybe or to and but i id ive im it its at when right still after afterwards ish for from down up "
    "this was is would with please thanks thank really probably perhaps so then earlier if because going pain level as "
    "all my on in not no currently just only yes well sorry actually wait instead rather compared good bad ever "
    "honestly yesterday tonight possibly bordering beforehand since left yeah ok okay most though think guess also "
    "already again between always maximum max tops low high mate doctor same about like where while that by than plus "
    "slash initially previously last during here there the a an went dropped started ended feels feel hurts worse "
    "better sitting standing lying walking every reckon lets start continue next go can could what how done skip ready"
)
_AFTER_SCORE = frozenset(_FOLLOWERS.split())
"""Words that may follow a score; a number before any other word counts something ("2 dogs")."""
_NEAR = 60
"""Characters before a number that are looked at; the words that decide stand close to it."""
_SINGLE_HEARD = {
    "won": 1,
    "to": 2,
    "too": 2,
    "tree": 3,
    "free": 3,
    "for": 4,
    "fore": 4,
    "fife": 5,
    "sex": 6,
    "ate": 8,
}
"""What a recogniser writes for a lone digit; believed only where nothing else was said, or before "out of ten"."""
_ALMOST = r"(?:almost|nearly|next to|practically|virtually|hardly|barely|close to)"
_SCORE_WORDS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(p), v)
    for p, v in (
        (r"\b(?:same|worse|better|like|than|as|less|more)(?: as| than)? (?:it was )?before\b", " "),
        (
            rf"\b{_ALMOST} (?:completely |all |totally )?(?:gone|nothing|none|zero|0|no pain|any(?:thing| pain)?)\b",
            " \u00b61 ",
        ),
        (
            r"\b(?:no|0|not any|without any) (?:more )?(?:pain|aches?|discomfort|soreness|hurt)\b"
            r"(?! (?:relief|killers?|meds|medication|than|gain|points?|diary|log|score|scale|0|no ))",
            " \u00b60 ",
        ),
        (r"(?<!not )(?<!isnt )(?<!never )\b(?:pain ?free|painless)\b", " \u00b60 "),
        (
            r"\b(?:nothing|none)(?: (?:at all|now|left|any ?more|whatsoever|really))+(?=$|[ .,!?])|"
            r"^(?:(?:its|there is|theres|i feel|um|uh|oh|well|er|absolutely) )*(?:nothing|none)(?=$|[.,!?]| now| thanks)|"
            r"(?<=\bto )(?:nothing|none|nil)\b|(?<=\bnow )(?:nothing|none)(?=$|[.,!?])|"
            r"(?<=\bnow its )(?:nothing|none)(?=$|[.,!?])",
            " \u00b60 ",
        ),
        (
            r"(?<!not )(?<!isnt )(?<!hasnt )(?<!mostly )(?<!not all )(?<!not completely )(?<!not quite )(?<!almost )(?<!nearly )"
            r"(?:^|(?<=\bits )|(?<=\bis )|(?<=\bhas )|(?<=\bpain )|(?<=\ball )|(?<=\bcompletely )|(?<=\btotally )|"
            r"(?<=\bnow )|(?<=\bfully )|(?<=\bjust )|(?<=\bpains )|(?<=\bentirely ))gone"
            r"(?= (?:now|away|completely|entirely|altogether|and|but|thanks|thank)\b|$|[.,!?])"
            r"(?! away (?:a bit|a little|slightly|for))",
            " \u00b60 ",
        ),
        (r"^(?:now )?nothing hurts(?: (?:any ?more|now|at all))?[.!]*$", " \u00b60 "),
        (
            r"\b(?:pain|it|ache) (?:has |have |just |completely )*(?:went away|disappeared|vanished)\b",
            " \u00b60 ",
        ),
        (
            r"\b(?:doesnt|does not|isnt|is not|not|dont) (?:hurt|hurting|feel (?:it|anything)|feel any pain)(?: me)?"
            r"(?: (?:at all|any ?more|now))+(?=$|[ .,!?])|\bno longer hurts?\b|^(?:it )?(?:doesnt|does not) hurt[.!]?$",
            " \u00b60 ",
        ),
        (
            r"\bworst (?:ever|imaginable|possible)\b|\bworst (?:pain|it|its|ive|i) ?(?:has |have |ive |i |its )*"
            r"(?:ever|imaginable|possible|had|been|known|felt)\b(?: been| had| felt)?|\bworst (?:pain )?of my life\b|"
            r"^(?:its |it is )?(?:the )?(?:absolute )?worst[.!]*$|(?<!not )\b(?:unbearable|excruciating|agony)\b|"
            r"\boff the (?:charts?|scale)\b|\bas bad as it (?:gets|can get|can be)\b|\b(?:cant|couldnt|could not|cannot) (?:be|get) "
            r"(?:any )?worse\b|^(?:its |at )?(?:the )?(?:max(?:imum)?|top of the scale)$",
            " \u00b610 ",
        ),
        (r"\b(?:middle of the (?:scale|road)|right in the middle|half ?way(?: up)?)\b", " \u00b65 "),
        (r"^(?:its |it is |quite |pretty |fairly |rather |very |still )*mild(?: pain)?$", " \u00b62 "),
        (r"^(?:its |it is |quite |pretty |fairly |rather |still )*moderate(?: pain)?$", " \u00b65 "),
        (r"^(?:its |it is |quite |pretty |fairly |rather |very |still )*severe(?: pain)?$", " \u00b68 "),
        (r"\b(?:good|at) (?:morning|evening|afternoon)\b", " "),
        (r"\bnot quite\b", " "),
    )
]
_WORDED = re.compile(r"\u00b6(\d+)")
_OTHER_ERRAND = re.compile(r"\b(?:remind|reminder|alarm|every (?:day|morning|evening|night) at|oclock)\b")
_NOT = re.compile(r"\bnot(?: really)?(?: an?)? $")
_ARTICLE = r"(?:an? |about |around |like |say |possibly |its |even )*"
_RANGE = re.compile(
    rf"[ ,]*(?:-|/|slash|or|maybe|perhaps|possibly|or maybe|or perhaps|or possibly|going on|bordering on|verging on|"
    rf"if not)?[ ,]*{_ARTICLE}"
)
_MOVES = r"\b(?:from|was|went|gone|goes|down|up|dropped|fell|fallen|moved|came|come|started|increased|decreased|rose|reduced)\b"
_CORRECTS = re.compile(r"\b(?:no|sorry|i mean|i meant|actually|wait|make (?:that|it)|scratch that|well)\b")
_CUES = re.compile(
    r"\b(?:(?P<now>then(?: it)? was|at the end|to|now|is|its|it is|currently|today|after|afterwards|ended|end|then|at the moment|"
    r"im at|feels|tonight|finally|until)|"
    r"(?P<before>at the (?:start|beginning)|when (?:we|i) (?:started|began)|from|was|were|used to be|instead of|rather than|than|"
    r"compared (?:to|with)|had been|started|start|began|beginning|before|earlier|beforehand|at first|initially|previously|"
    r"yesterday|this morning|to begin with|last time|originally|first))\b"
)
_WEAK = re.compile(r"\b(?:is|its|to|im at|feels|then|end|until|first)\b")
"""Cues that say nothing about a number further on ("my left knee is 4 and the right 6")."""
_SHARED = re.compile(
    r"at the (?:start|beginning|end|moment)|when (?:we|i) (?:started|began)|now|currently|after|afterwards|before|earlier|"
    r"beforehand|today|yesterday|this morning|tonight|at first|initially|originally|previously|to begin with|finally"
)
"""Cues that stand before or behind their number ("before 6, now 2" and "6 before, 2 now")."""


def score(text: str) -> Scores | None:
    """Return the pain scores that a text tells, None if it tells none.

    A lone number counts as the score of now; so does "it was a 6" when no other time is spoken of. A range is
    its middle, and of two places with a score each the worse counts. Scores out of 5 or 100 are brought to 10.
    """
    lone = re.sub(r"[^a-z ]", "", plain(clean(text))).split()
    if (
        lone
        and not re.search(r"\d", text)
        and lone[0] in _SINGLE_HEARD
        and (len(lone) == 1 or lone[1:] in (["out", "of", "ten"], ["out", "of"]))
    ):
        return Scores(now=float(_SINGLE_HEARD[lone[0]]))
    said = _figures(text)
    if _OTHER_ERRAND.search(said):
        return None
    for pattern, instead in _SCORE_WORDS:
        said = pattern.sub(instead, said)
    said = " ".join(said.split())
    mentions = _merged(said, _mentions(said))
    if not mentions:
        return None
    if any(m.value < 0 or m.value > 10 for m in mentions):
        return Scores(out_of_range=True)
    if len(mentions) == 1:
        return _placed(said, mentions[0])
    return _resolved(said, mentions)


def _mentions(said: str) -> list[_Mention]:
    """Return what can be a score, in the order of the text."""
    found: list[_Mention] = []
    scaled = list(_OUT_OF.finditer(said))
    for m in scaled:
        amount = {"a": 1_000.0, "m": 1_000.0}.get(m[2][0]) or float(m[2])
        value = -1.0 if m[1] else amount * 10 / int(m[3])
        if m[0] != "5/5" and not re.search(r"\d ?$", said[: m.start()]):
            found.append(_Mention(round(value, 2), m.start(), m.end(), True))
    # Blanked at the same length, so that places stay what they are.
    rest = _SCALE.sub(lambda m: "~" * len(m[0]), said)
    for m in scaled:
        rest = f"{rest[: m.start()]}{'~' * (m.end() - m.start())}{rest[m.end() :]}"
    found += [_Mention(float(m[1]), m.start(), m.end(), True) for m in _WORDED.finditer(rest)]
    rest = _WORDED.sub(lambda m: "~" * len(m[0]), rest)
    rest = _RANGE_BY_HYPHEN.sub(_opened, rest)
    for m in _BARE.finditer(rest):
        value = float(m[2])
        if _stands_for_score(rest, m):
            found.append(_Mention(-1.0 if m[1] and value else value, m.start(), m.end(), False))
    found.sort(key=lambda item: item.start)
    # A number too large next to a good one is an age, a year, a dose; alone or tied to it, it is a score.
    good = [m for m in found if 0 <= m.value <= 10]
    return [m for m in found if m in good or m.sure or not good or _tied(said, m)]


def _opened(match: re.Match) -> str:
    """Return the first half of "7-8" with its sign blanked; "120/80" and "24/7" stay closed."""
    near = abs(float(match[1]) - float(match[2])) <= 2 or "-" in match[0]
    return re.sub(r"[-/]", " ", match[0]) if near else match[0]


def _stands_for_score(rest: str, match: re.Match) -> bool:
    before, after = rest[max(0, match.start() - _NEAR) : match.start()], rest[match.end() :]
    if _NO_SCORE_BEFORE.search(before) and not re.search(
        r"\b(?:not all|at first|at the|from the|was the|(?:before|after)(?: the| this| that)? (?:routine|exercises?|session)) $",
        before,
    ):
        return False
    if re.search(r"\b(?:im|i am|age|years?) (?:a )?$", before) and float(match[2]) > 10:
        return False
    if re.match(r" ?(?:am|pm)\b", after) or re.search(
        r"\b(?:improved|reduced|down|dropped|lost|gained|up) $", before
    ):
        return False
    word = re.match(r"[\s,;.!?()~\u00b6\"*+/-]*([a-z\u00a7]+|\d|$)", after)
    if re.match(r" (?:better|worse|less|more|lower|higher)\b", after):
        return False
    if re.match(r" ?[,;.!?](?!\d)", after):
        return True
    return word is not None and (not word[1] or word[1].isdigit() or word[1] in _AFTER_SCORE)


def _tied(said: str, mention: _Mention) -> bool:
    return bool(
        re.search(
            r"\b(?:from|to|was|now|between|and|or|its)(?: an?)? $",
            said[max(0, mention.start - _NEAR) : mention.start],
        )
    )


def _merged(said: str, mentions: list[_Mention]) -> list[_Mention]:
    """Return the mentions with ranges ("seven maybe eight") made one, negated and corrected ones left out."""
    kept: list[_Mention] = []
    for mention in mentions:
        if _NOT.search(said[max(0, mention.start - _NEAR) : mention.start]):
            continue
        if kept:
            last = kept[-1]
            between = said[last.end : mention.start]
            span = mention.value - last.value
            if _is_range(said, last, mention, between, span):
                kept[-1] = _Mention((last.value + mention.value) / 2, last.start, mention.end, last.sure)
                continue
            if (
                _CORRECTS.search(between)
                and not _speaks_of_before(between)
                and not re.search(r"\bnow\b", between)
            ):
                kept[-1] = mention
                continue
        kept.append(mention)
    return kept


def _is_range(said: str, last: _Mention, mention: _Mention, between: str, span: float) -> bool:
    left = said[max(0, last.start - _NEAR) : last.start]
    if re.search(r"\bbetween(?: an?)? $", left) and re.fullmatch(r" (?:and|to|or) (?:an? )?", between):
        return True
    if re.fullmatch(r" to (?:an? )?(?:maybe )?(?:an? )?", between):
        return 0 < span <= 2 and not re.search(_MOVES, left) and "now" not in said[mention.end :].split()
    if not _RANGE.fullmatch(between):
        return False
    if not re.search(r"[a-z/-]", re.sub(r"\b(?:about|around|like|an?|its)\b", "", between)) and re.search(
        _MOVES, left
    ):
        return False  # "was 7, 6 now"
    return abs(span) <= 2 or bool(re.search(r"\bor\b", between))


def _placed(said: str, mention: _Mention) -> Scores:
    """Return a single score as the one of now, or of before where the text says so."""
    left, right = said[: mention.start], said[mention.end :]
    earlier = re.search(
        r"\b(?:started (?:at|on|with|as|out at)|used to be|began (?:at|with)|before(?: it was)?|down from|up from) (?:an? )?$",
        left,
    )
    later = re.match(
        r"[ ,]*(?:before(?! (?:bed|work|the meeting))|earlier|at the (?:start|beginning)|when (?:we|i) (?:started|began)|to begin with|at first|beforehand)\b",
        right,
    )
    if (earlier or later) and not re.search(r"\bnow\b", left + right):
        return Scores(before=mention.value)
    return Scores(now=mention.value)


def _resolved(said: str, mentions: list[_Mention]) -> Scores:
    """Return before and now of two or more mentions from the words around them."""
    first, last = mentions[0], mentions[-1]
    left, right = said[: first.start], said[last.end :]
    between = said[mentions[-2].end : last.start]
    role = (
        _role(right, first_cue=True)
        or _role(between, shared=False)
        or _opposite(_role(_WEAK.sub(" ", left)))
        or _role(between, behind=True)
    )
    if role is None and all(0 <= m.value <= 10 for m in mentions):
        return Scores(now=max(m.value for m in mentions))
    if role == "before":
        return Scores(before=last.value, now=first.value)
    return Scores(before=first.value, now=last.value)


def _role(part: str, *, first_cue: bool = False, shared: bool = True, behind: bool = False) -> str | None:
    """Return what the cues in a part of the text make of the last mention.

    Args:
        part: text before, between or behind the mentions.
        first_cue: the nearest cue is the first one (text behind the number).
        shared: read cues too that could belong to the number on their left.
        behind: the part is between two numbers and a lone "before" belongs to the left one.
    """
    cues = [m for m in _CUES.finditer(part) if shared or not _SHARED.fullmatch(m[0])]
    if not cues:
        return None
    cue = cues[0] if first_cue else cues[-1]
    is_shared = _SHARED.fullmatch(cue[0])
    if behind and is_shared:
        # "6 before, 2" speaks of the 6, "5, yesterday 7" of the 7; without a sign "6 before 2" is the first kind.
        separator = re.search(r"[,;]|\b(?:but|and)\b", part)
        return cue.lastgroup if separator and separator.start() < cue.start() else "now"
    return None if first_cue and not is_shared else cue.lastgroup


def _speaks_of_before(part: str) -> bool:
    return any(m["before"] for m in _CUES.finditer(part))


def _opposite(role: str | None) -> str | None:
    return {"before": "now", "now": "before"}.get(role or "")


# --- Better, same, worse -----------------------------------------------------------------------------------

Change = Literal["better", "same", "worse"]
_MUCH = r"(?:any |much |really |a lot |all that |that |so |particularly |exactly |significantly |noticeably |feel |feeling |felt |got |gotten |getting |be |been |made it |make it |it |me |a bit |the slightest bit )*"
_DENIED = (
    r"(?:not|no|isnt|wasnt|hasnt|havent|didnt|doesnt|dont|arent|aint|never|neither|nor|hardly|barely|cant say its|"
    r"wouldnt say its|is not|has not|without)"
)
_BETTER = (
    r"(?:better|beter|bettre|bettter|betterish|eas(?:ed|ing|ier)(?: (?:off|up))?|improv(?:ed|ing|ement|es)|less (?:pain(?:ful)?|sore|stiff|tight|tense|achy|intense)|"
    r"hurts? (?:me )?(?:a (?:bit|lot|little) |much |far )?less|hurting less|milder|looser|lighter|softer|loosened|relieved|relief|helped|helping|soothed|"
    r"subsid(?:ed|ing)|fad(?:ed|ing)|lessen(?:ed|ing)|reduced|decreased|lower|(?:went|gone|going|came|come|coming|is|its|pains) (?:right |way )?down|(?:its|is|pains|feels|a bit|a lot|a little|much|slightly) (?:a (?:bit|lot|little) |much |slightly )?less(?= now|$|[.,!])|dropped|"
    r"worked|pain free|painless|no more pain(?! than)|no pain(?! relief|killers?)|(?:has|is|its|all|pain) gone(?! (?:up|worse|down))|went away|disappeared|"
    r"nicer|as bad|more relaxed|more comfortable|on the mend|help|improve|ease|work)"
)
_WORSE = (
    r"(?:worse|wors|worser|worst (?:now|than)|worsen(?:ed|ing)|more (?:pain(?:ful)?|sore|stiff|tight|tense|achy|intense)|sorer|stiffer|hurts? (?:me )?(?:even |a (?:bit|lot|little) |much |way )?more|"
    r"hurting (?:even |a lot |a bit )?more|stronger|increased|higher|(?:went|gone|going|is|its) (?:right |way )?up|aggravated|flar(?:ed|ing) up|flare up|deteriorated|"
    r"as good|as comfortable)"
)
_SAME = (
    r"(?:unchanged|no(?:t any| real| big| noticeable| great)? (?:change|changes|difference|effect)|same(?! (?:points?|thing|one|side|routine|again|time|place|"
    r"spot|way|question|step|exercise|area|day|please|session|hand|leg))|no different|not (?:much |really |very |any )*(?:changed?|different)|"
    r"(?:hasnt|didnt|doesnt|isnt|nothing|nothing has|nothings|never|hardly|barely|havent|has not) (?:really |much |at all |any )*(?:changed?|changing|different|happened|noticed? (?:any|much|a) (?:change|difference))|"
    r"(?:cant|dont|didnt|havent|hardly|barely|not) (?:really )?(?:feel|felt|tell|see|notice|noticed|noticing) (?:any|much|a|the|much of a)(?: big| real)? (?:difference|change)|"
    r"(?:just|still) as (?:bad|sore|painful|stiff|much)|as (?:bad|sore|painful|stiff) as (?:before|ever|it was)|like before|as before|did nothing|does nothing|neither nor|"
    r"hurts? (?:just |exactly )?as much|made no difference|makes no difference|didnt do (?:anything|much|a thing))"
)
_STATES = re.compile(
    rf"\b(?P<deny>{_DENIED} {_MUCH})?(?:(?P<same>{_SAME})|(?P<better>{_BETTER})|(?P<worse>{_WORSE}))"
    rf"(?P<past> (?:before|earlier|yesterday|this morning|at the start)(?! (?:but|now)\b))?(?![a-z])"
)
_FIXED: list[tuple[re.Pattern[str], str]] = [
    (re.compile(p), v)
    for p, v in (
        (r"\b(?:couldnt|could not|never) (?:be|been|felt|feel) better\b", " \u00b6better "),
        (r"\b(?:couldnt|could not|cant|never) (?:be|been|get|felt|feel) (?:any )?worse\b", " \u00b6worse "),
        (
            r"\b(?:neither|no|not|nor|not any|isnt) (?:any )?(?:better|worse)(?: and| or| nor|,)*(?: its)? (?:nor |or |no |not |any )*(?:better|worse)\b",
            "\u00b6pair",
        ),
        (
            r"\bless worse\b|\bless bad\b|\b(?:hurts?|hurting|ache[sd]?|not bother\w*)? ?(?:not|isnt|doesnt|does not|is not) (?:hurt|hurting|ache|aching|bother me)(?: me)? (?:as|so|that|quite as) much\b|"
            r"\b(?:doesnt|does not|isnt|not) (?:hurt|hurting) (?:at all|any ?more|now)\b|\bno longer hurts?\b|\bhurts? no more\b|"
            r"\b(?:not|isnt|is not|no longer|nowhere near|nothing like) (?:nearly |quite |half )?(?:as|so) (?:bad|sore|painful|stiff|tight|intense|strong|sharp)\b(?: as (?:before|it was))?",
            " \u00b6better ",
        ),
        (
            r"\b(?:doesnt|does not|isnt|not) (?:hurt|hurting)(?: me)? (?:any )?more\b|\bno more pain(?:ful)? than\b",
            " \u00b6same ",
        ),
        (r"\bno more (?:pain|aches?)\b", " \u00b6better "),
        (r"\b(?:not|isnt|is not) (?:nearly |quite )?(?:as|so) good\b", " \u00b6worse "),
        (r"\b(?:better|worse)[ ,]*(?:or|/) ?(?:is it |maybe )?(?:better|worse|the same)\b", " "),
        (
            r"\b(?:id|had|you|id be|wed|we had|you had|much|is it|its|be) better (?:go|not|stop|do|off|start|get|be|if|leave|rest|wait|call|see)\b",
            " ",
        ),
        (
            r"\bbetter (?:not|safe|point|points|one|idea|way|place|spot|option|routine|posture|picture|for|at|than nothing|luck|late)\b",
            " ",
        ),
    )
]
_NO_REPORT = re.compile(
    r"(?:(?<!\w)(?:will|would|could|can|should|if|unless|when|whenever|while|until|hope(?:fully)?|want(?:s)?|need|like|trying|try|how|what|whats|which|who|makes?|"
    r"does|is (?:there|it|that|this)|any|something|anything|might|may|wont|"
    r"(?:other|this|that|first|second|last) (?:one|point|spot)|\u00a7 (?:is|was)|is \u00a7)(?!\w)|^is (?:the|this|that|your)\b)[^.,;!?]*$"
)
_CONDITION = re.compile(
    r"^[^.,;!?]*\b(?:when|whenever|if|while|unless)\b(?! (?:we|i) (?:started|began|pressed|did))"
)


def change(text: str) -> Change | None:
    """Return how the pain has changed as the user says, None if the text does not tell.

    "Not better" and "no worse" are the same. Of two that disagree the later counts ("better at first but worse
    now"). Questions, wishes and "worse when I sit" tell no change.
    """
    said = _figures(text)
    said = re.sub(r"(?<![\w])(?:a|the) (?=(?:bit|lot|little|tad|touch)\b)", "a ", said)
    for pattern, instead in _FIXED:
        said = pattern.sub(lambda m, i=instead: _pair(m) if i == "\u00b6pair" else i, said)
    told: list[Change] = []
    for match in re.finditer(rf"\u00b6(better|same|worse)|{_STATES.pattern}", said):
        kind = match[1] or _state(match)
        if match[1] is None and not _reports(said, match, bool(match["deny"])):
            continue
        told.append(kind)
    clear = [kind for kind in told if kind != "same"]
    return clear[-1] if clear else told[-1] if told else None


_ONLY_DENIED = {"as bad", "as good", "as comfortable", "help", "improve", "ease", "work"}
"""Said of a change only with a "not" in front: "didn't help", "not as good"."""


def _pair(match: re.Match) -> str:
    """Return the state of "no better no worse", or of a contrast such as "not better, worse"."""
    words = re.findall(r"[a-z]+", match[0])
    if words[-1] == next(w for w in words if w in ("better", "worse")):
        return match[0]
    denied_twice = (
        words[0] == "neither" or bool({"or", "nor"} & set(words)) or words[-2] in ("no", "not", "any")
    )
    return " \u00b6same " if denied_twice else f" \u00b6{words[-1]} "


def _state(match: re.Match) -> Change:
    if match["same"]:
        return "same"
    kind: Change = "better" if match["better"] else "worse"
    if match["deny"]:
        if (match["better"] or match["worse"]) in ("as bad", "as good"):
            return "better" if kind == "better" else "worse"
        return "same"
    if match["past"] and (match["better"] or match["worse"]) in (
        "better",
        "worse",
        "less painful",
        "more painful",
        "nicer",
    ):
        return "worse" if kind == "better" else "better"  # "it was better before"
    return kind


def _reports(said: str, match: re.Match, denied: bool) -> bool:
    """Tell whether the words are about how it is, not a question, a wish, a comparison of habits."""
    clause = re.split(r"[.,;!?]|\b(?:but|and now|so)\b", said[: match.start()])[-1]
    if (match["better"] or match["worse"]) in _ONLY_DENIED and not denied:
        return False
    if (match["better"] or "") in ("lower", "softer", "lighter") or (match["worse"] or "") in (
        "higher",
        "stronger",
    ):
        # The same words ask for another pressure or place: "press lighter", "a bit higher", "lower back".
        if re.match(r" ?(?:back|spine|leg|down|part|belly|abdomen|pressure)\b", said[match.end() :]):
            return False
        if not re.search(
            r"\b(?:its|is|pain|feels?|feeling|got|gets|getting|became|now)\b", clause
        ) or re.search(r"\b(?:press|push|go|hold|move|try|make)\b", clause):
            return False
    if re.match(
        r" (?:one|way|points?|spot|routine|version|posture|position|to (?:press|reach|find))\b",
        said[match.end() :],
    ):
        return False
    if _NO_REPORT.search(
        re.sub(
            r"\bif anything\b|\b(?:feels?|is|felt) like\b|\b(?:cant|can) (?:say|feel|tell)\b|\bi would say\b",
            "",
            clause,
        )
    ):
        return False
    return not (_CONDITION.match(said[match.end() :]) and not re.search(r"\bnow\b", said))


# --- Posture -----------------------------------------------------------------------------------------------

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
    said = re.sub(r"[\u00a7~]", " ", _figures(text))
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


# --- Time of day -------------------------------------------------------------------------------------------

_PART_TIMES = {
    "morning": time(8),
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(20),
    "night": time(22),
}
_PART_WORDS = re.compile(
    r"(?:\b|(?<=\d))(?:(?P<morning>mornings?|(?<=\d)am|(?<=\d )am)|(?P<afternoon>afternoons?)|(?P<evening>evenings?|tonight)|(?P<night>nights?|nightly)|"
    r"(?P<pm>(?<=\d)pm|(?<=\d )pm))\b"
)
_FIXED_TIMES: list[tuple[re.Pattern[str], time]] = [
    (re.compile(p), at)
    for p, at in (
        (r"\b(?:noon|mid ?day|12 noon)\b", time(12)),
        (r"\bmid ?night\b", time(0)),
        (r"\b(?:lunch ?time|lunch break|over lunch|at lunch|after lunch|before lunch)\b", time(12, 30)),
        (
            r"\bbefore breakfast\b|\b(?:when|as soon as|after) i (?:wake|get) up\b|\bfirst thing\b|\bon waking\b|\bafter waking(?: up)?\b",
            time(7),
        ),
        (r"\b(?:at|after|with|over) breakfast\b", time(8)),
        (r"\b(?:after work|when i get home|tea ?time)\b", time(18)),
        (r"\b(?:after|at) (?:dinner|supper|tea)\b|\bdinner ?time\b", time(20)),
        (
            r"\b(?:before|at|going to|go to|goes to|to) bed ?(?:time)?\b|\bbed ?time\b|\bbefore (?:i (?:go to )?sleep|sleep(?:ing)?|going to (?:sleep|bed))\b",
            time(22),
        ),
    )
]
_MINUTE_OF = r"(?P<min>\d{1,2}|half|(?:a )?quarter)"
_HOUR = r"(?P<hour>\d{1,2})"
_CLOCK = [
    re.compile(p)
    for p in (
        rf"\b(?P<min>half)(?: past| after)? (?:the hour )?{_HOUR}\b",
        rf"\b{_MINUTE_OF} (?:minutes? |mins? )?(?P<rel>past|after|to|til|till|until|before|of) (?:(?P<named>noon|midnight|midday)|{_HOUR})\b(?! ?(?:min|m\b|hours?|h\b|sec|10\b))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) ?[:.h] ?(?P<min>\d{2})(?![\d:/]|\.\d)(?! ?(?:min|sec|percent|%))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) hundred(?: hours| hrs)?\b",
        r"(?<![\d.:,/])(?P<hour>[01]\d|2[0-3])(?P<min>[0-5]\d)(?: ?(?:hours|hrs|h)\b|(?= ?[ap]m\b)|$)",
        r"(?:^|\b(?:at|around|about|for) )(?P<hour>[1-9])(?P<min>[0-5]\d)(?= ?[ap]m\b|$)",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) (?:oh? |0 )(?P<min>\d)\b(?! ?(?:min|times))",
        r"(?<![\d.:,/])(?P<hour>\d{1,2}) (?P<min>[0-5]\d)\b(?! ?(?:min|m\b|sec|hour|day|times|point))",
        r"(?<![\d.:,/\u00a7-])(?P<hour>\d{1,2}) ?(?P<sure>o ?clock|(?=[ap]m\b))",
        r"(?<![\d.:,/\u00a7-])(?P<hour>\d{1,2}) (?P<sure>in the (?:morning|afternoon|evening)|at night|tonight|every (?:morning|evening|night)|each (?:morning|evening|night)|tomorrow|daily|every day)\b",
        r"(?:\b(?:at|around|about|by|for|make it|make that|change it to|say|from|until|till|past|every (?:day|morning|evening|night)|daily|tomorrow|morning|evening|tonight|it to|no|no,|sorry|sorry,|rather|actually|i mean|"
        r"alarm to|reminder to)|@) ?(?:about |around |like |roughly |at )?(?P<hour>\d{1,2})(?:ish| ish)?\b(?![:./%\u00a7]\d| ?(?:min|sec|m\b|hours?|hrs?|h\b|days?|weeks?|months?|years?|times|points?|percent|%|x\b|out of|of 10|st\b|th\b|-))",
        r"^(?:(?:ok|okay|um|uh|yes|yeah|well|no|maybe|perhaps|rather|sorry|please|lets say|about|like) ?,? ?)*(?P<hour>\d{1,2})(?:ish| ish)?(?: (?:please|thanks|then|is fine|is good|works|would be (?:good|great|fine)|maybe|sharp))*[.!?]*$",
    )
]
_INTERVAL = re.compile(
    r"\b(?:every|each) (?:other )?\d+(?:\.\d+)? ?(?:hours?|hrs?|h|minutes?|mins?|days?|weeks?)\b|\bin (?:about )?\d+ ?(?:hours?|minutes?|mins?|hrs?)\b"
)
_ABOUT_PAIN = re.compile(
    r"^(?!.*\b(?:remind|reminder|alarm|every|each|daily|routine)\b).*\b(?:pain|hurts?|hurting|aches?|aching|sore|worse|better|stiff|numb)\b"
)
"""Says when it hurts ("pain at night"), which is no wish for that time."""
_EARLIEST_SAID = 6
"""Without "morning" or "pm", hours from one up to this are taken for the afternoon: nobody asks to be woken at three."""


def time_of_day(text: str) -> time | None:
    """Return the time of day that a text tells, None if it tells none.

    A bare hour is the morning from six on, and the afternoon from one to five. Parts of the day without an hour
    have a fixed one: morning 8, noon 12, afternoon 15, evening 20, night and bed 22. Of several times the first
    counts, unless a later one corrects it.
    """
    said = re.sub(r"\bgood (?:morning|afternoon|evening|night)\b", " ", _figures(text))
    said = re.sub(
        r"\b(?:not|instead of|rather than) (?:at |in the )?(?:\d[\d:.]*(?: ?(?:am|pm|oclock))?|mornings?|evenings?|nights?|afternoons?)\b",
        " ",
        said,
    )
    said = _INTERVAL.sub(" ", said)
    said = " ".join(said.split())
    found = _clocks(said)
    if found:
        last = found[-1]
        if len(found) > 1 and re.search(
            r"\b(?:no|sorry|actually|make it|i mean|rather|better)\b", said[found[0][1] : last[1]]
        ):
            return last[2]
        return found[0][2]
    fixed = [(m.start(), at) for pattern, at in _FIXED_TIMES if (m := pattern.search(said))]
    if fixed:
        return min(fixed)[1]
    part = _PART_WORDS.search(said)
    if _ABOUT_PAIN.search(said):
        return None
    if (
        part
        and part.lastgroup in _PART_TIMES
        and not re.search(r"\b(?:all|last|this|yesterday) $", said[: part.start()])
    ):
        return _PART_TIMES[part.lastgroup]
    return None


def _clocks(said: str) -> list[tuple[int, int, time]]:
    """Return (start, end, time) of the clock times in a text, in its order."""
    taken: list[tuple[int, int, time | None]] = []
    for pattern in _CLOCK:
        for match in pattern.finditer(said):
            if all(match.end() <= start or end <= match.start() for start, end, _ in taken):
                taken.append((match.start(), match.end(), _clock(said, match)))
    return sorted((start, end, at) for start, end, at in taken if at is not None)


def _clock(said: str, match: re.Match) -> time | None:
    groups = match.groupdict()
    named = groups.get("named")
    hour = (0 if named == "midnight" else 12) if named else int(groups["hour"])
    minute = groups.get("min") or "0"
    if groups.get("rel") and minute.isdigit() and int(minute) % 5 and "min" not in match[0]:
        return None  # "from six to two" is a range; people round when they leave the minutes unsaid
    minute_number = 30 if minute == "half" else 15 if "quarter" in minute else int(minute)
    if hour > 24 or minute_number > 59:
        return None
    written = groups.get("hour") or ""
    hour = hour if named else _in_day(hour, said, match, exact=len(written) == 2 and written[0] == "0")
    total = hour * 60 + (
        -minute_number
        if groups.get("rel") in ("to", "til", "till", "until", "before", "of")
        else minute_number
    )
    return time(total // 60 % 24, total % 60)


def _in_day(hour: int, said: str, match: re.Match, exact: bool) -> int:
    """Return the hour of 24, from the part of the day said nearest behind it, else before it.

    An exact hour ("05:30") needs no guess where no part of the day is said.
    """
    part = _PART_WORDS.search(said, match.start()) or _PART_WORDS.search(said)
    half = part.lastgroup if part else None
    if hour > 12:
        return hour
    if half == "morning":
        return hour % 12
    if half in ("pm", "afternoon"):
        return hour % 12 + 12
    if half == "evening":
        return hour % 12 + 12 if hour != 12 else 0
    if half == "night":
        return 0 if hour == 12 else hour if hour < 5 else hour + 12
    if exact:
        return hour
    bed = re.search(r"\bbefore (?:bed|sleep)|\bbedtime\b|\bafter (?:work|dinner)\b", said)
    if bed or 1 <= hour < _EARLIEST_SAID:
        return hour % 12 + 12 if hour != 12 else 0
    return hour
