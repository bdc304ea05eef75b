"""Sound as the gateway handles it: 16 bit, one channel; what comes in is checked before anything looks at it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

RATE = 16_000
"""Samples a second that recognition works on."""
WIDTH = 2
LONGEST_SECONDS = 60.0
"""Longest recording that is listened to: nobody asks for a point for longer than a minute."""
MAX_BYTES = 16 * 1024 * 1024
"""Most bytes of a file that are read at all."""
_DITHER = 10 ** (-60 / 20) * 32_768
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_RATES = range(4_000, 200_000)


class BadAudio(Exception):
    """A file that cannot be listened to; the name of the words that say why."""

    def __init__(self, words: str, why: str = "") -> None:
        super().__init__(why or words)
        self.words = words


@dataclass(frozen=True)
class Audio:
    """Sound of one channel with 16 bit samples."""

    pcm: bytes
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / WIDTH / self.rate

    @property
    def samples(self) -> np.ndarray:
        """Its samples."""
        return np.frombuffer(self.pcm, dtype="<i2")

    def at(self, rate: int) -> Audio:
        """Return the same sound with another number of samples a second."""
        return self if rate == self.rate else Audio(to_pcm(resample(self.samples, self.rate, rate)), rate)

    def wav(self) -> bytes:
        """Return it as a WAV file."""
        header = struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(self.pcm), b"WAVE", b"fmt ", 16, _PCM, 1, self.rate,
            self.rate * WIDTH, WIDTH, 8 * WIDTH, b"data", len(self.pcm),
        )  # fmt: skip
        return header + self.pcm


def to_pcm(samples: np.ndarray) -> bytes:
    """Return samples as 16 bit sound, cut where they are too loud."""
    return np.clip(np.rint(samples), -32_768, 32_767).astype("<i2").tobytes()


def resample(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Return samples at another rate: what is too high for it is taken out, the rest is read between the samples."""
    if rate == wanted or not len(samples):
        return samples.astype(np.float64)
    samples = samples.astype(np.float64)
    if rate > wanted:
        # A windowed sinc: without it the high sounds would come back as low ones.
        taps = 8 * max(1, round(rate / wanted)) * 2 + 1
        grid = np.arange(taps) - taps // 2
        kernel = np.sinc(grid * 0.94 * wanted / rate) * np.hamming(taps)
        samples = np.convolve(samples, kernel / kernel.sum(), mode="same")
    places = np.arange(int(len(samples) * wanted / rate)) * (rate / wanted)
    return np.interp(places, np.arange(len(samples)), samples)


def dithered(samples: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return samples with a whisper of noise: exact silence makes the recogniser's features meaningless."""
    return samples + chance.normal(0.0, _DITHER, len(samples))


def read_wav(content: bytes, limit: float | None = LONGEST_SECONDS) -> Audio:
    """Return the sound in a WAV file, whatever its rate, width and channels.

    Own reader: Python's refuses the extensible form that common tools write.

    Args:
        limit: seconds above which it is refused, None for any length.

    Raises:
        BadAudio: no WAV file, another codec, cut off before any sound, too long.
    """
    form, data = _chunks(content)
    if len(form) < 16:
        raise BadAudio("not_wav", "the header says nothing about the sound")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind == _EXTENSIBLE and len(form) >= 26:
        kind = struct.unpack_from("<H", form, 24)[0]
    if kind not in (_PCM, _FLOAT) or (kind, bits) not in {
        (_PCM, 8),
        (_PCM, 16),
        (_PCM, 24),
        (_PCM, 32),
        (_FLOAT, 32),
        (_FLOAT, 64),
    }:
        raise BadAudio("codec", f"format {kind} with {bits} bits is not read")
    if not 1 <= channels <= 8 or rate not in _RATES:
        raise BadAudio("not_wav", f"{channels} channels at {rate} samples a second")
    frame = channels * bits // 8
    data = data[: len(data) // frame * frame]
    if limit is not None and len(data) / frame / rate > limit:
        raise BadAudio("too_long", "the recording is too long")
    samples = _numbers(data, kind, bits).reshape(-1, channels).mean(axis=1)
    return Audio(to_pcm(samples), rate)


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """Return the description and the sound of a WAV file. A length that lies is cut to what is there."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadAudio("not_wav" if content else "no_sound", "no WAV file")
    form, place = b"", 12
    while place + 8 <= len(content):
        name, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + length]
        if name == b"fmt ":
            form = body[:64]
        if name == b"data":
            return form, body
        place += 8 + length + length % 2
    raise BadAudio("no_sound", "there is no sound in the file")


def _numbers(data: bytes, kind: int, bits: int) -> np.ndarray:
    if kind == _FLOAT:
        numbers = np.nan_to_num(np.frombuffer(data, dtype=f"<f{bits // 8}").astype(np.float64))
        return np.clip(numbers, -1.0, 1.0) * 32_767
    if bits == 8:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float64) - 128) * 256
    if bits == 24:
        bytes_ = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
        return bytes_[:, 1].astype(np.float64) + bytes_[:, 2].view(np.int8).astype(np.float64) * 256
    return np.frombuffer(data, dtype=f"<i{bits // 8}").astype(np.float64) / 2 ** (bits - 16)
