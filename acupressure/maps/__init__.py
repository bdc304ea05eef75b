"""Body maps: where every point of the catalogue lies, as a picture with words for those who do not see it."""

from __future__ import annotations

from acupressure.maps.atlas import Atlas, Side, atlas, load
from acupressure.maps.picture import body_picture, point_picture
from acupressure.models import Point
from acupressure.wording import Wording

__all__ = ["Atlas", "atlas", "body_picture", "load", "map_of_body", "map_of_point", "point_picture"]


def map_of_point(point: Point, words: Wording, side: Side | None = None) -> str:
    """Return the SVG of a point of the catalogue; KeyError where it has no place in the drawings."""
    found = atlas()
    drawing = found.drawings[found.places[point.code].drawing]
    facts = {"code": point.code, "name": point.name, "drawing": drawing.name, "where": point.where}
    shown = "midline" if point.sides == "midline" else side or "both"
    said = {
        "title": words.text("utter_maps_title", facts),
        "alt": words.text(f"utter_maps_{shown}", facts),
        "left": words.text("utter_maps_word_left"),
        "right": words.text("utter_maps_word_right"),
    }
    return point_picture(found, point.code, point.sides, said, side)


def map_of_body(words: Wording) -> str:
    """Return the SVG of the whole body with the regions that can be tapped."""
    return body_picture(atlas(), {"alt": words.text("utter_maps_body")})
