"""How what is said is meant: denied, over, only asked about, or somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure.catalog import Catalog, catalog
from acupressure.mentions import Mention, combination, concept_pattern, find, phrase_pattern, sentences
from acupressure.persons import SELF


def meant(known: Catalog, text: str) -> dict[str, Mention]:
    """Return every risk and sign of a text by id."""
    return {m.id: m for m in (*known.cautions.find(text), *known.signs.find(text))}


def holds(known: Catalog, text: str) -> set[str]:
    """Return the ids that a text states as here and now."""
    risks = {m.id for m in known.cautions.find(text) if known.cautions.counts(m)}
    return risks | {m.id for m in known.signs.present(text)}


PHENOMENA: dict[str, list[tuple[str, set[str], set[str]]]] = {
    # phenomenon: (what is said, what holds, what does not)
    "plain": [
        ("I'm pregnant", {"pregnancy"}, set()),
        ("I take warfarin", {"blood_thinners"}, set()),
        ("I have weak bones", {"osteoporosis"}, set()),
        ("there is no feeling between my legs", {"saddle_numbness"}, set()),
        ("I can't control my bladder any more", {"bladder_bowel"}, set()),
        ("I have a fever with my back pain", {"fever"}, set()),
        ("My chest feels crushed and the pain goes down my arm", {"chest"}, set()),
        ("we are expecting a baby", {"pregnancy"}, set()),
    ],
    "denied": [
        ("I'm not pregnant", set(), {"pregnancy"}),
        ("I am NOT pregnant.", set(), {"pregnancy"}),
        ("I dont have diabetes", set(), {"diabetes"}),
        ("I've never had a blood clot", set(), {"clot_history"}),
        ("there's no numbness between my legs", set(), {"saddle_numbness"}),
        ("I do not take any blood thinners", set(), {"blood_thinners"}),
        ("pregnant? no", set(), {"pregnancy"}),
        ("fever: none", set(), {"fever"}),
    ],
    "lists": [
        ("no fever, numbness between the legs or weak legs", set(), {"fever", "saddle_numbness", "both_legs"}),
        ("I don't have osteoporosis, diabetes or a pacemaker", set(), {"osteoporosis", "diabetes", "pacemaker"}),
        ("neither pregnant nor on blood thinners", set(), {"pregnancy", "blood_thinners"}),
        ("without any fever or chest pain", set(), {"fever", "chest"}),
        ("I have diabetes, a pacemaker and varicose veins", {"diabetes", "pacemaker", "varicose_veins"}, set()),
    ],
    "double clauses": [
        ("I'm not pregnant but I take warfarin", {"blood_thinners"}, {"pregnancy"}),
        ("I take warfarin but I'm not pregnant", {"blood_thinners"}, {"pregnancy"}),
        ("No fever. I can't feel my legs though", {"both_legs"}, {"fever"}),
        ("no fever, however I have no feeling between my legs", {"saddle_numbness"}, {"fever"}),
        ("I don't have diabetes; I have a pacemaker", {"pacemaker"}, {"diabetes"}),
        ("not only am I pregnant, I also have diabetes", {"pregnancy", "diabetes"}, set()),
        ("My back is not getting better and I have a fever", {"fever"}, set()),
    ],
    "past": [
        ("I was pregnant ten years ago", set(), {"pregnancy"}),
        ("years ago I fell off a ladder", set(), {"accident"}),
        ("I used to take warfarin", set(), {"blood_thinners"}),
        ("I stopped taking blood thinners", set(), {"blood_thinners"}),
        ("I had a fever last week but it's gone now", set(), {"fever"}),
        ("the numbness between my legs went away", set(), {"saddle_numbness"}),
        ("I had an operation on my spine in 2003", {"disc_surgery"}, set()),
        ("I had cancer twenty years ago", {"cancer_history"}, set()),
        ("I got a new hip in 2015", {"hip_replacement"}, set()),
    ],
    "what if": [
        ("What if I were pregnant?", set(), {"pregnancy"}),
        ("Is acupressure safe in pregnancy?", set(), {"pregnancy"}),
        ("Are blood thinners a reason against it?", set(), {"blood_thinners"}),
        ("What are the signs of a blood clot?", set(), {"clot_history"}),
        ("If I get chest pain, what should I do?", set(), {"chest"}),
        ("Is it dangerous if someone has a pacemaker?", set(), {"pacemaker"}),
        ("I'm worried about getting a blood clot", set(), {"clot_history"}),
        ("I read that numbness in the saddle area is serious", set(), {"saddle_numbness"}),
        ("People with osteoporosis should take care, shouldn't they?", set(), {"osteoporosis"}),
        ("I have a pacemaker, is that a problem?", {"pacemaker"}, set()),
        ("Is it safe for me? I'm pregnant", {"pregnancy"}, set()),
    ],
    "what stands beside a no": [
        ("no fever, six months pregnant", {"pregnancy"}, set()),
        ("no red flags, diabetic, where is LR3", {"diabetes"}, set()),
        ("no other illness, on warfarin", {"blood_thinners"}, set()),
        ("No I'm pregnant", {"pregnancy"}, set()),
        ("no she's pregnant", {"pregnancy"}, set()),
        ("no blood thinners, osteoporosis, pregnancy", set(), {"blood_thinners", "osteoporosis", "pregnancy"}),
        ("no I'm not pregnant", set(), {"pregnancy"}),
        ("no numbness on either side, on both legs, or anywhere", set(), {"both_legs", "saddle_numbness"}),
    ],
    "other words": [
        ("I am expecting a parcel", set(), set()),
        ("this headache is killing me", set(), set()),
        ("my back is killing me", set(), set()),
        ("pregnant pause", set(), set()),
        ("bladder 40 please", set(), set()),
        ("I want to press the point for my legs", set(), set()),
        ("my heart is in the highlands", set(), set()),
    ],
    "slips": [
        ("im pregnent", {"pregnancy"}, set()),
        ("i take warfarrin", {"blood_thinners"}, set()),
        ("numbnes between my legs", {"saddle_numbness"}, set()),
        ("i have osteoperosis", {"osteoporosis"}, set()),
        ("im not pregnat", set(), {"pregnancy"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("phenomenon", "text", "wanted", "not_wanted"),
    [(p, *case) for p, cases in PHENOMENA.items() for case in cases],
)
def test_what_is_said_is_taken_as_it_is_meant(
    known: Catalog, phenomenon: str, text: str, wanted: set[str], not_wanted: set[str]
) -> None:
    stated = holds(known, text)
    assert wanted <= stated
    assert not stated & not_wanted
    if phenomenon == "other words":
        assert stated == set()


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("I'm not pregnant", "pregnancy"),
        ("I was pregnant ten years ago", "pregnancy"),
        ("What if I were pregnant?", "pregnancy"),
        ("no fever, weight loss or night sweats", "fever"),
    ],
)
def test_what_does_not_hold_is_a_mention_all_the_same(known: Catalog, text: str, id_: str) -> None:
    """Taking a fact back needs the mention."""
    assert id_ in meant(known, text)


@pytest.mark.parametrize(
    ("text", "id_", "flag"),
    [
        ("I'm not pregnant", "pregnancy", "negated"),
        ("I was pregnant ten years ago", "pregnancy", "past"),
        ("What if I were pregnant?", "pregnancy", "hypothetical"),
        ("I might be pregnant", "pregnancy", "doubtful"),
        ("I think I have osteoporosis", "osteoporosis", "doubtful"),
    ],
)
def test_exactly_one_thing_is_said_about_a_mention(known: Catalog, text: str, id_: str, flag: str) -> None:
    mention = meant(known, text)[id_]
    flags = {f for f in ("negated", "past", "hypothetical", "doubtful") if getattr(mention, f)}
    assert flags == {flag}


def test_a_doubt_counts_as_a_risk(known: Catalog) -> None:
    assert holds(known, "I might be pregnant") == {"pregnancy"}


@pytest.mark.parametrize(
    ("text", "id_", "person"),
    [
        ("I take warfarin", "blood_thinners", SELF),
        ("My wife is pregnant", "pregnancy", "wife"),
        ("my dad takes warfarin", "blood_thinners", "dad"),
        ("It's for my mother, she has osteoporosis", "osteoporosis", "mother"),
        ("she is pregnant", "pregnancy", "she"),
        ("My friend told me I have osteoporosis", "osteoporosis", SELF),
        ("my husband says I'm pregnant for sure", "pregnancy", SELF),
        ("My sister has diabetes and I have a pacemaker", "diabetes", "sister"),
        ("My sister has diabetes and I have a pacemaker", "pacemaker", SELF),
        ("we're expecting a baby", "pregnancy", SELF),
        ("I take baby aspirin", "blood_thinners", SELF),
        ("my husband has chest pain", "chest", "husband"),
    ],
)
def test_whose_body_is_meant(known: Catalog, text: str, id_: str, person: str) -> None:
    assert meant(known, text)[id_].person == person


@pytest.mark.parametrize(
    ("phrase", "level"),
    [
        ("numb between my legs and I can't pee", "emergency"),
        ("fever and back pain", "same_day"),
        ("my back pain has not improved for eight weeks", "soon"),
        ("I want to kill myself", "crisis"),
    ],
)
def test_the_most_urgent_sign_comes_first(known: Catalog, phrase: str, level: str) -> None:
    signs = known.signs.present(f"{phrase}.")
    assert known.signs.signs[signs[0].id].level == level


def test_the_words_of_a_mention_are_words_of_the_text(known: Catalog) -> None:
    text = "Hello. I think I am pregnent, and my dad takes warfarin."
    for mention in meant(known, text).values():
        assert text.lower()[mention.start : mention.end].strip() == mention.text


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=50)
def test_any_text_can_be_screened(text: str) -> None:
    for mention in (*catalog().signs.find(text), *catalog().cautions.find(text)):
        assert mention.start < mention.end


@pytest.mark.parametrize(
    "text", ["no " * 500, "my legs " * 300, "a" * 4000, "I can't " * 400, "pregnant, " * 200]
)
def test_a_flood_of_words_is_screened_in_time(known: Catalog, text: str) -> None:
    import time

    known.signs.find("warm up")
    known.cautions.find("warm up")
    start = time.perf_counter()
    known.signs.find(text)
    known.cautions.find(text)
    assert time.perf_counter() - start < 5


# -- the language of the catalogue -----------------------------------------------------------------------


def test_parts_of_a_combination_stand_close_together() -> None:
    table = {"x": (combination({"all": ["numb", "legs"], "within": 3}, {}),)}
    assert find("my legs are numb", table)
    assert not find("numb I was when she told me about the many new legs", table)


def test_a_combination_may_be_called_off() -> None:
    table = {"x": (combination({"all": ["numb", "legs"], "unless": ["dentist"]}, {}),)}
    assert find("my legs are numb", table)
    assert not find("my legs are numb like at the dentist", table)


def test_a_concept_stands_for_its_phrases() -> None:
    concepts = {"legs": concept_pattern(["legs?", "both feet"])}
    table = {"x": (combination(["numb", "$legs"], concepts),)}
    for text in ("a numb leg", "numb legs", "both  feet are numb"):
        assert find(text, table), text
    assert not find("a numb arm", table)


def test_an_apostrophe_may_be_missing() -> None:
    assert phrase_pattern("can't feel").search("i cant feel it")
    assert phrase_pattern("can't feel").search("i can't feel it")


def test_a_phrase_matches_whole_words_only() -> None:
    assert not phrase_pattern("numb").search("a number")
    assert not phrase_pattern("leg").search("legend")


@pytest.mark.parametrize("phrase", ["", "(?:a)?"])
def test_a_phrase_that_matches_nothing_at_all_is_an_error(phrase: str) -> None:
    with pytest.raises(ValueError, match="nothing at all"):
        phrase_pattern(phrase)


@pytest.mark.parametrize(
    ("spec", "error"),
    [({"all": ["a"], "far": 3}, ValueError), ({"within": 3}, ValueError), ("$nowhere", KeyError)],
)
def test_a_combination_with_a_mistake_is_an_error(spec: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        combination(spec, {})


def test_sentences_keep_their_places() -> None:
    text = "I have a fever. Where is BL40? ok"
    assert [text[s.offset : s.offset + len(s.text)] for s in sentences(text)] == [
        "I have a fever",
        " Where is BL40",
        " ok",
    ]


@pytest.mark.parametrize(
    ("sign", "text", "plausible"),
    [
        ("accident", "my shoulders are done in from lugging paving stones", False),
        ("accident", "fell off the wall, from carrying too much", True),
        ("accident", "something cracked in my back after lifting the fridge", True),
        ("night_pain", "wide awake and brooding over whether my spine will mend", False),
        ("night_pain", "wide awake and brooding over the pain that never eases", True),
        ("chest", "sore from carrying boxes", False),
        ("chest", "an elephant has been sitting on me since noon", True),
        ("blade_pain", "gaming has ruined the bit between my shoulder blades", False),
        ("blade_pain", "a gnawing ache between my shoulder blades, day and night", True),
        ("heavy_bleeding", "I'm 68 and on a tablet that thins the blood", False),
        ("heavy_bleeding", "23 weeks and it is pouring out of me", True),
    ],
)
def test_a_mere_likeness_to_a_sign_has_to_be_plausible(
    known: Catalog, sign: str, text: str, plausible: bool
) -> None:
    assert known.signs.is_plausible(sign, text) is plausible


def test_what_looks_very_much_like_a_sign_needs_no_words_of_it(known: Catalog) -> None:
    text = "I could sit on a thistle and not mind"
    assert not known.signs.is_plausible("saddle_numbness", text)
    assert known.signs.is_plausible("saddle_numbness", text, sure=True)


@pytest.mark.parametrize(
    ("text", "is_child"),
    [
        ("my boy is 2 and I lug him about all day, my back is gone", False),
        ("our toddler rides on my right hip, my low back has had it", False),
        ("I slept on the edge of a toddler bed", False),
        ("she is a spaniel, twelve next week", False),
        ("my car is nine years old", False),
        ("my 9 year old's back hurts from the car seat", True),
        ("my son is 9 and has pain on one shoulder", True),
        ("my 8 year old has his arm in a sling", True),
        ("my daughter is twelve and our dog knocked her over", True),
    ],
)
def test_a_child_that_is_carried_is_told_from_one_to_be_pressed(
    known: Catalog, text: str, is_child: bool
) -> None:
    met = [m.id for m in known.cautions.find(text) if known.cautions.counts(m)]
    assert ("under_16" in met) is is_child


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("the numbness in my foot is long-standing, the doctor has seen it", False),
        ("my foot went numb on Sunday, it is not getting worse", True),
        ("numb left foot since yesterday, nothing new otherwise", True),
    ],
)
def test_only_an_old_numbness_is_none(known: Catalog, text: str, counts: bool) -> None:
    assert ("one_leg_new" in [m.id for m in known.signs.present(text)]) is counts
