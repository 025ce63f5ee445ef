"""Where somebody speaks, and where a long answer is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from interviewer.speech.activity import FRAME, FRAME_S, VoiceActivity, probabilities_of, spans, stretches
from interviewer.speech.audio import RATE, Samples, read_audio
from interviewer.speech.pieces import Pieces, cut
from tests.speech.ears import ONE, PAUSE, needs_silero, noise, quiet

STEPS = np.arange(5 * RATE) / RATE
HUM: Samples = (0.2 * np.sign(np.sin(2 * np.pi * 50 * STEPS))).astype(np.float32)
TONE: Samples = (0.3 * np.sin(2 * np.pi * 440 * STEPS)).astype(np.float32)
CLICKS: Samples = (0.8 * (np.random.default_rng(1).random(5 * RATE) < 2e-4)).astype(np.float32)


def frames(seconds: float, probability: float) -> list[float]:
    return [probability] * round(seconds / FRAME_S)


def said(*seconds: float) -> list[float]:
    """Probabilities of so much speech, then silence, then speech, and so on."""
    return [p for turn, length in enumerate(seconds) for p in frames(length, 0.02 if turn % 2 else 0.98)]


@needs_silero
@pytest.mark.parametrize(
    "sound", [quiet(5), noise(5), noise(5, 0.003), HUM, TONE, CLICKS], ids=["quiet", "loud", "soft", "hum", "tone", "clicks"]
)
def test_silence_noise_and_machines_are_no_speech(sound: Samples) -> None:
    assert spans(sound) == ()


@needs_silero
def test_speech_is_found_where_it_is() -> None:
    ((first, end),) = spans(read_audio(ONE))
    assert first == pytest.approx(0.55, abs=0.1) and end == pytest.approx(3.15, abs=0.15)


@needs_silero
def test_a_pause_parts_two_stretches() -> None:
    (_, before), (after, _) = spans(read_audio(PAUSE))
    assert after - before == pytest.approx(1.6, abs=0.25)


@needs_silero
def test_a_stream_is_told_the_same_however_it_is_cut() -> None:
    samples, streaming = read_audio(ONE), VoiceActivity()
    told = [p for at in range(0, len(samples), 777) for p in streaming.feed(samples[at : at + 777])]
    assert told == pytest.approx(list(probabilities_of(samples))[: len(told)], abs=1e-4)
    assert len(told) == len(samples) // FRAME


def test_a_click_is_no_stretch_and_a_gap_within_a_word_parts_none() -> None:
    found = stretches(said(0.1, 1, 0.5, 0.1, 0.5, 1))
    ((first, end),) = found.seconds()
    assert first == pytest.approx(1.1, abs=0.1) and end == pytest.approx(2.2, abs=0.1)


def test_a_sound_that_goes_on_may_become_speech_until_it_stops() -> None:
    found = stretches(said(1, 1, 0.1))
    assert found.perhaps and found.count == 1
    for probability in frames(0.3, 0.02):
        found.feed(probability)
    assert not found.perhaps and found.count == 1


def test_speech_ends_lower_than_it_begins() -> None:
    assert stretches([*frames(0.5, 0.45)]).count == 0
    ((first, end),) = stretches([*frames(0.5, 0.9), *frames(0.5, 0.45), *frames(1, 0.1)]).seconds()
    assert end - first == pytest.approx(1, abs=0.1)


def lengths(probabilities: list[float]) -> list[float]:
    return [round((piece.end - piece.first) * FRAME_S, 1) for piece in cut(probabilities)]


@pytest.mark.parametrize(
    ("seconds", "pieces"),
    [
        ((3, 0.6, 3), [6.6]),  # too short for a cut at half a second
        ((6, 0.6, 3), [6.2, 3.3]),
        ((6, 0.4, 3), [9.5]),  # too short a pause
        ((11, 0.4, 3), [11.2, 3.3]),  # long enough for a short pause
        ((1, 2.5, 3), [1.2, 3.3]),
        ((1, 5), [1.2]),
        ((), []),
        ((0.1,), []),
    ],
)
def test_an_answer_is_cut_at_pauses(seconds: tuple[float, ...], pieces: list[float]) -> None:
    assert lengths(said(*seconds)) == pytest.approx(pieces, abs=0.25)


def test_without_a_pause_it_is_cut_at_the_quietest_place_before_twenty_seconds() -> None:
    probabilities = [*frames(15, 0.98), *frames(0.16, 0.6), *frames(14.84, 0.98)]
    first, second = cut(probabilities)
    assert first.end * FRAME_S == pytest.approx(15.1, abs=0.1) and second.first == first.end
    assert all(length <= 20.1 for length in lengths(said(100)))


def test_pieces_hold_all_the_speech_and_no_moment_twice() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        probabilities = said(*rng.exponential([2.5, 0.5] * 20))
        pieces = cut(probabilities)
        assert all(a.end <= b.first for a, b in pairwise(pieces))
        held = {frame for piece in pieces for frame in range(piece.first, piece.end)}
        for first, end in stretches(probabilities).seconds():
            inner = range(round(first / FRAME_S) + 1, round(end / FRAME_S) - 1)
            assert held.issuperset(inner)


def test_an_answer_is_cut_the_same_whether_it_comes_at_once_or_frame_by_frame() -> None:
    probabilities = said(6, 0.6, 30, 0.4, 2, 3, 1)
    streaming, closed = Pieces(), []
    for probability in probabilities:
        closed += streaming.feed([probability])
    last = streaming.close()
    assert (*closed, *([last] if last else [])) == cut(probabilities)
    assert streaming.close() is None
