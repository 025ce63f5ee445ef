"""The embedded rater's weights: read from `fitted.json`, which `benchmarks/fit_embedded_rater.py` writes; see CARD.md beside it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from interviewer.domain import Frozen

_FILE = Path(__file__).with_name("fitted.json")


class Head(Frozen):
    """share = 1 / (1 + exp(-(bias + the sum of slope * feature))): 0 nothing is met, 1 all is.

    `spread`, a share of the scale, is how far the likely levels go at most: they hold the readers' level on four in five of the answers
    to questions that were not fitted to.
    """

    bias: float
    spread: float
    slopes: dict[str, float]


class Near(Frozen):
    """A sentence is near a common mistake from cosine + words * (share of the mistake's own words that it uses) >= cut."""

    words: float
    cut: float


class Fitted(Frozen):
    """All that was fitted, and the encoder that it holds for. From the cosine `near` on a key point counts as met."""

    version: str
    encoder: str
    heads: dict[str, Head]
    near: float
    mistake: Near


@cache
def fitted() -> Fitted:
    """The weights that ship."""
    return Fitted.model_validate(json.loads(_FILE.read_text(encoding="utf-8")))
