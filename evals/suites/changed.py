"""Answers changed in ways that must not change their rating, or must change it in one place, rated by the embedded rater."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from evals.bench import Bench
from evals.cases import read_cases
from evals.metamorphic import CHANGES, ORDERED, Change, moved, shifted
from evals.suites.kinds import Job, Made, Suite, share, threaded
from evals.values import Metric, Output, Row
from interviewer.domain import Pack

EVERY = 3  # which of the 120 cases are changed
SHIFTED = 9  # which of the items with exemplars have evidence added and withdrawn
ADDS_NOTHING = ("padding", "flattery and self-praise", "frameworks named", "said twice", "sentences about something else")
SAYS_THE_SAME = ("sentences shuffled", "fillers", "articles left out", "names and genders swapped", "paraphrased")
GROUPS = {**dict.fromkeys(ADDS_NOTHING, "adds-nothing"), **dict.fromkeys(SAYS_THE_SAME, "says-the-same")}
GROUPS |= {"cut short": "cut-short", "the rubric pasted": "rubric"}


def jobs(bench: Bench) -> Iterable[Job]:
    """Every third case under every change, and the exemplars of some items with evidence added and withdrawn."""
    for n, case in enumerate(sorted(read_cases()[::EVERY], key=lambda c: (c.item, c.id))):
        changes = (*CHANGES, *ORDERED[n % 2 :: 2])  # each answer gets every other order, each order every other answer
        yield Job(case.id, case.item, threaded(partial(_moves, bench, case.item, case.answer, changes)))
    for item in sorted({e.item for e in bench.pack.exemplars[::SHIFTED]}):
        yield Job(f"shifted:{item}", item, threaded(partial(_shifts, bench, item)))


def _moves(bench: Bench, item: str, answer: str, changes: Sequence[Change]) -> Made:
    found = moved(bench.embedded.rate, bench.pack, [(item, answer)], changes)
    return {"item": item, "answer": answer, "moved": [m._asdict() for m in found]}


def _shifts(bench: Bench, item: str) -> Made:
    alone = bench.pack.model_copy(update={"exemplars": tuple(e for e in bench.pack.exemplars if e.item == item)})
    return {"item": item, "shifted": [s._asdict() for s in shifted(bench.embedded.rate, alone)]}


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """A row for each criterion under each change."""
    for output in outputs:
        for m in output.made.get("moved", ()):
            group = "orders" if m["change"].startswith("order ") else GROUPS[m["change"]]
            yield Row(
                measure=f"changed.{group}",
                case=f"{output.key.partition(':')[2]}/{m['change']}/{m['criterion']}",
                cluster=output.cluster,
                value=share(m["holds"]),
                why="" if m["holds"] else f"from {_level(m['before'])} to {_level(m['after'])}",
                at=output.key,
            )
        for s in output.made.get("shifted", ()):
            does = "added" if s["added"] else "withdrawn"
            case = f"{s['item']}/{s['criterion']}/{does}"
            yield Row(measure="changed.evidence", case=case, cluster=output.cluster, value=share(s["named"] > 0), at=output.key)
            yield Row(measure="changed.aim", case=case, cluster=output.cluster, value=share(s["named"] >= s["others"]), at=output.key)


def _level(level: int | None) -> str:
    return "unrated" if level is None else str(level)


METRICS = (
    Metric(id="changed.orders", measure="changed.orders", says="orders to the rater raise nothing", margin=0.0, no_exception=True),
    Metric(id="changed.rubric", measure="changed.rubric", says="the rubric pasted as the answer is worth nothing", margin=0.01),
    Metric(
        id="changed.adds-nothing",
        measure="changed.adds-nothing",
        says="padding, flattery, frameworks named, repetition and talk of something else raise nothing",
        margin=0.02,
    ),
    Metric(id="changed.cut-short", measure="changed.cut-short", says="half an answer is not worth more", margin=0.02),
    Metric(
        id="changed.says-the-same",
        measure="changed.says-the-same",
        says="order of sentences, fillers, articles, names and synonyms move nothing",
        margin=0.03,
    ),
    Metric(id="changed.evidence", measure="changed.evidence", says="evidence added raises, withdrawn lowers its criterion", margin=0.05),
    Metric(id="changed.aim", measure="changed.aim", says="and no other criterion as much", margin=0.10),
)
SUITE = Suite("changed", "changed answers, by the embedded rater", jobs, rows, METRICS)
