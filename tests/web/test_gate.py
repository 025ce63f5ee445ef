"""While the interviewer's voice plays, sound passes only once the candidate talks over it; what the candidate began with is not lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from interviewer.speech.activity import spans
from interviewer.speech.audio import RATE, Samples, read_audio
from interviewer.web.aloud.gate import Gate
from tests.speech.ears import ONE, needs_silero, quiet

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
    gate.pass_on(sound(1, 0.1))
    assert len(gate.open()) == 0
    passed, interrupts = gate.pass_on(sound(2, 0.2))
    assert (len(passed), interrupts) == (2 * FRAME, False)


def test_who_begins_just_before_the_voice_has_played_out_is_heard_from_the_first_word() -> None:
    gate = Gate(Loud)
    gate.close()
    gate.pass_on(sound(20, 0.1))
    gate.pass_on(sound(5, 0.9))
    began = gate.open()
    assert (began == np.float32(0.9)).sum() == 5 * FRAME, "all that was said"
    assert len(began) <= 6 * FRAME, "and hardly more"
    assert len(gate.pass_on(sound(2, 0.9))[0]) == 2 * FRAME
    assert len(gate.open()) == 0, "and it is passed once"


@needs_silero
@pytest.mark.parametrize("before_s", [0.1, 0.2, 0.3])
def test_no_first_word_is_lost_to_the_end_of_the_interviewers(before_s: float) -> None:
    spoken = read_audio(ONE)
    (first, _), *_ = spans(spoken)
    stream = np.concatenate([quiet(1.0), spoken[round(first * RATE) :]])
    played_at = RATE + round(before_s * RATE)
    gate = Gate()
    gate.close()
    passed = 0
    for at in range(0, len(stream), 683):  # as it comes from a browser
        if at <= played_at < at + 683:
            passed += len(gate.open())
        passed += len(gate.pass_on(stream[at : at + 683])[0])
    assert len(stream) - RATE - passed < 0.1 * RATE
