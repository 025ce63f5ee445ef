"""How the embedded rater does with its shipped weights: on the pack's exemplars, on the cases, and on answers that people graded."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.agreement import qwk
from benchmarks.graded import SAF, SEMEVAL, correlation, macro_f1, over_references, rows_of, within
from benchmarks.resampling import interval, shown
from benchmarks.table import Table, middle, share
from benchmarks.transcripts import settings_in, shipped_pack
from evals.cases import Case, read_cases
from interviewer.domain import Criterion, Exemplar, Item, Pack, Turn
from interviewer.embedding import embedded_encoder
from interviewer.rating import EmbeddedRater

GRADED = "GRADED_DATA"
SOME = 1_500  # rows of SemEval that are looked at
WORDS = 250


class Scored(NamedTuple):
    """An answer's level by people, from 1 to 5, and the rater's expected one; None is unrated. Rows of a cluster are not independent."""

    cluster: str
    group: str
    truth: float
    rated: float | None


async def rater() -> Table:
    """No fitting here. What the heads were fitted to is said beside each set."""
    return await asyncio.to_thread(_rater)


def _rater() -> Table:
    table = Table("rater", "the embedded rater with its shipped weights")
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        judge = EmbeddedRater(embedded_encoder(2, Path(folder)))
        pack = shipped_pack(settings)
        exemplars, cases = list(_of_pack(judge, pack, pack.exemplars)), list(_of_pack(judge, pack, read_cases()))
        _agreement(table, "exemplars (fitted to)", exemplars)
        _order(table, exemplars)
        _agreement(table, "cases with uneven profiles (fitted to; held out see CARD.md)", cases)
        _speed(table, judge, pack)
        _graded(table, judge)
    return table


def _of_pack(judge: EmbeddedRater, pack: Pack, answers: Sequence[Exemplar | Case]) -> Iterator[Scored]:
    """Each criterion of each answer on which its readers are not two levels apart."""
    for answer in answers:
        item = pack.item(answer.item)
        for rating in judge.rate(item, [Turn(question=item.question, answer=answer.answer)]).ratings:
            given = [n for n in answer.given(rating.criterion) if n is not None]
            if given and max(given) - min(given) < 2:
                yield Scored(item.id, f"{item.id}/{rating.criterion}", statistics.fmean(given), rating.expected)


def _agreement(table: Table, name: str, found: Sequence[Scored]) -> None:
    """r, rank correlation, QWK, exact, adjacent, bias, and the mean by band, each over what is rated; unrated stand beside."""
    rows = [s for s in found if s.rated is not None]
    truth, rated = np.array([s.truth for s in rows]), np.array([s.rated for s in rows], float)
    given, said = np.floor(truth + 0.5).astype(int).tolist(), np.floor(rated + 0.5).astype(int).tolist()
    off = np.abs(np.subtract(given, said))

    def r_of(picked: Sequence[int]) -> float:
        return correlation(truth[list(picked)], rated[list(picked)])

    bounds = shown(interval([s.cluster for s in rows], r_of, 500))
    table.say(f"{name}: n, questions, unrated", f"{len(found)}, {len({s.cluster for s in found})}, {len(found) - len(rows)}")
    table.say("  r (interval clustered by question), rank r", f"{r_of(range(len(rows))):.3f} ({bounds}), {_rank(truth, rated):.3f}")
    table.say(
        "  QWK, exact, adjacent, bias",
        f"{qwk(given, said):.3f}, {(off == 0).mean():.2f}, {(off <= 1).mean():.2f}, {(rated - truth).mean():+.2f}",
    )
    for band, low, high in (("low", 1, 2.25), ("middle", 2.25, 3.75), ("high", 3.75, 5.1)):
        here = (truth >= low) & (truth < high)
        if here.any():
            told = f"{here.sum()}, {correlation(truth[here], rated[here]):.2f}, {truth[here].mean():.2f}, {rated[here].mean():.2f}"
            table.say(f"  {band}: n, r, mean by people, by the rater", told)


def _rank(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """Spearman's rank correlation; ties share their mean rank."""

    def ranks(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        _, place, count = np.unique(x, return_inverse=True, return_counts=True)
        return (np.cumsum(count) - (count - 1) / 2)[place]

    return correlation(ranks(a), ranks(b))


def _order(table: Table, found: Sequence[Scored]) -> None:
    """Pairs of answers on one criterion whose readers' levels differ by a level and more: is the higher one rated higher?"""
    by_criterion: dict[str, list[Scored]] = defaultdict(list)
    for one in found:
        by_criterion[one.group].append(one)
    pairs = [(a, b) for every in by_criterion.values() for a, b in combinations(every, 2) if abs(a.truth - b.truth) >= 1]
    right = [a.rated is not None and b.rated is not None and (a.rated - b.rated) * (a.truth - b.truth) > 0 for a, b in pairs]
    table.add(f"  in order, of {len(pairs)} pairs of exemplars whose levels differ", statistics.fmean(right), "", (">=", 0.95), places=3)


def _speed(table: Table, judge: EmbeddedRater, pack: Pack) -> None:
    """A long answer, its sentences never seen before; coverage while the candidate waits, the rating behind."""
    item = max(pack.items, key=lambda i: len(i.criteria))
    judge.read([item])
    told = " ".join(e.answer for e in pack.exemplars).split()
    answers = [" ".join(told[n * 97 : n * 97 + WORDS]) for n in range(40)]
    for name, work, goal in (("coverage", judge.coverage, 150.0), ("rating", judge.rate, 2_000.0)):
        times = [_seconds(work, item, a) for a in answers]
        table.add(f"{name} of {WORDS} words on {len(item.criteria)} criteria, p50", 1000 * middle(times), "ms", ("<=", goal))
        table.add(f"{name}, p95", 1000 * share(times, 0.95), "ms")
    table.add("most memory up to here, the whole process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", ("<=", 400))


def _seconds(work: Callable[[Item, Sequence[Turn]], object], item: Item, answer: str) -> float:
    began = time.perf_counter()
    work(item, [Turn(question=item.question, answer=answer)])
    return time.perf_counter() - began


def _graded(table: Table, judge: EmbeddedRater) -> None:
    """Every set of the folder that is given."""
    folder = os.environ.get(GRADED)
    if not folder:
        table.say("answers that people graded", f"not measured: set {GRADED} to a folder with {SAF}, {SEMEVAL} or others of their form")
        return
    paths = sorted(Path(folder).glob("*.jsonl")) or sorted((Path(folder) / "graded").glob("*.jsonl"))
    if not paths:
        table.say("answers that people graded", f"not measured: {GRADED}={folder} holds no .jsonl file")
    for path in paths:
        rows = rows_of(path)
        if "label3" in rows[0]:
            _labelled(table, path.name, judge, rows[:: max(1, len(rows) // SOME)])
        else:
            _scored(table, path.name, judge, rows)


def _scored(table: Table, name: str, judge: EmbeddedRater, rows: Sequence[Mapping[str, Any]]) -> None:
    said = [r for r in rows if r["answer"].strip()]
    found = [Scored(r["question_id"], r["question_id"], 1 + 4 * r["score"] / r["max_score"], _value(judge, r)) for r in said]
    _agreement(table, f"{name}{' (fitted to; held out see CARD.md)' if name == SAF else ''}", found)
    if name == SAF:
        table.notes.append(f"{name}: floor .12 (TF-IDF and length, question left out); two people without a rubric reach .60 elsewhere")
    rated = [s for s in found if s.rated is not None]
    truth, value = np.array([s.truth for s in rated]), np.array([s.rated for s in rated], float)
    groups = np.array([s.group for s in rated])
    table.say(f"  r within question, mean of {len(set(groups))}", f"{within(truth, value, groups):.3f}")


def _labelled(table: Table, name: str, judge: EmbeddedRater, rows: Sequence[Mapping[str, Any]]) -> None:
    """Correct against other; the cut for each fifth of the questions comes from the others."""
    values = [_over_all(judge, r) for r in rows]
    truth, groups = np.array([r["label3"] == "correct" for r in rows]), np.array([r["question_id"] for r in rows])
    told = macro_f1(truth, np.array(values), groups)
    table.say(f"{name}: n, questions, macro-F1 correct/other", f"{len(rows)}, {len(set(groups))}, {told:.3f}")


def _over_all(judge: EmbeddedRater, row: Mapping[str, Any]) -> float:
    """The level over all references; unrated counts as the lowest, and so as wrong where the answer is right."""
    every = (_value(judge, {**row, "reference": reference}) for reference in row["references"] or [row["reference"]])
    return over_references(np.array([1.0 if v is None else v for v in every]))


def _value(judge: EmbeddedRater, row: Mapping[str, Any]) -> float | None:
    item = Item(id="graded", question=row["question"], criteria=(Criterion(id="right", reference=row["reference"]),))
    return judge.rate(item, [Turn(question=row["question"], answer=row["answer"])]).ratings[0].expected
