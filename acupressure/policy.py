"""Decides which points may be shown to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from acupressure.catalog import Catalog
from acupressure.models import Point
from acupressure.risks import Caution

CALM = ("PC6", "HT7", "EX-HN3", "EX-UE7", "LI4", "SI3", "BL62")
"""Points offered instead of a withheld one, gentlest first."""

GENTLEST = ("HT7", "EX-HN3", "PC6")
"""Points for those who answer no questions: light pressure, fine even in pregnancy."""


@dataclass(frozen=True)
class Verdict:
    """Whether a point may be shown."""

    withheld: Caution | None = None
    limited: tuple[Caution, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """True where nothing forbids the point."""
        return self.withheld is None


def verdict(catalog: Catalog, point: Point, risks: Iterable[str], places: Sequence[str] = ()) -> Verdict:
    """Return whether the known risks of a person forbid or limit a point.

    Args:
        risks: ids of cautions.yml.
        places: areas with broken or irritated skin; points there are withheld.
    """
    cautions = [catalog.cautions.cautions[r] for r in risks if r in catalog.cautions.cautions]
    for caution in cautions:
        if caution.local:
            if any(_at(point, place) for place in places):
                return Verdict(withheld=caution)
        elif caution.forbids_point(point):
            return Verdict(withheld=caution)
    return Verdict(limited=tuple(c for c in cautions if c.limits.covers(point)))


def _at(point: Point, place: str) -> bool:
    return place == point.region or place == point.code or place in point.area.lower()


def allowed(
    catalog: Catalog, codes: Iterable[str], risks: Sequence[str], places: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the codes that may be shown, in their order."""
    return tuple(c for c in codes if verdict(catalog, catalog.point(c), risks, places).is_allowed)


def instead(
    catalog: Catalog,
    risks: Sequence[str],
    places: Sequence[str] = (),
    near: Iterable[str] = (),
    most: int = 3,
) -> tuple[str, ...]:
    """Return points that are fine for these risks: those named first, then the calm ones."""
    candidates = dict.fromkeys([*near, *CALM])
    return allowed(catalog, (c for c in candidates if c in catalog.points), risks, places)[:most]
