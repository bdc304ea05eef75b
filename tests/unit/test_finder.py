"""Finding points and complaints: by code, name, pinyin, character, sound and slip."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure.aches import something_wrong
from acupressure.catalog import Catalog, catalog
from acupressure.codes import old_to_who, spoken_number
from acupressure.finder import Finder
from acupressure.text import plain

LINES = {
    "LU": "lung", "LI": "large intestine", "ST": "stomach", "SP": "spleen", "HT": "heart", "SI": "small intestine",
    "BL": "bladder", "KI": "kidney", "PC": "pericardium", "TE": "triple energizer", "GB": "gallbladder",
    "LR": "liver", "CV": "conception vessel", "GV": "governing vessel",
}  # fmt: skip
POINTS = list(catalog().points.values())
NUMBERED = [p.code for p in POINTS if re.fullmatch(r"[A-Z]{2}\d+", p.code)]
ODD = [p.code for p in POINTS if p.code not in NUMBERED]


def spellings(code: str) -> list[str]:
    """Return eight ways to write or say a WHO code."""
    family, number = code[:2], int(code[2:])
    line, aloud = LINES[family], spoken_number(number)
    return [
        f"{family}{number}",
        f"{family.lower()} {number}",
        f"{family}-{number}",
        f"{family}.{number}",
        f"{line.title()} {number}",
        f"{line} {aloud}",
        f"{family[0]} {family[1]} {aloud}",
        f"{family[0].lower()}.{family[1].lower()}. {number}",
    ]


def found(finder: Finder, text: str) -> list[tuple[str, ...]]:
    """Return the codes of every mention."""
    return [m.codes for m in finder.points(text)]


def leads_to(finder: Finder, text: str, code: str) -> bool:
    """Tell whether a text names exactly one point, and this is it or one of those it may be."""
    mentions = finder.points(text)
    return len(mentions) == 1 and code in mentions[0].codes


# -- every point of the catalogue ---------------------------------------------------------------------


@pytest.mark.parametrize(("code", "name"), [(p.code, n) for p in POINTS for n in p.names])
def test_every_name_leads_to_its_point(finder: Finder, code: str, name: str) -> None:
    for text in (name, f"Where is {name}?", f"how long do i press the {name.lower()} for", name.upper()):
        assert leads_to(finder, text, code), text


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p.code)
def test_the_first_name_means_one_point_only(finder: Finder, point) -> None:
    assert found(finder, f"Where is {point.name}?") == [(point.code,)]


@pytest.mark.parametrize("code", NUMBERED)
def test_every_code_is_known_in_eight_spellings(finder: Finder, code: str) -> None:
    for text in spellings(code):
        if text.lower().startswith("bladder") and old_to_who(int(code[2:])) == 40:
            continue  # "bladder 54" is the old number of BL40 as well, see below
        assert found(finder, text) == [(code,)], text
        assert found(finder, f"show me {text} please") == [(code,)], text


@pytest.mark.parametrize("code", ODD)
def test_codes_of_other_shapes_are_known(finder: Finder, code: str) -> None:
    apart = re.sub(r"[-\s]", " ", code)
    together = code.replace("-", "") if code != "BL31-34" else code
    for text in (code, code.lower(), apart, together, f"where is {code}?"):
        assert found(finder, text) == [(code,)], text


@pytest.mark.parametrize(
    ("code", "other"), [(p.code, c) for p in POINTS for c in (*p.old_codes, *p.other_codes)]
)
def test_every_other_code_of_the_catalogue_leads_to_its_point(finder: Finder, code: str, other: str) -> None:
    assert leads_to(finder, other, code)
    assert leads_to(finder, f"Where is {other}?", code)


@pytest.mark.parametrize(
    ("code", "name"), [(p.code, n) for p in POINTS for n in re.split(r"[,()]+\s*", p.pinyin) if n]
)
def test_pinyin_leads_to_its_point_with_and_without_tones(finder: Finder, code: str, name: str) -> None:
    for text in (name, plain(name), f"where is {name}", f"where is {plain(name)}?", plain(name).upper()):
        assert leads_to(finder, text, code), text


@pytest.mark.parametrize(("code", "name"), [(p.code, n) for p in POINTS for n in p.chinese])
def test_chinese_characters_lead_to_their_point(finder: Finder, code: str, name: str) -> None:
    for text in (name, f"Where is {name}?", f"{name}在哪里"):
        assert leads_to(finder, text, code), text


@pytest.mark.parametrize("code", ["BL31", "BL32", "BL33", "BL34"])
def test_a_member_of_a_group_stands_for_the_group(finder: Finder, code: str) -> None:
    assert found(finder, f"where is {code}") == [("BL31-34",)]


# -- the names of the article --------------------------------------------------------------------------

ARTICLE = {
    "stomach point": ["CV6"],
    "sea of energy": ["CV6"],
    "lower back points": ["BL23", "BL52"],
    "lower back point": ["BL23", "BL52"],
    "sea of vitality": ["BL23", "BL52"],
    "hip-bone points": ["BL53"],
    "hip bone point": ["BL53"],
    "hipbone points": ["BL53"],
    "womb and vitals": ["BL53"],
    "knee back point": ["BL40"],
    "knee-back points": ["BL40"],
    "commanding middle": ["BL40"],
    "foot point while sleeping": ["LR3"],
    "footpoint while sleeping": ["LR3"],
    "foot-point while sitting": ["KI1"],
    "foot point while sitting": ["KI1"],
    "hand point": ["LI4", "EX-UE7"],
    "hand points": ["LI4", "EX-UE7"],
    "hand point for the back": ["EX-UE7"],
    "foot point": ["LR3", "KI1"],
    "foot points": ["LR3", "KI1"],
    "back point": ["BL23", "BL52"],
}


@pytest.mark.parametrize(("name", "codes"), ARTICLE.items())
def test_names_of_the_article(finder: Finder, name: str, codes: list[str]) -> None:
    for text in (name, f"Where is the {name}?", f"how hard do I press the {name}"):
        mentions = finder.points(text)
        assert len(mentions) == 1, text
        assert sorted(mentions[0].codes) == sorted(codes), text
        assert mentions[0].is_ambiguous is (len(codes) > 1)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("which foot point do I press when I lie in bed", ["LR3"]),
        ("the foot point for sitting at my desk", ["KI1"]),
        ("the hand point for my lumbar spine", ["EX-UE7"]),
        ("the hand point in the web of the thumb", ["LI4"]),
        ("the inner sea of vitality", ["BL23"]),
        ("the sea of vitality point that is further out, the outer one", ["BL52"]),
    ],
)
def test_the_rest_of_the_message_decides_between_points(finder: Finder, text: str, codes: list[str]) -> None:
    assert [list(m.codes) for m in finder.points(text)] == [codes]


# -- two numberings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["B 54", "B54", "b-54", "UB 54", "bladder 54", "Bladder fifty-four", "V54", "where is B 54?"]
)
def test_an_old_number_with_two_meanings_is_left_open(finder: Finder, text: str) -> None:
    (mention,) = finder.points(text)
    assert set(mention.codes) == {"BL40", "BL54"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B 54 behind the knee", "BL40"),
        ("UB54 at the back of my knee", "BL40"),
        ("BL54 in the buttock", "BL54"),
        ("B 54 in my bum", "BL54"),
        ("bladder 54 on the backside", "BL54"),
        ("BL54", "BL54"),
        ("BL40", "BL40"),
    ],
)
def test_the_place_decides_between_old_and_new_number(finder: Finder, text: str, code: str) -> None:
    assert found(finder, text) == [(code,)]


@pytest.mark.parametrize(
    ("text", "code", "other"),
    [("B 47", "BL52", "BL47"), ("UB48", "BL53", "BL48"), ("B 49", "BL54", "BL49"), ("BL54", "BL54", "BL40")],
)
def test_the_other_reading_of_a_number_is_kept(finder: Finder, text: str, code: str, other: str) -> None:
    (mention,) = finder.points(text)
    assert (mention.codes, mention.alternative) == ((code,), other)


@pytest.mark.parametrize("text", ["BL47", "bl 48", "BL49"])
def test_a_who_code_outside_the_catalogue_names_the_old_reading(finder: Finder, text: str) -> None:
    (mention,) = finder.points(text)
    assert (mention.codes, mention.how) == ((), "known")
    assert mention.alternative in {"BL52", "BL53", "BL54"}


# -- points outside the catalogue ----------------------------------------------------------------------


def test_the_who_list_is_whole(known: Catalog) -> None:
    counts = {line: sum(1 for c in known.who if re.fullmatch(rf"{line}\d+", c)) for line in LINES}
    assert counts == {"LU": 11, "LI": 20, "ST": 45, "SP": 21, "HT": 9, "SI": 19, "BL": 67, "KI": 27, "PC": 9, "TE": 23, "GB": 44, "LR": 14, "CV": 24, "GV": 28}  # fmt: skip
    assert len(known.who) == 361


@pytest.mark.parametrize("code", list(catalog().who))
def test_every_who_code_is_known(finder: Finder, known: Catalog, code: str) -> None:
    for text in (code, f"where is {code.lower()}?"):
        (mention,) = finder.points(text)
        if mention.how == "known":
            assert (mention.other, mention.codes) == (code, ())
            assert code not in known.points
        else:
            assert mention.codes == ("BL31-34" if code in {"BL31", "BL32", "BL33", "BL34"} else code,)


@pytest.mark.parametrize(
    "code", ["BL99", "BL68", "GB45", "LI21", "KI28", "LU12", "HT10", "BL0", "SP 22", "ren 25"]
)
def test_a_code_that_does_not_exist_is_unknown(finder: Finder, code: str) -> None:
    (mention,) = finder.points(f"where is {code}?")
    assert (mention.codes, mention.how) == ((), "unknown")


def test_the_name_of_a_who_point_outside_the_catalogue_is_known(finder: Finder) -> None:
    (mention,) = finder.points("where is Waiguan?")
    assert (mention.codes, mention.how, mention.other) == ((), "known", "TE5")


# -- slips ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where is the comanding middle", "BL40"),
        ("comandin midle please", "BL40"),
        ("the jumpng circle", "GB30"),
        ("where's the bubling springs", "KI1"),
        ("show me suporting mountian", "BL57"),
        ("weizong", "BL40"),
        ("taichogn", "LR3"),
        ("where is huantaio", "GB30"),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(finder: Finder, text: str, code: str) -> None:
    assert found(finder, text) == [(code,)]


OTHER_WORDS = [
    "pressure washer", "tai chi", "power point", "match point", "stone", "a stone wall", "kidney stone", "feng shui",
    "kung fu", "what's the point", "there is no point in it", "at this point I give up", "point of view",
    "a starting point", "boiling point", "bullet points", "point guard", "decimal point", "breaking point",
    "blood pressure", "tyre pressure", "pressure cooker", "hand cream", "foot locker", "the back door",
    "stomach ache", "back pain", "knee pain", "hip pain", "a sea view", "my inner child", "the city gate is open",
    "wind turbine", "spirit level", "how long is a mile", "a third of the way", "hugo boss", "in june", "tell me a story",
    "the mountain bike", "a stream of visitors", "shoulder bag", "calm down", "the valley of the kings", "pressure points",
    "acupressure points", "broken glass", "elegant shoes", "gate number",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_other_words_are_never_taken_for_a_point(finder: Finder, text: str) -> None:
    for said in (text, f"I like {text}", f"where do I find {text}"):
        assert found(finder, said) == [], said


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_can_be_searched(text: str) -> None:
    from tests.unit.build import finder

    for mention in finder().points(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.codes or mention.other
    for complaint in finder().complaints(text):
        assert complaint.id in catalog().complaints


@given(st.lists(st.sampled_from(NUMBERED), min_size=1, max_size=5, unique=True))
@settings(deadline=None)
def test_points_are_found_in_the_order_of_the_text(codes: list[str]) -> None:
    from tests.unit.build import finder

    assert found(finder(), "compare " + " and ".join(codes)) == [(c,) for c in codes]


def test_mentions_never_overlap(finder: Finder) -> None:
    text = "the hand point for the back, hand point, LI4, li 4 and Joining the Valley (合谷, hegu)"
    mentions = finder.points(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))


# -- complaints ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "phrase"), [(c.id, s) for c in catalog().complaints.values() for s in c.says]
)
def test_every_phrase_leads_to_its_complaint(finder: Finder, id_: str, phrase: str) -> None:
    assert id_ in [c.id for c in finder.complaints(f"help, {phrase} since monday")]


@pytest.mark.parametrize(
    ("id_", "phrase"), [(c.id, s) for c in catalog().complaints.values() for s in c.says]
)
def test_no_complaint_is_taken_for_the_name_of_a_point(finder: Finder, id_: str, phrase: str) -> None:
    assert finder.points(f"what helps with {phrase}") == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("my lower back and my neck pain", ["lower_back", "neck"]),
        ("sciatica", ["sciatica"]),
        ("Lower-back pain", ["lower_back"]),
        ("LOWER BACK PAIN", ["lower_back"]),
        ("nothing of the kind", []),
        ("playback", []),
        ("greenback paintings", []),
    ],
)
def test_complaints_are_found_as_whole_words(finder: Finder, text: str, ids: list[str]) -> None:
    assert [c.id for c in finder.complaints(text)] == ids


def test_the_longest_phrase_wins(finder: Finder) -> None:
    assert [c.id for c in finder.complaints("lower back pain")] == ["lower_back"]


def test_a_body_part_alone_is_marked_as_such(finder: Finder) -> None:
    (mention,) = finder.complaints("my neck")
    assert (mention.id, mention.is_body_part) == ("neck", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my knee hurts", True),
        ("I have a stiff neck", True),
        ("help for my hip", True),
        ("what is a knee", False),
        ("the knee is a joint", False),
    ],
)
def test_something_wrong_is_told_from_a_body_part(text: str, expected: bool) -> None:
    assert something_wrong(text) is expected
