"""How often the gate errs, by simulation: runs of equal quality that it fails, and drops that it finds.

A rerun of equal quality keeps each case's value with probability .8; the others get that of another case of the measure with the same
reference level. So every sum that a figure is made of is expected to stay what it is, and with it the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evals.gate import difference, family, trial_of, verdict_on
from evals.resampled import FEWEST
from evals.statistics import Columns, Pairs, columns_of, comparable, level, worsened
from evals.values import Metric, Row

KEPT = 0.8
DRAWS = 4_000  # fewer than a gate's: at the levels of a dozen metrics there are enough of them beyond a bound


def false_alarms(metrics: Sequence[Metric], rows: Sequence[Row], runs: int, seed: int = 1) -> float:
    """The share of reruns of equal quality in which any metric fails. `rows` are the baseline, of all measures."""
    sound = _measures(metrics, rows)
    dice = np.random.default_rng(seed)
    return sum("fail" in _verdicts(metrics, sound, {m: rerun(c, dice) for m, c in sound.items()}).values() for _ in range(runs)) / runs


class Drop(NamedTuple):
    """A drop of a metric's goodness, `by` so much, in reruns in which each case else keeps its value with probability `kept`.

    With a model drawn anew cases come out otherwise by chance; from recordings (1) nothing moves by itself.
    """

    metric: str
    by: float
    kept: float = KEPT


def caught(metrics: Sequence[Metric], rows: Sequence[Row], drop: Drop, runs: int, seed: int = 1) -> float:
    """The share of reruns in which a metric fails whose goodness is expected to have dropped; its measure alone is hit.

    ValueError where hitting each row would not make so large a drop, KeyError where no metric has this id.
    """
    metric = {m.id: m for m in metrics}[drop.metric]
    sound = _measures(metrics, rows)
    mine = sound[metric.measure]
    share = trial_of(metric, comparable(metric, Pairs(mine, mine))).share(drop.by)
    dice = np.random.default_rng(seed)
    found = 0
    for _ in range(runs):
        again = {m: rerun(c, dice, drop.kept) for m, c in sound.items()}
        again[metric.measure] = dropped(metric, again[metric.measure], mine, share, dice)
        found += _verdicts(metrics, sound, again).get(drop.metric) == "fail"
    return found / runs


def reran(rows: Sequence[Row], seed: int) -> list[Row]:
    """Rows of a rerun of equal quality."""
    dice = np.random.default_rng(seed)
    found = []
    for measure in dict.fromkeys(r.measure for r in rows):
        mine = [r for r in rows if r.measure == measure]
        values = rerun(columns_of(mine), dice).value.tolist()
        found += [r.model_copy(update={"value": None if np.isnan(v) else v}) for r, v in zip(mine, values, strict=True)]
    return found


def rerun(columns: Columns, dice: np.random.Generator, kept: float = KEPT) -> Columns:
    """The same cases once more, of equal quality. One that is alone with its reference level keeps its value."""
    wanted = np.where(np.isnan(columns.reference), 0.0, level(columns.reference))
    value = columns.value.copy()
    for group in (np.flatnonzero(wanted == w) for w in np.unique(wanted)):
        if len(group) > 1:
            others = (np.arange(len(group)) + dice.integers(1, len(group), len(group))) % len(group)
            value[group] = np.where(dice.random(len(group)) < kept, columns.value[group], columns.value[group[others]])
    return columns._replace(value=value)


def dropped(metric: Metric, columns: Columns, like: Columns, share: float, dice: np.random.Generator) -> Columns:
    hit = dice.random(len(columns.value)) < share
    return columns._replace(value=np.where(hit, worsened(metric, columns, like), columns.value))


def _measures(metrics: Sequence[Metric], rows: Sequence[Row]) -> Mapping[str, Columns]:
    return {m: columns_of([r for r in rows if r.measure == m]) for m in dict.fromkeys(m.measure for m in metrics)}


def _verdicts(metrics: Sequence[Metric], before: Mapping[str, Columns], now: Mapping[str, Columns]) -> Mapping[str, str]:
    """The verdict on each metric that decides, by its id; as in a gate, one of too few clusters or without a value has none."""
    deciding = [m for m in metrics if m.decides]
    pairs = [comparable(m, Pairs(now[m.measure], before[m.measure])) for m in deciding]
    tests = [None if p.now.clusters < FEWEST else difference(m, p, DRAWS) for m, p in zip(deciding, pairs, strict=True)]
    judged = zip(deciding, tests, family(deciding, tests), strict=True)
    return {m.id: verdict_on(test, levels) for m, test, levels in judged if test is not None}
