"""What a run is worth beside its baseline: each metric tested on the cases of both, what fails a run by itself, and the verdict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from evals.resampled import ALPHA, FEWEST, Comparison, Trial, compared, drawn, holm, least
from evals.statistics import (
    DRAWS,
    NEEDS_BOTH,
    Columns,
    Pairs,
    by_cluster,
    columns_of,
    comparable,
    counted,
    figure,
    goodness,
    identical,
    in_figures,
    interval_of,
    terms,
    value_of,
    worsened,
)
from evals.values import Facts, Fault, Line, Metric, Move, Row, Verdict


class Matched(NamedTuple):
    """A metric's rows in both runs, what of them can be compared, and what stands in the way of a verdict or is to be known with it."""

    metric: Metric
    now: Sequence[Row]
    before: Sequence[Row]
    pairs: Pairs
    too_few: str
    notes: str


def compare(
    metrics: Sequence[Metric], now: Sequence[Row], baseline: Sequence[Row], *, draws: int = DRAWS, seed: int = 1
) -> tuple[Line, ...]:
    """Each metric of a run beside the baseline, in the order given; rows are of all measures.

    The difference in goodness is over cases in both. All metrics that decide and can be tested are two families, each held to .05 by
    Holm's step-down: a metric fails where "it has dropped by at most its margin" is rejected, passes where "by at least its margin" is,
    and is inconclusive otherwise. A promise is no test: it fails by its first exception. ValueError where a case stands twice in a measure.
    """
    ours, theirs = _by_measure(now), _by_measure(baseline)
    found = [matched(m, ours.get(m.measure, []), theirs.get(m.measure, [])) for m in metrics]
    tests = [None if f.too_few else difference(f.metric, f.pairs, draws, seed) for f in found]
    levels = family([f.metric for f in found], tests)
    return tuple(_line(f, t, at, (draws, seed)) for f, t, at in zip(found, tests, levels, strict=True))


def _by_measure(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if found[row.measure].setdefault(row.case, row) is not row:
            raise ValueError(f"case {row.case} stands twice in {row.measure}")
    return {measure: list(cases.values()) for measure, cases in found.items()}


# --------------------------------------------------------------------------- cases of both runs


def matched(metric: Metric, now: Sequence[Row], baseline: Sequence[Row]) -> Matched:
    """The rows of a metric in two runs, case by case."""
    ours, theirs = counted(metric, now), counted(metric, baseline)
    was = {r.case: r for r in theirs}
    both = [r for r in ours if r.case in was]
    known = columns_of(both)
    pairs = comparable(metric, Pairs(known, columns_of([was[r.case] for r in both])._replace(cluster=known.cluster)))
    n, wanted = len(pairs.now.value), sum(metric.statistic not in NEEDS_BOTH or r.value is not None for r in theirs)
    too_few = ""
    if 2 * n < wanted or not n:
        too_few = f"Only {n} of the baseline's {wanted} cases can be compared."
    elif pairs.now.clusters < FEWEST and not identical(metric, pairs):
        too_few = f"Cases differ, and {_counted(pairs.now.clusters, 'cluster')} cannot say whether by chance: {FEWEST} are needed."
    return Matched(metric, ours, theirs, pairs, too_few, _notes(len(ours), len(theirs), len(both), n))


def _notes(now: int, before: int, both: int, scored: int) -> str:
    said = [f"{_counted(now - both, 'case')} not in the baseline"] * (now > both)
    said += [f"{_counted(before - both, 'case')} of the baseline not in this run"] * (before > both)
    said += [f"{_counted(both - scored, 'case')} unscored in one of the two"] * (both > scored)
    return f"Left out of the difference: {'; '.join(said)}." if said else ""


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


# --------------------------------------------------------------------------- tests and lines


def difference(metric: Metric, pairs: Pairs, draws: int = DRAWS, seed: int = 1) -> Comparison | None:
    """The test of a metric's difference in goodness; None where its figure has no value in one of the runs."""
    now, before = (terms(metric.statistic, c) for c in pairs)
    cluster = pairs.now.cluster
    chosen = drawn(pairs.now.clusters, draws, seed)
    found = compared(by_cluster(now, cluster), by_cluster(before, cluster), partial(goodness, metric), chosen)
    if np.isnan(found.difference):
        return None
    return found._replace(margin=_margin(metric, pairs.before), identical=identical(metric, pairs))


def _margin(metric: Metric, before: Columns) -> float:
    return metric.margin * (abs(in_figures(metric, before) or 0.0) if metric.relative else 1.0)


class Levels(NamedTuple):
    """The levels at which a metric is tested for a drop beyond its margin and for none, and the lowest that it could have had."""

    fail: float
    passes: float
    worst: float


def family(metrics: Sequence[Metric], tests: Sequence[Comparison | None]) -> list[Levels]:
    """Holm's levels of each metric, in the order given; .05 throughout for one that decides nothing or has no test."""
    held = [n for n, (m, t) in enumerate(zip(metrics, tests, strict=True)) if m.decides and not m.no_exception and t is not None]
    found = [Levels(ALPHA, ALPHA, ALPHA)] * len(tests)
    mine = [t for n in held if (t := tests[n]) is not None]
    for n, *levels in zip(held, holm([t.chance_of_no_drop for t in mine]), holm([t.chance_of_a_drop for t in mine]), strict=True):
        found[n] = Levels(levels[0], levels[1], ALPHA / len(held))
    return found


def verdict_on(test: Comparison, levels: Levels) -> Literal["pass", "fail", "inconclusive"]:
    """By where the bounds lie: all of the difference beyond the margin fails, all of it within passes, and so does no change at all."""
    low, high = test.low(levels.passes), test.high(levels.fail)
    if test.identical or (low is not None and low > test.edge):
        return "pass"
    return "fail" if high is not None and high < test.edge else "inconclusive"


def trial_of(metric: Metric, pairs: Pairs) -> Trial:
    """What a drop of this metric is tried on: the baseline's cases, with the noise seen between the two runs about their mean."""
    plain = [terms(metric.statistic, c) for c in pairs]
    hit = [terms(metric.statistic, c._replace(value=worsened(metric, c, pairs.before))) for c in pairs]
    noise, noise_hit = (now - before - (now - before).mean(0) for now, before in (plain, hit))
    moved = len(np.unique(pairs.now.cluster[(plain[0] != plain[1]).any(1)]))
    of_sums, margin = partial(figure, metric.statistic), _margin(metric, pairs.before)
    return Trial(plain[1], hit[1], noise, noise_hit, moved, pairs.now.cluster, of_sums, metric.better, margin)


def _line(found: Matched, test: Comparison | None, levels: Levels, chance: tuple[int, int]) -> Line:
    metric, now = found.metric, found.now
    low, high = interval_of(metric, columns_of(now), *chance)
    line = Line(
        metric=metric,
        verdict=_verdict(found, test, levels),
        n=len(now),
        clusters=len({r.cluster for r in now}),
        unscored=sum(r.value is None for r in now),
        now=value_of(metric, now),
        low=low,
        high=high,
        before=value_of(metric, found.before),
        why=_why(found, test),
    )
    if test is None:
        return line
    bounds = {"difference": test.difference, "diff_low": test.low(levels.passes), "diff_high": test.high(levels.fail)}
    tested = metric.decides and not metric.no_exception
    return line.model_copy(update=bounds | {"least": least(trial_of(metric, found.pairs), levels.worst) if tested else None})


def _verdict(found: Matched, test: Comparison | None, levels: Levels) -> Verdict:
    if not found.metric.decides:
        return "shown"
    if found.metric.no_exception and found.now:
        return "fail" if exceptions(found) else "pass"
    if not found.before:
        return "new"
    return "inconclusive" if test is None else verdict_on(test, levels)


def exceptions(found: Matched) -> int:
    """How many rows of a metric do not hold whole; one that could not be scored doesn't."""
    return sum(r.value != 1 for r in found.now)


def _why(found: Matched, test: Comparison | None) -> str:
    if found.metric.no_exception and found.now:
        many = exceptions(found)
        return f"{many} of {len(found.now)} do not hold, where none may fail." if many else "All hold, as they must."
    if not found.before:
        return "The baseline has no such rows."
    if found.too_few or test is None:
        rests = found.too_few or "The figure has no value on the cases of one of the two runs."
    else:
        rests = "No case has changed." if test.identical else ""
    return " ".join(s for s in (rests, found.notes) if s)


# --------------------------------------------------------------------------- the verdict on a run


def verdict_of(
    lines: Sequence[Line], faults: Sequence[Fault]
) -> tuple[Literal["pass", "fail", "inconclusive", "broken"], Literal[0, 1, 2, 3]]:
    """The verdict on a run and its exit code: the gravest of its lines and faults."""
    verdicts, exits = {line.verdict for line in lines}, {f.exit for f in faults}
    if 2 in exits:
        return "broken", 2
    if "fail" in verdicts or 1 in exits:
        return "fail", 1
    if "inconclusive" in verdicts or 3 in exits:
        return "inconclusive", 3
    return "pass", 0


def held_back(lines: Sequence[Line], why: str) -> tuple[Line, ...]:
    """The lines with each verdict on what a model made put off, unless no case has changed; `why` comes first in its sentence."""
    return tuple(_put_off(line, why) if line.metric.by_model else line for line in lines)


def _put_off(line: Line, why: str) -> Line:
    has_moved = (line.difference, line.diff_low, line.diff_high) != (0.0, 0.0, 0.0)
    if line.verdict in ("new", "shown") or line.metric.no_exception or not has_moved or line.why.startswith(why):
        return line
    return line.model_copy(update={"verdict": "inconclusive", "why": f"{why} {line.why}".strip()})


def differing_provenance(run: Facts, baseline: Facts) -> str | None:
    """In a sentence, which models or authors of recordings are others than the baseline's; None where they are the same.

    A role that only one of the runs used is no difference, unless one of them used no model at all.
    """
    roles = [r for r in sorted(run.models.keys() | baseline.models.keys()) if run.models.get(r) != baseline.models.get(r)]
    if run.models and baseline.models:
        roles = [r for r in roles if r in run.models and r in baseline.models]
    said = [f"{r} is {run.models.get(r, 'without a model')}, was {baseline.models.get(r, 'without a model')}" for r in roles]
    if set(run.authors) != set(baseline.authors):
        said.append(f"replies are by {_listed(run.authors)}, were by {_listed(baseline.authors)}")
    return f"Not made by the same models as the baseline: {'; '.join(said)}." if said else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(set(names))) or "nobody"


def too_many_unscored(rows: Sequence[Row], most: float = 0.10) -> tuple[Fault, ...]:
    """A fault for each measure of which a larger share than `most` is unscored."""
    found = []
    for measure, mine in _by_measure(rows).items():
        whys = Counter(r.why or "no reason given" for r in mine if r.value is None)
        if whys.total() > most * len(mine):
            why, times = whys.most_common(1)[0]
            says = f"{measure}: {whys.total()} of {len(mine)} cases are unscored, where {most:.0%} may be."
            found.append(Fault(says=f"{says} Mend what is behind most of them ({times}): {why}", exit=1))
    return tuple(found)


# --------------------------------------------------------------------------- cases that moved


def moves(now: Sequence[Row], baseline: Sequence[Row], metrics: Sequence[Metric]) -> tuple[Move, ...]:
    """The cases of both runs whose value is another one than it was, of measures that a metric looks at; the worst first.

    `worse` is in units of the value: by how much it lies further from the reference where levels are compared, and else by how much it
    moved against the direction of the measure's first metric. A case that is not scored any more lost the whole range of the values
    seen in its measure, 1 at least, and stands before all others; one that is scored again won as much.
    """
    ours, theirs = _by_measure(now), _by_measure(baseline)
    found: list[Move] = []
    for measure in dict.fromkeys(m.measure for m in metrics):
        mine = [m for m in metrics if m.measure == measure]
        metric = next((m for m in mine if m.statistic != "mean"), mine[0])
        was = {r.case: r for r in theirs.get(measure, [])}
        both = [(r, was[r.case]) for r in ours.get(measure, []) if r.case in was]
        seen = [v for pair in both for r in pair for v in (r.value, r.reference) if v is not None]
        found += [_move(metric, a, b, max(1.0, max(seen) - min(seen))) for a, b in both if a.value != b.value]
    return tuple(sorted(found, key=lambda m: (m.after is not None, -m.worse, m.measure, m.case)))


def _move(metric: Metric, now: Row, before: Row, span: float) -> Move:
    if now.value is None or before.value is None:
        worse = span if now.value is None else -span
    else:
        worse = _worth(metric, before, before.value) - _worth(metric, now, now.value)
    row = {"measure": now.measure, "case": now.case, "at": now.at, "reference": now.reference, "why": now.why}
    return Move.model_validate(row | {"before": before.value, "after": now.value, "worse": round(worse, 9)})


def _worth(metric: Metric, row: Row, value: float) -> float:
    """A case's value with its sign so turned that more is better."""
    if metric.statistic != "mean" and row.reference is not None:
        return -abs(value - row.reference)
    return {"higher": value, "lower": -value, "zero": -abs(value)}[metric.better]
