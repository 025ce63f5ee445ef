"""Figures over rows: what each is made of, its interval, what a worse one would look like, and how a rater agrees with readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.resampled import Array, drawn, spread
from evals.values import Agreement, Band, Metric, Row, Statistic

DRAWS = 10_000
NEEDS_BOTH: tuple[Statistic, ...] = ("qwk", "bias")  # an unscored row is left out of these
Name = Literal["low", "middle", "high"]
BANDS: tuple[tuple[Name, float, float], ...] = (("low", -np.inf, 2.25), ("middle", 2.25, 3.75), ("high", 3.75, np.inf))


class Columns(NamedTuple):
    """Rows as arrays (rows): values and references, nan where there is none, and the number of each row's cluster, from 0."""

    value: Array
    reference: Array
    cluster: NDArray[np.intp]

    @property
    def clusters(self) -> int:
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0


def counted(metric: Metric, rows: Sequence[Row]) -> list[Row]:
    """The rows that a metric is over: those of its measure, and with a reference where levels are compared."""
    return [r for r in rows if r.measure == metric.measure and (metric.statistic == "mean" or r.reference is not None)]


def columns_of(rows: Sequence[Row]) -> Columns:
    number = {name: n for n, name in enumerate(dict.fromkeys(r.cluster for r in rows))}
    return Columns(
        np.array([np.nan if r.value is None else r.value for r in rows], np.float64),
        np.array([np.nan if r.reference is None else r.reference for r in rows], np.float64),
        np.array([number[r.cluster] for r in rows], np.intp),
    )


def level(value: Array) -> Array:
    """The nearest level, the upper one where two are as near."""
    return np.floor(value + 0.5)


def terms(statistic: Statistic, columns: Columns) -> Array:
    """What each row adds to a figure (rows x k): all that a figure needs of its rows is the sum of these.

    k is 5 for `qwk` (count, levels of each side, squared distances, squared levels), and 2 for the others (what is averaged, count).
    """
    value, reference = columns.value, columns.reference
    known = ~np.isnan(value)
    if statistic == "mean":
        return np.stack([np.where(known, value, 0.0), np.ones(len(value))], 1)
    if statistic == "bias":
        return np.stack([np.where(known, value - reference, 0.0), known], 1).astype(np.float64)
    a, b = np.where(known, level(value), 0.0), np.where(known, level(reference), 0.0)
    if statistic == "qwk":
        return np.stack([known, a, b, (a - b) ** 2, a**2 + b**2], 1).astype(np.float64)
    right = known & (np.abs(a - b) <= (1 if statistic == "adjacent" else 0))
    return np.stack([right, np.ones(len(value))], 1).astype(np.float64)


def figure(statistic: Statistic, sums: Array) -> Array:
    """The figure (...) of sums of terms (..., k); nan where it has no value: over no row, or for `qwk` where all levels are the same.

    Quadratic weighted kappa is 1 less the squared distances seen over those of levels paired at random, of which marginal sums say all.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if statistic != "qwk":
            return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)
        n, a, b, apart, squares = np.moveaxis(sums, -1, 0)
        by_chance = squares - 2 * a * b / n
        return np.where((n > 0) & (by_chance > 1e-9 * np.maximum(1.0, np.abs(squares))), 1 - apart / by_chance, np.nan)


def goodness(metric: Metric, sums: Array) -> Array:
    """The figure (...) with its sign so turned that more is better."""
    found = figure(metric.statistic, sums)
    return {"higher": found, "lower": -found, "zero": -np.abs(found)}[metric.better]


def by_cluster(of_rows: Array, cluster: NDArray[np.intp]) -> Array:
    """The sums (clusters x k) of what rows add (rows x k)."""
    return np.stack([np.bincount(cluster, weights=column) for column in of_rows.T], 1)


def value_of(metric: Metric, rows: Sequence[Row]) -> float | None:
    """The figure of a metric over all rows of its measure; rows of other measures may be among them.

    Levels are compared after rounding both sides, halves up; `bias` is of values and references as they are. None where there is
    nothing to compute it from: no row, for `qwk` and `bias` no scored one, for `qwk` one level throughout.
    """
    return in_figures(metric, columns_of(counted(metric, rows)))


def in_figures(metric: Metric, columns: Columns) -> float | None:
    found = float(figure(metric.statistic, terms(metric.statistic, columns).sum(0)))
    return None if np.isnan(found) else found


# --------------------------------------------------------------------------- cases of two runs


class Pairs(NamedTuple):
    """The cases of a metric that are in both runs, in one order and with the clusters that they have now."""

    now: Columns
    before: Columns


def only(columns: Columns, kept: NDArray[np.bool_]) -> Columns:
    """Some of the rows (kept: rows), their clusters numbered anew."""
    return Columns(columns.value[kept], columns.reference[kept], np.unique(columns.cluster[kept], return_inverse=True)[1])


def comparable(metric: Metric, pairs: Pairs) -> Pairs:
    """The cases that a metric can be told on: with a reference where levels are compared, and scored in both where it leaves others out."""
    if metric.statistic == "mean":
        return pairs
    known = np.array([c.reference for c in pairs])
    if metric.statistic in NEEDS_BOTH:
        known = known + np.array([c.value for c in pairs])
    kept = ~np.isnan(known).any(0)
    return pairs if kept.all() else Pairs(*(only(c, kept) for c in pairs))


def identical(metric: Metric, pairs: Pairs) -> bool:
    """Whether no case adds anything else to the figure than it did before."""
    return bool(np.array_equal(terms(metric.statistic, pairs.now), terms(metric.statistic, pairs.before)))


# --------------------------------------------------------------------------- intervals


def interval_of(metric: Metric, columns: Columns, draws: int = DRAWS, seed: int = 1) -> tuple[float | None, float | None]:
    """The 95 % interval of a figure by drawing clusters.

    Shares that are the same in every row have no spread to draw from: they get the exact one-sided bounds for so many clusters, by
    which at most 1 - .05 ** (1 / clusters) of further clusters differ. None where the figure has no value, and where it has no spread.
    """
    now = in_figures(metric, columns)
    if now is None:
        return None, None
    of_rows = terms(metric.statistic, columns)
    bottom, top = _range(metric.statistic, of_rows)
    if (bottom, top) == (0.0, 1.0) and np.ptp(of_rows[:, 0]) == 0:
        others = 1 - 0.05 ** (1 / columns.clusters)
        return now * (1 - others), now + (1 - now) * others
    chosen = drawn(columns.clusters, draws, seed)
    figures = spread(figure(metric.statistic, chosen.weights @ by_cluster(of_rows, columns.cluster)), now, chosen)
    low, high = (float(x) for x in np.clip(np.percentile(figures, [2.5, 97.5]), bottom, top))
    return (low, high) if high > low else (None, None)


def _range(statistic: Statistic, of_rows: Array) -> tuple[float, float]:
    """The least and the greatest value that a figure of such rows can have."""
    if statistic == "qwk":
        return -1.0, 1.0
    bottom, top = float(of_rows[:, 0].min()), float(of_rows[:, 0].max())
    if statistic == "bias" or bottom < 0:
        return -np.inf, np.inf
    return 0.0, 1.0 if top <= 1 else np.inf


# --------------------------------------------------------------------------- what a drop is made of


def worsened(metric: Metric, columns: Columns, like: Columns) -> Array:
    """Each row's value (rows) after it has lost one step; what is unscored stays so. `like` are the rows that the scale is taken from.

    In `mean` a value falls to 0 where higher is better; where lower is, a share rises to 1 and a count by the mean count. Of levels, one
    becomes a level wrong, or a level more wrong: away from the reference and within the scale, in `bias` to the side that the bias is
    on already. In `adjacent` it becomes two levels wrong, since one is not seen.
    """
    if metric.statistic == "mean":
        return _worse_mean(metric, columns.value, like.value)
    scale = level(np.concatenate([like.value, like.reference]))
    bottom, top = float(np.nanmin(scale)), float(np.nanmax(scale))
    if metric.statistic == "bias":
        return np.clip(columns.value + (1 if (in_figures(metric, like) or 0.0) > 0 else -1), bottom, top)
    wanted = level(columns.reference)
    gap = level(columns.value) - wanted
    side = np.where(gap == 0, np.where(wanted < (bottom + top) / 2, 1, -1), np.sign(gap))
    moved = columns.value + side
    if metric.statistic == "adjacent":
        moved = np.where(np.abs(gap) > 1, columns.value, wanted + 2 * np.where(_within(wanted + 2 * side, bottom, top), side, -side))
    return np.where(np.isnan(columns.value) | _within(level(moved), bottom, top), moved, columns.value)


def _within(value: Array, bottom: float, top: float) -> NDArray[np.bool_]:
    return (value >= bottom) & (value <= top)


def _worse_mean(metric: Metric, value: Array, like: Array) -> Array:
    if metric.better == "higher":
        return value * 0
    sizes = np.abs(like[~np.isnan(like)])
    is_share = bool(np.all(sizes <= 1))
    if metric.better == "lower" and is_share:
        return value * 0 + 1
    side = -1.0 if metric.better == "zero" and float(np.nansum(like)) < 0 else 1.0
    return value + side * (1.0 if is_share else float(sizes.mean()))


# --------------------------------------------------------------------------- agreement with readers


def agreement_of(measure: str, says: str, rows: Sequence[Row], floor: str = "", ceiling: str = "") -> Agreement:
    """How the values of a measure agree with their references; rows without a reference are no part of it.

    Bands are by the reference, below 2.25, below 3.75 and from there; one without a row is not there. Krippendorff's alpha is of
    rounded levels with squared distances. ValueError where no row has a reference.
    """
    mine = [r for r in rows if r.measure == measure and r.reference is not None]
    if not mine:
        raise ValueError(f"no row of {measure} has a reference level")
    columns = columns_of(mine)
    qwk, exact, adjacent, bias = (
        Metric(id=s, measure=measure, says=s, margin=0.0, statistic=s, better="zero" if s == "bias" else "higher")
        for s in ("qwk", "exact", "adjacent", "bias")
    )
    low, high = interval_of(qwk, columns)
    bands = [(name, only(columns, (columns.reference >= least) & (columns.reference < most))) for name, least, most in BANDS]
    return Agreement(
        measure=measure,
        says=says,
        n=len(mine),
        clusters=columns.clusters,
        unscored=sum(r.value is None for r in mine),
        qwk=in_figures(qwk, columns),
        qwk_low=low,
        qwk_high=high,
        alpha=_alpha(columns),
        exact=in_figures(exact, columns) or 0.0,
        adjacent=in_figures(adjacent, columns) or 0.0,
        bias=in_figures(bias, columns),
        bands=tuple(_band(name, c, exact, bias) for name, c in bands if len(c.value)),
        floor=floor,
        ceiling=ceiling,
    )


def _band(name: Name, columns: Columns, exact: Metric, bias: Metric) -> Band:
    return Band(name=name, n=len(columns.value), exact=in_figures(exact, columns) or 0.0, bias=in_figures(bias, columns))


def _alpha(columns: Columns) -> float | None:
    """Krippendorff's alpha of the scored rows; None where all levels are the same, and where none is scored."""
    from nltk.metrics.agreement import AnnotationTask  # type: ignore[import-untyped]  # here, since importing it takes two seconds
    from nltk.metrics.distance import interval_distance  # type: ignore[import-untyped]

    scored = only(columns, ~np.isnan(columns.value))
    pairs = np.stack([level(scored.value), level(scored.reference)], 1).astype(int).tolist()
    if len({one for pair in pairs for one in pair}) < 2:
        return None
    told = [(who, n, one) for n, pair in enumerate(pairs) for who, one in zip(("rater", "readers"), pair, strict=True)]
    return float(AnnotationTask(told, distance=interval_distance).alpha())
