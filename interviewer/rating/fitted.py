"""The embedded rater's constants: printed by `benchmarks/fit_embedded_rater.py`, fitted and not guessed.

`examples` and `anchors` are fitted to the pack's own exemplars, `reference` to graded answers of Short Answer Feedback (Filighera et al.
2022, MIT licence); nothing of those answers is in here but these three numbers. They hold for the encoder they were fitted with.
"""

from __future__ import annotations

from typing import NamedTuple

VERSION = "embedded-1"


class Near(NamedTuple):
    """A sentence is near a common mistake from cosine + words * (share of the mistake's own words that it uses) >= cut."""

    words: float
    cut: float


class Head(NamedTuple):
    """share = 1 / (1 + exp(-(bias + lift * lift + words * words + contrast * contrast))): 0 nothing is met, 1 all is."""

    bias: float
    lift: float
    words: float
    contrast: float = 0.0


HEADS = {
    "examples": Head(-2.860, 7.243, 10.192, 2.643),
    "anchors": Head(-1.818, 3.354, 9.632, 1.418),
    "reference": Head(-0.559, 8.465, 4.889),
}
MISTAKE = Near(words=0.8, cut=0.75)
NEAR = 0.37  # cosine from which on a key point counts as met: 71 % in strong answers, 18 % in answers to other items
