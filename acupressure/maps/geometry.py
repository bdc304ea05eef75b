"""Curves through given points, and what can be asked of them: where they run, and whether a place lies inside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

STEPS = 8
"""Straight pieces that stand for one bent one."""
_TOKEN = re.compile(r"(-?[\d.]+),(-?[\d.]+)(!?)(-?)")
Map = Callable[["Spot"], "Spot"]


@dataclass(frozen=True)
class Spot:
    """A place in a drawing: x to the right, y downwards."""

    x: float
    y: float

    def __add__(self, other: Spot) -> Spot:
        return Spot(self.x + other.x, self.y + other.y)

    def __sub__(self, other: Spot) -> Spot:
        return Spot(self.x - other.x, self.y - other.y)

    def __mul__(self, factor: float) -> Spot:
        return Spot(self.x * factor, self.y * factor)

    @property
    def length(self) -> float:
        """Distance from the origin."""
        return math.hypot(self.x, self.y)

    def toward(self, other: Spot, part: float) -> Spot:
        """Return the place that lies this part of the way to another."""
        return self + (other - self) * part

    def onto(self, a: Spot, b: Spot) -> Spot:
        """Return the nearest place on the straight line through two others."""
        along, here = b - a, self - a
        return a.toward(b, (along.x * here.x + along.y * here.y) / (along.length**2))


@dataclass(frozen=True)
class Piece:
    """A cubic Bézier piece of a curve; one that is not ``drawn`` closes a shape without a line."""

    start: Spot
    out: Spot
    into: Spot
    end: Spot
    drawn: bool = True

    def at(self, t: float) -> Spot:
        """Return the place at a share of the way, from 0 to 1."""
        s = 1 - t
        return self.start * s**3 + self.out * (3 * s * s * t) + self.into * (3 * s * t * t) + self.end * t**3


@dataclass(frozen=True)
class _Anchor:
    spot: Spot
    corner: bool = False
    hidden: bool = False
    """Whether the piece that follows is not drawn."""
    lifted: bool = False
    """Whether what follows is not drawn, and straight."""


@dataclass(frozen=True)
class Curve:
    """A smooth line through anchors.

    Written as ``x,y`` for each anchor; ``!`` behind one makes a corner, ``-`` hides the line up to the next,
    ``|`` between two lifts the pen (straight and not drawn), ``z`` at the end closes the line.
    """

    anchors: tuple[_Anchor, ...]
    closed: bool = False

    @classmethod
    def parse(cls, text: str) -> Curve:
        """Return the curve that a text describes; ValueError where it describes none."""
        anchors: list[_Anchor] = []
        *tokens, last = text.split()
        if last != "z":
            tokens.append(last)
        for token in tokens:
            if token == "|" and anchors:
                anchors[-1] = _Anchor(anchors[-1].spot, True, True, True)
                continue
            found = _TOKEN.fullmatch(token)
            if not found:
                raise ValueError(f"{token!r} is no anchor")
            x, y, corner, hidden = found.groups()
            anchors.append(_Anchor(Spot(float(x), float(y)), bool(corner), bool(hidden)))
        if len(anchors) < 2:
            raise ValueError("a line needs two anchors")
        return cls(tuple(anchors), last == "z")

    def under(self, change: Map) -> Curve:
        """Return the curve with every anchor moved."""
        moved = (_Anchor(change(a.spot), a.corner, a.hidden, a.lifted) for a in self.anchors)
        return Curve(tuple(moved), self.closed)

    def with_mirror(self, axis: float) -> tuple[Curve, ...]:
        """Return this curve with its mirror image: one curve where they meet on the axis, else two."""
        first, last = (abs(a.spot.x - axis) < 0.01 for a in (self.anchors[0], self.anchors[-1]))
        other = tuple(self._mirrored(axis))
        if self.closed:
            return (self, Curve(other, True))
        if first and last:
            if all(abs(a.spot.x - axis) < 0.01 for a in self.anchors):
                return (self,)
            return (Curve((*self.anchors, *other[1:-1]), True),)
        if last:
            return (Curve((*self.anchors, *other[1:])),)
        if first:
            return (Curve((*other, *self.anchors[1:])),)
        return (self, Curve(other))

    def closed_with_mirror(self, axis: float) -> Curve:
        """Return the closed shape of which this is the half, with no line where the halves do not meet."""
        meets_first, meets_last = (abs(a.spot.x - axis) < 0.01 for a in (self.anchors[0], self.anchors[-1]))
        half, other = list(self.anchors), list(self._mirrored(axis))
        if meets_last:
            other = other[1:]
        else:
            half[-1] = _Anchor(half[-1].spot, True, True, True)
        if meets_first:
            other = other[:-1]
        else:
            other[-1] = _Anchor(other[-1].spot, True, True, True)
        return Curve((*half, *other), True)

    def closed_off(self) -> Curve:
        """Return the closed shape; where the line was open, its last piece is not drawn."""
        if self.closed:
            return self
        *most, last = self.anchors
        return Curve((*most, _Anchor(last.spot, True, True, True)), True)

    def _mirrored(self, axis: float) -> Iterator[_Anchor]:
        """Yield the anchors of the mirror image, from the end to the beginning."""
        turned = self.anchors[::-1]
        for anchor, before in zip(turned, (*turned[1:], None)):
            spot = Spot(2 * axis - anchor.spot.x, anchor.spot.y)
            yield _Anchor(spot, anchor.corner, bool(before and before.hidden), bool(before and before.lifted))

    def pieces(self) -> Iterator[Piece]:
        """Yield the curve's pieces: a Catmull-Rom spline, broken at corners."""
        count = len(self.anchors)
        for i in range(count if self.closed else count - 1):
            here, there = self.anchors[i], self.anchors[(i + 1) % count]
            a, b = here.spot, there.spot
            if here.lifted:
                yield Piece(a, a.toward(b, 1 / 3), a.toward(b, 2 / 3), b, drawn=False)
                continue
            before, after = self._smooth_before(i), self._smooth_after((i + 1) % count)
            out = a + (b - (before or a)) * (1 / 6)
            into = b - ((after or b) - a) * (1 / 6)
            yield Piece(a, out, into, b, drawn=not here.hidden)

    def _smooth_before(self, i: int) -> Spot | None:
        if self._breaks(i) or (i == 0 and not self.closed):
            return None
        return self.anchors[i - 1].spot

    def _smooth_after(self, i: int) -> Spot | None:
        if self._breaks(i) or (i == len(self.anchors) - 1 and not self.closed):
            return None
        return self.anchors[(i + 1) % len(self.anchors)].spot

    def _breaks(self, i: int) -> bool:
        before = self.anchors[i - 1] if i or self.closed else None
        return self.anchors[i].corner or bool(before and before.lifted)

    def outline(self) -> tuple[Spot, ...]:
        """Return places close together all along the curve."""
        places = [p.at(step / STEPS) for p in self.pieces() for step in range(STEPS)]
        return tuple(places) if self.closed else (*places, self.anchors[-1].spot)


@dataclass(frozen=True)
class Oval:
    """An ellipse, written ``o x,y rx,ry`` with the degrees it is turned by behind."""

    centre: Spot
    rx: float
    ry: float
    turn: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Oval:
        """Return the ellipse that a text describes; ValueError where it describes none."""
        try:
            _, centre, radii, *turn = text.split()
            (x, y), (rx, ry) = (map(float, pair.split(",")) for pair in (centre, radii))
            return cls(Spot(x, y), rx, ry, *map(float, turn))
        except (TypeError, ValueError):
            raise ValueError(f"{text!r} is no ellipse") from None

    def under(self, change: Map) -> Oval:
        """Return the ellipse moved by a scaling that may mirror."""
        here, right = change(self.centre), change(self.centre + Spot(1, 0))
        scale = right - here
        turn = -self.turn if scale.x < 0 else self.turn
        return Oval(here, self.rx * scale.length, self.ry * scale.length, turn)

    def with_mirror(self, axis: float) -> tuple[Oval, ...]:
        """Return the ellipse with its mirror image, unless it lies on the axis."""
        if abs(self.centre.x - axis) < 0.01:
            return (self,)
        return (self, self.under(mirror(axis)))

    def closed_with_mirror(self, axis: float) -> Oval:
        """Return the ellipse: it is closed already."""
        return self

    def closed_off(self) -> Oval:
        """Return the ellipse: it is closed already."""
        return self

    def outline(self) -> tuple[Spot, ...]:
        """Return places close together all round the ellipse."""
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        places = []
        for step in range(8 * STEPS):
            angle = step * math.pi / (4 * STEPS)
            x, y = self.rx * math.cos(angle), self.ry * math.sin(angle)
            places.append(self.centre + Spot(x * cos - y * sin, x * sin + y * cos))
        return tuple(places)


Shape = Curve | Oval


def shape(text: str) -> Shape:
    """Return the curve or the ellipse that a text describes."""
    return Oval.parse(text) if text.startswith("o ") else Curve.parse(text)


def mirror(axis: float) -> Map:
    """Return the mirroring at an upright axis."""
    return lambda spot: Spot(2 * axis - spot.x, spot.y)


def contains(outline: Iterable[Spot], spot: Spot) -> bool:
    """Tell whether a place lies inside a closed outline (even-odd rule)."""
    corners = tuple(outline)
    inside = False
    for a, b in zip(corners, (*corners[1:], corners[0])):
        crosses = (a.y > spot.y) != (b.y > spot.y)
        if crosses and spot.x < a.x + (b.x - a.x) * (spot.y - a.y) / (b.y - a.y):
            inside = not inside
    return inside


def above(outline: Iterable[Spot], spot: Spot) -> Spot:
    """Return the highest place of a closed outline straight above a place inside; ValueError where there is none."""
    corners = tuple(outline)
    found = [
        a.y + (b.y - a.y) * (spot.x - a.x) / (b.x - a.x)
        for a, b in zip(corners, (*corners[1:], corners[0]))
        if (a.x > spot.x) != (b.x > spot.x)
    ]
    if not found:
        raise ValueError("there is nothing above")
    return Spot(spot.x, min(found))
