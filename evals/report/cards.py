"""The cases of a run as plain JSON, from which the page builds a card for each when it is looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from evals.values import Better, Move, Output, Report, Row

FAR = 2  # levels off the reference from which on a rating is called wrong
_HALF = 0.5


def cards(report: Report, outputs: Sequence[Output], rows: Sequence[Row], baseline_rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A card for each output, and one for each `at` of a row or a move that has no output, with its rows and moves.

    A row has `before`, its value in the baseline, where the baseline has it, and `wrong`, whether it is.
    """
    found: list[dict[str, Any]] = [{"suite": o.suite, "key": o.key, "cluster": o.cluster, "made": as_json(o.made)} for o in outputs]
    have = {o.key for o in outputs}
    for key, cluster in [(r.at, r.cluster) for r in rows] + [(m.at, "") for m in report.moves]:
        if key and key not in have:
            have.add(key)
            found.append({"suite": key.partition(":")[0], "key": key, "cluster": cluster, "made": None})
    before = {(r.measure, r.case): r.value for r in baseline_rows}
    better = _better(report, rows)
    of_rows: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_rows.setdefault(row.at, []).append(_row(row, before, better.get(row.measure)))
    of_moves: dict[str, list[dict[str, Any]]] = {}
    for move in report.moves:
        of_moves.setdefault(move.at, []).append(_move(move))
    return [{**card, "rows": of_rows.get(card["key"], []), "moves": of_moves.get(card["key"], [])} for card in found]


def in_script(value: object) -> str:
    """JSON that can stand in a script element: no `<` in it, and ASCII alone."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def as_json(value: object) -> Any:
    """The same in JSON's own types: a number that JSON has not, and whatever else it does not know, becomes text."""
    if isinstance(value, Mapping):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def wrong(row: Row, better: Better | None) -> bool:
    """Whether a row is unscored, or two levels and more off its reference, or on the worse half of a share.

    `better` says which half that is; None where values are no shares.
    """
    if row.value is None:
        return True
    if row.reference is not None:
        return abs(row.value - row.reference) >= FAR
    return (better == "higher" and row.value < _HALF) or (better == "lower" and row.value > _HALF)


def _better(report: Report, rows: Sequence[Row]) -> dict[str, Better]:
    """Which way is better, by measure, where all of its values lie between 0 and 1."""
    beyond = {r.measure for r in rows if r.value is not None and not 0 <= r.value <= 1}
    return {m.measure: m.better for m in (line.metric for line in report.lines) if m.measure not in beyond}


def _row(row: Row, before: Mapping[tuple[str, str], float | None], better: Better | None) -> dict[str, Any]:
    told: dict[str, Any] = as_json(row.model_dump(exclude={"cluster", "at"})) | {"wrong": wrong(row, better)}
    key = (row.measure, row.case)
    return told | {"before": as_json(before[key])} if key in before else told


def _move(move: Move) -> dict[str, Any]:
    return dict(as_json(move.model_dump(exclude={"at"})))
