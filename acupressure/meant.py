"""How what is mentioned is meant: denied, past, imagined or doubted; whose body it is tells ``persons``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from acupressure.persons import ME, SELF, person_of
from acupressure.search import Span


class Meaning(NamedTuple):
    """How a mention is meant."""

    negated: bool
    past: bool
    hypothetical: bool
    person: str
    doubtful: bool


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
_IS_NOT = re.compile(r"(?:not|isn'?t|aren'?t|wasn'?t|weren'?t|ain'?t)$")
_OR = re.compile(r"\bn?or\b")
_OR_ELSE = re.compile(r"\s*,?\s*(?:\w+ )?(?:n?or)\b")
_WITHOUT = re.compile(
    r"(?:can'?t|can ?not|couldn'?t|unable|don'?t|doesn'?t|won'?t|haven'?t|hasn'?t|no longer)\b"
)
"""Mentions that say themselves that something is missing."""
_LISTING_VERB = re.compile(
    r"\s*(?:\w+ )?(?:have|had|having|got|get|getting|any|feel|felt|feeling|notic\w*|experienc\w*|suffer\w*|"
    r"take|taking|on|been|being|a|an|really|lost|losing)\b"
)
_FALSE_NEGATOR = re.compile(
    r"\b(?:not (?:\w+ )?(?:helped|made (?:any )?(?:better|easier)|eased|improved) by|no thanks to|not because of|"
    r"(?:can'?t|cannot|couldn'?t|don'?t|won'?t|mustn'?t|not (?:allowed|able|meant) to) (?:[\w']+ ){1,6}?(?:because|'?cos|cuz|coz|due to|on account of|thanks to) |"
    r"(?:not|n'?t) (?:only|just|merely)|not sure|no idea|no doubt|don'?t know|not to mention|no matter|not long ago|"
    r"don'?t care|why not|"
    r"no (?=(?:i'?m|i am|i'?ve|i (?:do|have|take|had)|s?he'?s?|my|we)\b)|"
    r"not (?:been )?(?:able|sleeping|well|good|great|right|normal|better|improving|feeling (?:well|good|"
    r"great|right|myself))|"
    r"no (?:\w+ )?(?:relief|better|improvement|joke|kidding|thanks|clue)|no longer|no one|"
    r"not getting (?:any )?(?:better|easier)|"
    r"nothing (?:\w+ )?(?:helps?|works?|eases|touches|i do|changes|worked|helped|is working|seems)|"
    r"(?:do|does|did|will|wo|would|has|have|had|is|was|are)(?:n'?t| not) (?:\w+ )?(?:help\w*|ease\w*|"
    r"go(?! numb)(?:ing)?|stop\w*|matter|want\w*|like|feel (?:well|right|good|great|myself)|"
    r"understand|get (?:it|up|out|better|comfortable|through)|work\w*|sle(?:ep|pt|eping)|believ\w+|"
    r"listen\w*|touch\w*|improv\w+|shift\w*|budg\w+|leav\w+|settl\w+|let|walk\w*|"
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
_FAINTED = re.compile(r"\b(?:faint(?:ed|ing)?|passed out|blacked out|collapsed|keeled over)\b")
_I_AM_FINE = re.compile(r"\b(?:i'?m|i am) (?:fine|ok|okay|alright|all right|good)\b(?: now| again)?")
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
    r"\s*(?:women|wom[ae]n (?:in general|can|may|must|should|could|allowed|press)|lady can|people|patients?|ladies|mothers|mums|users|sufferers|folk|persons?)\b"
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
_IS_OR_TAKES = re.compile(
    r"\W*(?:\w+[- ]?(?:weeks?|wks?|months?)\b|on (?!the\b|my\b|both\b|either\b|one\b)|(?:takes?|taking|using|uses|currently|also|"
    r"known|wears?|wearing)\b|g\d ?p\d|pregnan?t\b|preg\b|prego\b|pregg\w+|expecting\b|diabetic\b|h\w{2,3}mophili\w*|"
    r"osteop\w+ic\b|epileptic\b)"
)
"""What a person is or takes, said beside what is denied: "no red flags, pregnant", "no surgery, on warfarin"."""
_GENERAL = re.compile(
    r"\b(?:safe|dangerous|harmful|allowed|ok|okay|good|bad|forbidden|recommended|advised|careful|avoided?|"
    r"used?|press(?:ed|ing)?|work)\b"
)
_ENDED = re.compile(
    r"\b(?:(?<!can )(?<!could )no longer|stopped|came off|come off|comes off|taken? (?:me |him |her )?off|"
    r"took (?:me |him |her )?off|finished|gave up|given up|quit|used to (?:have|take|be|get))"
    r"(?: (?:taking|having|using|on|with|my|the|his|her|a|an|all|being))*\s*$"
)
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
    r"this (?:morning|afternoon|evening|week)|suddenly|ago|last (?:night|week|month)|still|recent\w*|pinned|plated|screws?|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:in|since|this) (?:the |last )?(?:spring|summer|autumn|fall|winter|january|february|march|april|june|july|august|"
    r"september|october|november|december))\b"
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


def meaning(text: str, spans: Sequence[Span], earlier: str, following: str) -> Meaning:
    """Return how something in a sentence is meant, by the words around it.

    Args:
        text: the sentence, in lower case.
        spans: where the words of the mention stand in it, in order.
        earlier: what was said before the sentence.
        following: what was said after it.
    """
    start, end = spans[0][0], max(spans[-1][1], spans[0][0] + 1)
    past = bool(
        _ENDED.search(text[:start]) or _is_past(text, start, end) or _over_next(following, text[start:end])
    )
    person = person_of(text, start, end, earlier)
    if person != SELF and not past and not _PRESENT_OTHER.search(text):
        past = bool(_PAST_TENSE_OTHER.search(text[:end]))
    return Meaning(
        negated=_negated(text, spans) or _bare_no_next(following),
        past=past,
        hypothetical=_what_if(text, start, end),
        person=person,
        doubtful=bool(_DOUBT.search(text[max(0, start - 40) : end + 10])),
    )


def _bare_no_next(following: str) -> bool:
    """Tell whether the next sentence is nothing but a no ("Pregnant? No.")."""
    return bool(re.match(r"\s*\?\s*(?:no|nope|nah|none|never|not me)\b\W*(?:$|[.!?,])", following))


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


def _over_next(following: str, said: str) -> bool:
    """Tell whether the next short sentence says that it is over ("... . It went away.")."""
    nxt = re.split(r"[.!?;\n]", following.lstrip(".!?;\n "), maxsplit=1)[0]
    if _FAINTED.search(said):  # "I passed out this morning. I'm fine": said to play it down
        nxt = _I_AM_FINE.sub(" ", nxt)
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


def _is_list_of_symptoms(gap: str, after: str) -> bool:
    """Tell whether between a "not" and a mention only other symptoms stand, joined by "or" before it or behind it."""
    told = [f.strip() for f in re.split(r",|\bn?or\b", gap) if f.strip(" #")]
    if not told or not all(_SYMPTOM.fullmatch(f) for f in told):
        return False
    joined_by = _FRAGMENT.findall(gap)[-1]
    return (
        joined_by in {"or", "nor"} or joined_by == "," and not _OR.search(gap) and bool(_OR_ELSE.match(after))
    )


_SYMPTOM = re.compile(
    r"(?:\w+ )?(?:hot|swollen|red|warm|numb|weak|painful|sore|tingly|tingling|stiff|hard|tender)"
)


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
    of_a_thing = _LISTING_NEGATOR.match(negators[-1].group())
    if of_a_thing and _FRAGMENT.findall(gap)[-1] == "," and _IS_OR_TAKES.match(fragments[-1] + said):
        return False
    either = _IS_NOT.match(negators[-1].group()) and _is_list_of_symptoms(gap, text[start + len(said) :])
    # "it is not hot, swollen or red" denies all three; "not the hip or knee, numbness ..." does not
    listing = of_a_thing or _LISTING_VERB.match(gap) or either
    return (
        bool(listing)
        and len(gap.split()) <= 16
        and not any(ME.search(f) or _NEW_STATEMENT.search(f) for f in fragments[1:])
    )
