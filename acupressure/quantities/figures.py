"""Numbers in words to figures, and the plain form of a text that every reader looks at."""

from __future__ import annotations

import re

from acupressure.codes import find_codes, spoken_number
from acupressure.text import clean, plain

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


def in_figures(text: str) -> str:
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
