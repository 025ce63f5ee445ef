"""One rating from several draws of the same judgement."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from interviewer.domain import Rating
from interviewer.rating.evidence import unrated

FAR_APART = 2  # levels between two draws from which on none of them can be relied on


def agreed(draws: Sequence[Rating]) -> Rating:
    """The draw at the median level, the lower one of two in the middle, with the mean of all levels as its expected level.

    *Unrated* where two draws lie two levels apart, and where half of them and more have no level. The draws, at least one, are
    ratings of one criterion whose evidence has been checked.
    """
    if len(draws) == 1:
        return draws[0]
    rated = sorted((d for d in draws if d.level is not None), key=lambda d: d.level or 0)
    if 2 * len(rated) <= len(draws):
        return next(d for d in draws if d.level is None)
    levels = tuple(d.level for d in rated if d.level is not None)
    median = rated[(len(rated) - 1) // 2].model_copy(update={"draws": levels, "expected": round(statistics.fmean(levels), 2)})
    if levels[-1] - levels[0] >= FAR_APART:
        return unrated(
            median, f"Asked {len(draws)} times, the rater gave levels from {levels[0]} to {levels[-1]}: too far apart to rely on."
        )
    return median
