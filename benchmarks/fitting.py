"""Weighted logistic regression on shares from 0 to 1, fitted and measured with whole groups of questions left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.graded import Numbers, in_folds
from interviewer.rating.fitted import Head

PENALTY = 0.02  # on each squared slope of a standardised feature, against the mean loss of a row


class Rows(NamedTuple):
    """Features (n, k), what each is worth (n,) from 0 to 1, its weight (n,), the question and the answer it belongs to, and its kind."""

    x: Numbers
    y: Numbers
    weight: Numbers
    group: NDArray[np.str_]
    answer: NDArray[np.str_]
    kind: NDArray[np.str_]


Row = tuple[list[float], float, float, str, str, str]


class Logistic(NamedTuple):
    """1 / (1 + exp(-(bias + x @ slopes)))."""

    bias: float
    slopes: Numbers

    def __call__(self, x: Numbers) -> Numbers:
        share: Numbers = 1 / (1 + np.exp(-(self.bias + x @ self.slopes)))
        return share


def fit(rows: Rows, used: NDArray[np.bool_]) -> Logistic:
    """Weighted logistic regression on shares (cross entropy), by Newton's steps on standardised features."""
    x, y, w = rows.x[used], rows.y[used], rows.weight[used] / rows.weight[used].sum()
    mean = w @ x
    spread = np.sqrt(w @ (x - mean) ** 2) + 1e-9
    z = np.column_stack([np.ones(len(y)), (x - mean) / spread])
    ridge = PENALTY * np.diag([0.0, *np.ones(x.shape[1])])
    beta = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ beta))
        beta -= np.linalg.solve((z.T * (w * p * (1 - p))) @ z + ridge, z.T @ (w * (p - y)) + ridge @ beta)
    slopes = beta[1:] / spread
    return Logistic(float(beta[0] - mean @ slopes), slopes)


def held_out(rows: Rows, folds: int) -> Numbers:
    """For each row what a fit without its group of questions predicts."""
    predicted, fold = np.zeros(len(rows.y)), in_folds(rows.group, folds)
    for k in np.unique(fold):
        predicted[fold == k] = fit(rows, fold != k)(rows.x[fold == k])
    return predicted


def collected(made: Sequence[Row]) -> Rows:
    x, y, weight, group, answer, kind = zip(*made, strict=True)
    return Rows(np.array(x), np.array(y), np.array(weight), np.array(group), np.array(answer), np.array(kind))


def head(rows: Rows, names: Sequence[str], spread: float) -> Head:
    """The weights fitted to all rows, with how far off they may be on others."""
    found = fit(rows, np.ones(len(rows.y), bool))
    return Head(bias=round(found.bias, 4), spread=spread, slopes={n: round(float(s), 4) for n, s in zip(names, found.slopes, strict=True)})


def joined(a: Rows, b: Rows) -> Rows:
    return Rows(*(np.concatenate(both) for both in zip(a, b, strict=True)))
