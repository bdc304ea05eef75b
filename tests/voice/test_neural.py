"""The neural recogniser and what helps it: a language model of pieces, reading ahead, and weighing beside pocketsphinx."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest

from acupressure.catalog import load
from tests.voice.test_recognise import SPEECH, Decoder
from voice import engines, espeak, reader, weights
from voice.audio import RATE, to_pcm
from voice.engines import moonshine_of
from voice.models import Models, ensure
from voice.moonshine import LONGEST, Moonshine, Reading, Sound, meant
from voice.pieces import PieceModel, forms
from voice.reader import Reader
from voice.recognise import Recogniser, Utterance, mixtures
from voice.session import DOUBTFUL
from voice.weights import FOLDER, TOKENIZER, mark_of

LOUD, SILENCE = to_pcm(np.random.default_rng(2).normal(0, 4_000, RATE // 2)), bytes(RATE)
there = pytest.mark.skipif(not mark_of(), reason="the weights of the neural recogniser could not be fetched")


def test_numbers_and_codes_are_written_in_every_way_they_may_be() -> None:
    assert forms("where is b l sixty two") == ["where is b l sixty two", "where is b l 62", "where is bl62"]
    assert forms("my back hurts") == ["my back hurts"]
    assert forms("ten minutes for my knee")[1] == "10 minutes for my knee"


@pytest.fixture(scope="module")
def models() -> Models:
    return ensure(load())


@pytest.fixture(scope="module")
def neural(models: Models) -> Moonshine:
    made = moonshine_of(models, load())
    assert made is not None
    return made


@there
class TestPieces:
    @pytest.fixture(scope="class")
    def tokenizer(self):
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(FOLDER / TOKENIZER))

    @pytest.fixture(scope="class")
    def small(self, tokenizer) -> PieceModel:
        return PieceModel.made(
            tokenizer, {"where is the knee": 3, "where is the wrist": 1, "my knee hurts": 2}
        )

    def test_what_may_follow_adds_up_to_one(self, small: PieceModel, tokenizer) -> None:
        every = np.arange(tokenizer.get_vocab_size())
        known = [i for i in every if small.classes[i] == i and i > 1]
        before = small.beginning
        for piece in [None, *tokenizer.encode("where is", add_special_tokens=False).ids]:
            before = before if piece is None else small.after(before, piece)
            likely = small.likely(np.array([before]), np.array([known]))[0]
            # All that were never said are given the same: it does not count.
            said = likely[likely > moonshine_floor()]
            assert np.exp(said).sum() == pytest.approx(1.0, abs=0.05)

    def test_capitals_and_signs_do_not_count(self, small: PieceModel, tokenizer) -> None:
        def state(text: str) -> int:
            before = small.beginning
            for piece in tokenizer.encode(text, add_special_tokens=False).ids:
                before = small.after(before, piece)
            return before

        assert state("Where is the") == state("where, is the")
        comma = tokenizer.token_to_id(",")
        assert small.likely(np.array([state("where is")]), np.array([[comma]]))[0, 0] == 0.0

    def test_what_people_say_is_likelier(self, small: PieceModel, tokenizer) -> None:
        before = small.beginning
        for piece in tokenizer.encode("where is the", add_special_tokens=False).ids:
            before = small.after(before, piece)
        words = ["knee", "wrist", "moon"]
        first = [tokenizer.encode(w, add_special_tokens=False).ids[0] for w in words]
        knee, wrist, moon = small.likely(np.array([before]), np.array([first]))[0]
        assert knee > wrist > moon

    def test_a_file_keeps_it(self, small: PieceModel, tmp_path: Path) -> None:
        small.write(tmp_path / "pieces.npz")
        kept = PieceModel.read(tmp_path / "pieces.npz")
        before, pieces = np.array([small.beginning]), np.arange(200)[None]
        assert np.array_equal(kept.likely(before, pieces), small.likely(before, pieces))


def moonshine_floor() -> float:
    from voice import pieces

    # Backing off from a context that was seen makes them less likely still.
    return pieces._LEAST + 1e-6


@there
class TestMoonshine:
    @pytest.fixture(scope="class")
    def said(self, neural: Moonshine) -> Sound:
        return neural.listen(spoken("the children are playing in the garden"))

    def test_general_english_is_heard_freely(self, neural: Moonshine, said: Sound) -> None:
        freely, _ = neural.read(said)
        heard = freely[0].text.lower().strip(".").split()
        assert {"children", "playing", "garden"} <= set(heard)

    def test_what_was_said_fits_best(self, neural: Moonshine, said: Sound) -> None:
        texts = [
            "the children are playing in the garden",
            "the children are paying in the pardon",
            "where is bladder forty",
        ]
        fits = neural.fit(said, texts)
        assert fits[0] == max(fits)
        assert fits[2] == min(fits)

    def test_a_text_fits_the_same_beside_any_others(self, neural: Moonshine, said: Sound) -> None:
        text = "the children are playing in the garden"
        alone = neural.fit(said, [text])[0]
        beside = neural.fit(said, [text, "hm", *(f"the children are playing {n}" for n in range(9))])[0]
        assert beside == pytest.approx(alone, abs=0.5)

    def test_our_language_model_helps_a_name_of_ours(self, neural: Moonshine) -> None:
        sound = neural.listen(spoken("lead me through the wind down"))
        _, ours = neural.read(sound)
        assert any("wind down" in r.text.lower().replace("-", " ") for r in ours)

    @pytest.mark.parametrize(
        "samples",
        [np.zeros(RATE), np.random.default_rng(1).normal(0, 3_000, 2 * RATE), np.full(1_600, 32_767)],
        ids=["silence", "noise", "a crack"],
    )
    def test_silence_and_noise_are_heard_as_hardly_anything(
        self, neural: Moonshine, samples: np.ndarray
    ) -> None:
        freely, ours = neural.read(neural.listen(samples.astype("<i2")))
        assert freely
        assert len(freely[0].text.split()) <= 4
        assert all(r.sound <= 0 for r in (*freely, *ours))

    def test_a_name_of_ours_may_be_written_with_a_capital(self, neural: Moonshine) -> None:
        sound = neural.listen(spoken("what is zusanli good for"))
        named, other = neural.fit(sound, ["what is zusanli good for", "what is quangming good for"])
        assert named > other
        assert "what is Zusanli good for" in neural._ways("what is zusanli good for")

    def test_what_it_writes_for_acupressure_is_put_right(self, neural: Moonshine) -> None:
        assert meant("is a cup pressure safe") == "is acupressure safe"
        assert meant("put pressure on the cup") == "put pressure on the cup"
        assert "is a cup pressure safe" in neural._ways("is acupressure safe")

    def test_it_is_heard_beside_pocketsphinx(self, models: Models, neural: Moonshine) -> None:
        utterance = Recogniser(models, moonshine=neural).utterance()
        utterance.before(bytes(RATE))
        utterance.feed(to_pcm(spoken("my lower back hurts").astype(float)))
        heard = utterance.end()
        assert heard.text == "my lower back hurts"
        assert heard.sound[heard.text] <= 0
        assert heard.text in heard.fluent
        assert heard.witness
        assert heard.decoder


def spoken(text: str) -> np.ndarray:
    """Return what the voice that comes along makes of a text."""
    if not espeak.has_voice():
        pytest.skip("no voice here")
    return espeak.speak(text, "en-us", 150).at(RATE).samples.astype("<i2")


class Fake:
    """Stands in for Moonshine: hears what it is told to, and counts how often it is asked."""

    def __init__(self, freely: str = "", ours: str = "", fits: dict[str, float] | None = None) -> None:
        self.freely, self.ours, self.fits, self.lengths = freely, ours, fits or {}, []

    def listen(self, samples: np.ndarray) -> Sound:
        self.lengths.append(len(samples))
        return Sound(np.zeros((1, 1, 1)), len(samples) / RATE)

    def read(self, _: Sound) -> tuple[list[Reading], list[Reading]]:
        return [Reading(self.freely, -5.0)], [Reading(self.ours, -6.0)]

    def fit(self, _: Sound, texts: list[str]) -> list[float]:
        return [self.fits.get(t, -20.0) for t in texts]


class TestReadingAhead:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [100.0]
        monkeypatch.setattr(reader.time, "monotonic", lambda: now[0])
        return now

    def live(self, fake: Fake, clock: list[float], *parts: bytes) -> Reader:
        """Let sound arrive as fast as it is said."""
        listening = Reader(fake)
        for part in parts:
            for place in range(0, len(part), 3_200):
                clock[0] += 0.1
                listening.take(part[place : place + 3_200])
                listening.ahead()
        return listening

    def test_a_pause_is_enough(self, clock: list[float]) -> None:
        fake = Fake("press here")
        listening = self.live(fake, clock, LOUD, SILENCE)
        assert len(fake.lengths) == 1, "read in the pause, once"
        assert listening.result().freely == "press here"
        assert len(fake.lengths) == 1, "and not again"

    def test_who_goes_on_is_heard_to_the_end(self, clock: list[float]) -> None:
        fake = Fake("press here")
        self.live(fake, clock, LOUD, SILENCE, LOUD).result()
        assert fake.lengths[-1] == (2 * len(LOUD) + len(SILENCE)) // 2

    def test_a_recording_is_read_once(self, clock: list[float]) -> None:
        fake = Fake("press here")
        listening = Reader(fake)
        for part in (LOUD, SILENCE, LOUD, SILENCE):
            listening.take(part)
            listening.ahead()
        listening.result()
        assert len(fake.lengths) == 1

    def test_a_long_speech_is_no_question(self, clock: list[float]) -> None:
        fake = Fake("and then he said")
        listening = self.live(fake, clock, *[LOUD] * 24, SILENCE)
        assert fake.lengths == []
        listening.take(LOUD * (round(LONGEST) * 2))
        assert listening.result().freely == ""
        assert fake.lengths == []


class TestWeighing:
    def heard(self, fake: Fake, text: str, others: tuple[str, ...] = (), name: str = "nothing"):
        decoder = Decoder(text, 1e-5, others)
        utterance = Utterance([decoder], threading.Lock(), fake, lambda t: name in t)
        utterance.before(bytes(RATE // 2))
        utterance.feed(SPEECH)
        return utterance.end()

    def test_the_sound_decides_among_all_readings(self) -> None:
        fake = Fake("Press it", "Press him.", {"press it": -4.0, "press him": -30.0, "press hint": -30.0})
        heard = self.heard(fake, "press hint", ("press him",))
        assert (heard.text, heard.witness, heard.decoder) == ("press it", "press it", "press hint")
        assert set(heard.alternatives) == {"press him", "press hint"}
        assert heard.sound["press it"] == 0.0
        # -6 is what it gave the text when it wrote it by itself.
        assert heard.sound["press him"] == pytest.approx((-6.0 + 4.0) / math.log(10) / 3)
        assert heard.agreement == 0.5, "one of the two words of what pocketsphinx chose"

    def test_between_equals_pocketsphinx_decides(self) -> None:
        fake = Fake("press it", "press it", {"press it": -5.0, "press him": -5.0})
        assert self.heard(fake, "press him").text == "press him"

    def test_a_name_of_ours_is_believed_sooner(self) -> None:
        fake = Fake("where is lather", "", {"where is bladder": -15.0, "where is lather": -5.0})
        assert self.heard(fake, "wear his bladder", ("where is bladder",)).text == "where is lather"
        named = self.heard(fake, "wear his bladder", ("where is bladder",), name="bladder")
        assert named.text == "where is lather", "but not against all evidence"
        fake.fits["where is bladder"] = -9.0
        named = self.heard(fake, "wear his bladder", ("where is bladder",), name="bladder")
        assert named.text == "where is bladder"

    def test_numbers_are_told_in_words(self) -> None:
        assert self.heard(Fake("Where is Bladder 62?", ""), "").text == "where is bladder sixty two"

    def test_each_may_be_right_where_the_other_is_not(self) -> None:
        fake = Fake("press the heel for a wile", "", {"press the heel for a while": -3.0})
        heard = self.heard(fake, "rest the heel for a while")
        assert heard.text == "press the heel for a while"

    @pytest.mark.parametrize(
        ("one", "two", "made"),
        [
            ("press it now", "press him now", set()),
            ("rest it now", "press it how", {"rest it how", "press it now"}),
            ("a b c d e f g", "h i j k l m n", set()),
            ("", "press it", set()),
        ],
    )
    def test_mixtures_are_new(self, one: str, two: str, made: set[str]) -> None:
        assert set(mixtures(one, two)) == made

    def test_what_is_too_long_to_be_read_is_hardly_believed(self) -> None:
        fake = Fake("press it", "press it", {"press it": -1.0})
        utterance = Utterance([Decoder("press it", 1e-5)], threading.Lock(), fake)
        for _ in range(round(LONGEST) + 1):
            utterance.feed(SPEECH)
        heard = utterance.end()
        assert (heard.text, heard.sound, fake.lengths) == ("press it", {}, [])
        assert heard.agreement < DOUBTFUL

    def test_where_nobody_heard_words_there_are_none(self) -> None:
        heard = self.heard(Fake(), "")
        assert (heard.text, heard.alternatives, heard.sound) == ("", (), {})


def test_weights_that_cannot_be_used_leave_the_other_recogniser(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, models: Models
) -> None:
    (tmp_path / weights.READY).write_text("x")
    (tmp_path / weights.ENCODER).write_bytes(b"no weights")
    monkeypatch.setattr(engines, "FOLDER", tmp_path)
    monkeypatch.setattr(engines, "mark_of", lambda: "x")
    assert moonshine_of(models, load()) is None
    assert "pocketsphinx hears alone" in caplog.text


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, models: Models) -> None:
    monkeypatch.setenv("VOICE_MOONSHINE", "off")
    assert mark_of() == ""
    assert moonshine_of(models, load()) is None
