"""How sure the embedded rater is of its levels."""

from __future__ import annotations

import math

from interviewer.domain import Item, ItemRating, Likely
from interviewer.rating.features import targets
from interviewer.rating.fitted import fitted


def likely_levels(item: Item, rating: ItemRating) -> dict[str, Likely]:
    """For each criterion that the embedded rater rated by words that it quotes the likely levels.

    None for what a model or other weights rated, and none off the scale, which an update of the pack may have made shorter.
    """
    if rating.rater != "embedded" or not rating.model.startswith(f"{fitted().version}/"):
        return {}
    there = {c.id: c for c in item.criteria}
    sure = {r.criterion: r.expected for r in rating.ratings if r.expected is not None and r.evidence and r.criterion in there}
    return {c: around(e, fitted().heads[targets(there[c]).mode].spread, item.top) for c, e in sure.items() if 1 <= e <= item.top}


def around(expected: float, spread: float, top: int) -> Likely:
    """The levels near the expected one on the scale from 1 to `top`, the nearest in any case.

    In the middle of the scale they go as far as `spread`, a share of it, and half as far at its ends: the rater is surest of what is
    plainly there or plainly not.
    """
    share = (expected - 1) / (top - 1)
    off = spread * (top - 1) * max(0.5, 2 * math.sqrt(share * (1 - share)))
    nearest = math.floor(expected + 0.5)
    return Likely(max(1, min(nearest, math.ceil(expected - off))), min(top, max(nearest, math.floor(expected + off))))
