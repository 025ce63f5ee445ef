"""Intervals by resampling clusters: answers on one item, or questions on one note, are not independent of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

DRAWS = 2_000


def interval(clusters: Sequence[str], measure: Callable[[Sequence[int]], float], draws: int = DRAWS, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of `measure`, which is given row numbers, by drawing whole clusters with replacement.

    Draws on which the measure has no value (nan) are left out.
    """
    names = sorted(set(clusters))
    rows = {name: [n for n, c in enumerate(clusters) if c == name] for name in names}
    dice = np.random.default_rng(seed)
    values = [measure([r for i in dice.integers(len(names), size=len(names)) for r in rows[names[i]]]) for _ in range(draws)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def shown(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.2f} to {bounds[1]:.2f}"
