"""Ways in that take one utterance at a time ask back too, and know what the next yes is about."""

from __future__ import annotations

from typing import Any

import pytest

from voice.assistant import Answer
from voice.gateway import Gateway, Newest
from voice.recognise import Heard
from voice.settings import Settings
from voice.words import say


class Doubtful:
    """An assistant that is never sure, until something is confirmed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    async def say(self, sender: str, text: str, heard: Heard | None = None, **told: Any) -> Answer:
        self.asked.append((sender, text, told))
        return Answer(text, unsure=not told.get("confirmed"), ask=text != "mumble")


@pytest.fixture
def gateway() -> Gateway:
    made = Gateway(Settings("http://127.0.0.1:1"))
    made.assistant = Doubtful()
    return made


async def says(gateway: Gateway, text: str, who: str = "me") -> str:
    return (await gateway.answer(who, Heard(text, seconds=1.0)))[1]


async def test_a_yes_is_about_what_was_asked_back(gateway: Gateway) -> None:
    assert await says(gateway, "where is ladder forty") == say("did_you_say", text="where is ladder forty")
    assert await says(gateway, "yes") == ""
    assert gateway.assistant.asked[-1] == ("me", "where is ladder forty", {"confirmed": True})


async def test_a_no_drops_it(gateway: Gateway) -> None:
    await says(gateway, "where is ladder forty")
    assert await says(gateway, "no thanks") == say("say_again")
    await says(gateway, "yes")
    assert gateway.assistant.asked[-1] == ("me", "yes", {})


async def test_somebody_else_was_not_asked(gateway: Gateway) -> None:
    await says(gateway, "where is ladder forty")
    await says(gateway, "yes", who="you")
    assert gateway.assistant.asked[-1] == ("you", "yes", {})


async def test_what_is_not_worth_asking_is_said_again(gateway: Gateway) -> None:
    assert await says(gateway, "mumble") == say("not_caught")


def test_only_the_newest_are_kept() -> None:
    kept: Newest[int] = Newest()
    for number in range(500):
        kept.keep(str(number), number)
        kept.keep("always", number)
    assert len(kept) == 100
    assert (kept["always"], kept["499"]) == (499, 499)
