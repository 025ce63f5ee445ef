"""Figures against ones computed another way, their intervals, and the tests and levels that verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from benchmarks.agreement import qwk
from evals.resampled import Comparison, drawn, holm
from evals.statistics import agreement_of, columns_of, interval_of, value_of, worsened
from evals.values import Better, Metric, Row, Statistic


def a_metric(statistic: Statistic = "mean", better: Better = "higher") -> Metric:
    return Metric(id=statistic, measure="m", says="", margin=0.05, statistic=statistic, better=better)


def rows_of(values: Sequence[float | None], references: Sequence[float | None] | None = None, per_cluster: int = 1) -> list[Row]:
    told = references if references is not None else [None] * len(values)
    return [
        Row(measure="m", case=f"c{n}", cluster=f"i{n // per_cluster}", value=v, reference=r)
        for n, (v, r) in enumerate(zip(values, told, strict=True))
    ]


def levels_of(seed: int, n: int = 200) -> tuple[list[int], list[int]]:
    dice = np.random.default_rng(seed)
    readers = dice.integers(1, 6, n)
    return np.clip(readers + dice.integers(-1, 2, n), 1, 5).tolist(), readers.tolist()


# --------------------------------------------------------------------------- figures


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kappa_is_the_one_that_counts_every_pair_of_levels(seed: int) -> None:
    rater, readers = levels_of(seed)
    assert value_of(a_metric("qwk"), rows_of(rater, readers)) == pytest.approx(qwk(rater, readers), abs=1e-12)


def test_an_unscored_row_counts_as_wrong_in_shares_and_is_left_out_of_kappa_and_bias() -> None:
    rows = rows_of([3, 4, None, 2], [3, 3, 5, 1])
    assert value_of(a_metric("exact"), rows) == 1 / 4
    assert value_of(a_metric("adjacent"), rows) == 3 / 4
    assert value_of(a_metric("bias", "zero"), rows) == pytest.approx(2 / 3)
    assert value_of(a_metric("qwk"), rows) == pytest.approx(qwk([3, 4, 2], [3, 3, 1]))
    assert value_of(a_metric(), rows_of([1, 1, None, 1])) == 3 / 4


def test_levels_are_compared_after_rounding_halves_up_and_bias_is_not() -> None:
    rows = rows_of([2.6, 2.5, 3.4, 1.5], [2.5, 3, 2.5, 2])
    assert value_of(a_metric("exact"), rows) == 1
    assert value_of(a_metric("bias", "zero"), rows) == pytest.approx(0)
    assert value_of(a_metric("exact"), rows_of([2.49, 3.5], [3, 3])) == 0


def test_a_figure_without_anything_to_compute_it_from_is_none() -> None:
    assert value_of(a_metric(), []) is None
    assert value_of(a_metric("exact"), []) is None
    assert value_of(a_metric("bias", "zero"), rows_of([None, None], [3, 4])) is None
    assert value_of(a_metric("qwk"), rows_of([None, None], [3, 4])) is None
    assert value_of(a_metric("qwk"), rows_of([3, 3, 3], [3, 3, 3])) is None
    assert value_of(a_metric("qwk"), rows_of([3, 3, 3], [2, 3, 4])) == pytest.approx(0)
    assert value_of(a_metric(), rows_of([None, None])) == 0


def test_rows_of_other_measures_and_levels_without_a_reference_are_no_part_of_a_figure() -> None:
    rows = [*rows_of([3, 4, 5], [3, 3, None]), Row(measure="other", case="c0", cluster="i0", value=9)]
    assert value_of(a_metric("exact"), rows) == 1 / 2
    assert value_of(a_metric(), rows) == 4


# --------------------------------------------------------------------------- intervals


def test_a_share_that_is_the_same_in_every_row_has_the_exact_bound_for_its_clusters() -> None:
    for share, clusters, per_cluster, low, high in (
        (1.0, 30, 2, 0.05 ** (1 / 30), 1),
        (0.0, 30, 1, 0, 1 - 0.05 ** (1 / 30)),
        (1.0, 1, 9, 0.05, 1),
    ):
        found = interval_of(a_metric(), columns_of(rows_of([share] * clusters * per_cluster, per_cluster=per_cluster)))
        assert list(found) == pytest.approx([low, high])


def test_what_has_no_spread_to_draw_from_has_no_interval() -> None:
    assert interval_of(a_metric(), columns_of(rows_of([1.0, 0.0, 1.0], per_cluster=3))) == (None, None)
    assert interval_of(a_metric(), columns_of(rows_of([7.0] * 20))) == (None, None)
    assert interval_of(a_metric("qwk"), columns_of(rows_of([1, 2, 3], [1, 2, 3]))) == (None, None)
    assert interval_of(a_metric("qwk"), columns_of(rows_of([3, 3], [3, 3]))) == (None, None)


def test_rows_of_one_cluster_that_are_alike_widen_the_interval() -> None:
    values = np.repeat(np.random.default_rng(2).integers(0, 2, 40), 10).astype(float).tolist()
    apart, together = (interval_of(a_metric(), columns_of(rows_of(values, per_cluster=k))) for k in (1, 10))
    assert _width(together) > 2.5 * _width(apart)
    assert all(0 <= x <= 1 for x in (*apart, *together) if x is not None)


@pytest.mark.parametrize("clusters", [6, 30])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty_with_few_clusters_too(clusters: int) -> None:
    dice = np.random.default_rng(clusters)
    found = [
        interval_of(a_metric("bias", "zero"), columns_of(rows_of(v, [0] * clusters)), 1_000)
        for v in dice.normal(0, 1, (300, clusters)).tolist()
    ]
    held = np.mean([low is not None and high is not None and low <= 0 <= high for low, high in found])
    assert 0.92 <= held <= 0.99


def _width(bounds: tuple[float | None, float | None]) -> float:
    low, high = bounds
    assert low is not None and high is not None
    return high - low


# --------------------------------------------------------------------------- draws, tests and levels


def test_the_same_clusters_are_drawn_for_the_same_seed_and_each_draw_has_as_many_as_there_are() -> None:
    one, other = drawn(7, 50, 1), drawn(7, 50, 2)
    assert one.weights.shape == (50, 7)
    assert (one.weights.sum(1) == 7).all()
    drawn.cache_clear()
    assert np.array_equal(drawn(7, 50, 1).weights, one.weights)
    assert not np.array_equal(other.weights, one.weights)


def test_holm_steps_down_and_stops_at_the_first_that_it_keeps() -> None:
    chances = [0.04, 0.001, 0.03, 0.012]
    levels = holm(chances)
    assert levels == pytest.approx([0.05 / 2, 0.05 / 4, 0.05 / 2, 0.05 / 3])
    assert [p <= at for p, at in zip(chances, levels, strict=True)] == [False, True, False, True]
    assert holm([]) == []


@pytest.mark.parametrize("level", [0.05, 0.0125, 0.004])
def test_a_bound_lies_beyond_the_edge_exactly_where_the_p_is_at_most_its_level(level: float) -> None:
    dice = np.random.default_rng(1)
    for centre in np.linspace(-0.12, 0.08, 41):
        test = Comparison(float(centre), np.sort(np.round(dice.normal(centre, 0.02, 2_000), 2)), 0.02)
        low, high = test.low(level), test.high(level)
        assert low is not None and high is not None
        assert (high < test.edge) == (test.chance_of_no_drop <= level)
        assert (low > test.edge) == (test.chance_of_a_drop <= level)


def test_too_few_draws_for_a_level_have_no_bound_and_reject_nothing() -> None:
    test = Comparison(-1.0, np.full(50, -1.0), 0.05)
    assert test.high(0.01) is None
    assert test.chance_of_no_drop > 0.01


# --------------------------------------------------------------------------- what a drop is made of


@pytest.mark.parametrize(
    ("statistic", "better"), [("mean", "higher"), ("qwk", "higher"), ("exact", "higher"), ("adjacent", "higher"), ("bias", "zero")]
)
def test_hitting_every_row_makes_every_figure_worse_and_leaves_the_unscored_unscored(statistic: Statistic, better: Better) -> None:
    rater, readers = levels_of(4)
    columns = columns_of(rows_of([*(min(v, 1) if statistic == "mean" else v + 0.2 for v in rater), None], [*readers, 3]))
    worse = worsened(a_metric(statistic, better), columns, columns)
    after = rows_of([None if np.isnan(v) else v for v in worse.tolist()], [*readers, 3])
    before = value_of(a_metric(statistic, better), rows_of([None if np.isnan(v) else v for v in columns.value.tolist()], [*readers, 3]))
    found = value_of(a_metric(statistic, better), after)
    assert before is not None and found is not None
    assert abs(found) > abs(before) + 0.3 if better == "zero" else found < before - 0.1
    assert after[-1].value is None


def test_where_lower_is_better_a_hit_makes_a_share_one_and_a_count_larger_by_the_mean() -> None:
    shares, counts = columns_of(rows_of([0.0, 1.0, 0.25])), columns_of(rows_of([100.0, 300.0]))
    assert worsened(a_metric(better="lower"), shares, shares).tolist() == [1, 1, 1]
    assert worsened(a_metric(better="lower"), counts, counts).tolist() == [300, 500]


# --------------------------------------------------------------------------- agreement


def test_agreement_has_the_figures_of_its_rows_by_band_of_the_readers() -> None:
    rows = rows_of([1, 2.6, None, 3, 5, 4], [1, 2.5, 2, 3.5, 5, 3.75], per_cluster=2)
    found = agreement_of("m", "levels", rows, "chance: 0", "readers: .9")
    assert (found.n, found.clusters, found.unscored) == (6, 3, 1)
    assert (found.exact, found.adjacent) == (4 / 6, 5 / 6)
    assert [(b.name, b.n, b.exact) for b in found.bands] == [("low", 2, 0.5), ("middle", 2, 0.5), ("high", 2, 1)]
    assert [b.bias for b in found.bands] == pytest.approx([0, (0.1 - 0.5) / 2, 0.25 / 2])
    assert found.qwk == pytest.approx(qwk([1, 3, 3, 5, 4], [1, 3, 4, 5, 4]))
    assert (found.floor, found.ceiling) == ("chance: 0", "readers: .9")


def test_alpha_is_krippendorffs_with_squared_distances() -> None:
    """Against its definition, in fractions: distances within units over distances between all levels given."""
    rater, readers = levels_of(6, 30)
    given = [*rater, *readers]
    seen = Fraction(sum((a - b) ** 2 for a, b in zip(rater, readers, strict=True)), 30)
    by_chance = Fraction(sum((a - b) ** 2 for a in given for b in given), 60 * 59)
    found = agreement_of("m", "", rows_of([*rater, None], [*readers, 5]))
    assert found.alpha == pytest.approx(float(1 - seen / by_chance), abs=1e-12)


def test_agreement_without_spread_has_no_kappa_or_alpha_and_without_references_is_refused() -> None:
    found = agreement_of("m", "", rows_of([3, 3], [3, 3]))
    assert (found.qwk, found.qwk_low, found.alpha, found.bias, found.exact) == (None, None, None, 0, 1)
    nothing = agreement_of("m", "", rows_of([None, None], [3, 4]))
    assert (nothing.qwk, nothing.alpha, nothing.bias, nothing.exact) == (None, None, None, 0)
    with pytest.raises(ValueError, match="no row of m has a reference"):
        agreement_of("m", "", rows_of([3, 3]))
