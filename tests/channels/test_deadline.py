"""The action server may hang, die or talk nonsense: the turn ends in words, and in time."""

import asyncio
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from channels.deadline import DeadlineEndpoint, install, uninstall

CALL = {"next_action": "action_toy", "tracker": {}}
WORDS = {"events": [], "responses": [{"response": "utter_channel_problem"}]}
ANSWER = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "Hello."}]}
SECONDS = 0.4


@asynccontextmanager
async def endpoint_to(handler, **settings):
    """Yield the endpoint of an action server that answers with the handler."""
    app = web.Application()
    app.router.add_post("/webhook", handler)
    app.router.add_get("/health", handler)
    async with TestServer(app) as server:
        endpoint = DeadlineEndpoint(
            EndpointConfig(str(server.make_url("/webhook")), **settings), seconds=SECONDS
        )
        yield endpoint
        await endpoint.close()


def answering(**response):
    async def handler(request):
        return web.json_response(**response) if "data" in response else web.Response(**response)

    return handler


async def hanging(request):
    await asyncio.sleep(5)


async def dying(request):
    request.transport.close()
    return web.Response()


async def dripping(request):
    """Send a first piece in time and the rest never."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"events": [')
    await asyncio.sleep(5)
    return response


async def breaking_off(request):
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"events": [')
    request.transport.close()
    return response


async def test_an_answer_comes_through_unchanged():
    async with endpoint_to(answering(data=ANSWER)) as endpoint:
        assert await endpoint.request(json=CALL, method="post", timeout=300, compress=False) == ANSWER


async def test_the_type_of_the_answer_does_not_matter():
    async with endpoint_to(answering(text='{"events": []}', content_type="text/plain")) as endpoint:
        assert await endpoint.request(json=CALL) == {"events": []}


@pytest.mark.parametrize("handler", [hanging, dripping])
async def test_waiting_ends_at_the_deadline(handler, caplog):
    async with endpoint_to(handler) as endpoint:
        began = time.monotonic()
        # Rasa hands its own five minutes along.
        assert await endpoint.request(json=CALL, timeout=300) == WORDS
        assert SECONDS * 0.9 < time.monotonic() - began < SECONDS + 1
    assert [r.levelname for r in caplog.records if r.name == "channels.deadline"] == ["ERROR"]
    assert "action_toy" in caplog.text


@pytest.mark.parametrize(
    "handler",
    [
        dying,
        breaking_off,
        answering(status=500, text="oh"),
        answering(status=502, data={"events": []}),
        answering(status=404, data={"error": "no such action", "action_name": "action_toy"}),
        answering(status=400, text="nonsense"),
        answering(status=400, data={"error": "Invalid body request"}),
        answering(text="nonsense"),
        answering(text=""),
        answering(body=b"\xff\xfe"),
        answering(text="[" * 100_000),
        answering(data=None),
        answering(data=[]),
        answering(data={"events": {}}),
        answering(data={"events": [], "responses": ["hello"]}),
    ],
)
async def test_every_failure_ends_in_words(handler):
    async with endpoint_to(handler) as endpoint:
        assert await endpoint.request(json=CALL) == WORDS


async def test_a_server_that_is_not_there_ends_in_words():
    endpoint = DeadlineEndpoint(EndpointConfig(f"http://127.0.0.1:{unused_port()}/webhook"), seconds=SECONDS)
    assert await endpoint.request(json=CALL) == WORDS
    assert not await endpoint.is_alive()
    await endpoint.close()


async def test_a_server_that_is_being_restarted_is_waited_for():
    port = unused_port()
    endpoint = DeadlineEndpoint(EndpointConfig(f"http://127.0.0.1:{port}/webhook"), seconds=5)
    asking = asyncio.create_task(endpoint.request(json=CALL))
    await asyncio.sleep(0.5)
    app = web.Application()
    app.router.add_post("/webhook", answering(data=ANSWER))
    async with TestServer(app, port=port):
        assert await asking == ANSWER
        await endpoint.close()


async def test_an_action_over_which_the_server_died_runs_once_more_and_not_for_ever():
    calls = []

    async def dying_at_first(request):
        calls.append(request)
        return await (dying if len(calls) == 1 else answering(data=ANSWER))(request)

    async def dying_always(request):
        calls.append(request)
        return await dying(request)

    async with endpoint_to(dying_at_first) as endpoint:
        assert await endpoint.request(json=CALL) == ANSWER
    calls.clear()
    async with endpoint_to(dying_always) as endpoint:
        assert await endpoint.request(json=CALL) == WORDS
    assert len(calls) == 2


async def test_the_words_are_new_each_time():
    # Rasa takes the answer apart while it reads it.
    async with endpoint_to(answering(status=500)) as endpoint:
        (await endpoint.request(json=CALL))["responses"].clear()
        assert await endpoint.request(json=CALL) == WORDS


async def test_the_refusal_of_an_action_still_raises():
    async with endpoint_to(
        answering(status=400, data={"error": "no", "action_name": "action_toy"})
    ) as endpoint:
        with pytest.raises(ClientResponseError) as caught:
            await endpoint.request(json=CALL)
    assert caught.value.status == 400


async def test_the_connection_is_kept():
    connections = set()

    async def handler(request):
        connections.add(request.transport)
        return web.json_response({})

    async with endpoint_to(handler) as endpoint:
        for _ in range(5):
            await endpoint.request(json=CALL)
    assert len(connections) == 1


async def test_the_settings_of_the_endpoint_are_kept():
    async def handler(request):
        seen = (
            request.query.get("token"),
            request.headers.get("X-Own"),
            request.headers.get("Authorization", "")[:5],
        )
        return web.json_response({"responses": [{"text": " ".join(seen)}]})

    auth = {"username": "a", "password": "b"}
    settings = {"token": "t", "headers": {"X-Own": "h"}, "basic_auth": auth, "enable_selective_domain": True}
    async with endpoint_to(handler, **settings) as endpoint:
        assert (await endpoint.request(json=CALL))["responses"] == [{"text": "t h Basic"}]
        assert endpoint.kwargs == {"enable_selective_domain": True}


async def test_health_is_asked_where_the_action_server_has_it():
    async with endpoint_to(answering(data={"status": "ok"})) as endpoint:
        assert await endpoint.is_alive()
    async with endpoint_to(hanging) as endpoint:
        assert not await endpoint.is_alive(seconds=0.2)


async def remote_action(endpoint):
    """Run an action as Rasa runs it."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.nlg import TemplatedNaturalLanguageGenerator
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    nlg = TemplatedNaturalLanguageGenerator({"utter_channel_problem": [{"text": "Something went wrong."}]})
    action = RemoteAction("action_toy", endpoint)
    return await action.run(CollectingOutputChannel(), nlg, DialogueStateTracker("a", []), Domain.empty())


async def test_rasa_turns_the_failure_into_a_message():
    async with endpoint_to(answering(status=500)) as endpoint:
        events = await remote_action(endpoint)
    assert [event.text for event in events] == ["Something went wrong."]


async def test_rasa_understands_the_refusal():
    from rasa.core.actions.action import ActionExecutionRejection

    async with endpoint_to(
        answering(status=400, data={"error": "no", "action_name": "action_toy"})
    ) as endpoint:
        with pytest.raises(ActionExecutionRejection):
            await remote_action(endpoint)


def app_with(endpoint):
    agent = SimpleNamespace(action_endpoint=endpoint, processor=SimpleNamespace(action_endpoint=endpoint))
    return SimpleNamespace(ctx=SimpleNamespace(agent=agent))


async def test_installing_is_done_once_and_everywhere():
    app = app_with(EndpointConfig("http://127.0.0.1:1/webhook"))
    install(app)
    installed = app.ctx.agent.action_endpoint
    install(app)
    assert isinstance(installed, DeadlineEndpoint)
    assert app.ctx.agent.action_endpoint is app.ctx.agent.processor.action_endpoint is installed
    await uninstall(app)


async def test_without_an_action_endpoint_nothing_is_installed():
    for app in (app_with(None), SimpleNamespace(ctx=SimpleNamespace())):
        install(app)
        await uninstall(app)
    assert app_with(None).ctx.agent.action_endpoint is None
