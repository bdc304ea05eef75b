"""Personal risks: what is noted of whom, what that closes, and what is left. Warning signs stand in ``alarms``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from acupressure import cards, policy
from acupressure.answers import alarms, whose
from acupressure.answers.ordinals import picked_codes
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.mentions import Mention
from acupressure.persons import SELF, others
from acupressure.quantities import own_age, own_young_age
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import listing

_OTHERS_OWN = re.compile(r"\b(?:my|the|our) (\w+)\b")
_MEANT_OTHER = re.compile(
    r"\b(?:not me|meant|it'?s (?:for )?my|that'?s my|about my|talking about|who is|the one who)\b"
)
_WRONG_WORD = re.compile(
    r"\bi (?:typed|wrote|said|put|picked|used|chose) the wrong (?:one|word|thing)\b|\bwrong word\b|\bauto-?correct\w*\b|\bspell-?check\w*\b"
)
_IT_IS_RATHER = re.compile(r"\b(?:it'?s|it is|i mean|i meant|should (?:be|read|say)|i have|i'?ve got)\b")
_AREAS = ("knee", "ankle", "wrist", "thumb", "calf", "navel", "toe", "sole", "shin", "palm")
"""Words of the points' areas that tell a place better than its region."""
_REGIONS = {
    "head": re.compile(r"\b(?:eyebrows?|brows?|forehead|face|temples?|cheeks?|lips?|nose|scalp|ears?)\b"),
    "neck": re.compile(r"\b(?:nape|throat)\b"),
    "chest": re.compile(r"\b(?:collar ?bones?|breast ?bone|breasts?)\b"),
    "belly": re.compile(r"\b(?:tummy|stomach|abdomen|belly button)\b"),
    "back": re.compile(r"\b(?:waist|spine|lumbar)\b"),
    "buttock": re.compile(r"\b(?:bum|bottom|backside|butt|buttocks?|tailbone|sacrum)\b"),
    "arm": re.compile(r"\b(?:forearms?|elbows?)\b"),
    "hand": re.compile(r"\b(?:fingers?|knuckles?|web)\b"),
    "leg": re.compile(r"\b(?:thighs?|kneecap)\b"),
    "foot": re.compile(r"\b(?:heels?|instep|toes|feet)\b"),
}
"""Other words for the regions of the body, wide on purpose: rather one point too few."""


@dataclass(frozen=True)
class News:
    """A risk that a message added or took away."""

    person: str
    risk: str
    holds: bool


_OTHERS = r"(?:wife|missus|lad|lass|son|brother|aunt|uncle|cousin|nephew|niece|gran\w*|nan|neighbou?r|girlfriend|partner|husband|mum|mother|dad|father|sister|daughter|friend)"
_NOT_MINE = re.compile(
    rf"\bnot (?:me|i|mine)\b|\bi'?m (?:just |only )?the one (?:who(?:'s| is) )?asking\b|\bit'?s (?:my|the|our|wor) (?:\w+ )?{_OTHERS}\b|"
    r"\bi(?:'?m| am)? (?:not|no) (?:the )?(?:pregnant|expecting|one\b)|\bi(?:'?ve| have) (?:none|nowt|nothing|no such)\b"
)
"""What was noted of the speaker was meant of the other person named."""
_NO_WOMAN = re.compile(
    r"\bi'?m (?:just )?(?:a |the |her )?(?:\w+ )?(?:man|bloke|guy|chap|male|father|dad|husband|boyfriend)\b"
)
_BOTH = re.compile(r"\b(?:too|also|as well|both|either|same)\b")
_WOMENS = {"pregnancy"}


def _is_only_theirs(text: str, risk: str) -> bool:
    """Tell whether a risk of somebody else, as a message puts it, cannot be the speaker's own."""
    if _BOTH.search(text):
        return False
    return bool(_NOT_MINE.search(text) or risk in _WOMENS and _NO_WOMAN.search(text))


OF_RISKS = {"tell_risk", "correct_risk"}
"""Intents of those who tell of themselves."""
_GROWN_UP = 16
"""Years of age from which ``under_16`` no longer holds."""


_MINE = re.compile(r"\bmine,? (?:and )?not (?:hers|his|theirs|my \w+'?s)\b")
"""Says that a risk is the speaker's own, not that of somebody else."""


def take_in(turn: Turn, catalog: Catalog) -> tuple[Memory, list[News]]:
    """Return the memory with the risks of the message taken in, and what is new."""
    memory, news = turn.memory, []
    memory = replace(memory, person=whose.person(turn, memory, catalog.cautions.counts))
    if "under_16" in memory.risks.get(SELF, ()) and (own_age(turn.reading.text) or 0) >= _GROWN_UP:
        memory = memory.with_risk(SELF, "under_16", False)
        news.append(News(SELF, "under_16", False))
    told = {m.id for m in turn.reading.risks if catalog.cautions.counts(m)}
    young = own_young_age(turn.reading.text) is not None and "under_16" in catalog.cautions.cautions
    if young and "under_16" not in (*told, *memory.risks.get(SELF, ())):
        memory = memory.with_risk(SELF, "under_16", True)  # "no, nothing like that, I'm only fifteen"
        news.append(News(SELF, "under_16", True))
    for mention in turn.reading.risks:
        theirs = [p for p, risks in memory.risks.items() if p != SELF and mention.id in risks]
        if theirs and _MINE.search(turn.reading.text.lower()):
            memory, claimed = _claimed(memory, mention.id, theirs)
            news += claimed
            continue
        person = whose.canonical(mention.person, memory)
        known = mention.id in memory.risks.get(person, ())
        if catalog.cautions.counts(mention):
            own = mention.id in memory.risks.get(SELF, ())
            if person != SELF and own and _is_only_theirs(turn.reading.text.lower(), mention.id):
                memory = replace(
                    memory.with_risk(SELF, mention.id, False), person=SELF
                )  # "not me": who asks is well
                news.append(News(SELF, mention.id, False))
            memory = memory.with_risk(person, mention.id, True)
            memory = _with_places(memory, mention, turn, catalog)
            if not known:
                news.append(News(person, mention.id, True))
        elif known and (mention.negated or mention.past):
            memory = memory.with_risk(person, mention.id, False)
            news.append(News(person, mention.id, False))
    covered = {(n.person, id_) for n in news if n.holds for id_ in catalog.cautions.cautions[n.risk].covers}
    return memory, [n for n in news if (n.person, n.risk) not in covered]


def _claimed(memory: Memory, risk: str, persons: Sequence[str]) -> tuple[Memory, list[News]]:
    """Return the memory with a risk of others as the speaker's own ("the apixaban is mine, not hers"), and what is new."""
    news = [News(person, risk, False) for person in persons]
    for person in persons:
        memory = memory.with_risk(person, risk, False)
    if risk not in memory.risks.get(SELF, ()):
        memory = memory.with_risk(SELF, risk, True)
        news.append(News(SELF, risk, True))
    return replace(memory, person=SELF), news


def _with_places(memory: Memory, mention: Mention, turn: Turn, catalog: Catalog) -> Memory:
    """Keep where the skin is broken: the point in focus for "there", or the body parts named."""
    if not catalog.cautions.cautions[mention.id].local:
        return memory
    text = turn.reading.text.lower()
    named = {c for m in turn.reading.points if m.how != "place" for c in m.codes}
    described = {c for m in turn.reading.points for c in m.codes}
    regions = {p.region for p in catalog.points.values() if re.search(rf"\b{p.region}s?\b", text)}
    areas = {area for area in _AREAS if area in text}
    regions |= {region for region, words in _REGIONS.items() if words.search(text)}
    # a place described fits one point best, but a sore spot may reach its neighbours
    chosen = named or areas | described or regions or set(memory.focus)
    return replace(memory, places=tuple(dict.fromkeys([*memory.places, *sorted(chosen)])))


def tell_risk(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Acknowledge what was said about a risk, or ask which condition is meant."""
    news: list[News] = turn.extra.get("news", [])
    if news:
        return [noted(n, catalog) for n in news], replace(turn.memory, asked="")
    standing = [m for m in turn.reading.risks if catalog.cautions.counts(m)]
    if standing:
        again = [noted(News(whose.canonical(m.person, turn.memory), m.id, True), catalog) for m in standing]
        return again, turn.memory
    denied = [m for m in turn.reading.risks if m.negated or m.past]
    if denied:
        name = catalog.cautions.cautions[denied[0].id].name
        # Where more was asked the answer follows: no "what would you like to know?" then.
        said = "utter_safety_not_a_risk_beside" if set(turn.intents) - OF_RISKS else "utter_safety_not_a_risk"
        return [
            bubble(
                Say(said, {"risk": name}),
                card=cards.noted_card(denied[0].id, False, SELF),
            )
        ], turn.memory
    age = own_age(turn.reading.text)
    if age is not None and age >= _GROWN_UP:  # a child's age is a risk and was met above
        return [bubble(Say("utter_safety_age", {"age": str(age)}))], turn.memory
    return [bubble(Say("utter_safety_risk_unclear"), card=cards.ask_card("risk"))], turn.memory


def noted(news: News, catalog: Catalog) -> Bubble:
    """Return the acknowledgement of one risk."""
    caution = catalog.cautions.cautions[news.risk]
    card = cards.noted_card(news.risk, news.holds, news.person)
    if not news.holds:
        return bubble(Say("utter_safety_risk_removed", {"risk": caution.name}), card=card)
    facts = {"risk": caution.name, "noted": caution.noted, "advice": caution.advice, "person": news.person}
    return bubble(
        Say("utter_safety_risk_noted" if news.person == SELF else "utter_safety_risk_noted_other", facts),
        card=card,
    )


_STILL_LOW = re.compile(
    r"\b(?:numbers?|ring|call|phone|hotline|helpline|talk to|speak to|someone|somebody|who can i|help me|chat|sorry|alone|lonely|"
    r"tired of|sick of|had enough|give up|giving up|pointless|no use|hopeless|can'?t (?:go on|any ?more|do this|take)|cannot|don'?t care|"
    r"mean it|not joking|serious(?:ly)?|doesn'?t matter|nobody|no ?one|cry\w*|afraid|scared)\b"
)
"""How despair goes on, or asks whom to turn to."""
_BESIDE_THE_POINT = {
    "nlu_fallback",
    "out_of_scope",
    "other_health",
    "routine_stop",
    "repeat",
    "insult",
    "how_are_you",
}
"""What must not be answered by the book right after words of comfort."""


_SURE = 0.5
"""Confidence below which a message right after words of comfort is taken for more of it."""


def still_low(turn: Turn) -> bool:
    """Tell whether somebody who was just given words of comfort goes on, or asks whom to turn to."""
    if turn.reading.points or "crisis" not in turn.shown:
        return False
    unsure = turn.reading.confidence < _SURE  # "I haven't told anyone" is close to many things
    return (
        unsure
        or turn.reading.intent in _BESIDE_THE_POINT
        or bool(_STILL_LOW.search(turn.reading.text.lower()))
    )


def means_other(turn: Turn) -> bool:
    """Tell whether a message says that what was told of a risk is about somebody else."""
    text = turn.reading.text.lower()
    return bool(turn.memory.risks.get(SELF) and _OTHERS_OWN.search(text) and _MEANT_OTHER.search(text))


def names_another(turn: Turn) -> bool:
    """Tell whether a slip of the keyboard is put right: the speaker meant another condition than the risk just noted."""
    reading, text = turn.reading, turn.reading.text.lower()
    asks_more = reading.points or reading.risks or "?" in text or others(text)
    return not asks_more and bool(_WRONG_WORD.search(text) and _IT_IS_RATHER.search(text))


def correct_risk(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take a risk back, or move it to the person who was really meant."""
    if turn.extra.get("news"):
        return tell_risk(turn, catalog)
    memory, text = turn.memory, turn.reading.text.lower()
    other = _OTHERS_OWN.search(text)
    own = memory.risks.get(SELF, ())
    if other and means_other(turn):
        for risk in own:
            memory = memory.with_risk(SELF, risk, False).with_risk(other.group(1), risk, True)
        memory = replace(memory, person=SELF)
        return [noted(News(other.group(1), r, True), catalog) for r in own], memory
    just_told = turn.shown.keys() & {"noted", "caution", "ask"} or not turn.shown
    if len(memory.own_risks()) == 1 and not just_told:
        return ask_known(turn, catalog)  # what is meant is not clear: nothing is dropped by guess
    if len(memory.own_risks()) == 1:
        risk = memory.own_risks()[0]
        memory = memory.with_risk(memory.person, risk, False)
        return [noted(News(memory.person, risk, False), catalog)], memory
    return tell_risk(turn, catalog)


def ask_known(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell what is known of the user and of others."""
    known = {
        person: [catalog.cautions.cautions[r].name for r in risks]
        for person, risks in turn.memory.risks.items()
    }
    signs = [catalog.signs.signs[s].heard for s in turn.memory.signs]
    says = [Say("utter_safety_known_self", {"risks": listing(known[SELF])})] if SELF in known else []
    says += [
        Say("utter_safety_known_other", {"person": p, "risks": listing(r)})
        for p, r in known.items()
        if p != SELF
    ]
    if signs:
        says.append(Say("utter_safety_known_signs", {"signs": listing(signs)}))
    card = cards.noted_card("known", {p: list(r) for p, r in turn.memory.risks.items()}, turn.memory.person)
    return [bubble(*(says or [Say("utter_safety_known_nothing")]), card=card)], turn.memory


_PERIOD = re.compile(r"\b(?:trimester|month|week|pregnan\w*|child)\b")


def safe_for_me(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer "is that safe for me" from what is known, and ask for what is not."""
    from acupressure.answers import points

    memory = turn.memory
    asked = turn.reading.text.lower()
    picked = () if _PERIOD.search(asked) else picked_codes(asked, memory)  # "is the second one safe with ..."
    codes = tuple(c for m in turn.reading.points for c in m.codes) or picked or memory.focus
    if not codes:
        if memory.own_risks():
            fine = policy.instead(catalog, memory.own_risks(), memory.places)
            return [_limits(catalog, memory, fine)], memory
        return [bubble(Say("utter_safety_ask_risks"), card=cards.ask_card("screen"))], replace(
            memory, asked="screen"
        )
    bubbles, memory = points.show(catalog, memory, codes, ("caution",))
    if not memory.own_risks():
        bubbles.append(bubble(Say("utter_safety_ask_risks"), card=cards.ask_card("risks")))
    return bubbles, memory


_WHAT_IS_LEFT = re.compile(
    r"\bwhat (?:else )?(?:can|could|may|should|might|am|is|are) (?:i|we|s?he|they|my \w+)\b(?: (?:allowed|able|supposed|left|still|then|now|safely|at least))*"
    r"(?: to)? (?:do|press|use|try)\b|\b(?:what|which|anything|something|nothing)(?: \w+)? (?:i|s?he|we|they) (?:can|could|may) (?:still |safely |at least )?(?:do|press|use|try)\b|"
    r"\bwhat(?:'s| is|s) (?:safe|fine|okay|ok|allowed) for (?:me|him|her|us|them)\b|\bwhat(?:'s| is|s) (?:left|fine|okay|ok|allowed|safe)\b(?: for (?:me|her|him|us))?\W*$|\bwhat can be done\b|\bwhat (?:does|would) (?:that|this|it) leave(?: (?:me|us|him|her|them))?\b|^\W*not even\b|\bany (?:point|spot)s? at all\b|\b(?:in its place|in place of (?:it|that|them))\b"
)


def asks_what_is_left(turn: Turn) -> bool:
    """Tell whether somebody whose risks are known asks what they may do."""
    reading = turn.reading
    if reading.points or reading.complaints or not turn.memory.own_risks():
        return False
    return bool(_WHAT_IS_LEFT.search(reading.text.lower()))


_WHAT_TO_AVOID = re.compile(
    r"\b(?:which|what)\b[^?]*\b(?:avoid\w*|keep (?:away|off|clear)|stay (?:away|off|clear)|steer clear|off limits|(?:must|should|may|ca|do|is|are) ?n'?t\b|\bcannot\b|\b(?:must|should|may|can) not\b|leave (?:out|alone|off)|forbidden|out of bounds|"
    r"no.?go|not (?:to )?(?:press|touch|use|do)|not allowed)"
)


def asks_what_to_avoid(turn: Turn) -> bool:
    """Tell whether somebody whose risks are known asks which points are not for them."""
    reading, text = turn.reading, turn.reading.text.lower()
    if reading.complaints or turn.memory.focus and reading.points or not turn.memory.own_risks():
        return False
    return bool(_WHAT_TO_AVOID.search(text) and _SPOTS.search(text)) and not _IF.search(text)


_IF = re.compile(r"\bif\b|\bwhat happens\b")
_SPOTS = re.compile(
    r"\b(?:points?|spots?|ones?|places?|which (?:must|should|may|can|do|are|of)|off limits|no.?go|press)\b"
)


def what_to_avoid(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Name the points that known risks close."""
    from acupressure.answers.points import sort_by_policy, withheld_bubble

    memory = turn.memory
    _, withheld = sort_by_policy(catalog, memory, list(catalog.points))
    if not withheld:
        return [_limits(catalog, memory, policy.instead(catalog, memory.own_risks(), memory.places))], memory
    return [withheld_bubble(catalog, memory, withheld, most=len(withheld))], replace(memory, asked="")


def what_is_left(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer "so what can I do?" with the points that known risks leave, those for the ache first."""
    from acupressure.answers.points import sort_by_policy

    memory = turn.memory
    ache = catalog.complaints.get(memory.complaint)
    near = [p.code for p in ache.points] if ache else []
    fine, _ = sort_by_policy(
        catalog, memory, policy.instead(catalog, memory.own_risks(), memory.places, near)
    )
    return [_limits(catalog, memory, fine)], replace(memory, offered=tuple(fine), asked="")


def _limits(catalog: Catalog, memory: Memory, fine: Sequence[str]) -> Bubble:
    """Say what known risks ask for, and which points are fine with them."""
    advice = [catalog.cautions.cautions[r].advice for r in memory.own_risks()[:3]]
    names = listing([catalog.point(c).name for c in fine])
    says = [Say("utter_safety_limit", {"advice": a}) for a in advice]
    says.append(Say("utter_safety_instead", {"names": names}) if names else Say("utter_safety_no_instead"))
    return bubble(*says, card=cards.caution_card([], memory.own_risks()[0], fine))


def no_routine(catalog: Catalog, memory: Memory) -> Bubble | None:
    """Return the words where no routine may be led for this person, None where one may."""
    from acupressure.answers.points import sort_by_policy  # that module knows this one

    risks = [catalog.cautions.cautions[r] for r in memory.own_risks()]
    against = next((r for r in risks if r.routine == "none"), None)
    if against:
        instead = policy.instead(catalog, memory.own_risks(), memory.places)
        fine, _ = sort_by_policy(catalog, memory, instead)
        names = listing([catalog.point(c).name for c in fine])
        says = [Say("utter_safety_no_routine", {"risk": against.name, "advice": against.advice})]
        says.append(
            Say("utter_safety_instead", {"names": names}) if names else Say("utter_safety_no_instead")
        )
        return bubble(*says, card=cards.caution_card([], against.id, fine))
    if alarms.standing_level(catalog, memory):
        heard = listing([catalog.signs.signs[s].heard for s in memory.signs])
        card = cards.caution_card([], memory.signs[0], [])
        return bubble(Say("utter_safety_no_routine_sign", {"heard": heard}), card=card)
    return None
