"""Small drawings as inline SVG: colours come from the page's style sheet, and each says in words what it shows."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from evals.report import figures
from evals.report.figures import bounds, figure, plain, signed
from evals.values import Line, Row

_WIDE, _HIGH = 200, 26
_WIDER = 320
_EDGE = 5  # room for half a dot
_MIDDLE = _HIGH / 2
_CELL = 42
_LEVELS = (1, 5)
_MOST_LEVELS = 9
_FAR = 2  # levels from which on two ratings are far apart


def escaped(text: str) -> str:
    """Text from outside as HTML that shows it as typed."""
    return html.escape(plain(text))


def _drawing(wide: float, high: float, says: str, shapes: Sequence[str], kind: str) -> str:
    """An SVG that is one image to who cannot see it."""
    return (
        f'<svg class="{kind}" role="img" aria-label="{escaped(says)}" width="{wide:g}" height="{high:g}" '
        f'viewBox="0 0 {wide:g} {high:g}">{"".join(shapes)}</svg>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _box(x: float, y: float, wide: float, high: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0):.1f}" height="{high:.1f}"/>'


def _dot(x: float, kind: str, radius: float = 4.5) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{_MIDDLE:g}" r="{radius:g}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escaped(text)}</text>'


def _whisker(low: float, high: float) -> list[str]:
    return [
        _line(low, _MIDDLE, high, _MIDDLE, "whisker"),
        _line(low, _MIDDLE - 4, low, _MIDDLE + 4, "whisker"),
        _line(high, _MIDDLE - 4, high, _MIDDLE + 4, "whisker"),
    ]


# --------------------------------------------------------------------------- the difference from the baseline


def interval(line: Line) -> str:
    """The difference with its interval, the baseline as an upright in the middle, and what is beyond the accepted drop shaded.

    Right is better. Empty where there is no difference. Each line has a scale of its own.
    """
    if line.difference is None:
        return ""
    drop = figures.accepted(line) or 0.0
    low = line.difference if line.diff_low is None else line.diff_low
    high = line.difference if line.diff_high is None else line.diff_high
    far = max(abs(low), abs(high), abs(line.difference), drop) * 1.1 or 1.0

    def x(value: float) -> float:
        return _WIDE / 2 + value / far * (_WIDE / 2 - _EDGE)

    shapes = [_box(0, 2, x(-drop), _HIGH - 4, "beyond"), _line(x(-drop), 2, x(-drop), _HIGH - 2, "margin")] if line.metric.decides else []
    shapes += [_line(x(0), 0, x(0), _HIGH, "tick"), *_whisker(x(low), x(high)), _dot(x(line.difference), f"now {line.verdict}")]
    around = bounds(line.diff_low, line.diff_high, signed) or "no interval"
    says = f"difference {signed(line.difference)}, {around}; accepted is a drop of {figure(drop)}"
    return _drawing(_WIDE, _HIGH, says, shapes, "interval")


# --------------------------------------------------------------------------- baseline and now


class Scale(NamedTuple):
    """The ends of an axis that several dot plots share, and its name; None where each line has one of its own from zero on."""

    says: str
    low: float
    high: float | None


def scale(line: Line) -> Scale:
    """The axis on which a line's figures stand."""
    told = [v for v in (line.now, line.before, line.low, line.high) if v is not None]
    if line.metric.statistic == "bias":
        far = max([1.0, *(abs(v) for v in told)])
        return Scale("Bias in levels (left too strict, right too lenient)", -far, far)
    if line.metric.statistic == "mean" and (line.metric.relative or any(v < 0 or v > 1 for v in told)):
        return Scale("Counts and times, each on a scale of its own from zero on", 0, None)
    return Scale("Shares and agreement", min([0.0, *told]), 1)


def dots(line: Line, on: Scale) -> str:
    """The baseline as an upright and the figure now as a dot with its interval, on the axis `on`."""
    told = [v for v in (line.now, line.before, line.low, line.high) if v is not None]
    low, high = (on.low, on.high) if on.high is not None else (min([0.0, *told]), max([0.0, *told]) * 1.05)
    wide = (high - low) or 1.0

    def x(value: float) -> float:
        return _EDGE + (value - low) / wide * (_WIDER - 2 * _EDGE)

    shapes = [_line(_EDGE, _MIDDLE, _WIDER - _EDGE, _MIDDLE, "axis")]
    shapes += [_line(x(v), _MIDDLE - 5, x(v), _MIDDLE + 5, "axis") for v in {low, 0.0, high} if low <= v <= high]
    if line.low is not None and line.high is not None:
        shapes += _whisker(x(line.low), x(line.high))
    shapes += [_line(x(line.before), 0, x(line.before), _HIGH, "tick")] if line.before is not None else []
    shapes += [_dot(x(line.now), f"now {line.verdict}")] if line.now is not None else []
    says = f"baseline {figure(line.before)}, now {figure(line.now)}, {bounds(line.low, line.high, figure) or 'no interval'}"
    return _drawing(_WIDER, _HIGH, says, shapes, "dots")


# --------------------------------------------------------------------------- levels against levels


class Grid(NamedTuple):
    """How often each reference level (rows, whole levels) was rated at each level; None is unrated."""

    levels: tuple[int, ...]
    counts: Counter[tuple[int, int | None]]
    without: int


def grid(rows: Sequence[Row]) -> Grid:
    """The rows' levels and reference levels, each to the nearest whole level; `without` counts rows that have no reference."""
    pairs = [(_whole(r.reference), None if r.value is None else _whole(r.value)) for r in rows if r.reference is not None]
    seen = [n for pair in pairs for n in pair if n is not None]
    levels = tuple(range(min([_LEVELS[0], *seen]), max([_LEVELS[1], *seen]) + 1))
    return Grid(levels, Counter(pairs), len(rows) - len(pairs))


def _whole(value: float) -> int:
    return int(value + 0.5)


def confusion(found: Grid, says: str) -> str:
    """A grid of counts: reference levels downwards, rated levels across, unrated last; empty where there are no rows or too many levels."""
    if not found.counts or len(found.levels) > _MOST_LEVELS:
        return ""
    columns: list[int | None] = [*found.levels, None]
    left, top, size = 74, 44, len(found.levels)
    high, wide = top + size * _CELL + 6, left + len(columns) * _CELL + 14
    shapes = [_text(left + size * _CELL / 2, 14, "rated", "head"), _text(left - 6, 14, "reference", "head side")]
    shapes += [_text(left + (n + 0.5) * _CELL + _gap(c), 34, _name(c), "head") for n, c in enumerate(columns)]
    told = []
    for down, reference in enumerate(found.levels):
        total = sum(found.counts[reference, c] for c in columns)
        shapes.append(_text(left - 10, top + (down + 0.5) * _CELL + 5, str(reference), "head side"))
        for across, rated in enumerate(columns):
            number = found.counts[reference, rated]
            x, y = left + across * _CELL + _gap(rated), top + down * _CELL
            shapes.append(_box(x + 1, y + 1, _CELL - 2, _CELL - 2, _look(reference, rated, number, total)))
            if number:
                shapes.append(_text(x + _CELL / 2, y + _CELL / 2 + 5, str(number), "number"))
                told.append(f"{number} of reference {reference} {'' if rated is None else 'rated '}{_name(rated)}")
    return _drawing(wide, high, f"{says}: {'; '.join(told)}", shapes, "confusion")


def _name(rated: int | None) -> str:
    return "unrated" if rated is None else str(rated)


def _gap(rated: int | None) -> int:
    """Unrated is no level: it stands a little apart."""
    return 8 if rated is None else 0


def _look(reference: int, rated: int | None, number: int, total: int) -> str:
    """A cell's class: where it lies, and how large a share of its reference level it has, in four steps."""
    place = "unrated" if rated is None else "same" if rated == reference else "far" if abs(rated - reference) >= _FAR else "near"
    share = number / total if total else 0.0
    return f"cell {place} share{0 if not number else 1 + min(3, int(share * 4))}"
