"""Reading requests, preparing text, history and forgetting: without a server."""

import json
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from acupressure.text import MAX_CHARACTERS
from channels import messages
from channels.messages import BadRequest, prepare


def refusal(function, *arguments):
    """Return the status with which a request is refused."""
    with pytest.raises(BadRequest) as caught:
        function(*arguments)
    assert caught.value.sentence.endswith((".", ")"))
    return caught.value.status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"not json", b'{"a": NaN', b"\xff\xfe\xfa", b"[" * 60_000, b"1" * 5_000],
)
def test_a_body_that_is_not_json_is_a_bad_request(body):
    assert refusal(messages.read_json, body) == 400


@pytest.mark.parametrize("body", [b"[]", b'"hello"', b"null", b"3"])
def test_a_body_that_is_not_an_object_is_a_bad_request(body):
    assert refusal(messages.read_json, body) == 400


def test_a_body_is_read_up_to_its_limit():
    fitting = json.dumps({"message": "x" * (messages.MAX_BODY - 20)}).encode()
    assert messages.read_json(fitting)["message"].startswith("x")
    assert refusal(messages.read_json, b" " * (messages.MAX_BODY + 1)) == 413


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken(kind):
    messages.check_json(kind)


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "text/plain; application/json", "application/jsonx"]
)
def test_what_a_foreign_page_could_post_unasked_is_refused(kind):
    assert refusal(messages.check_json, kind) == 415


@pytest.mark.parametrize("sender", ["a", "user_1", "a-b.c:d@e+f", "x" * 128])
def test_senders_are_taken(sender):
    assert messages.sender_of({"sender": sender}) == sender


@pytest.mark.parametrize(
    "sender", [None, "", "x" * 129, "a b", "a\n", "a\x00", "a/b", "a;b", "ä", 7, ["a"], "\u202ea"]
)
def test_missing_or_odd_senders_are_refused(sender):
    assert refusal(messages.sender_of, {"sender": sender}) == 400


def test_a_request_without_sender_is_not_everybodys_conversation():
    assert refusal(messages.sender_of, {}) == 400


@pytest.mark.parametrize("message", [None, 3, ["hello"], {"text": "hello"}, True])
def test_a_message_must_be_text(message):
    assert refusal(messages.message_of, {"message": message}) == 400


def test_a_client_may_name_its_channel_and_add_metadata():
    assert messages.channel_of({}, "rest") == "rest"
    assert messages.channel_of({"input_channel": "voice"}, "rest") == "voice"
    assert refusal(messages.channel_of, {"input_channel": "a b"}, "rest") == 400
    assert messages.metadata_of({"metadata": {"a": 1}}) == {"a": 1}
    assert refusal(messages.metadata_of, {"metadata": "a"}) == 400


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost:5005"),
        ("http://localhost:5005", "localhost:5005"),
        ("https://Guide.Example", "guide.example"),
    ],
)
def test_our_own_page_may_ask(origin, host):
    messages.check_origin(origin, host)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://localhost:8000", "http://localhost:5005.evil.example"],
)
def test_pages_of_other_sites_may_not(origin):
    assert refusal(messages.check_origin, origin, "localhost:5005") == 403


@pytest.mark.parametrize(
    "host", ["localhost:5005", "LOCALHOST", "127.0.0.1:80", "[::1]:5005", "guide.example:5005"]
)
def test_our_own_names_are_answered(host):
    messages.check_host(host, ("localhost", "127.0.0.1", "::1", "Guide.Example"))


@pytest.mark.parametrize(
    "host", [None, "", "evil.example:5005", "localhost.evil.example", "[::1", "127.0.0.2"]
)
def test_foreign_names_are_not_answered(host):
    assert refusal(messages.check_host, host, ("localhost", "127.0.0.1", "::1")) == 403


def test_a_star_opens_to_every_name():
    messages.check_host("anything.example", ("*",))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Where is LI4?  ", "Where is LI4?"),
        ("/restart", "restart"),
        ('//inform{"point": "LI4"}', 'inform{"point": "LI4"}'),
        ("\u200b/\u200b/ /session_start", "session_start"),
        ("\uff0frestart", "restart"),
        ("he\u200bllo\x00", "hello"),
        ("I\u2019m sore", "I'm sore"),
        ("1/2 cup", "1/2 cup"),
        ("\ud800hi", "hi"),
    ],
)
def test_text_is_cleaned_and_never_a_command(typed, read):
    assert prepare(typed) == messages.Prepared(read)


@pytest.mark.parametrize("typed", ["", "   ", "///", "👍", "?!", "\u200b\u202e", "\ud800"])
def test_messages_without_words_get_a_reply_of_their_own(typed):
    assert prepare(typed).response == "utter_channel_empty"


def test_long_messages_get_a_reply_of_their_own():
    assert prepare("x" * MAX_CHARACTERS).response is None
    assert prepare("x" * (MAX_CHARACTERS + 1)).response == "utter_channel_too_long"


# History


def user(text, **metadata):
    return SimpleNamespace(type_name="user", text=text, metadata=metadata, timestamp=1.0)


def bot(text=None, **data):
    return SimpleNamespace(type_name="bot", text=text, data=data, timestamp=2.0)


def other(kind):
    return SimpleNamespace(type_name=kind, timestamp=3.0)


def said(events):
    return [m.get("text") or m.get("custom") for m in messages.history(events)]


def test_history_tells_what_was_said_in_order():
    buttons = [{"title": "Yes", "payload": "yes"}]
    events = [
        other("slot"),
        user("hi"),
        bot("Hello.", buttons=buttons, custom=None),
        bot(custom={"card": "ask"}),
    ]
    assert messages.history(events) == [
        {"from": "user", "text": "hi", "time": 1.0},
        {"from": "bot", "time": 2.0, "text": "Hello.", "buttons": buttons},
        {"from": "bot", "time": 2.0, "custom": {"card": "ask"}},
    ]


def test_history_shows_the_title_of_a_pressed_button():
    assert said([user("Tell me about LI4", title="LI4")]) == ["LI4"]


def test_history_leaves_out_what_nobody_said():
    assert said([user("/session_start"), user("EXTERNAL: EXTERNAL_step", is_external=True), user(None)]) == []


def test_history_begins_where_the_conversation_was_started_over():
    assert said([user("a"), bot("A"), user("Start over", fresh=True), bot("B")]) == ["Start over", "B"]
    assert said([user("a"), bot("A"), other("restart"), user("b")]) == ["b"]


def test_history_is_cut_to_what_a_page_can_hold():
    assert len(messages.history([user(str(n)) for n in range(500)])) == messages.MAX_HISTORY


# Forgetting


class Locks:
    """A lock store that only counts."""

    def __init__(self):
        self.taken = []

    @asynccontextmanager
    async def lock(self, sender):
        self.taken.append(sender)
        yield


def agent_with(store):
    return SimpleNamespace(tracker_store=store, lock_store=Locks())


def wrapped(store, spare=None):
    return SimpleNamespace(_tracker_store=store, _fallback_tracker_store=spare)


async def test_forgetting_reaches_the_store_behind_its_wrappers():
    held, spare = {"a": "...", "b": "..."}, {"a": "..."}
    agent = agent_with(
        wrapped(SimpleNamespace(_tracker_store=SimpleNamespace(store=held)), SimpleNamespace(store=spare))
    )
    assert await messages.forget(agent, "a") is True
    assert (held, spare, agent.lock_store.taken) == ({"b": "..."}, {}, ["a"])


async def test_forgetting_uses_the_stores_own_way_if_it_has_one():
    deleted = []

    async def delete(sender):
        deleted.append(sender)

    assert await messages.forget(agent_with(wrapped(SimpleNamespace(delete=delete))), "a") is True
    assert deleted == ["a"]


async def test_forgetting_does_not_claim_what_it_could_not_do():
    agent = agent_with(wrapped(SimpleNamespace(), SimpleNamespace(store={"a": "..."})))
    assert await messages.forget(agent, "a") is False


async def test_forgetting_deletes_from_rasas_sql_store(tmp_path):
    from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered

    store = FailSafeTrackerStore(SQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db")))
    for sender in ("a", "b"):
        tracker = await store.get_or_create_tracker(sender)
        tracker.update(UserUttered("hello"))
        await store.save(tracker)
    assert await messages.forget(agent_with(store), "a") is True
    assert await store.retrieve_full_tracker("a") is None
    assert said((await store.retrieve_full_tracker("b")).events) == ["hello"]


def test_cards_are_found_by_kind():
    assert messages.has_card([{"text": "x"}, {"custom": {"card": "forgotten"}}], "forgotten")
    assert not messages.has_card(
        [{"text": "forgotten"}, {"custom": "forgotten"}, {"custom": {}}], "forgotten"
    )
