"""espeak-ng, the voice that comes along: loaded from its wheel, or run as a program of the system.

espeak-ng is GPL-3.0. Only the gateway's process ever loads it, the assistant's never does.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from voice.audio import Audio, read_wav

VOICE, WORDS_PER_MINUTE = "en-us", 165
_SYNCHRONOUS, _BUFFER_MS, _UTF8, _CHARACTER, _RATE = 2, 50, 1, 1, 1
_IPA = 0x02
_SECONDS = 30
"""Most seconds that the program may take for one text."""


class NoVoice(Exception):
    """There is no espeak-ng on this machine."""


class _Library:
    """The library of the wheel. It keeps global state, so one thread at a time uses it."""

    def __init__(self) -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._library = ctypes.cdll.LoadLibrary(espeakng_loader.get_library_path())
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = str(Path(espeakng_loader.get_data_path()).parent).encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, 0)
        if self.rate <= 0:
            raise NoVoice("espeak-ng could not be started")
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._take: Callable[[bytes], bool] = lambda _: False
        self._callback = kind(self._made)  # kept, or it would be collected while the library holds it
        self._library.espeak_SetSynthCallback(self._callback)

    def _made(self, samples: ctypes.Array, count: int, _events: object) -> int:
        goes_on = self._take(ctypes.string_at(samples, count * 2)) if samples and count else True
        return 0 if goes_on else 1

    def speak(self, text: str, take: Callable[[bytes], bool], voice: str, speed: int) -> None:
        """Speak a text, handing on the sound as it is made until ``take`` says no."""
        spoken = text.encode()
        with self._lock:
            self._take = take
            self._library.espeak_SetVoiceByName(voice.encode())
            self._library.espeak_SetParameter(_RATE, speed, 0)
            self._library.espeak_Synth(spoken, len(spoken) + 1, 0, _CHARACTER, 0, _UTF8, None, None)

    def phonemes(self, text: str) -> str:
        """Return how a text is pronounced, in the letters of the phonetic alphabet."""
        with self._lock:
            self._library.espeak_SetVoiceByName(VOICE.encode())
            rest = ctypes.c_char_p(text.encode())
            parts = []
            while rest.value:
                parts.append(self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA) or b"")
            return b" ".join(parts).decode()


class _Program:
    """The program of the system, one call for each sentence."""

    rate = 22_050

    def speak(self, text: str, take: Callable[[bytes], bool], voice: str, speed: int) -> None:
        """Speak a text and hand on the whole sound."""
        command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "--", text]
        done = subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS)
        take(read_wav(done.stdout, limit=None).pcm)

    def phonemes(self, text: str) -> str:
        """Return how a text is pronounced, in the letters of the phonetic alphabet."""
        command = ["espeak-ng", "-q", "--ipa", "-v", VOICE, "--", text]
        return subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS).stdout.decode()


_beginning = threading.Lock()


def espeak() -> _Library | _Program:
    """Return espeak-ng in the form this machine has it."""
    # A cache alone would let two threads start the library twice, and it can only be there once.
    with _beginning:
        return _found()


@lru_cache(maxsize=1)
def _found() -> _Library | _Program:
    if importlib.util.find_spec("espeakng_loader") is not None:
        try:
            return _Library()
        except (OSError, NoVoice):
            pass  # a wheel for another machine: the program may do
    if shutil.which("espeak-ng"):
        return _Program()
    raise NoVoice("no espeak-ng: neither its wheel nor its program is here")


def has_voice() -> bool:
    """Tell whether this machine can speak."""
    try:
        return bool(espeak())
    except NoVoice:
        return False


def speak(text: str, voice: str = VOICE, speed: int = WORDS_PER_MINUTE) -> Audio:
    """Return a text as sound."""
    chunks: list[bytes] = []

    def take(chunk: bytes) -> bool:
        chunks.append(chunk)
        return True

    espeak().speak(text, take, voice, speed)
    return Audio(b"".join(chunks), espeak().rate)
