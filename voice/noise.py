"""Taking steady noise out of speech, where there is enough of it to harm."""

from __future__ import annotations

import numpy as np

from voice.audio import RATE

GATE_DB = 18.0
"""Speech that stands out of the noise by more than this is left as it is: the filter would harm it."""
BEFORE_SECONDS = 0.24
"""How much of what came before the speech tells what the noise is like."""
_WINDOW, _STEP = 512, 128
_FLOOR = 0.12
_OVER = 1.6
"""How much more than the noise is taken out."""
_SMOOTH = 0.5


def level_db(samples: np.ndarray) -> float:
    """Return how loud samples are."""
    return (
        10 * float(np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-3)) if len(samples) else -30.0
    )


def snr_db(noise: np.ndarray, speech: np.ndarray) -> float:
    """Return by how much the louder half of the speech stands out of the noise."""
    frames = len(speech) // 320
    if not frames or not len(noise):
        return 99.0
    levels = np.sort([level_db(speech[i * 320 : (i + 1) * 320]) for i in range(frames)])
    return float(np.mean(levels[frames // 2 :])) - level_db(noise)


class NoiseFilter:
    """A Wiener filter that is fed sound bit by bit."""

    def __init__(self, noise: np.ndarray) -> None:
        self._shape = np.hanning(_WINDOW + 1)[:-1]
        spectra = [
            np.abs(np.fft.rfft(noise[i : i + _WINDOW] * self._shape)) ** 2
            for i in range(0, max(1, len(noise) - _WINDOW + 1), _STEP)
            if len(noise) >= _WINDOW
        ]
        self._noise = np.mean(spectra, axis=0) if spectra else np.zeros(_WINDOW // 2 + 1)
        self._waiting = np.zeros(_WINDOW - _STEP)
        self._tail = np.zeros(_WINDOW)
        self._gain = np.ones(_WINDOW // 2 + 1)
        # Overlapping windows add up to this; dividing by it gives the sound its own loudness again.
        self._sum = float(np.sum(self._shape**2)) / _STEP

    def clean(self, samples: np.ndarray) -> np.ndarray:
        """Return the next bit of sound without the noise, as long as what came in, a little later."""
        sound = np.concatenate([self._waiting, samples])
        made = []
        place = 0
        while place + _WINDOW <= len(sound):
            spectrum = np.fft.rfft(sound[place : place + _WINDOW] * self._shape)
            power = np.abs(spectrum) ** 2 + 1e-9
            gain = np.maximum(_FLOOR, 1 - _OVER * self._noise / power)
            self._gain = _SMOOTH * self._gain + (1 - _SMOOTH) * gain
            self._tail += np.fft.irfft(spectrum * self._gain) * self._shape / self._sum
            made.append(self._tail[:_STEP].copy())
            self._tail = np.concatenate([self._tail[_STEP:], np.zeros(_STEP)])
            place += _STEP
        self._waiting = sound[place:]
        return np.concatenate(made) if made else np.zeros(0)


def seconds(count: float) -> int:
    """Return how many samples some seconds are."""
    return int(count * RATE)
