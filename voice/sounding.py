"""Names that no recogniser of general English knows, found by what was written for them: "wise hung" is Weizhong.

Moonshine writes names of points and of medicines as English words that sound like them, and other ones each time. What
it wrote is turned into sounds, coarse ones, and held against the sounds of every name, in all the ways in which it is read
aloud. A name found that way is only proposed: the assistant asks whether it was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from acupressure.catalog import Catalog
from acupressure.vocabulary import is_common
from voice import pronounce
from voice.vocabulary import code_names, medicines, pinyin_names

_CLASSES = {
    **dict.fromkeys(("IY", "IH"), "i"), **dict.fromkeys(("EY", "EH", "AE"), "e"), **dict.fromkeys(("UH", "UW"), "u"),
    **dict.fromkeys(("AA", "AH", "AO", "OW", "AW", "AY", "OY"), "a"),
    **dict.fromkeys(("S", "Z", "SH", "ZH", "JH", "CH"), "s"), **dict.fromkeys(("T", "D", "TH", "DH"), "t"),
    **dict.fromkeys(("K", "G"), "k"), **dict.fromkeys(("P", "B", "F", "V"), "p"), **dict.fromkeys(("M", "N", "NG"), "n"),
    **dict.fromkeys(("L", "R", "ER"), "r"), "W": "w", "Y": "y", "HH": "h",
}  # fmt: skip
"""Sounds that recognisers of speech and readers of pinyin take for each other are one."""
FURTHEST = 0.34
"""Share of a name's sounds that may differ."""
_LONGEST, _SHORTEST = 4, 4
"""Words that may stand for a name; sounds below which too much is like it."""
_ROW = 3
"""Words from which a row is long enough to begin with a small one."""
_LOOKED_AT = 3
"""Readings that are looked at."""
_SMALL = frozenset(["a", "an", "the", "is", "it", "in", "on", "of", "to", "for", "and", "or", "my", "do", "does", "with", "at", "that", "this", "where", "how"])  # fmt: skip
"""Words with which no name begins or ends, and which alone are none."""


def coarse(sounds: str) -> str:
    """Return sounds of the recogniser's dictionary as one letter each, those that are alike the same."""
    return "".join(_CLASSES.get(s, "") for s in sounds.split())


class Sounding:
    """Finds names by their sound. Build once."""

    def __init__(self, names: Mapping[str, Iterable[str]], read: Callable[[str], str | None]) -> None:
        """Take the names with the sounds of their readings.

        Args:
            read: returns the sounds of a word, None where it cannot be said.
        """
        self._read = read
        pairs = {(coarse(s), name): None for name, readings in names.items() for s in readings}
        self._sounds, self._names = zip(*((s, n) for s, n in pairs if len(s) >= _SHORTEST))

    def named(self, texts: Sequence[str]) -> dict[str, float]:
        """Return the reading in which a name stands for the words that sound most like it, with how far off it is, never above 0."""
        found: list[tuple[float, int, str]] = []
        for text in texts[:_LOOKED_AT]:
            words = text.split()
            for begin, end, sound in self._windows(words):
                match = process.extractOne(
                    sound, self._sounds, scorer=Levenshtein.normalized_distance, score_cutoff=FURTHEST
                )
                said = " ".join([*words[:begin], self._names[match[2]], *words[end:]]) if match else text
                if said != text:
                    found.append((match[1], begin - end, said))
        if not found:
            return {}
        off, _, text = min(found)
        return {text: -round(off, 3)}

    def _windows(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        sounds = [coarse(self._read(w) or "") for w in words]
        for begin in range(len(words)):
            for end in range(begin + 1, min(begin + _LONGEST, len(words)) + 1):
                # "a pixel ban" is apixaban: a longer row may begin with a small word.
                ends = {words[end - 1], *(words[begin : begin + 1] if end - begin < _ROW else ())}
                alone = end - begin == 1 and is_common(words[begin])  # "posture" is no Fengchi
                if not (alone or ends & _SMALL) and all(sounds[begin:end]):
                    yield begin, end, "".join(sounds[begin:end])


@lru_cache(maxsize=4_096)
def read(word: str) -> str | None:
    """Return the sounds of a word: by the dictionary, as pinyin, or as espeak-ng reads it."""
    return (
        (pronounce.dictionary().get(word) or [None])[0]
        or pronounce.read_aloud(word)
        or pronounce.english(word)
    )


def _readings(name: str) -> Iterator[str]:
    ways = (pronounce.pinyin(name), pronounce.read_aloud(name), pronounce.english(name))
    yield from filter(None, ways)


def sounding(catalog: Catalog) -> Sounding:
    """Return what finds the pinyin and the codes of the catalogue's points, and medicines."""
    names: dict[str, list[str]] = {}
    for name, code in pinyin_names(catalog).items():
        if code in catalog.points:
            names[name] = list(_readings(name))
    for code in catalog.points:
        spelled = code_names(code)[0]
        sounds = [read(word) for word in spelled.split()]
        if all(sounds):
            names[spelled] = [" ".join(sounds)]
    for name in medicines(catalog):
        names[name] = list(filter(None, [pronounce.english(name)]))
    return Sounding(names, read)
