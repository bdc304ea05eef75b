"""The catalogue is read strictly, and a point is added by editing YAML alone."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from acupressure.catalog import DEFAULT_FOLDER, Catalog, catalog, load, read_yaml
from acupressure.errors import CatalogError
from acupressure.finder import Finder

FILES = sorted(p.name for p in DEFAULT_FOLDER.glob("*.yml"))
TOPS = {
    "routines.yml": "routines",
    "points.yml": "points", "who_points.yml": "points", "complaints.yml": "complaints", "faq.yml": "faq",
    "evidence.yml": "studies", "sources.yml": "sources", "warning_signs.yml": "signs", "cautions.yml": "cautions",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the catalogue that may be spoilt."""
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "catalog"))


def edit(folder: Path, file: str, change: Callable[[dict], object]) -> None:
    """Change a file of a catalogue as data."""
    content = copy.deepcopy(read_yaml(folder / file))
    change(content)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    (folder / file).write_text(
        yaml.dump(content, Dumper=dumper, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )


def fault(folder: Path) -> CatalogError:
    """Return the error of a catalogue."""
    with pytest.raises(CatalogError) as caught:
        load(folder)
    return caught.value


def test_the_catalogue_of_this_checkout_is_sound(known: Catalog) -> None:
    assert known.points
    assert known.complaints
    assert set(FILES) == set(TOPS)


@pytest.mark.parametrize("file", FILES)
def test_a_file_written_again_is_the_same_catalogue(folder: Path, known: Catalog, file: str) -> None:
    edit(folder, file, lambda content: None)
    assert load(folder).points == known.points


# -- faults every file may have --------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    error = fault(folder)
    assert error.file == file
    assert "missing" in str(error)


@pytest.mark.parametrize("file", FILES)
def test_broken_yaml_is_named_with_its_line(folder: Path, file: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as end:
        end.write("\nbroken: [one, two\n")
    error = fault(folder)
    assert error.file == file
    assert "line" in str(error)


@pytest.mark.parametrize("file", FILES)
def test_an_unknown_key_at_the_top_is_an_error(folder: Path, file: str) -> None:
    edit(folder, file, lambda content: content.update(extra=[]))
    error = fault(folder)
    assert (error.file, error.field) == (file, "extra")


@pytest.mark.parametrize("file", FILES)
def test_an_unknown_key_of_an_entry_is_an_error(folder: Path, file: str) -> None:
    edit(folder, file, lambda content: content[TOPS[file]][0].update(colour="red"))
    entry = read_yaml(folder / file)[TOPS[file]][0]
    error = fault(folder)
    assert (error.file, error.entry, error.field) == (file, entry.get("code") or entry["id"], "colour")


@pytest.mark.parametrize("file", FILES)
def test_an_entry_that_stands_twice_is_an_error(folder: Path, file: str) -> None:
    edit(folder, file, lambda content: content[TOPS[file]].append(content[TOPS[file]][0]))
    entry = read_yaml(folder / file)[TOPS[file]][0]
    error = fault(folder)
    assert (error.file, error.entry) == (file, entry.get("code") or entry["id"])
    assert "twice" in str(error)


@pytest.mark.parametrize("file", FILES)
def test_a_key_that_stands_twice_is_an_error(folder: Path, file: str) -> None:
    """PyYAML itself would keep the last one without a word."""
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(f"{text}\n{TOPS[file]}: []\n", encoding="utf-8")
    error = fault(folder)
    assert error.file == file
    assert f"'{TOPS[file]}' stands twice" in str(error)


def test_a_field_that_stands_twice_is_an_error_with_its_line(folder: Path) -> None:
    path = folder / "points.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines) if line.startswith("    name:"))
    lines.insert(number, lines[number])
    path.write_text("\n".join(lines), encoding="utf-8")
    error = fault(folder)
    assert error.file == "points.yml"
    assert "'name' stands twice" in str(error)
    assert f"line {number + 2}" in str(error)


@pytest.mark.parametrize("file", FILES)
def test_an_empty_list_of_entries_is_an_error(folder: Path, file: str) -> None:
    edit(folder, file, lambda content: content.update({TOPS[file]: []}))
    error = fault(folder)
    assert (error.file, error.field) == (file, TOPS[file])


@pytest.mark.parametrize("file", FILES)
def test_an_entry_that_is_no_mapping_is_an_error(folder: Path, file: str) -> None:
    edit(folder, file, lambda content: content[TOPS[file]].insert(0, "just words"))
    assert fault(folder).file == file


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_no_mapping_is_an_error(folder: Path, file: str) -> None:
    (folder / file).write_text("- one\n", encoding="utf-8")
    assert fault(folder).file == file


# -- faults of one entry -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sides", "left"),
        ("region", "tail"),
        ("pregnancy", "perhaps"),
        ("strength", "hammer"),
        ("reach", "robot"),
        ("flags", ["sharp"]),
        ("postures", ["flying"]),
        ("where", ""),
        ("where", None),
        ("caution", "  "),
        ("seconds", 60),
        ("names", ["x"]),
    ],
)
def test_a_wrong_value_names_entry_and_field(folder: Path, field: str, value: object) -> None:
    edit(folder, "points.yml", lambda content: content["points"][4].update({field: value}))
    error = fault(folder)
    assert (error.file, error.entry) == ("points.yml", "BL40")
    assert error.field.split(".")[0] == field


@pytest.mark.parametrize(
    "field",
    [
        "name",
        "where",
        "find",
        "press",
        "caution",
        "caution_more",
        "sources",
        "pinyin",
        "chinese",
        "seconds",
        "sides",
        "used_for",
        "tested",
        "pregnancy",
    ],
)
def test_a_missing_field_names_entry_and_field(folder: Path, field: str) -> None:
    edit(folder, "points.yml", lambda content: content["points"][4].pop(field))
    error = fault(folder)
    assert (error.file, error.entry, error.field) == ("points.yml", "BL40", field)


@pytest.mark.parametrize(
    "seconds",
    [
        {"default": 10, "min": 30, "max": 60, "per": "side"},
        {"default": 90, "min": 30, "max": 60, "per": "side"},
        {"default": 60, "min": 0, "max": 60, "per": "side"},
        {"default": 60, "min": 30, "max": 6000, "per": "side"},
        {"default": 60, "min": 30, "max": 90, "per": "finger"},
    ],
)
def test_times_that_make_no_sense_are_errors(folder: Path, seconds: dict) -> None:
    edit(folder, "points.yml", lambda content: content["points"][4].update(seconds=seconds))
    error = fault(folder)
    assert (error.file, error.entry) == ("points.yml", "BL40")
    assert error.field.startswith("seconds")


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("points.yml", "code"),
        ("complaints.yml", "id"),
        ("faq.yml", "id"),
        ("warning_signs.yml", "id"),
        ("cautions.yml", "id"),
    ],
)
def test_a_fact_without_a_source_is_an_error(folder: Path, file: str, key: str) -> None:
    edit(folder, file, lambda content: content[TOPS[file]][0].update(sources=[]))
    entry = read_yaml(folder / file)[TOPS[file]][0][key]
    error = fault(folder)
    assert (error.file, error.entry) == (file, entry)
    assert "sources" in str(error)


@pytest.mark.parametrize(
    ("file", "change", "field"),
    [
        ("points.yml", {"sources": ["nowhere"]}, "sources"),
        ("points.yml", {"trials": ["nowhere"]}, "trials"),
        ("complaints.yml", {"sources": ["nowhere"]}, "sources"),
        ("complaints.yml", {"points": [{"code": "nowhere", "why": "because of it"}]}, "points"),
        ("faq.yml", {"sources": ["nowhere"]}, "sources"),
        ("faq.yml", {"evidence": ["nowhere"]}, "evidence"),
        ("evidence.yml", {"source": "nowhere"}, "source"),
        ("evidence.yml", {"points": ["nowhere"]}, "points"),
        ("warning_signs.yml", {"sources": ["nowhere"]}, "sources"),
        ("cautions.yml", {"sources": ["nowhere"]}, "sources"),
        ("cautions.yml", {"only": ["nowhere"]}, "codes"),
        ("cautions.yml", {"forbids": {"codes": ["nowhere"]}}, "codes"),
        ("cautions.yml", {"limits": {"codes": ["nowhere"]}}, "codes"),
    ],
)
def test_an_id_that_leads_nowhere_is_an_error(folder: Path, file: str, change: dict, field: str) -> None:
    edit(folder, file, lambda content: content[TOPS[file]][0].update(change))
    entry = read_yaml(folder / file)[TOPS[file]][0]
    error = fault(folder)
    assert (error.file, error.entry, error.field) == (file, entry.get("code") or entry["id"], field)
    assert "'nowhere'" in str(error)


def test_two_points_of_one_name_are_an_error(folder: Path) -> None:
    edit(
        folder,
        "points.yml",
        lambda content: content["points"][4].update(name=content["points"][0]["name"].upper()),
    )
    error = fault(folder)
    assert (error.file, error.entry, error.field) == ("points.yml", "BL40", "name")
    assert "CV6" in str(error)


@pytest.mark.parametrize("field", ["says", "body"])
def test_a_phrase_of_two_complaints_is_an_error(folder: Path, field: str) -> None:
    def change(content: dict) -> None:
        first, second = content["complaints"][:2]
        second[field] = [*second.get(field, []), first[field][0]]

    edit(folder, "complaints.yml", change)
    error = fault(folder)
    assert (error.file, error.entry, error.field) == ("complaints.yml", "upper_back", field)


@pytest.mark.parametrize("file", ["warning_signs.yml", "cautions.yml"])
@pytest.mark.parametrize(
    "spec",
    [
        "$no_such_concept",
        ["words", "$no_such_concept"],
        {"all": ["$no_such_concept"]},
        {"all": ["one", "two"], "near": 3},
        {"within": 3},
        "",
        "(unclosed",
    ],
)
def test_a_combination_that_means_nothing_is_an_error(folder: Path, file: str, spec: object) -> None:
    edit(folder, file, lambda content: content[TOPS[file]][0].update(any=[spec]))
    entry = read_yaml(folder / file)[TOPS[file]][0]["id"]
    error = fault(folder)
    assert (error.file, error.entry, error.field) == (file, entry, "any")


@pytest.mark.parametrize("file", ["warning_signs.yml", "cautions.yml"])
@pytest.mark.parametrize("phrases", [["(unclosed"], ["$later_or_never"], [""]])
def test_a_concept_that_means_nothing_is_an_error(folder: Path, file: str, phrases: list[str]) -> None:
    edit(folder, file, lambda content: content["concepts"].update(broken=phrases))
    error = fault(folder)
    assert (error.file, error.entry, error.field) == (file, "concepts", "broken")


def test_facts_cannot_be_changed(known: Catalog) -> None:
    with pytest.raises(TypeError):
        known.point("BL40").name = "Other"


def test_the_folder_can_be_named_from_outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(folder, "points.yml", lambda content: content["points"][4].update(name="Folded Knee"))
    monkeypatch.setenv("ACU_CATALOG", str(folder))
    catalog.cache_clear()
    try:
        assert catalog().point("BL40").name == "Folded Knee"
    finally:
        monkeypatch.delenv("ACU_CATALOG")
        catalog.cache_clear()


# -- adding a point ----------------------------------------------------------------------------------------


def added(folder: Path) -> Catalog:
    """Return the catalogue with one point more: YAML only."""

    def change(content: dict) -> None:
        new = copy.deepcopy(content["points"][4])
        new.update(
            code="TE5", name="Silver Heron", pinyin="Wàiguān", chinese=["外關", "外关"], english=["Outer Frontier"],
            gach=[], article=[], nicknames=["heron spot"], old_codes=[], other_codes=["TB5"], hints=[],
            area="back of the forearm", region="arm",
        )  # fmt: skip
        content["points"].append(new)

    edit(folder, "points.yml", change)
    return load(folder)


def test_a_point_is_added_without_code(folder: Path, known: Catalog) -> None:
    more = added(folder)
    assert list(more.points) == [*known.points, "TE5"]


@pytest.mark.parametrize(
    "text",
    [
        "Where is the Silver Heron?",
        "silver heron",
        "silvr heron",
        "outer frontier",
        "the heron spot",
        "TE5",
        "triple warmer five",
        "Wàiguān",
        "waiguan",
        "wye gwan",
        "外关",
        "TB5",
    ],
)
def test_an_added_point_is_found_by_every_name(folder: Path, text: str) -> None:
    assert [m.codes for m in Finder(added(folder)).points(text)] == [("TE5",)]


def test_an_added_point_gets_a_card_of_its_own(folder: Path) -> None:
    from acupressure import cards
    from tests.unit.contract import check_card

    more = added(folder)
    card = cards.point_card(more.point("TE5"), ["location"], more)
    check_card(card, more)
    assert card["name"] == "Silver Heron"
