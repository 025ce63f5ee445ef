"""Figures and sentences that the reports share, as plain text: nothing here is escaped.

What could not be scored is said in words; no figure stands in for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from evals.values import Agreement, Fault, Line, Metric, Move, Report, Spent, Verdict
from interviewer.feedback.escape import seen

ORDER: tuple[Verdict, ...] = ("fail", "inconclusive", "pass", "new", "shown")
NOT_SCORED = "not scored"
Told = Callable[[float | None, int | None], str]  # how a figure with so many decimals is told
_VERDICTS = {"pass": "Passed", "fail": "Failed", "inconclusive": "Inconclusive", "broken": "Broken, so there is no verdict"}
_REORDERS = re.compile("[\u061c\u200e\u200f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The text on one line, with characters that reorder or hide a line, or that no file can hold, replaced by U+FFFD."""
    return _REORDERS.sub("\ufffd", " ".join(seen(text).split()))


def ordered(lines: Sequence[Line]) -> list[Line]:
    """Failed lines first, then inconclusive ones, those that passed, new ones, and those that are only shown."""
    return sorted(lines, key=lambda line: ORDER.index(line.verdict))


# --------------------------------------------------------------------------- figures


def places(*values: float | None) -> int:
    """How many decimals figures of this size are told with: three for shares, kappas and levels, fewer for larger ones."""
    size = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)
    return 3 if size < 10 else 1 if size < 1000 else 0


def figure(value: float | None, decimals: int | None = None) -> str:
    """A figure with so many decimals, else with as many as its size asks for; in words where there is none."""
    if value is None or not math.isfinite(value):
        return NOT_SCORED
    told = f"{value:,.{places(value) if decimals is None else decimals}f}"
    return told[1:] if told.startswith("-") and float(told.replace(",", "")) == 0 else told


def signed(value: float | None, decimals: int | None = None) -> str:
    told = figure(value, decimals)
    return f"+{told}" if value is not None and value > 0 and float(told.replace(",", "")) > 0 else told


def level(value: float | None) -> str:
    """A value of a case, with no more decimals than it has."""
    if value is None or not math.isfinite(value):
        return NOT_SCORED
    return f"{int(value):,}" if value == int(value) else figure(value).rstrip("0").rstrip(".")


def bounds(
    low: float | None, high: float | None, told: Callable[[float | None, int | None], str] = figure, decimals: int | None = None
) -> str:
    """An interval in words, of which one end may be open; empty where both are."""
    if low is None and high is None:
        return ""
    if high is None:
        return f"at least {told(low, decimals)}"
    return f"at most {told(high, decimals)}" if low is None else f"{told(low, decimals)} to {told(high, decimals)}"


def count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def accepted(line: Line) -> float | None:
    """The drop that is accepted, in the figure's own unit; None where it is a share of a baseline that there is not."""
    if not line.metric.relative:
        return line.metric.margin
    return None if line.before is None else line.metric.margin * abs(line.before)


# --------------------------------------------------------------------------- a line's cells


class Cells(NamedTuple):
    """One line of the report in words."""

    metric: str
    baseline: str
    now: str
    difference: str
    least: str
    verdict: str


HEADS = Cells("metric", "baseline", "now", "difference (interval)", "smallest drop it would catch", "verdict")


def cells(line: Line, report: Report) -> Cells:
    """A line of `report` as it stands in every table, all of its figures with as many decimals."""
    decimals = places(line.now, line.before)
    absent = line.before is None and (report.baseline is None or line.verdict == "new")
    return Cells(
        plain(line.metric.id),
        "none" if absent else figure(line.before, decimals),
        _now(line, decimals),
        _difference(line, decimals),
        _least(line, decimals),
        line.verdict,
    )


def _now(line: Line, decimals: int) -> str:
    """The interval of the figure itself stands where there is no difference to have one."""
    around = bounds(line.low, line.high, figure, decimals) if line.difference is None and line.now is not None else ""
    return _with(figure(line.now, decimals), around)


def _difference(line: Line, decimals: int) -> str:
    if line.difference is None:
        return "not compared"
    return _with(signed(line.difference, decimals), bounds(line.diff_low, line.diff_high, signed, decimals))


def _least(line: Line, decimals: int) -> str:
    if line.metric.no_exception:
        return "any"
    drop = accepted(line) if line.metric.decides else None
    told = "not known" if line.least is None else figure(line.least, decimals)
    return _with(told, "" if drop is None else f"{figure(drop, decimals)} accepted")


def _with(told: str, aside: str) -> str:
    return f"{told} ({aside})" if aside else told


# --------------------------------------------------------------------------- sentences


def headline(report: Report) -> str:
    """The verdict, how many metrics failed, passed or are inconclusive, and what they are compared with."""
    of = {v: sum(line.verdict == v for line in report.lines) for v in ORDER}
    told = f"{count(of['fail'], 'metric')} failed, {of['inconclusive']} inconclusive, {of['pass']} passed"
    rest = [f"{n} {words}" for n, words in ((of["new"], "new"), (of["shown"], "only shown")) if n]
    told = f"{told} ({' and '.join(rest)})" if rest else told
    if report.baseline is None:
        return f"{_VERDICTS[report.verdict]}: {told}; there is no baseline to compare with."
    when = report.baseline.began.partition("T")[0]
    return f"{_VERDICTS[report.verdict]}: {told}, against the baseline {plain(report.baseline.commit)[:12]} of {plain(when)}."


def run_says(report: Report) -> str:
    """Which run it is: its name and mode, its suites, when it began and how long it took."""
    run = report.run
    told = f"Run {plain(run.name)} of commit {plain(run.commit)[:12]}, {run.mode}, begun {plain(run.began)}, {run.seconds:,.0f} seconds"
    times = f", each model call {run.repeats} times" if run.repeats > 1 else ""
    return f"{told}; suites: {', '.join(map(plain, run.suites)) or 'none'}{times}."


def fault_says(fault: Fault) -> str:
    return f"{plain(fault.says)} (exit {fault.exit})"


def rests_on(line: Line) -> str:
    """How many rows a figure rests on, of how many clusters, and what became of those that could not be scored."""
    if not line.n:
        return "No rows."
    told = f"{count(line.n, 'row')} of {count(line.clusters, 'cluster')}"
    if not line.unscored:
        return f"{told}, all scored."
    fate = "left out of this figure" if line.metric.statistic in ("qwk", "bias") else "counted as wrong"
    return f"{told}, {line.unscored:,} of them not scored and {fate}."


def metric_says(metric: Metric) -> str:
    """What a metric is, and which way is better."""
    best = {"higher": "higher is better", "lower": "lower is better", "zero": "best at zero"}[metric.better]
    return f"{plain(metric.says).rstrip('.')}; {best}."


def moves_say(moves: Sequence[Move]) -> str:
    worse, better = sum(m.worse > 0 for m in moves), sum(m.worse < 0 for m in moves)
    return f"{count(len(moves), 'value')} moved: {worse:,} for the worse, {better:,} for the better."


def worst(moves: Sequence[Move], most: int) -> list[Move]:
    """The moves for the worse, the worst first."""
    return sorted((m for m in moves if m.worse > 0), key=lambda m: (-m.worse, m.measure, m.case))[:most]


def move_says(move: Move) -> str:
    """Before and after, the reference where there is one, and by how much that is worse."""
    reference = "" if move.reference is None else f", reference {level(move.reference)}"
    return f"{level(move.before)} -> {level(move.after)}{reference}, worse by {level(move.worse)}"


# --------------------------------------------------------------------------- agreement and cost

AGREED_HEADS = ("measure", "n (items)", "unscored", "QWK (95 %)", "alpha", "exact", "adjacent", "bias", "by band", "floor", "human ceiling")
SPENT_HEADS = ("role", "model", "calls", "prompt tokens", "completion tokens", "cost", "seconds, median", "seconds, 95th percentile")


def agreed(a: Agreement) -> tuple[str, ...]:
    """An agreement's cells under `AGREED_HEADS`."""
    return (
        plain(a.measure),
        f"{a.n:,} ({a.clusters:,})",
        f"{a.unscored:,}",
        _with(figure(a.qwk), bounds(a.qwk_low, a.qwk_high)),
        figure(a.alpha),
        figure(a.exact),
        figure(a.adjacent),
        signed(a.bias),
        "; ".join(f"{b.name}: {figure(b.exact)} exact, bias {signed(b.bias)} (n {b.n:,})" for b in a.bands) or "none",
        plain(a.floor) or "not known",
        plain(a.ceiling) or "not known",
    )


def spent(s: Spent) -> tuple[str, ...]:
    """One role's cells under `SPENT_HEADS`."""
    tokens = (f"{s.calls:,}", f"{s.prompt_tokens:,}", f"{s.completion_tokens:,}")
    return plain(s.role), plain(s.model), *tokens, money(s), _seconds(s.seconds_p50), _seconds(s.seconds_p95)


def money(s: Spent) -> str:
    if s.money is None:
        return f"no price for {plain(s.model)}"
    return f"{s.money:,.2f}" if s.money >= 10 else f"{s.money:.4f}"


def _seconds(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}"


def spent_says(all_of_it: Sequence[Spent]) -> str:
    """Tokens and money over all roles, and how many of them have no price."""
    priced = [s.money for s in all_of_it if s.money is not None]
    tokens = sum(s.prompt_tokens + s.completion_tokens for s in all_of_it)
    told = f"In all {count(tokens, 'token')} in {count(sum(s.calls for s in all_of_it), 'call')}"
    told = f"{told}, cost {sum(priced):,.4f}" if priced else told
    unpriced = len(all_of_it) - len(priced)
    return f"{told}; no price for {unpriced} of {count(len(all_of_it), 'role')}." if unpriced else f"{told}."


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of which the baseline knew another version, with both: "rate 3 -> 4"."""
    both = sorted({*before, *now})
    return [f"{plain(k)} {plain(before.get(k, 'none'))} -> {plain(now.get(k, 'none'))}" for k in both if before.get(k) != now.get(k)]
