"""Runs on disk: a folder each, and the committed baseline, which holds rows and facts and no answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from evals.bench import ROOT
from evals.lines import lines_of
from evals.running import read_outputs
from evals.values import Facts, Output, Row
from interviewer.errors import AuthorError

RUNS = ROOT / "evals" / "runs"
BASELINE = ROOT / "evals" / "baseline"
OUTPUTS = "outputs.jsonl"
_ROWS, _FACTS = "rows.jsonl", "run.json"


class Stored(NamedTuple):
    """A run that is over, as it was written down."""

    facts: Facts
    rows: tuple[Row, ...]
    outputs: tuple[Output, ...] = ()


def write_run(folder: Path, facts: Facts, rows: Sequence[Row]) -> None:
    """Write a run's facts and rows: a line for each measure, so that a difference of two baselines can be read."""
    folder.mkdir(parents=True, exist_ok=True)
    measures = sorted({r.measure for r in rows})
    lines = [json.dumps({"measure": m, "rows": [_packed(r) for r in rows if r.measure == m]}, ensure_ascii=False) for m in measures]
    (folder / _ROWS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / _FACTS).write_text(facts.model_dump_json(indent=1) + "\n", encoding="utf-8")


def write_baseline(folder: Path, facts: Facts, rows: Sequence[Row]) -> None:
    """Make a run the baseline of a folder: cases and values alone, and nothing of what people graded elsewhere."""
    ours = [r for r in rows if not r.measure.startswith("graded.")]
    write_run(folder, facts, [r.model_copy(update={"at": "", "why": ""}) for r in ours])


def read_run(folder: Path) -> Stored:
    """A run of a folder. Raises AuthorError where there is none that is over."""
    if not (folder / _FACTS).is_file():
        begun = " It was begun and not finished: run it again under this name." if (folder / OUTPUTS).is_file() else ""
        raise AuthorError(f"{folder}: no finished run is here.{begun} Those there are: {', '.join(names()) or 'none'}")
    try:
        facts = Facts.model_validate_json((folder / _FACTS).read_text(encoding="utf-8"))
        told = [json.loads(line) for line in lines_of(folder / _ROWS)]
        rows = tuple(_unpacked(t["measure"], r) for t in told for r in t["rows"])
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise AuthorError(f"{folder}: the run can't be read ({error}); run it anew") from error
    return Stored(facts, rows, read_outputs(folder / OUTPUTS))


def baseline(folder: Path = BASELINE) -> Stored | None:
    """The baseline, or None where there is none yet."""
    return read_run(folder) if (folder / _FACTS).is_file() else None


def names() -> list[str]:
    """The finished runs, the oldest first."""
    found = sorted(RUNS.glob(f"*/{_FACTS}"), key=lambda p: (p.stat().st_mtime_ns, p.parent.name))
    return [p.parent.name for p in found]


def of_measures(rows: Iterable[Row], measures: Iterable[str]) -> tuple[Row, ...]:
    """The rows of some measures."""
    wanted = set(measures)
    return tuple(r for r in rows if r.measure in wanted)


def _packed(row: Row) -> list[object]:
    """A row without its measure; what is empty at the end is left out."""
    told: list[object] = [row.case, row.cluster, row.value, row.reference, row.at, row.why]
    while told[-1] in (None, "") and len(told) > 3:
        told.pop()
    return told


def _unpacked(measure: str, told: Sequence[object]) -> Row:
    names = ("case", "cluster", "value", "reference", "at", "why")
    return Row.model_validate({"measure": measure, **dict(zip(names, told, strict=False))})
