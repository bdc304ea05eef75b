"""Finds mentions of signs and risks in what somebody says.

The words stand in the catalogue as concepts (lists of phrases) and combinations of concepts; ``meant`` reads how a mention
is meant. Both know only language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from acupressure.meant import meaning
from acupressure.persons import SELF, told_of
from acupressure.search import WORD_BEGINS, Places, Span, prepare
from acupressure.slips import slip_repair

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'"})


@dataclass(frozen=True)
class Mention:
    """One sign or risk found in a text."""

    id: str
    text: str
    """The words it was found in, as said."""
    start: int
    end: int
    negated: bool = False
    past: bool = False
    hypothetical: bool = False
    person: str = SELF
    """``self``, or the word for the other person (``wife``, ``dad``, ``she``)."""
    doubtful: bool = False
    """True for "I think", "maybe", "could be"."""


@dataclass(frozen=True)
class Combination:
    """Concepts that mean something when they stand together."""

    parts: tuple[re.Pattern[str], ...]
    within: int = 12
    """How many words the parts may span together beyond their own."""
    unless: re.Pattern[str] | None = None

    def stands_in(self, text: str) -> bool:
        """Tell whether all parts are anywhere in a text in lower case, however far apart or meant."""
        return all(p.search(text) for p in self.parts) and not (self.unless and self.unless.search(text))


_ANY_WORD = r"(?!(?:no|not|never|without|nor)\b)[\w'-]+"
"""What a ``\\w+`` in a group stands for: any word that does not deny."""


@lru_cache(maxsize=4096)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """Return the compiled pattern of a phrase: words with single spaces, regular-expression signs allowed.

    The pattern reads lower-case text. Apostrophes may be missing in what is said; a space behind ``|`` is a
    line break of the file.
    """
    return concept_pattern((phrase,))


def concept_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern that matches any of the phrases, longest first."""
    bodies = sorted((_body(p) for p in phrases), key=len, reverse=True)
    pattern = re.compile(WORD_BEGINS + r"(?:" + "|".join(f"(?:{b})" for b in bodies) + r")(?!\w)")
    if pattern.match(""):
        raise ValueError(f"matches nothing at all: {pattern.pattern[:80]}")
    return pattern


def _body(phrase: str) -> str:
    if phrase.startswith(WORD_BEGINS):  # a concept within a concept
        return phrase
    body = re.sub(r"\|\s+", "|", phrase.strip())
    body = re.sub(r"'(?![?\]])", "'?", body)
    for start in ("(?:", "(?:\\s", "(?: "):
        body = body.replace(start + r"\w+", start + _ANY_WORD)
    body = body.replace(")*", "){0,6}").replace(")+", "){1,6}")  # enough for speech, and never slow
    body = re.sub(r"(?: |\\s)\?", r"[\\s,]*", body.replace(r"\w+", r"[\w'-]+"))
    # a space is any gap between words; a look-behind stays as it is
    return re.sub(r"(\(\?<[=!][^)]*\))| |(?<!\[)\\s(?!,)", lambda m: m[1] or r"[\s,]+", body)


def combination(spec: str | Sequence[str] | Mapping, concepts: Mapping[str, re.Pattern[str]]) -> Combination:
    """Return a combination from its YAML form.

    A string is one part; a list is several parts that stand together; a mapping has ``all``, and optionally
    ``within`` (words) and ``unless`` (phrases). ``$name`` refers to a concept.

    Raises:
        KeyError: a concept that does not exist.
        ValueError: an unknown key of the mapping.
    """
    within, unless = 12, None
    if isinstance(spec, Mapping):
        unknown = spec.keys() - {"all", "within", "unless"}
        if unknown or "all" not in spec:
            raise ValueError(f"combination {dict(spec)!r}: needs 'all', knows 'within' and 'unless'")
        within = int(spec.get("within", within))
        unless = concept_pattern(_expand(spec["unless"], concepts)) if spec.get("unless") else None
        spec = spec["all"]
    parts = [spec] if isinstance(spec, str) else list(spec)
    return Combination(tuple(_part(part, concepts) for part in parts), within, unless)


def _part(part: str, concepts: Mapping[str, re.Pattern[str]]) -> re.Pattern[str]:
    return concepts[part[1:]] if part.startswith("$") else phrase_pattern(part)


def _expand(phrases: Sequence[str] | str, concepts: Mapping[str, re.Pattern[str]]) -> list[str]:
    listed = [phrases] if isinstance(phrases, str) else list(phrases)
    return [concepts[p[1:]].pattern if p.startswith("$") else p for p in listed]


@dataclass(frozen=True)
class _Sentence:
    """A stretch of text between full stops, with its clauses."""

    text: str
    offset: int


def sentences(text: str) -> list[_Sentence]:
    """Return the sentences of a text with their offsets; long run-on speech stays one sentence."""
    found, start = [], 0
    for match in re.finditer(r"[.!?\n;]+(?=\s|$)", text):
        if text[start : match.start()].strip():
            found.append(_Sentence(text[start : match.start()], start))
        start = match.end()
    if text[start:].strip():
        found.append(_Sentence(text[start:], start))
    return found


def make_ready(table: Mapping[str, Sequence[Combination]]) -> None:
    """Prepare all that ``find`` needs of a table, so that no message has to wait for it."""
    slip_repair(table)
    for combo in (c for combinations in table.values() for c in combinations):
        prepare((*combo.parts, *([combo.unless] if combo.unless else ())))


def find(text: str, table: Mapping[str, Sequence[Combination]]) -> list[Mention]:
    """Return the mentions of every id of the table, with how they are meant, in the order of the text."""
    said = text.lower().translate(_QUOTES)
    lower, back = slip_repair(table).corrected(said)
    found: list[Mention] = []
    everything = _Sentence(lower, 0)
    parts = sentences(lower)
    places = _places(lower)
    for id_, combinations in table.items():
        best: Mention | None = None
        for combo in combinations:
            if not all(places.of(part) for part in combo.parts):
                continue
            for sentence in (*parts, everything) if len(combo.parts) > 1 and len(parts) > 1 else parts:
                if best is not None and _weight(best) == _PLAIN:
                    break
                for spans in _spans(sentence, combo, places):
                    home = sentence if sentence is not everything else _home(parts, spans[0][0]) or everything
                    mention = _judge(id_, home, [(a - home.offset, b - home.offset) for a, b in spans], lower)
                    best = mention if best is None or _weight(mention) > _weight(best) else best
                    if _weight(best) == _PLAIN:
                        break
        if best:
            a, b = back(best.start), back(best.end)
            found.append(best if lower is said else replace(best, start=a, end=b, text=said[a:b].strip()))
    return sorted(found, key=lambda m: m.start)


_places = lru_cache(maxsize=8)(Places)
"""Of the latest texts, because several tables look at each."""
_PLAIN = 7
"""Weight of a mention that is neither denied nor past nor imagined."""
_MOST_SPANS = 40
_LETTERS_PER_WORD = 14
"""Generous: only bounds how far away the other parts are looked for."""


def whole(id_: str, text: str) -> Mention:
    """Return a mention that a whole text makes, with the person and the time read from it."""
    lower = text.lower().translate(_QUOTES)
    sentence = _Sentence(lower, 0)
    judged = _judge(id_, sentence, [(0, max(len(lower), 1))], lower)
    return replace(judged, negated=False, person=told_of(lower) or judged.person)


def _weight(mention: Mention) -> int:
    return 4 * (not mention.negated) + 2 * (not mention.past) + (not mention.hypothetical)


def _home(parts: Sequence[_Sentence], position: int) -> _Sentence | None:
    return next((s for s in parts if s.offset <= position < s.offset + len(s.text)), None)


def _spans(sentence: _Sentence, combo: Combination, places: Places) -> list[list[Span]]:
    """Return the spans of the parts, in the order of the text, wherever all parts stand close enough."""
    first, *rest = combo.parts
    found: list[list[Span]] = []
    low, high = sentence.offset, sentence.offset + len(sentence.text)
    heads = places.within(first, low, high)
    if not heads or (combo.unless and places.within(combo.unless, low, high)):
        return found
    reach = combo.within * _LETTERS_PER_WORD + 60
    for head in heads:
        spans = [head]
        for part in rest:
            near = _nearest(places.within(part, max(low, head[0] - reach), min(high, head[1] + reach)), spans)
            if near is None:
                break
            spans.append(near)
        else:
            spans.sort()
            between = sum(len(places.text[a[1] : b[0]].split()) for a, b in pairwise(spans))
            if between <= combo.within:
                found.append(spans)
                if len(found) >= _MOST_SPANS:
                    break
    return found


def _nearest(candidates: Iterable[Span], spans: Sequence[Span]) -> Span | None:
    """Return the candidate nearest to one of the spans, overlapping none of them."""
    free = [c for c in candidates if not _overlap(c, spans)]
    return min(free, default=None, key=lambda c: min(c[0] - b if c[0] >= b else a - c[1] for a, b in spans))


def _overlap(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and span[1] > start for start, end in others)


def _judge(id_: str, sentence: _Sentence, spans: Sequence[Span], whole: str) -> Mention:
    """Return the mention with negation, time and person read from its surroundings."""
    text = sentence.text
    spans = [(max(0, a), min(len(text), b)) for a, b in spans if a < len(text)]
    start, end = spans[0][0], max(spans[-1][1], spans[0][0] + 1)
    meant = meaning(text, spans, whole[: sentence.offset], whole[sentence.offset + len(text) :])
    return Mention(
        id=id_,
        text=text[start:end].strip(),
        start=sentence.offset + start,
        end=sentence.offset + end,
        **meant._asdict(),
    )
