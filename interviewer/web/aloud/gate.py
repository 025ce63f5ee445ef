"""Keeps the interviewer's own voice out of the answer: while it plays, sound passes only once the candidate talks over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from interviewer.speech.activity import FRAME, FRAME_S, VoiceActivity
from interviewer.speech.audio import RATE, Samples

SPOKEN_OVER_S = 0.35  # of speech in a row that is an interruption, and no cough
_KEPT_S = 1.2  # of what came before it, which is the beginning of the answer
_SURE = 0.6
_ONSET = 1  # frames before the first that is surely speech: the first sound of a word is known late
_NOTHING = np.empty(0, np.float32)


class Listener(Protocol):
    """Says of each 32 ms how likely it is speech."""

    def feed(self, samples: Samples) -> Sequence[float]:
        """The probabilities of what is now complete."""


class Gate:
    """Open at first. Closed, it holds sound back and listens for the candidate."""

    def __init__(self, listener: Callable[[], Listener] = VoiceActivity) -> None:
        self._listener = listener
        self._closed = False
        self._held: list[Samples] = []
        self._activity: Listener | None = None
        self._in_a_row = 0  # frames of speech up to now
        self._rest = 0  # samples after the last whole frame

    def close(self) -> None:
        """The interviewer's voice begins to play."""
        if not self._closed:
            self._closed, self._held, self._in_a_row, self._rest, self._activity = True, [], 0, 0, self._listener()

    def open(self) -> Samples:
        """It has played out. What was held back was not for us, save speech that goes on: who answers fast has begun already."""
        running = (self._in_a_row + _ONSET) * FRAME + self._rest if self._in_a_row else 0
        began: Samples = np.concatenate(self._held)[-running:] if running else _NOTHING
        self._closed, self._held, self._in_a_row, self._activity = False, [], 0, None
        return began

    def pass_on(self, samples: Samples) -> tuple[Samples, bool]:
        """The sound that may be heard, and whether the candidate has just interrupted."""
        if self._activity is None:
            return samples, False
        self._held.append(samples)
        self._rest = (self._rest + len(samples)) % FRAME
        for probability in self._activity.feed(samples):
            self._in_a_row = self._in_a_row + 1 if probability >= _SURE else 0
            if self._in_a_row * FRAME_S >= SPOKEN_OVER_S:
                kept: Samples = np.concatenate(self._held)[-int(_KEPT_S * RATE) :]
                self.open()
                return kept, True
        while sum(map(len, self._held[1:])) > _KEPT_S * RATE:
            self._held.pop(0)
        return _NOTHING, False
