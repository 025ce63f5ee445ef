"""Where somebody speaks: silero's voice activity detection on this machine's processor, 32 ms at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from interviewer.embedding.weights import Carried, verified
from interviewer.speech.audio import RATE, Samples

if TYPE_CHECKING:
    import onnxruntime

# The form that takes many frames in one run: the same numbers to the last bit as frame by frame, and a third of the time.
SILERO = Carried("silero_vad", "data/silero_vad_16k_sequence.onnx", "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85")
FRAME = 512  # samples
FRAME_S = FRAME / RATE

_CONTEXT = 64  # samples of the frame before that the network reads again
_BLOCK = 512  # frames of one run: more need more memory and are no faster
_ON, _OFF = 0.5, 0.35  # speech begins at the first and ends below the second, as its authors have it
_GAP = 6  # frames (0.19 s): a shorter one lies within a word or between two of one breath
_SHORTEST = 6  # frames: less is a click or a cough; "no" takes 8 and more
_PAD = 1  # frames before and after: the first sound of a word is known late

_loading = Lock()


class VoiceActivity:
    """The probability of speech in a stream. One for each listener, used by one thread; the network is shared."""

    def __init__(self) -> None:
        """Loads nothing yet."""
        self._held = np.empty(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._hidden, self._cell = (np.zeros((1, 1, 128), np.float32) for _ in range(2))

    def feed(self, samples: Samples) -> Sequence[float]:
        """The probability of speech, 0 to 1, in each 32 ms that are now complete; what is left over counts with the next samples.

        Raises SetupError, at the first call, where the weights are missing or are not the published ones.
        """
        sound = np.concatenate([self._held, samples])
        count = len(sound) // FRAME
        frames, self._held = sound[: count * FRAME].reshape(count, FRAME), sound[count * FRAME :]
        found: list[float] = []
        for at in range(0, count, _BLOCK):
            found += self._run(frames[at : at + _BLOCK])
        return found

    def _run(self, frames: Samples) -> list[float]:
        """Probabilities of frames (n, 512), each read together with the end of the one before it."""
        before = np.concatenate([self._context[None], frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:].copy()
        feed = {"input": np.concatenate([before, frames], axis=1), "h": self._hidden, "c": self._cell}
        probabilities, self._hidden, self._cell = network().run(["speech_probs", "hn", "cn"], feed)
        return [float(p) for p in probabilities]


class Stretches:
    """Stretches of speech, as frames [first, end), from probabilities as they come."""

    def __init__(self) -> None:
        self.frames = 0
        self._found: list[tuple[int, int]] = []
        self._on = False

    def feed(self, probability: float) -> None:
        """Take one more frame."""
        self._on = probability >= (_OFF if self._on else _ON)
        at, self.frames = self.frames, self.frames + 1
        if not self._on:
            return
        if self._found and at - self._found[-1][1] <= _GAP:
            self._found[-1] = (self._found[-1][0], at + 1)
            return
        if self._found and not _long(self._found[-1]):
            self._found.pop()
        self._found.append((at, at + 1))

    @property
    def count(self) -> int:
        """How many so far are long enough to be speech."""
        return len(self._found) - bool(self._found and not _long(self._found[-1]))

    @property
    def last(self) -> tuple[int, int] | None:
        """The latest of them; it may still go on."""
        return self._found[self.count - 1] if self.count else None

    @property
    def perhaps(self) -> bool:
        """Whether a sound goes on that is not long enough yet, and may become speech."""
        return bool(self._found) and not _long(self._found[-1]) and self.frames - self._found[-1][1] <= _GAP

    def after(self, frame: int) -> tuple[int, int] | None:
        """The first of them that ends after a frame."""
        at = bisect_right(self._found, frame, hi=self.count, key=lambda stretch: stretch[1])
        return self._found[at] if at < self.count else None

    def seconds(self) -> tuple[tuple[float, float], ...]:
        """All of them in seconds from the start, a little wider on both sides."""
        wide = ((max(0, first - _PAD), min(self.frames, end + _PAD)) for first, end in self._found[: self.count])
        return tuple((round(first * FRAME_S, 3), round(end * FRAME_S, 3)) for first, end in wide)


def _long(stretch: tuple[int, int]) -> bool:
    return stretch[1] - stretch[0] >= _SHORTEST


def stretches(probabilities: Iterable[float]) -> Stretches:
    """The stretches of speech of a whole recording."""
    found = Stretches()
    for probability in probabilities:
        found.feed(probability)
    return found


def spans(samples: Samples) -> tuple[tuple[float, float], ...]:
    """Stretches of speech in a whole recording, in seconds, in order. Raises SetupError where the weights can't be used."""
    return stretches(probabilities_of(samples)).seconds()


def probabilities_of(samples: Samples) -> Sequence[float]:
    """The probability of speech in each 32 ms of a whole recording, its last frame filled up with silence. Raises SetupError."""
    return VoiceActivity().feed(np.concatenate([samples, np.zeros(-len(samples) % FRAME, np.float32)]))


def network() -> onnxruntime.InferenceSession:
    """The network, loaded at first use and then shared by all threads. Raises SetupError where the weights can't be used."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> onnxruntime.InferenceSession:
    from interviewer.speech.sessions import session

    return session(verified(SILERO, None))
