"""Reads pain scores from 0 to 10, of before and of now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from acupressure.quantities.figures import in_figures
from acupressure.text import clean, plain


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
    r"(?:/ ?|out (?:of|off?) (?:a |possible )?|of |on |outta |over )(10|5|100)(?!\w|[./:]\d)"
)
_SCALE = re.compile(
    r"\b(?:(?:on|in|from|using) )?(?:a |the |your |that )?(?:pain )?scale(?: (?:of|from))? (?:0|1) ?(?:to|-) ?10\b|"
    r"\b(?:from )?(?:0|1) to 10 scale\b|\bout of (?:10|ten)\b"
)
_NO_SCORE_BEFORE = re.compile(
    r"\b(?:steps?|numbers?|no\.|nr|points?|options?|routines?|exercises?|questions?|pages?|ages?|aged|by|top|past|next|"
    r"first|every|version|day|week|another|these|those|the|my|your|all|take|took|since|in|plus|vertebrae?|disc|nearest|"
    r"as if i was|as if i were|like im|like i am|like i was|spent|press|do|show|want|need|try|give me|grade|stage|covid|room|floor|(?<!\w)[b-hj-z]|\u00a7) ?$"
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
        (r"\b(?:if|in case|unless|whether) (?:theres|there is|there was|you have|i have) 1\b", " "),
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
    said = in_figures(text)
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
        if len(kept) > 1 and mention.value == kept[-1].value:  # "today it's more of a 5. Put 5"
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
