"""How an utterance goes through the decoders, and what else it may have been."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from voice.audio import RATE, to_pcm
from voice.recognise import Utterance

SPEECH = to_pcm(np.random.default_rng(1).normal(0, 3_000, RATE))


class Decoder:
    """Stands in for pocketsphinx: hears what it is told to, and notes what is done with it."""

    def __init__(self, text: str, likely: float, others: Sequence[str] = ()) -> None:
        self.text, self.likely, self.others = text, likely, others
        self.is_open, self.sound, self.colours = False, 0, []

    def set_cmn(self, colour: str) -> None:
        self.colours.append(colour)

    def get_cmn(self, _: bool) -> str:
        return f"{self.colours[-1]} and this voice"

    def activate_search(self, name: str) -> None:
        assert not self.is_open

    def start_utt(self) -> None:
        assert not self.is_open
        self.is_open = True

    def end_utt(self) -> None:
        assert self.is_open
        self.is_open = False

    def process_raw(self, sound: bytes, no_search: bool, full_utt: bool) -> None:
        self.sound += 0 if no_search else len(sound)

    def hyp(self) -> SimpleNamespace:
        return SimpleNamespace(hypstr=self.text, best_score=self.likely)

    def nbest(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(hypstr=text) for text in self.others]

    def get_lm(self) -> SimpleNamespace:
        return SimpleNamespace(prob=lambda words: -2.0 if words[0] != "eat" else -20.0)

    def get_logmath(self) -> SimpleNamespace:
        return SimpleNamespace(log_to_log10=lambda value: value)

    def get_prob(self) -> float:
        return 0.5

    def n_frames(self) -> int:
        return 100


def begun(*decoders: Decoder) -> Utterance:
    utterance = Utterance(list(decoders), threading.Lock())
    utterance.before(bytes(RATE // 2))
    for _ in range(3):
        utterance.feed(SPEECH)
    return utterance


def test_both_listen_to_all_of_it_and_begin_with_this_voice() -> None:
    ours, witness = Decoder("where is it", 1e-5), Decoder("where is it", 1e-6)
    heard = begun(ours, witness).end()
    assert heard.text == heard.witness == "where is it"
    assert ours.sound == witness.sound > 0
    assert witness.colours == [ours.colours[-1]]
    assert not any(d.is_open for d in (ours, witness))


def test_an_utterance_that_is_dropped_leaves_nothing_open() -> None:
    ours, witness = Decoder("a", 1e-5), Decoder("c", 1e-6)
    utterance = begun(ours, witness)
    utterance.drop()
    assert not any(d.is_open for d in (ours, witness))
    begun(ours, witness).end()


def test_a_short_word_is_heard_when_it_ends() -> None:
    ours = Decoder("next", 1e-5)
    utterance = Utterance([ours], threading.Lock())
    utterance.feed(SPEECH[: RATE // 2])
    assert not ours.is_open
    heard = utterance.end()
    assert (heard.text, heard.witness, heard.agreement) == ("next", "", 1.0)


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        (["<s> press it", "press <sil> it", "press it(2)"], []),
        (["press that", "press that", "press this"], ["press that", "press this"]),
        (["press i a a or a", "rest it"], ["rest it"]),
        ([""], []),
    ],
)
def test_other_readings_are_different_texts_without_babble(listed: list[str], kept: list[str]) -> None:
    assert list(begun(Decoder("press it", 1e-5, listed)).end().alternatives) == kept


def test_the_witness_adds_readings_of_its_own() -> None:
    ours = Decoder("press it", 1e-5, ["press him"])
    witness = Decoder("press eat", 1e-6, ["press him", "press eat", "press heat"])
    heard = begun(ours, witness).end()
    assert heard.alternatives == ("press him", "press heat")


def test_every_reading_is_told_with_how_likely_people_say_it() -> None:
    witness = Decoder("press eat", 1e-6)
    heard = begun(Decoder("press it", 1e-5, ["press him"]), witness).end()
    assert set(heard.fluent) == {"press it", "press him", "press eat"}
    assert heard.fluent["press it"] == pytest.approx(-2.0)
    assert heard.fluent["press eat"] == pytest.approx(-11 / 3), "an unknown word counts no more than it may"


def test_an_utterance_without_any_sound_asks_no_decoder() -> None:
    ours = Decoder("", 1e-300)
    assert Utterance([ours], threading.Lock()).end().text == ""
    assert ours.colours == [], "it never listened"
