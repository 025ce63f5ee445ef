"""While the interviewer's voice plays, sound passes only once the candidate talks over it; what the candidate began with is not lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interviewer.speech.audio import RATE, Samples
from interviewer.web.aloud.gate import Gate

FRAME = 512


class Loud:
    """Takes a frame for speech where it is loud."""

    def feed(self, samples: Samples) -> Sequence[float]:
        return [float(np.abs(frame).max() > 0.5) for frame in samples.reshape(-1, FRAME)]


def sound(frames: int, level: float) -> Samples:
    return np.full(frames * FRAME, level, np.float32)


def test_an_open_gate_lets_everything_through() -> None:
    gate = Gate(Loud)
    passed, interrupts = gate.pass_on(sound(3, 0.1))
    assert (len(passed), interrupts) == (3 * FRAME, False)


def test_a_closed_gate_holds_back_what_is_no_speech_and_a_cough() -> None:
    gate = Gate(Loud)
    gate.close()
    for level in (0.1, 0.9, 0.1, 0.9, 0.1):
        passed, interrupts = gate.pass_on(sound(5, level))
        assert (len(passed), interrupts) == (0, False)


def test_speech_in_a_row_opens_it_with_what_came_before() -> None:
    gate = Gate(Loud)
    gate.close()
    gate.pass_on(sound(100, 0.1))
    gate.pass_on(sound(6, 0.9))
    passed, interrupts = gate.pass_on(sound(6, 0.9))
    assert interrupts
    assert 12 * FRAME <= len(passed) <= 1.2 * RATE
    assert (passed[-12 * FRAME :] == np.float32(0.9)).all()
    assert len(gate.pass_on(sound(2, 0.1))[0]) == 2 * FRAME, "and it stays open"


def test_once_the_voice_has_played_out_nothing_that_was_held_back_is_passed() -> None:
    gate = Gate(Loud)
    gate.close()
    gate.pass_on(sound(4, 0.9))
    gate.open()
    passed, interrupts = gate.pass_on(sound(2, 0.2))
    assert (len(passed), interrupts) == (2 * FRAME, False)
