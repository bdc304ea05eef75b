"""Finds points and complaints in a text: codes, names, typos, and what a speech recogniser made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from acupressure import codes
from acupressure.aches import Aches, ComplaintMention
from acupressure.aliases import POINT_WORDS, build, content_of
from acupressure.catalog import Catalog
from acupressure.text import plain, word_spans
from acupressure.vocabulary import FILLERS, is_common

MAX_WORDS = 300
"""Typos are repaired and looked for only in this many words of a message; codes and names in all."""


@dataclass(frozen=True)
class PointMention:
    """A point, or several that share the name, met in a text."""

    text: str
    start: int
    end: int
    codes: tuple[str, ...]
    """Codes of the catalogue it may mean; empty where the guide has no such point."""
    how: str
    """``code``, ``name``, ``typo``, ``sound``, ``place``, ``known`` (WHO only) or ``unknown`` (no such code)."""
    other: str = ""
    """WHO code that was named but is not in the catalogue, or does not exist."""
    alternative: str = ""
    """The code the same words mean in the other numbering."""

    @property
    def is_ambiguous(self) -> bool:
        """True where the words fit several points."""
        return len(self.codes) > 1


_CUE = re.compile(
    r"(?:\b(?:where(?:'s| is| are| was| do i find| can i find)?|find|locate|press|pressing|push|hold|holding|point|points|spot|about|show(?: me)?|"
    r"called|named|use|using|is|for|and|or|with|versus|vs|than|between|of|on|does|the|massage|like|say|it's|mean|meant))\s*(?:the\s+)?(?:point\s+)?$"
)
_ASPECT_NEXT = re.compile(
    r"\s*[?,]|\s+(?:safe|good|for|located|hurt|help|on the|in the|and (?:how|what|where)|exactly|again|dangerous|ok|okay|work)\b"
)
_TROUBLE = frozenset(
    [
        "pain",
        "pains",
        "painful",
        "ache",
        "aches",
        "aching",
        "hurt",
        "hurts",
        "sore",
        "problem",
        "problems",
        "back",
    ]
)
"""Words that make a stretch speak of a complaint rather than of a point's name."""
_CHAT = frozenset({
    "pls", "plz", "plss", "pleas", "thx", "thnx", "tnx", "thks", "ty", "tho", "lol", "lmao", "omg", "btw", "idk", "imo", "fyi", "asap",
    "rn", "ur", "bc", "cuz", "cos", "coz", "im", "ive", "dont", "cant", "wanna", "gonna", "gotta", "ta", "cheers", "ok",
})  # fmt: skip
"""Words of chat that are in no dictionary: no slip of a name."""
_ALWAYS_OTHER = {
    "tai chi",
    "taichi",
    "feng shui",
    "kung fu",
    "ming dynasty",
    "be my",
    "by way",
    "the way",
    "tie shoe",
    "hugo",
    "how she",
    "june",
    "shen yun",
    "pressure point",
    "pressure points",
    "back to the point",
    "back pain",
    "knee pain",
    "hip pain",
    "hand pain",
    "foot pain",
}


@dataclass(frozen=True)
class _Word:
    """A word of a text with what is asked of it again and again."""

    text: str
    start: int
    end: int
    key: str
    """As it is joined to a name: without apostrophes."""
    is_filler: bool
    is_common: bool
    has_digit: bool

    @classmethod
    def all(cls, lower: str) -> list[_Word]:
        """Return the words of a text, up to ``MAX_WORDS``."""
        return [
            cls(
                w,
                start,
                end,
                w.replace("'", ""),
                w in FILLERS,
                is_common(w) or w in _CHAT,
                any(ch.isdigit() for ch in w),
            )
            for w, start, end in word_spans(lower)[:MAX_WORDS]
        ]


class Finder:
    """Looks points and complaints of one catalogue up in texts. Build once, use for every message."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._aliases = build(catalog)
        self._any_irregular = re.compile("|".join(p.pattern for _, p in self._aliases.irregular) or r"(?!)")
        self._aches = Aches(catalog)

    # -- points ---------------------------------------------------------------------------------

    def points(self, text: str) -> list[PointMention]:
        """Return the points met in a cleaned text, in order, the longest reading of every stretch."""
        lower = plain(text) if len(plain(text)) == len(text) else text.lower()
        found = [*self._by_irregular_code(lower), *self._by_code(lower), *self._by_hanzi(text)]
        words_ = _Word.all(lower)
        found += self._by_name(lower, words_)
        free = _keep_longest(found)
        free += [m for m in self._by_sound_or_typo(lower, words_) if not _covered(m, free)]
        return sorted(_keep_longest(free), key=lambda m: m.start)

    def _by_code(self, lower: str) -> list[PointMention]:
        found = codes.find_codes(lower)
        said = {m.code for m in found}
        return [self._read_code(lower, m, said) for m in found]

    def _read_code(self, lower: str, mention: codes.CodeMention, said: set[str]) -> PointMention:
        """Return the point that a code stands for; two numbers in one message (``said``) are two points."""
        text, who = lower[mention.start : mention.end], self._code_in_catalog(mention.code)
        old_number = codes.old_to_who(mention.number) if mention.family == "BL" else None
        old = self._code_in_catalog(f"BL{old_number}") if old_number else None
        if who and old in said:
            old = None
        chosen, alternative = who, ""
        if mention.old_style and old and who:
            wins = self._hinted(lower, (old, who))
            chosen = wins[0] if len(wins) == 1 else None
            if chosen is None:
                return PointMention(text, mention.start, mention.end, (old, who), "code")
        elif mention.old_style and old:
            chosen, alternative = old, mention.code
        elif old and who and not mention.old_style:
            wins = self._hinted(lower, (old, who))
            chosen = wins[0] if len(wins) == 1 else who
            alternative = old if chosen == who else who
        elif old:
            alternative = old
        if chosen:
            return PointMention(text, mention.start, mention.end, (chosen,), "code", alternative=alternative)
        how = "known" if mention.code in self._catalog.who else "unknown"
        return PointMention(
            text, mention.start, mention.end, (), how, other=mention.code, alternative=alternative
        )

    def _code_in_catalog(self, code: str) -> str | None:
        """Return the catalogue's code for a WHO code; a group such as BL31-34 stands for its members."""
        if code in self._catalog.points:
            return code
        for key in self._catalog.points:
            match = re.fullmatch(r"([A-Z]+)(\d+)-(\d+)", key)
            if (
                match
                and re.fullmatch(rf"{match[1]}\d+", code)
                and int(match[2]) <= int(code[len(match[1]) :]) <= int(match[3])
            ):
                return key
        return None

    def _by_irregular_code(self, lower: str) -> list[PointMention]:
        if not self._any_irregular.search(lower):
            return []
        return [
            PointMention(match.group(), match.start(), match.end(), (code,), "code")
            for code, pattern in self._aliases.irregular
            for match in pattern.finditer(lower)
        ]

    def _by_hanzi(self, text: str) -> list[PointMention]:
        found = []
        if text.isascii():
            return found
        for name, code in self._aliases.hanzi.items():
            for match in re.finditer(re.escape(name), text):
                known = self._code_in_catalog(code)
                how, codes_ = ("name", (known,)) if known else ("known", ())
                found.append(
                    PointMention(name, match.start(), match.end(), codes_, how, other="" if known else code)
                )
        return found

    def _windows(self, words_: Sequence[_Word], longest: int) -> Iterable[tuple[Sequence[_Word], str]]:
        """Yield (words, joined) of every stretch that may still be a name or grow into one."""
        for first in range(len(words_)):
            key = ""
            for last in range(first, min(first + longest, len(words_))):
                key += words_[last].key
                yield words_[first : last + 1], key
                if key not in self._aliases.beginnings:
                    break

    def _by_name(self, lower: str, words_: Sequence[_Word]) -> list[PointMention]:
        found = []
        for window, key in self._windows(words_, self._aliases.longest):
            hit = self._aliases.exact.get(key) or self._aliases.exact.get(
                key[:-1] if key.endswith("s") and len(key) > 6 else ""
            )
            if len(window) > 1 and len(window[-1].text) == 1:
                hit = None  # the S of "the hand point S I three" makes no plural
            start, end = window[0].start, window[-1].end
            if hit and " ".join(w.text for w in window) not in _ALWAYS_OTHER:
                found.append(self._named(lower, start, end, hit, "name"))
            elif not hit and key in self._aliases.who_names:
                who = self._aliases.who_names[key]
                found.append(PointMention(lower[start:end], start, end, (), "known", other=who))
        for window, key in self._contents(words_, self._aliases.longest):
            hit = self._aliases.content.get(key) if len(window) > 1 else None
            if hit and " ".join(w.text for w in window) not in _ALWAYS_OTHER:
                found.append(self._named(lower, window[0].start, window[-1].end, hit, "name"))
        return found

    def _named(self, lower: str, start: int, end: int, hit: Iterable[str], how: str) -> PointMention:
        candidates = tuple(sorted(hit, key=self._rank))
        return PointMention(lower[start:end], start, end, self._hinted(lower, candidates), how)

    def _contents(self, words_: Sequence[_Word], longest: int) -> Iterable[tuple[Sequence[_Word], str]]:
        """Yield (words, what has to agree) of every stretch between words of weight that may be a name without its fillers."""
        for first, word in enumerate(words_):
            if word.is_filler:
                continue
            key = ""
            for last in range(first, min(first + longest, len(words_))):
                if words_[last].is_filler:
                    continue
                key += POINT_WORDS.get(words_[last].text, words_[last].text)
                if key not in self._aliases.content_beginnings:
                    break
                yield words_[first : last + 1], key

    def _slips(self, words_: Sequence[_Word], longest: int) -> Iterable[Sequence[_Word]]:
        """Yield every stretch between words of weight that may be a slip of a name.

        A strange word has four letters at least, and a sensible one beside it stands in a name: "sacrum pain" is no slip
        of "sacrum point". Sensible words alone are two at least, one of them long and out of a name.
        """
        within = self._aliases.within
        of_a_name = [len(w.text) >= 6 and w.text in within for w in words_]
        is_elsewhere = [_is_sensible(w) and w.text not in within for w in words_]
        for first, word in enumerate(words_):
            if word.is_filler:
                continue
            strange = long = elsewhere = named = False
            for last in range(first, min(first + longest, len(words_))):
                is_strange = not words_[last].is_common
                strange, long = strange or is_strange, long or is_strange and len(words_[last].text) > 3
                elsewhere, named = elsewhere or is_elsewhere[last], named or of_a_name[last]
                if words_[last].has_digit or strange and elsewhere:
                    break
                if not words_[last].is_filler and (long if strange else named and last > first):
                    yield words_[first : last + 1]

    def _by_sound_or_typo(self, lower: str, words_: Sequence[_Word]) -> list[PointMention]:
        found = []
        sounding = set()
        for window, key in self._windows(words_, 5):
            hit = self._aliases.sound.get(key)
            if not hit or len(key) < 4 or any(w.has_digit for w in window):
                continue
            start, end = window[0].start, window[-1].end
            if " ".join(w.text for w in window) in _ALWAYS_OTHER:
                continue
            is_strange = not all(w.is_common for w in window)
            if is_strange or (len(window) > 1 and self._is_asked(lower, start, end)):
                sounding.add((start, end))
                candidates = tuple(sorted(hit, key=self._rank))
                found.append(PointMention(lower[start:end], start, end, candidates, "sound"))
        for window in self._slips(words_, 5):
            if (window[0].start, window[-1].end) not in sounding:
                typo = self._typo(lower, window)
                if typo:
                    found.append(typo)
        return found

    def _typo(self, lower: str, window: Sequence[_Word]) -> PointMention | None:
        """Return the point whose name a stretch is a slip of."""
        strange = not all(w.is_common for w in window)
        # the sensible words beside a strange one have to agree; alone they are never taken for a slip so easily
        sensible = [w.text for w in window if strange and _is_sensible(w)]
        texts = [w.text for w in window]
        if " ".join(texts) in _ALWAYS_OTHER:
            return None
        content, start, end = content_of(texts), window[0].start, window[-1].end
        if not strange and len("".join(texts)) - len(content) <= 2:
            content = "".join(texts)  # "three in crossing": the small word is part of the name misheard
        if len(content) < (5 if strange else 10):
            return None
        misheard = not strange and self._sounds_like_a_name(lower, texts, start, end)
        allowed = 1 if (not strange and not misheard) or len(content) <= 7 else 2 if len(content) <= 11 else 3
        best = process.extractOne(
            content, self._aliases.fuzzy, scorer=DamerauLevenshtein.distance, score_cutoff=allowed
        )
        if not best or (best[0][0] != content[0] and best[1] > 1):
            return None
        if any(w not in best[0] for w in sensible) or (not strange and not self._shares_word(texts, best[0])):
            return None
        return self._named(lower, start, end, self._aliases.content[best[0]], "typo")

    def _sounds_like_a_name(self, lower: str, words_: Sequence[str], start: int, end: int) -> bool:
        """Tell whether sensible words stand where a name would ("where is elegant mention")."""
        long_enough = len(words_) > 1 and any(len(w) >= 6 for w in words_)
        return long_enough and not _TROUBLE.intersection(words_) and self._is_asked(lower, start, end)

    @staticmethod
    def _shares_word(words_: Sequence[str], name: str) -> bool:
        return any(len(w) >= 6 and w in name for w in words_)

    def _is_asked(self, lower: str, start: int, end: int) -> bool:
        """Tell whether plain words stand where a point's name would stand."""
        before, after = lower[:start], lower[end:]
        if re.match(r"\s+(?:point|spot|acupoint|acupressure)", after):
            return True
        if not before.strip() and not after.strip(" ?.!"):
            return True
        return bool(
            _CUE.search(before)
            and (not after.strip(" ?.!").removesuffix("please") or _ASPECT_NEXT.match(after))
        )

    def _rank(self, code: str) -> int:
        return list(self._catalog.points).index(code)

    def _hinted(self, lower: str, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Return the candidates that the rest of the message speaks for, or all of them."""
        if len(candidates) < 2:
            return candidates
        scores = {}
        for code in candidates:
            point = self._catalog.points[code]
            hints = set(point.hints) or {point.region, *(w for w in plain(point.area).split() if len(w) > 4)}
            scores[code] = sum(1 for hint in hints if re.search(rf"(?<!\w){re.escape(hint)}", lower))
        best = max(scores.values())
        winners = tuple(code for code in candidates if scores[code] == best)
        return winners if best else candidates

    def complaints(self, text: str) -> list[ComplaintMention]:
        """Return the complaints named in a text, as ``Aches.named`` does."""
        return self._aches.named(text)


def _is_sensible(word: _Word) -> bool:
    return word.is_common and len(word.text) > 3 and not word.is_filler


def _keep_longest(found: Iterable[PointMention]) -> list[PointMention]:
    kept: list[PointMention] = []
    for mention in sorted(
        found, key=lambda m: (-(m.end - m.start), not m.codes, m.how != "code", len(m.codes))
    ):
        if not _covered(mention, kept):
            kept.append(mention)
    return kept


def _covered(mention: PointMention, others: Iterable[PointMention]) -> bool:
    return any(mention.start < o.end and mention.end > o.start for o in others)
