"""What evals are made of: rows that scorers give, metrics over rows, and the report of a run beside its baseline. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from interviewer.domain import Frozen

Statistic = Literal["mean", "qwk", "exact", "adjacent", "bias"]
Better = Literal["higher", "lower", "zero"]
Mode = Literal["replay", "record", "live"]
Verdict = Literal["pass", "fail", "inconclusive", "new", "shown"]


class Row(Frozen):
    """One fact that a scorer found on one case.

    `measure` names what was looked at, `case` is unique within it, and rows of one `cluster` (an item of the pack, mostly) are not
    independent of each other. `value` is None where nothing could be scored, with the reason in `why`: that counts as wrong and never
    as zero. Where levels are compared, `value` is the rater's and `reference` the readers'. `at` is the key of the output scored.
    """

    measure: str
    case: str
    cluster: str
    value: float | None
    reference: float | None = None
    why: str = ""
    at: str = ""


class Metric(Frozen):
    """A figure over all rows of a measure, and how far it may be off before that counts.

    `mean` is over values from 0 to 1 (or of a count), an unscored row counting as 0; `qwk`, `exact`, `adjacent` and `bias` compare
    levels with reference levels: in `exact` and `adjacent` an unscored row counts as wrong, in `qwk` and `bias` it is left out.
    `margin` is the drop that is accepted, in the figure's own unit, or as a share of the baseline's where `relative` says so.
    `bias` is best at zero. Metrics that do not decide are reported alone. Those with `no_exception` are promises: a single row that
    does not hold fails the run, whatever the baseline was, and no chance is reckoned with.
    """

    id: str
    measure: str
    says: str
    margin: float
    statistic: Statistic = "mean"
    better: Better = "higher"
    relative: bool = False
    by_model: bool = False
    decides: bool = True
    no_exception: bool = False


class Line(Frozen):
    """A metric in a run, beside the baseline.

    `low` and `high` bound `now` (95 %); `diff_low` and `diff_high` are the one-sided bounds of the difference at the level that Holm's
    adjustment gave this metric. A difference is signed so that more is better. `least` is the smallest drop that a run like this one
    fails eight times in ten. `why` says in a sentence what a verdict rests on where figures alone do not.
    """

    metric: Metric
    verdict: Verdict
    n: int
    clusters: int
    unscored: int
    now: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    difference: float | None = None
    diff_low: float | None = None
    diff_high: float | None = None
    least: float | None = None
    why: str = ""


class Move(Frozen):
    """A case whose value is another one than in the baseline; `worse` is by how much, negative where it is better."""

    measure: str
    case: str
    at: str
    before: float | None
    after: float | None
    reference: float | None = None
    worse: float
    why: str = ""


class Band(Frozen):
    """The part of a measure whose reference levels lie in one band of the scale."""

    name: Literal["low", "middle", "high"]
    n: int
    exact: float
    bias: float | None


class Agreement(Frozen):
    """How a rater's levels agree with reference levels: n answers x criteria, of so many items, and of these unrated.

    `floor` and `ceiling` say in words what a rater without sense and what people reach on such answers.
    """

    measure: str
    says: str
    n: int
    clusters: int
    unscored: int
    qwk: float | None
    qwk_low: float | None
    qwk_high: float | None
    alpha: float | None
    exact: float
    adjacent: float
    bias: float | None
    bands: tuple[Band, ...]
    floor: str = ""
    ceiling: str = ""


class Called(Frozen):
    """One model call that was answered: the digest of what was sent, and its tokens as the server or else we count them."""

    key: str
    role: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float | None = None


class Spent(Frozen):
    """What one role's model calls took. `money` is None where the price table has no price for the model."""

    role: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    money: float | None = None
    seconds_p50: float | None = None
    seconds_p95: float | None = None


class Facts(Frozen):
    """What a run was: its name and mode, when and on what, and which prompts, models and recordings it used."""

    name: str
    mode: Mode
    began: str
    seconds: float
    commit: str
    suites: tuple[str, ...]
    prompts: Mapping[str, str] = {}
    models: Mapping[str, str] = {}
    authors: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    repeats: int = 1
    spent: tuple[Spent, ...] = ()


class Fault(Frozen):
    """Something that fails a run by itself, in a sentence with its remedy, and the exit code that it asks for."""

    says: str
    exit: Literal[1, 2, 3]


class Report(Frozen):
    """A run with its verdict. `exit` is 0 pass, 1 fail, 2 misuse or not recorded, 3 inconclusive."""

    run: Facts
    baseline: Facts | None
    lines: tuple[Line, ...]
    moves: tuple[Move, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    faults: tuple[Fault, ...] = ()
    absent: tuple[str, ...] = ()
    verdict: Literal["pass", "fail", "inconclusive", "broken"]
    exit: Literal[0, 1, 2, 3]


class Output(Frozen):
    """What the product made of one case: generated once, and scored as often as scorers change.

    `key` is unique in a run ("ratings:u025"), `cluster` is the item's id, `made` is plain JSON in the form that the suite describes,
    `calls` are the model calls behind it.
    """

    suite: str
    key: str
    cluster: str
    made: Mapping[str, Any]
    calls: tuple[Called, ...] = ()
