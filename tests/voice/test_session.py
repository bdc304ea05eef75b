"""A conversation by ear: holds are counted, stop is obeyed, what is unsure is asked back, noise does nothing."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from acupressure.catalog import Catalog
from voice.assistant import Assistant
from voice.confirm import Confirmer
from voice.engines import Engines
from voice.recognise import Heard
from voice.session import Clock, Session
from voice.settings import Settings
from voice.words import say

pytestmark = pytest.mark.server
PACE = 40.0
"""The clock of these conversations runs that much faster."""


class Talk:
    """A person who talks with the guide; all that comes back is kept."""

    def __init__(self, server: str, known: Catalog, engines: Engines, **options: Any) -> None:
        self.events: list[dict] = []
        self.assistant = Assistant(server)
        self.session = Session(
            engines, self.assistant, Confirmer(known), f"talk-{uuid.uuid4().hex}", self._take, **options,
        )  # fmt: skip

    async def _take(self, event: dict, sound: bytes) -> None:
        self.events.append(event)

    async def says(self, text: str, agreement: float = 1.0, **heard: Any) -> str:
        """Say something and return what is said to it."""
        begun = len(self.events)
        await self.session.heard(Heard(text, agreement, seconds=1.0, **heard))
        await self.session.settled()
        return self.said(begun)

    def said(self, begun: int = 0) -> str:
        return " ".join(e["text"] for e in self.events[begun:] if e["type"] == "say")

    def cards(self) -> list[dict]:
        return [e["card"] for e in self.events if e["type"] == "card"]

    async def until(self, condition, seconds: float = 20) -> None:
        for _ in range(int(seconds / 0.05)):
            if condition():
                return
            await asyncio.sleep(0.05)
        raise AssertionError([e.get("text") or e["type"] for e in self.events[-12:]])


@pytest.fixture
async def talk(server: str, known: Catalog) -> AsyncIterator[Talk]:
    """Return somebody without ears and a voice: what was heard is given."""
    engines = Engines(Settings(server), known)
    person = Talk(server, known, engines, with_sound=False, clock=Clock(PACE))
    yield person
    await person.session.close()
    await person.assistant.close()


async def test_a_routine_is_led_to_its_end_without_a_word(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(
        lambda: any(c["card"] == "routine" and c["state"] == "finished" for c in talk.cards()), 40
    )
    steps = [c for c in talk.cards() if c["card"] == "step"]
    assert [c["index"] for c in steps] == list(range(1, steps[0]["of"] + 1))
    said = talk.said()
    assert say("last_ten") in said
    assert "Other side" in said
    assert not talk.session.is_holding


async def test_stop_ends_the_hold_at_once_and_is_told_to_the_assistant(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    task = asyncio.ensure_future(talk.says("stop"))
    await asyncio.sleep(0)
    assert not talk.session.is_holding
    assert "Stopped" in await task
    count = len(talk.events)
    await asyncio.sleep(1)
    assert len(talk.events) == count


async def test_pause_stands_and_go_on_counts_again(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    assert "Paused" in await talk.says("pause")
    assert not talk.session.is_holding
    await talk.says("go on")
    await talk.until(lambda: talk.session.is_holding)


async def test_noise_does_nothing_in_a_routine(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    assert await talk.says("stomach can the of", agreement=0.1) in ("", say("half"), say("last_ten"))
    assert await talk.says("", agreement=0.0) in ("", say("half"), say("last_ten"))
    assert talk.session.is_holding


def by_the_sound(text: str, agreement: float, fluent: float) -> dict[str, Any]:
    """What is told of an utterance of which Moonshine was sure, although our own words are not in it."""
    return {
        "agreement": agreement, "witness": text, "decoder": "shin of the stomach can", "sound": {text: 0.0},
        "fluent": {text: fluent}, "confidence": 0.3, "margin": 0.0,
    }  # fmt: skip


async def test_talk_of_others_that_is_clearly_heard_does_nothing_in_a_routine(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    text = "they showed a documentary about penguins last night"
    said = await talk.says(text, **by_the_sound(text, 0.1, -3.5))
    assert said in ("", say("half"), say("last_ten"))
    assert [e for e in talk.events if e["type"] == "heard"][-1]["accepted"] is False
    assert talk.session.is_holding


async def test_a_warning_sign_in_words_that_one_recogniser_lacks_is_not_taken_for_noise(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    text = "one side of my face droops and i cannot lift my arm"
    await talk.says(text, **by_the_sound(text, 0.1, -2.5))
    assert [c["card"] for c in talk.cards()][-1] == "urgent"
    assert not talk.session.is_holding


async def test_a_yes_to_what_was_asked_back_needs_no_second_recogniser(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    await talk.says("where is weizhong")
    await talk.says("yes", **by_the_sound("yes", 0.0, -1.0))
    assert [c["code"] for c in talk.cards() if c["card"] == "point"] == ["BL40"]


async def test_a_warning_sign_ends_the_counting(talk: Talk) -> None:
    await talk.says("lead me through the desk reset")
    await talk.says("none of those")
    await talk.until(lambda: talk.session.is_holding)
    await talk.says("i have numbness between my legs")
    assert [c["card"] for c in talk.cards()][-1] == "urgent"
    assert not talk.session.is_holding


@pytest.mark.parametrize(
    ("heard", "asked", "code"),
    [
        ("where is weizhong", "Did you say bladder forty, Commanding Middle?", "BL40"),
        ("where is g b twenty", "Did you say gallbladder twenty, Gates of Consciousness?", "GB20"),
    ],
)
async def test_a_name_that_is_easily_misheard_is_asked_back(
    talk: Talk, heard: str, asked: str, code: str
) -> None:
    assert (await talk.says(heard)).startswith(asked)
    assert talk.cards() == []
    await talk.says("yes")
    assert [c.get("code") for c in talk.cards()] == [code]


async def test_a_name_that_was_not_meant_is_dropped(talk: Talk) -> None:
    await talk.says("where is weizhong")
    assert await talk.says("no thanks") == say("say_again")
    await talk.says("where is heart seven")
    assert [c.get("code") for c in talk.cards()] == ["HT7"]


GARBLED = {"confidence": 1e-6, "margin": -6.0}
"""How sure the recogniser is of speech that has nothing to do with the guide."""


async def test_after_two_failures_there_are_choices(talk: Talk) -> None:
    first, second, witness = (
        "the uncle of once paper and",
        "yellow the fog of boat",
        "the ankle of one paper end",
    )
    fluent = dict.fromkeys((first, second, witness), -2.6)
    garbled = {"agreement": 0.2, "witness": witness, "fluent": fluent, **GARBLED}
    assert await talk.says(first, **garbled) == say("not_caught")
    assert await talk.says(second, **garbled) == say("choices")
    assert talk.cards() == []


async def test_what_makes_sense_is_taken_although_the_recognisers_differ(talk: Talk) -> None:
    heard = {"agreement": 0.75, "confidence": 1e-3, "margin": 2.0}
    await talk.says("my lower back hurts", witness="my lower bag hurts", **heard)
    assert [c["card"] for c in talk.cards()] == ["points"]


async def test_the_better_of_two_readings_is_taken(talk: Talk) -> None:
    heard = {"agreement": 0.5, "confidence": 1e-2, "margin": 0.0}
    await talk.says("wear his bladder four teas", witness="where is bladder forty", **heard)
    assert [c.get("code") for c in talk.cards()] == ["BL40"]


@pytest.mark.parametrize("answer", ["yes", "no thanks"])
async def test_what_may_have_been_meant_is_asked_back_first(talk: Talk, answer: str) -> None:
    text, witness = "my shoulders are stiff", "my shoulders are still"
    fluent = {text: -1.8, witness: -1.8}
    unsure = {"agreement": 0.7, "confidence": 1e-4, "margin": -7.5, "fluent": fluent}
    said = await talk.says(text, witness=witness, **unsure)
    assert said.startswith("Did you say my shoulders are")
    assert talk.cards() == []
    await talk.says(answer)
    assert [c["card"] for c in talk.cards()] == (["points"] if answer == "yes" else [])


async def test_talk_to_others_leads_to_nothing(talk: Talk) -> None:
    for text, witness in (
        ("he took a step back to the point", "he took a step back from the pond"),
        ("press the buttocks to go on", "press the button to go on"),
    ):
        fluent = {text: -2.3, witness: -2.3}
        await talk.says(text, agreement=0.6, witness=witness, fluent=fluent, **GARBLED)
    assert talk.cards() == []


async def test_a_warning_sign_is_taken_however_badly_it_was_heard(talk: Talk) -> None:
    await talk.says(
        "i have numbness between my legs", agreement=0.3, witness="i have none this week", **GARBLED
    )
    assert [c["card"] for c in talk.cards()] == ["urgent"]


async def test_its_own_voice_is_not_taken_for_a_person(server: str, known: Catalog) -> None:
    engines = Engines(Settings(server), known)
    person = Talk(server, known, engines)
    await person.session.text("what is acupressure")
    await person.until(lambda: person.said())
    first = person.said()
    await person.session.heard(Heard(" ".join(first.lower().replace(".", "").split()[:8]), seconds=2.0))
    assert [e["accepted"] for e in person.events if e["type"] == "heard"] == [True, False]
    await person.session.close()
    await person.assistant.close()


async def test_without_an_assistant_it_says_so(known: Catalog) -> None:
    person = Talk("http://127.0.0.1:9", known, Engines(Settings(""), known), with_sound=False)
    assert await person.says("where is bladder forty") == say("no_assistant")
    await person.session.close()
