"""Answers that people graded, in a folder of the user's own: shown beside the project's own cases, and deciding nothing.

The folder holds JSON lines files whose rows have `question_id`, `item_id`, `question`, `reference` (or `references`), `answer`, and a
`score` with its `max_score`, or `label3`. Nothing of it is kept but ids and levels.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evals.bench import Bench
from evals.lines import lines_of
from evals.suites.kinds import Job, Made, Suite, threaded
from evals.values import Metric, Output, Row
from interviewer.domain import Criterion, Item, Pack, Turn
from interviewer.errors import AuthorError

MOST = 600  # answers of one file, spread evenly over it
TOP = 5


def graded_suite(folder: Path) -> Suite:
    """A suite of the sets in a folder, or in its folder `graded`. Raises AuthorError with the remedy."""
    files = sorted(folder.glob("*.jsonl")) or sorted((folder / "graded").glob("*.jsonl"))
    if not files:
        raise AuthorError(f"{folder}: holds no .jsonl file; GRADED_DATA is a folder of graded answers (evals/README.md)")
    metrics = tuple(_metric(f.stem, s) for f in files for s in ("qwk", "exact", "bias"))
    return Suite("graded", "answers that people graded", partial(_jobs, files), _rows, metrics)


def _metric(name: str, statistic: str) -> Metric:
    told = {"id": f"graded.{name}.{statistic}", "measure": f"graded.{name}", "says": "the embedded rater on answers that people graded"}
    better = "zero" if statistic == "bias" else "higher"
    return Metric.model_validate({**told, "margin": 1.0, "statistic": statistic, "better": better, "decides": False})


def _jobs(files: Sequence[Path], bench: Bench) -> Iterable[Job]:
    """A job for each question of a file."""
    for file in files:
        try:
            rows = [json.loads(line) for line in lines_of(file)]
            some = [r for r in rows if str(r["answer"]).strip()]
            some = some[:: max(1, len(some) // MOST)]
            for question in dict.fromkeys(str(r["question_id"]) for r in some):
                mine = [r for r in some if str(r["question_id"]) == question]
                yield Job(f"{file.stem}/{question}", question, threaded(partial(_made, bench, file.stem, mine)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AuthorError(f"{file}: is no set of graded answers ({error}); evals/README.md says what its rows hold") from error


def _made(bench: Bench, name: str, rows: Sequence[Mapping[str, Any]]) -> Made:
    return {"set": name, "rated": [[str(r.get("item_id", n)), *_levels(bench, r)] for n, r in enumerate(rows)]}


def _levels(bench: Bench, row: Mapping[str, Any]) -> tuple[float, float | None, str]:
    """The level that people gave, the rater's expected one over all references, and why there is none."""
    given = 1 + (TOP - 1) * _share(row)
    best: tuple[float | None, str] = (None, "")
    for reference in row.get("references") or [row["reference"]]:
        item = Item(id="graded", question=row["question"], criteria=(Criterion(id="right", reference=reference),))
        (rating,) = bench.embedded.rate(item, [Turn(question=item.question, answer=row["answer"])]).ratings
        if best[0] is None or (rating.worth or 0.0) > best[0]:
            best = (rating.worth, rating.reason or "")
    return given, *best


def _share(row: Mapping[str, Any]) -> float:
    """What people made of an answer, from 0 to 1."""
    if "label3" in row:
        return float(row["label3"] == "correct")
    return float(row["score"]) / float(row["max_score"])


def _rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    for output in outputs:
        measure = f"graded.{output.made['set']}"
        for n, (answer, given, rated, why) in enumerate(output.made["rated"]):
            case = f"{output.cluster}/{answer}/{n}"
            yield Row(measure=measure, case=case, cluster=output.cluster, value=rated, reference=given, why=why, at=output.key)
