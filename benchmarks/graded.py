"""Answers that people graded, in a folder that is given, and how well a rater's numbers agree with theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAF = "saf_en_train.jsonl"
SEMEVAL = "semeval2013_train.jsonl"

Numbers = NDArray[np.float64]
Names = NDArray[np.str_]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def correlation(a: Numbers, b: Numbers) -> float:
    """Pearson's r; not a number where either does not vary."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else float("nan")


def within(y: Numbers, p: Numbers, group: Names) -> float:
    """The mean of the correlations within each group in which both vary."""
    every = [correlation(y[group == g], p[group == g]) for g in np.unique(group) if (group == g).sum() > 2]
    return float(np.nanmean(every))


def in_folds(group: Names, folds: int) -> NDArray[np.int64]:
    """For each row the fold, of so many, that its group belongs to."""
    place = {g: i % folds for i, g in enumerate(np.unique(group))}
    return np.array([place[g] for g in group])


def over_references(beside: Numbers) -> float:
    """One number for an answer beside several references, each of which is right: half of it for the best, half for all of them."""
    return float((beside.max() + beside.mean()) / 2)


def macro_f1(truth: NDArray[np.bool_], p: Numbers, group: Names, folds: int = 5) -> float:
    """Macro-F1 of p from a cut on, which for each fold of groups is the best one of the other folds."""
    fold, said = in_folds(group, folds), np.zeros(len(p), bool)
    cuts = np.quantile(p, np.linspace(0.02, 0.98, 97))
    for k in np.unique(fold):
        rest = fold != k
        said[~rest] = p[~rest] >= max(cuts, key=lambda c, rest=rest: _macro_f1(truth[rest], p[rest] >= c))  # type: ignore[misc]
    return _macro_f1(truth, said)


def _macro_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    def f1(t: NDArray[np.bool_], s: NDArray[np.bool_]) -> float:
        return 2 * float((t & s).sum()) / max(1.0, float(t.sum() + s.sum()))

    return (f1(truth, said) + f1(~truth, ~said)) / 2
