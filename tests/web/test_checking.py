"""What the microphone check says of a level and of what was understood."""

from __future__ import annotations

import numpy as np
import pytest

from interviewer.speech.audio import RATE
from interviewer.web.aloud.checking import advice, loudness, understood


def test_loudness_is_that_of_the_loud_parts_below_full_scale() -> None:
    tone = np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE).astype(np.float32)
    assert loudness(tone) == pytest.approx(-3.0, abs=0.2)
    assert loudness(0.1 * tone) == pytest.approx(-23.0, abs=0.2)
    half = np.concatenate([0.1 * tone, np.zeros(RATE, np.float32)])
    assert loudness(half) == pytest.approx(-23.0, abs=0.3)
    assert loudness(np.zeros(RATE, np.float32)) == -100
    assert loudness(np.empty(0, np.float32)) == -100


@pytest.mark.parametrize(
    ("heard", "share"),
    [("I looked at recall.", 1.0), ("i looked at recall", 1.0), ("looked recall", 0.5), ("recall at looked I", 0.25), ("", 0.0)],
)
def test_understood_is_the_share_of_words_heard_in_their_order(heard: str, share: float) -> None:
    assert understood("I looked at recall.", heard) == share


@pytest.mark.parametrize(
    ("level", "share", "says"),
    [(-80, 0, "No sound"), (-45, 0.9, "very quiet"), (-0.2, 0.9, "too loud"), (-20, 0.9, "heard well"), (-20, 0.3, "noise around you")],
)
def test_each_fault_has_its_advice(level: float, share: float, says: str) -> None:
    assert says in advice(level, share, 0.9)


def test_lost_sound_comes_before_every_other_fault() -> None:
    assert advice(-80, 0, 6.2).startswith("About 6 s of the sound were lost")
