"""The report as one page that needs nothing but itself: figures and drawings, and a card for each case.

Answers and models' words are hostile text: here every one of them is escaped, in the page's JSON there is no `<`, the script sets text
alone, and the page's policy allows its own style and its own script and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from evals.report import figures, plots
from evals.report.cards import cards, in_script
from evals.report.figures import cells, level, ordered
from evals.report.plots import Scale, escaped
from evals.values import Facts, Line, Metric, Move, Output, Report, Row

_FOLDER = Path(__file__).parent
_MOST_MOVES = 25


def page(report: Report, outputs: Sequence[Output], rows: Sequence[Row], baseline_rows: Sequence[Row]) -> str:
    """The whole page as HTML; a case opens at `#` and its output's key.

    Its JSON (`#data`) is a list of cards with `suite`, `key`, `cluster`, `made`, `rows` and `moves`.
    """
    found = cards(report, outputs, rows, baseline_rows)
    style, script = _read("page.css"), _read("cards.js") + _read("page.js")
    sections = [
        *_faults(report),
        *_metrics(report),
        *_dots(report),
        *_agreement(report, rows, baseline_rows),
        *_moves(report),
        *_cost(report.run),
        *_facts(report),
        _cases(sum(not r.at for r in rows)),
    ]
    links = "".join(f'<li><a href="#{name}">{says}</a></li>' for name, says, _ in sections)
    body = "\n".join(
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{says}</h2>{t}</section>' for name, says, t in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>Evals: {escaped(report.run.name)}, {report.verdict}</title><style>{style}</style></head>\n<body>{_head(report)}"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav><main>\n{body}\n</main>\n'
        f'<script type="application/json" id="data">{in_script(found)}</script>\n<script>{script}</script>\n</body></html>\n'
    )


_Section = tuple[str, str, str]  # id, heading, HTML


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere, and of the page's own only this style and this script."""

    def only(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {only(style)}; script-src {only(script)}; base-uri 'none'; form-action 'none'"


def _head(report: Report) -> str:
    return (
        f"<header><h1>Evals: {escaped(report.run.name)}</h1>"
        f'<p id="verdict" class="{report.verdict}">{escaped(figures.headline(report))}</p>'
        f'<p class="quiet">{escaped(figures.run_says(report))}</p></header>'
    )


def _table(kind: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table whose cells are HTML; the first of each row is its heading, and each knows its column's name, for narrow windows."""
    told = list(heads)
    head = "".join(f'<th scope="col" role="columnheader">{h}</th>' for h in told)
    body = "".join(f'<tr role="row">{_cells(told, list(row))}</tr>' for row in rows)
    return (
        f'<div class="wide"><table class="{kind}" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _cells(heads: Sequence[str], row: Sequence[str]) -> str:
    first = f'<th scope="row" role="rowheader">{row[0]}</th>'
    return first + "".join(f'<td role="cell" data-head="{h}">{cell}</td>' for h, cell in zip(heads[1:], row[1:], strict=True))


# --------------------------------------------------------------------------- metrics


def _faults(report: Report) -> Iterator[_Section]:
    if report.faults:
        yield "faults", "Faults", _list("fault", (escaped(figures.fault_says(f)) for f in report.faults))


def _list(kind: str, items: Iterable[str]) -> str:
    return f'<ul class="{kind}">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def _metrics(report: Report) -> Iterator[_Section]:
    lines = ordered(report.lines)
    says = (
        "<p>In each drawing the upright line is the baseline, the dot is this run and the whisker is the interval of the difference; "
        "right is better. Left of the dashed line more is lost than is accepted. Each drawing has a scale of its own.</p>"
    )
    heads = ("metric", "verdict", "baseline", "now", "difference (interval)", "drawn", "smallest drop it would catch")
    yield "metrics", "Metrics", says + _table("metrics", heads, (_metric(line, report) for line in lines))


def _metric(line: Line, report: Report) -> tuple[str, ...]:
    told = cells(line, report)
    why = f"<br>{escaped(line.why)}" if line.why else ""
    behind = f"{escaped(figures.metric_says(line.metric))}<br>{escaped(figures.rests_on(line))}{why}"
    name = f'{_name(line.metric)}<details><summary>What it is</summary><p class="quiet">{behind}</p></details>'
    drawn = plots.interval(line) or '<span class="quiet">none</span>'
    return name, _badge(line.verdict), told.baseline, _number(told.now), _number(told.difference), drawn, _number(told.least)


def _number(cell: str) -> str:
    """A figure with what stands beside it in parentheses, which goes to a line of its own where there is no room."""
    told, _, aside = cell.partition(" (")
    return f'{told} <span class="aside">({aside}</span>' if aside else told


def _name(metric: Metric) -> str:
    """A metric's id, which may go on in another line after each dot."""
    return f"<bdi>{escaped(metric.id).replace('.', '.<wbr>')}</bdi>"


def _badge(verdict: str) -> str:
    return f'<span class="badge {verdict}">{verdict}</span>'


def _dots(report: Report) -> Iterator[_Section]:
    """Every metric's baseline and now, those of one kind on one axis."""
    by_kind: dict[str, list[Line]] = {}
    for line in ordered(report.lines):
        by_kind.setdefault(plots.scale(line).says, []).append(line)
    told = ["<p>The upright line is the baseline, the dot is this run, with its 95 % interval.</p>"]
    for says, lines in by_kind.items():
        scales = [plots.scale(line) for line in lines]
        highs = [s.high for s in scales if s.high is not None]
        on = Scale(says, min(s.low for s in scales), max(highs) if highs else None)
        ends = "" if on.high is None else f", from {level(on.low)} to {level(on.high)}"
        drawn = _table("dotted", ("metric", "drawn", "baseline", "now"), [_dotted(line, on, report) for line in lines])
        told.append(f"<h3>{says}{ends}</h3>{drawn}")
    yield "beside", "Baseline against now", "".join(told)


def _dotted(line: Line, on: Scale, report: Report) -> tuple[str, ...]:
    told = cells(line, report)
    return _name(line.metric), plots.dots(line, on), told.baseline, told.now.partition(" (")[0]


# --------------------------------------------------------------------------- agreement and moves


def _agreement(report: Report, rows: Sequence[Row], baseline_rows: Sequence[Row]) -> Iterator[_Section]:
    if not report.agreement:
        return
    told = [_table("agreement", figures.AGREED_HEADS, (map(escaped, figures.agreed(a)) for a in report.agreement))]
    for a in report.agreement:
        grids = [_grid(a.measure, "this run", rows), _grid(a.measure, "the baseline", baseline_rows)]
        told.append(f'<h3><bdi>{escaped(a.measure)}</bdi></h3><p>{escaped(a.says)}</p><div class="grids">{"".join(grids)}</div>')
    yield "agreement", "Agreement with reference levels", "".join(told)


def _grid(measure: str, whose: str, rows: Sequence[Row]) -> str:
    """The counts of one measure in one run, or a sentence where there is nothing to draw."""
    found = plots.grid([r for r in rows if r.measure == measure])
    drawn = plots.confusion(found, f"{measure}, {whose}")
    none = "Nothing to draw: no rows with a reference level, or too many levels."
    without = f" {figures.count(found.without, 'row')} without a reference left out." if found.without else ""
    return f"<figure><figcaption>In {whose}.{without}</figcaption>{drawn or f'<p>{none}</p>'}</figure>"


def _moves(report: Report) -> Iterator[_Section]:
    """The worst moves; all of them stand on their cards."""
    if report.baseline is None:
        return
    found = figures.worst(report.moves, _MOST_MOVES)
    says = f"<p>{figures.moves_say(report.moves)}"
    says += f" The worst {len(found)} of them:</p>" if found else "</p>"
    heads = ("case", "measure", "before", "after", "reference", "worse by", "why")
    yield "moves", "The worst moves", says + (_table("moves", heads, (_move(m) for m in found)) if found else "")


def _move(m: Move) -> tuple[str, ...]:
    name = f"<bdi>{escaped(m.case)}</bdi>"
    linked = f'<a href="#{quote(m.at, safe=":")}">{name}</a>' if m.at else name
    reference = "none" if m.reference is None else level(m.reference)
    return linked, f"<bdi>{escaped(m.measure)}</bdi>", level(m.before), level(m.after), reference, level(m.worse), escaped(m.why)


# --------------------------------------------------------------------------- the run and its cases


def _cost(run: Facts) -> Iterator[_Section]:
    drawn = _table("cost", figures.SPENT_HEADS, (map(escaped, figures.spent(s)) for s in run.spent))
    yield "cost", "Tokens and cost", f"{drawn}<p>{figures.spent_says(run.spent)}</p>" if run.spent else "<p>No model was called.</p>"


def _facts(report: Report) -> Iterator[_Section]:
    """What was run, what is another one than in the baseline, and what was absent."""
    run, told = report.run, []
    if report.absent:
        told.append(f"<p>Absent, so that nothing here says anything about them:</p>{_list('absent', map(escaped, report.absent))}")
    known = report.baseline or run
    for what, now, before in (("prompts", run.prompts, known.prompts), ("models", run.models, known.models)):
        others = "; ".join(figures.changed(before, now))
        told.append(f"<p>The {what}: {escaped(', '.join(f'{k} {v}' for k, v in now.items())) or 'none'}.")
        told.append(f" Others than in the baseline: {escaped(others)}.</p>" if others else "</p>")
    told.append(f"<p>Authors of the cases: {escaped(', '.join(run.authors)) or 'not named'}.</p>")
    told.append(f"<p>Recorded replies: {escaped(', '.join(run.recorded)) or 'none'}.</p>")
    yield "run", "What was run", "".join(told)


def _cases(apart: int) -> _Section:
    """The filters, and an empty list that the script fills."""
    boxes = "".join(f'<label><input type="checkbox" id="only-{n}"> only {n}</label>' for n in ("moved", "unscored", "wrong"))
    note = f"<p>{figures.count(apart, 'row')} of this run belong to no one case and stand in the figures alone.</p>" if apart else ""
    told = (
        '<form id="filters" role="search" aria-label="Filter the cases"><label>Suite <select id="suite"><option value="">all</option>'
        f'</select></label><label>Words <input type="search" id="words" autocomplete="off"></label>{boxes}</form>'
        '<p class="quiet">Wrong is a row that could not be scored, lies two levels and more off its reference, '
        f'or is on the worse half of a share.</p>{note}<p id="count" role="status"></p>'
        '<div id="list"></div><button type="button" id="more" hidden>Show more</button>'
        "<noscript><p>The cards are built by this page's script, which does not run here.</p></noscript>"
    )
    return "cases", "Cases", told
