"""What a figure could as well have been: draws of whole clusters, tests of a difference with Holm's levels, and the drop that is seen.

Nothing here knows what a figure is of. A figure is a function of sums: each cluster has a row of k sums, and a draw of clusters with
replacement is a weighting of these rows, so that all draws of a figure are one product of matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Figure = Callable[[Array], Array]  # sums (..., k) to figures (...), nan where there is none; the same for any multiple of the sums

ALPHA = 0.05
FEWEST = 5  # clusters; with fewer, chance alone repeats any pattern of theirs more often than the levels used here
POWER = 0.8
TRIES = 300  # simulated runs for each drop that is tried


class Draws(NamedTuple):
    """How often each cluster was drawn (draws x clusters), and how much further out than the draw itself its figure is taken."""

    weights: Array
    stretch: Array


@lru_cache(maxsize=8)
def drawn(clusters: int, draws: int, seed: int) -> Draws:
    """As many clusters as there are, with replacement, `draws` times; the same ones for the same arguments.

    `stretch` makes of a normal deviation one of Student's t with clusters - 1 degrees of freedom: without it intervals from few
    clusters are too narrow, the more so the further out they are cut. It is 1 where there is one cluster, which has no deviation.
    """
    dice = np.random.default_rng([seed, clusters])
    picked = dice.integers(clusters, size=(draws, clusters)) + clusters * np.arange(draws)[:, None]
    weights = np.bincount(picked.ravel(), minlength=draws * clusters).reshape(draws, clusters).astype(np.float64)
    stretch = np.sqrt(clusters / dice.chisquare(clusters - 1, draws)) if clusters > 1 else np.ones(draws)
    return Draws(weights, stretch)


def spread(figures: Array, figure: float, draws: Draws) -> Array:
    """The draws of a figure, stretched about the figure itself and in ascending order; those without a value are left out."""
    taken = figure + (figures - figure) * draws.stretch
    return np.sort(np.round(taken[~np.isnan(taken)], 12))


# --------------------------------------------------------------------------- two one-sided tests of a difference


class Comparison(NamedTuple):
    """A difference in goodness with its draws in ascending order, and the drop that is accepted."""

    difference: float
    draws: Array
    margin: float = 0.0
    identical: bool = False  # nothing differs on any case

    @property
    def edge(self) -> float:
        return round(-self.margin, 12)

    @property
    def chance_of_no_drop(self) -> float:
        """The p of "at least -margin": small where the figure has dropped by more than the margin."""
        return self._smoothed(len(self.draws) - int(np.searchsorted(self.draws, self.edge, "left")))

    @property
    def chance_of_a_drop(self) -> float:
        """The p of "at most -margin": small where the figure has not dropped by as much as the margin. 0 where nothing differs."""
        return 0.0 if self.identical else self._smoothed(int(np.searchsorted(self.draws, self.edge, "right")))

    def _smoothed(self, beyond: int) -> float:
        return (beyond + 1) / (len(self.draws) + 1)

    def low(self, level: float) -> float | None:
        """The lower one-sided bound: above the edge if and only if `chance_of_a_drop` is at most `level`. None from too few draws."""
        place = self._place(level)
        return None if place < 0 else float(self.draws[place])

    def high(self, level: float) -> float | None:
        """The upper one-sided bound: below the edge if and only if `chance_of_no_drop` is at most `level`. None from too few draws."""
        place = self._place(level)
        return None if place < 0 else float(self.draws[-1 - place])

    def _place(self, level: float) -> int:
        return math.floor(level * (len(self.draws) + 1) * (1 + 1e-12)) - 1


def compared(now: Array, before: Array, goodness: Figure, draws: Draws) -> Comparison:
    """The difference of two runs on the same clusters (clusters x k each), which are drawn together; its margin is set by who knows it."""
    apart = _at(goodness, now.sum(0)) - _at(goodness, before.sum(0))
    if np.array_equal(now, before):
        return Comparison(apart, np.zeros(len(draws.weights)))
    sums = draws.weights @ np.hstack([now, before])
    return Comparison(apart, spread(goodness(sums[:, : now.shape[1]]) - goodness(sums[:, now.shape[1] :]), apart, draws))


def holm(chances: Sequence[float], alpha: float = ALPHA) -> list[float]:
    """The level at which Holm's step-down tests each hypothesis, in the order given: it is rejected where its p is at most this.

    What is not rejected gets the level at which the steps stopped, so that level and p alone say what was rejected.
    """
    levels, going = [0.0] * len(chances), True
    level = alpha
    for step, n in enumerate(sorted(range(len(chances)), key=lambda n: chances[n])):
        if going:
            level = alpha / (len(chances) - step)
            going = chances[n] <= level * (1 + 1e-12)
        levels[n] = level
    return levels


# --------------------------------------------------------------------------- the smallest drop that is seen


class Trial(NamedTuple):
    """What a drop is tried on: each row's terms before (rows x k) and when it is hit, and by how much these moved by chance.

    `noise` and `noise_hit` are the terms' differences between two runs, about their mean: as they are, and with the row hit in both;
    `moved` counts the clusters in which anything differed. `better` turns the figure into goodness, as in a metric.
    """

    before: Array
    hit: Array
    noise: Array
    noise_hit: Array
    moved: int
    cluster: NDArray[np.intp]
    figure: Figure
    better: str
    margin: float

    def drop(self, share: float) -> float:
        """The drop in goodness where this share of the rows, from 0 to 1, is hit; nan where the figure has no value then."""
        whole, hit = self.before.sum(0), self.hit.sum(0)
        return _signed(self.better, _at(self.figure, whole)) - _signed(self.better, _at(self.figure, (1 - share) * whole + share * hit))

    def share(self, drop: float) -> float:
        """The share of rows to hit for this drop. ValueError where hitting every row would not make it so large."""
        if not self.drop(1.0) >= drop:
            raise ValueError(f"a drop of {drop:.3f} cannot be made on these cases: at most {self.drop(1.0):.3f}")
        return _halved(lambda share: self.drop(share) >= drop)


def least(trial: Trial, level: float, seed: int = 1) -> float | None:
    """The smallest drop in goodness that is found to be larger than the margin 8 times in 10, one-sided at `level`.

    The model of a drop: each row is hit independently of the others and then loses one step, on top of noise as large as that seen
    between the two runs, as far as so many clusters can tell how large that is; a hit row keeps what of it still shows. Each of 300
    simulated runs has its own standard error and skewness from its clusters, and its p from these in place of draws. None where even
    every row hit would not be found so often.
    """
    clusters = len(np.unique(trial.cluster))
    if clusters < FEWEST or not trial.drop(1.0) > trial.margin:
        return None
    order = np.argsort(trial.cluster, kind="stable")
    in_order = trial._replace(**{name: getattr(trial, name)[order] for name in ("before", "hit", "noise", "noise_hit", "cluster")})
    dice = np.random.default_rng(seed)
    luck, signs = dice.random((TRIES, len(order))), dice.choice([-1.0, 1.0], (TRIES, clusters))
    if trial.moved:
        signs *= np.sqrt(trial.moved / dice.chisquare(trial.moved + 2, (TRIES, 1)))  # + 2: as large on average as what was seen

    def is_seen(share: float) -> bool:
        return float(np.mean(_chances(in_order, luck < share, signs) <= level)) >= POWER

    return trial.drop(_halved(is_seen)) if is_seen(1.0) else None


def _halved(enough: Callable[[float], bool], steps: int = 12) -> float:
    """The smallest share from 0 to 1 that is enough, where 1 is."""
    low, high = 0.0, 1.0
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _chances(trial: Trial, hits: NDArray[np.bool_], signs: Array) -> Array:
    """The p of "no drop beyond the margin" in each simulated run (runs); rows are in the order of their clusters.

    `hits` are runs x rows, `signs` of the noise runs x clusters. A figure that is best at zero was on one side of it or on the other
    before: a draw counts that is within the margin on either.
    """
    starts = np.flatnonzero(np.diff(trial.cluster, prepend=-1))
    before = np.add.reduceat(trial.before, starts, axis=0)
    now = before + signs[..., None] * np.add.reduceat(trial.noise, starts, axis=0)
    for k in range(now.shape[-1]):
        now[..., k] += _summed(hits, (trial.hit - trial.before)[:, k], starts)
        now[..., k] += signs * _summed(hits, (trial.noise_hit - trial.noise)[:, k], starts)
    whole, was_whole = np.einsum("rck->rk", now), before.sum(0)
    figure_now, figure_before = trial.figure(whole), _at(trial.figure, was_whole)
    pull_now, pull_before = np.einsum("rck,rk->rc", now, _slope(trial.figure, whole)), before @ _slope(trial.figure, was_whole)
    side = np.where(figure_now < 0, 1.0, -1.0) if trial.better == "zero" else np.full(len(now), 1.0 if trial.better == "higher" else -1.0)
    chance = np.zeros(len(now))
    for was in (1.0, -1.0) if trial.better == "zero" else (-side[0],):
        apart = side * figure_now + was * figure_before
        chance += _beyond(-trial.margin - apart, side[:, None] * pull_now + was * pull_before)
    return chance


def _summed(hits: NDArray[np.bool_], of_rows: Array, starts: NDArray[np.intp]) -> Array | float:
    """The sums over each cluster's rows that are hit (runs x clusters)."""
    return np.add.reduceat(hits * of_rows, starts, axis=1) if of_rows.any() else 0.0


def _beyond(distance: Array, pulls: Array) -> Array:
    """The share of draws that would lie further up than `distance` (runs), from what each cluster adds to the figure (runs x clusters).

    Student's t is brought to a normal deviation (Wallace's approximation), and that one corrected for skewness as
    Wilson and Hilferty do, which has no draw beyond where a skewed sum of few ends.
    """
    clusters = pulls.shape[1]
    pulls = pulls - pulls.mean(1, keepdims=True)
    squares = pulls * pulls
    variance = np.maximum(squares.sum(1), 1e-30)
    skew = np.einsum("rc,rc->r", squares, pulls) / variance**1.5
    freedom = clusters - 1
    t = distance / np.sqrt(variance * clusters / freedom)
    z = np.sign(t) * (8 * freedom + 1) / (8 * freedom + 3) * np.sqrt(freedom * np.log1p(t**2 / freedom))
    skew = np.where(np.abs(skew) < 1e-6, 1e-6, skew)
    cube = np.cbrt(np.maximum(0.0, 1 + skew * z / 2))
    z = np.where((cube == 0) & (skew < 0), np.inf, (cube - 1) * 6 / skew + skew / 6)
    return np.array([math.erfc(x / math.sqrt(2)) / 2 for x in z])


def _slope(figure: Figure, sums: Array) -> Array:
    """By how much a figure rises with each of its sums: (..., k) for sums (..., k)."""
    slopes = np.empty_like(sums)
    for k in range(sums.shape[-1]):
        step = np.zeros_like(sums)
        step[..., k] = 1e-4 * (1 + np.abs(sums[..., k]))
        slopes[..., k] = (figure(sums + step) - figure(sums - step)) / (2 * step[..., k])
    return slopes


def _signed(better: str, figure: float) -> float:
    return {"higher": figure, "lower": -figure, "zero": -abs(figure)}[better]


def _at(figure: Figure, sums: Array) -> float:
    return float(figure(sums[None])[0])
