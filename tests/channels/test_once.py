"""Named messages are answered once; a turn that lost a race runs again; what is shown is stored."""

import asyncio
from types import SimpleNamespace

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from channels.deadline import Turn, TurnOutput
from channels.messages import PROBLEM, BadRequest
from channels.once import message_id_of, once
from channels.startup import take_off_the_net
from stores.lock_store import LocalLockStore
from stores.tracker_store import Conflict, FlatTrackerStore


class Agent:
    """Answers and stores as Rasa does, with our stores."""

    def __init__(self, path):
        self.tracker_store = FlatTrackerStore(Domain.empty(), str(path))
        self.lock_store = LocalLockStore()
        self.processor = SimpleNamespace(tracker_store=None)
        self.handled = 0
        self.conflicts = 0

    async def handle_message(self, message):
        async with self.lock_store.lock(message.sender_id):
            self.handled += 1
            tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
            await message.output_channel.send_text_message(message.sender_id, f"answer {self.handled}")
            await asyncio.sleep(0.05)
            if self.conflicts:
                self.conflicts -= 1
                raise Conflict
            tracker.update(UserUttered(message.text, message_id=message.message_id))
            tracker.update(BotUttered(f"answer {self.handled}"))
            tracker.update(ActionExecuted("action_listen"))
            await self.tracker_store.save(tracker)


@pytest.fixture
def agent(tmp_path):
    return Agent(tmp_path / "x.db")


async def say(agent, text, message_id=None):
    app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
    message = UserMessage(text, TurnOutput("rest"), "a", message_id=message_id)
    turn = Turn(once(app, agent.handle_message, message_id), message)
    return [m["text"] async for m in turn.messages()] or turn.missing


async def test_a_repeated_message_gets_its_answer_again(agent):
    assert await say(agent, "one", "id-00001") == ["answer 1"]
    assert await say(agent, "two", "id-00002") == ["answer 2"]
    assert await say(agent, "one", "id-00001") == ["answer 1"]
    assert agent.handled == 2


async def test_a_message_repeated_while_it_is_answered_waits_for_that(agent):
    answers = await asyncio.gather(*(say(agent, "one", "id-00001") for _ in range(5)))
    assert answers == [["answer 1"]] * 5
    assert agent.handled == 1


async def test_messages_without_an_id_are_all_new(agent):
    assert [await say(agent, "one"), await say(agent, "one")] == [["answer 1"], ["answer 2"]]


async def test_a_turn_that_lost_a_race_runs_again_and_shows_one_answer(agent):
    agent.conflicts = 1
    assert await say(agent, "one") == ["answer 2"]
    agent.conflicts = 3
    assert await say(agent, "one") == PROBLEM


async def test_nothing_is_shown_of_a_turn_that_was_not_stored(agent):
    async def fails(_):
        raise OSError("disk full")

    agent.tracker_store.save = fails
    assert await say(agent, "one") == PROBLEM


@pytest.mark.parametrize("given", [5, "short", "x" * 65, "with blank", "naïve-id"])
def test_odd_ids_are_refused(given):
    with pytest.raises(BadRequest):
        message_id_of({"message_id": given}, None)


def test_an_id_comes_from_the_body_or_the_header():
    assert message_id_of({}, None) is None
    assert message_id_of({}, "header-id") == "header-id"
    assert message_id_of({"message_id": "body-id-1"}, "header-id") == "body-id-1"


def test_rasas_safety_net_is_taken_off_our_store_alone(agent):
    from rasa.core.tracker_store import InMemoryTrackerStore

    ours, theirs = agent.tracker_store, InMemoryTrackerStore(Domain.empty())
    agent.tracker_store = FailSafeTrackerStore(ours)
    take_off_the_net(agent)
    assert agent.tracker_store is agent.processor.tracker_store is ours
    agent.tracker_store = net = FailSafeTrackerStore(theirs)
    take_off_the_net(agent)
    assert agent.tracker_store is net
