"""Write the tables of the documentation from what they are about: the catalogue and the Makefile.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; what is between them belongs to this program.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from acupressure.catalog import Catalog, load
from acupressure.errors import CatalogError
from acupressure.models import Point, Routine
from acupressure.risks import Caution
from acupressure.routine.plan import sides
from scripts.settings import ROOT, Problem, short

PAGES = ("README.md", "docs/points.md", "docs/routines.md", "docs/safety.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_VERB = re.compile(r"^(\w+):.*## (.+)$", re.MULTILINE)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines)


def _point(point: Point) -> tuple[str, ...]:
    other = [name for name in point.names if name != point.name]
    return (
        point.code,
        point.name,
        f"{point.pinyin} {point.chinese[0]}",
        ", ".join(other),
        ", ".join((*point.old_codes, *point.other_codes)),
        point.where,
    )


def points(catalog: Catalog) -> str:
    """Return all points: how they are called and where they are."""
    head = ("Code", "Name", "Pinyin", "Other names", "Old and other numbers", "Place")
    return markdown(head, map(_point, catalog.points.values()))


def knows(catalog: Catalog) -> str:
    """Return how much the catalogue holds."""
    file = "`data/catalog/{}.yml`"
    rows = (
        (len(catalog.points), "points explained: place, pressure, time, use, caution, evidence", "points"),
        (len(catalog.who), "points of the WHO list known by code and name", "who_points"),
        (len(catalog.complaints), "complaints with the points tradition or trials use", "complaints"),
        (len(catalog.routines), "routines to be led through, besides those planned on request", "routines"),
        (len(catalog.signs.signs), "warning signs, from emergency to worth an appointment", "warning_signs"),
        (len(catalog.cautions.cautions), "personal risks that withhold or limit points", "cautions"),
        (len(catalog.faq), "general questions", "faq"),
        (len(catalog.studies), "studies and guidelines behind the answers about evidence", "evidence"),
        (len(catalog.sources), "sources", "sources"),
    )
    return markdown(("", "What", "Where"), ((str(n), what, file.format(name)) for n, what, name in rows))


def routines(catalog: Catalog) -> str:
    """Return all routines: what for, how long, which points, and where they come from."""
    head = ("Routine", "For", "Posture", "Minutes", "Points", "Kind", "Sources")
    return markdown(head, (_routine(r, catalog) for r in catalog.routines.values()))


def _routine(routine: Routine, catalog: Catalog) -> tuple[str, ...]:
    length = sum(len(sides(step.sides)) * step.seconds for step in routine.steps)
    kind = f"{routine.kind}, gentle" if routine.gentle else routine.kind
    return (
        routine.name,
        ", ".join(catalog.complaints[c].name for c in routine.fits),
        routine.posture,
        f"{length / 60:.0f}",
        ", ".join(dict.fromkeys(step.point for step in routine.steps)),
        kind,
        ", ".join(catalog.sources[s].title for s in routine.sources),
    )


def signs(catalog: Catalog) -> str:
    """Return all warning signs by urgency."""
    titles = catalog.sources
    rows = (
        (s.level.replace("_", " "), s.heard, s.do, ", ".join(titles[x].title for x in s.sources))
        for s in catalog.signs.signs.values()
    )
    return markdown(("Level", "Sign", "What to do", "Sources"), rows)


def cautions(catalog: Catalog) -> str:
    """Return all personal risks with what they forbid."""
    rows = ((c.name, _reach(c), c.routine, c.advice) for c in catalog.cautions.cautions.values())
    return markdown(("Risk", "Points left out", "Routine", "Advice"), rows)


def _reach(caution: Caution) -> str:
    if caution.only:
        return f"all but {', '.join(caution.only)}"
    if caution.local:
        return "those at the place named"
    kinds = [*caution.forbids.flags, *caution.forbids.regions, *caution.forbids.codes]
    return "all" if caution.forbids.every else ", ".join(kinds) or "none"


def commands(catalog: Catalog) -> str:
    """Return the commands of the Makefile."""
    verbs = _VERB.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
    return markdown(("Command", "What it does"), ((f"`make {verb}`", text) for verb, text in verbs))


TABLES: dict[str, Callable[[Catalog], str]] = {
    "points": points,
    "knows": knows,
    "commands": commands,
    "routines": routines,
    "signs": signs,
    "cautions": cautions,
}


def filled(page: Path, catalog: Catalog) -> str:
    """Return the text of a page with its tables as they should be."""
    text = page.read_text(encoding="utf-8")
    for _, name, _ in _TABLE.findall(text):
        if name not in TABLES:
            raise Problem(f"{short(page)}: there is no table '{name}'")
    return _TABLE.sub(lambda m: f"{m[1]}{TABLES[m[2]](catalog)}{m[3]}", text)


def stale(catalog: Catalog) -> list[Path]:
    """Return the pages whose tables are out of date."""
    pages = [ROOT / name for name in PAGES]
    return [page for page in pages if filled(page, catalog) != page.read_text(encoding="utf-8")]


def main() -> int:
    """Bring the tables up to date; with --check only tell whether they are (exit 1 if not)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit 1 if a table is out of date"
    )
    check = parser.parse_args().check
    try:
        catalog = load()
        old = stale(catalog)
        for page in old:
            if not check:
                page.write_text(filled(page, catalog), encoding="utf-8")
            print(f"{short(page)}: {'out of date, run python -m scripts.tables' if check else 'written'}")
    except (CatalogError, Problem) as error:
        print(error, file=sys.stderr)
        return 1
    if not old:
        print("All tables are up to date.")
    return int(check and bool(old))


if __name__ == "__main__":
    sys.exit(main())
