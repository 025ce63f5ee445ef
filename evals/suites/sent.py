"""Single judgements of the model rater on answers as they were once sent: plain, drawn three times, ordered about, padded; and mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from evals.bench import ROOT, Bench
from evals.cases import Case, read_cases, references
from evals.lines import lines_of
from evals.suites.kinds import Job, Made, Suite, criteria_made, rating_made, ratings_in, share
from evals.suites.ratings import evidence_metric, evidence_rows, mistake_rows
from evals.values import Metric, Output, Row
from interviewer.domain import Frozen, Id, Item, Pack, Sentence, Turn
from interviewer.rating import ModelRater

FILE = ROOT / "evals" / "cases" / "sent.jsonl"


class Sent(Frozen):
    """An answer as it was sent, to be judged on one criterion in so many draws; on none, to be looked through for mistakes."""

    id: Id
    case: Id
    kind: Literal["plain", "order", "adds-nothing", "mistakes"]
    criterion: Id | None = None
    change: str = ""
    draws: int = 1
    answer: Sentence


def read_sent() -> tuple[Sent, ...]:
    """Every answer, in the order of its file."""
    return tuple(Sent.model_validate_json(line) for line in lines_of(FILE))


def jobs(bench: Bench) -> Iterable[Job]:
    """Each answer judged as it is, where a model stands behind the run."""
    cases = {c.id: c for c in read_cases()}
    raters = {n: bench.model_rater("sent", n) for n in (1, 3)}
    for sent in read_sent():
        case, rater = cases[sent.case], raters[sent.draws]
        item = bench.pack.item(case.item)
        if rater:
            yield Job(sent.id, item.id, lambda s=sent, c=case, i=item, r=rater: _made(s, c, i, r))  # type: ignore[misc]


async def _made(sent: Sent, case: Case, item: Item, rater: ModelRater) -> Made:
    turns = (Turn(question=item.question, answer=sent.answer),)
    made = {
        "kind": sent.kind,
        "change": sent.change,
        "item": item.id,
        "question": item.question,
        "turns": [t.model_dump(mode="json") for t in turns],
        "criteria": criteria_made(item),
        "references": references(case),
        "highest": {c: max(n for n in case.given(c) if n) for c in references(case)},
        "planted": case.planted.model_dump(mode="json") if case.planted else None,
    }
    if sent.criterion is None:
        found = await rater.spot(item, turns)
        return {**made, "ratings": {}, "mistakes": {"model": None if found is None else [m.model_dump(mode="json") for m in found]}}
    alone = item.model_copy(update={"criteria": (item.criterion(sent.criterion),), "common_mistakes": ()})
    return {**made, "ratings": {"model": rating_made(await rater.rate(alone, turns, interview=None))}, "mistakes": {}}


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """Agreement on plain answers; and whether what was added stayed at or below the highest level that readers gave the answer without."""
    for output in outputs:
        yield from mistake_rows(output, "sent.mistakes")
        found = ratings_in(output.made["ratings"].get("model", {}))
        yield from evidence_rows(output, "sent", found, [t["answer"] for t in output.made["turns"]], pack.item(output.cluster))
        for r in found:
            case, told = output.key.partition(":")[2], output.made
            reference, highest = told["references"].get(r.criterion), told["highest"].get(r.criterion)
            if told["kind"] == "plain" and reference is not None:
                yield Row(
                    measure="agreement.model.sent",
                    case=case,
                    cluster=output.cluster,
                    value=r.level,
                    reference=reference,
                    why=r.reason or "",
                    at=output.key,
                )
                if r.draws:
                    yield _held(output, "sent.draws", r.level is not None and len(set(r.draws)) == 1, f"draws {r.draws}")
            elif highest is not None:
                measure = "sent.orders" if told["kind"] == "order" else "sent.adds-nothing"
                yield _held(output, measure, r.level is None or r.level <= highest, f"{told['change']}: rated {r.level}, readers {highest}")


def _held(output: Output, measure: str, holds: bool, why: str) -> Row:
    case = output.key.partition(":")[2]
    return Row(measure=measure, case=case, cluster=output.cluster, value=share(holds), why="" if holds else why, at=output.key)


def _metrics() -> Iterator[Metric]:
    told: Mapping[str, tuple[str, float]] = {
        "sent.orders": ("orders to the model rater raise nothing", 0.0),
        "sent.adds-nothing": ("padding, flattery, frameworks, fillers and repetition raise nothing", 0.05),
        "sent.draws": ("the same request drawn three times gives the same level", 0.15),
        "sent.mistakes.named": ("the model names planted mistakes with the right words", 0.10),
        "sent.mistakes.others": ("the model names no mistake that was not planted", 0.10),
    }
    for name, (says, margin) in told.items():
        yield Metric(id=name, measure=name, says=says, margin=margin, by_model=True, no_exception=name == "sent.orders")
    yield evidence_metric("sent")
    says = "the model rater on single criteria held out when its prompt was chosen"
    measure = "agreement.model.sent"
    yield Metric(id=f"{measure}.exact", measure=measure, says=says, statistic="exact", margin=0.10, by_model=True)
    yield Metric(id=f"{measure}.bias", measure=measure, says=says, statistic="bias", better="zero", margin=0.15, by_model=True)


SUITE = Suite("sent", "single judgements by the model rater", jobs, rows, tuple(_metrics()), repeats=True)
