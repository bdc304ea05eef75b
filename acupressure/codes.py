"""Point codes in every spelling people use: WHO, French, older English, spoken letters, number words.

Prefixes and the rule for the two numberings of the outer bladder line are described in the WHO standard
(2008) and in the notes on old numbers of the catalogue (``numbering`` in faq.yml).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# family: (forms that may stand apart from the number, forms that count only when written together with it)
_PREFIXES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "LU": (("lu", "lung", "l u", "el you", "ell you", "l you"), ()),
    "LI": (("li", "large intestine", "l i", "el eye", "elle i", "ell eye", "l eye", "colon", "gi"), ("di",)),
    "ST": (("st", "stomach", "s t", "ess tee", "ess tea", "s tea"), ("e", "ma")),
    "SP": (("sp", "spleen", "s p", "rp", "ess pee", "ess pea", "s pea", "sp."), ()),
    "HT": (("ht", "heart", "h t", "aitch tee", "aitch tea", "h tea"), ("h", "he", "c")),
    "SI": (("si", "small intestine", "s i", "ess eye", "s eye"), ("id",)),
    "BL": (
        (
            "bl",
            "bladder",
            "urinary bladder",
            "ub",
            "b l",
            "u b",
            "bee el",
            "bee ell",
            "be ell",
            "b ell",
            "be el",
            "bee l",
            "b el",
            "you bee",
            "bee",
        ),
        ("b", "v"),
    ),
    "KI": (("ki", "kidney", "k i", "kay eye", "k eye", "kid knee", "kd", "kid"), ("k", "r", "ni")),
    "PC": (
        (
            "pc",
            "pericardium",
            "p c",
            "mh",
            "mc",
            "pee see",
            "pee sea",
            "pea see",
            "pea sea",
            "p see",
            "p sea",
        ),
        ("p",),
    ),
    "TE": (
        (
            "te",
            "triple energizer",
            "triple energiser",
            "triple burner",
            "triple heater",
            "triple warmer",
            "san jiao",
            "sanjiao",
            "sj",
            "tb",
            "tw",
            "th",
            "t e",
        ),
        ("tr",),
    ),
    "GB": (
        (
            "gb",
            "gallbladder",
            "gall bladder",
            "goal bladder",
            "gold bladder",
            "gal bladder",
            "vb",
            "g b",
            "gee bee",
            "g be",
            "gee be",
            "g bee",
            "jee bee",
        ),
        (),
    ),
    "LR": (
        (
            "lr",
            "liver",
            "liv",
            "lv",
            "l r",
            "l v",
            "el are",
            "ell are",
            "el ar",
            "ell ar",
            "l are",
            "l ar",
            "lever",
        ),
        ("f", "le"),
    ),
    "CV": (
        (
            "cv",
            "conception vessel",
            "ren",
            "ren mai",
            "rn",
            "vc",
            "c v",
            "see vee",
            "sea vee",
            "see v",
            "sea v",
            "c vee",
        ),
        (),
    ),
    "GV": (
        (
            "gv",
            "governing vessel",
            "governor vessel",
            "du",
            "du mai",
            "vg",
            "g v",
            "gee vee",
            "g vee",
            "jee vee",
        ),
        (),
    ),
}
_ORGANS = {
    "lung", "large intestine", "stomach", "spleen", "heart", "small intestine", "bladder", "kidney", "pericardium",
    "gallbladder", "gall bladder", "goal bladder", "liver", "lever",
    "governing vessel", "governor vessel",
}  # fmt: skip
_OLD_STYLE = {"b", "ub", "u b", "bladder", "urinary bladder", "v", "you bee", "bee"}
"""Bladder prefixes under which older books count the outer back line first."""

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60}
_NUMBER_WORDS = {word: value for value, word in enumerate(_ONES) if value}
_HOMOPHONES = {
    "won": 1, "to": 2, "too": 2, "tree": 3, "free": 3, "for": 4, "fore": 4, "fife": 5, "sex": 6, "sicks": 6, "ate": 8,
}  # fmt: skip
"""What a recogniser writes for a digit; trusted only right behind a spoken code prefix."""
_NAME_ENDS = (
    r"(?=\s*(?:$|[?.,!])|\s+(?:what|where|how|can|could|should|would|is|are|does|do|please|point|spot|who|which|when|"
    r"why|show|i|if|used)\b)"
)
"""What may follow a name such as "large intestine for" that ends in a homophone."""
_NEW_QUESTION = r"(?=\s+(?:where|which|can|could|should|is|does|do|please|point|show)\b)"
"""What follows "gall bladder thirty for" when it is 34; at the end of "what is gall bladder thirty for" it is not."""

_UNITS = (
    "times?|days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|seconds?|secs?|x|%|percent|o'clock|am|pm|am?|kg|lbs?|"
    "cm|mm|inch(?:es)?|fingers?|operations?|surger(?:y|ies)|infections?|stones?|attacks?|cups?|miles?|km|steps?|laps?"
)


@dataclass(frozen=True)
class CodeMention:
    """A code met in a text."""

    family: str
    """WHO prefix, such as ``BL``."""
    number: int
    start: int
    end: int
    old_style: bool
    """True where the prefix is one that older books with another numbering use (B 54, UB54, bladder 54)."""

    @property
    def code(self) -> str:
        """The code as the WHO writes it."""
        return f"{self.family}{self.number}"


def _number_pattern(homophones: bool) -> str:
    ones = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
    small = "|".join(sorted([*_ONES[1:10], *(_HOMOPHONES if homophones else ())], key=len, reverse=True))
    tens = "|".join(sorted(_TENS, key=len, reverse=True))
    alone = (
        "|".join(sorted([*_NUMBER_WORDS, *(_HOMOPHONES if homophones else ())], key=len, reverse=True))
        if homophones
        else ones
    )
    return rf"(?:\d[\do]{{0,2}}(?![\d.]*\d)|(?<=[\s\-.])(?:(?:{tens})(?:[\s-]+(?:{small}))?|(?:{alone})))"


def _forty(letters: str) -> re.Pattern[str]:
    """Return the pattern of "b for the eight": what a recogniser of speech writes for B 48."""
    return re.compile(
        rf"(?<!\w)(?<!\w')({letters})\s+((?:for|four|fore) the (?:{'|'.join(_ONES[1:10])}))(?!\w)"
    )


def _compile() -> list[tuple[str, str, bool, re.Pattern[str]]]:
    """Return (first word of the prefix, family, old style, pattern)."""
    patterns = []
    for family, (loose, tight) in _PREFIXES.items():
        for form in loose:
            homophones = " " in form and len(form.replace(" ", "")) <= 6
            if form in _ORGANS:
                body, heard = form.replace(" ", r"\s+"), "|".join(_HOMOPHONES)
                told = re.compile(rf"(?<!\w)({body})\s+({heard})(?!\w){_NAME_ENDS}")
                patterns.append((form.split()[0], family, form in _OLD_STYLE, told))
                tens = rf"(?:{'|'.join(_TENS)})[\s-]+(?:for|fore)"
                told = re.compile(rf"(?<!\w)({body})\s+({tens})(?!\w){_NEW_QUESTION}")
                patterns.append((form.split()[0], family, form in _OLD_STYLE, told))
            if homophones:
                patterns.append(
                    (form.split()[0], family, form in _OLD_STYLE, _forty(form.replace(" ", r"\s+")))
                )
            gap = r"[\s\-.#_]*(?:number\s+|no\.?\s*|point\s+)?"
            body = form.replace(" ", r"[\s.\-]+")
            patterns.append(
                (
                    form.split()[0],
                    family,
                    form in _OLD_STYLE,
                    re.compile(rf"(?<!\w)({body}\.?){gap}({_number_pattern(homophones)})(?!\w)"),
                )
            )
        for form in tight:
            gap = r"[\s\-]?" if len(form) == 1 else r"-?"
            patterns.append(
                (
                    form.split()[0],
                    family,
                    form in _OLD_STYLE,
                    re.compile(rf"(?<!\w)(?<!\w')({form}){gap}(\d{{1,2}})(?![\w%.:/]\w|\w)"),
                )
            )
    for form in ("b", "v", "k", "h", "p"):
        family = next(f for f, (_, tight) in _PREFIXES.items() if form in tight)
        patterns.append((form, family, form in _OLD_STYLE, _forty(form)))
        words = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-]+(?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES[1:])})"
        patterns.append(
            (
                form,
                family,
                form in _OLD_STYLE,
                re.compile(
                    rf"(?<!\w)(?<!\w')({form})\s+({words})(?!\w)(?!\s+(?:more|question|thing|last|of)\b)"
                ),
            )
        )
    return patterns


_PATTERNS = _compile()
_LETTERS = re.compile(r"[a-z]+")
_BEFORE_UNIT = re.compile(rf"\s*(?:{_UNITS})\b")
_VERTEBRA = re.compile(
    r"\b(vertebra|disc|disk|spine|spinal|herniat\w*|slipped|fus(?:ed|ion)|[ct]\d{1,2}\s*[-/]\s*[ct]?\d)"
)
_SPELLED = {"bl", "ub", "li", "gb", "gv", "cv", "lr", "lv", "ki", "pc", "ht", "si", "sp", "st", "te", "lu"}


def number_of(text: str) -> int:
    """Return the number that digits or English number words stand for."""
    if text[0].isdigit():
        return int(text.replace("o", "0"))  # "gb2o" is a slip of the finger for gb20
    total = 0
    text = re.sub(r"^(?:for|four|fore) the ", "forty ", text)
    for word in re.split(r"[\s-]+", text):
        total += _TENS.get(word) or _NUMBER_WORDS.get(word) or _HOMOPHONES[word]
    return total


def find_codes(text: str) -> list[CodeMention]:
    """Return the codes met in a lower-case text, longest match first where two overlap."""
    found: list[CodeMention] = []
    begun = set(_LETTERS.findall(text))
    for first, family, old_style, pattern in _PATTERNS:
        if first not in begun:
            continue
        for match in pattern.finditer(text):
            prefix = match.group(1)
            if text[: match.start()].rstrip().endswith("vitamin"):
                continue  # vitamin B12, vitamin K2
            if _BEFORE_UNIT.match(text, match.end()) and prefix not in _SPELLED:
                continue  # "bladder 2 times", "stomach 3 days": a count, not a code
            if prefix == "c" and _VERTEBRA.search(text):
                continue  # C7 is a neck bone as well as the French heart 7
            number = number_of(match.group(2))
            found.append(CodeMention(family, number, match.start(), match.end(), old_style))
    found.sort(key=lambda m: (m.start, -(m.end - m.start)))
    kept: list[CodeMention] = []
    for mention in sorted(found, key=lambda m: -(m.end - m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def old_to_who(number: int) -> int | None:
    """Return the WHO number of an old bladder-line number, or None where both systems agree.

    Old B 36-49 (outer back line first) are WHO BL41-54; old B 50-54 are WHO BL36-40.
    """
    if 36 <= number <= 49:
        return number + 5
    if 50 <= number <= 54:
        return number - 14
    return None


_DIGIT_NAMES = [*_ONES, "twenty"]


def spoken_number(number: int) -> str:
    """Return a number below a million in English words, as one would say it."""
    if number >= 1_000:
        rest = number % 1_000
        head = f"{spoken_number(number // 1_000)} thousand"
        return head + (f"{' and' if rest < 100 else ''} {spoken_number(rest)}" if rest else "")
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens = (
            next(word for word, value in _TENS.items() if value == number // 10 * 10)
            if number < 70
            else {7: "seventy", 8: "eighty", 9: "ninety"}[number // 10]
        )
        return tens if number % 10 == 0 else f"{tens} {_ONES[number % 10]}"
    rest = number % 100
    return f"{_ONES[number // 100]} hundred" + (f" and {spoken_number(rest)}" if rest else "")


def spoken(code: str) -> str:
    """Return a code for the ear: ``BL40`` -> ``B L forty``, ``EX-UE7`` -> ``E X, U E seven``."""
    if not any(ch.isdigit() for ch in code):
        return code
    pieces = []
    for part in re.findall(r"[A-Za-z]+|\d+|-(?=\d)", code):
        if part == "-":
            pieces.append("to")
        elif part.isdigit():
            pieces.append(spoken_number(int(part)))
        else:
            pieces.append(" ".join(part))
    return " ".join(pieces)
