"""The report for a pull request, in Markdown, and for a terminal, in plain text.

Ids, reasons and models' names come from outside: every word of theirs goes through `interviewer.feedback.escape.one_line`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill
from urllib.parse import quote

from evals.report import figures
from evals.report.figures import HEADS, cells, count, ordered, plain
from evals.values import Agreement, Line, Move, Report
from interviewer.feedback.escape import one_line

FEW = 12  # lines up to which none is folded away
WORST = 5
_WIDE = 150
_SHORTEST = 24  # characters of a metric's id that a terminal always shows


def summary(report: Report) -> str:
    """The report as Markdown: verdict, faults, metrics, agreement, the worst moves, cost, and what was absent."""
    blocks = [f"**{_said(figures.headline(report))}**", *_faults(report), *_metrics(report), *_agreement(report.agreement)]
    blocks += [*_moves(report), *_cost(report), *_absent(report), *_run(report)]
    return "\n\n".join(blocks) + "\n"


def table(report: Report) -> str:
    """The same lines for a terminal: aligned columns without colour, at most 150 wide."""
    rows = [HEADS, *(cells(line, report) for line in ordered(report.lines))]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    rest = sum(widths[1:]) + 2 * len(widths[1:])
    widths[0] = min(widths[0], max(_SHORTEST, _WIDE - rest))
    told = [_cut("  ".join(_cut(c, w).ljust(w) for c, w in zip(row, widths, strict=True)).rstrip(), _WIDE) for row in rows]
    told.insert(1, "  ".join("-" * w for w in widths)[:_WIDE])
    above = [figures.headline(report), *(f"Fault: {figures.fault_says(f)}" for f in report.faults)]
    below = [f"Absent: {', '.join(map(plain, report.absent))}."] if report.absent else []
    return "\n".join([*(fill(t, _WIDE) for t in above), "", *told, *(fill(t, _WIDE) for t in below)]) + "\n"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _said(text: str) -> str:
    """A sentence with words from outside, as Markdown on one line."""
    return one_line(plain(text))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    told = list(heads)
    lines = [told, ["---"] * len(told), *([_cell(c) for c in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """A sign begins no list in a cell: there it needs no backslash."""
    said = _said(text)
    return said[1:] if said.startswith(("\\-", "\\+")) else said


def _folded(says: str, blocks: Iterable[str]) -> str:
    inside = "\n\n".join(blocks)
    return f"<details><summary>{says}</summary>\n\n{inside}\n\n</details>"


# --------------------------------------------------------------------------- metrics


def _faults(report: Report) -> Iterator[str]:
    if report.faults:
        yield "### Faults"
        yield "\n".join(f"- {_said(figures.fault_says(f))}" for f in report.faults)


def _metrics(report: Report) -> Iterator[str]:
    """Every line: open where it asks for a look, and folded where there are many that do not."""
    yield "### Metrics"
    lines = ordered(report.lines)
    if len(lines) <= FEW:
        yield from _lines(report, lines)
        return
    urgent = [line for line in lines if line.verdict in ("fail", "inconclusive")]
    passed = [line for line in lines if line.verdict == "pass"]
    others = [line for line in lines if line.verdict in ("new", "shown")]
    yield from _lines(report, urgent)
    for says, told in ((f"{count(len(passed), 'metric')} passed", passed), (f"{count(len(others), 'metric')} new or only shown", others)):
        if told:
            yield _folded(says, _lines(report, told))


def _lines(report: Report, lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        yield "No metric failed and none is inconclusive." if report.lines else "Nothing was measured."
        return
    yield _table(HEADS, (cells(line, report) for line in lines))
    yield "\n".join(f"- **{_said(line.metric.id)}**, {line.verdict}: {_behind(line)}" for line in lines)


def _behind(line: Line) -> str:
    """What a metric is, what it rests on, and why its verdict is what it is."""
    return _said(" ".join(t for t in (figures.metric_says(line.metric), figures.rests_on(line), line.why) if t))


# --------------------------------------------------------------------------- agreement and moves


def _agreement(found: Sequence[Agreement]) -> Iterator[str]:
    if not found:
        return
    yield "### Agreement with reference levels"
    yield _table(figures.AGREED_HEADS, map(figures.agreed, found))
    yield "\n".join(f"- **{_said(a.measure)}**: {_said(a.says)}" for a in found)


def _moves(report: Report) -> Iterator[str]:
    """The five worst moves, each with a link to its case on the page."""
    if report.baseline is None:
        return
    found = figures.worst(report.moves, WORST)
    yield f"### The {('five ' if len(found) == WORST else '')}worst moves"
    yield figures.moves_say(report.moves)
    if found:
        yield "\n".join(f"{n}. {_move(m)}" for n, m in enumerate(found, 1))


def _move(move: Move) -> str:
    name = _said(move.case)
    linked = f"[{name}](page.html#{quote(move.at, safe=':')})" if move.at else name
    why = f" {_said(move.why)}" if move.why else ""
    return f"{linked} in {_said(move.measure)}: {_said(figures.move_says(move))}.{why}"


# --------------------------------------------------------------------------- cost, absence, the run


def _cost(report: Report) -> Iterator[str]:
    yield "### Tokens and cost"
    if not report.run.spent:
        yield "No model was called."
        return
    yield _table(figures.SPENT_HEADS, map(figures.spent, report.run.spent))
    yield _said(figures.spent_says(report.run.spent))


def _absent(report: Report) -> Iterator[str]:
    if report.absent:
        yield "### Sets that were absent"
        yield "Nothing above says anything about them."
        yield "\n".join(f"- {_said(a)}" for a in report.absent)


def _run(report: Report) -> Iterator[str]:
    """Which run it was, and which prompts and models are others than in the baseline."""
    yield _said(figures.run_says(report))
    if report.baseline is None:
        return
    for what, before, now in (
        ("Prompts", report.baseline.prompts, report.run.prompts),
        ("Models", report.baseline.models, report.run.models),
    ):
        told = figures.changed(before, now)
        if told:
            yield f"{what} that are others than in the baseline: {_said('; '.join(told))}."
