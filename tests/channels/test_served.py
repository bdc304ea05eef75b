"""Both channels behind a real server, with a pretended assistant: addresses, headers, deadlines, sessions."""

import asyncio
import json
import re
import time
from contextlib import asynccontextmanager

import aiohttp
import pytest
from rasa.shared.core.domain import Domain
from yarl import URL

from acupressure.wording import Wording
from channels.deadline import DeadlineEndpoint
from channels.rest import RestInput
from channels.web import WebInput
from stores.lock_store import LocalLockStore
from stores.tracker_store import FlatTrackerStore
from tests.support.pretended import Assistant, served

NAMES = ("empty", "too_long", "problem", "busy")
WORDS = Wording({f"utter_channel_{name}": [{"text": f"{name}."}] for name in NAMES})
SECONDS = 0.5
REST = "/webhooks/rest/webhook"


class Client:
    """Asks a served channel."""

    def __init__(self, session, base, assistant):
        self._session, self._base, self.assistant = session, base, assistant

    @property
    def cookies(self):
        return self._session.cookie_jar

    async def get(self, path, **kwargs):
        url = URL(f"{self._base}{path}", encoded=True)
        async with self._session.get(url, allow_redirects=False, **kwargs) as response:
            await response.read()
            return response

    async def post(self, path, **kwargs):
        async with self._session.post(self._base + path, **kwargs) as response:
            await response.read()
            return response

    async def say(self, message, path=REST, **fields):
        response = await self.post(path, json={"sender": "a", "message": message, **fields})
        assert response.status == 200, await response.text()
        return await response.json()

    async def lines(self, message, **fields):
        response = await self.post("/chat/api/message", json={"message": message, **fields})
        assert response.status == 200, await response.text()
        return [json.loads(line) for line in (await response.text()).splitlines()]

    async def history(self):
        return (await (await self.get("/chat/api/history")).json())["messages"]


@asynccontextmanager
async def serving(*channels):
    async with served(Assistant(), *channels) as (base, assistant):
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Client(session, base, assistant)


@pytest.fixture
async def client():
    async with serving(RestInput(WORDS, SECONDS), WebInput(words=WORDS, seconds=SECONDS)) as site:
        yield site


@pytest.fixture
async def visitor(client):
    assert (await client.post("/chat/api/session", json={})).status == 200
    return client


# REST


async def test_rest_answers_as_rasas_own_channel_does(client):
    assert await client.say("hello", metadata={"m": 1}) == [
        {"recipient_id": "a", "text": "hello", "buttons": [{"title": "T", "payload": "P"}]},
        {"recipient_id": "a", "custom": {"card": "ask", "about": "x"}},
    ]
    heard = client.assistant.heard[0]
    assert (heard.sender_id, heard.input_channel, heard.metadata) == ("a", "rest", {"m": 1})


async def test_rest_hands_on_the_channel_a_client_names(client):
    await client.say("hello", input_channel="voice")
    heard = client.assistant.heard[0]
    assert (heard.input_channel, heard.output_channel.name()) == ("voice", "voice")


async def test_rest_never_lets_a_command_through(client):
    await client.say("/restart")
    assert client.assistant.heard[0].text == "restart"


@pytest.mark.parametrize(
    ("message", "words"), [("👍", "empty."), ("x" * 5_000, "too_long.")], ids=["empty", "long"]
)
async def test_rest_answers_unreadable_messages_itself(client, message, words):
    assert await client.say(message) == [{"recipient_id": "a", "text": words}]
    assert client.assistant.heard == []


@pytest.mark.parametrize("message", ["silence", "raise"])
async def test_rest_is_never_silent(client, message):
    assert await client.say(message) == [{"recipient_id": "a", "text": "problem."}]


async def test_rest_answers_in_time_and_the_turn_goes_on(client):
    began = time.monotonic()
    said = [m["text"] for m in await client.say("slow")]
    assert time.monotonic() - began < SECONDS + 0.5
    assert said == ["first", "busy."]
    await asyncio.sleep(1.5)
    tracker = await client.assistant.tracker_store.retrieve("a")
    assert tracker.latest_message.text == "slow"


async def test_rest_streams_line_by_line(client):
    response = await client.post(f"{REST}?stream=true", json={"sender": "a", "message": "hello"})
    lines = [json.loads(line) for line in (await response.text()).splitlines()]
    assert [sorted(line) for line in lines] == [
        ["buttons", "recipient_id", "text"],
        ["custom", "recipient_id"],
    ]


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, {"json": {"message": "no sender"}}),
        (400, {"json": {"sender": "a"}}),
        (400, {"json": []}),
        (400, {"data": "{", "headers": {"Content-Type": "application/json"}}),
        (403, {"json": {"sender": "a", "message": "x"}, "headers": {"Origin": "http://evil.example"}}),
        (413, {"json": {"sender": "a", "message": "x" * 70_000}}),
        (415, {"data": '{"sender": "a", "message": "x"}', "headers": {"Content-Type": "text/plain"}}),
    ],
)
@pytest.mark.parametrize("query", ["", "?stream=true"])
async def test_rest_refuses_what_it_cannot_take(client, status, request_, query):
    response = await client.post(REST + query, **request_)
    assert response.status == status
    assert (await response.json())["error"]
    assert client.assistant.heard == []


async def test_rest_forgets_a_conversation_that_was_declared_forgotten(client):
    await client.say("hello")
    await client.say("forget me")
    assert await client.assistant.tracker_store.retrieve("a") is None


# The page


async def test_the_bare_address_leads_people_to_the_page(client):
    response = await client.get("/", headers={"Accept": "text/html,*/*"})
    assert (response.status, response.headers["Location"]) == (302, "/chat/")
    assert (await client.get("/chat")).headers["Location"] == "/chat/"


@pytest.mark.parametrize(
    "path", ["nothing.js", "js", "js/", "../domain.yml", "%2e%2e/domain.yml", "..%2fconfig.yml", "a%00.js"]
)
async def test_nothing_else_is_served(client, path):
    assert (await client.get(URL(f"/chat/{path}", encoded=True))).status in (400, 404)


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client):
    page = await (await client.get("/chat/")).text()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:|https?://", page)


@pytest.mark.parametrize("name", ["BL40", "BL40-left", "EX-UE7-right", "BL31-34", "Anmian", "body"])
async def test_a_map_is_served_as_a_picture_that_runs_nothing(name):
    async with serving(WebInput()) as site:
        response = await site.get(f"/chat/maps/{name}.svg")
        assert response.status == 200
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
        assert not re.search(r"<style|\sstyle=|<script|\son\w+=|\sid=|href|url\(", text)
        again = await site.get(f"/chat/maps/{name}.svg", headers={"If-None-Match": response.headers["ETag"]})
        assert again.status == 304


@pytest.mark.parametrize(
    "name", ["XX1.svg", "BL40-up.svg", "BL40", "BL40.png", "body-left.svg", "..%2fchat.css"]
)
async def test_a_map_of_nothing_is_not_served(name):
    async with serving(WebInput()) as site:
        assert (await site.get(f"/chat/maps/{name}")).status == 404


async def test_a_foreign_host_name_is_not_answered(client):
    for path in ("/chat/", "/chat/js/main.js", "/chat/maps/BL40.svg", "/chat/api/history"):
        assert (await client.get(path, headers={"Host": "evil.example"})).status == 403


async def test_further_host_names_can_be_allowed():
    channel = WebInput.from_credentials({"prefix": "guide", "hosts": ["guide.example"]})
    async with serving(channel) as site:
        assert (await site.get("/guide/", headers={"Host": "guide.example:8443"})).status == 200


def test_settings_that_do_not_exist_are_errors():
    with pytest.raises(ValueError, match="host"):
        WebInput.from_credentials({"host": "guide.example"})
    with pytest.raises(ValueError, match="prefix"):
        WebInput.from_credentials({"prefix": "/"})


# Its API


async def test_a_session_is_unguessable_and_out_of_reach_of_scripts(client):
    response = await client.post("/chat/api/session", json={})
    cookie = response.headers["Set-Cookie"]
    assert re.match(r"acupressure_session=[\w-]{43};", cookie)
    assert {"HttpOnly", "SameSite=Strict", "Path=/chat"} <= set(cookie.split("; "))
    again = await client.post("/chat/api/session", json={})
    assert "Set-Cookie" not in again.headers


async def test_a_message_is_answered_line_by_line(visitor):
    assert await visitor.lines("hello") == [
        {"text": "hello", "buttons": [{"title": "T", "payload": "P"}]},
        {"custom": {"card": "ask", "about": "x"}},
        {"done": True},
    ]
    heard = visitor.assistant.heard[0]
    assert heard.input_channel == heard.output_channel.name() == "web"
    assert re.fullmatch(r"web-[0-9a-f]{32}", heard.sender_id)
    assert heard.sender_id[4:] not in "".join(cookie.value for cookie in visitor.cookies)


async def test_trouble_is_told_on_the_page_too(visitor):
    assert await visitor.lines("silence") == [{"text": "problem."}, {"done": True}]
    assert await visitor.lines("raise") == [{"text": "problem."}, {"done": True}]
    assert await visitor.lines("?!") == [{"text": "empty."}, {"done": True}]
    assert await visitor.lines("x" * 5_000) == [{"text": "too_long."}, {"done": True}]


async def test_a_late_answer_still_comes(visitor):
    lines = await visitor.lines("slow")
    assert [line.get("text") for line in lines] == ["first", "busy.", "slow", None, None]
    assert lines[1]["waiting"] is True


async def test_history_comes_back_with_cards_and_titles(visitor):
    await visitor.lines("Tell me about LI4", title="LI4")
    said = [{k: v for k, v in m.items() if k != "time"} for m in await visitor.history()]
    assert said == [
        {"from": "user", "text": "LI4"},
        {"from": "bot", "text": "Tell me about LI4", "buttons": [{"title": "T", "payload": "P"}]},
        {"from": "bot", "custom": {"card": "ask", "about": "x"}},
    ]


async def test_starting_over_begins_a_new_history(visitor):
    await visitor.lines("hello")
    await visitor.lines("Start over", fresh=True)
    assert [m.get("text") for m in await visitor.history()] == ["Start over", "Start over", None]


async def test_forgetting_deletes_and_begins_a_new_session(visitor):
    await visitor.lines("hello")
    sender = visitor.assistant.heard[0].sender_id
    response = await visitor.post("/chat/api/forget", json={})
    assert await response.json() == {"forgotten": True}
    assert await visitor.assistant.tracker_store.retrieve(sender) is None
    assert await visitor.history() == []
    await visitor.lines("hello")
    assert visitor.assistant.heard[-1].sender_id != sender


async def test_conversations_of_two_visitors_are_apart(visitor):
    await visitor.lines("hello")
    visitor.cookies.clear()
    await visitor.post("/chat/api/session", json={})
    assert await visitor.history() == []


async def test_without_a_session_there_is_no_conversation(client):
    assert (await client.get("/chat/api/history")).status == 401
    assert (await client.get("/chat/api/history", cookies={"acupressure_session": "guess"})).status == 401
    for path in ("message", "forget"):
        assert (await client.post(f"/chat/api/{path}", json={"message": "x"})).status == 401


@pytest.mark.parametrize("path", ["session", "message", "forget"])
async def test_foreign_pages_get_nowhere(visitor, path):
    body = {"message": "x"}
    foreign = await visitor.post(f"/chat/api/{path}", json=body, headers={"Origin": "http://evil.example"})
    unasked = await visitor.post(
        f"/chat/api/{path}", data='{"message": "x"}', headers={"Content-Type": "text/plain"}
    )
    assert (foreign.status, unasked.status) == (403, 415)
    assert visitor.assistant.heard == []


@pytest.mark.parametrize(
    ("status", "body"), [(400, []), (400, {}), (400, {"message": 3}), (413, {"message": "x" * 70_000})]
)
async def test_bad_messages_are_refused(visitor, status, body):
    assert (await visitor.post("/chat/api/message", json=body)).status == status


async def test_health_tells_the_truth(client):
    assistant = client.assistant
    response = await client.get("/chat/api/health")
    assert (response.status, (await response.json())["status"]) == (503, "failing")

    alive = DeadlineEndpoint.__new__(DeadlineEndpoint)
    answers = iter([True, False])
    asked = []

    async def is_alive():
        asked.append(True)
        return next(answers)

    async def close():
        pass

    alive.is_alive, alive.close = is_alive, close
    assistant.action_endpoint = alive
    for _ in range(3):
        response = await client.get("/chat/api/health", headers={"Host": "10.0.0.7:5005"})
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    assert len(asked) == 1

    assistant.is_ready = lambda: False
    response = await client.get("/chat/api/health")
    assert (response.status, (await response.json())["status"]) == (503, "starting")


# Pace, languages, weight, taking back


async def test_who_sends_faster_than_people_write_is_slowed_down():
    async with serving(WebInput(words=WORDS, seconds=SECONDS, messages_pace=(3, 60))) as site:
        await site.post("/chat/api/session", json={})
        answers = [await site.post("/chat/api/message", json={"message": "hello"}) for _ in range(5)]
        assert [a.status for a in answers] == [200, 200, 200, 429, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert len(site.assistant.heard) == 3
        # Somebody else is not slowed down by it.
        site.cookies.clear()
        await site.post("/chat/api/session", json={})
        assert (await site.post("/chat/api/message", json={"message": "hello"})).status == 200


async def test_sessions_are_not_handed_out_without_end():
    async with serving(WebInput(words=WORDS, sessions_pace=(2, 60))) as site:
        found = []
        for _ in range(3):
            site.cookies.clear()
            found.append((await site.post("/chat/api/session", json={})).status)
        assert found == [200, 200, 429]


@pytest.mark.parametrize("wanted", ["", "de;q=0.9", "en-GB,en", "../../x", "xx,zz-ZZ", "*"])
async def test_the_words_of_the_page_come_in_a_language_there_is(client, wanted):
    answer = await client.get("/chat/words.json", headers={"Accept-Language": wanted})
    assert answer.status == 200
    assert (await answer.json())["lang"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]


async def test_files_are_sent_small_to_who_can_unpack_them(client):
    plain = await client.get("/chat/chat.css", headers={"Accept-Encoding": "identity"})
    small = await client.get("/chat/chat.css", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert await small.text() == await plain.text()


async def test_the_last_message_can_be_replaced(visitor):
    await visitor.lines("one")
    await visitor.lines("two")
    await visitor.lines("three", replaces=True)
    said = [m["text"] for m in await visitor.history() if m["from"] == "user"]
    assert said == ["one", "three"]
    tracker = await visitor.assistant.tracker_store.retrieve(visitor.assistant.heard[0].sender_id)
    assert [e.text for e in tracker.applied_events() if e.type_name == "user"] == ["one", "three"]


async def test_nothing_said_is_nothing_to_replace(visitor):
    await visitor.lines("one", replaces=True)
    assert [m["text"] for m in await visitor.history() if m["from"] == "user"] == ["one"]


async def test_what_is_refused_takes_nothing_back(visitor):
    await visitor.lines("one")
    await visitor.lines("?!", replaces=True)
    assert [m["text"] for m in await visitor.history() if m["from"] == "user"] == ["one"]


async def test_the_page_trusts_itself_alone(client):
    headers = (await client.get("/chat/")).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert not re.search(r"unsafe|https?:|data:|blob:|\*", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"


# A message that comes again


@asynccontextmanager
async def remembering(tmp_path):
    """Serve the page with the stores that `make run` uses."""
    assistant = Assistant()
    assistant.tracker_store = FlatTrackerStore(Domain.empty(), str(tmp_path / "x.db"))
    assistant.lock_store = LocalLockStore()
    channel, jar = WebInput(words=WORDS, seconds=SECONDS), aiohttp.CookieJar(unsafe=True)
    async with served(assistant, channel) as (base, _), aiohttp.ClientSession(cookie_jar=jar) as session:
        client = Client(session, base, assistant)
        await client.post("/chat/api/session", json={})
        yield client


def said_by_user(history):
    return [m["text"] for m in history if m["from"] == "user"]


async def test_a_message_sent_again_is_not_said_twice(tmp_path):
    async with remembering(tmp_path) as client:
        first = await client.lines("hello", message_id="one-00001")
        assert await client.lines("hello", message_id="one-00001") == first
        assert await client.lines("hello", message_id="two-00002") == first
        assert said_by_user(await client.history()) == ["hello", "hello"]
        assert len(client.assistant.heard) == 2


async def test_a_changed_message_sent_again_takes_nothing_more_back(tmp_path):
    async with remembering(tmp_path) as client:
        await client.lines("first", message_id="one-00001")
        await client.lines("secnd", message_id="two-00002")
        for _ in range(3):
            await client.lines("second", message_id="three-003", replaces=True)
        assert said_by_user(await client.history()) == ["first", "second"]


@pytest.mark.parametrize("name", ["short", 7, "with spaces in it", "x" * 65])
async def test_a_strange_message_id_is_refused(visitor, name):
    response = await visitor.post("/chat/api/message", json={"message": "hello", "message_id": name})
    assert response.status == 400
