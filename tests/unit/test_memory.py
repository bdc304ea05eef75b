"""What is kept between two messages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.catalog import Catalog, read_yaml
from acupressure.memory import MAX_EARLIER, Memory
from acupressure.persons import SELF
from acupressure.wording import DOMAIN

codes = st.lists(st.sampled_from(["BL40", "LI4", "EX-UE7", "BL31-34", "Anmian"]), max_size=4).map(tuple)
names = st.text(min_size=1, max_size=8)
some = st.lists(names, min_size=1, max_size=3).map(tuple)
memories = st.builds(
    Memory,
    focus=codes,
    earlier=st.lists(codes.filter(bool), max_size=4).map(tuple),
    offered=codes,
    aspects=codes,
    complaint=st.text(max_size=8),
    asked=st.text(max_size=8),
    topic=st.text(max_size=8),
    risks=st.dictionaries(names, some, max_size=3),
    person=names,
    signs=codes,
    places=codes,
    screened=st.sampled_from(["", "clear", "answered", "refused"]),
)


@given(memories)
def test_what_is_kept_comes_back_as_it_was(memory: Memory) -> None:
    stored = json.loads(json.dumps(memory.to_slots()))
    assert Memory.from_slots(stored) == memory


def test_every_slot_is_in_the_domain() -> None:
    declared = read_yaml(DOMAIN)["slots"]
    assert set(Memory().to_slots()) == set(declared)


def test_an_empty_memory_leaves_slots_unset() -> None:
    slots = Memory().to_slots()
    assert slots.pop("safety__person") == SELF
    assert set(slots.values()) == {None}
    assert Memory.from_slots({}) == Memory()


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(), st.none(), st.text(max_size=3)), max_size=3),
    st.dictionaries(
        st.text(max_size=3), st.one_of(st.integers(), st.none(), st.text(max_size=3)), max_size=2
    ),
)


@given(st.fixed_dictionaries(dict.fromkeys(Memory().to_slots(), junk)))
def test_slots_that_cannot_be_read_count_as_unset(slots: dict) -> None:
    memory = Memory.from_slots(slots)
    for name in ("focus", "offered", "aspects", "signs", "places"):
        assert isinstance(getattr(memory, name), tuple)
        assert all(isinstance(item, str) for item in getattr(memory, name))
    for name in ("complaint", "asked", "topic", "person", "screened"):
        assert isinstance(getattr(memory, name), str)
    assert all(isinstance(group, tuple) for group in memory.earlier)
    assert all(isinstance(risks, tuple) for risks in memory.risks.values())
    memory.own_risks()


def test_a_new_focus_keeps_the_one_before() -> None:
    memory = (
        Memory(asked="which_point").with_focus(("BL40",), ("location",)).with_focus(("LI4",), ("duration",))
    )
    assert (memory.focus, memory.earlier, memory.aspects, memory.asked) == (
        ("LI4",),
        (("BL40",),),
        ("duration",),
        "",
    )


def test_the_same_focus_again_is_no_change() -> None:
    assert Memory().with_focus(("BL40",)).with_focus(("BL40",)).earlier == ()


def test_a_focus_without_aspects_keeps_those_before() -> None:
    assert Memory().with_focus(("BL40",), ("duration",)).with_focus(("LI4",)).aspects == ("duration",)


def test_earlier_focuses_do_not_grow_without_end() -> None:
    memory = Memory()
    for number in range(50):
        memory = memory.with_focus((f"BL{number}",))
    assert len(memory.earlier) == MAX_EARLIER
    assert memory.earlier[-1] == ("BL48",)


def test_risks_belong_to_persons() -> None:
    memory = Memory().with_risk(SELF, "diabetes", True).with_risk("wife", "pregnancy", True)
    assert memory.own_risks() == ("diabetes",)
    assert memory.risks["wife"] == ("pregnancy",)


def test_a_risk_told_twice_stands_once() -> None:
    assert Memory().with_risk(SELF, "diabetes", True).with_risk(SELF, "diabetes", True).own_risks() == (
        "diabetes",
    )


def test_a_risk_taken_back_is_gone() -> None:
    memory = Memory().with_risk(SELF, "diabetes", True).with_risk(SELF, "diabetes", False)
    assert memory.own_risks() == ()
    assert memory.risks == {}


def test_a_memory_is_never_changed_in_place() -> None:
    before = Memory(risks={SELF: ("diabetes",)})
    before.with_risk(SELF, "pregnancy", True)
    before.with_focus(("BL40",))
    assert before == Memory(risks={SELF: ("diabetes",)})
    with pytest.raises(AttributeError):
        before.focus = ("LI4",)


def test_stored_ids_that_the_catalogue_no_longer_has_do_no_harm(known: Catalog) -> None:
    """A conversation outlives an edit of the catalogue."""
    from tests.unit.build import Talk

    old = Memory(
        focus=("XX1",), offered=("XX1", "XX2"), earlier=(("XX3",),), complaint="gone", topic="gone",
        risks={SELF: ("gone",)}, signs=("gone",), aspects=("location",),
    )  # fmt: skip
    for text, intent in [
        ("how long", "ask_duration"),
        ("the second one", "pick_point"),
        ("more", "tell_more"),
        ("yes", "affirm"),
        ("what do you know of me", "ask_known_risks"),
        ("points please", "ask_complaint"),
    ]:
        Talk(known, old).say(text, intent)
