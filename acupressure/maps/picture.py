"""Makes the picture of a point: a close-up with its markers, and beside it the whole body with the region.

The SVG has no ids, no styles and no scripts, so that it may stand in a page any number of times and under a strict
content security policy. Its colours are variables of the page, with a value for where there is no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from acupressure.maps.atlas import Atlas, Body, Drawing, Marker, Side, Sketch, View
from acupressure.maps.geometry import Curve, Map, Oval, Shape, Spot, shape

_HEIGHT, _WIDTH = 400, 400
"""Room for a close-up of the whole width of the body."""
_LIMB, _STACKED = (400, 230), (270, 340)
"""Height and width for each of two limbs side by side, and for broad ones, one above the other."""
_BROAD = 1.1
"""How many times as wide as high a broad one is."""
_GAP, _FOOT, _SMALL = 14, 44, 0.74
"""Room between the parts, for the names of the sides, and the scale of the whole body."""
_APART = 80
"""How far from the middle the names of the sides stand at least."""
_MANY = 6
"""Markers from which on they are drawn small."""
_SKIN, _INK, _SHADE, _HAIR, _MARK, _PAPER, _TEXT = (
    f"var(--map-{name},{value})"
    for name, value in {
        "skin": "#f6dfcf",
        "ink": "#6d4433",
        "shade": "#dda98a",
        "hair": "#c9a48d",
        "mark": "#b0003a",
        "paper": "#fffdf9",
        "text": "#22302b",
    }.items()
)
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {w} {h}" role="img" aria-label={alt} '
    'stroke-linecap="round" stroke-linejoin="round">'
)


def point_picture(
    atlas: Atlas, code: str, sides: str, words: Mapping[str, str], side: Side | None = None
) -> str:
    """Return the SVG of a point.

    Args:
        sides: ``both`` or ``midline``, as in the catalogue.
        words: ``title``, ``alt``, and the names of the sides, ``left`` and ``right``.
        side: show this side only.
    """
    place = atlas.places[code]
    drawing = atlas.drawings[place.drawing]
    view = drawing.views[place.view]
    panels = list(_panels(drawing, view, atlas.markers(code, sides == "midline"), side))
    stacked = len(panels) == 2 and panels[0].is_broad
    x, y, parts = 0.0, 0.0, []
    for panel in panels:
        parts += [panel.svg(x, y), *panel.labels(x, y, words)]
        foot = _FOOT if sides == "both" else 0
        if stacked:
            y += panel.height + foot
        else:
            x += panel.width + _GAP
    width = panels[0].width + _GAP if stacked else x
    height = y if stacked else panels[0].height + foot
    parts.append(_body_part(atlas.body, view.shown, width, (height - foot) / 2, sides, side))
    head = _HEAD.format(
        w=_n(width + atlas.body.size[0] * _SMALL),
        h=_n(max(height, atlas.body.size[1] * _SMALL)),
        alt=quoteattr(words["alt"]),
    )
    title = f"<title>{escape(words['title'])}</title><desc>{escape(words['alt'])}</desc>"
    return f"{head}{title}{''.join(parts)}</svg>\n"


def body_picture(atlas: Atlas, words: Mapping[str, str]) -> str:
    """Return the SVG of the whole body, front and back, with the regions that can be tapped."""
    width, height = atlas.body.size
    parts = []
    for number, seen in enumerate(("front", "back")):
        x = number * (width + _GAP)
        parts.append(f'<g transform="translate({_n(x)} 0)">{_figure(atlas.body, seen)}')
        for name, region in atlas.body.regions.items():
            if region.seen == seen and region.tap:
                ovals = "".join(_ellipse(o) for o in Oval.parse(region.at).with_mirror(atlas.body.mirror))
                left, top = map(float, region.tap.split(","))
                place = f'data-region="{name}" data-x="{_n(x + left)}" data-y="{_n(top)}"'
                parts.append(f'<g {place} fill="{_MARK}" fill-opacity="0">{ovals}</g>')
        parts.append("</g>")
    head = _HEAD.format(w=_n(2 * width + _GAP), h=_n(height), alt=quoteattr(words["alt"]))
    return f"{head}<title>{escape(words['alt'])}</title>{''.join(parts)}</svg>\n"


def _panels(drawing: Drawing, view: View, markers: tuple[Marker, ...], side: Side | None) -> Iterable[_Panel]:
    """Yield the close-ups from left to right."""
    one_side = side in ("left", "right")
    if drawing.mirror is not None or markers[0].side == "midline":
        shown = [m for m in markers if not one_side or m.side in (side, "midline")]
        yield _Panel(drawing, view, shown, (_HEIGHT, _WIDTH))
        return
    _, _, width, height = view.box
    room = (_HEIGHT, _WIDTH) if one_side else _STACKED if width > _BROAD * height else _LIMB
    right = [Marker(m.spot, "right", m.trail) for m in markers]
    both = [_Panel(drawing, view, markers, room), _Panel(drawing, view, right, room, turned=True)]
    if drawing.seen == "front":
        both.reverse()
    yield from (p for p in both if not one_side or p.markers[0].side == side)


class _Panel:
    """One close-up."""

    def __init__(
        self,
        drawing: Drawing,
        view: View,
        markers: Sequence[Marker],
        room: tuple[float, float],
        turned: bool = False,
    ) -> None:
        left, top, width, height = view.box
        scale = min(room[0] / height, room[1] / width)
        self.markers, self._drawing = markers, drawing
        self.width, self.height = width * scale, height * scale
        self.is_broad = width > _BROAD * height

        def change(spot: Spot) -> Spot:
            x = (spot.x - left) * scale
            return Spot(self.width - x if turned else x, (spot.y - top) * scale)

        self._change: Map = change

    def svg(self, x: float, y: float) -> str:
        """Return the drawing, cut off at the edges of the view, with its markers."""
        size = f'x="{_n(x)}" y="{_n(y)}" width="{_n(self.width)}" height="{_n(self.height)}"'

        def is_outside(spot: Spot) -> bool:
            return not (1 < spot.x < self.width - 1 and 1 < spot.y < self.height - 1)

        drawn = _sketch(self._drawing, self._change, is_outside)
        return f'<svg {size} overflow="hidden">{drawn}{"".join(self._trails())}{self._marks()}</svg>'

    def labels(self, x: float, y: float, words: Mapping[str, str]) -> Iterable[str]:
        """Yield the name of each side, below its markers."""
        sides = [s for s in ("left", "right") if any(m.side == s for m in self.markers)]
        for side in sides:
            place = centre = self.width / 2
            if self._drawing.mirror is not None:
                places = [self._change(m.spot).x for m in self.markers if m.side == side]
                off = sum(places) / len(places) - centre
                place += max(_APART, off) if off > 0 else min(-_APART, off)
            yield (
                f'<text x="{_n(x + place)}" y="{_n(y + self.height + 32)}" text-anchor="middle" font-size="30" '
                f'font-family="system-ui,sans-serif" font-weight="600" fill="{_TEXT}">{escape(words[side])}</text>'
            )

    def _trails(self) -> Iterable[str]:
        """Yield a dotted line from each landmark to what is measured from it."""
        lines = [(self._change(m.trail[0]), self._change(m.spot)) for m in self.markers if len(m.trail) > 1]
        if lines:
            d = "".join(f"M{_n(a.x)} {_n(a.y)}L{_n(b.x)} {_n(b.y)}" for a, b in lines)
            yield (f'<path d="{d}" stroke="{_MARK}" stroke-width="2.6" stroke-dasharray="2 5"/>')
            yield f'<g fill="{_MARK}">{_circles((a for a, _ in lines), 3.5)}</g>'

    def _marks(self) -> str:
        spots = [self._change(m.spot) for m in self.markers]
        many = len(spots) > _MANY
        size = 0.5 if many else 1
        halo = "" if many else f'<g fill="{_MARK}" opacity=".2">{_circles(spots, 19)}</g>'
        ring = f'fill="{_PAPER}" stroke="{_MARK}" stroke-width="{_n(4 * size)}"'
        return (
            f"{halo}<g {ring}>{_circles(spots, 10 * size)}</g>"
            f'<g fill="{_MARK}">{_circles(spots, 4 * size)}</g>'
        )


def _circles(spots: Iterable[Spot], radius: float) -> str:
    return "".join(f'<circle cx="{_n(s.x)}" cy="{_n(s.y)}" r="{_n(radius)}"/>' for s in spots)


def _body_part(body: Body, region: str, x: float, middle: float, sides: str, side: Side | None) -> str:
    """Return the whole body with a region marked, small."""
    spot = body.regions[region]
    ovals = Oval.parse(spot.at).with_mirror(body.mirror)
    if sides == "both" and side in ("left", "right") and len(ovals) == 2:
        first = "left" if spot.seen == "back" else "right"
        ovals = ovals[:1] if side == first else ovals[1:]
    marks = "".join(_ellipse(o) for o in ovals)
    y = max(0, middle - body.size[1] * _SMALL / 2)
    return (
        f'<g transform="translate({_n(x)} {_n(y)}) scale({_SMALL})">{_figure(body, spot.seen)}'
        f'<g fill="{_MARK}" fill-opacity=".45" stroke="{_MARK}" stroke-width="3">{marks}</g></g>'
    )


def _figure(body: Body, seen: str) -> str:
    lines = [
        part
        for text in (body.front if seen == "front" else body.back)
        for part in _mirrored(text, body.mirror)
    ]
    return _sketch(body, lambda spot: spot) + _stroked(lines, 1.8)


def _mirrored(text: str, axis: float) -> tuple[Shape, ...]:
    return shape(text).with_mirror(axis)


def _sketch(sketch: Sketch, change: Map, is_outside: Callable[[Spot], bool] = lambda spot: False) -> str:
    """Return a drawing without markers.

    Args:
        is_outside: tells what the edges of the view cut off.
    """

    def moved(shapes: Iterable[Shape]) -> list[Shape]:
        return [s.under(change) for s in shapes]

    parts = [
        _skin(moved(sketch.closed("behind")), is_outside),
        _skin(moved(sketch.closed("skin")), is_outside),
        _filled(moved(sketch.closed("shade")), _SHADE, 0.35),
        _filled(moved(sketch.closed("hair")), _HAIR, 0.55),
        _stroked(moved(sketch.open("faint")), 1.6, 0.55),
        _stroked(moved(sketch.open("lines")), 2.2),
        _skin(moved(sketch.closed("over")), is_outside, 2.4),
    ]
    if sketch.spots:
        dots = _circles((s for s in map(change, sketch.spots) if not is_outside(s)), 4.5)
        parts.append(f'<g fill="none" stroke="{_INK}" stroke-width="1.6" opacity=".7">{dots}</g>')
    return "".join(parts)


def _skin(shapes: list[Shape], is_outside: Callable[[Spot], bool], width: float = 3.2) -> str:
    """Return closed skin, and its outline without the pieces that are not drawn."""
    if not shapes:
        return ""
    parts = []
    for one in shapes:
        if isinstance(one, Oval):
            parts.append(_ellipse(one))
        elif all(p.drawn or (is_outside(p.start) and is_outside(p.end)) for p in one.pieces()):
            parts.append(f'<path d="{_d(one)}"/>')
        else:
            parts.append(
                f'<path stroke="none" d="{_d(one)}"/><path fill="none" d="{_d(one, drawn_only=True)}"/>'
            )
    return f'<g fill="{_SKIN}" stroke="{_INK}" stroke-width="{width}">{"".join(parts)}</g>'


def _stroked(shapes: list[Shape], width: float, opacity: float = 1) -> str:
    if not shapes:
        return ""
    d = "".join(_d(s) for s in shapes if isinstance(s, Curve))
    ovals = "".join(_ellipse(s) for s in shapes if isinstance(s, Oval))
    faint = f' opacity="{opacity}"' if opacity != 1 else ""
    path = f'<path d="{d}"/>' if d else ""
    return f'<g fill="none" stroke="{_INK}" stroke-width="{width}"{faint}>{path}{ovals}</g>'


def _filled(shapes: list[Shape], colour: str, opacity: float) -> str:
    if not shapes:
        return ""
    inner = "".join(_ellipse(s) if isinstance(s, Oval) else f'<path d="{_d(s)}"/>' for s in shapes)
    return f'<g fill="{colour}" opacity="{opacity}">{inner}</g>'


def _ellipse(oval: Oval) -> str:
    at = f'cx="{_n(oval.centre.x)}" cy="{_n(oval.centre.y)}" rx="{_n(oval.rx)}" ry="{_n(oval.ry)}"'
    if not oval.turn:
        return f"<ellipse {at}/>"
    return f'<ellipse {at} transform="rotate({_n(oval.turn)} {_n(oval.centre.x)} {_n(oval.centre.y)})"/>'


def _d(curve: Curve, drawn_only: bool = False) -> str:
    """Return the path data of a curve: short, in steps from where the pen is."""
    out: list[str] = []
    pen = handle = None
    for piece in curve.pieces():
        if drawn_only and not piece.drawn:
            continue
        start = _whole(piece.start)
        if pen != start:
            out.append(f"M{_joined([start])}")
            pen, handle = start, None
        places = [_whole(s) for s in (piece.out, piece.into, piece.end)]
        smooth = handle and max(abs(a - b) for a, b in zip(handle, places[0])) <= 1
        steps = [(x - pen[0], y - pen[1]) for x, y in (places[1:] if smooth else places)]
        # "s" says that the line goes on as it came
        out.append(("s" if smooth else "c") + _joined(steps))
        pen = places[2]
        handle = (2 * pen[0] - places[1][0], 2 * pen[1] - places[1][1])
    return "".join(out) + ("z" if curve.closed and not drawn_only else "")


def _whole(spot: Spot) -> tuple[int, int]:
    """Return a place in whole units, which are less than half a pixel in a card."""
    return round(spot.x), round(spot.y)


def _joined(pairs: Iterable[tuple[int, int]]) -> str:
    text = " ".join(str(value) for pair in pairs for value in pair)
    return text.replace(" -", "-")


def _n(number: float) -> str:
    """Return a number as short as it can be written."""
    text = f"{number:.1f}".rstrip("0").rstrip(".")
    if text in ("-0", ""):
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
