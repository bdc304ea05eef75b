"""Reads ``data/catalog`` once, strictly, and answers look-ups by id."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from acupressure.errors import CatalogError
from acupressure.models import Complaint, Faq, Point, Record, Routine, RoutineStep, Source, Study, WhoPoint
from acupressure.risks import Caution, CautionTable
from acupressure.signs import Sign, SignTable

DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / "data" / "catalog"
R = TypeVar("R", bound=Record)


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML loader that refuses a key written twice (PyYAML keeps the last one silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


@dataclass(frozen=True)
class Catalog:
    """Everything the assistant knows. Immutable after loading."""

    points: Mapping[str, Point]
    """By code, in the order of the file."""
    who: Mapping[str, WhoPoint]
    complaints: Mapping[str, Complaint]
    faq: Mapping[str, Faq]
    studies: Mapping[str, Study]
    sources: Mapping[str, Source]
    signs: SignTable
    cautions: CautionTable
    routines: Mapping[str, Routine] = field(default_factory=dict)

    def point(self, code: str) -> Point:
        """Return a point by code; KeyError where the guide has none."""
        return self.points[code]


def read_yaml(path: Path) -> dict:
    """Return a YAML file's mapping; CatalogError names the file and the line of a fault."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise CatalogError(path.name, "-", "-", "the file is missing") from None
    except yaml.YAMLError as error:
        raise CatalogError(path.name, "-", "-", " ".join(str(error).split())) from None
    if not isinstance(content, dict):
        raise CatalogError(path.name, "-", "-", "a mapping is expected at the top")
    return content


def _records(folder: Path, file: str, top: str, model: type[R], key: str = "id") -> dict[str, R]:
    content = read_yaml(folder / file)
    for name in content.keys() - {top}:
        raise CatalogError(file, "-", str(name), "unknown key")
    found: dict[str, R] = {}
    for number, entry in enumerate(content.get(top) or [], start=1):
        label = str(entry.get(key, f"entry {number}")) if isinstance(entry, dict) else f"entry {number}"
        record = parse(file, label, model, entry)
        if label in found:
            raise CatalogError(file, label, key, "stands twice")
        found[label] = record
    if not found:
        raise CatalogError(file, "-", top, "is empty")
    return found


def parse(file: str, label: str, model: type[R], entry: object) -> R:
    """Return one checked record; CatalogError names file, entry and field."""
    if not isinstance(entry, dict):
        raise CatalogError(file, label, "-", "a mapping is expected")
    try:
        return model(**entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise CatalogError(file, label, ".".join(str(part) for part in first["loc"]), first["msg"]) from None


def _known(file: str, entry: str, field: str, ids: Iterable[str], known: Iterable[str]) -> None:
    for missing in sorted(set(ids) - set(known)):
        raise CatalogError(file, entry, field, f"{missing!r} is not known")


def _unique_names(points: Mapping[str, Point]) -> None:
    seen: dict[str, str] = {}
    for point in points.values():
        other = seen.setdefault(point.name.lower(), point.code)
        if other != point.code:
            raise CatalogError("points.yml", point.code, "name", f"{other} has the same name")


def _unique_phrases(complaints: Mapping[str, Complaint]) -> None:
    for name in ("says", "body"):
        seen: dict[str, str] = {}
        for complaint in complaints.values():
            for phrase in getattr(complaint, name):
                other = seen.setdefault(phrase, complaint.id)
                if other != complaint.id:
                    raise CatalogError(
                        "complaints.yml", complaint.id, name, f"{phrase!r} stands under {other} too"
                    )


def _check_routines(
    routines: Mapping[str, Routine],
    points: Mapping[str, Point],
    complaints: Mapping[str, Complaint],
    sources: Mapping[str, Source],
) -> None:
    seen: dict[str, str] = {}
    for routine in routines.values():
        _known("routines.yml", routine.id, "steps", (s.point for s in routine.steps), points)
        _known("routines.yml", routine.id, "for", routine.fits, complaints)
        _known("routines.yml", routine.id, "sources", routine.sources, sources)
        for phrase in routine.says:
            if phrase in seen:
                raise CatalogError(
                    "routines.yml", routine.id, "says", f"{phrase!r} stands under {seen[phrase]} too"
                )
            if phrase != phrase.lower():
                raise CatalogError("routines.yml", routine.id, "says", f"{phrase!r} is not lower case")
            seen[phrase] = routine.id
        for number, step in enumerate(routine.steps):
            problem = _step_problem(step, points[step.point], routine.partner)
            if problem:
                raise CatalogError("routines.yml", routine.id, f"steps.{number}.{problem[0]}", problem[1])


def _step_problem(step: RoutineStep, point: Point, partner: bool) -> tuple[str, str] | None:
    """Return field and problem of a step that its point forbids to everybody."""
    if point.reach == "partner" and not partner:
        return "point", f"{point.code} needs a partner"
    if (step.sides == "midline") != (point.sides == "midline"):
        return "sides", f"{step.sides!r} does not fit {point.code}, which lies on {point.sides}"
    if step.seconds > point.seconds.max:
        return "seconds", f"{point.code} is held {point.seconds.max} seconds at most"
    return None


def load(folder: Path | str = DEFAULT_FOLDER) -> Catalog:
    """Return the checked catalogue of a folder; CatalogError at the first fault."""
    folder = Path(folder)
    sources = _records(folder, "sources.yml", "sources", Source)
    studies = _records(folder, "evidence.yml", "studies", Study)
    points = _records(folder, "points.yml", "points", Point, key="code")
    who = _records(folder, "who_points.yml", "points", WhoPoint, key="code")
    complaints = _records(folder, "complaints.yml", "complaints", Complaint)
    faq = _records(folder, "faq.yml", "faq", Faq)
    routines = _records(folder, "routines.yml", "routines", Routine)
    signs = SignTable.load(read_yaml(folder / "warning_signs.yml"), parse)
    cautions = CautionTable.load(read_yaml(folder / "cautions.yml"), parse)
    for point in points.values():
        _known("points.yml", point.code, "sources", point.sources, sources)
        _known("points.yml", point.code, "trials", point.trials, studies)
    for complaint in complaints.values():
        _known("complaints.yml", complaint.id, "points", (p.code for p in complaint.points), points)
        _known("complaints.yml", complaint.id, "sources", complaint.sources, sources)
    for study in studies.values():
        _known("evidence.yml", study.id, "source", [study.source], sources)
        _known("evidence.yml", study.id, "points", study.points, {*points, *who})
    for entry in faq.values():
        _known("faq.yml", entry.id, "sources", entry.sources, sources)
        _known("faq.yml", entry.id, "evidence", entry.evidence, studies)
    for sign in signs.signs.values():
        _known("warning_signs.yml", sign.id, "sources", sign.sources, sources)
    for caution in cautions.cautions.values():
        _known("cautions.yml", caution.id, "sources", caution.sources, sources)
        _known(
            "cautions.yml",
            caution.id,
            "codes",
            (*caution.forbids.codes, *caution.limits.codes, *caution.only),
            points,
        )
    _unique_names(points)
    _unique_phrases(complaints)
    _check_routines(routines, points, complaints, sources)
    return Catalog(points, who, complaints, faq, studies, sources, signs, cautions, routines=routines)


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Return the catalogue of this checkout, or of the folder named by ``ACU_CATALOG``, read once."""
    return load(os.environ.get("ACU_CATALOG") or DEFAULT_FOLDER)


__all__ = ["Catalog", "Caution", "Sign", "catalog", "load", "parse", "read_yaml"]
