"""A table of figures: what was measured, how much it is, what it should be, and whether it is."""

from __future__ import annotations

import operator
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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


class Machine:
    """How busy this machine is with everything else, from when this is made: figures of a busy one say little of the program."""

    def __init__(self) -> None:
        self._before, self._ticks = _load(), _ticks()

    def told(self) -> str:
        """The load before and now; and on a virtual machine the share of processor time that its host gave to others meanwhile."""
        text = f"load before: {self._before}; after: {_load()}; {os.cpu_count()} cores"
        if self._ticks and (now := _ticks()):
            stolen, wanted = (b - a for a, b in zip(self._ticks, now, strict=True))
            text += f"; the host kept back {stolen / max(1, wanted):.0%} of the processor time that was wanted"
        return text


def _load() -> str:
    return "{:.1f} over one minute, {:.1f} over five".format(*os.getloadavg())


def _ticks() -> tuple[int, int] | None:
    """Ticks stolen by the host, and ticks in which any work was there to do; None where the system does not tell."""
    try:
        fields = [int(f) for f in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    idle = fields[3] + fields[4]
    return fields[7], sum(fields) - idle
