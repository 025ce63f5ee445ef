"""The gate: it seldom fails a run of equal quality, finds the drops that it says it finds, and says what it rests on."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from evals.gate import compare, differing_provenance, held_back, moves, too_many_unscored, verdict_of
from evals.simulated import Drop, caught, false_alarms, reran
from evals.statistics import value_of
from evals.values import Facts, Fault, Line, Metric, Row

METRICS = (
    Metric(id="qwk", measure="levels", says="agreement", margin=0.03, statistic="qwk"),
    Metric(id="exact", measure="levels", says="the same level", margin=0.04, statistic="exact"),
    Metric(id="adjacent", measure="levels", says="at most one apart", margin=0.02, statistic="adjacent"),
    Metric(id="bias", measure="levels", says="mean distance", margin=0.05, statistic="bias", better="zero"),
    Metric(id="quoted", measure="quoted", says="quotes stand in the answer", margin=0.02),
    Metric(id="valid", measure="valid", says="valid replies", margin=0.03),
    Metric(id="probed", measure="probed", says="probes aim at the gap", margin=0.08),
    Metric(id="found", measure="found", says="mistakes found", margin=0.05),
    Metric(id="borne out", measure="borne out", says="feedback borne out", margin=0.05),
    Metric(id="leaked", measure="leaked", says="anchors leaked", margin=0.03, better="lower"),
    Metric(id="tokens", measure="tokens", says="tokens of a call", margin=0.10, better="lower", relative=True),
    Metric(id="sittings", measure="sittings", says="whole interviews", margin=0.10),
)
SHARES = {
    "quoted": (470, 72, 0.985),
    "valid": (120, 72, 0.97),
    "probed": (120, 72, 0.62),
    "found": (240, 72, 0.6),
    "leaked": (200, 40, 0.04),
}


def a_baseline(seed: int = 5) -> list[Row]:
    """A run's rows as they come: answers of one item are alike, and so are the errors made on them."""
    dice = np.random.default_rng(seed)
    rows = [_row("levels", n, n * 72 // 470, *pair) for n, pair in enumerate(_levels(dice))]
    for measure, (cases, clusters, share) in SHARES.items():
        ease = dice.normal(0, 0.5, clusters)
        odds = np.log(share / (1 - share)) + ease[np.arange(cases) % clusters]
        rows += [_row(measure, n, n % clusters, float(hit)) for n, hit in enumerate(dice.random(cases) < 1 / (1 + np.exp(-odds)))]
    rows += [_row("borne out", n, n % 60, float(v)) for n, v in enumerate(np.clip(dice.normal(0.8, 0.2, 180), 0, 1))]
    rows += [_row("tokens", n, n % 72, float(v)) for n, v in enumerate(dice.lognormal(6.5, 0.4, 240))]
    return rows + [_row("sittings", n, n, float(v)) for n, v in enumerate(dice.random(30) < 0.8)]


def _levels(dice: np.random.Generator) -> list[tuple[float | None, float]]:
    """Two readers' mean levels, and a rater's expected ones: mostly right, some of them unrated."""
    readers = np.clip(np.round(2 * dice.normal(3, 1.2, 470)) / 2, 1, 5)
    item = dice.normal(0, 0.2, 72)[np.arange(470) * 72 // 470]
    rated = np.round(np.clip(readers + 0.08 + item + dice.normal(0, 0.5, 470), 1, 5), 1)
    return [(None if dice.random() < 0.02 else float(v), float(r)) for v, r in zip(rated, readers, strict=True)]


def _row(measure: str, case: int, cluster: int, value: float | None, reference: float | None = None) -> Row:
    return Row(
        measure=measure,
        case=f"u{case:03}",
        cluster=f"i{cluster:02}",
        value=value,
        reference=reference,
        why="" if value is not None else "no level",
    )


def changed(rows: Iterable[Row], measure: str, value: float | None, every: int = 1) -> list[Row]:
    """The rows with another value in every so many cases of a measure."""
    return [r.model_copy(update={"value": value}) if r.measure == measure and int(r.case[1:]) % every == 0 else r for r in rows]


def a_share(values: Sequence[float | None], clusters: int = 100, measure: str = "m") -> list[Row]:
    return [_row(measure, n, n % clusters, v) for n, v in enumerate(values)]


def a_metric(measure: str = "m", margin: float = 0.05) -> Metric:
    return Metric(id=measure, measure=measure, says="", margin=margin)


def only_line(metric: Metric, now: Sequence[Row], before: Sequence[Row]) -> Line:
    (line,) = compare([metric], now, before)
    return line


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return a_baseline()


@pytest.fixture(scope="module")
def printed(rows: list[Row]) -> dict[str, float]:
    """The least drop of each metric, the middle one of what five reruns print: one rerun alone may see little noise, or much."""
    found = [[line.least or 0.0 for line in compare(METRICS, reran(rows, seed), rows)] for seed in range(5)]
    return {m.id: statistics.median(of_runs) for m, of_runs in zip(METRICS, zip(*found, strict=True), strict=True)}


# --------------------------------------------------------------------------- how often it errs


def test_a_rerun_of_equal_quality_changes_no_figure_on_average(rows: list[Row]) -> None:
    for metric in METRICS:
        mine = [r for r in rows if r.measure == metric.measure]
        before = value_of(metric, mine)
        found = [value_of(metric, reran(mine, seed)) for seed in range(40)]
        apart = np.array([v for v in found if v is not None]) - (before or 0.0)
        assert len(apart) == 40
        assert abs(apart.mean()) <= 3.5 * apart.std() / np.sqrt(40), metric.id
        assert apart.std() > 0


def test_a_run_of_equal_quality_seldom_fails(rows: list[Row]) -> None:
    assert false_alarms(METRICS, rows, 300) <= 0.07


def test_without_any_margin_a_run_of_equal_quality_fails_about_as_often_as_the_family_may(rows: list[Row]) -> None:
    strict = [m.model_copy(update={"margin": 0.0}) for m in METRICS]
    assert 0.005 <= false_alarms(strict, rows, 300) <= 0.07


@pytest.mark.parametrize("metric_id", ["qwk", "bias", "quoted", "tokens"])
def test_the_least_drop_that_is_printed_is_found_about_eight_times_in_ten(
    rows: list[Row], printed: dict[str, float], metric_id: str
) -> None:
    assert 0.70 <= caught(METRICS, rows, Drop(metric_id, printed[metric_id]), 200) <= 0.92


@pytest.mark.parametrize("metric_id", ["qwk", "exact", "quoted", "sittings"])
def test_so_is_the_one_that_a_replay_prints_in_which_nothing_else_moves(rows: list[Row], metric_id: str) -> None:
    (least,) = [line.least for line in compare(METRICS, rows, rows) if line.metric.id == metric_id]
    assert 0.70 <= caught(METRICS, rows, Drop(metric_id, least or 0.0, kept=1.0), 200) <= 0.92


@pytest.mark.parametrize("metric_id", ["qwk", "sittings"])
def test_a_drop_of_the_margin_itself_is_seldom_called(rows: list[Row], metric_id: str) -> None:
    margin = next(m.margin for m in METRICS if m.id == metric_id)
    assert caught(METRICS, rows, Drop(metric_id, margin), 200) <= 0.07


def test_metrics_of_few_clusters_or_without_rows_raise_no_alarm() -> None:
    few = a_share([float(n % 2) for n in range(40)], 3)
    assert false_alarms([a_metric(margin=0.0), a_metric("absent")], few, 20) == 0


def test_a_drop_that_no_case_can_show_cannot_be_simulated(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="cannot be made on these cases"):
        caught(METRICS, rows, Drop("sittings", 0.9), 1)


# --------------------------------------------------------------------------- lines


def test_the_same_rows_pass_whatever_the_margin_and_however_few_the_clusters(rows: list[Row]) -> None:
    for line in compare([m.model_copy(update={"margin": 0.0}) for m in METRICS], rows, rows):
        assert (line.verdict, line.difference, line.diff_low, line.diff_high) == ("pass", 0, 0, 0)
    assert only_line(a_metric(), a_share([1, 0, 1], 1), a_share([1, 0, 1], 1)).verdict == "pass"


def test_verdict_and_printed_bounds_agree_on_every_metric(rows: list[Row]) -> None:
    worse = changed(changed(reran(rows, 7), "quoted", 0.0, 5), "levels", 5.0, 6)
    lines = compare(METRICS, changed(worse, "probed", 0.0, 8), rows)
    assert {line.verdict for line in lines} == {"pass", "fail", "inconclusive"}
    for line in lines:
        edge = -line.metric.margin * (abs(line.before or 0.0) if line.metric.relative else 1)
        assert line.diff_low is not None and line.diff_high is not None
        assert (line.diff_high < edge) == (line.verdict == "fail"), line.metric.id
        assert (line.diff_low > edge) == (line.verdict == "pass"), line.metric.id


def test_a_difference_is_signed_so_that_more_is_better(rows: list[Row]) -> None:
    worse = changed(changed(changed(rows, "leaked", 1.0, 3), "tokens", 5_000.0, 3), "levels", 5.0, 3)
    found = {line.metric.id: line for line in compare(METRICS, worse, rows)}
    for name in ("leaked", "tokens", "bias", "qwk"):
        assert (found[name].verdict, (found[name].difference or 0.0) < 0) == ("fail", True)
    assert (found["leaked"].now or 0.0) > (found["leaked"].before or 0.0)


def test_a_relative_margin_is_a_share_of_the_baselines_figure() -> None:
    metric = a_metric(margin=0.10).model_copy(update={"better": "lower", "relative": True})
    before = a_share([1000.0 + n for n in range(100)])
    for factor, verdict in ((1.05, "pass"), (1.2, "fail")):
        assert only_line(metric, [r.model_copy(update={"value": (r.value or 0.0) * factor}) for r in before], before).verdict == verdict


def test_the_clusters_of_both_runs_are_drawn_together() -> None:
    """Items differ by far more than the margin, and the two runs on each item by nothing but a hair: that passes."""
    before = a_share([float(n % 2) for n in range(40)], 40)
    now = [r.model_copy(update={"value": 0.99 * (r.value or 0.0)}) for r in before]
    line = only_line(a_metric(margin=0.02), now, before)
    assert line.verdict == "pass"
    assert line.low is not None and line.high is not None and line.high - line.low > 0.2


def test_cases_that_are_in_one_run_only_are_left_out_of_the_difference_and_named() -> None:
    before = a_share([1.0] * 40)
    line = only_line(a_metric(), [*before[3:], *a_share([0.0] * 100)[90:]], before)
    assert (line.verdict, line.difference, line.n) == ("pass", 0, 47)
    assert (
        line.why
        == "No case has changed. Left out of the difference: 10 cases not in the baseline; 3 cases of the baseline not in this run."
    )


def test_fewer_than_half_of_the_baselines_cases_are_no_basis_for_a_verdict() -> None:
    before = a_share([1.0] * 40)
    line = only_line(a_metric(), before[:19], before)
    assert (line.verdict, line.difference, line.now) == ("inconclusive", None, 1)
    assert line.why.startswith("Only 19 of the baseline's 40 cases can be compared.")
    assert only_line(a_metric(), before[:20], before).verdict == "pass"
    assert only_line(a_metric(), [], before).verdict == "inconclusive"


@pytest.mark.parametrize("clusters", [1, 4])
def test_changed_cases_of_few_clusters_are_inconclusive(clusters: int) -> None:
    line = only_line(a_metric(), a_share([0.0] * 40, clusters), a_share([1.0] * 40, clusters))
    assert (line.verdict, line.diff_low, line.diff_high) == ("inconclusive", None, None)
    assert "cannot say whether by chance" in line.why
    assert only_line(a_metric(), a_share([0.0] * 40, 20), a_share([1.0] * 40, 20)).verdict == "fail"


def test_a_metric_without_a_baseline_is_new_and_one_that_decides_nothing_is_shown() -> None:
    good, bad = a_share([1.0] * 40), a_share([0.0] * 40)
    assert only_line(a_metric(), good, []).verdict == "new"
    metric = a_metric().model_copy(update={"decides": False})
    assert (line := only_line(metric, bad, good)).verdict == "shown"
    assert (line.difference, line.least) == (-1, None)


def test_a_metric_that_decides_nothing_makes_no_other_ones_test_stricter() -> None:
    before, now = a_share([1.0] * 30 + [0.0] * 10), a_share([1.0] * 28 + [0.0] * 12)
    one = only_line(a_metric(), now, before)
    shown = [a_metric().model_copy(update={"id": str(n), "decides": False}) for n in range(20)]
    assert compare([a_metric(), *shown], now, before)[0] == one
    deciding = [m.model_copy(update={"decides": True}) for m in shown]
    assert (compare([a_metric(), *deciding], now, before)[0].diff_low or 0.0) < (one.diff_low or 0.0)


def test_an_unscored_case_is_left_out_of_kappa_in_both_runs_and_counts_as_wrong_in_exact(rows: list[Row]) -> None:
    before = [r for r in rows if r.measure == "levels"]
    metrics = [m for m in METRICS if m.id in ("qwk", "exact")]
    kappa, exact = compare(metrics, changed(before, "levels", None, 4), before)
    assert (kappa.verdict, kappa.difference) == ("pass", 0)
    assert "unscored in one of the two" in kappa.why
    assert exact.verdict == "fail"
    assert kappa.unscored == exact.unscored > 100


def test_draws_on_which_kappa_has_no_value_are_left_out() -> None:
    """All levels are 3 but in one of six items: a third of the draws do not have it."""
    before = [_row("m", n, n % 6, 5.0 if n % 6 == 0 and n > 6 else 3.0, 5.0 if n % 6 == 0 and n > 12 else 3.0) for n in range(40)]
    now = [r.model_copy(update={"value": 3.0}) if r.case == "u018" else r for r in before]
    line = only_line(a_metric().model_copy(update={"statistic": "qwk"}), now, before)
    assert line.now is not None and line.before is not None and line.now < line.before
    assert all(v is not None and np.isfinite(v) for v in (line.diff_low, line.diff_high, line.low, line.high))


def test_a_figure_without_a_value_in_one_run_is_inconclusive() -> None:
    before = [_row("m", n, n, float(1 + n % 3), 3.0) for n in range(30)]
    line = only_line(a_metric().model_copy(update={"statistic": "qwk"}), [r.model_copy(update={"value": 3.0}) for r in before], before)
    assert (line.verdict, line.now, line.difference) == ("inconclusive", None, None)
    assert line.why == "The figure has no value on the cases of one of the two runs."


def test_the_least_drop_is_beyond_the_margin_larger_for_fewer_cases_and_none_where_none_can_be_seen() -> None:
    def least(cases: int, clusters: int) -> float | None:
        before = a_share([float(n % 10 > 0) for n in range(cases)], clusters)
        return only_line(a_metric(), before, before).least

    many, some = least(400, 80), least(40, 40)
    assert many is not None and some is not None
    assert 0.05 < many < some < 0.9
    assert least(40, 4) is None
    bad = a_share([0.0] * 38 + [1.0] * 2)
    assert only_line(a_metric(), bad, bad).least is None


def test_a_case_that_stands_twice_in_a_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="case u000 stands twice in m"):
        compare([a_metric()], [*a_share([1.0]), *a_share([0.0])], [])


# --------------------------------------------------------------------------- the verdict on a run


def lines_with(*verdicts: str, by_model: bool = False) -> list[Line]:
    metric = a_metric().model_copy(update={"by_model": by_model})
    return [Line.model_validate({"metric": metric, "verdict": v, "n": 9, "clusters": 9, "unscored": 0, "now": 0.5}) for v in verdicts]


def fault(exit: int) -> Fault:
    return Fault.model_validate({"says": "", "exit": exit})


@pytest.mark.parametrize(
    ("verdicts", "exits", "verdict", "exit"),
    [
        (("pass", "new", "shown"), (), "pass", 0),
        (("pass", "inconclusive"), (), "inconclusive", 3),
        (("pass",), (3,), "inconclusive", 3),
        (("inconclusive", "fail"), (3,), "fail", 1),
        (("inconclusive",), (3, 1), "fail", 1),
        (("fail",), (1, 2, 3), "broken", 2),
        ((), (), "pass", 0),
    ],
)
def test_the_gravest_of_lines_and_faults_is_the_verdict(verdicts: Sequence[str], exits: Sequence[int], verdict: str, exit: int) -> None:
    assert verdict_of(lines_with(*verdicts), [fault(e) for e in exits]) == (verdict, exit)


def test_verdicts_on_what_another_model_made_are_put_off_unless_no_case_has_changed(rows: list[Row]) -> None:
    why = "Not made by the same models as the baseline: the rater is b, was a."
    asked = [m.model_copy(update={"by_model": m.id != "quoted"}) for m in METRICS[3:6]]
    lines = compare(asked, changed(changed(rows, "levels", 1.0), "quoted", 0.0), rows)
    assert [line.verdict for line in lines] == ["fail", "fail", "pass"]
    held = held_back(lines, why)
    assert [line.verdict for line in held] == ["inconclusive", "fail", "pass"]
    assert held[0].why.startswith(why)
    assert held_back(held, why) == held
    assert verdict_of(held[::2], []) == ("inconclusive", 3)
    assert [line.verdict for line in held_back(lines_with("new", "shown", by_model=True), why)] == ["new", "shown"]


@pytest.mark.parametrize("value", [0.0, None])
def test_one_exception_breaks_a_promise_whatever_the_baseline_was_and_whoever_made_it(rows: list[Row], value: float | None) -> None:
    (quoted,) = [m for m in METRICS if m.id == "quoted"]
    promise = quoted.model_copy(update={"no_exception": True, "by_model": True, "margin": 0.0})
    whole = [r.model_copy(update={"value": 1.0}) for r in rows if r.measure == promise.measure]
    broken = [whole[0].model_copy(update={"value": value}), *whole[1:]]
    (kept,), (once,) = compare([promise], whole, whole), compare([promise], broken, broken)
    assert (kept.verdict, once.verdict) == ("pass", "fail")
    assert once.why == f"1 of {len(whole)} do not hold, where none may fail."
    assert [line.verdict for line in held_back([once], "Not the same models.")] == ["fail"]
    assert [line.verdict for line in compare([promise], broken, [])] == ["fail"], "no baseline is needed for it"


def test_a_promise_takes_no_room_from_what_is_tested(rows: list[Row]) -> None:
    lines = compare(METRICS, rows, rows)
    promised = [m.model_copy(update={"no_exception": m.id == "quoted"}) for m in METRICS]
    least = {line.metric.id: line.least for line in compare(promised, rows, rows)}
    assert least["quoted"] is None
    assert all((least[line.metric.id] or 0) <= (line.least or 0) for line in lines if line.metric.id != "quoted" and line.metric.decides)


def facts(models: dict[str, str], authors: tuple[str, ...] = ("desk",)) -> Facts:
    return Facts(name="r", mode="replay", began="", seconds=0, commit="", suites=(), models=models, authors=authors)


def test_other_models_or_authors_are_told_and_a_role_that_one_run_did_not_use_is_not() -> None:
    before = facts({"rater": "a", "asker": "a"})
    assert differing_provenance(before, before) is None
    assert differing_provenance(facts({"rater": "a"}), before) is None
    assert (
        differing_provenance(facts({"rater": "b", "asker": "a"}), before)
        == "Not made by the same models as the baseline: rater is b, was a."
    )
    assert "replies are by desk, press, were by desk" in (differing_provenance(facts({}, ("press", "desk")), facts({})) or "")
    assert "rater is without a model, was a" in (differing_provenance(facts({}), before) or "")


def test_more_unscored_cases_than_may_be_are_a_fault_of_their_measure_with_its_most_frequent_reason() -> None:
    few = a_share([1.0] * 9 + [None], measure="few")
    many = [r.model_copy(update={"why": "timed out"}) if r.value is None else r for r in a_share([1.0] * 16 + [None] * 4, measure="many")]
    (found,) = too_many_unscored([*few, *many, many[-1].model_copy(update={"case": "x", "why": "no quote"})])
    assert found.exit == 1
    assert found.says.startswith("many: 5 of 21 cases are unscored, where 10% may be.")
    assert found.says.endswith("(4): timed out")
    assert len(too_many_unscored(few, most=0.05)) == 1


# --------------------------------------------------------------------------- moves


def test_moves_stand_worst_first_by_distance_from_the_reference_and_the_unscored_before_all() -> None:
    before = [_row("levels", n, n, v, 3.0) for n, v in enumerate([3, 3, 5, 3, None, 1])]
    now = [_row("levels", n, n, v, 3.0) for n, v in enumerate([4, None, 4, 3, 3, 5])]
    found = moves(now, before, METRICS)
    assert [(m.case, m.worse) for m in found] == [("u001", 4), ("u000", 1), ("u005", 0), ("u002", -1), ("u004", -4)]
    assert (found[0].after, found[0].why) == (None, "no level")


def test_moves_follow_the_direction_of_their_metric_and_leave_out_what_is_new() -> None:
    before = [_row("leaked", 0, 0, 0.0), _row("quoted", 0, 0, 0.0), _row("of no metric", 0, 0, 0.0)]
    now = [r.model_copy(update={"value": 1.0}) for r in before] + [_row("quoted", 7, 0, 0.0)]
    assert [(m.measure, m.worse) for m in moves(now, before, METRICS)] == [("leaked", 1), ("quoted", -1)]
