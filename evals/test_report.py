"""The reports say every verdict, put no number where there is none, and let no word of an answer become markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from markdown_it import MarkdownIt

from evals.report import junit, page, summary, table
from evals.values import Agreement, Band, Facts, Fault, Line, Metric, Move, Output, Report, Row, Spent, Verdict

HOSTILE = (
    "\x1b\u202e</script><img src=x onerror=\"document.title='owned'\"> | `code` [a](http://b) \n# head\n"
    "\x00\x07\x1b[31m\u202egnp.exe\u2066\u200f &amp; 'q'"
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RUN = Facts(
    name="a change", mode="replay", began="2026-11-22T09:00:00Z", seconds=41, commit="def5678", suites=("ratings",), prompts={"rate": "4"}
)
BASELINE = RUN.model_copy(update={"name": "main", "began": "2026-11-20T09:00:00Z", "commit": "abc1234", "prompts": {"rate": "3"}})
MADE: dict[str, Any] = {
    "item": "bad-result",
    "question": "What went wrong?",
    "turns": [{"question": "What went wrong?", "answer": "The forecast was off. I told her  the same day."}],
    "criteria": [{"id": "told-early", "name": "Told early"}],
    "references": {"told-early": 4.0},
    "ratings": {
        "embedded": {
            "told-early": {"level": 2, "expected": 1.9, "reason": None, "evidence": [{"turn": 0, "quote": "I told her the same day."}]}
        },
        "model": {"told-early": {"level": None, "expected": None, "reason": "cannot tell", "evidence": []}},
    },
}


def a_line(id: str = "exact", verdict: Verdict = "pass", **more: Any) -> Line:
    of_metric = {k: more.pop(k) for k in ("better", "relative", "decides", "statistic", "measure") if k in more}
    metric = Metric.model_validate({"id": id, "measure": "agreement.model.cases", "says": "the same level", "margin": 0.03, **of_metric})
    compared = {"before": 0.81, "difference": 0.01, "diff_low": -0.02, "diff_high": 0.04, "least": 0.05}
    figures = {"n": 40, "clusters": 10, "unscored": 0, "now": 0.82, "low": 0.78, "high": 0.86, **({} if verdict == "new" else compared)}
    return Line.model_validate({"metric": metric, "verdict": verdict, **figures, **more})


def a_report(*lines: Line, **more: Any) -> Report:
    return Report.model_validate({"run": RUN, "baseline": BASELINE, "lines": lines, "verdict": "pass", "exit": 0, **more})


def a_row(case: str = "u1/told-early", value: float | None = 1.9, reference: float | None = 4.0, **more: Any) -> Row:
    told = {"measure": "agreement.embedded.cases", "cluster": "i", "at": "ratings:u1", **more}
    return Row.model_validate({"case": case, "value": value, "reference": reference, **told})


def an_output(key: str = "ratings:u1", made: dict[str, Any] | None = None) -> Output:
    return Output(suite=key.partition(":")[0], key=key, cluster="bad-result", made=MADE if made is None else made)


def hostile_report() -> Report:
    return a_report(
        a_line(HOSTILE, "fail", measure=f"{HOSTILE}.x", why=HOSTILE),
        faults=[Fault(says=HOSTILE, exit=2)],
        absent=[HOSTILE],
        moves=[Move(measure=HOSTILE, case=HOSTILE, at=HOSTILE, before=5, after=None, reference=5, worse=4, why=HOSTILE)],
        agreement=[an_agreement(measure=HOSTILE, says=HOSTILE, floor=HOSTILE, ceiling=HOSTILE)],
        run=RUN.model_copy(
            update={"name": HOSTILE, "spent": (Spent(role=HOSTILE, model=HOSTILE, calls=1, prompt_tokens=2, completion_tokens=3),)}
        ),
        verdict="fail",
        exit=1,
    )


def an_agreement(**more: Any) -> Agreement:
    band = Band(name="low", n=3, exact=0.5, bias=None)
    told = {"measure": "agreement.model.cases", "says": "levels", "n": 40, "clusters": 10, "unscored": 3, "exact": 0.6, "adjacent": 0.9}
    none = {"qwk": None, "qwk_low": None, "qwk_high": None, "alpha": None, "bias": None}
    return Agreement.model_validate({**told, **none, "bands": [band], **more})


# --------------------------------------------------------------------------- what is said


def test_the_first_line_says_the_verdict_the_counts_and_the_baseline() -> None:
    report = a_report(
        a_line("a", "fail"), a_line("b"), a_line("c"), a_line("d", "inconclusive"), a_line("e", "new"), verdict="fail", exit=1
    )
    said = "Failed: 1 metric failed, 1 inconclusive, 2 passed (1 new), against the baseline abc1234 of 2026-11-20."
    assert summary(report).splitlines()[0] == f"**{said}**"
    assert table(report).splitlines()[0] == said
    assert "there is no baseline" in summary(a_report(baseline=None)).splitlines()[0]


@pytest.mark.parametrize("many", [1, 9])
def test_every_lines_verdict_stands_beside_its_name_in_all_reports_failed_ones_first(many: int) -> None:
    verdicts: tuple[Verdict, ...] = ("shown", "pass", "new", "inconclusive", "fail")
    report = a_report(*(a_line(f"{v}-{n}", v) for v in verdicts for n in range(many)))
    for told in (summary(report), table(report)):
        rows = [[c.strip() for c in re.split(r"\||\s{2,}", row.strip("| "))] for row in told.splitlines()]
        found = [(row[0].partition("-")[0], row[-1]) for row in rows if re.fullmatch(r"[a-z]+-\d", row[0])]
        assert found == [(v, v) for v in ("fail", "inconclusive", "pass", "new", "shown") for _ in range(many)]
    cases = {c.get("name"): [child.tag for child in c] for c in ET.fromstring(junit(report)).iter("testcase")}
    tags = {"fail": "failure", "inconclusive": "error", "pass": "system-out", "new": "skipped", "shown": "skipped"}
    assert cases == {f"{v}-{n}": [tags[v]] for v in verdicts for n in range(many)}
    badges = re.findall(r'class="badge ([a-z]+)">([a-z]+)<', page(report, [], [], []))
    assert sorted(badges) == sorted((v, v) for v in verdicts for _ in range(many))


def test_only_lines_that_ask_for_no_look_are_folded_away() -> None:
    told = summary(a_report(a_line("wrong", "fail"), a_line("unsure", "inconclusive"), *(a_line(f"right-{n}") for n in range(20))))
    open_part, _, folded = told.partition("<details>")
    assert "wrong" in open_part and "unsure" in open_part and "right-0" not in open_part
    assert all(f"right-{n}" in folded for n in range(20))


def test_figures_that_there_are_not_are_said_in_words_and_never_as_zero() -> None:
    nothing = dict.fromkeys(("now", "low", "high", "before", "difference", "diff_low", "diff_high", "least"))
    report = a_report(
        a_line("unscorable", "inconclusive", unscored=40, **nothing),
        agreement=[an_agreement()],
        moves=[Move(measure="m", case="c", at="ratings:u1", before=None, after=None, worse=1)],
    )
    told = summary(report)
    cells = {name: next(row for row in told.splitlines() if row.startswith(f"| {name}")) for name in ("unscorable", "agreement")}
    assert cells["unscorable"] == "| unscorable | not scored | not scored | not compared | not known (0.030 accepted) | inconclusive |"
    assert cells["agreement"].count("not scored") == 4 and "0.000" not in cells["agreement"]
    assert "not scored -> not scored" in told
    assert "0.000" not in table(report) and "0.000" not in junit(report)


def test_a_line_says_what_it_rests_on_and_what_became_of_the_unscored() -> None:
    told = summary(a_report(a_line("exact", unscored=3, statistic="exact"), a_line("bias", unscored=3, statistic="bias", better="zero")))
    assert "40 rows of 10 clusters, 3 of them not scored and counted as wrong." in told
    assert "40 rows of 10 clusters, 3 of them not scored and left out of this figure." in told


def test_a_role_without_a_price_has_no_cost_and_the_total_says_so() -> None:
    priced = Spent(role="rater", model="a", calls=2, prompt_tokens=900, completion_tokens=100, money=1.5)
    free = Spent(role="judge", model="b", calls=1, prompt_tokens=50, completion_tokens=50)
    told = summary(a_report(run=RUN.model_copy(update={"spent": (priced, free)})))
    assert "| judge | b | 1 | 50 | 50 | no price for b |" in told
    assert "In all 1,100 tokens in 3 calls, cost 1.5000; no price for 1 of 2 roles." in told


def test_the_worst_moves_come_first_and_lead_to_their_cases() -> None:
    moves = [Move(measure="m", case=f"u{n}/x y", at=f"ratings:u{n} (x)", before=5, after=5 - n, reference=5, worse=n) for n in range(-1, 8)]
    told = summary(a_report(moves=moves))
    listed = re.findall(r"^\d\. \[(u\d)/x y\]\(page.html#(\S+)\) in m: (.*)$", told, re.MULTILINE)
    assert [case for case, _, _ in listed] == ["u7", "u6", "u5", "u4", "u3"]
    assert listed[0][1:] == ("ratings:u7%20%28x%29", "5 -> -2, reference 5, worse by 7.")
    assert "9 values moved: 7 for the worse, 1 for the better." in told


def test_prompts_that_are_others_than_in_the_baseline_and_absent_sets_are_named() -> None:
    told = summary(a_report(absent=["answers of people"]))
    assert "rate 3 -> 4" in told and "- answers of people" in told


def test_the_terminals_table_is_aligned_and_at_most_150_wide() -> None:
    report = a_report(
        a_line("x" * 300, "new", now=123456.7, low=100000.0, high=150000.0), a_line("short"), faults=[Fault(says="why " * 90, exit=2)]
    )
    lines = table(report).splitlines()
    assert max(map(len, lines)) <= 150
    head = next(line for line in lines if line.startswith("metric"))
    assert [line[head.index("verdict") :] for line in lines[lines.index(head) + 2 :]] == ["pass", "new"]


def test_a_margin_that_is_a_share_of_the_baseline_is_told_in_the_figures_unit() -> None:
    line = a_line(
        "tokens", now=2400.0, before=2500.0, difference=100.0, diff_low=-9.0, diff_high=200.0, least=104.0, relative=True, better="lower"
    )
    assert "| tokens | 2,500 | 2,400 | +100 (-9 to +200) | 104 (75 accepted) | pass |" in summary(a_report(line))


# --------------------------------------------------------------------------- hostile words


def test_hostile_words_are_no_markup_in_the_summary() -> None:
    told = summary(hostile_report())
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(told)
    inline = [child for t in tokens for child in t.children or ()]
    assert [t.content for t in (*tokens, *inline) if t.type.startswith("html")] == []
    links = {t.attrs["href"] for t in inline if t.type == "link_open"}
    assert len(links) == 1 and all(str(link).startswith("page.html#") for link in links)
    assert not any(t.type in ("code_inline", "image") for t in inline)
    assert {t.tag for t in tokens if t.type == "heading_open"} == {"h3"}
    assert not UNSEEN.search(told)


def test_hostile_words_break_no_table_row() -> None:
    told = summary(hostile_report())
    html = MarkdownIt("commonmark").enable("table").render(told)
    for found in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        rows = [row.count("<td") for row in re.findall(r"<tr>.*?</tr>", found, re.DOTALL)]
        assert len(rows) == 2 and rows[1] == found.count("<th>")
    assert not UNSEEN.search(table(hostile_report()))


def test_junit_is_sound_xml_whatever_the_words() -> None:
    told = junit(hostile_report())
    root = ET.fromstring(told)
    assert not UNSEEN.search(told)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "1")
    assert root.find(".//failure") is not None and root.find(".//img") is None


def test_junit_has_a_suite_for_the_first_part_of_each_measure_and_the_runs_facts() -> None:
    root = ET.fromstring(junit(a_report(a_line("a"), a_line("b", measure="order.embedded"), faults=[Fault(says="No recording.", exit=2)])))
    assert [s.get("name") for s in root] == ["evals", "agreement", "order"]
    assert root.find("testsuite/properties/property[@name='commit']").get("value") == "def5678"  # type: ignore[union-attr]
    assert [c.get("name") for c in root[0].iter("testcase")] == ["No recording."]
