"""Talk to the guide in the terminal: ``python -m voice`` with a microphone, ``--wav FILE...`` or ``--text``.

The assistant has to run (``make run``). Whatever speaks may be interrupted: say stop, pause, next or repeat that.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from acupressure.catalog import load
from voice.assistant import Assistant
from voice.audio import MAX_BYTES, RATE, Audio, BadAudio, read_wav
from voice.confirm import Confirmer
from voice.engines import Engines
from voice.session import Session
from voice.settings import WrongSetting, settings
from voice.words import say

_FRAME = 1_024
_SILENCE = bytes(2 * RATE)
_RECORDERS = (
    ("arecord", "-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1"),
    ("parec", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"),
    ("rec", "-q", "-t", "raw", "-e", "signed", "-b", "16", "-r", str(RATE), "-c", "1", "-"),
)
_PLAYERS = (
    ("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "{rate}"),
    ("pacat", "--raw", "--format=s16le", "--channels=1", "--rate={rate}"),
    ("play", "-q", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", "{rate}", "-"),
)


class Terminal:
    """Shows what was heard and said, and plays it where it can."""

    def __init__(self, plays: bool, folder: Path | None) -> None:
        self._player = next((p for p in _PLAYERS if plays and shutil.which(p[0])), None)
        self._folder, self._number = folder, 0
        self._playing: asyncio.subprocess.Process | None = None

    @property
    def makes_sound(self) -> bool:
        """Tell whether the sound of what is said goes anywhere."""
        return self._player is not None or self._folder is not None

    async def out(self, event: dict[str, Any], sound: bytes) -> None:
        """Take an event of the session."""
        kind = event["type"]
        if kind == "heard":
            print(
                f"  heard: {event['text'] or '...'}{'' if event['accepted'] else '  (not for me)'}",
                flush=True,
            )
        elif kind == "say":
            print(f"  says:  {event['text']}", flush=True)
        elif kind == "hold" and event["state"] == "running":
            print(f"  holds: {event['code']}, {event['seconds']:.0f} seconds", flush=True)
        elif kind == "hush":
            await self.hush()
        if sound:
            await self._play(Audio(sound, event["rate"]))

    async def _play(self, audio: Audio) -> None:
        if self._folder is not None:
            self._number += 1
            (self._folder / f"{self._number:03}.wav").write_bytes(audio.wav())
        if self._player is None:
            return
        if self._playing is not None:
            await self._playing.wait()
        command = [part.format(rate=audio.rate) for part in self._player]
        pipe = asyncio.subprocess.PIPE
        self._playing = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        with contextlib.suppress(ConnectionError):
            self._playing.stdin.write(audio.pcm)
            self._playing.stdin.close()

    async def hush(self) -> None:
        """Be silent at once."""
        if self._playing is not None and self._playing.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._playing.kill()


async def from_files(session: Session, files: list[Path]) -> int:
    """Hear recordings one after another; a file that cannot be read is told, and the next one comes."""
    failed = 0
    for file in files:
        print(f"{file.name}:", flush=True)
        try:
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise BadAudio("too_big")
            sound = read_wav(content).at(RATE).pcm
        except BadAudio as bad:
            failed += 1
            print(f"  says:  {say(bad.words)}", flush=True)
            continue
        except OSError as error:
            failed += 1
            print(f"  {error.strerror}: {file}", file=sys.stderr)
            continue
        sound = bytes(RATE // 2) + sound + _SILENCE
        for place in range(0, len(sound), _FRAME):
            await session.hear(sound[place : place + _FRAME])
            await asyncio.sleep(0)
        await session.settled()
    return failed


async def from_text(session: Session) -> None:
    """Take typed lines."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip():
            await session.text(line.strip())
            await session.settled()


async def from_microphone(session: Session) -> int:
    """Listen until Ctrl-C."""
    recorder = next((r for r in _RECORDERS if shutil.which(r[0])), None)
    if recorder is None:
        print("No recorder here (arecord, parec or rec): try --text, or --wav FILE.", file=sys.stderr)
        return 1
    print("Listening. Ctrl-C ends it.", flush=True)
    process = await asyncio.create_subprocess_exec(*recorder, stdout=asyncio.subprocess.PIPE)
    try:
        async for sound in _pieces(process.stdout):
            await session.hear(sound)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    print("The microphone gave no more sound: is one connected?", file=sys.stderr)
    return 1


async def _pieces(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            yield await stream.readexactly(_FRAME)


async def talk(options: argparse.Namespace) -> int:
    """Talk as the options say."""
    wanted, catalog = settings(), load()
    engines, assistant = Engines(wanted, catalog), Assistant(wanted.assistant)
    plays = options.play or not (options.wav or options.text)
    terminal = Terminal(plays, options.save)
    session = Session(
        engines, assistant, Confirmer(catalog), options.sender, terminal.out,
        with_sound=terminal.makes_sound, echo_cancelled=options.headphones,
    )  # fmt: skip
    try:
        if options.wav:
            return 1 if await from_files(session, options.wav) else 0
        if options.text:
            await from_text(session)
            return 0
        await engines.load()
        return await from_microphone(session)
    finally:
        await session.close()
        await assistant.close()


def main(arguments: list[str] | None = None) -> int:
    """Run the terminal front end."""
    parser = argparse.ArgumentParser(prog="python -m voice", description=__doc__)
    parser.add_argument("--wav", nargs="+", type=Path, metavar="FILE", help="hear these recordings instead")
    parser.add_argument("--text", action="store_true", help="read lines instead, one utterance each")
    parser.add_argument("--play", action="store_true", help="play what is said, with --wav or --text too")
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="write what is said there, one file a sentence"
    )
    parser.add_argument(
        "--headphones", action="store_true", help="the microphone does not hear what is played"
    )
    parser.add_argument("--sender", default="terminal", help="name of the conversation")
    options = parser.parse_args(arguments)
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        return asyncio.run(talk(options))
    except WrongSetting as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
