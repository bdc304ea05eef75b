"""The parts of the gateway: reading sound, noise, pronunciation, models, engines elsewhere, settings, the terminal."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.tts import Synthesize

from acupressure.catalog import Catalog
from acupressure.codes import find_codes
from scripts.settings import ROOT
from tests.conftest import free_port
from voice import pronounce
from voice.__main__ import Terminal
from voice.audio import RATE, Audio, BadAudio, read_wav, resample, to_pcm
from voice.ear import Begun, Ear, Ended, utterance_in
from voice.engines import Engines, as_events
from voice.models import ensure, mark
from voice.noise import NoiseFilter, snr_db
from voice.settings import Settings, WrongSetting, settings
from voice.vocabulary import (
    MERIDIANS,
    Corpus,
    code_names,
    corpus,
    medicines,
    name_finder,
    pinyin_names,
    words_of,
)
from voice.words import say


class TestSound:
    @pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
    def test_a_tone_keeps_its_height_at_another_rate(self, rate: int) -> None:
        tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
        spectrum = np.abs(np.fft.rfft(resample(tone, rate, RATE)))
        assert abs(int(np.argmax(spectrum)) - 440) <= 1

    def test_what_is_too_high_does_not_come_back_low(self) -> None:
        tone = 8_000 * np.sin(2 * np.pi * 15_000 * np.arange(48_000) / 48_000)
        assert np.abs(resample(tone, 48_000, RATE)[200:-200]).max() < 800

    def test_a_file_is_read_as_it_was_written(self) -> None:
        audio = Audio(to_pcm(np.arange(-500, 500) * 60), 22_050)
        assert read_wav(audio.wav()) == audio

    def test_a_long_recording_is_refused(self) -> None:
        with pytest.raises(BadAudio, match="too long"):
            read_wav(Audio(bytes(2 * RATE * 61)).wav())

    def test_five_hundred_hostile_files_are_read_or_refused_with_words(self) -> None:
        chance = np.random.default_rng(4)
        good = Audio(to_pcm(chance.normal(0, 3_000, 2_000)), RATE).wav()
        reasons = []
        for number in range(500):
            content = bytearray(good[: int(chance.integers(0, len(good)))] if number % 2 else good)
            for place in chance.integers(0, 60, number % 9):
                if place < len(content):
                    content[place] = int(chance.integers(0, 256))
            try:
                audio = read_wav(bytes(content))
                assert audio.rate in range(4_000, 200_000)
                assert audio.at(RATE).rate == RATE
            except BadAudio as bad:
                reasons.append(bad.words)
        assert 0 < len(reasons) < 500
        assert all(say(reason) for reason in set(reasons))


class TestNoise:
    def test_the_filter_takes_noise_out_and_keeps_the_length(self) -> None:
        chance = np.random.default_rng(1)
        noise = chance.normal(0, 500, 2 * RATE)
        tone = np.zeros(2 * RATE)
        tone[RATE // 2 :] = 4_000 * np.sin(2 * np.pi * 500 * np.arange(2 * RATE - RATE // 2) / RATE)
        cleaner = NoiseFilter(noise[: RATE // 4])
        sound = np.concatenate([cleaner.clean(part) for part in np.split(tone + noise, 40)])
        assert abs(len(sound) - 2 * RATE) < 600
        quiet, loud = sound[RATE // 4 : RATE // 2 - 600], sound[RATE:]
        assert np.std(quiet) < 250
        assert 0.7 < np.std(loud) / np.std(tone[RATE:]) < 1.3

    def test_how_far_speech_stands_out_is_told(self) -> None:
        chance = np.random.default_rng(1)
        noise = chance.normal(0, 100, RATE)
        assert 17 < snr_db(noise, chance.normal(0, 1_000, RATE)) < 23


class TestEar:
    def test_an_utterance_is_cut_out(self, spoken) -> None:
        audio = spoken("where is bladder forty")
        found = list(Ear().hear(audio.pcm + bytes(RATE * 2)))
        assert isinstance(found[0], Begun)
        assert isinstance(found[-1], Ended)
        before, speech = utterance_in(audio)
        assert before
        assert 1.0 < len(speech) / 2 / RATE < 3.0

    def test_noise_is_no_speech(self) -> None:
        chance = np.random.default_rng(1)
        assert list(Ear().hear(to_pcm(chance.normal(0, 2_000, 4 * RATE)))) == []
        assert utterance_in(Audio(bytes(4 * RATE))) is None


class TestWords:
    @pytest.mark.parametrize(
        ("name", "sounds"),
        [
            ("weizhong", "W EY JH UH NG"),
            ("taichong", "T AY CH UH NG"),
            ("hegu", "HH AH G UW"),
            ("yaoyan", "Y AW Y EH N"),
        ],
    )
    def test_pinyin_is_pronounced_by_rule(self, name: str, sounds: str) -> None:
        assert pronounce.pinyin(name) == sounds

    @pytest.mark.parametrize(
        ("name", "sounds"),
        [("zhibian", "ZH IY B IY AE N"), ("qihai", "K W IY HH AY"), ("hegu", "HH EH G UW")],
    )
    def test_pinyin_is_read_aloud_as_if_it_were_english(self, name: str, sounds: str) -> None:
        assert pronounce.read_aloud(name) == sounds

    def test_every_name_stands_in_questions_of_many_kinds(self, known: Catalog) -> None:
        said = [s for s in corpus(known).sentences if "weizhong" in s.split()]
        made = {f"{before}weizhong" for before in ("where is ", "how do i press ", "show me ")}
        assert len(said) > 40
        assert sum(len(s.split()) > 6 for s in said) > 5
        assert made <= set(said)

    def test_every_pinyin_name_can_be_pronounced(self, known: Catalog) -> None:
        assert [n for n in pinyin_names(known) if pronounce.read_aloud(n) is None] == []
        assert [n for n in pinyin_names(known) if pronounce.pinyin(n) is None] == []

    def test_the_name_of_every_line_is_understood(self) -> None:
        for family, names in MERIDIANS.items():
            for name in names:
                assert [m.code for m in find_codes(f"where is {name} twenty")] == [f"{family}20"]

    def test_numbers_and_codes_are_said_in_words(self) -> None:
        assert words_of("Hold BL40 for 30 seconds!") == [
            "hold",
            "b",
            "l",
            "forty",
            "for",
            "thirty",
            "seconds",
        ]
        assert code_names("GB34") == ["g b thirty four", "gallbladder thirty four"]

    @pytest.mark.parametrize(
        ("text", "is_there"),
        [
            ("where is bladder forty", True),
            ("how do i press the spirit gate", True),
            ("does weizhong work", True),
            ("my bladder hurts", False),
            ("where is the letter for it", False),
        ],
    )
    def test_a_name_in_words_is_found(self, known: Catalog, text: str, is_there: bool) -> None:
        assert name_finder(known)(text) is is_there

    def test_a_slip_of_the_finger_is_no_word(self) -> None:
        said = Corpus()
        said.add("my siatica hrts")
        said.add("my sciatica hurts")
        assert list(said.sentences) == ["my sciatica hurts"]

    def test_the_models_are_made_once(self, known: Catalog) -> None:
        models = ensure(known)
        made = models.ours.stat().st_mtime
        assert models.folder.name == mark()
        assert ensure(known).ours.stat().st_mtime == made
        words = models.words.read_text(encoding="utf-8")
        assert "\nweizhong " in words
        assert "\nacupressure " in words

    def test_medicines_that_tell_a_risk_are_words(self, known: Catalog) -> None:
        """Misheard, a blood thinner would count for nothing."""
        words = ensure(known).words.read_text(encoding="utf-8")
        listed = medicines(known)
        assert len(listed) >= 20
        assert [name for name in listed if f"\n{name} " not in words] == []


class Elsewhere:
    """A speech server of somebody else, which answers what it is told to."""

    def __init__(self) -> None:
        self.port, self.heard = free_port(), 0

    async def __aenter__(self) -> Elsewhere:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (event := await async_read_event(reader)) is not None:
            if AudioChunk.is_type(event.type):
                self.heard += len(AudioChunk.from_event(event).audio)
            elif AudioStop.is_type(event.type):
                await async_write_event(Transcript(text="where is the inner gate").event(), writer)
            elif Synthesize.is_type(event.type):
                await async_write_event(AudioStart(rate=22_050, width=2, channels=1).event(), writer)
                await async_write_event(
                    AudioChunk(rate=22_050, width=2, channels=1, audio=b"\1\0" * 500).event(), writer
                )
                await async_write_event(AudioStop().event(), writer)
        writer.close()


class TestEngines:
    async def test_servers_elsewhere_are_used(self, known: Catalog) -> None:
        async with Elsewhere() as other:
            uri = f"tcp://127.0.0.1:{other.port}"
            engines = Engines(Settings("", asr=uri, tts=uri), known)
            heard = await engines.hear(as_events(bytes(RATE)), b"\0\0" * 100)
            assert heard.text == "where is the inner gate"
            assert other.heard == RATE + 200
            assert await engines.speak("hello") == Audio(b"\1\0" * 500, 22_050)

    async def test_the_embedded_ones_stand_in_for_servers_that_are_away(self, known: Catalog, spoken) -> None:
        uri = f"tcp://127.0.0.1:{free_port()}"
        engines = Engines(Settings("", asr=uri, tts=uri), known)
        before, speech = utterance_in(spoken("how long do i hold it"))
        assert (await engines.hear(as_events(speech), before)).text.startswith("how long do i")
        assert (await engines.speak("Press gently.")).seconds > 0.4

    async def test_an_utterance_that_breaks_off_blocks_nobody(self, known: Catalog, spoken) -> None:
        engines = Engines(Settings(""), known)
        before, speech = utterance_in(spoken("where is bladder forty"))

        async def broken() -> AsyncIterator[Event]:
            async for event in as_events(speech):
                yield event
            raise ConnectionError("gone")

        for _ in range(3):
            with pytest.raises(ConnectionError):
                await engines.hear(broken(), before)
        assert (await engines.hear(as_events(speech), before)).text.startswith("where is bladder forty")


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("VOICE_ASR_URI", "http://x:1"),
            ("VOICE_TTS_URI", "tcp://x"),
            ("VOICE_TTS_URI", "tcp://x:99999"),
            ("VOICE_PORT", "0"),
            ("VOICE_PORT", "x"),
        ],
    )
    def test_a_wrong_one_is_told(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        with pytest.raises(WrongSetting, match=name):
            settings()


@pytest.mark.server
class TestTerminal:
    def run(self, server: str, *options: str, text: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "voice", *options], cwd=ROOT, input=text, capture_output=True, text=True, timeout=120,
            env={**os.environ, "VOICE_ASSISTANT": server}, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def test_recordings_are_heard_and_answered(self, server: str, spoken, tmp_path: Path) -> None:
        for number, text in enumerate(("where is the inner gate point", "how long do i hold it")):
            (tmp_path / f"{number}.wav").write_bytes(spoken(text).wav())
        (tmp_path / "2.wav").write_bytes(b"no sound at all")
        out = self.run(server, "--sender", "files", "--wav", *(str(tmp_path / f"{n}.wav") for n in range(3)))
        assert "Inner Gate, P C six" in out
        assert "Hold it for" in out
        assert "could not read that recording" in out

    async def test_what_is_said_can_be_kept(self, tmp_path: Path) -> None:
        terminal = Terminal(plays=False, folder=tmp_path)
        await terminal.out({"type": "say", "text": "Hello.", "rate": RATE}, b"\1\0" * 100)
        assert read_wav((tmp_path / "001.wav").read_bytes()).pcm == b"\1\0" * 100

    def test_lines_are_answered(self, server: str) -> None:
        assert "Spirit Gate" in self.run(server, "--text", "--sender", "lines", text="where is HT7\n")
