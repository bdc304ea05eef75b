"""The documentation agrees with what it is about."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from acupressure.catalog import Catalog
from scripts import tables
from scripts.settings import ROOT, Problem

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
FOLDERS = ("scripts", "acupressure", "nlu", "channels", "actions", "rasa")


def settings_in_use() -> set[str]:
    """Return the names of all settings of ours that code or configuration reads."""
    files = [
        path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".yml"}
    ]
    return {
        name for path in files for name in re.findall(r"\bACU_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }


class TestTables:
    def test_are_up_to_date(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.tables", "--check"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_hold_every_point(self, known: Catalog) -> None:
        rows = tables.points(known).splitlines()[2:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(known.points)

    def test_hold_every_routine_with_its_length(self, known: Catalog) -> None:
        rows = [row.split(" | ") for row in tables.routines(known).splitlines()[2:]]
        assert [row[0].removeprefix("| ") for row in rows] == [r.name for r in known.routines.values()]
        reset = next(row for row in rows if row[0] == "| desk reset")
        assert reset[3:5] == ["5", "LI4, EX-UE7, BL23, BL52, BL40"]

    def test_a_bar_in_a_cell_does_not_end_it(self) -> None:
        assert tables.markdown(["a"], [["x|y"]]).splitlines()[-1] == r"| x\|y |"

    def test_an_out_of_date_one_is_written_again(self, tmp_path: Path, known: Catalog) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            "before\n<!-- table: knows -->\nof yesterday\n<!-- end -->\nafter\n", encoding="utf-8"
        )
        text = tables.filled(page, known)
        assert text.startswith("before\n<!-- table: knows -->\n| ")
        assert text.endswith("|\n<!-- end -->\nafter\n")
        assert "of yesterday" not in text

    def test_an_unknown_one_is_told(self, tmp_path: Path, known: Catalog) -> None:
        page = tmp_path / "page.md"
        page.write_text("<!-- table: nothing -->\n<!-- end -->\n", encoding="utf-8")
        with pytest.raises(Problem, match="no table 'nothing'"):
            tables.filled(page, known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
class TestPages:
    def test_every_link_leads_somewhere(self, page: Path) -> None:
        told = re.sub(
            r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL
        )  # phrases are marked alike
        links = LINK.findall(told)
        assert [link for link in links if not (page.parent / link).exists()] == []

    def test_name_no_path_of_a_particular_machine(self, page: Path) -> None:
        assert not re.search(r"/(?:home|root|Users|work)/", page.read_text(encoding="utf-8"))


class TestReadme:
    README = (ROOT / "README.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", sorted(settings_in_use() | {"PORT", "ACTION_PORT", "PYTHON"}))
    def test_every_setting_is_in_the_table(self, name: str) -> None:
        assert f"| `{name}` |" in self.README

    def test_every_folder_of_the_layout_exists(self) -> None:
        layout = self.README.split("## Layout")[1].split("\n## ")[0]
        folders = re.findall(r"`([\w/]+/)`", layout)
        assert folders
        assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
