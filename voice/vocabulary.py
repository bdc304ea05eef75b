"""What people may say to the guide, in words as they are said: out of training phrases, messages and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from acupressure.catalog import Catalog, read_yaml
from acupressure.codes import find_codes, spoken, spoken_number
from acupressure.finder import Finder
from acupressure.text import joined, plain
from acupressure.vocabulary import is_common
from acupressure.wording import for_ear
from voice import pronounce

ROOT = Path(__file__).resolve().parent.parent
MERIDIANS = {
    "LU": ("lung",), "LI": ("large intestine",), "ST": ("stomach",), "SP": ("spleen",), "HT": ("heart",),
    "SI": ("small intestine",), "BL": ("bladder",), "KI": ("kidney",), "PC": ("pericardium",),
    "TE": ("triple energizer", "triple burner"), "GB": ("gallbladder",), "LR": ("liver",),
    "CV": ("conception vessel",), "GV": ("governing vessel",),
}  # fmt: skip
"""How the letters of a code are said in full."""
_CODE = re.compile(r"\b(EX-[A-Z]{1,2}|[A-Z]{2})(\d{1,2})\b")
_ANNOTATED = re.compile(r"\[([^\]]+)\]\([a-z_]+(?::[a-z_]+)?\)")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_NAMED = (
    "{n}", "where is {n}", "where do i find {n}", "how do i press {n}", "how hard do i press {n}", "how long do i hold {n}",
    "how long should i press {n}", "what is {n} good for", "what does {n} do", "show me {n}", "tell me about {n}",
    "is {n} safe", "can i press {n}", "is {n} safe in pregnancy", "how often can i press {n}", "does {n} really work",
    "i cannot find {n}", "what about {n}", "who should not press {n}", "where exactly is {n}", "and {n}",
)  # fmt: skip
_NAMED_SHORT = ("where is {n}", "how do i press {n}", "how long do i hold {n}", "{n}")
_ACHES = (
    "which points for {n}",
    "points for {n}",
    "i have {n}",
    "what can i press for {n}",
    "what helps with {n}",
)
_LED = (
    "start the {n}",
    "do the {n} with me",
    "lead me through the {n}",
    "walk me through the {n}",
    "the {n}",
    "{n}",
)
_WISHES = (
    "{m} minutes for my {a}",
    "a {m} minute routine for my {a}",
    "lead me through {m} minutes for my {a}",
    "walk me through {m} minutes for my {a}",
    "a {m} minute {a} routine",
    "start a {m} minute {a} routine",
)
_MINUTES = ("two", "three", "five", "six", "eight", "ten", "twelve", "fifteen", "twenty", "thirty")
_PLACES = (
    "lower back",
    "back",
    "upper back",
    "neck",
    "shoulder",
    "hip",
    "knee",
    "leg",
    "head",
    "wrist",
    "foot",
    "sciatica",
)
_SCORES = (
    "{s}",
    "a {s}",
    "{s} out of ten",
    "a {s} out of ten",
    "it is a {s}",
    "it's a {s}",
    "my pain is {s} out of ten",
    "my pain is a {s}",
    "about {s}",
    "maybe a {s}",
    "now it is {s}",
    "down to a {s}",
)
_ANSWERS = (
    "yes", "yes please", "yes that's right", "no", "no thanks", "no thank you", "none of those", "none of them", "next",
    "next point", "next one", "next please", "go on", "go on please", "continue", "pause", "pause please", "hold on", "wait",
    "wait a moment", "stop", "stop please", "stop the routine", "finish", "finish the routine", "repeat that", "say that again",
    "repeat", "go back", "back", "previous point", "skip this one", "skip", "slower", "slower please", "faster", "longer",
    "shorter", "other side", "the other side", "how long left", "where are we", "start", "begin", "start again", "done",
    "i'm done", "help", "the first one", "the second one", "the third one", "first", "second", "third", "one", "two", "three",
    "resume", "resume the routine", "forget me", "thank you", "thanks", "hello", "goodbye", "louder", "another point",
)  # fmt: skip
_TAKEN = (
    "i take {n}", "i take {n} every day", "i'm taking {n}", "i'm on {n}", "i am on {n}", "i have been on {n} for years", "yes {n}",
    "yes i take {n}", "yes i'm on {n}", "is it safe with {n}", "can i press it on {n}", "i take {n} for my heart", "my doctor put me on {n}",
    "my husband takes {n}", "my mother is on {n}", "because of {n}", "{n}",
)  # fmt: skip
_REPEATS = {"free": 2, "command": 6, "name": 2, "answer": 25}
"""How much more than a sentence made of a pattern they count: what people say freely, commands of a routine, names."""
_SHORT = 5
_FEWEST = 3
_LONGEST = 20
"""Words above which nobody says it in one breath."""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are said: numbers and codes in words, no signs."""
    text = for_ear(_CODE.sub(lambda m: f"{spoken(m[1] + m[2])}", text))
    return _WORD.findall(plain(text).replace("-", " "))


def forms(text: str) -> Iterator[str]:
    """Yield a text with its codes as letters and, where it has any, with the names of their lines."""
    yield text
    if any(m[1] in MERIDIANS for m in _CODE.finditer(text)):
        yield _CODE.sub(lambda m: f"{MERIDIANS.get(m[1], (m[1],))[0]} {m[2]}", text)


def code_names(code: str) -> list[str]:
    """Return how a code is said: its letters, and the name of its line with the number."""
    match = _CODE.fullmatch(code)
    said = [spoken(code).lower().replace(",", "")]
    if match and match[1] in MERIDIANS:
        said += [f"{line} {spoken_number(int(match[2]))}" for line in MERIDIANS[match[1]]]
    return said


def pinyin_names(catalog: Catalog) -> dict[str, str]:
    """Return every pinyin name in one word, with its code."""
    named = {joined(w.pinyin): w.code for w in catalog.who.values()}
    return {**named, **{joined(p.pinyin): p.code for p in catalog.points.values()}}


def name_finder(catalog: Catalog) -> Callable[[str], bool]:
    """Return what tells whether a text in words has a point's code or one of its names in it."""
    names = {" ".join(words_of(name)) for point in catalog.points.values() for name in point.names}
    names |= set(pinyin_names(catalog))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b")
    return lambda text: bool(pattern.search(text) or find_codes(text))


def medicines(catalog: Catalog) -> list[str]:
    """Return the medicines that tell a personal risk: no dictionary of everyday English has them, and none may be misheard."""
    return [name for caution in catalog.cautions.cautions.values() for name in caution.medicines]


class Corpus:
    """Sentences with how often each counts, and the pronunciations of words that the dictionary lacks."""

    def __init__(self) -> None:
        self.sentences: Counter[str] = Counter()
        self.named: set[str] = set()
        self.sounds: dict[str, list[str]] = {}
        self._known = pronounce.dictionary()

    def add(self, text: str, times: int = 1, names: bool = False) -> None:
        """Take a sentence, unless it has a word that nobody could say: slips of the finger are no words.

        Args:
            names: it is made of names of the catalogue, whose words are words even if rare.
        """
        for form in forms(text):
            words = words_of(form)
            if words and all(self._sayable(word, names) for word in words):
                self.sentences[" ".join(words)] += times
                self.named.update(words if names else ())

    def _sayable(self, word: str, named: bool) -> bool:
        if word in self._known or word in self.sounds:
            return True
        if not named and not is_common(word):
            return False
        sounds = pronounce.english(word)
        if sounds:
            chinese = (pronounce.pinyin(word), pronounce.read_aloud(word)) if named else ()
            self.sounds[word] = list(dict.fromkeys([sounds, *filter(None, chinese)]))
        return sounds is not None

    def add_pinyin(self, name: str) -> None:
        """Take a pinyin name: as it is in Chinese, and as somebody reads it who only knows English."""
        found = [pronounce.pinyin(name), pronounce.english(name), pronounce.read_aloud(name)]
        self.sounds[name] = list(dict.fromkeys([*self._known.get(name, []), *filter(None, found)]))

    def drop_rare(self, fewest: int = _FEWEST) -> None:
        """Drop sentences with words that hardly anybody uses: each costs all the others a little certainty."""
        seen = Counter(word for sentence in self.sentences for word in set(sentence.split()))
        kept = {word for word, count in seen.items() if count >= fewest} | self.named
        self.sentences = Counter({s: n for s, n in self.sentences.items() if kept.issuperset(s.split())})

    @property
    def words(self) -> set[str]:
        """Every word that occurs."""
        return {word for sentence in self.sentences for word in sentence.split()}

    def pronunciations(self, words: Iterable[str]) -> str:
        """Return the dictionary of some words, in the form the recogniser reads."""
        lines = []
        for word in sorted(words):
            known = [*(self.sounds.get(word) or self._known[word]), *pronounce.MORE.get(word, ())]
            for number, sounds in enumerate(dict.fromkeys(known), start=1):
                lines.append(f"{word}{f'({number})' if number > 1 else ''} {sounds}")
        return "\n".join(lines) + "\n"


_RENAMED = 4
"""Other points that stand in the place of the one in a phrase."""


def training_phrases(folder: Path = ROOT / "data" / "nlu") -> Iterator[tuple[str, str]]:
    """Yield (topic, phrase) of all training phrases."""
    for path in sorted(folder.glob("*.yml")):
        for block in read_yaml(path).get("nlu") or []:
            for line in block["examples"].splitlines():
                if line.strip().startswith("- "):
                    yield path.stem, _ANNOTATED.sub(r"\1", line.strip()[2:].strip())


def messages(folder: Path = ROOT / "data" / "screening") -> Iterator[str]:
    """Yield the messages that teach the screen of warning signs and risks."""
    for path in sorted(folder.glob("*.yml")):
        yield from _texts(read_yaml(path))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if " " in value:
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def corpus(catalog: Catalog) -> Corpus:
    """Return everything people may say."""
    said = Corpus()
    for name in pinyin_names(catalog):
        said.add_pinyin(name)
    for topic, phrase in training_phrases():
        short = topic in {"routine", "pain"} and len(phrase.split()) <= _SHORT
        said.add(phrase, _REPEATS["command" if short else "free"])
    for message in messages():
        if len(message.split()) <= _LONGEST:
            said.add(message, _REPEATS["free"])
    for phrase in _ANSWERS:
        said.add(phrase, _REPEATS["answer"])
    _add_names(said, catalog)
    _add_renamed(said, catalog)
    for minutes in _MINUTES:
        for place in _PLACES:
            for wish in _WISHES:
                said.add(wish.format(m=minutes, a=place), names=True)
    for score in range(11):
        for told in _SCORES:
            said.add(told.format(s=spoken_number(score)), _REPEATS["name"])
    return said


def _add_renamed(said: Corpus, catalog: Catalog) -> None:
    """Take the training phrases that ask about one point once more, with other points in its place.

    Who asks "has anybody tested Weizhong" says a name that no phrase of that kind may hold: each name has to be
    expected wherever one can stand.
    """
    finder = Finder(catalog)
    names = cycle(
        name for p in catalog.points.values() for name in (joined(p.pinyin), *code_names(p.code)[:1], p.name)
    )
    for _, phrase in training_phrases():
        text = phrase.lower()
        told = [m for m in finder.points(text) if m.codes and m.how in {"code", "name"}]
        if len(told) == 1:
            before, after = text[: told[0].start], text[told[0].end :]
            for name in islice(names, _RENAMED):
                said.add(f"{before}{name}{after}", _REPEATS["free"])


def _add_names(said: Corpus, catalog: Catalog) -> None:
    for point in catalog.points.values():
        names = [*point.names, *code_names(point.code), joined(point.pinyin)]
        for name in dict.fromkeys(names):
            for pattern in _NAMED:
                said.add(
                    pattern.format(
                        n=f"the {name} point" if name in point.nicknames and "point" not in name else name
                    ),
                    names=True,
                )
                if name in point.names:
                    said.add(pattern.format(n=f"the {name}"), names=True)
        for place in point.places:
            said.add(f"is there a point {place}", names=True)
            said.add(f"the point {place}", names=True)
    for point in catalog.who.values():
        for name in (*code_names(point.code), joined(point.pinyin)):
            for pattern in _NAMED_SHORT:
                said.add(pattern.format(n=name), names=True)
    for complaint in catalog.complaints.values():
        for name in (complaint.name, *complaint.says):
            for pattern in _ACHES:
                said.add(pattern.format(n=name))
    for medicine in medicines(catalog):
        for pattern in _TAKEN:
            said.add(pattern.format(n=medicine), _REPEATS["name"], names=True)
    for routine in catalog.routines.values():
        for name in (routine.name, *routine.says):
            for pattern in _LED:
                said.add(pattern.format(n=name), _REPEATS["name"], names=True)
    said.drop_rare()
