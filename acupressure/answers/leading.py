"""Being led: what a word said in the middle of a routine does to it, and what is said about the step."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from acupressure import cards, policy
from acupressure import routine as engine
from acupressure.answers import alarms, points, safety
from acupressure.answers.points import sort_by_policy, withheld_bubble
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import Command, Outcome, Plan, Progress
from acupressure.text import plain
from acupressure.understanding import Turn
from acupressure.wording import duration

COMMANDS = {
    "routine_next": Command.NEXT,
    "routine_back": Command.BACK,
    "routine_skip": Command.SKIP,
    "routine_pause": Command.PAUSE,
    "routine_resume": Command.RESUME,
    "routine_stop": Command.STOP,
    "routine_restart": Command.RESTART,
    "routine_slower": Command.SLOWER,
    "routine_faster": Command.FASTER,
    "routine_longer": Command.LONGER,
    "routine_shorter": Command.SHORTER,
    "routine_other_side": Command.OTHER_SIDE,
    "routine_time_left": Command.TIME_LEFT,
    "routine_where": Command.WHERE,
    "routine_upcoming": Command.UPCOMING,
}
"""Intent -> command."""
IN_ROUTINE = {*COMMANDS, "routine_replace", "routine_hurts"}
"""Intents that belong into a routine."""
RESUME = "resume"
"""Value of ``Memory.asked`` while "shall we go on at step 4?" waits."""
BEGIN = "begin"
HURTS = "hurts"
_SAID = {
    Outcome.FIRST_ALREADY: "utter_routine_first_already",
    Outcome.SLOWER: "utter_routine_slower",
    Outcome.FASTER: "utter_routine_faster",
    Outcome.LONGER: "utter_routine_longer",
    Outcome.SHORTER: "utter_routine_shorter",
    Outcome.AT_LIMIT: "utter_routine_at_limit",
    Outcome.OTHER_SIDE: "utter_routine_sides_changed",
    Outcome.NO_OTHER_SIDE: "utter_routine_no_other_side",
    Outcome.RESUMED: "utter_routine_resumed",
    Outcome.RUNNING_ALREADY: "utter_routine_running_already",
}
"""Outcome -> what is said before the step."""
_BEGIN_WORDS = re.compile(r"\b(?:start|begin|ready|let'?s go|go ahead|let'?s do (?:it|this))\b")


# -- the routine of a conversation ------------------------------------------------------------------


def progress_of(memory: Memory) -> Progress | None:
    """Return the routine of the conversation, None where there is none or it cannot be read."""
    return Progress.from_dict(memory.progress) if memory.progress else None


def active(memory: Memory) -> Progress | None:
    """Return the routine between its start and its end."""
    progress = progress_of(memory)
    return progress if progress and progress.is_active else None


def kept(memory: Memory, progress: Progress) -> Memory:
    """Return the memory with a routine's new state, and whose body it is for."""
    return replace(memory, progress={**progress.to_dict(), "person": owner(memory)})


def owner(memory: Memory) -> str:
    """Return whose body the routine that is on is for; without one, who is talked about."""
    person = memory.progress.get("person")
    return person if active(memory) and isinstance(person, str) and person else memory.person


def for_owner(memory: Memory) -> Memory:
    """Return the memory for the person of the routine: what somebody else must not press does not count."""
    return replace(memory, person=owner(memory))


def ended(memory: Memory, now: float) -> Memory:
    """Return the memory with a routine that is on stopped."""
    progress = active(memory)
    return kept(memory, engine.apply(progress, Command.STOP, now)[0]) if progress else memory


def halted(memory: Memory, now: float) -> Memory:
    """Return the memory with a running routine paused, because something else came first."""
    progress = active(memory)
    return kept(memory, engine.apply(progress, Command.PAUSE, now)[0]) if progress else memory


def heard(memory: Memory, now: float) -> Memory:
    """Return the memory with the routine knowing that its user is there."""
    progress = active(memory)
    return kept(memory, replace(progress, touched=now)) if progress else memory


def allowed_for(catalog: Catalog, memory: Memory) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return the function that tells which of some points this person may be shown."""
    return lambda codes: tuple(sort_by_policy(catalog, memory, [c for c in codes if c in catalog.points])[0])


def forbidden(catalog: Catalog, memory: Memory, plan: Plan) -> list[str]:
    """Return the points of a plan that this person may not be shown."""
    codes = list(dict.fromkeys(s.code for s in plan.steps))
    return [c for c in codes if c not in allowed_for(catalog, memory)(codes)]


HANDLERS: dict[str, Callable] = {}
"""Intent -> what does it; filled below."""


# -- commands ---------------------------------------------------------------------------------------


def lead(command: Command, turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Do what a command says; without a routine, what the same words mean there."""
    progress = progress_of(turn.memory)
    if progress and progress.status == "stopped" and command is Command.RESUME:
        turn.memory = kept(turn.memory, replace(progress, status="paused"))
        return obey(turn, catalog, Command.RESUME)
    if (
        progress
        and progress.status == "stopped"
        and command is Command.PAUSE
        and turn.memory.asked == "pain_after"
    ):
        turn.memory = kept(turn.memory, replace(progress, status="paused"))  # "I meant pause"
        return obey(turn, catalog, Command.PAUSE)
    if progress and (progress.is_active or command is Command.RESTART):
        return obey(turn, catalog, command)
    return _without_routine(turn, catalog, command)


def obey(turn: Turn, catalog: Catalog, command: Command) -> tuple[list[Bubble], Memory]:
    """Return what a command leads to in the routine of the conversation."""
    memory, now = turn.memory, turn.now
    if command is not Command.RESTART:  # a new beginning is for the person talked about
        memory = for_owner(memory)
    closed = command is not Command.STOP and safety.no_routine(catalog, memory)
    if closed:  # a risk ends the routine, a sign only until a clinician has looked
        signs = alarms.standing_level(catalog, memory)
        return [closed], halted(memory, now) if signs else ended(memory, now)
    before, told = progress_of(memory), []
    withheld = forbidden(catalog, memory, before.plan) if command is not Command.STOP else []
    if withheld:  # for a risk that was told while nothing ran
        before, told = engine.without(before, withheld, now), [withheld_bubble(catalog, memory, withheld)]
    progress, outcome = engine.apply(before, command, now)
    turn.memory = memory = kept(replace(memory, asked=""), progress)
    if outcome is Outcome.STOPPED:
        return [stopped(catalog, progress, now)], replace(memory, asked="pain_after")
    if outcome is Outcome.LAST_FINISHED:
        return finished(catalog, memory, progress, now)
    if outcome in {Outcome.PAUSED, Outcome.PAUSED_ALREADY}:
        facts = _where(progress)
        card = cards.routine_card(progress, catalog, now)
        return [bubble(Say("utter_routine_paused", facts), card=card)], replace(memory, asked=RESUME)
    if outcome is Outcome.TOLD:
        return _tell(catalog, memory, progress, command, now)
    if outcome is Outcome.NOT_RUNNING:
        bubbles, memory = _without_routine(turn, catalog, command)
        return [*told, *bubbles], memory
    said = _SAID.get(outcome)
    new, memory = step(
        catalog, memory, progress, now, intro=Say(said) if said else None, full=outcome is Outcome.SAME
    )
    return [*told, new], memory


def stopped(catalog: Catalog, progress: Progress, now: float) -> Bubble:
    """Return the words of a routine that was stopped, with a light question for the score."""
    return bubble(
        Say("utter_routine_stopped", _where(progress)),
        Say("utter_routine_pain_after"),
        card=cards.routine_card(progress, catalog, now),
    )


def finished(catalog: Catalog, memory: Memory, progress: Progress, now: float) -> tuple[list[Bubble], Memory]:
    """Return the end of a routine, with a light question for the score."""
    close = (
        Say("utter_routine_close", {"close": progress.plan.close})
        if progress.plan.close
        else Say("utter_routine_rest")
    )
    done = bubble(Say("utter_routine_finished"), close, card=cards.routine_card(progress, catalog, now))
    ask = bubble(Say("utter_routine_pain_after"), card=cards.ask_card("pain_score"))
    return [done, ask], replace(kept(memory, progress), asked="pain_after")


def _without_routine(turn: Turn, catalog: Catalog, command: Command) -> tuple[list[Bubble], Memory]:
    """Return what the words of a command mean while nothing runs."""
    memory = turn.memory
    if command in {Command.NEXT, Command.SKIP, Command.UPCOMING} and memory.focus and len(memory.offered) > 1:
        place = memory.offered.index(memory.focus[0]) + 1 if memory.focus[0] in memory.offered else 0
        if place < len(memory.offered):
            return points.show(
                catalog, memory, memory.offered[place : place + 1], memory.aspects or ("overview",)
            )
    if command is Command.BACK and memory.earlier:
        return points.show(catalog, memory, memory.earlier[-1], memory.aspects or ("overview",))
    if command in {Command.WHERE, Command.REPEAT} and memory.focus:
        return points.show(catalog, memory, memory.focus, ("location",))
    if command is Command.OTHER_SIDE and memory.focus:  # "what about the left side" asks about the point
        return points.show(catalog, memory, memory.focus, ("duration",))
    if command in {Command.LONGER, Command.SHORTER} and memory.focus:
        return points.show(catalog, memory, memory.focus, ("duration",))
    blocked = safety.no_routine(catalog, memory)
    if blocked and command not in {Command.STOP, Command.PAUSE}:  # nothing is offered that is refused then
        return [blocked], memory
    name = "utter_routine_none_to_stop" if command in {Command.STOP, Command.PAUSE} else "utter_routine_none"
    return [bubble(Say(name), card=cards.ask_card("confirm", ["begin a routine"]))], replace(
        memory, asked=BEGIN
    )


def _tell(
    catalog: Catalog, memory: Memory, progress: Progress, command: Command, now: float
) -> tuple[list[Bubble], Memory]:
    """Answer a question about the routine itself."""
    if command is Command.WHERE:
        new, memory = step(catalog, memory, progress, now, full=True)
        return [new], memory
    card = cards.routine_card(progress, catalog, now)
    if command is Command.TIME_LEFT:
        left = engine.seconds_left(progress, now)
        facts = {
            "left": duration(max(10, round(left / 10) * 10) if left < 90 else round(left / 30) * 30),
            "steps": progress.steps_left,
        }
        return [bubble(Say("utter_routine_time_left", facts), card=card)], memory
    coming = next((s for s in progress.upcoming if s.code != progress.current.code), None)
    if coming is None:
        return [bubble(Say("utter_routine_nothing_after"), card=card)], memory
    point = catalog.point(coming.code)
    return [bubble(Say("utter_routine_upcoming", cards.point_facts(point)), card=card)], memory


# -- the step ---------------------------------------------------------------------------------------


def step(
    catalog: Catalog,
    memory: Memory,
    progress: Progress,
    now: float,
    intro: Say | None = None,
    full: bool = False,
) -> tuple[Bubble, Memory]:
    """Return the words and the card of the present step.

    Args:
        intro: said before it.
        full: tell everything about finding the point, as for "say that again".
    """
    present = progress.current
    point = catalog.point(present.code)
    memory, card = for_owner(memory), cards.step_card(progress, catalog, now)
    facts = {
        **cards.point_facts(point),
        **_where(progress),
        "hold": duration(card["seconds"]),
        "how": present.how or point.press,
    }
    other = engine.is_other_side(progress) and not full
    limits = policy.verdict(catalog, point, memory.own_risks(), memory.places).limited
    says = [
        intro,
        Say(f"utter_routine_{'other_side' if other else 'step'}_{present.side}", facts),
        Say("utter_points_find", facts) if full else None,
        Say("utter_routine_tip", {"tip": present.tip}) if present.tip and not other else None,
        *(Say("utter_safety_limit", {"advice": c.advice}) for c in limits[:1] if not other),
        Say("utter_points_caution", facts) if not other else None,
        Say("utter_routine_step_next"),
    ]
    if progress.status == "paused":  # nothing may start to count
        card = cards.routine_card(progress, catalog, now)
    memory = kept(memory.with_focus((present.code,), ("location",)), progress)
    return bubble(*says, card=card), memory


def _where(progress: Progress) -> dict:
    """Return the place in the routine, for words."""
    return {"index": progress.index + 1, "of": len(progress.plan.steps), "left": progress.steps_left}


def still(catalog: Catalog, memory: Memory, now: float) -> tuple[list[Bubble], Memory]:
    """Return where the routine is, behind the answer to something else."""
    progress = active(memory)
    if not progress or memory.asked == HURTS or alarms.standing_level(catalog, memory):
        return [], memory  # what was asked, or told to do, comes first
    facts = {**_where(progress), "name": catalog.point(progress.current.code).name}
    card = cards.routine_card(progress, catalog, now)
    if progress.status == "paused":
        return [bubble(Say("utter_routine_go_on", facts), card=card)], replace(memory, asked=RESUME)
    return [bubble(Say("utter_routine_still", facts), card=card)], memory


# -- what gets in the way ---------------------------------------------------------------------------


def without_forbidden(catalog: Catalog, memory: Memory, now: float) -> tuple[list[Bubble], Memory]:
    """Leave out what a risk, told in the middle of a routine, forbids from now on."""
    progress = active(memory)
    if not progress or alarms.standing_level(catalog, memory):
        return [], memory
    theirs = for_owner(memory)
    against = safety.no_routine(catalog, theirs)
    if against:
        over = ended(theirs, now)
        card = cards.routine_card(progress_of(over), catalog, now)
        return [against, bubble(Say("utter_routine_rest"), card=card)], replace(over, asked="")
    withheld = forbidden(catalog, theirs, progress.plan)
    if not withheld:
        return [], memory
    memory = theirs
    left = engine.without(progress, withheld, now)
    bubbles, memory = [withheld_bubble(catalog, memory, withheld)], kept(memory, left)
    if not left.is_active:
        return [*bubbles, stopped(catalog, left, now)], replace(memory, asked="pain_after")
    present, memory = step(catalog, memory, left, now)
    return [*bubbles, present], memory


def another_point(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Put another point in the place of one that cannot be reached or is not wanted."""
    memory, now = turn.memory, turn.now
    progress = active(memory)
    named = [c for m in turn.reading.points for c in m.codes]
    if not progress:
        others = _others(catalog, memory, memory.complaint, memory.focus)
        return (
            points.show(catalog, memory, others[:1], ("overview",))
            if others
            else points.ask_which(catalog, memory)
        )
    memory = for_owner(memory)
    closed = safety.no_routine(catalog, memory)
    if closed:
        return [closed], memory
    wanted = [c for c in named if c != progress.current.code]
    present = [s.code for s in progress.plan.steps]
    if memory.screened == "refused" and wanted and not set(wanted) & set(policy.GENTLEST):
        return [bubble(Say("utter_safety_screen_refused"))], memory
    open_ = allowed_for(catalog, memory)(wanted) or _others(
        catalog, memory, progress.plan.complaint, present, progress.plan.posture
    )
    if wanted and not allowed_for(catalog, memory)(wanted):
        return [withheld_bubble(catalog, memory, wanted)], memory
    if not open_:
        return obey(turn, catalog, Command.SKIP)
    point = catalog.point(open_[0])
    kind = engine.sides_of(point)
    hold = min(max(progress.plan.steps[progress.index].seconds, point.seconds.min), point.seconds.max)
    changed = engine.replace_point(progress, point.code, hold, kind, now)
    intro = Say("utter_routine_replaced", {"name": point.name})
    new, memory = step(catalog, replace(memory, asked=""), changed, now, intro=intro)
    return [new], memory


def _others(
    catalog: Catalog, memory: Memory, complaint: str, without: Sequence[str], posture: str = ""
) -> list[str]:
    """Return points to press instead: of the complaint first, then the calm ones, all within reach."""
    listed = [p.code for p in catalog.complaints[complaint].points] if complaint in catalog.complaints else []
    codes = [c for c in dict.fromkeys([*listed, *policy.CALM]) if c in catalog.points and c not in without]
    if memory.screened == "refused":
        codes = [c for c in codes if c in policy.GENTLEST]
    open_ = [catalog.point(c) for c in allowed_for(catalog, memory)(codes)]
    reachable = [p for p in open_ if p.reach == "self" and (not posture or engine.fits_posture(p, posture))]
    # who cannot reach a point on the back or below the knee reaches the hands
    easy = [p for p in reachable if p.region in {"hand", "arm", "head", "neck", "shoulder", "belly"}]
    return [p.code for p in (*easy, *(p for p in reachable if p not in easy))]


def hurts(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Ease off, and ask for the signs that would end it; the clock stands meanwhile."""
    memory = halted(turn.memory, turn.now)
    progress = active(memory)
    card = cards.routine_card(progress, catalog, turn.now) if progress else None
    ask = cards.ask_card("confirm", ["no, nothing of that kind", "lighter", "leave it out", "stop"])
    bubbles = [
        bubble(Say("utter_routine_hurts"), card=card),
        bubble(Say("utter_routine_hurts_signs"), card=ask),
    ]
    return bubbles, replace(memory, asked=HURTS)


def hurts_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to the questions after "it hurts"."""
    progress = active(turn.memory)
    turn.memory = replace(turn.memory, asked="")
    if turn.intents[0] == "affirm":
        return [bubble(Say("utter_routine_hurts_which"), card=cards.ask_card("risks"))], replace(
            turn.memory, asked=HURTS
        )
    if not progress:
        return [bubble(Say("utter_routine_hurts_fine"))], turn.memory
    lighter = re.search(
        r"\b(?:light\w*|soft\w*|gentl\w*|less|ease\w*|carry on|stay|go on with)\b", turn.reading.text.lower()
    )
    return obey(turn, catalog, Command.RESUME if lighter else Command.SKIP)


# -- yes, no, again ---------------------------------------------------------------------------------


def yes(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take "yes" and "ok" in a routine: go on, begin, or the step is done."""
    progress, asked = active(turn.memory), turn.memory.asked
    if progress.status == "paused":
        return obey(turn, catalog, Command.RESUME)
    at_begin = (
        asked == "pain_before" and progress.index == 0 and _BEGIN_WORDS.search(plain(turn.reading.text))
    )
    return obey(turn, catalog, Command.START if at_begin else Command.NEXT)


_ENOUGH = re.compile(r"\b(?:enough|not now|not today|another time|no more|later)\b")


def no(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take "no" in a routine: do not go on after a pause, else stay where it is."""
    progress, asked = active(turn.memory), turn.memory.asked
    if (
        progress.status == "paused"
        and asked in {RESUME, "soon_go_on"}
        or _ENOUGH.search(turn.reading.text.lower())
    ):
        return obey(turn, catalog, Command.STOP)
    return again(turn, catalog)


def again(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Say the present step again."""
    progress = active(turn.memory)
    if progress.status == "paused" and not safety.no_routine(catalog, for_owner(turn.memory)):
        new, memory = step(catalog, turn.memory, progress, turn.now, full=True)
        return [new], memory
    return obey(turn, catalog, Command.REPEAT)


HANDLERS.update({intent: partial(lead, command) for intent, command in COMMANDS.items()})
HANDLERS.update(routine_replace=another_point, routine_hurts=hurts)


def leave(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Stop for somebody who says goodbye."""
    bubbles, memory = obey(turn, catalog, Command.STOP)
    return [*bubbles, bubble(Say("utter_smalltalk_goodbye"))], memory


def over(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Say that the routine is over to somebody who wants to go on in it."""
    progress = progress_of(turn.memory)
    card = cards.routine_card(progress, catalog, turn.now)
    return [bubble(Say("utter_routine_over"), card=card)], replace(turn.memory, asked="")


ON = {"affirm": yes, "deny": no, "repeat": again, "goodbye": leave}
"""What these answer while a routine is on."""
