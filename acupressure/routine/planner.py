"""Makes a plan for one person: a routine of the catalogue, or one put together for what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from acupressure.catalog import Catalog
from acupressure.errors import AcupressureError
from acupressure.models import Point, Routine
from acupressure.routine import fitting
from acupressure.routine.fitting import Unit
from acupressure.routine.plan import LONGEST_MINUTES, PLANNED, SHORTEST_MINUTES, Plan, Request
from acupressure.wording import listing

Allowed = Callable[[Sequence[str]], Sequence[str]]
"""Codes -> those of them that may be shown to this person."""

FALLBACK = "lower_back"
"""The complaint of those who name none."""
DEFAULT_MINUTES = 6
CALM_FROM_SECONDS = 360
"""Plans from this length on end with a calm point."""
CALM = ("EX-HN3", "HT7", "PC6")
"""Points that end a plan or fill it up, the shortest first; pressed in the opposite order."""
NOT_IN_ROUTINES = ("GV26",)
"""Listed in the catalogue for completeness only, as its ``often`` says."""
POSTURES = ("sitting", "lying", "standing")
_SAME = {"desk": "sitting", "bed": "lying"}
"""Who sits at a desk can do what is done sitting, who lies in bed what is done lying, and the reverse."""
_LIMBS = ("arm", "hand", "leg", "foot")


class NothingFits(AcupressureError):
    """No point is left that may be shown; ``codes`` are those that were wanted."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(f"no point is left of {', '.join(self.codes) or 'none'}")


def make_plan(catalog: Catalog, request: Request, allowed: Allowed) -> Plan:
    """Return the plan for a request.

    A routine that is named is taken. Without a name, without minutes and without chosen points, the first
    routine of the catalogue that fits complaint, posture and gentleness is taken if at least two of its
    points and half of them remain. Everything else is planned from the points of the complaint.

    Raises:
        NothingFits: not one point may be shown, or there are none for the complaint.
    """
    named = catalog.routines.get(request.routine)
    if named:
        return _from_routine(catalog, named, request, allowed)
    if request.minutes is None and not request.codes:
        for routine in _suitable(catalog, request):
            codes = {step.point for step in routine.steps}
            left = len(_usable(catalog, codes, request, allowed))
            if left >= 2 and left * 2 >= len(codes):
                return _from_routine(catalog, routine, request, allowed)
    return _on_request(catalog, request, allowed)


def fits_posture(point: Point, posture: str) -> bool:
    """Tell whether a point can be pressed in a posture (on a ball only where one sits or lies on it)."""
    wanted = _SAME.get(posture, posture)
    can = wanted in {_SAME.get(p, p) for p in point.postures}
    return can and not (point.reach == "ball" and wanted == "standing")


# -- routines of the catalogue ----------------------------------------------------------------------


def _suitable(catalog: Catalog, request: Request) -> list[Routine]:
    complaint = request.complaint if request.complaint in catalog.complaints else FALLBACK
    posture = _SAME.get(request.posture, request.posture)
    return [
        routine
        for routine in catalog.routines.values()
        if complaint in routine.fits
        and not routine.partner
        and (not posture or _SAME.get(routine.posture, routine.posture) == posture)
        and (routine.gentle or not request.gentle)
    ]


def _from_routine(catalog: Catalog, routine: Routine, request: Request, allowed: Allowed) -> Plan:
    wanted = tuple(dict.fromkeys(step.point for step in routine.steps))
    gentle = routine.gentle or request.gentle
    usable = _usable(catalog, wanted, request, allowed)
    units = []
    for step in routine.steps:
        if step.point in usable:
            point = catalog.point(step.point)
            most = max(_most(point, routine.posture, gentle), step.seconds)
            least = min(step.seconds, point.seconds.min)
            units.append(
                Unit(step.point, step.sides, step.seconds, least, most, step.how or "", step.tip or "")
            )
    if not units:
        raise NothingFits(wanted)
    holds = [unit.usual for unit in units]
    seconds = _seconds(request.minutes)
    if seconds:
        units = fitting.choose(units, seconds)
        units *= fitting.rounds(units, seconds)
        holds = fitting.fit(units, seconds)
    return _plan(
        routine=routine.id,
        name=routine.name,
        complaint=request.complaint,
        asked=seconds,
        posture=routine.posture,
        units=units,
        holds=holds,
        gentle=gentle,
        wanted=wanted,
        close=routine.close or "",
    )


# -- planned on request -----------------------------------------------------------------------------


def _on_request(catalog: Catalog, request: Request, allowed: Allowed) -> Plan:
    complaint = catalog.complaints.get(request.complaint)
    if not complaint and not request.codes:
        complaint = catalog.complaints[FALLBACK]
    named = tuple(code for code in request.codes if code in catalog.points)
    wanted = named if request.codes else tuple(p.code for p in complaint.points)
    if not wanted:
        raise NothingFits(())
    base = _pressable(catalog, wanted, request, allowed)
    calm = _pressable(catalog, CALM, request, allowed)
    if not base and not calm:
        raise NothingFits(wanted)
    posture, base = _posture(catalog, request, base, allowed)
    units = [_unit(point, posture, request.gentle) for point in base]
    fillers = [_unit(p, posture, request.gentle) for p in calm if p not in base and fits_posture(p, posture)]
    seconds = _seconds(request.minutes) or _default_seconds(request, units)
    chosen = _chosen(units, fillers, seconds, closing=not request.codes)
    body, ending = _ordered(catalog, chosen, base)
    times = fitting.rounds(chosen, seconds)
    sequence = [*body * times, *ending * times]
    return _plan(
        routine=PLANNED,
        name=complaint.name
        if complaint
        else listing([catalog.point(u.code).name for u in dict.fromkeys(sequence)]),
        complaint=complaint.id if complaint else "",
        asked=seconds,
        posture=posture,
        units=sequence,
        holds=fitting.fit(sequence, seconds),
        gentle=request.gentle,
        wanted=wanted,
    )


def _chosen(units: Sequence[Unit], fillers: Sequence[Unit], seconds: float, closing: bool) -> list[Unit]:
    """Return the points for a time: by priority, with a calm one to close and more to fill it up."""
    calm = sorted((u for u in (*units, *fillers) if u.code in CALM), key=lambda u: CALM.index(u.code))
    own = [unit for unit in calm if unit in units]
    closer = (own or calm)[:1] if closing and seconds >= CALM_FROM_SECONDS else []
    others = [unit for unit in units if unit not in closer]
    room = seconds - sum(unit.comfortable for unit in closer)
    chosen = [*(fitting.choose(others, room) if others else []), *closer]
    for unit in (*units, *fillers):
        if chosen and fitting.longest(chosen) >= seconds:
            break
        if unit not in chosen and fitting.shortest([*chosen, unit]) <= seconds:
            chosen.append(unit)
    return chosen or [*units, *fillers][:1]


def _ordered(
    catalog: Catalog, chosen: Sequence[Unit], base: Sequence[Point]
) -> tuple[list[Unit], list[Unit]]:
    """Return the points from far to local, and apart from them the calm ones that come last.

    Local is what lies on the trunk, the neck or the head. Where a complaint has no point there (knee, calf,
    heel), it is the part of the leg its first point lies on. Hands and arms are always far.
    """
    home = {point.region for point in base if point.code not in CALM and point.region not in _LIMBS}
    if not home and base and base[0].region in ("leg", "foot"):
        home = {base[0].region}
    body = [unit for unit in chosen if unit.code not in CALM]
    far = [unit for unit in body if catalog.point(unit.code).region not in home]
    ending = sorted((u for u in chosen if u.code in CALM), key=lambda u: -CALM.index(u.code))
    return [*far, *(unit for unit in body if unit not in far)], ending


def _posture(
    catalog: Catalog, request: Request, base: list[Point], allowed: Allowed
) -> tuple[str, list[Point]]:
    """Return the posture of a plan and the points that fit it.

    Nobody asked for one: the posture in which most of the points can be pressed; points that were named
    all stay. Fewer than two points fit the one that was asked for: points of the catalogue's routines for
    the same complaint and posture come in, and if that does not help, the posture itself gives way and
    ``Plan.posture`` tells so.
    """
    best = max(POSTURES, key=lambda posture: sum(fits_posture(point, posture) for point in base))
    if not request.posture:
        return best, base if request.codes else [p for p in base if fits_posture(p, best)]
    fitting_ = [point for point in base if fits_posture(point, request.posture)]
    if len(fitting_) >= min(2, len(base)):
        return request.posture, fitting_
    if not request.codes:
        routines = _suitable(catalog, request)
        more = dict.fromkeys(step.point for routine in routines for step in routine.steps)
        fitting_ += [
            point
            for point in _pressable(catalog, tuple(more), request, allowed)
            if point not in fitting_ and fits_posture(point, request.posture)
        ]
        if len(fitting_) >= 2:
            return request.posture, fitting_
    return best, [point for point in base if fits_posture(point, best)]


def _default_seconds(request: Request, units: Sequence[Unit]) -> float:
    """Return the length of a plan nobody named one for: the usual holds of named points, else six minutes."""
    if not request.codes:
        return DEFAULT_MINUTES * 60
    usual = sum(unit.times * unit.usual for unit in units)
    return _seconds(max(1, round(usual / 60)))


# -- what both share --------------------------------------------------------------------------------


def _usable(catalog: Catalog, codes: Iterable[str], request: Request, allowed: Allowed) -> list[str]:
    """Return the codes of this catalogue that are allowed and not avoided, in their order."""
    known = [code for code in dict.fromkeys(codes) if code in catalog.points and code not in request.avoid]
    shown = set(allowed(known))
    return [code for code in known if code in shown]


def _pressable(catalog: Catalog, codes: Iterable[str], request: Request, allowed: Allowed) -> list[Point]:
    """Return the points one can press alone: no partner, and no ball where all has to be gentle."""
    points = [catalog.point(code) for code in _usable(catalog, codes, request, allowed)]
    reach = ("self",) if request.gentle else ("self", "ball")
    return [p for p in points if p.reach in reach and p.code not in NOT_IN_ROUTINES]


def sides_of(point: Point) -> str:
    """Return how a point's sides are pressed: ``midline``, ``each`` after the other, or ``together``."""
    return "midline" if point.sides == "midline" else "each" if point.seconds.per == "side" else "together"


def _unit(point: Point, posture: str, gentle: bool) -> Unit:
    kind = sides_of(point)
    most = _most(point, posture, gentle)
    return Unit(point.code, kind, min(point.seconds.default, most), min(point.seconds.min, most), most)


def _most(point: Point, posture: str, gentle: bool) -> int:
    """Return the longest hold: sitting on a ball only the shortest one, gently no more than the usual one."""
    if point.reach == "ball" and _SAME.get(posture, posture) == "sitting":
        return point.seconds.min
    return point.seconds.default if gentle else point.seconds.max


def _seconds(minutes: float | None) -> float:
    """Return minutes within what can be planned as seconds, 0 where none were asked."""
    return 0 if minutes is None else 60 * min(max(minutes, SHORTEST_MINUTES), LONGEST_MINUTES)


def _plan(
    *, asked: float, units: Sequence[Unit], holds: Sequence[int], wanted: Sequence[str], **facts
) -> Plan:
    steps = fitting.steps(units, holds)
    total = sum(step.seconds for step in steps)
    kept = bool(asked) and abs(total - asked) <= asked / 10
    minutes = asked / 60 if kept else max(1, round(total / 60))
    used = {step.code for step in steps}
    left_out = tuple(code for code in dict.fromkeys(wanted) if code not in used)
    return Plan(
        minutes=int(minutes) if minutes == int(minutes) else minutes, steps=steps, left_out=left_out, **facts
    )
