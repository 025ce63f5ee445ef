"""From the rows of a run to its report: beside the baseline, with a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evals.cases import read_cases
from evals.gate import compare, differing_provenance, held_back, moves, too_many_unscored, verdict_of
from evals.keeping import Stored, of_measures
from evals.recordings import difference
from evals.statistics import agreement_of
from evals.suites import SUITES, Suite
from evals.values import Agreement, Facts, Fault, Metric, Report, Row
from evals.wires import Tape

RECORD = "python -m evals record --author NAME"
_MOST_MOVES = 50
_TOKENS = 0.10  # more of them than in the baseline are accepted


class Judged(NamedTuple):
    """A report with the rows that it stands on."""

    report: Report
    rows: tuple[Row, ...]
    baseline_rows: tuple[Row, ...]


def metrics_of(suites: Iterable[Suite], rows: Sequence[Row]) -> tuple[Metric, ...]:
    """The metrics of some suites that there are rows for; and for each suite that all its cases ran, and what they took."""
    there = {r.measure for r in rows}
    found = []
    for suite in suites:
        ran = Metric(id=f"ran.{suite.name}", measure=f"ran.{suite.name}", says=f"{suite.says}: each case ran to its end", margin=0.01)
        cost = f"cost.{suite.name}"
        tokens = Metric(id=cost, measure=cost, says="tokens a case", margin=_TOKENS, relative=True, better="lower", by_model=True)
        found += [m for m in (ran, *suite.metrics, tokens) if m.measure in there]
    return tuple({m.id: m for m in found}.values())


def judge(run: Facts, rows: Sequence[Row], suites: Sequence[Suite], baseline: Stored | None, faults: Sequence[Fault] = ()) -> Judged:
    """The report of a run. Suites that were not run are left out of the baseline too."""
    before = of_measures(baseline.rows if baseline else (), _measures(rows, suites))
    metrics = metrics_of(suites, (*rows, *before))
    lines = compare(metrics, rows, before)
    other = differing_provenance(run, baseline.facts) if baseline and before else None
    every = [*faults, *too_many_unscored([r for r in rows if not r.measure.startswith(("graded.", "ran."))])]
    if baseline is None:
        every.append(Fault(says="There is no baseline, so nothing was compared. Make one: `python -m evals run --as-baseline`.", exit=3))
    if other:
        lines = held_back(lines, other)
    verdict, code = verdict_of(lines, every)
    report = Report(
        run=run,
        baseline=baseline.facts if baseline else None,
        lines=lines,
        moves=moves(rows, before, metrics)[:_MOST_MOVES],
        agreement=tuple(_agreements(rows, metrics)),
        faults=tuple(every),
        absent=tuple(_absent(suites)),
        verdict=verdict,
        exit=code,
    )
    return Judged(report, tuple(rows), before)


def _measures(rows: Sequence[Row], suites: Sequence[Suite]) -> set[str]:
    """The measures of the suites that were run; one that has no row any more is among them, since that is a finding."""
    own = {m.measure for s in suites for m in s.metrics} | {f"{kind}.{s.name}" for s in suites for kind in ("ran", "cost")}
    return own | {r.measure for r in rows}


def faults_of(tape: Tape, suites: Sequence[Suite], mode: str, empty: str | None, repeats: int) -> Iterator[Fault]:
    """What fails a run by itself: requests that are not recorded, recordings that nothing asks for, an empty purse."""
    if empty:
        yield Fault(
            says=f"The run stopped early: {empty}. Raise the bound and run it again under the same name; what is done is kept.", exit=2
        )
    if tape.missing:
        yield Fault(says=_not_recorded(tape), exit=2)
    elif mode == "replay" and {s.name for s in suites} >= {s.name for s in SUITES} and (left := tape.recordings.unused(repeats)):
        says = f"{len(left)} recordings are of requests that nothing sends any more: their prompt, case or code has changed."
        yield Fault(says=f"{says} Take them out with `{RECORD} --drop-unused`.", exit=1)


def _not_recorded(tape: Tape) -> str:
    """Which requests are missing, and in what the first of them differs from the nearest recording."""
    first = next(iter(tape.missing.values()))
    nearest = tape.recordings.nearest(first)
    against = f" The first differs from the nearest recording so:\n{difference(first, nearest)}\n" if nearest else " "
    many = f"{len(tape.missing)} {'request is' if len(tape.missing) == 1 else 'requests are'} not recorded."
    return f"{many}{against}Record with `{RECORD}` (a connected model; see evals/README.md), or take the change back."


def _agreements(rows: Sequence[Row], metrics: Sequence[Metric]) -> Iterator[Agreement]:
    """How each rater agrees with reference levels, beside two readers and a rater that always says the most frequent level."""
    says = {m.measure: m.says for m in metrics if m.statistic != "mean"}
    two = _two_readers()
    for measure, told in says.items():
        mine = [r for r in rows if r.measure == measure]
        if mine:
            ours = not measure.startswith("graded.")
            yield agreement_of(measure, told, mine, _floor(mine), two if ours else "two people without a rubric: QWK .49 (Mohler 2011)")


def _floor(rows: Sequence[Row]) -> str:
    """What a rater without sense reaches: the level that is most frequent, whatever is said."""
    levels = [int((r.reference or 0) + 0.5) for r in rows]
    best = max(set(levels), key=levels.count)
    return f"always level {best}: exact {levels.count(best) / len(levels):.2f}, QWK 0"


def _two_readers() -> str:
    """How far the writer and the blind reader of the cases agree."""
    pairs = [(c.id, c.item, *c.given(k)) for c in read_cases() for k in sorted({k for r in c.ratings for k in r.levels})]
    rows = [
        Row(measure="readers", case=f"{c}/{n}", cluster=item, value=two[1], reference=two[0])
        for n, (c, item, *two) in enumerate(pairs)
        if len(two) == 2 and None not in two
    ]
    told = agreement_of("readers", "", rows)
    return f"writer and blind reader of the cases: QWK {told.qwk or 0:.2f}, exact {told.exact:.2f}"


def _absent(suites: Sequence[Suite]) -> Iterator[str]:
    if "graded" not in {s.name for s in suites}:
        yield "answers that people graded: not given (set GRADED_DATA to a folder of them; evals/README.md)"
