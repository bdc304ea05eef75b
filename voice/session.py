"""One person talking with the guide: hears, asks back, answers sentence by sentence, counts holds, obeys stop at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from wyoming.audio import AudioChunk
from wyoming.event import Event

from voice.assistant import Answer, Assistant, NoAssistant
from voice.audio import RATE, WIDTH
from voice.confirm import Confirmer
from voice.ear import Begun, Ear, Ended, Going
from voice.engines import Engines
from voice.recognise import Heard
from voice.words import is_heard_as, plain_words, say, split, tell

logger = logging.getLogger(__name__)

DOUBTFUL = 0.34
"""Agreement below which what was heard is noise or was not said to us."""
FAILURES = 2
"""Utterances not understood in a row after which there are choices."""
_AHEAD = 0.6
"""Seconds of speech that are sent before they are due."""
_ECHO_SECONDS = 0.25
"""How long after the end of a sentence its echo may still begin."""
_ALIKE = 0.72
_FEW = 2
_LEAST_SECONDS = 5
_ENDS_HOLD = {"urgent", "crisis", "caution"}

Out = Callable[[dict[str, Any], bytes], Awaitable[None]]
"""Takes an event for the client, and the sound that belongs to it."""


class Clock:
    """The time; tests have one that runs faster."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace

    def now(self) -> float:
        """Return the time in seconds."""
        return time.monotonic() * self._pace

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds) / self._pace)


@dataclass
class Pending:
    """A question of ours that waits for a yes or a no."""

    text: str
    heard: Heard | None


class Session:
    """One conversation, whatever it is connected by."""

    def __init__(
        self,
        engines: Engines,
        assistant: Assistant,
        confirmer: Confirmer,
        sender: str,
        out: Out,
        with_sound: bool = True,
        echo_cancelled: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._engines, self._assistant, self._confirmer = engines, assistant, confirmer
        self._sender, self._out, self._with_sound = sender, out, with_sound
        self._echo_cancelled = echo_cancelled
        self._clock = clock or Clock()
        self._ear = Ear()
        self._sound: asyncio.Queue[Event | None] | None = None
        self._tasks: set[asyncio.Task] = set()
        self._speaking: asyncio.Task | None = None
        self._hold: asyncio.Task | None = None
        self._turn = asyncio.Lock()
        self._unsaid: list[str] = []
        self._said: deque[tuple[str, float]] = deque(maxlen=4)
        self._quiet_at = 0.0
        self._generation = 0
        self._pending: Pending | None = None
        self._failures = 0
        self._in_routine = False
        self._asking = False
        self._interrupted: list[str] = []

    # What comes in

    async def hear(self, pcm: bytes) -> None:
        """Take the next sound of the microphone, at 16 kHz."""
        for sound in self._ear.hear(pcm):
            if isinstance(sound, Begun):
                await self._began(sound)
            elif isinstance(sound, Going) and self._sound is not None:
                self._sound.put_nowait(_chunk(sound.speech))
            elif isinstance(sound, Ended) and self._sound is not None:
                self._sound.put_nowait(None)
                self._sound = None

    async def _began(self, begun: Begun) -> None:
        self._sound = asyncio.Queue()
        self._sound.put_nowait(_chunk(begun.speech))
        was_speaking = self.is_speaking
        if was_speaking:
            await self._hush()
        self._start(self._listen(self._sound, begun.before, was_speaking, self._clock.now()))

    async def _listen(
        self, sound: asyncio.Queue[Event | None], before: bytes, barge_in: bool, begun: float
    ) -> None:
        async def events() -> AsyncIterator[Event]:
            while (event := await sound.get()) is not None:
                yield event

        try:
            heard = await self._engines.hear(events(), before)
        except Exception:
            logger.exception("an utterance could not be recognised")
            heard = Heard("")
        await self.heard(heard, barge_in, begun)

    async def heard(self, heard: Heard, barge_in: bool = False, begun: float | None = None) -> None:
        """Take an utterance that a recogniser has understood.

        Args:
            barge_in: it began while the guide was speaking.
            begun: when it began; now, where nobody knows.
        """
        begun = self._clock.now() if begun is None else begun
        typed = not heard.seconds
        if not typed and (self._is_noise(heard, barge_in) or self._is_own_voice(heard.text, begun)):
            await self._tell({"type": "heard", "text": heard.text, "accepted": False})
            await self._go_on_speaking()
            return
        barge_in = barge_in or bool(self._interrupted)
        unsaid, self._interrupted = self._interrupted, []
        if self._is_doubtful(heard, barge_in) and not self._is_expected(heard.text):
            async with self._turn:
                await self._take_if_meant(heard, barge_in, unsaid)
            return
        await self._tell_heard(heard)
        if await self._obeyed(heard.text, barge_in):
            return
        async with self._turn:
            await self._understand(heard, barge_in)

    async def _tell_heard(self, heard: Heard) -> None:
        await self._tell(
            {"type": "heard", "text": heard.text, "accepted": True, "agreement": round(heard.agreement, 2)}
        )

    async def text(self, text: str) -> None:
        """Take an utterance that was typed."""
        if self.is_speaking:
            await self._hush()
        await self.heard(Heard(text.strip()))

    # Noise and our own voice

    def _is_noise(self, heard: Heard, barge_in: bool) -> bool:
        if not heard.text:
            return True
        # Two decoders that know our words hear them in anything; where the sound decided, the words may well be right.
        return self._is_doubtful(heard, barge_in) and not heard.sound

    def _is_doubtful(self, heard: Heard, barge_in: bool) -> bool:
        # Over our own voice, and between the points, only what is surely meant for us counts.
        is_surely_meant = heard.agreement >= DOUBTFUL or is_heard_as("stop", heard.text)
        return not is_surely_meant and (barge_in or self._in_routine)

    def _is_expected(self, text: str) -> bool:
        answers = ("yes", "no") if self._pending else ()
        return any(is_heard_as(kind, text) for kind in ("pause", *answers))

    def _is_own_voice(self, text: str, begun: float) -> bool:
        words = plain_words(text)
        recent = [s for s, until in self._said if begun < until + _ECHO_SECONDS]
        if not self._with_sound or not recent or not words or is_heard_as("stop", text):
            return False
        spoken = plain_words(" ".join(recent))
        if len(words) <= _FEW:
            return not self._echo_cancelled and _holds(spoken, words) and not is_heard_as("pause", text)
        same = sum(m.size for m in SequenceMatcher(None, words, spoken, autojunk=False).get_matching_blocks())
        return same / len(words) >= _ALIKE

    # What is done at once

    async def _obeyed(self, text: str, barge_in: bool = False) -> bool:
        """Do what cannot wait for the assistant: stop and pause. True where nothing else is to be done."""
        if is_heard_as("pause", text):
            self._stop_hold()
            await self._hush()
            return False
        if not is_heard_as("stop", text):
            return False
        was_busy = barge_in or self.is_speaking or self._unsaid
        self._stop_hold()
        await self._hush()
        self._interrupted, self._pending = [], None
        if not self._in_routine and was_busy:
            return True  # only to be silent
        async with self._turn:
            await self._ask(tell("stop"), Heard(text))
        return True

    async def stop(self) -> None:
        """Stop speaking and counting, as a button would have it."""
        await self._obeyed(tell("stop").lower())

    # Understanding

    async def _understand(self, heard: Heard, barge_in: bool) -> None:
        pending, self._pending = self._pending, None
        if pending and is_heard_as("yes", heard.text):
            await self._ask(pending.text, pending.heard, confirmed=True)
            return
        if pending and is_heard_as("no", heard.text):
            await self._failed("say_again")
            return
        question = self._confirmer.question(heard.text)
        if question and heard.seconds:  # what is typed cannot be misheard
            self._pending = Pending(question.meant, heard)
            name = "did_you_say_point" if question.name else "did_you_say"
            await self._say(say(name, text=question.said, name=question.name))
            return
        await self._ask(heard.text, heard if heard.seconds else None, barge_in=barge_in)

    async def _ask(self, text: str, heard: Heard | None, **told: Any) -> None:
        generation = self._generation
        try:
            answer = await self._assistant.say(self._sender, text, heard, **told)
        except NoAssistant as trouble:
            logger.warning("the assistant does not answer: %s", trouble)
            await self._say(say("no_assistant"))
            return
        await self._answered(answer, heard, generation)

    async def _take_if_meant(self, heard: Heard, barge_in: bool, unsaid: list[str]) -> None:
        """Take what is probably meant for somebody else only where the assistant finds it is not: it may be a warning sign.

        Args:
            unsaid: the sentences that it interrupted, to be said after all.
        """
        generation, answer = self._generation, None
        with suppress(NoAssistant):
            answer = await self._assistant.say(self._sender, heard.text, heard, barge_in=barge_in)
        if answer is not None and (answer.ask or not answer.unsure):
            await self._tell_heard(heard)
            await self._answered(answer, heard, generation)
            return
        await self._tell({"type": "heard", "text": heard.text, "accepted": False})
        self._interrupted = unsaid
        await self._go_on_speaking()

    async def _answered(self, answer: Answer, heard: Heard | None, generation: int) -> None:
        if answer.unsure:
            if answer.ask and self._failures < FAILURES - 1:
                self._failures += 1
                self._pending = Pending(answer.text, heard)
                await self._say(say("did_you_say", text=answer.text))
            else:
                await self._failed("not_caught_routine" if self._in_routine else "not_caught")
            return
        self._failures = 0
        # Somebody said stop while the answer was on its way: it is heard, but nothing begins to count.
        await self._answer(answer, counts=generation == self._generation)

    async def _failed(self, name: str) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, name = 0, "choices_routine" if self._in_routine else "choices"
        await self._say(say(name))

    async def _answer(self, answer: Answer, counts: bool = True) -> None:
        for message in answer.messages:
            if message.get("custom"):
                await self._tell({"type": "card", "card": message["custom"]})
            elif message.get("text"):
                await self._tell({"type": "text", "text": message["text"]})
        step = self._taken(answer)
        await self._say(answer.speech)
        if step and counts:
            self._stop_hold()
            self._hold = self._start(self._count(step))

    def _taken(self, answer: Answer) -> dict[str, Any] | None:
        """Take notice of the cards; return the step whose hold is to be counted."""
        step, self._asking = None, False
        for card in answer.cards:
            kind, state = card["card"], card.get("state")
            if kind == "step":
                step, self._in_routine = dict(card), True
            elif kind == "ask" and card.get("about") != "pain_score":
                self._asking = True
            elif kind in _ENDS_HOLD and step is None:
                self._stop_hold()
            if (
                kind in {"urgent", "crisis"}
                or kind == "routine"
                and state in {"stopped", "finished", "offered"}
            ):
                self._in_routine = state == "offered" and self._in_routine
                self._stop_hold()
                step = None
            elif kind == "routine" and state == "paused":
                self._stop_hold()
                step = None
        return step

    # Holds

    async def _count(self, card: dict[str, Any]) -> None:
        """Count a hold, with its cues, and go on to the next step."""
        seconds = max(_LEAST_SECONDS, float(card.get("seconds") or 0))
        cues = sorted(
            (at, name) for name, at in (card.get("cues") or {}).items() if name in {"half", "last_ten"}
        )
        await self._until_quiet()
        begun = self._clock.now()
        await self._tell({"type": "hold", "state": "running", "seconds": seconds, "code": card.get("code")})
        for at, name in [*cues, (seconds, "")]:
            await self._clock.sleep(begun + at - self._clock.now())
            if name:
                await self._say(say(name))
        await self._until_quiet()
        if self._asking:
            return
        await self._tell({"type": "hold", "state": "over"})
        self._hold = None
        async with self._turn:
            await self._ask(tell("next"), None, by_itself=True)

    def _stop_hold(self) -> None:
        self._generation += 1
        hold, self._hold = self._hold, None
        if hold is not None and hold is not asyncio.current_task():
            hold.cancel()
            self._start(self._tell({"type": "hold", "state": "stopped"}))

    @property
    def is_holding(self) -> bool:
        """Tell whether a hold is being counted."""
        return self._hold is not None and not self._hold.done()

    # Speaking

    @property
    def is_speaking(self) -> bool:
        """Tell whether our voice is to be heard."""
        return self._clock.now() < self._quiet_at or bool(self._speaking and not self._speaking.done())

    async def _say(self, text: str) -> None:
        """Say a text after what is being said; comes back when the last sentence is on its way."""
        self._unsaid += split(text)
        if self._speaking is None or self._speaking.done():
            self._speaking = self._start(self._speak())

    async def _speak(self) -> None:
        while self._unsaid:
            sentence = self._unsaid[0]
            sound = await self._engines.speak(sentence) if self._with_sound else None
            seconds = sound.seconds if sound else 0.0
            begins = max(self._clock.now(), self._quiet_at)
            self._quiet_at = begins + seconds
            self._said.append((sentence, self._quiet_at))
            event = {"type": "say", "text": sentence, "seconds": round(seconds, 2)}
            await self._out({**event, "rate": sound.rate} if sound else event, sound.pcm if sound else b"")
            # Not further ahead than this: what is on its way can no longer be taken back.
            await self._clock.sleep(self._quiet_at - _AHEAD - self._clock.now())
            if self._unsaid and self._unsaid[0] is sentence:
                self._unsaid.pop(0)

    async def _hush(self) -> None:
        """Be silent at once; what was not said yet is kept in case it was only noise."""
        self._interrupted = [s for s, until in self._said if until > self._clock.now()]
        self._interrupted = list(dict.fromkeys([*self._interrupted, *self._unsaid]))
        self._unsaid = []
        if self._speaking is not None and self._speaking is not asyncio.current_task():
            self._speaking.cancel()
        self._speaking = None
        self._quiet_at = self._clock.now()
        await self._tell({"type": "hush"})

    async def _go_on_speaking(self) -> None:
        unsaid, self._interrupted = self._interrupted, []
        if unsaid:
            await self._say(" ".join(unsaid))

    async def _until_quiet(self) -> None:
        while self.is_speaking or self._unsaid:
            await self._clock.sleep(max(0.05, self._quiet_at - self._clock.now()))

    async def settled(self) -> None:
        """Wait until nothing is being heard, said or asked. A hold may go on."""
        while True:
            busy = [t for t in self._tasks if t is not self._hold and t is not asyncio.current_task()]
            if not busy and not self.is_speaking:
                return
            if busy:
                await asyncio.wait(busy, timeout=1)
            else:
                await self._until_quiet()

    # Help

    async def _tell(self, event: dict[str, Any]) -> None:
        await self._out(event, b"")

    def _start(self, work: Any) -> asyncio.Task:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if (
            not task.cancelled()
            and task.exception() is not None
            and not isinstance(task.exception(), ConnectionError)
        ):
            logger.error("a session failed", exc_info=task.exception())

    async def close(self) -> None:
        """End everything that goes on."""
        if self._sound is not None:
            self._sound.put_nowait(None)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task


def _holds(spoken: list[str], words: list[str]) -> bool:
    """Tell whether some words stand in a text one behind the other."""
    return any(spoken[i : i + len(words)] == words for i in range(len(spoken)))


def _chunk(sound: bytes) -> Event:
    return AudioChunk(rate=RATE, width=WIDTH, channels=1, audio=sound).event()
