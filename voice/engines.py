"""Engines that hear and speak, all behind one interface: the events of the Wyoming protocol.

``embedded:`` are the ones that come along; ``tcp://host:port`` is any server that speaks the protocol, such as
those around faster-whisper, vosk or piper.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.tts import Synthesize

from acupressure.catalog import Catalog
from voice import espeak
from voice.audio import RATE, WIDTH, Audio
from voice.models import Models, ensure
from voice.moonshine import Moonshine
from voice.pieces import PieceModel
from voice.recognise import Heard, Recogniser
from voice.settings import EMBEDDED, Settings
from voice.sounding import sounding
from voice.vocabulary import name_finder, pinyin_names
from voice.weights import FOLDER, mark_of

logger = logging.getLogger(__name__)

SECONDS = 20.0
"""Time that an engine elsewhere may take for one answer."""
LANGUAGE = "en"
_AT_ONCE = 2
"""Utterances that the embedded recogniser listens to at the same time."""
_CHUNK = 2_048


class EngineFailed(Exception):
    """An engine gave no answer."""


class Asr(Protocol):
    """Turns speech into text."""

    name: str

    async def run(self, events: AsyncIterable[Event], before: bytes = b"") -> Heard:
        """Return what was heard between ``audio-start`` and ``audio-stop``.

        Args:
            before: sound from right before the speech, which tells what the noise is like.
        """


class Tts(Protocol):
    """Turns text into speech."""

    name: str

    def run(self, wanted: Synthesize) -> AsyncIterator[Event]:
        """Yield ``audio-start``, ``audio-chunk`` and ``audio-stop``."""


class EmbeddedAsr:
    """The recognisers in this process; their models are made and loaded when first needed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._free: asyncio.Queue[Recogniser] | None = None
        self._loading = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="hearing")

    @property
    def name(self) -> str:
        """What hears."""
        return "pocketsphinx and moonshine" if mark_of() else "pocketsphinx"

    async def load(self) -> None:
        """Make and load the models, once."""
        async with self._loading:
            if self._free is None:
                models = await self._call(ensure, self._catalog)
                moonshine = await self._call(moonshine_of, models, self._catalog)
                has_name = name_finder(self._catalog)
                by_sound = (await self._call(sounding, self._catalog)).named
                free: asyncio.Queue[Recogniser] = asyncio.Queue()
                for _ in range(_AT_ONCE):
                    free.put_nowait(await self._call(Recogniser, models, True, moonshine, has_name, by_sound))
                self._free = free

    async def run(self, events: AsyncIterable[Event], before: bytes = b"") -> Heard:
        """Listen while it is being said."""
        await self.load()
        recogniser = await self._free.get()
        utterance = recogniser.utterance()
        ended = False
        try:
            utterance.before(before)
            async for event in events:
                if AudioChunk.is_type(event.type):
                    await self._call(utterance.feed, at_our_rate(AudioChunk.from_event(event)))
            heard = await self._call(utterance.end)
            ended = True
            return heard
        finally:
            if not ended:
                utterance.drop()
            self._free.put_nowait(recogniser)

    async def _call(self, function, *args):
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def moonshine_of(models: Models, catalog: Catalog) -> Moonshine | None:
    """Return the neural recogniser where it is there and whole: without it the other one hears alone."""
    if not mark_of():
        return None
    try:
        return Moonshine(FOLDER, PieceModel.read(models.pieces), pinyin_names(catalog))
    except Exception as error:
        logger.warning("Moonshine cannot be used (%s); pocketsphinx hears alone", error)
        return None


class EmbeddedTts:
    """espeak-ng in this process."""

    name = "espeak-ng"

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="speaking")

    async def run(self, wanted: Synthesize) -> AsyncIterator[Event]:
        """Speak, handing on the sound as it is made."""
        loop = asyncio.get_running_loop()
        made: asyncio.Queue[bytes | None] = asyncio.Queue()
        wanted_still = True

        def take(sound: bytes) -> bool:
            loop.call_soon_threadsafe(made.put_nowait, sound)
            return wanted_still

        def speak() -> None:
            try:
                espeak.espeak().speak(wanted.text, take, espeak.VOICE, espeak.WORDS_PER_MINUTE)
            finally:
                loop.call_soon_threadsafe(made.put_nowait, None)

        rate = (await loop.run_in_executor(self._threads, espeak.espeak)).rate
        task = loop.run_in_executor(self._threads, speak)
        try:
            yield AudioStart(rate=rate, width=WIDTH, channels=1).event()
            while (sound := await made.get()) is not None:
                yield AudioChunk(rate=rate, width=WIDTH, channels=1, audio=sound).event()
            await task
            yield AudioStop().event()
        finally:
            wanted_still = False


class ServedAsr:
    """A Wyoming server that hears."""

    def __init__(self, uri: str) -> None:
        self.name, self._uri = uri, uri

    async def run(self, events: AsyncIterable[Event], before: bytes = b"") -> Heard:
        """Send the sound there and return its transcript."""
        client = AsyncClient.from_uri(self._uri)
        length = 0
        try:
            await asyncio.wait_for(client.connect(), SECONDS)
            await client.write_event(Transcribe(language=LANGUAGE).event())
            await client.write_event(AudioStart(rate=RATE, width=WIDTH, channels=1).event())
            if before:
                await client.write_event(_chunk(before))
            async for event in events:
                if AudioChunk.is_type(event.type):
                    sound = at_our_rate(AudioChunk.from_event(event))
                    length += len(sound)
                    await client.write_event(_chunk(sound))
            await client.write_event(AudioStop().event())
            return await asyncio.wait_for(self._transcript(client, length), SECONDS)
        except (OSError, asyncio.TimeoutError, ValueError) as error:
            raise EngineFailed(f"{self._uri}: {error or type(error).__name__}") from error
        finally:
            await client.disconnect()

    async def _transcript(self, client: AsyncClient, length: int) -> Heard:
        while (event := await client.read_event()) is not None:
            if Transcript.is_type(event.type):
                return Heard(Transcript.from_event(event).text.strip(), seconds=length / WIDTH / RATE)
            if Error.is_type(event.type):
                raise EngineFailed(f"{self._uri}: {Error.from_event(event).text}")
        raise EngineFailed(f"{self._uri} hung up")


class ServedTts:
    """A Wyoming server that speaks."""

    def __init__(self, uri: str) -> None:
        self.name, self._uri = uri, uri

    async def run(self, wanted: Synthesize) -> AsyncIterator[Event]:
        """Send the text there and hand on its sound."""
        client = AsyncClient.from_uri(self._uri)
        try:
            await asyncio.wait_for(client.connect(), SECONDS)
            await client.write_event(wanted.event())
            while (event := await asyncio.wait_for(client.read_event(), SECONDS)) is not None:
                if Error.is_type(event.type):
                    raise EngineFailed(f"{self._uri}: {Error.from_event(event).text}")
                yield event
                if AudioStop.is_type(event.type):
                    return
            raise EngineFailed(f"{self._uri} hung up")
        except (OSError, asyncio.TimeoutError) as error:
            raise EngineFailed(f"{self._uri}: {error or type(error).__name__}") from error
        finally:
            await client.disconnect()


class Engines:
    """The engines in use: the ones that were asked for, and the embedded ones where those fail."""

    def __init__(self, wanted: Settings, catalog: Catalog) -> None:
        self._own_asr, self._own_tts = EmbeddedAsr(catalog), EmbeddedTts()
        self.asr: Asr = self._own_asr if wanted.asr == EMBEDDED else ServedAsr(wanted.asr)
        self.tts: Tts = self._own_tts if wanted.tts == EMBEDDED else ServedTts(wanted.tts)
        self._told: set[str] = set()

    async def load(self) -> None:
        """Get ready for the first utterance."""
        if self.tts is self._own_tts:
            await self.speak("ready")
        if self.asr is self._own_asr:
            await self._own_asr.load()

    async def hear(self, events: AsyncIterable[Event], before: bytes = b"") -> Heard:
        """Return what was heard; where the engine elsewhere fails, the embedded one listens to the same sound."""
        kept: list[Event] = []

        async def keeping() -> AsyncIterator[Event]:
            async for event in events:
                kept.append(event)
                yield event

        try:
            return await self.asr.run(keeping(), before)
        except EngineFailed as failure:
            self._tell(failure)

            async def again() -> AsyncIterator[Event]:
                for event in kept:
                    yield event
                async for event in events:
                    yield event

            return await self._own_asr.run(again(), before)

    async def speak(self, text: str) -> Audio:
        """Return a sentence as sound."""
        wanted = Synthesize(text=text)
        try:
            return await _collected(self.tts.run(wanted))
        except EngineFailed as failure:
            self._tell(failure)
            return await _collected(self._own_tts.run(wanted))

    def _tell(self, failure: EngineFailed) -> None:
        # Once for each: a server that is away would fill the log.
        if str(failure) not in self._told:
            self._told.add(str(failure))
            logger.warning("%s; the embedded engine does it meanwhile", failure)


async def _collected(events: AsyncIterator[Event]) -> Audio:
    chunks, rate = [], RATE
    async for event in events:
        if AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            rate = chunk.rate
            chunks.append(chunk.audio)
    return Audio(b"".join(chunks), rate)


def at_our_rate(chunk: AudioChunk) -> bytes:
    """Return the sound of an event as the recogniser wants it; anything but 16 bit is no sound."""
    if chunk.width != WIDTH or not 1 <= chunk.channels <= 8 or not 4_000 <= chunk.rate <= 192_000:
        return b""
    sound = chunk.audio[: len(chunk.audio) // (WIDTH * chunk.channels) * WIDTH * chunk.channels]
    audio = Audio(sound, chunk.rate)
    if chunk.channels > 1:
        mixed = audio.samples.reshape(-1, chunk.channels).mean(axis=1)
        audio = Audio(mixed.astype("<i2").tobytes(), chunk.rate)
    return audio.at(RATE).pcm


def _chunk(sound: bytes) -> Event:
    return AudioChunk(rate=RATE, width=WIDTH, channels=1, audio=sound).event()


async def as_events(pcm: bytes) -> AsyncIterator[Event]:
    """Yield a whole utterance as the events of the protocol."""
    yield AudioStart(rate=RATE, width=WIDTH, channels=1).event()
    for place in range(0, len(pcm), _CHUNK * WIDTH):
        yield _chunk(pcm[place : place + _CHUNK * WIDTH])
    yield AudioStop().event()
