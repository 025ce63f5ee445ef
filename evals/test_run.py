"""All suites against their recordings and the committed baseline: what `python -m evals run` says, as a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals import __main__ as command
from evals import keeping
from evals.suites import SUITES
from evals.values import Report
from interviewer.embedding import embedded_encoder
from interviewer.errors import SetupError


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    try:
        embedded_encoder(1, None)
    except SetupError as error:
        pytest.skip(f"the sentence encoder's weights are not installed: {error}")
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as told:
        told.delenv(command.GRADED, raising=False)
        told.setattr(command, "RUNS", folder)
        told.setattr(keeping, "RUNS", folder)
        told.setattr(command, "ROOT", folder.parent)
        command.main(["run", "--name", "all"])
    return Report.model_validate_json(Path(folder / "all" / "report.json").read_text(encoding="utf-8"))


def test_nothing_has_got_worse_than_the_baseline(report: Report) -> None:
    assert [f.says for f in report.faults] == []
    assert {told.metric.id: told.why for told in report.lines if told.verdict not in ("pass", "shown")} == {}
    assert (report.verdict, report.exit) == ("pass", 0)


def test_every_suite_was_run_and_every_metric_has_a_figure(report: Report) -> None:
    assert set(report.run.suites) == {s.name for s in SUITES}
    wanted = {m.id for s in SUITES for m in s.metrics}
    assert wanted <= {told.metric.id for told in report.lines}
    assert [told.metric.id for told in report.lines if told.now is None] == []


def test_orders_to_a_rater_raise_nothing_at_all(report: Report) -> None:
    orders = {told.metric.id: told.now for told in report.lines if told.metric.id in ("changed.orders", "sent.orders")}
    assert orders == {"changed.orders": 1.0, "sent.orders": 1.0}


def test_no_rating_is_made_up_and_every_quote_was_said(report: Report) -> None:
    never = ("unrated.", "evidence.", "feedback.quotes", "feedback.consistent", "heard.whole", "probes.leak-nothing", "conduct.no-verdict")
    assert {told.metric.id: told.now for told in report.lines if told.metric.id.startswith(never) and told.now != 1.0} == {}
