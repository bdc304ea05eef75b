"""One composed answer to one message: safety first, then every part of the message in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from acupressure import routine as engine
from acupressure.answers import (
    alarms,
    leading,
    picking,
    points,
    putting_right,
    routine,
    safety,
    smalltalk,
    standing,
)
from acupressure.answers.deciding import asks_more, handler_of, tasks
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Reply, Say
from acupressure.understanding import Turn

_ALWAYS_ANSWERED = {
    "goodbye",
    "thank",
    "greet",
    "bot_challenge",
    "forget_me",
    "ask_privacy",
    "ask_known_risks",
    "insult",
}
"""Answered even while an emergency sign stands (the advice follows)."""
_DONE_BY_TAKING_BACK = {
    alarms.nothing_to_retract,
    safety.tell_risk,
    safety.correct_risk,
    smalltalk.deny,
    smalltalk.affirm,
    smalltalk.more,
    smalltalk.repeat,
    smalltalk.unclear,
    smalltalk.out_of_scope,
}


def respond(turn: Turn, catalog: Catalog) -> Reply:
    """Return the reply to one message."""
    known = (catalog.points, catalog.complaints, catalog.cautions.cautions, catalog.signs.signs, catalog.faq)
    memory = _on_time(turn.memory.known_to(*known), catalog, turn.now)
    memory, news = safety.take_in(replace(turn, memory=memory), catalog)
    turn = replace(turn, memory=memory, extra={"news": news})
    gate = _gate(turn, catalog)
    if isinstance(gate, Reply):
        return gate
    bubbles, turn.memory = gate
    turn = picking.resolved(turn, catalog)
    handled = {alarms.nothing_to_retract} if bubbles else set()
    if bubbles and not news:
        handled |= _DONE_BY_TAKING_BACK
    if news and not handled_by_risk(turn) and not routine.answers_screen(turn):
        bubbles += [safety.noted(n, catalog) for n in news]
    before = turn.memory.progress
    less, turn.memory = leading.without_forbidden(catalog, turn.memory, turn.now)
    said: list[Bubble] = []
    for handler in tasks(turn, catalog):
        if handler in handled:
            continue
        handled.add(handler)
        if handler is smalltalk.repeat and turn.recent and not news:
            return _again(turn, catalog)
        new, turn.memory = handler(turn, catalog)
        said += new
    turn.memory = _asked_for(turn, said)
    return _composed(turn, catalog, [*bubbles, *_in_order(said, less)], memory, before)


def _asked_for(turn: Turn, said: list[Bubble]) -> Memory:
    """Return the memory in which a point asked for by name stays the one talked about, whatever was listed besides."""
    named = tuple(dict.fromkeys(c for m in turn.reading.points if m.how in {"code", "name"} for c in m.codes))
    shown = [b.card["code"] for b in said if b.card and b.card["card"] == "point"]
    listed = any(_kind(b) == "points" for b in said)
    if not listed or not named or not set(named) <= set(shown) or set(turn.memory.focus) == set(named):
        return turn.memory
    return replace(turn.memory, focus=named)


def _in_order(said: list[Bubble], less: list[Bubble]) -> list[Bubble]:
    """Return the answers with what a new risk takes out of the routine; only one step is shown, the present one."""
    if any(_kind(b) == "step" for b in said):
        return [*(b for b in less if _kind(b) != "step"), *said]
    return [*said, *less]


def _kind(bubble: Bubble) -> str:
    return bubble.card["card"] if bubble.card else ""


def _composed(turn: Turn, catalog: Catalog, bubbles: list[Bubble], memory: Memory, before: Mapping) -> Reply:
    """Return the reply with what is still open behind it: a question put off, the routine that waits."""
    open_, turn.memory = routine.still_asked(memory, turn.memory, bubbles)
    bubbles += open_
    if not bubbles:  # whatever happens, nobody is left without a word
        bubbles, turn.memory = smalltalk.unclear(turn, catalog)
    if turn.memory.progress == before and not any(_kind(b) in {"step", "routine"} for b in bubbles):
        still, turn.memory = leading.still(catalog, turn.memory, turn.now)
        bubbles += still
    return Reply(_told_once(bubbles), leading.heard(turn.memory, turn.now))


def _told_once(bubbles: list[Bubble]) -> tuple[Bubble, ...]:
    """Return the bubbles without the same advice a second time: "Noted: ...", then "I leave out ... because of ..."."""
    told: set[str] = set()
    kept = []
    for bubble in (b for n, b in enumerate(bubbles) if b not in bubbles[:n]):
        says = tuple(
            Say("utter_safety_withheld_briefly", say.facts)
            if say.response == "utter_safety_withheld" and say.facts["advice"] in told
            else say
            for say in bubble.says
        )
        told.update(say.facts["advice"] for say in bubble.says if "advice" in say.facts)
        kept.append(replace(bubble, says=says))
    return tuple(kept)


def _on_time(memory: Memory, catalog: Catalog, now: float) -> Memory:
    """Return the memory with a routine that was left alone too long paused, and without points that are gone."""
    progress = leading.progress_of(memory)
    progress = progress.known_to(catalog.points) if progress else None
    if progress is None:
        return replace(memory, progress={})
    if engine.interrupted(progress, now):
        return replace(leading.halted(leading.kept(memory, progress), now), asked=leading.RESUME)
    return leading.kept(memory, progress)


def _again(turn: Turn, catalog: Catalog) -> Reply:
    """Return the last answer as it was, or the points left out where a risk forbids them by now."""
    shown = [c for m in turn.recent for c in _codes(m.get("custom") or {})]
    _, withheld = points.sort_by_policy(catalog, turn.memory, [c for c in shown if c in catalog.points])
    if withheld:
        return Reply((points.withheld_bubble(catalog, turn.memory, withheld),), turn.memory)
    return Reply((), turn.memory, turn.recent)


def _codes(card: Mapping) -> list[str]:
    """Return the codes that a card shows."""
    if card.get("card") in {"point", "step"}:
        return [card["code"]]
    return [p["code"] for p in card.get("points", ())] if card.get("card") == "points" else []


def handled_by_risk(turn: Turn) -> bool:
    """Tell whether a part of the message is about risks, so that its handler acknowledges them."""
    return any(i in {"tell_risk", "correct_risk"} for i in turn.reading.intents) and not asks_more(turn)


def _gate(turn: Turn, catalog: Catalog) -> Reply | tuple[list[Bubble], Memory]:
    """Return the whole reply where safety decides alone, else (bubbles so far, memory)."""
    memory = turn.memory
    signs = alarms.present_signs(turn, catalog)
    if signs:  # whatever runs has to wait
        memory = leading.halted(memory, turn.now)
    if signs and signs[0].level == "crisis":
        return Reply((alarms.crisis(),), leading.ended(memory, turn.now))
    if signs:
        kept = tuple(dict.fromkeys([*memory.signs, *(s.id for s in signs if s.level != "soon")]))
        asked = "soon_go_on" if signs[0].level == "soon" else ""
        complaint = turn.reading.complaints[0].id if turn.reading.complaints else memory.complaint
        return Reply((alarms.urgent(signs),), replace(memory, signs=kept, asked=asked, complaint=complaint))
    back = alarms.taken_back(turn, catalog)
    if back:
        return alarms.retract(turn, catalog, back)
    if safety.still_low(turn):
        return Reply((alarms.crisis(),), memory)
    checked = putting_right.checked(turn, catalog) or putting_right.rather(turn, catalog)
    if checked:
        return checked
    memory = turn.memory
    again = standing.asked_back(turn, catalog)
    if again:
        return Reply((again,), memory)
    if putting_right.puts_right(turn):
        return putting_right.check(turn, catalog)
    right = putting_right.risk_put_right(turn, catalog)
    if right:
        return right
    memory = turn.memory  # a question that was not answered is closed
    if alarms.standing_level(catalog, memory) == "emergency":
        return _while_closed(turn, catalog)
    return [], memory


def _while_closed(turn: Turn, catalog: Catalog) -> Reply:
    """Return the reply while an emergency sign stands: courtesy and privacy, then the advice again."""
    bubbles: list[Bubble] = []
    memory = turn.memory
    if turn.reading.intent in _ALWAYS_ANSWERED and turn.reading.confidence >= standing.SURE:
        bubbles, memory = handler_of(turn.reading.intent)(turn, catalog)
    if memory.signs:
        bubbles = [*bubbles, alarms.reminder(catalog, memory.signs)]
    return Reply(tuple(bubbles), memory)
