"""Reads ``data/maps`` once, strictly: the drawings, their landmarks, and where each point lies among these.

No point has coordinates. Its place is worked out from landmarks of the drawing, by shares of a distance or in *cun*,
the body's own measure: a known distance of the body is divided into so many parts. The distances are the proportional
bone measurements of the WHO Standard Acupuncture Point Locations (2008), for instance twelve cun from the crease of
the elbow to the crease of the wrist, six between the inner edges of the shoulder blades, sixteen from the crease of
the knee to the tip of the outer ankle bone. Each drawing names those it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, root_validator, validator

from acupressure.catalog import parse, read_yaml
from acupressure.errors import CatalogError
from acupressure.maps.geometry import Oval, Shape, Spot, above, contains, mirror, shape
from acupressure.models import Record, Sentence

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "maps"
PLACES = "places.yml"
BODY = "body.yml"

Side = Literal["left", "right", "midline"]
OTHER = {"left": "right", "right": "left", "midline": "midline"}
_SPOT = re.compile(r"-?[\d.]+,-?[\d.]+")


class Measure(Record):
    """A distance of the body that is so many cun long."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    cun: float = Field(gt=0)
    name: Sentence
    """What the WHO standard measures, in plain words."""


class View(Record):
    """The part of a drawing that a picture shows."""

    box: tuple[float, float, float, float]
    """Left, top, width, height."""
    shown: str
    """The spot of the whole body that is marked beside it."""


class Sketch(Record):
    """What every drawing consists of; see ``Curve.parse`` for how a line is written."""

    mirror: float | None = None
    """The axis of a body that is drawn once and mirrored: only the half on the reader's left is written down."""
    skin: str
    behind: tuple[str, ...] = ()
    """Skin behind the rest: toes, ears."""
    over: tuple[str, ...] = ()
    """Skin in front of the rest: ears seen from the side, nails."""
    shade: tuple[str, ...] = ()
    hair: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    dots: tuple[str, ...] = ()

    @validator("skin", "behind", "over", "shade", "hair", "lines", "faint", each_item=True)
    def _is_shape(cls, value: str) -> str:
        shape(value)
        return value

    @validator("dots", each_item=True)
    def _is_spot(cls, value: str) -> str:
        if not _SPOT.fullmatch(value):
            raise ValueError(f"{value!r} is no place")
        return value

    def closed(self, field: str) -> tuple[Shape, ...]:
        """Return the closed shapes of a field, mirrored where the drawing is."""
        if self.mirror is None:
            return tuple(shape(text).closed_off() for text in self._texts(field))
        found: list[Shape] = []
        for text in self._texts(field):
            half = shape(text)
            closed = isinstance(half, Oval) or half.closed
            whole = half.with_mirror(self.mirror) if closed else (half.closed_with_mirror(self.mirror),)
            found += whole
        return tuple(found)

    def open(self, field: str) -> tuple[Shape, ...]:
        """Return the lines of a field, mirrored where the drawing is."""
        shapes = [shape(text) for text in self._texts(field)]
        if self.mirror is None:
            return tuple(shapes)
        return tuple(part for half in shapes for part in half.with_mirror(self.mirror))

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Return the places of the dots."""
        found = [_spot(text) for text in self.dots]
        if self.mirror is not None:
            found += [mirror(self.mirror)(spot) for spot in found if spot.x != self.mirror]
        return tuple(found)

    def covers(self, spot: Spot) -> bool:
        """Tell whether a place lies on the skin."""
        shapes = (*self.closed("skin"), *self.closed("behind"), *self.closed("over"))
        return any(contains(s.outline(), spot) for s in shapes)

    def _texts(self, field: str) -> tuple[str, ...]:
        value = getattr(self, field)
        return (value,) if isinstance(value, str) else value

    class Config:
        keep_untouched = (cached_property,)


class Drawing(Sketch):
    """A part of the body: the whole width of it, or the left one of two limbs."""

    name: Sentence
    """Fits behind "Drawing of"."""
    seen: Literal["front", "back", "side", "own"]
    """From where: ``own`` as people see their own hands and feet. It decides which side is where."""
    landmarks: Mapping[str, str]
    measures: Mapping[str, Measure] = {}
    views: Mapping[str, View]

    @validator("landmarks", each_item=True)
    def _is_landmark(cls, value: str) -> str:
        if not _SPOT.fullmatch(value):
            raise ValueError(f"{value!r} is no place")
        return value

    @root_validator(skip_on_failure=True)
    def _measures_fit(cls, values: dict) -> dict:
        for name, measure in values["measures"].items():
            for end in (measure.start, measure.end):
                if end.removeprefix("other ") not in values["landmarks"]:
                    raise ValueError(f"measure {name} needs the landmark {end!r}")
        return values

    @property
    def half(self) -> Side:
        """The side that is written down."""
        return "right" if self.mirror is not None and self.seen == "front" else "left"

    def landmark(self, name: str) -> Spot:
        """Return the place of a landmark; ``other x`` is the one on the mirrored side."""
        if name.startswith("other ") and self.mirror is not None:
            return mirror(self.mirror)(self.landmark(name.removeprefix("other ")))
        if name not in self.landmarks:
            raise ValueError(f"{name!r} is no landmark")
        return _spot(self.landmarks[name])

    def cun(self, measure: str) -> float:
        """Return the length of one cun by a measure."""
        if measure not in self.measures:
            raise ValueError(f"{measure!r} is no measure")
        found = self.measures[measure]
        return (self.landmark(found.end) - self.landmark(found.start)).length / found.cun


class Step(Record):
    """A move on the way to a point."""

    toward: str | None = None
    """A landmark, gone towards by ``part`` of the way or by ``cun``."""
    part: float | None = Field(None, gt=0, le=1)
    cun: float | None = Field(None, gt=0)
    by: str = "down"
    """The measure of ``cun``."""
    out: float | None = Field(None, gt=0)
    """Cun sideways from the middle of the body, by the measure ``across``."""
    onto: tuple[str, str] | None = None
    """Straight to the line through two landmarks."""
    up: Literal["skin"] | None = None
    """Straight up to the edge of the skin."""

    @root_validator(skip_on_failure=True)
    def _one_kind(cls, values: dict) -> dict:
        kinds = [k for k in ("toward", "out", "onto", "up") if values[k] is not None]
        lengths = [k for k in ("part", "cun") if values[k] is not None]
        if len(kinds) != 1 or len(lengths) != (kinds == ["toward"]):
            raise ValueError("a step goes toward (by part or cun), out, onto or up")
        return values


class Mark(Record):
    """One spot of a point, or several that are found alike from different landmarks."""

    start: str | tuple[str, ...] = Field(alias="from")
    go: tuple[Step, ...] = ()
    trail: bool = True
    """Whether a dotted line shows the way."""


class Place(Record):
    """Where a point lies: in which drawing, and how to get there."""

    _at_least: ClassVar[dict[str, int]] = {"at": 1}

    drawing: str
    view: str
    at: tuple[Mark, ...]


class BodySpot(Record):
    """A region of the whole body that can be marked or tapped."""

    seen: Literal["front", "back"]
    at: str
    """An ellipse; on the reader's left where there are two."""
    tap: str | None = None
    """Where the page has a button for it: regions of the catalogue only."""

    @validator("at")
    def _is_oval(cls, value: str) -> str:
        Oval.parse(value)
        return value


class Body(Sketch):
    """The whole body from the front and from behind, with its regions."""

    size: tuple[float, float]
    front: tuple[str, ...]
    back: tuple[str, ...]
    regions: Mapping[str, BodySpot]

    @validator("front", "back", each_item=True)
    def _is_line(cls, value: str) -> str:
        shape(value)
        return value


@dataclass(frozen=True)
class Marker:
    """A spot in a drawing."""

    spot: Spot
    side: Side
    trail: tuple[Spot, ...]
    """The way to it, from the landmark it is measured from."""


@dataclass(frozen=True)
class Atlas:
    """Every drawing and every place."""

    drawings: Mapping[str, Drawing]
    places: Mapping[str, Place]
    """By code of the point."""
    body: Body

    def markers(self, code: str, midline: bool) -> tuple[Marker, ...]:
        """Return the markers of a point in its drawing: of both sides where the drawing shows both.

        Args:
            midline: whether the point lies in the middle of the body.
        """
        place = self.places[code]
        drawing = self.drawings[place.drawing]
        side: Side = "midline" if midline else drawing.half
        found = [Marker(trail[-1], side, trail) for trail in _trails(drawing, place.at)]
        if drawing.mirror is not None and not midline:
            turned = mirror(drawing.mirror)
            found += [
                Marker(turned(m.spot), OTHER[m.side], tuple(map(turned, m.trail))) for m in tuple(found)
            ]
        return tuple(found)


def _spot(text: str) -> Spot:
    x, y = text.split(",")
    return Spot(float(x), float(y))


def _trails(drawing: Drawing, marks: Sequence[Mark]) -> Iterator[tuple[Spot, ...]]:
    for mark in marks:
        for start in (mark.start,) if isinstance(mark.start, str) else mark.start:
            way = [drawing.landmark(start)]
            for step in mark.go:
                way.append(_moved(drawing, way[-1], step))
            yield tuple(way if mark.trail else way[-1:])


def _moved(drawing: Drawing, here: Spot, step: Step) -> Spot:
    if step.onto:
        return here.onto(*map(drawing.landmark, step.onto))
    if step.out is not None:
        if drawing.mirror is None:
            raise ValueError("'out' needs a drawing with a middle")
        return here - Spot(step.out * drawing.cun("across"), 0)
    if step.up:
        return above(drawing.closed("skin")[0].outline(), here)
    goal = drawing.landmark(step.toward or "")
    part = step.part if step.cun is None else step.cun * drawing.cun(step.by) / (goal - here).length
    return here.toward(goal, part)


def load(folder: Path = FOLDER) -> Atlas:
    """Return the checked atlas of a folder; CatalogError at the first fault."""
    paths = sorted(p for p in folder.glob("*.yml") if p.name not in {PLACES, BODY})
    drawings = {p.stem: parse(p.name, p.stem, Drawing, read_yaml(p)) for p in paths}
    body = parse(BODY, "body", Body, read_yaml(folder / BODY))
    for name, drawing in drawings.items():
        for label, view in drawing.views.items():
            if view.shown not in body.regions:
                raise CatalogError(f"{name}.yml", label, "shown", f"{view.shown!r} is not known")
    places = {code: parse(PLACES, code, Place, entry) for code, entry in read_yaml(folder / PLACES).items()}
    atlas = Atlas(drawings, places, body)
    for code, place in places.items():
        _check(atlas, code, place)
    return atlas


def _check(atlas: Atlas, code: str, place: Place) -> None:
    """Raise where a place cannot be found, or lies beside the body or outside its view."""
    drawing = atlas.drawings.get(place.drawing)
    if drawing is None:
        raise CatalogError(PLACES, code, "drawing", f"{place.drawing!r} is not known")
    if place.view not in drawing.views:
        raise CatalogError(PLACES, code, "view", f"{place.view!r} is not known")
    try:
        markers = atlas.markers(code, midline=True)
    except ValueError as error:
        raise CatalogError(PLACES, code, "at", str(error)) from None
    left, top, width, height = drawing.views[place.view].box
    for marker in markers:
        if not drawing.covers(marker.spot):
            raise CatalogError(PLACES, code, "at", "lies beside the skin")
        if not (left < marker.spot.x < left + width and top < marker.spot.y < top + height):
            raise CatalogError(PLACES, code, "view", f"does not show {marker.spot}")


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """Return the atlas of this checkout, read once."""
    return load()
