"""Whether questions as candidates put them find the right note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import yaml

from evals.bench import ROOT, Bench
from evals.suites.kinds import Job, Made, Suite, share, threaded
from evals.values import Metric, Output, Row
from interviewer.domain import Pack

QUESTIONS = ROOT / "benchmarks" / "questions.yaml"
FIRST = 3


def jobs(bench: Bench) -> Iterable[Job]:
    """The questions on each note."""
    told = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    for note, questions in told["questions"].items():
        yield Job(note, note, threaded(lambda questions=questions: _made(bench, questions)))  # type: ignore[misc]


def _made(bench: Bench, questions: Sequence[str]) -> Made:
    every = bench.library.counts()["passages"]
    found = {q: list(dict.fromkeys(p.note for p in bench.library.passages(bench.pack.id, q, every))) for q in questions}
    return {"found": {q: notes[:10] for q, notes in found.items()}}


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """Recall among the first three, and the reciprocal rank."""
    for output in outputs:
        note = output.key.partition(":")[2]
        for n, (question, notes) in enumerate(output.made["found"].items(), start=1):
            place = notes.index(note) + 1 if note in notes else None
            why = "" if place and place <= FIRST else f"“{question}” found {', '.join(notes[:FIRST])}"
            at, cluster, case = output.key, output.cluster, f"{note}/{n}"
            yield Row(measure="retrieval.recall", case=case, cluster=cluster, value=share(not why), why=why, at=at)
            yield Row(measure="retrieval.rank", case=case, cluster=cluster, value=1 / place if place else 0.0, at=at)


METRICS = (
    Metric(id="retrieval.recall", measure="retrieval.recall", says="the right note is among the first three", margin=0.03),
    Metric(id="retrieval.rank", measure="retrieval.rank", says="mean reciprocal rank of the right note", margin=0.03),
)
SUITE = Suite("retrieval", "notes for questions as candidates put them", jobs, rows, METRICS)
