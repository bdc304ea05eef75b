"""Finds mentions of signs and risks in what somebody says, and how they are meant.

The words stand in the catalogue as concepts (lists of phrases) and combinations of concepts. This module
knows only language: clauses, negation, the past, what-ifs, and whose body is spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from acupressure.search import WORD_BEGINS, Places, Span
from acupressure.slips import slip_repair

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'"})

SELF = "self"
"""The person of a mention when the speaker means themselves."""


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


_CLAUSE_END = re.compile(
    r"[.;!?\n]+|\s[-\u2013\u2014]+\s|\b(?:but|however|although|though|whereas|except(?: that)?|only|"
    r"because|cos|due to|so|until|ever since|yet)\b"
)
_FRAGMENT = re.compile(r",|\band\b|\bor\b|\bnor\b|\bplus\b")
_NEGATOR = re.compile(
    r"\b(?:no|not|never|without|none|neither|nor|nothing|deny|denies|denied|free of|free from|negative for|"
    r"absence of|"
    r"isn'?t|aren'?t|wasn'?t|weren'?t|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|hadn'?t|ain'?t|won'?t|"
    r"wouldn'?t|dont|"
    r"nope|nah|hardly any|rule[ds]? out|ruling out|instead of|rather than|far from)\b"
)
_LISTING_NEGATOR = re.compile(
    r"(?:no|without|none|neither|nor|deny|denies|denied|free of|free from|negative for|absence of|"
    r"hardly any|rule[ds]? out|ruling out)$"
)
"""Negators that carry along a list: "no numbness, tingling or weakness"."""
_WITHOUT = re.compile(
    r"(?:can'?t|can ?not|couldn'?t|unable|don'?t|doesn'?t|won'?t|haven'?t|hasn'?t|no longer)\b"
)
"""Mentions that say themselves that something is missing."""
_LISTING_VERB = re.compile(
    r"\s*(?:\w+ )?(?:have|had|having|got|get|getting|any|feel|felt|feeling|notic\w*|experienc\w*|suffer\w*|"
    r"take|taking|on|been|being|a|an|really|lost|losing)\b"
)
_FALSE_NEGATOR = re.compile(
    r"\b(?:not only|not just|not sure|no idea|no doubt|don'?t know|not to mention|no matter|not long ago|"
    r"don'?t care|why not|"
    r"no (?=(?:i'?m|i am|i'?ve|i (?:do|have|take|had)|s?he'?s?|my|we)\b)|"
    r"not (?:been )?(?:able|sleeping|well|good|great|right|normal|better|improving|feeling (?:well|good|"
    r"great|right|myself))|"
    r"no (?:\w+ )?(?:relief|better|improvement|joke|kidding|thanks|clue)|no longer|no one|"
    r"not getting (?:any )?(?:better|easier)|"
    r"nothing (?:\w+ )?(?:helps?|works?|eases|touches|i do|changes|worked|helped|is working|seems)|"
    r"(?:do|does|did|will|would|has|have|had|is|was|are)(?:n'?t| not) (?:\w+ )?(?:help\w*|ease\w*|"
    r"go(?! numb)(?:ing)?|stop\w*|matter|want\w*|like|feel (?:well|right|good|great|myself)|"
    r"understand|get (?:it|up|out|better|comfortable|through)|work\w*|sle(?:ep|pt|eping)|believ\w+|"
    r"listen\w*|touch\w*|improv\w+|shift\w*|budg\w+|let|walk\w*|"
    r"eat\w*|rest\w*|answer\w*|cop(?:e|ing)|seem(?:ed)? to (?:help|work)|mov(?:e|ed|ing)|better|normal|"
    r"right|good|there|mine|my own|me|my fault|joking|kidding|lying|"
    r"imagin\w+|mention\w*|tell|told|able|see a|been to|gone to|heal\w*|clear\w*|recover\w*|wait|care|sit|"
    r"stand|lie)\b)"
)
_PAST = re.compile(
    r"\b(?:(?:\w+|\d+) (?:years?|yrs?|decades?) (?:ago|back|before)|(?!(?:a|one|two|three|few|couple|of|"
    r"some|1|2|3)\b)(?:\w+|\d+) months (?:ago|back|before)|years? (?:ago|back)|yrs ago|ages ago|long ago|"
    r"a while (?:ago|back)|"
    r"back in (?:the |my )?\w+|in the (?:\w+ )?(?:nineties|eighties|seventies|sixties|fifties|noughties|"
    r"[5-9]0'?s|past)|in (?:19\d\d|20[01]\d|202[0-4])|"
    r"(?:as|when i was|when he was|when she was) (?:a |an )?(?:child|kid|boy|girl|teen(?:ager)?|baby|"
    r"young(?:er)?|little|small|student|in my (?:teens|twenties|thirties))|"
    r"when i was (?:at school|in school|at uni\w*|\d+|in my \w+)|last (?:year|decade|century|summer|winter|"
    r"spring|autumn|christmas)|(?<!like i )(?<!as i )(?<!like she )(?<!like he )used to(?! be able| it)|"
    r"once had|had once|(?<!i'm )(?<!im )(?<!am )in my (?:youth|teens|twenties|thirties|forties)|"
    r"once upon a time|"
    r"(?:previous|past) history|during the war|(?:in|with|during|after|for|of) (?:my |the |her |"
    r"a )?(?:first|last|second|previous|earlier) pregnanc(?:y|ies)|"
    r"(?:last|previous|earlier) pregnanc(?:y|ies)|"
    r"since (?:resolved|recovered|healed))\b"
)
_PRESENT = re.compile(
    r"\b(?:now|today|tonight|still|currently|these days|at the moment|this (?:morning|afternoon|evening|"
    r"week|minute)|yesterday|last night|suddenly|"
    r"start(?:ed|s|ing)?|began|begun|ever since|since (?:then|yesterday|this|last|about|a|\d+|\w+ (?:days?|"
    r"weeks?|months?|years?) ago)|"
    r"getting worse|gets worse|worse and worse|has been|have been|'ve been|hours? ago|minutes? ago|"
    r"days? ago|keeps?|again)\b"
)
_OVER = re.compile(
    r"\b(?:(?:all |it'?s |is |was |that'?s |they'?re |has |have |since )?(?:gone|cleared up|cleared|"
    r"resolved|healed|over|passed|stopped|settled|disappeared|eased off|worn off|wore off)"
    r" (?:now|since|completely|again|by itself|long since|away|off|totally|already)|"
    r"(?:went|gone|goes) away|(?:cleared|healed|settled|eased) (?:up|down|off)|wore off|(?:was|is|were|are|"
    r"has|have|it'?s) (?:all )?(?:gone|over|resolved|healed|passed)\b(?! (?:to|into|numb|dead|down|weak|"
    r"cold|on|from|for|my|the|his|her|a|through|between|very|really|so|completely numb|from)\b)|"
    r"(?:better|fine|ok|okay|good|well|normal|back to normal|clear|all right|alright) (?:now|again|since|"
    r"afterwards)|back to normal|i'?m fine|it'?s fine|"
    r"(?<!can )(?<!could )no longer(?! able| feel| control| hold| pee| move| walk| stand| lift| work)|"
    r"not any ?more|isn'?t any ?more|(?:don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t) (?:\w+ ){0,3}any ?more|"
    r"turned out (?:to be )?(?:fine|nothing|harmless|ok|okay)|came back (?:clear|normal|negative)|"
    r"all clear|fully recovered|recovered|long gone|in remission for|"
    r"(?:took|taken|taking) (?:it|them|that) out|stopped (?:taking )?(?:it|them|that|those)|came off (?:it|"
    r"them)|off (?:it|them) now)\b"
)
_AND_OVER = re.compile(
    rf"(?:but|however|although|though)\s+(?=(?:it|that|they|now|then|since|this|"
    rf"all)\b)(?:[\w']+\s+){{0,4}}?(?:{_OVER.pattern})"
)
_NOT_THE_PAIN = re.compile(r"\b(?:pain|ache|back|hurt(?:s|ing)?|spasms?)\b")
_WHAT_IF = re.compile(
    r"\b(?:what if|what happens if|suppose|supposing|(?:if|when) (?:you|one|someone|somebody|people|"
    r"a person) (?:\w+ )?(?:had|got|get|gets|have|has|start|starts|started|feel|feels|felt|notice|notices|"
    r"were|was|are|is|develops?|should|can'?t|lose|loses)|"
    r"if (?:i|he|she|they|we|my \w+) (?:ever |suddenly |then |do |did )?(?:had|got|get|gets|start|starts|"
    r"feel|felt|notice|notices|were|was|develops?|should|lose|lost|become|became)|"
    r"(?:do i|would i|should i|does it) (?:know|tell|recogni[sz]e|notice)|(?<!just )in case|should i ever|"
    r"(?:warning |danger )?(?:signs?|symptoms?|risks?|chance) (?:of|for|are|like|such as|include)|"
    r"(?<!no )red flags?|"
    r"watch (?:out )?for|look out for|(?:worry|worried|afraid|scared|frightened) (?:about|of) (?:getting|"
    r"having|a |an |\w+ing)|fear of|prevent\w*|avoid (?:getting|having)|"
    r"is it true|what (?:counts as|qualifies)|the leaflet|the (?:article|book|page|website|"
    r"internet) (?:says|said|mentions|warns|talks)|i (?:have |'ve )?read|read that|(?:heard|hear) (?:that|"
    r"of|about)|in general|"
    r"(?:can|could|will|would|might|may|does|did) (?:\w+ ){1,6}?(?:cause|causes|lead to|trigger|bring on|"
    r"induce|give (?:me|you)|make (?:me|you))|"
    r"(?:people|someone|somebody|anyone|women|men|patients|those|folk|everyone|adults) (?:with|who|on|"
    r"taking|under|over|having)|difference between|"
    r"when should (?:i|you|one) (?:worry|be (?:worried|concerned))(?! about my))"
)
_WHAT_IF_BREAK = re.compile(
    r"[.;!?]|\b(?:but|because|now|anyway|however)\b|(?:,|\band\b|\bthat\b|\bas\b|\bsince\b|"
    r"\bthen\b)\s+(?:now\s+)?(?:i|i'm|im|i've|ive|my|today)\b"
)
_OF_OTHERS_AFTER = re.compile(
    r"\s*(?:women|woman in general|people|patients?|ladies|mothers|mums|users|sufferers|folk|persons?)\b"
)
_IF_RIGHT_BEFORE = re.compile(r"\bif\s*(?:i'?m|i am|you'?re|you are|she'?s|he'?s|pregnant)?\s*$")
_WHILE_RIGHT_BEFORE = re.compile(
    r"\b(?:in|during|while|when|with|on|for|through|after)\s+(?:early |late |a |an )?$"
)
_NO_AFTER = re.compile(
    r"\s*(?:\?|:|-|=)?\s*(?:no|nope|none|never|nothing like that|negative|denied)\b(?! (?:longer|idea|better|"
    r"relief|feeling|control|matter|pain|one|position|appetite|energy|strength|\w+ing))"
)
_NOT_AFTER = re.compile(
    r"\s*(?:is|are|was|has|have|'s)?\s*(?:been )?(?:not|n't|isn'?t|aren'?t|wasn'?t|never|ruled out|"
    r"excluded)\b(?! (?:going|getting|better|easing|eased|normal|improving|right|working|stopp|responding|"
    r"coping|bad|good|helping|just|only|able|like|me|sure|well|too|touch|enough|shift|letting|sleep))"
)
_NEW_STATEMENT = re.compile(
    r"\b(?:is|are|has|have|having|it|there|now|got|can|can'?t|cannot|started|feels?|am|very|really|bad|"
    r"severe|went|goes|going|keeps?|just)\b"
)
_NOUN_NEGATOR = re.compile(
    r"(?:no|without|deny|denies|denied|free of|free from|negative for|absence of|hardly any|rule[ds]? out|ruling out)$"
)
"""Negators of a thing. What a person is or takes stands beside it: "no red flags, pregnant", "no surgery, on warfarin"."""
_IS_OR_TAKES = re.compile(
    r"\W*(?:\w+[- ]?(?:weeks?|wks?|months?)\b|on (?!the\b|my\b|both\b|either\b|one\b)|(?:takes?|taking|using|uses|currently|also|"
    r"known|wears?|wearing)\b|g\d ?p\d|pregnan?t\b|preg\b|prego\b|pregg\w+|expecting\b|diabetic\b|h\w{2,3}mophili\w*|"
    r"osteop\w+ic\b|epileptic\b)"
)
_GENERAL = re.compile(
    r"\b(?:safe|dangerous|harmful|allowed|ok|okay|good|bad|forbidden|recommended|advised|careful|avoided?|"
    r"used?|press(?:ed|ing)?|work)\b"
)
_RELATION = (
    r"dad|father|mum|mom|mother|wife|husband|partner|boyfriend|girlfriend|son|daughter|child|kid|baby|"
    r"toddler|grandson|granddaughter|"
    r"grandmother|grandfather|grandma|grandpa|granny|nan|nana|gran|brother|sister|aunt|auntie|uncle|cousin|"
    r"nephew|niece|friend|mate|"
    r"neighbou?r|colleague|coworker|co-worker|boss|patient|client|fianc[eé]e?|missus|hubby|flatmate|"
    r"roommate|teenager|little one|"
    r"girlfriend|girlfreind|gf|bf|boyfreind|freind|grandad|granddad|nanny|mate's|great-aunt|stepson|"
    r"stepdaughter|pal|husbend|"
    r"mother-in-law|father-in-law|sister-in-law|brother-in-law|other half|girl|boy|lad|bloke|woman|man|lady"
)
_OTHER = re.compile(
    rf"\b(?:my|our|a|the|his|her|this)\s+(?:\w+(?:-\w+)?\s+){{0,2}}?(?P<who>{_RELATION})\b(?!'s (?:day|"
    rf"birthday))"
)
_NAMED_OTHER = re.compile(
    r"\b(?P<who>dad|daddy|mum|mom|mummy|mama|papa|grandma|grandpa|nan|gran|granny|auntie|mother|father|"
    r"wife|husband|hubby)(?:s|'s)?\b"
)
_OWNED_AFTER = re.compile(
    rf"\s*(?:,? ?(?:but|and|no))?\s*(?:it'?s|that'?s|is|it is|that is|they'?re|are|was)\s+(?:actually |"
    rf"really |only |for |about |on )*(?:my|our)\s+(?:\w+\s+)?(?P<who>{_RELATION})\b"
)
_OF_BABIES = re.compile(r"\s*(?:aspirin|bump|due|in (?:the|my) belly)")
_UNBORN = re.compile(r"(?:expecting|having|have|had|carrying|for|make|get|got|born|another)\s+$")
_ENDED = re.compile(
    r"\b(?:(?<!can )(?<!could )no longer|stopped|came off|come off|comes off|taken? (?:me |him |her )?off|"
    r"took (?:me |him |her )?off|finished|gave up|given up|quit|used to (?:have|take|be|get))"
    r"(?: (?:taking|having|using|on|with|my|the|his|her|a|an|all|being))*\s*$"
)
_SAYS = re.compile(
    r"\s*(?:told|said|says|thinks|thought|recommended|suggested|made me|gave me|showed me|reckons|"
    r"wants me)\b"
)
_PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers", "they", "them", "their"})
_PRONOUN_OTHER = re.compile(r"\b(?P<who>he|she|him|her|his|hers|they|them|their)\b")
_ME = re.compile(r"\b(?:i|i'm|im|i've|ive|i'd|i'll|me|my|mine|myself|we|our)\b")
_ME_NOW = re.compile(r"\b(?:i am|i'?m|it is|it'?s)\b")
_GENERAL_QUESTION = re.compile(
    r"^\W*(?:so |and |but |um |ok |hi |hello )*(?:is|are|does|do|can|may|should|could|would|will|"
    r"what about|how)\b.*\b(?:contra-?indicat\w+|a reason|exclude[sd]?|rules? out|avoid|safe|allowed|ok|"
    r"okay|alright|"
    r"all right|steer clear|heal|fix|cure|do (?:it|this|acupressure)|use (?:it|this|acupressure)|"
    r"have acupressure|out then|mean no|a bad idea|suitable|adapt|beforehand)\b"
)
_OF_SOMEBODY = re.compile(r"\b(?:that|to (?:be|have|feel|get|lose)|if|it when)\b")
_ANYBODY = re.compile(r"\b(?:i|i'm|im|i've|ive|me|my|we|she|he|her|his|wife|daughter|sister|mum|mom)\b")
_PRESENT_OTHER = re.compile(
    r"\b(?:hurts?|aches?|feels?|keeps|since|has|is|now|today|tonight|just|can'?t|cannot|yesterday|"
    r"this (?:morning|afternoon|evening|week)|suddenly|ago|last night|still)\b"
)
_TURN = re.compile(
    r"[,;.!?\n]|\s[-\u2013\u2014]+\s|\b(?:but|however|although|though|whereas|then)\b|\b(?=(?:now|today|"
    r"these days)\b)"
    r"|\band\b(?=\s+(?:now|today|since|this|tonight|i\b|i'|my|im\b|ive\b|both|suddenly|it|the|yesterday|"
    r"last night|he|she))"
)
_DOUBT = re.compile(
    r"\b(?:i think|maybe|perhaps|might|may be|could be|possibly|probably|not sure|i guess|seems?|"
    r"trying (?:for|to)|suspect\w*|late period|missed (?:my )?period)\b"
)
_PAST_TENSE_OTHER = re.compile(r"\b(?:had|died|survived|suffered|passed away)\b")
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


def _bare_no_next(whole_text: str, sentence: _Sentence) -> bool:
    """Tell whether the next sentence is nothing but a no ("Pregnant? No.")."""
    following = whole_text[sentence.offset + len(sentence.text) :]
    return bool(re.match(r"\s*\?\s*(?:no|nope|nah|none|never|not me)\b\W*(?:$|[.!?,])", following))


def whole(id_: str, text: str) -> Mention:
    """Return a mention that a whole text makes, with the person and the time read from it."""
    lower = text.lower().translate(_QUOTES)
    sentence = _Sentence(lower, 0)
    judged = _judge(id_, sentence, [(0, max(len(lower), 1))], lower)
    return replace(judged, negated=False)


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
    past = bool(
        _ENDED.search(text[:start])
        or _is_past(text, start, end)
        or _over_next(whole, sentence, text[start:end])
    )
    person = _person(text, start, end, whole[: sentence.offset])
    if person != SELF and not past and not _PRESENT_OTHER.search(text):
        past = bool(_PAST_TENSE_OTHER.search(text[:end]))
    return Mention(
        id=id_,
        text=text[start:end].strip(),
        start=sentence.offset + start,
        end=sentence.offset + end,
        negated=_negated(text, spans) or _bare_no_next(whole, sentence),
        past=past,
        hypothetical=_what_if(text, start, end),
        person=person,
        doubtful=bool(_DOUBT.search(text[max(0, start - 40) : end + 10])),
    )


def _is_past(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a mention place it in the past, or say that it is over."""
    low = max((m.end() for m in _TURN.finditer(text, 0, start)), default=0)
    high = next((m.start() for m in _TURN.finditer(text, end)), len(text))
    around = text[low:start] + " # " + text[end:high]
    if _PAST.search(around) or _PAST.search(text[low:end]):
        return not _PRESENT.search(around)
    lead = text[:low].rstrip(" ,")  # "years ago, i had ..."
    mark = list(_PAST.finditer(lead))
    beside = bool(mark) and mark[-1].end() >= len(lead) - 1 and text[len(lead) : low].strip() in {",", ""}
    if beside and not _PRESENT.search(around):
        return True
    clause = re.split(r"\b(?:but|however|although|though)\b", text[end:], maxsplit=1)[0]
    over = _OVER.search(clause)
    if _AND_OVER.match(text[end + len(clause) :]):
        return True
    if not over:
        return False
    between = clause[: over.start()]
    of_the_pain_only = _NOT_THE_PAIN.search(between) and not _NOT_THE_PAIN.search(text[start:end])
    return len(between.split()) <= 8 and not of_the_pain_only


def _over_next(whole: str, sentence: _Sentence, said: str) -> bool:
    """Tell whether the next short sentence says that it is over ("... . It went away.")."""
    following = whole[sentence.offset + len(sentence.text) :].lstrip(".!?;\n ")
    nxt = re.split(r"[.!?;\n]", following, maxsplit=1)[0]
    if len(nxt.split()) > 9 or (_NOT_THE_PAIN.search(nxt) and not _NOT_THE_PAIN.search(said)):
        return False
    return bool(_OVER.search(nxt) or re.search(r"\b(?:years|ages|decades) ago\b", nxt))


def _what_if(text: str, start: int, end: int) -> bool:
    """Tell whether a mention is only asked about, imagined or read of."""
    for match in _WHAT_IF.finditer(text[:end]):
        if match.start() < start <= match.end() + 60 and not _WHAT_IF_BREAK.search(text[match.end() : start]):
            return True
    before = text[max(0, start - 14) : start]
    if re.search(r"\b(?:what|how) (?:is|are|does|do|exactly is) (?:a |an |the )?$", before):
        return True
    if _IF_RIGHT_BEFORE.search(before) and not _ME_NOW.search(text[end:]):
        return True
    if _OF_OTHERS_AFTER.match(text[end:]):
        return True
    if _ANYBODY.search(text):
        return False
    # nobody in particular: "are blood thinners a reason against it?", "is it safe in pregnancy?"
    if _GENERAL_QUESTION.search(text) and not _OF_SOMEBODY.search(text[:start]):
        return True
    return bool(_WHILE_RIGHT_BEFORE.search(before) and _GENERAL.search(text))


def _negated(text: str, spans: Sequence[Span]) -> bool:
    """Tell whether a negator governs one of the spans: before it in its clause, carried along lists."""
    masked = list(text)
    for a, b in spans:
        masked[a:b] = "#" * (b - a)
    hidden = "".join(masked)
    return any(_governed(hidden, a, text[a:b]) for a, b in spans) or _denied_after(text, spans[-1][1])


def _denied_after(text: str, end: int) -> bool:
    after = text[end : end + 40]
    denied = _NO_AFTER.match(after) or _NOT_AFTER.match(after)
    return bool(denied) and not re.match(r"\s*(?:not|never) \w+", after)


def _governed(text: str, start: int, said: str) -> bool:
    if said.startswith(("no ", "nothing")):  # "I don't have no feeling there"
        return False
    clause_start = max((m.end() for m in _CLAUSE_END.finditer(text, 0, start)), default=0)
    before = text[clause_start:start]
    masked = _FALSE_NEGATOR.sub(lambda m: "#" * len(m.group()), before)
    negators = list(_NEGATOR.finditer(masked))
    if not negators:
        return False
    gap = before[negators[-1].end() :]
    fragments = _FRAGMENT.split(gap)
    if len(fragments) == 1:
        return len(gap.split()) <= 7
    # a list carries its "no" along until a new subject or verb begins: "no numbness, tingling or weakness"
    if _WITHOUT.match(said):
        return False
    by_comma = _FRAGMENT.findall(gap)[-1] == ","
    if by_comma and _NOUN_NEGATOR.match(negators[-1].group()) and _IS_OR_TAKES.match(fragments[-1] + said):
        return False
    listing = _LISTING_NEGATOR.match(negators[-1].group()) or _LISTING_VERB.match(gap)
    return (
        bool(listing)
        and len(gap.split()) <= 16
        and not any(_ME.search(f) or _NEW_STATEMENT.search(f) for f in fragments[1:])
    )


def _person(text: str, start: int, end: int, earlier: str) -> str:
    """Return whose body is meant: the nearest subject before the mention decides."""
    owner = _OWNED_AFTER.match(text[end:])
    if owner:
        return owner.group("who")
    before = text[:end]
    me = max((m.start() for m in _ME.finditer(before) if not _OTHER.match(before, m.start())), default=-1)
    others = [m for pattern in (_OTHER, _NAMED_OTHER, _PRONOUN_OTHER) for m in pattern.finditer(before)]
    others = [m for m in others if not _SAYS.match(text[m.end() :]) and not _is_unborn(before, m)]
    if not others:
        return SELF
    last = max(others, key=lambda m: m.start("who"))
    if me > last.end() - 1:  # "my wife ... my back": the back is mine
        return SELF
    who = last.group("who")
    if who not in _PRONOUNS:
        return who
    named = [m for pattern in (_OTHER, _NAMED_OTHER) for m in pattern.finditer(earlier + before)]
    if named:
        return named[-1].group("who")
    return SELF if who in {"they", "them", "their"} else who  # "they gave me ..."


def _is_unborn(text: str, other: re.Match[str]) -> bool:
    """Tell whether the child spoken of is not a patient: "expecting a baby", "baby aspirin"."""
    if other.group("who") not in {"baby", "child", "kid", "boy", "girl", "little one"}:
        return False
    if other.group().split()[0] not in {"a", "another", "our", "the", "my"}:
        return False
    return bool(_UNBORN.search(text[: other.start()]) or _OF_BABIES.match(text[other.end() :]))
