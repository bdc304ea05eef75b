"""The running gateway over HTTP, WebSocket and Wyoming, as a script, a page and a home would use it."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import struct
import time
import wave
from collections.abc import Iterator

import aiohttp
import numpy as np
import pytest
import requests
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize

from voice.audio import RATE, Audio
from voice.words import say

pytestmark = pytest.mark.server
Where = tuple[str, int]


def ask(gateway: Where, content: bytes, sender: str, **options) -> requests.Response:
    return requests.post(f"{gateway[0]}/voice?sender={sender}", data=content, timeout=30, **options)


def cards(answer: dict) -> list[dict]:
    return [m["custom"] for m in answer["messages"] if "custom" in m]


class TestPosting:
    @pytest.mark.parametrize("voice", ["en-us", "en-gb"])
    def test_a_question_is_answered_in_words_and_speech(self, gateway: Where, spoken, voice: str) -> None:
        answer = ask(gateway, spoken("Where is bladder forty?", voice).wav(), f"posts-{voice}").json()
        assert answer["heard"]["text"] == "where is bladder forty"
        assert [c["code"] for c in cards(answer) if c["card"] == "point"] == ["BL40"]
        assert "knee" in answer["speech"]
        with wave.open(io.BytesIO(base64.b64decode(answer["audio"]))) as sound:
            assert sound.getnframes() / sound.getframerate() > 5

    def test_the_speech_alone_can_be_had(self, gateway: Where, spoken) -> None:
        content = spoken("Does acupressure really work?").wav()
        answer = ask(gateway, content, "sound", headers={"Accept": "audio/wav"})
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.content[:4] == b"RIFF"

    def test_a_conversation_goes_on(self, gateway: Where, spoken) -> None:
        ask(gateway, spoken("Where is large intestine four?").wav(), "goes-on")
        answer = ask(gateway, spoken("How long do I hold it?").wav(), "goes-on").json()
        assert [c.get("code") for c in cards(answer)] == ["LI4"]

    def test_a_warning_sign_is_heard(self, gateway: Where, spoken) -> None:
        answer = ask(gateway, spoken("I have numbness between my legs.").wav(), "sign").json()
        assert [c["card"] for c in cards(answer)] == ["urgent"]

    def test_a_page_of_another_site_is_refused(self, gateway: Where, spoken) -> None:
        origin = {"Origin": "https://elsewhere.example"}
        assert ask(gateway, spoken("hello").wav(), "foreign", headers=origin).status_code == 403
        assert requests.get(f"{gateway[0]}/ws", headers=origin, timeout=5).status_code == 403

    def test_the_words_alone_can_be_had(self, gateway: Where, spoken) -> None:
        content = spoken("Where is bladder forty?").wav()
        answer = requests.post(f"{gateway[0]}/hear", data=content, timeout=30).json()
        assert answer["text"] == "where is bladder forty"
        assert 0 <= answer["agreement"] <= 1
        silence = requests.post(f"{gateway[0]}/hear", data=header(length=64_000) + bytes(64_000), timeout=30)
        assert (silence.status_code, silence.json()["text"]) == (200, "")
        bad = requests.post(f"{gateway[0]}/hear", data=b"hello", timeout=30)
        assert (bad.status_code, bad.json()["error"]) == (400, say("not_wav"))
        origin = {"Origin": "https://elsewhere.example"}
        assert (
            requests.post(f"{gateway[0]}/hear", data=content, headers=origin, timeout=30).status_code == 403
        )

    def test_a_text_is_spoken(self, gateway: Where) -> None:
        answer = requests.post(f"{gateway[0]}/speak", json={"text": "Hold it gently."}, timeout=10)
        assert answer.content[:4] == b"RIFF"
        assert requests.post(f"{gateway[0]}/speak", data=b"[1]", timeout=10).status_code == 400


def header(kind: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, length: int = 3_200) -> bytes:
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + length)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", length)
    )


BAD = {
    "nothing": (b"", "no_sound"),
    "no sound file": (b"hello there, where is it?", "not_wav"),
    "an mp3 file": (b"ID3\x04" + bytes(500), "not_wav"),
    "an ogg file": (b"OggS" + bytes(500), "not_wav"),
    "cut off in the header": (header()[:30], "no_sound"),
    "a header alone": (header()[:44], "silence"),
    "cut off in the sound": (header(length=10**6) + bytes(1_001), "silence"),
    "a length that lies": (header(length=0xFFFFFF00) + bytes(3_000), "silence"),
    "another codec": (header(kind=0x55) + bytes(3_000), "codec"),
    "telephone sound": (header(kind=7, bits=8) + bytes(3_000), "codec"),
    "no channel": (header(channels=0) + bytes(3_000), "not_wav"),
    "no rate": (header(rate=0) + bytes(3_000), "not_wav"),
    "silence": (header(length=320_000) + bytes(320_000), "silence"),
    "ten minutes of silence": (header(length=9_600_000, rate=8_000) + bytes(9_600_000), "too_long"),
}


class TestBadAudio:
    @pytest.mark.parametrize("name", BAD)
    def test_is_answered_kindly(self, gateway: Where, name: str) -> None:
        content, words = BAD[name]
        answer = ask(gateway, content, "bad")
        assert answer.status_code in (200, 400)
        assert answer.json()["speech"] == say(words)
        assert answer.json()["audio"]

    def test_two_hundred_megabytes_are_refused_before_they_are_read(self, gateway: Where) -> None:
        def pieces() -> Iterator[bytes]:
            yield header(length=200 * 2**20)
            for _ in range(200):
                yield bytes(2**20)

        answer = ask(gateway, pieces(), "huge")
        assert (answer.status_code, answer.json()["speech"]) == (413, say("too_big"))
        assert requests.get(f"{gateway[0]}/health", timeout=5).status_code == 200

    def test_noise_and_music_lead_to_no_action(self, gateway: Where) -> None:
        chance = np.random.default_rng(2)
        hum = (
            6_000 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE) * (np.arange(3 * RATE) // 4_000 % 2)
        )
        for sound in (chance.normal(0, 3_000, 3 * RATE), hum, chance.normal(0, 30, RATE)):
            answer = ask(gateway, Audio(sound.astype("<i2").tobytes()).wav(), "noise").json()
            assert answer["messages"] == []
            assert answer["speech"]

    def test_random_bytes_behind_a_header_crash_nothing(self, gateway: Where) -> None:
        chance = np.random.default_rng(3)
        for number in range(40):
            bits = (8, 16, 24, 32)[number % 4]
            content = header(channels=1 + number % 3, bits=bits, rate=(8_000, 44_100, 96_000)[number % 3])
            content = bytearray(content + chance.bytes(int(chance.integers(0, 30_000))))
            for place in chance.integers(0, 60, number % 5):
                content[place % len(content)] = int(chance.integers(0, 256))
            answer = ask(gateway, bytes(content), "random")
            assert answer.status_code in (200, 400), answer.text
            assert answer.json()["speech"]


class Page:
    """A page with a microphone, at the other end of a WebSocket."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket_
        self.events: list[dict] = []
        self.sound = 0

    async def speak(self, audio: Audio, paced: bool = True) -> None:
        """Send a recording as a microphone would, with the silence behind it."""
        await self.send_sound(audio.pcm + bytes(RATE), 0.1 if paced else 0.01)

    async def send_sound(self, pcm: bytes, wait: float = 0.0) -> None:
        """Send sound, in pieces of a tenth of a second with so many seconds between them."""
        for place in range(0, len(pcm), 3_200):
            await self._socket.send_bytes(pcm[place : place + 3_200])
            await asyncio.sleep(wait)

    async def until(self, kind: str, seconds: float = 15, **like) -> dict:
        """Return the next event of a kind; the others are kept in ``events``."""
        end = time.monotonic() + seconds
        while True:
            message = await asyncio.wait_for(self._socket.receive(), max(0.01, end - time.monotonic()))
            if message.type == aiohttp.WSMsgType.BINARY:
                self.sound += len(message.data)
                continue
            assert message.type == aiohttp.WSMsgType.TEXT, message
            event = {**json.loads(message.data), "at": time.monotonic()}
            self.events.append(event)
            if event["type"] == kind and all(event.get(k) == v for k, v in like.items()):
                return event

    async def send(self, **event) -> None:
        await self._socket.send_json(event)


class OpenPage:
    def __init__(self, gateway: Where, **query: str) -> None:
        self._address, self._query = f"{gateway[0]}/ws", query

    async def __aenter__(self) -> Page:
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self._address, params=self._query)
        return Page(self._socket)

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._session.close()


class TestWebSocket:
    async def test_a_question_is_heard_and_answered_sentence_by_sentence(
        self, gateway: Where, spoken
    ) -> None:
        async with OpenPage(gateway, sender="page") as page:
            await page.speak(spoken("Where is bladder forty?"))
            heard = await page.until("heard")
            assert (heard["text"], heard["accepted"]) == ("where is bladder forty", True)
            assert (await page.until("card"))["card"]["code"] == "BL40"
            first = await page.until("say")
            second = await page.until("say")
            assert first["text"] != second["text"]
            assert page.sound > 0

    async def test_a_quarter_of_a_second_of_speech_silences_it(self, gateway: Where, spoken) -> None:
        async with OpenPage(gateway, sender="barge", echo_cancelled="true") as page:
            await page.send(type="text", text="what is acupressure")
            await page.until("say")
            words = spoken("stop")
            begins = int(np.flatnonzero(np.abs(words.samples) > 2_000)[0])
            # Counted in sound, not on the clock: no more of the word comes before the page has been told to be silent.
            await page.send_sound(words.pcm[: 2 * begins])
            with pytest.raises(asyncio.TimeoutError):
                await page.until("hush", seconds=1)
            await page.send_sound(words.pcm[2 * begins : 2 * (begins + RATE // 4)])
            await page.until("hush")
            await page.send_sound(words.pcm[2 * (begins + RATE // 4) :] + bytes(2 * RATE))
            assert (await page.until("heard"))["text"] == "stop"
            with pytest.raises(asyncio.TimeoutError):
                await page.until("say", seconds=2)

    async def test_the_stop_button_needs_no_words(self, gateway: Where) -> None:
        async with OpenPage(gateway, sender="button") as page:
            await page.send(type="text", text="what is acupressure")
            await page.until("say")
            await page.send(type="stop")
            await page.until("hush", seconds=1)

    async def test_nonsense_is_left_alone(self, gateway: Where) -> None:
        async with OpenPage(gateway, sender="nonsense", sound="off", rate="abc") as page:
            for event in (
                "{",
                "[]",
                "null",
                '{"type": 5}',
                '{"type": "text"}',
                '{"type": "text", "text": 7}',
            ):
                await page._socket.send_str(event)
            await page._socket.send_bytes(b"\x01")
            await page.send(type="text", text="hello")
            await page.until("say")

    async def test_a_pinyin_name_is_confirmed_first(self, gateway: Where, spoken) -> None:
        async with OpenPage(gateway, sender="pinyin", sound="off") as page:
            await page.speak(spoken("where is tie chong"), paced=False)
            heard = await page.until("heard")
            asked = await page.until("say")
            if "chong" in heard["text"]:
                assert asked["text"].startswith("Did you say liver three")
                await page.send(type="text", text="yes")
                assert (await page.until("card"))["card"]["code"] == "LR3"


class TestHome:
    async def client(self, gateway: Where) -> AsyncTcpClient:
        client = AsyncTcpClient("127.0.0.1", gateway[1])
        await client.connect()
        return client

    async def test_it_describes_itself(self, gateway: Where) -> None:
        client = await self.client(gateway)
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        assert info.asr[0].models[0].languages == ["en"]
        assert info.tts[0].voices
        assert info.handle[0].models
        await client.disconnect()

    async def test_it_hears(self, gateway: Where, spoken) -> None:
        client = await self.client(gateway)
        audio = spoken("how long do I press it")
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(rate=RATE, width=2, channels=1).event())
        for place in range(0, len(audio.pcm), 2_048):
            sound = audio.pcm[place : place + 2_048]
            await client.write_event(AudioChunk(rate=RATE, width=2, channels=1, audio=sound).event())
        await client.write_event(AudioStop().event())
        heard = Transcript.from_event(await asyncio.wait_for(client.read_event(), 20))
        assert heard.text == "how long do i press it"
        await client.disconnect()

    async def test_it_speaks(self, gateway: Where) -> None:
        client = await self.client(gateway)
        await client.write_event(Synthesize(text="Press gently.").event())
        kinds, length = [], 0
        while not kinds or kinds[-1] != "audio-stop":
            event = await asyncio.wait_for(client.read_event(), 10)
            kinds.append(event.type)
            if AudioChunk.is_type(event.type):
                length += len(AudioChunk.from_event(event).audio)
        assert kinds[0] == "audio-start"
        assert length > 20_000
        await client.disconnect()

    async def test_it_converses_and_every_satellite_has_its_own_conversation(self, gateway: Where) -> None:
        async def said(satellite: str, text: str) -> Event:
            client = await self.client(gateway)
            await client.write_event(Event("something-new", {"unknown": True}))
            context = {"conversation_id": text, "satellite_id": satellite}
            await client.write_event(Transcript(text=text, context=context).event())
            event = await asyncio.wait_for(client.read_event(), 20)
            await client.disconnect()
            return event

        first = Handled.from_event(await said("kitchen", "where is HT7"))
        assert first.text.startswith("Spirit Gate, H T seven")
        assert first.context["satellite_id"] == "kitchen"
        assert "H T seven" in Handled.from_event(await said("kitchen", "how long do I hold it")).text
        assert "Which point" in Handled.from_event(await said("bedroom", "how long do I hold it")).text
        assert NotHandled.is_type((await said("hall", "  ")).type)

    async def test_another_language_of_bytes_ends_only_that_connection(self, gateway: Where) -> None:
        for garbage in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x00\xff" * 100 + b"\n",
            b'{"type": 5}\n',
            b"[]\n",
            b'{"type": "audio-chunk", "data": {"rate": "x"}}\n',
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway[1])
            writer.write(garbage)
            await writer.drain()
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 5)
            writer.close()
        await self.test_it_describes_itself(gateway)
