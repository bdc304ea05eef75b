"""Minutes, pain scores, change, posture and time of day in the words of people, and what is none of them."""

from __future__ import annotations

from datetime import time
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.codes import spoken_number
from acupressure.quantities import Scores, change, days, minutes, only_lengths, posture, score, time_of_day
from acupressure.text import MAX_CHARACTERS

MINUTES = {
    "ten minute routine": 10,
    "walk me through a ten minute routine for my lower back in bed": 10,
    "10-min": 10,
    "10min": 10,
    "10 mins please": 10,
    "a 10-minute session": 10,
    "a ten-minute session": 10,
    "15 MINUTES": 15,
    "15 mintues": 15,
    "15 minuts": 15,
    "15 minites": 15,
    "20 miniutes": 20,
    "20 minuets": 20,
    "20m": 20,
    "twenty mins": 20,
    "twenty five minutes": 25,
    "twenty-five minutes": 25,
    "forty minutes": 40,
    "fourty minutes": 40,
    "2 minutes": 2,
    "two minutes": 2,
    "one minute": 1,
    "one quick minute": 1,
    "a minute": 1,
    "a minute and a half": 1.5,
    "two and a half minutes": 2.5,
    "2½ minutes": 2.5,
    "2 minutes 30 seconds": 2.5,
    "7.5 minutes": 7.5,
    "7,5 minutes": 7.5,
    "a couple of minutes": 2,
    "couple minutes": 2,
    "i've got a few minutes": 3,
    "quarter of an hour": 15,
    "a quarter of an hour": 15,
    "quarter hour": 15,
    "three quarters of an hour": 45,
    "half an hour": 30,
    "half hour": 30,
    "a half-hour routine": 30,
    "½ hour": 30,
    "an hour": 60,
    "one hour": 60,
    "an hour and a half": 90,
    "one and a half hours": 90,
    "1.5 hours": 90,
    "1 hr": 60,
    "1h30": 90,
    "an hour and ten minutes": 70,
    "an hour and a quarter": 75,
    "90 seconds": 1.5,
    "ninety seconds": 1.5,
    "half a minute": 0.5,
    "five or ten minutes": 10,
    "five to ten minutes": 10,
    "5-10 minutes": 10,
    "5–10 min": 10,
    "between five and ten minutes": 10,
    "about ten minutes or so": 10,
    "i only have ten minutes left before my meeting": 10,
    "I've got 5": 5,
    "ive got five": 5,
    "i only have ten": 10,
    "only 5": 5,
    "i have 5 to spare": 5,
    "make it 12": 12,
    "just give me 5 please": 5,
    "not 20 minutes, 10 minutes": 10,
    "i want a routine for back pain for 20 minutes": 20,
    "my back has hurt for 3 weeks, give me 10 minutes": 10,
    "it started 20 minutes ago, i have 5 minutes": 5,
    "can we do it in ten minutes": 10,
    "ten minutes a day": 10,
    "something with LI4 for eight minutes": 8,
    "ten spare minutes": 10,
    "i have one hour before bed": 60,
    "i've got 20 minutes before bed": 20,
    "a routine that takes 10 minutes": 10,
    "something that lasts ten minutes": 10,
    "1 hour 15": 75,
    "i'd like ten": 10,
    "can you make it fifteen minutes long": 15,
    "sore back after driving for 2 hours, have 10 mins": 10,
    "hold each point for one minute, ten minutes in total": 10,
    "i've got half an hour for my neck": 30,
    "i have back pain and 10 minutes": 10,
    "my back hurts, 10 minutes please": 10,
    "do a 10 minute routine and hold each point for 30 seconds": 10,
    "press points for ten minutes": 10,
}
NO_MINUTES = [
    "",
    "hello",
    "10",
    "ten",
    "30 minutes ago",
    "it started half an hour ago",
    "back pain for 20 minutes",
    "i've had back pain for 20 minutes",
    "my back has been hurting for 20 minutes",
    "i have had this for an hour",
    "for the last 30 minutes my leg is numb",
    "the last 20 minutes were bad",
    "hold for 30 seconds",
    "should i hold it for 30 seconds",
    "hold the point for a minute",
    "press for two minutes",
    "2 minutes per point",
    "30 seconds each side",
    "wait a minute",
    "hang on a minute",
    "just a minute",
    "give me a minute",
    "in a minute",
    "wait a second",
    "do you have a minute",
    "remind me in 10 minutes",
    "i have a meeting in ten minutes",
    "i sit 8 hours a day",
    "i sat for 3 hours",
    "i slept 5 hours",
    "after 20 minutes it hurts",
    "it lasts 10 minutes",
    "every 20 minutes",
    "i have 2 questions",
    "i've got 3 kids",
    "i have two herniated discs",
    "10 points",
    "10 miles",
    "for 3 weeks",
    "BL40",
    "stomach thirty six",
    "b l forty",
    "half past seven",
    "i've got this one",
    "a 7",
    "the second one",
    "minus 2",
]


@pytest.mark.parametrize(("said", "wanted"), MINUTES.items())
def test_minutes(said: str, wanted: float) -> None:
    assert minutes(said) == pytest.approx(wanted)


@pytest.mark.parametrize("said", NO_MINUTES)
def test_no_minutes(said: str) -> None:
    assert minutes(said) is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    {
        "10": 10,
        "ten": 10,
        "um about ten": 10,
        "five or ten": 10,
        "maybe 15 please": 15,
        "ten is fine": 10,
        "10.": 10,
        "no, 8": 8,
    }.items(),
)
def test_a_bare_number_counts_when_asked(said: str, wanted: float) -> None:
    assert minutes(said, asked=True) == wanted
    assert minutes(said) is None


@pytest.mark.parametrize(
    "said", ["BL40", "ten points", "the second one", "10 weeks", "li 4", "hello", "ten years ago"]
)
def test_other_numbers_do_not_count_even_when_asked(said: str) -> None:
    assert minutes(said, asked=True) is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    {
        "hold for 30 seconds": 0.5,
        "press for two minutes": 2,
        "2 minutes per point": 2,
        "hold it 45 secs": 0.75,
    }.items(),
)
def test_holds_on_request(said: str, wanted: float) -> None:
    assert minutes(said, holds=True) == wanted
    assert minutes(said) is None


@given(st.integers(2, 99), st.sampled_from(["minutes", "mins", "min", "minute"]), st.booleans())
def test_figures_and_words_are_the_same_minutes(number: int, unit: str, figures: bool) -> None:
    said = f"{number if figures else spoken_number(number)} {unit}"
    assert minutes(said) == number
    assert minutes(f"{said} ago") is None
    assert score(said) is None


SCORES = {
    "a seven": 7,
    "7": 7,
    "seven": 7,
    "one": 1,
    "a one": 1,
    "7.": 7,
    "7!": 7,
    "7/10": 7,
    "7 / 10": 7,
    "7 out of ten": 7,
    "seven out of ten": 7,
    "one out of ten": 1,
    "ten out of ten": 10,
    "10/10": 10,
    "7 of 10": 7,
    "out of ten, it's a six": 6,
    "on a scale of 1 to 10, 7": 7,
    "7 on a scale of 0 to 10": 7,
    "3 out of 5": 6,
    "70/100": 7,
    "seven maybe eight": 7.5,
    "7 or 8": 7.5,
    "7-8": 7.5,
    "7/8": 7.5,
    "7 to 8": 7.5,
    "seven eight": 7.5,
    "a 6 or a 7": 6.5,
    "6 or 7 out of ten": 6.5,
    "between 4 and 5": 4.5,
    "between a four and a five": 4.5,
    "somewhere between 4 and 6": 5,
    "one or two": 1.5,
    "about a 6": 6,
    "about 6ish": 6,
    "six-ish": 6,
    "i'd say a 4": 4,
    "i would say it's around five": 5,
    "it's a 3 today": 3,
    "its 3 now": 3,
    "my pain is at 6": 6,
    "still a 6": 6,
    "pain level 4": 4,
    "give it a 5": 5,
    "six and a half": 6.5,
    "6.5": 6.5,
    "6,5": 6.5,
    "6½": 6.5,
    "6 1/2": 6.5,
    "six point five": 6.5,
    "zero": 0,
    "0": 0,
    "nil": 0,
    "none": 0,
    "none at all": 0,
    "nothing": 0,
    "nothing at all": 0,
    "no pain": 0,
    "no pain at all": 0,
    "no pain any more": 0,
    "pain free": 0,
    "pain-free": 0,
    "it's gone": 0,
    "its gone": 0,
    "gone": 0,
    "the pain is gone": 0,
    "all gone now": 0,
    "the pain has completely gone": 0,
    "it doesn't hurt any more": 0,
    "doesn't hurt at all": 0,
    "the worst ever": 10,
    "the worst pain imaginable": 10,
    "the worst pain i've ever had": 10,
    "unbearable": 10,
    "off the charts": 10,
    "almost nothing": 1,
    "mild": 2,
    "moderate": 5,
    "pretty severe": 8,
    "halfway": 5,
    "not a 6, a 7": 7,
    "six, no, seven": 7,
    "6 sorry i mean 8": 8,
    "7 not 6": 7,
    "too": 2,
    "ate": 8,
    "to out of ten": 2,
    "i am 45 and it's a 7": 7,
    "i've had it for 12 weeks, it's a 7": 7,
    "down to a 3": 3,
    "dropped to 2": 2,
    "it's up to 8": 8,
    "a 6 in my back and a 3 in my neck": 6,
    "it was a six": 6,
    "after 10 minutes it's a 4": 4,
    "BL40 helped, now it's a 3": 3,
    "same as before, 6": 6,
    "less than 3": 3,
    "nearly a 7": 7,
    "7 i think": 7,
    "no idea, maybe 5": 5,
    "my left knee is 4 and right 6": 6,
    "it's a 7 when i sit and a 3 when i lie": 7,
    "nothing hurts": 0,
    "no 4": 4,
    "pain is 7 every morning": 7,
    "it's 3 points better, now 4": 4,
    "six, can we start": 6,
    "seven continue": 7,
    "seven but my left leg is numb": 7,
    "my pain is 5 and i am 3 months pregnant": 5,
    "5, i'm 12 weeks pregnant": 5,
    "a bit worse, 6": 6,
}
BEFORE_AND_NOW = {
    "down from six to two": (6, 2),
    "from six to two": (6, 2),
    "from 6 to 2": (6, 2),
    "6 to 2": (6, 2),
    "6 -> 2": (6, 2),
    "6 → 2": (6, 2),
    "went from a 6 to a 2": (6, 2),
    "it went from a six down to a two": (6, 2),
    "it has gone down from 8 to 7": (8, 7),
    "it was 6 now it's 2": (6, 2),
    "it was a six, now it's a two": (6, 2),
    "was 6 now 2": (6, 2),
    "6 before, 2 now": (6, 2),
    "6 before and 2 after": (6, 2),
    "before 6 after 2": (6, 2),
    "before it was a 6 and now it is a 2": (6, 2),
    "now 2 before 6": (6, 2),
    "2 now, 6 before": (6, 2),
    "2 now, it was 6": (6, 2),
    "a 2, down from a 6": (6, 2),
    "2 down from 6": (6, 2),
    "down to 2 from 6": (6, 2),
    "2 instead of 6": (6, 2),
    "2 compared to 6 before": (6, 2),
    "6 when we started and a 2 now": (6, 2),
    "started at 6 ended at 2": (6, 2),
    "it used to be a 6, it's a 2": (6, 2),
    "6 at the start, 2 at the end": (6, 2),
    "6 earlier, now 2": (6, 2),
    "from 3 up to 5": (3, 5),
    "from 3 to 4": (3, 4),
    "it went up from 3 to 4": (3, 4),
    "it was 4 and went up to 6": (4, 6),
    "from a 7/10 to a 3/10": (7, 3),
    "from seven out of ten to three": (7, 3),
    "from 8 to 3 or 4": (8, 3.5),
    "from 6 or 7 to 2": (6.5, 2),
    "from a six to nothing": (6, 0),
    "from 6 to zero": (6, 0),
    "it was 6 and now it's gone": (6, 0),
    "from 6.5 to 3": (6.5, 3),
    "from one to three": (1, 3),
    "from three to one": (3, 1),
    "from 8 to 6 to 4": (8, 4),
    "before the routine 7, after it 4": (7, 4),
    "5, yesterday 7": (7, 5),
    "7 this morning, 4": (7, 4),
    "6 before, 2": (6, 2),
    "now 6, before 4": (4, 6),
    "i'd say 5 but yesterday it was 7": (7, 5),
    "3 (was 7)": (7, 3),
    "was around 7, around 4 now": (7, 4),
    "was 7, 6 now": (7, 6),
    "seven at first now three": (7, 3),
    "at first 7 now 3": (7, 3),
    "7 initially and 3 currently": (7, 3),
    "first it was 7 then it was 3": (7, 3),
    "7 when i started, 3": (7, 3),
    "i started with a seven and i'm now at three": (7, 3),
    "from four to pain free": (4, 0),
    "no pain now, it was a 4": (4, 0),
    "three, better than seven": (7, 3),
}
OUT_OF_RANGE = [
    "15",
    "fifteen",
    "eleven",
    "minus 2",
    "minus two",
    "-2",
    "negative three",
    "eleven out of ten",
    "11/10",
    "12 out of 10",
    "a 12",
    "it's a fifteen",
    "100",
    "a hundred out of ten",
    "a million out of ten",
    "from 15 to 3",
    "it's 20 now",
]
NO_SCORE = [
    "",
    "hello",
    "not sure",
    "i don't know",
    "skip",
    "LI4",
    "li 4",
    "BL 40",
    "b l forty",
    "bl forty",
    "stomach thirty six",
    "LI4 and BL40",
    "EX-UE7",
    "what about LI4",
    "5 minutes",
    "five minutes",
    "ten minute routine",
    "10min",
    "30 seconds",
    "3 weeks",
    "for 2 years",
    "twice",
    "3 times",
    "the second one",
    "second",
    "the 2nd one",
    "2nd",
    "this one",
    "that one",
    "the left one",
    "another one",
    "one more time",
    "one question",
    "step 3",
    "number 3",
    "point 2",
    "option 2",
    "at 8 pm",
    "8 o'clock",
    "7:30",
    "remind me at 8",
    "every day at eight",
    "50% better",
    "50 percent better",
    "2 points better",
    "dropped by 2",
    "it improved by two",
    "L5",
    "L4/L5",
    "i am 45",
    "i'm 62 years old",
    "i have 2 dogs",
    "took 2 ibuprofen",
    "two points for my back",
    "better",
    "nothing helps",
    "nothing has changed",
    "it's not gone",
    "the pain has not gone",
    "it's gone worse",
    "no pain relief",
    "no pain killers",
    "it's worst in the morning",
    "not unbearable",
    "not a 7",
    "120/80",
    "24/7",
    "covid 19",
    "too fast",
    "to the left",
    "since 2019",
    "none of them",
    "a thousand thanks",
]


@pytest.mark.parametrize(("said", "wanted"), SCORES.items())
def test_one_score(said: str, wanted: float) -> None:
    assert score(said) == Scores(now=wanted)


@pytest.mark.parametrize(("said", "wanted"), BEFORE_AND_NOW.items())
def test_scores_before_and_now(said: str, wanted: tuple[float, float]) -> None:
    assert score(said) == Scores(before=wanted[0], now=wanted[1])


@pytest.mark.parametrize(
    "said", ["it was a 6 before", "it was 6 when we started", "it used to be a 6", "started at 6"]
)
def test_a_score_of_before_only(said: str) -> None:
    assert score(said) == Scores(before=6)


@pytest.mark.parametrize("said", OUT_OF_RANGE)
def test_out_of_range(said: str) -> None:
    assert score(said) == Scores(out_of_range=True)


@pytest.mark.parametrize("said", NO_SCORE)
def test_no_score(said: str) -> None:
    assert score(said) is None


@given(
    st.integers(0, 10),
    st.sampled_from(["{}", "a {}", "it's a {}", "{}/10", "{} out of ten", "now it's {}", "maybe {}"]),
)
def test_every_score_in_figures_and_words(value: int, frame: str) -> None:
    assert score(frame.format(value)) == Scores(now=value)
    if frame != "{}/10":
        assert score(frame.format(spoken_number(value))) == Scores(now=value)


@given(st.integers(0, 10), st.integers(0, 10))
def test_every_move(before: int, now: int) -> None:
    for frame in (
        "from {} to {}",
        "it was {} and now it's {}",
        "went from a {} to a {}",
        "{} before and {} now",
    ):
        for form in (str, spoken_number):
            assert score(frame.format(form(before), form(now))) == Scores(before=before, now=now), frame


@given(st.integers(11, 99))
def test_every_number_above_ten_is_out_of_range(value: int) -> None:
    for form in (str, spoken_number):
        for frame in ("{}", "it's a {}", "{} out of ten"):
            assert score(frame.format(form(value))) == Scores(out_of_range=True)


CHANGES = {
    "better": "better",
    "bit better": "better",
    "a bit better": "better",
    "a lot better": "better",
    "much better thanks": "better",
    "slightly better": "better",
    "feeling better": "better",
    "it feels better now": "better",
    "beter": "better",
    "eased off": "better",
    "it eased a bit": "better",
    "it's easing": "better",
    "improved": "better",
    "a little improvement": "better",
    "less pain": "better",
    "less painful": "better",
    "it hurts less": "better",
    "hurts a lot less": "better",
    "it doesn't hurt as much": "better",
    "not hurting so much": "better",
    "not as bad": "better",
    "not as bad as before": "better",
    "isn't as sore": "better",
    "it helped": "better",
    "that helped a lot": "better",
    "it's gone": "better",
    "the pain has gone down": "better",
    "went down a bit": "better",
    "no more pain": "better",
    "doesn't hurt any more": "better",
    "couldn't be better": "better",
    "never felt better": "better",
    "better than before": "better",
    "worse at first but better now": "better",
    "it was worse before": "better",
    "not worse, better": "better",
    "better, but it still hurts": "better",
    "about the same, maybe a bit better": "better",
    "a little easier now": "better",
    "it's a lot less": "better",
    "pain's down a bit": "better",
    "if anything a bit better": "better",
    "no longer as bad": "better",
    "100 times better": "better",
    "it's down": "better",
    "no change": "same",
    "no real change": "same",
    "not much change": "same",
    "unchanged": "same",
    "nothing changed": "same",
    "nothing has changed": "same",
    "hasn't changed": "same",
    "same": "same",
    "the same": "same",
    "same as before": "same",
    "about the same": "same",
    "pretty much the same": "same",
    "still the same": "same",
    "no different": "same",
    "no difference": "same",
    "can't feel any difference": "same",
    "not better": "same",
    "no better": "same",
    "not any better": "same",
    "not really better": "same",
    "isn't better": "same",
    "it's not any better": "same",
    "it hasn't helped": "same",
    "it didn't help": "same",
    "it has not improved": "same",
    "no improvement": "same",
    "no relief": "same",
    "no worse": "same",
    "not worse": "same",
    "it isn't any worse": "same",
    "neither better nor worse": "same",
    "not better or worse": "same",
    "no better no worse": "same",
    "just as bad": "same",
    "hurts just as much": "same",
    "as bad as before": "same",
    "it doesn't hurt more": "same",
    "didn't do anything": "same",
    "worse": "worse",
    "a bit worse": "worse",
    "much worse": "worse",
    "even worse": "worse",
    "it got worse": "worse",
    "hurts more now": "worse",
    "it hurts more": "worse",
    "hurts even more": "worse",
    "more pain": "worse",
    "more painful": "worse",
    "worse than before": "worse",
    "the pain is stronger now": "worse",
    "it's increased": "worse",
    "flared up": "worse",
    "better at first but worse now": "worse",
    "not better, worse": "worse",
    "no better, in fact it's worse": "worse",
    "it was better before": "worse",
    "not as good": "worse",
    "couldn't be worse": "worse",
}
NO_CHANGE_TOLD = [
    "",
    "hello",
    "7",
    "the same point",
    "the same one again",
    "same side",
    "same time tomorrow",
    "is it better or worse",
    "better or worse?",
    "which one is better",
    "is there a better point",
    "i'd better go",
    "better not",
    "will it get better",
    "does it get worse",
    "how can i feel better",
    "what makes it worse",
    "i want to feel better",
    "i hope it gets better",
    "it's worse when i sit",
    "it hurts more when i walk",
    "when i sit it's worse",
    "my lower back",
    "press lighter",
    "a bit higher",
    "go lower",
    "more pressure",
    "it hurts",
    "one more",
    "can you help me",
    "i need relief",
    "is BL40 better than BL23",
    "the other one was better",
    "is there an easier one",
    "easier to reach",
    "could be better",
    "i don't know if it's better",
    "it's bad",
]


@pytest.mark.parametrize(("said", "wanted"), CHANGES.items())
def test_change(said: str, wanted: str) -> None:
    assert change(said) == wanted


@pytest.mark.parametrize("said", NO_CHANGE_TOLD)
def test_no_change_told(said: str) -> None:
    assert change(said) is None


@given(
    st.sampled_from(["better", "worse"]),
    st.sampled_from(["not", "no", "it isn't", "it's not any", "not really"]),
)
def test_denied_change_is_the_same(word: str, denial: str) -> None:
    assert change(word) == word
    assert change(f"{denial} {word}") == "same"


POSTURES = {
    "at my desk": "desk",
    "i'm sitting at my desk": "desk",
    "at the desk please": "desk",
    "in the office": "desk",
    "at work": "desk",
    "in front of... at my computer": "desk",
    "desk": "desk",
    "a routine for the office": "desk",
    "on a chair": "sitting",
    "in a chair": "sitting",
    "on my office chair": "desk",
    "sitting": "sitting",
    "sitting down": "sitting",
    "i'm seated": "sitting",
    "can i do it while sitting": "sitting",
    "on the sofa": "sitting",
    "on the couch watching tv": "sitting",
    "lying on the sofa": "lying",
    "in the car": "sitting",
    "on the train": "sitting",
    "standing on the train": "standing",
    "on a plane": "sitting",
    "in my wheelchair": "sitting",
    "sitting on the floor": "sitting",
    "on the floor": "lying",
    "on a yoga mat": "lying",
    "lying down": "lying",
    "laying down": "lying",
    "i can lie down": "lying",
    "flat on my back": "lying",
    "lying on my side": "lying",
    "in bed": "bed",
    "i'm in my bed": "bed",
    "lying in bed": "bed",
    "sitting in bed": "bed",
    "bed": "bed",
    "walk me through a ten minute routine for my lower back in bed": "bed",
    "standing": "standing",
    "standing in the queue": "standing",
    "in the queue": "standing",
    "standing at my desk": "standing",
    "at a standing desk": "standing",
    "i have to stand": "standing",
    "on my feet": "standing",
    "i can't lie down so i'm sitting": "sitting",
    "i'm not sitting, i'm standing": "standing",
    "not in bed, on the sofa": "sitting",
    "sitting, no, lying down": "lying",
    "my back hurts from sitting, i'm lying down": "lying",
    "chair": "sitting",
    "the floor": "lying",
    "a lying routine": "lying",
    "something for the office": "desk",
    "something for the train": "sitting",
    "on a long flight": "sitting",
    "either sitting or standing": "sitting",
    "i moved to the sofa": "sitting",
    "a routine for back pain lying down": "lying",
    "in an open plan office": "desk",
    "i got up, standing now": "standing",
}
NO_POSTURE = [
    "",
    "hello",
    "i can't lie down",
    "i cannot sit",
    "not in bed",
    "pain from sitting all day",
    "it hurts when i sit",
    "worse when i stand",
    "my back is sore after sitting too long",
    "sitting makes it worse",
    "i have a desk job",
    "before bed",
    "when i go to bed",
    "what does BL stand for",
    "i don't understand",
    "i can't stand the pain",
    "my back",
    "pain on my back",
    "car accident",
    "don't lie to me",
    "i can't get out of bed",
    "i'm no longer in bed",
    "it hurts lying down",
    "my pain is worse sitting",
    "back pain from my office chair",
    "i sit at my desk all day and my back hurts",
    "where is it lying",
]


@pytest.mark.parametrize(("said", "wanted"), POSTURES.items())
def test_posture(said: str, wanted: str) -> None:
    assert posture(said) == wanted


@pytest.mark.parametrize("said", NO_POSTURE)
def test_no_posture(said: str) -> None:
    assert posture(said) == ""


TIMES = {
    "every day at eight": time(8),
    "remind me every day at 8": time(8),
    "at 8": time(8),
    "8": time(8),
    "eight": time(8),
    "eight o'clock": time(8),
    "8 oclock please": time(8),
    "8 in the morning": time(8),
    "8am": time(8),
    "8 a.m.": time(8),
    "8 A M": time(8),
    "8 in the evening": time(20),
    "eight in the evening": time(20),
    "every evening at eight": time(20),
    "at 7 pm": time(19),
    "7pm": time(19),
    "7 p.m.": time(19),
    "tonight at nine": time(21),
    "at ten at night": time(22),
    "half past seven": time(7, 30),
    "half seven": time(7, 30),
    "half past seven in the evening": time(19, 30),
    "quarter past eight": time(8, 15),
    "a quarter past eight": time(8, 15),
    "quarter to nine": time(8, 45),
    "quarter to nine at night": time(20, 45),
    "ten to nine": time(8, 50),
    "twenty past six in the evening": time(18, 20),
    "ten past eight": time(8, 10),
    "5 minutes to 9": time(8, 55),
    "7:30": time(7, 30),
    "07:30": time(7, 30),
    "7.30": time(7, 30),
    "19.30": time(19, 30),
    "19:30": time(19, 30),
    "7:30 pm": time(19, 30),
    "19h30": time(19, 30),
    "seven thirty": time(7, 30),
    "seven thirty pm": time(19, 30),
    "eight fifteen": time(8, 15),
    "eight oh five": time(8, 5),
    "twenty hundred": time(20),
    "twenty hundred hours": time(20),
    "2000 hours": time(20),
    "0800": time(8),
    "20:00": time(20),
    "noon": time(12),
    "at noon": time(12),
    "at midday": time(12),
    "twelve noon": time(12),
    "12 pm": time(12),
    "12 am": time(0),
    "at 12": time(12),
    "midnight": time(0),
    "twelve at night": time(0),
    "quarter to midnight": time(23, 45),
    "half past midnight": time(0, 30),
    "every morning": time(8),
    "mornings": time(8),
    "in the morning": time(8),
    "every afternoon": time(15),
    "every evening": time(20),
    "every night": time(22),
    "before bed": time(22),
    "at bedtime": time(22),
    "before i go to sleep": time(22),
    "before bed at ten": time(22),
    "after work": time(18),
    "lunchtime": time(12, 30),
    "first thing": time(7),
    "every morning at seven": time(7),
    "six thirty every morning": time(6, 30),
    "at five": time(17),
    "at 3": time(15),
    "5 in the morning": time(5),
    "at 5am": time(5),
    "good morning, remind me at eight tonight": time(20),
    "at 8, no, 9": time(9),
    "at 9 instead of 8": time(9),
    "change it to 9": time(9),
    "make it nine": time(9),
    "around 8ish": time(8),
    "at one": time(13),
    "LI4 every day at 8": time(8),
    "eight a m": time(8),
    "8p.m.": time(20),
    "at 730": time(7, 30),
    "2145": time(21, 45),
    "twenty one thirty": time(21, 30),
    "seven forty five": time(7, 45),
    "every 2 days at 8": time(8),
    "remind me at 8 for 10 minutes": time(8),
    "not in the morning, in the evening": time(20),
    "8 but in the evening": time(20),
    "set an alarm for 6:45": time(6, 45),
}
NO_TIME = [
    "",
    "hello",
    "every day",
    "every 8 hours",
    "in 10 minutes",
    "10 minutes",
    "a ten minute routine",
    "for 3 weeks",
    "twice a day",
    "3 times a day",
    "BL40",
    "stomach thirty six",
    "b l forty",
    "7/10",
    "7 out of 10",
    "from six to two",
    "25:00",
    "7:65",
    "half an hour",
    "quarter of an hour",
    "the second one",
    "good morning",
    "good evening",
    "for 10 minutes",
    "8 points",
    "at 45",
    "i have pain at night",
    "my back hurts in the morning",
    "last night",
    "step 8",
    "in two hours",
    "99",
]


@pytest.mark.parametrize(("said", "wanted"), TIMES.items())
def test_time_of_day(said: str, wanted: time) -> None:
    assert time_of_day(said) == wanted


@pytest.mark.parametrize("said", NO_TIME)
def test_no_time_of_day(said: str) -> None:
    assert time_of_day(said) is None


@given(st.times())
def test_every_written_time(at: time) -> None:
    at = at.replace(second=0, microsecond=0, tzinfo=None)
    assert time_of_day(f"remind me at {at:%H:%M}") == at
    assert time_of_day(f"every day at {at:%I:%M %p}") == at
    assert time_of_day(f"{at.hour % 12 or 12}:{at:%M}{at:%p}") == at


@given(st.text())
def test_no_text_breaks_any_reader(said: str) -> None:
    told = score(said)
    assert told is None or told.out_of_range != any(
        v is not None and 0 <= v <= 10 for v in (told.before, told.now)
    )
    found = minutes(said, asked=True, holds=True)
    assert found is None or found >= 0
    assert change(said) in (None, "better", "same", "worse")
    assert posture(said) in ("", "desk", "sitting", "lying", "standing", "bed")
    assert time_of_day(said) is None or time_of_day(said).tzinfo is None


_PIECES = (
    "from to a an and half past quarter hour minutes seven 10 6.5 /10 out of ten - + bl 40 no not better worse same "
    "gone now before was at in bed am pm : 0 hundred minus ½ 99 ago hold one"
)


@given(st.lists(st.sampled_from(_PIECES.split()), max_size=9).map(" ".join))
def test_no_jumble_of_their_words_breaks_any_reader(said: str) -> None:
    told = score(said)
    assert (
        told is None or told.out_of_range or all(v is None or 0 <= v <= 10 for v in (told.before, told.now))
    )
    found = minutes(said, asked=True)
    assert found is None or found >= 0
    assert change(said) in (None, "better", "same", "worse")
    assert posture(said) in ("", "desk", "sitting", "lying", "standing", "bed")
    assert time_of_day(said) is None or 0 <= time_of_day(said).hour < 24
    assert [score(said.upper()), minutes(said.upper())] == [told, minutes(said)]


@pytest.mark.parametrize(
    "said", ["9" * 400, f"{'9' * 400} minutes", f"an hour and {'9' * 400} minutes", f"{'9' * 400}:00"]
)
def test_numbers_without_end_break_nothing(said: str) -> None:
    assert score(said) in (None, Scores(out_of_range=True))
    assert minutes(said) in (None, 60)
    assert time_of_day(said) is None


@pytest.mark.parametrize(
    "words", ["7-8 ", "from six to two ", "back pain for 20 minutes ", "at 8 every day ", "not better "]
)
def test_the_longest_message_is_read_in_time(words: str) -> None:
    said = (words * MAX_CHARACTERS)[:MAX_CHARACTERS]
    begun = process_time()
    for read in (minutes, score, change, posture, time_of_day):
        read(said)
    assert process_time() - begun < 5


@pytest.mark.parametrize("said", ["ah. no, I've none of that", "ah", "um ah, ok"])
def test_a_sigh_is_no_hour(said):
    assert minutes(said) is minutes(said, asked=True) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty seconds? half a minute?", True),
        ("so like a minute, or 90 seconds?", True),
        ("five minutes for my back?", False),
        ("is it enough?", False),
        ("", False),
    ],
)
def test_whether_nothing_but_lengths_is_said(text: str, expected: bool) -> None:
    assert only_lengths(text) is expected


DAYS = {
    "sciatica since 3 weeks": 21,
    "leg pain for a fortnight": 14,
    "it came on two days ago": 2,
    "it hurts since tuesday": 7,
    "since last night": 7,
    "seven or eight weeks now": 56,
    "half a year": 182.5,
    "leg pain 9/52": 63,
    "two weeks, and before that four months": 120,
    "five weeks pregnant": None,
    "twice a day": None,
    "since easter, worse for two days": None,
    "for months, worse since monday": None,
    "my back hurts": None,
}


@pytest.mark.parametrize(("said", "wanted"), DAYS.items())
def test_for_how_many_days_something_has_lasted(said: str, wanted: float | None) -> None:
    assert days(said) == wanted
