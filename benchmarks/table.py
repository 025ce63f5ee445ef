"""A table of figures: what was measured, how much it is, what it should be, and whether it is."""

from __future__ import annotations

import operator
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_HEAD = ("what", "figure", "goal", "")
_KEPT: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Row:
    """One line. `kept` is None where the figure has no goal."""

    what: str
    figure: str
    goal: str = ""
    kept: bool | None = None


@dataclass
class Table:
    """Lines under a title, with notes on how they were measured."""

    name: str
    title: str
    notes: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str = "", goal: tuple[str, float] | None = None, *, places: int = 0) -> None:
        """A figure, with its goal where it has one: ("<=", 30) or (">=", 0.5), in the figure's unit."""
        figure = f"{value:,.{places}f} {unit}".rstrip()
        if goal is None:
            self.rows.append(Row(what, figure))
        else:
            sign, wanted = goal
            self.rows.append(Row(what, figure, f"{sign} {wanted:,g} {unit}".rstrip(), _KEPT[sign](value, wanted)))

    def say(self, what: str, figure: str) -> None:
        """A line with a figure that is no single number."""
        self.rows.append(Row(what, figure))

    def told(self) -> str:
        """The table as text, its columns aligned."""
        lines = [_HEAD, *((r.what, r.figure, r.goal, {None: "", True: "met", False: "MISSED"}[r.kept]) for r in self.rows)]
        wide = [max(len(line[n]) for line in lines) for n in range(4)]
        body = [f"  {a:<{wide[0]}}  {b:>{wide[1]}}  {c:<{wide[2]}}  {d}".rstrip() for a, b, c, d in lines]
        return "\n".join([f"{self.name}: {self.title}", *(f"  ({note})" for note in self.notes), *body])


def share(values: Sequence[float], upto: float) -> float:
    """The value that a share of all values stays under, 0 to 1: .5 is the median."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(upto * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def load() -> str:
    """How busy this machine is with everything that runs on it."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} over one minute, {five:.1f} over five, on {os.cpu_count()} cores"
