"""Greetings, thanks, yes and no, "say that again", and what is none of our business."""

from __future__ import annotations

from dataclasses import replace

from acupressure import cards
from acupressure.answers import complaints, faq, points, privacy
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn

_REPEATED = ("text", "buttons", "custom")


def talk(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer small talk with the response of its intent."""
    intent = next(i for i in turn.intents if f"utter_smalltalk_{i}" in SMALLTALK)
    card = cards.faq_card(intent, []) if intent in _ASKED_OF_THE_GUIDE else None
    return [bubble(Say(f"utter_smalltalk_{intent}"), card=card)], turn.memory


_ASKED_OF_THE_GUIDE = {"help", "bot_challenge"}
"""Questions of a general kind, about the guide itself."""
SMALLTALK = frozenset(
    f"utter_smalltalk_{i}"
    for i in ("greet", "goodbye", "thank", "help", "bot_challenge", "how_are_you", "praise", "insult")
)


def affirm(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take "yes" as the answer to what was asked or offered last."""
    memory = turn.memory
    if privacy.just_forgotten(turn):
        return privacy.already(turn, catalog)
    if memory.asked == "which_point" and memory.offered:
        return points.show(catalog, memory, memory.offered[:1], memory.aspects or ("overview",))
    if memory.asked == "soon_go_on":
        return complaints.answer(turn, catalog)
    if memory.topic:
        return faq.more(turn, catalog)
    if len(memory.focus) == 1:
        return points.more(turn, catalog)
    return [bubble(Say("utter_smalltalk_affirm"))], replace(memory, asked="")


def deny(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take "no" as the answer to what was asked last."""
    return [bubble(Say("utter_smalltalk_deny"))], replace(turn.memory, asked="")


def repeat(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Say the last answer again as it was; ``respond`` adds the messages."""
    if turn.recent:
        return [], turn.memory
    return [bubble(Say("utter_smalltalk_nothing_to_repeat"))], turn.memory


def start_over(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Begin afresh; what was said about risks and warning signs is kept, because it still holds."""
    kept = Memory(risks=turn.memory.risks, signs=turn.memory.signs, places=turn.memory.places)
    return [
        bubble(Say("utter_smalltalk_start_over_kept" if kept.risks else "utter_smalltalk_start_over"))
    ], kept


def more(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Give more about what was answered last: the question, or else the point."""
    if turn.memory.topic:
        return faq.more(turn, catalog)
    return points.more(turn, catalog)


def out_of_scope(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Say kindly that this is none of our business, and what is."""
    name = (
        "utter_smalltalk_other_health" if "other_health" in turn.intents else "utter_smalltalk_out_of_scope"
    )
    return [
        bubble(Say(name), card=cards.out_of_scope_card(["points for lower back pain", "where a point is"]))
    ], turn.memory


def unclear(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Offer what was probably meant instead of a shrug."""
    guesses = [i for i in turn.reading.ranking if i in SUGGESTED][:2]
    says = [
        Say("utter_smalltalk_unclear"),
        *(Say(f"utter_suggest_{i}") for i in guesses),
        Say("utter_suggest_help"),
    ]
    return [bubble(*says, card=cards.out_of_scope_card(guesses))], turn.memory


SUGGESTED = frozenset(
    {"ask_location", "ask_pressure", "ask_duration", "ask_benefits", "ask_complaint", "list_points", "faq_does_it_work",
     "faq_what_is", "faq_technique", "faq_who_should_not", "start_routine", "tell_risk"}
)  # fmt: skip
"""Intents with an ``utter_suggest_`` button in domain.yml."""
