"""Speech of the page: who may use it, how much, how often, and what is said where the voice gateway is away."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from channels.spoken import MAX_SOUND, MAX_TEXT, gateway_address
from channels.web import WebInput
from tests.conftest import free_port
from tests.support.pretended import Assistant, served

WAV = {"Content-Type": "audio/wav"}
SOUND = b"RIFF" + bytes(2_000)
FAST = (1_000, 0.001)


class Gateway:
    """Stands in for the voice gateway: keeps what it gets, and can be slow or broken."""

    def __init__(self):
        self.port = free_port()
        self.got = []
        self.delay, self.status = 0, 200

    async def answer(self, request):
        self.got.append((request.path, request.headers, await request.read()))
        await asyncio.sleep(self.delay)
        if request.path == "/speak":
            return web.Response(body=b"RIFFsound", content_type="audio/wav", status=self.status)
        return web.json_response({"text": "next", "agreement": 0.9}, status=self.status)

    @asynccontextmanager
    async def open(self):
        app = web.Application(client_max_size=2 * MAX_SOUND)
        app.router.add_route("*", "/{path}", self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()


class Page:
    """Asks as the page does."""

    def __init__(self, session, base, gateway):
        self._session, self.base, self.gateway = session, base, gateway

    async def ask(self, method, path, **kwargs):
        async with self._session.request(method, f"{self.base}/chat/api/{path}", **kwargs) as answer:
            content = await answer.read()
            return answer, content

    async def hear(self, data=SOUND, headers=WAV):
        return await self.ask("POST", "hear", data=data, headers=headers)

    async def speak(self, text="Hold it.", **kwargs):
        return await self.ask("POST", "speak", json={"text": text}, **kwargs)


@asynccontextmanager
async def opened(gateway, is_there=True, with_session=True, **limits):
    limits = {"hears": FAST, "speaks": FAST, "seconds": (0.5, 0.5), **limits}
    channel = WebInput(voice=f"http://127.0.0.1:{gateway.port}", voice_limits=limits)
    async with served(Assistant(), channel) as (base, _):
        jar = aiohttp.CookieJar(unsafe=True)
        # A new connection each time: the server hangs up on floods.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as session:
            page = Page(session, base, gateway)
            if with_session:
                await page.ask("POST", "session", json={})
            if not is_there:
                yield page
                return
            async with gateway.open():
                yield page


@pytest.fixture
def gateway():
    return Gateway()


async def test_sound_goes_in_and_words_come_out(gateway):
    async with opened(gateway) as page:
        answer, content = await page.hear()
        assert (answer.status, content) == (200, b'{"text": "next", "agreement": 0.9}')
        path, headers, got = gateway.got[-1]
        assert (path, headers["Content-Type"], got) == ("/hear", "audio/wav", SOUND)
        # Who it is who speaks is nobody's business there.
        assert "Cookie" not in headers
        assert answer.headers["Cache-Control"] == "no-store"


async def test_words_go_in_as_the_ear_needs_them_and_sound_comes_out(gateway):
    async with opened(gateway) as page:
        answer, content = await page.speak("BL40 (Commanding Middle) is there.")
        assert (answer.status, answer.content_type, content) == (200, "audio/wav", b"RIFFsound")
        assert b"BL40" not in gateway.got[-1][2]


async def test_the_page_is_told_whether_there_is_a_voice(gateway):
    async with opened(gateway) as page:
        assert (await page.ask("GET", "voice"))[1] == b'{"there":true}'
    async with opened(gateway, is_there=False) as page:
        assert (await page.ask("GET", "voice"))[1] == b'{"there":false}'
    async with served(Assistant(), WebInput()) as (base, _), aiohttp.ClientSession() as session:
        page = Page(session, base, None)
        assert (await page.ask("GET", "voice"))[1] == b'{"there":false}'


@pytest.mark.parametrize("path", ["hear", "speak"])
class TestGuards:
    async def ask(self, page, path, **headers):
        if path == "hear":
            return await page.hear(headers={**WAV, **headers})
        return await page.speak(headers=headers)

    async def test_without_a_session_nothing_is_handed_on(self, gateway, path):
        async with opened(gateway, with_session=False) as page:
            assert (await self.ask(page, path))[0].status == 401
            assert gateway.got == []

    async def test_another_site_is_refused(self, gateway, path):
        async with opened(gateway) as page:
            assert (await self.ask(page, path, Origin="https://elsewhere.example"))[0].status == 403
            assert (await self.ask(page, path, Host="elsewhere.example"))[0].status == 403
            assert (await self.ask(page, path, Origin=page.base))[0].status == 200
            assert len(gateway.got) == 1

    async def test_another_type_is_refused(self, gateway, path):
        async with opened(gateway) as page:
            for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
                answer, _ = await page.ask(
                    "POST", path, data=b'{"text": "x"}', headers={"Content-Type": kind}
                )
                assert answer.status == 415
            assert gateway.got == []

    async def test_too_many_have_to_wait(self, gateway, path):
        async with opened(gateway, hears=(2, 60), speaks=(2, 60)) as page:
            assert [(await self.ask(page, path))[0].status for _ in range(2)] == [200, 200]
            answer, content = await self.ask(page, path)
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
            assert b"wait" in content
            assert len(gateway.got) == 2

    async def test_a_gateway_that_is_away_is_told_kindly(self, gateway, path):
        async with opened(gateway, is_there=False) as page:
            answer, content = await self.ask(page, path)
            assert answer.status == 503
            assert b"Please type instead" in content

    @pytest.mark.parametrize("trouble", [{"delay": 5}, {"status": 500}])
    async def test_so_is_one_that_is_slow_or_broken(self, gateway, path, trouble):
        vars(gateway).update(trouble)
        async with opened(gateway) as page:
            answer, content = await self.ask(page, path)
            assert answer.status == 503
            assert b"Please type instead" in content


async def test_too_much_sound_or_text_is_refused_and_the_page_goes_on(gateway):
    async with opened(gateway) as page:
        answer, content = await page.hear(bytes(MAX_SOUND + 1))
        assert answer.status == 413
        assert b"too long" in content
        assert (await page.speak("x" * (MAX_TEXT + 1)))[0].status == 413
        assert gateway.got == []
        assert (await page.hear(bytes(MAX_SOUND)))[0].status == 200


async def test_a_flood_is_cut_off_and_not_kept(gateway):
    async def flood():
        for _ in range(64):
            yield bytes(2**20)

    async with opened(gateway) as page:
        try:
            answer, _ = await page.hear(flood())
            assert answer.status == 413
        except aiohttp.ClientError:
            pass  # hung up on in the middle of it
        assert gateway.got == []
        assert (await page.hear())[0].status == 200


@pytest.mark.parametrize("text", [None, 7, "", "  ", ["a"]])
async def test_what_is_no_text_is_not_spoken(gateway, text):
    async with opened(gateway) as page:
        assert (await page.speak(text))[0].status == 400
        assert gateway.got == []


async def test_the_gateways_own_refusal_reaches_the_page(gateway):
    gateway.status = 400
    async with opened(gateway) as page:
        assert (await page.hear())[0].status == 400


def test_the_gateway_is_looked_for_where_it_is_started(monkeypatch):
    for name in ("VOICE", "VOICE_HOST", "VOICE_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert gateway_address() == "http://127.0.0.1:5105"
    monkeypatch.setenv("VOICE_PORT", "6001")
    monkeypatch.setenv("VOICE_HOST", "0.0.0.0")
    assert gateway_address() == "http://127.0.0.1:6001"
    monkeypatch.setenv("VOICE", "off")
    assert gateway_address() is None
