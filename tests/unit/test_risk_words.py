"""Personal risks in the words people use: what counts, of whom, and what only looks alike."""

from __future__ import annotations

import pytest

from acupressure.catalog import Catalog
from acupressure.quantities import own_age, own_young_age


def counted(known: Catalog, text: str) -> dict[str, str]:
    """Return the risks that a text states, with whose they are."""
    return {m.id: m.person for m in known.cautions.find(text) if known.cautions.counts(m)}


@pytest.mark.parametrize(
    ("text", "risk", "person"),
    [
        ("my palms burn and there are open blisters on them", "skin", "self"),
        ("both feet burn, covered in a rash", "skin", "self"),
        ("yes mam, five months pregnant", "pregnancy", "self"),
        ("no mam, on warfarin", "blood_thinners", "self"),
        ("my mam is on warfarin", "blood_thinners", "mam"),
        ("holding my 3 year old, he has a sniffle, where do I press him", "under_16", "self"),
        ("our girl has nine years", "under_16", "girl"),
        ("there is a clot in my calf since monday, they found a clot", "recent_clot", "self"),
        ("they told me of a thrombosis last week", "recent_clot", "self"),
        ("this bump wrecks my back, 31 weeks now", "pregnancy", "self"),
        ("my daughter is expecting her second", "pregnancy", "daughter"),
        ("I do not feel much in my feet", "numb_feet", "self"),
        ("the nerves in my feet went years ago", "numb_feet", "self"),
    ],
)
def test_what_tells_a_risk_counts(known: Catalog, text: str, risk: str, person: str) -> None:
    assert counted(known, text).get(risk) == person


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("my soles burn after the late shift", "skin"),
        ("lugging my 2yo about has left me crooked", "under_16"),
        ("pretend I'm six and tell me again", "under_16"),
        ("my lad had two months of swimming", "under_16"),
        ("I had a thrombosis in 2009", "recent_clot"),
        ("a clot, twelve years ago, and my neck is stiff since last week", "recent_clot"),
        ("all my life factor v leiden, at the moment my neck hurts", "recent_clot"),
        ("I got a bump on my elbow 2 weeks ago", "pregnancy"),
        ("a speed bump jolted me 5 weeks ago", "pregnancy"),
    ],
)
def test_what_only_looks_alike_does_not(known: Catalog, text: str, risk: str) -> None:
    assert risk not in counted(known, text)


def test_every_medicine_tells_its_risk(known: Catalog) -> None:
    listed = [(c.id, name) for c in known.cautions.cautions.values() for name in c.medicines]
    assert len(listed) >= 20
    silent = [n for risk, n in listed if risk not in counted(known, f"I have been taking {n} every day")]
    assert silent == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("no, none of that, I'm only fifteen", 15),
        ("im 13 lol", 13),
        ("I am 12 years old", 12),
        ("tell me like I'm twelve", None),
        ("as if I'm 11", None),
        ("I'm 14 years older than her", None),
        ("I'm 12 weeks in", None),
        ("I'm 15 minutes late", None),
        ("on the scale I'm 11", None),
        ("I'm 9 today", None),
        ("I'm 41", None),
    ],
)
def test_a_young_age_is_told_from_what_else_is_counted(text: str, years: int | None) -> None:
    assert own_young_age(text) == years


@pytest.mark.parametrize(
    ("text", "years"),
    [("sorry, I'm 62", 62), ("I said I'm 20 mins late", None), ("I'm 12 sessions in", None)],
)
def test_an_age_is_no_other_number(text: str, years: int | None) -> None:
    assert own_age(text) == years


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        (
            "in the space of an afternoon my leg went from shaky to not able to bear weight",
            "leg_weakness_worse",
        ),
        ("both my legs turned to wood in the night", "both_legs"),
        ("her forehead is like a stove", "fever"),
    ],
)
def test_what_tells_a_sign_counts(known: Catalog, text: str, sign: str) -> None:
    assert sign in {m.id for m in known.signs.present(text)}


@pytest.mark.parametrize(
    "text",
    [
        "my legs ache, I went from couch to 5k in a day and can't stand running",
        "my legs feel like wood after squats in the gym",
    ],
)
def test_legs_that_have_worked_are_no_sign(known: Catalog, text: str) -> None:
    assert known.signs.present(text) == []


@pytest.mark.parametrize(
    ("sign", "text", "plausible"),
    [
        ("cannot_move", "I walk like a crab today", False),
        ("cannot_move", "walking like a doll, my legs do not obey", True),
        ("leg_weakness_worse", "weeded all day and can't straighten up", False),
        ("leg_weakness_worse", "can't straighten, the leg gives way more each hour", True),
        ("chest", "an ache in the upper back that comes with effort, and I feel sick", True),
        ("deformity", "this bump, 28 weeks, wrecks my back", False),
        ("deformity", "there is a pebble on my spine that was not there", True),
    ],
)
def test_an_everyday_reason_silences_no_palsy(known: Catalog, sign: str, text: str, plausible: bool) -> None:
    assert known.signs.is_plausible(sign, text) is plausible


def test_what_a_risk_covers_is_a_risk(known: Catalog) -> None:
    covered = {id_ for c in known.cautions.cautions.values() for id_ in c.covers}
    assert covered
    assert covered <= set(known.cautions.cautions)
