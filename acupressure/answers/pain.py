"""Pain scores: asked lightly, taken in any words, told back as a course over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from acupressure import pain, quantities
from acupressure.answers import leading, wishes
from acupressure.cards import ask_card
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.pain import Entry, Outcome, PainLog
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn

ASKED = {"pain_before": "before", "pain_after": "after", "pain_now": "now"}
"""Value of ``Memory.asked`` -> phase of the score it asks for."""
MOST_WORDS = 14
"""A longer message is not taken for a mere score."""


def answers_score(turn: Turn) -> bool:
    """Tell whether a message gives the score that was asked for."""
    reading = turn.reading
    if turn.memory.asked not in ASKED or reading.points or len(reading.text.split()) > MOST_WORDS:
        return False
    if reading.intent in {"start_routine", *leading.IN_ROUTINE, *_OTHER_ERRANDS} and reading.confidence > 0.6:
        return False
    return quantities.score(reading.text) is not None or (
        turn.memory.asked == "pain_after" and quantities.change(reading.text) is not None
    )


_WAITING = {leading.BEGIN, wishes.SCREEN, wishes.WHAT_FOR}
"""Questions that a score told in between leaves open: the routine that was asked for still waits."""
_OTHER_ERRANDS = {"set_reminder", "ask_routines", "ask_duration", "ask_frequency", "deny", "greet", "goodbye"}


def tell(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take in a score, or better and worse where no number is told."""
    memory, text = turn.memory, turn.reading.text
    told, change = quantities.score(text), quantities.change(text)
    progress = leading.progress_of(memory)
    phase = _phase(memory)
    if told and told.out_of_range:
        return [bubble(Say("utter_pain_out_of_range"), card=ask_card("pain_score"))], replace(
            memory, asked=memory.asked if memory.asked in ASKED else "pain_now"
        )
    log, routine = PainLog.read(memory.pain), progress.plan.routine if progress else ""
    if told:
        when = _time(turn).isoformat(timespec="seconds")
        if told.before is not None:
            log = log.add(Entry(when, "before", told.before, routine))
        if told.now is not None:
            closing = "after" if told.before is not None or phase == "after" else phase
            log = log.add(Entry(when, closing, told.now, routine))
    waits = memory.asked if memory.asked in _WAITING else ""
    memory = replace(memory, pain=tuple(log.to_slots()), asked=waits)
    if not told and not change:
        return [bubble(Say("utter_pain_ask"), card=ask_card("pain_score"))], replace(memory, asked="pain_now")
    bubbles = [bubble(*_words(turn, log, change if not told else None, phase), card=_card(log))]
    on = leading.active(memory)
    if phase == "before" and on and on.status == "running":
        present, memory = leading.step(catalog, memory, on, turn.now)
        bubbles.append(present)
    return bubbles, memory


def _phase(memory: Memory) -> str:
    """Return what a score stands for: what was asked, else what the routine's state makes likely."""
    progress = leading.progress_of(memory)
    if memory.asked in ASKED:
        return ASKED[memory.asked]
    if progress and progress.status in {"finished", "stopped"} and memory.asked == "":
        return "now"
    return "before" if progress and progress.is_active and progress.index == 0 else "now"


def _words(turn: Turn, log: PainLog, change: str | None, phase: str) -> list[Say]:
    """Return what is said to a score: thanks, what changed, and advice where the course asks for it."""
    if change:
        return [Say(f"utter_pain_{change}")]
    last, difference = log.entries[-1], pain.change(log)
    says = [Say("utter_pain_noted", {"value": f"{last.value:g}"})]
    if last.phase == "after" and difference is not None:
        facts = {"points": f"{abs(difference):g}"}
        says = [
            Say(
                f"utter_pain_after_{'less' if difference < 0 else 'more' if difference > 0 else 'same'}",
                facts,
            )
        ]
    course = pain.trend(log, _time(turn)).outcome
    if course in {Outcome.WORSE_TWICE, Outcome.NO_GAIN_SIX_WEEKS}:
        says.append(Say(f"utter_pain_trend_{course.value}"))
    elif last.phase == "after" and difference is not None and difference > 0:
        says.append(Say("utter_pain_worse_signs"))
    return says


def _card(log: PainLog, **more: object) -> dict:
    return {"card": "pain", "scores": pain.scores(log), "change": pain.change(log), **more}


def trend(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell how the scores went over time."""
    log = PainLog.read(turn.memory.pain)
    course = pain.trend(log, _time(turn))
    facts = {
        "first": f"{course.first or 0:g}",
        "recent": f"{course.recent or 0:g}",
        "last": f"{log.entries[-1].value:g}" if log.entries else "",
    }
    asked = "pain_now" if course.outcome is Outcome.NOTHING_YET else ""
    return [bubble(Say(f"utter_pain_trend_{course.outcome.value}", facts), card=_card(log))], replace(
        turn.memory, asked=asked
    )


def export(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Hand the scores on as a table."""
    log = PainLog.read(turn.memory.pain)
    if not log.entries:
        return trend(turn, catalog)
    return [bubble(Say("utter_pain_export"), card=_card(log, csv=pain.to_csv(log)))], turn.memory


def skip_score(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Let the score be skipped."""
    return [bubble(Say("utter_pain_skipped"))], replace(turn.memory, asked="")


def _time(turn: Turn) -> datetime:
    return datetime.fromtimestamp(turn.now, timezone.utc)
