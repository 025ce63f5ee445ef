"""The gate catches what it is for: each planted regression fails by the metric named for it, and a copy that is as good passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evals.planted import PLANTED, Alter, Planted, copy, prompt
from evals.values import Line, Report


def judged(folder: Path, suite: str) -> Report:
    """The report of one suite, run in a copy as a maintainer would."""
    told = [sys.executable, "-m", "evals", "run", "--suite", suite, "--name", "here"]
    done = subprocess.run(told, cwd=folder, capture_output=True, text=True, timeout=1_200, check=False)
    path = folder / "evals" / "runs" / "here" / "report.json"
    assert path.is_file(), done.stderr[-2000:]
    report = Report.model_validate_json(path.read_text(encoding="utf-8"))
    assert done.returncode == report.exit
    return report


def line(report: Report, metric: str) -> Line:
    (found,) = [told for told in report.lines if told.metric.id == metric]
    return found


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.says)
def test_a_planted_regression_fails_by_the_metric_named_for_it(planted: Planted, tmp_path: Path) -> None:
    planted.alter(copy(tmp_path))
    report = judged(tmp_path, planted.suite)
    found = line(report, planted.metric)
    assert found.verdict == "fail", found
    assert found.before is not None and found.now is not None
    assert report.exit in (1, 2)


@pytest.mark.parametrize("suite", ["interviews", "sent"])  # and all of them in test_run.py
def test_a_copy_in_which_nothing_is_changed_passes(suite: str, tmp_path: Path) -> None:
    report = judged(copy(tmp_path), suite)
    assert (report.verdict, report.exit) == ("pass", 0), [told for told in report.lines if told.verdict != "pass"]


HARMLESS: tuple[tuple[str, Alter], ...] = (
    ("sent", prompt("rate_criterion", "You judge one criterion and nothing else:", "You judge a single criterion, nothing else:")),
    ("interviews", prompt("probe", "The candidate has answered, and you ask", "The candidate has answered. You ask")),
)


@pytest.mark.parametrize(("suite", "alter"), HARMLESS, ids=[suite for suite, _ in HARMLESS])
def test_a_prompt_worded_otherwise_with_its_recordings_passes(suite: str, alter: Alter, tmp_path: Path) -> None:
    alter(copy(tmp_path))
    report = judged(tmp_path, suite)
    assert (report.verdict, report.exit) == ("pass", 0), [told for told in report.lines if told.verdict != "pass"]


def test_a_prompt_changed_without_its_recordings_is_told_and_judged_by_nothing(tmp_path: Path) -> None:
    path = copy(tmp_path) / "prompts" / "rate_criterion.md"
    path.write_text(path.read_text(encoding="utf-8").replace("You judge one criterion", "You judge just one criterion"), encoding="utf-8")
    report = judged(tmp_path, "sent")
    assert (report.verdict, report.exit) == ("broken", 2)
    (told,) = [f.says for f in report.faults if f.exit == 2]
    assert "not recorded" in told
    assert "-You rate answers from a job interview. You judge one criterion" in told
    assert "+You rate answers from a job interview. You judge just one criterion" in told
    assert "python -m evals record --author" in told
