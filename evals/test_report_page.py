"""The report's page: its words are harmless, its cards complete, its drawings true, and it works in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from evals.report import page, plots
from evals.report.cards import wrong
from evals.test_report import HOSTILE, MADE, UNSEEN, a_line, a_report, a_row, an_agreement, an_output, hostile_report
from evals.values import Better, Line, Move


class Seen(HTMLParser):
    """The elements, their attributes, and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script" and data.strip():
            self.scripts.append(data)


def data_of(text: str) -> Any:
    return json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[0])


def test_figures_that_there_are_not_are_said_in_words_on_the_page_too() -> None:
    nothing = dict.fromkeys(("now", "low", "high", "before", "difference", "diff_low", "diff_high", "least"))
    report = a_report(a_line("unscorable", "inconclusive", unscored=40, **nothing), agreement=[an_agreement()])
    shown = page(report, [], [a_row(value=None, measure="agreement.model.cases")], [])
    assert "0.000" not in shown and "1 of reference 4 unrated" in shown
    assert data_of(shown)[0]["rows"][0]["value"] is None


def test_hostile_words_are_no_markup_on_the_page() -> None:
    made = {"answer": HOSTILE, HOSTILE: [HOSTILE, {"n": float("nan")}]}
    rows = [a_row(case=HOSTILE, measure=HOSTILE, why=HOSTILE, at=HOSTILE)]
    told = page(hostile_report(), [an_output(HOSTILE, made)], rows, [])
    seen = Seen(told)
    assert {"img", "iframe", "object"} & {tag for tag, _ in seen.elements} == set()
    assert [a for _, attrs in seen.elements for a in attrs if a.startswith("on") or a == "style"] == []
    assert len(seen.scripts) == 2 and not UNSEEN.search(told)
    (card,) = data_of(told)
    assert card["made"] == {"answer": HOSTILE, HOSTILE: [HOSTILE, {"n": "nan"}]}
    assert card["rows"][0]["why"] == HOSTILE


def test_the_page_asks_nothing_of_anybody_and_allows_its_own_script_alone() -> None:
    told = page(a_report(a_line()), [an_output()], [a_row()], [])
    seen = Seen(told)
    policy = next(attrs["content"] or "" for tag, attrs in seen.elements if attrs.get("http-equiv") == "Content-Security-Policy")
    script = base64.b64encode(hashlib.sha256(seen.scripts[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'") and f"script-src 'sha256-{script}'" in policy and "unsafe" not in policy
    assert [attrs for _, attrs in seen.elements if "src" in attrs or (attrs.get("href") or "#")[0] != "#"] == []


# --------------------------------------------------------------------------- cards and drawings


def test_a_card_has_its_rows_with_the_baselines_values_and_its_moves() -> None:
    rows = [a_row(), a_row("u1/ending", None), a_row("elsewhere", at="")]
    before = [a_row(value=3.5), a_row("u1/ending", None)]
    move = Move(measure="agreement.embedded.cases", case="u1/told-early", at="ratings:u1", before=3.5, after=1.9, reference=4, worse=1.6)
    (card,) = data_of(page(a_report(moves=[move]), [an_output()], rows, before))
    assert [(r["case"], r["value"], r["before"], r["wrong"]) for r in card["rows"]] == [
        ("u1/told-early", 1.9, 3.5, True),
        ("u1/ending", None, None, True),
    ]
    assert card["moves"][0]["worse"] == 1.6
    assert card["made"] == MADE


def test_a_row_that_the_baseline_has_not_has_no_value_there_which_is_not_the_same_as_unscored() -> None:
    (card,) = data_of(page(a_report(), [an_output()], [a_row()], []))
    assert "before" not in card["rows"][0]


def test_a_move_whose_output_is_gone_has_a_card_all_the_same() -> None:
    gone = Move(measure="m", case="c", at="ratings:gone", before=1, after=None, worse=1)
    assert [(c["key"], c["made"]) for c in data_of(page(a_report(moves=[gone]), [], [], []))] == [("ratings:gone", None)]


@pytest.mark.parametrize(
    ("value", "reference", "better", "is_wrong"),
    [
        (None, None, None, True),
        (3.0, 5.0, None, True),
        (3.5, 5.0, "higher", False),
        (0.0, None, "higher", True),
        (0.0, None, "lower", False),
        (1.0, None, "lower", True),
        (1.0, None, "higher", False),
        (0.0, None, None, False),
    ],
)
def test_wrong_is_unscored_far_off_or_on_the_worse_half(
    value: float | None, reference: float | None, better: Better | None, is_wrong: bool
) -> None:
    assert wrong(a_row(value=value, reference=reference), better) is is_wrong


def test_the_grid_counts_each_pair_of_levels_and_keeps_the_unrated_apart() -> None:
    rows = [a_row(value=v, reference=r) for v, r in ((2.4, 2), (2.5, 2), (None, 2), (5, 5), (3, None))]
    found = plots.grid(rows)
    assert found.counts == {(2, 2): 1, (2, 3): 1, (2, None): 1, (5, 5): 1}
    assert (found.levels, found.without) == ((1, 2, 3, 4, 5), 1)
    drawn = ET.fromstring(plots.confusion(found, "levels"))
    assert "1 of reference 2 rated 3; 1 of reference 2 unrated" in drawn.get("aria-label", "")
    assert [t.text for t in drawn if t.get("class") == "number"] == ["1", "1", "1", "1"]


def test_the_interval_has_worse_on_the_left_of_the_baseline_and_the_margin_where_it_is() -> None:
    def at(line: Line) -> dict[str, float]:
        shapes = ET.fromstring(plots.interval(line))
        return {str(s.get("class")).split()[0]: float(s.get("x1") or s.get("cx") or s.get("x") or 0) for s in shapes}

    found = at(a_line(difference=-0.05, diff_low=-0.06, diff_high=-0.04))
    assert found["now"] < found["margin"] < found["tick"] == 100
    assert plots.interval(a_line(verdict="new")) == ""


# --------------------------------------------------------------------------- in a browser


@pytest.mark.browser
def test_cards_open_by_address_and_filters_and_keys_work(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(chromium).exists():
        pytest.skip(f"no Chromium at {chromium}")
    hostile = an_output("library:hostile", {"answer": HOSTILE, "__proto__": {"deep": [None, 0.5]}})
    broken = an_output("ratings:broken", {"turns": "none", "criteria": [None], "ratings": {"model": {"a": {"evidence": [5]}}}})
    outputs = [hostile, broken, *(an_output(f"ratings:u{n}") for n in range(120))]
    move = Move(measure="agreement.embedded.cases", case="u1/told-early", at="ratings:u1", before=3.5, after=1.9, worse=1.6)
    file = tmp_path / "page.html"
    file.write_text(page(a_report(a_line(), moves=[move]), outputs, [a_row()], [a_row(value=3.5)]), encoding="utf-8")
    faults: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.on("console", lambda m: faults.append(m.text))
        tab.on("pageerror", lambda e: faults.append(str(e)))
        tab.goto(file.as_uri())
        assert tab.inner_text("#count") == "122 of 122 cases match; 50 are listed."
        tab.check("#only-moved")
        assert tab.locator(".card").count() == 1
        tab.locator(".card summary").first.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_selector(".card mark.embedded")
        assert tab.inner_text(".card mark") == "I told her  the same day."
        assert "far off" in tab.inner_text(".card") and "embedded 3.5 (moved)" in tab.inner_text(".card")
        assert "unrated" in tab.inner_text(".card")
        tab.goto(f"{file.as_uri()}#ratings:u110")
        assert "u110" in tab.inner_text(".card.asked") and not tab.is_checked("#only-moved")
        for key in ("library:hostile", "ratings:broken"):
            tab.goto(f"{file.as_uri()}#{key}")
            tab.wait_for_function("key => document.querySelector('.card.asked')?.innerText.includes(key)", arg=key)
        tab.select_option("#suite", "library")
        assert "</script><img" in tab.inner_text(".card")
        assert tab.title() == "Evals: a change, pass"
        browser.close()
    assert faults == []
