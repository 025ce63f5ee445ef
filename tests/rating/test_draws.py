from __future__ import annotations

import pytest

from interviewer.domain import Evidence, Rating
from interviewer.rating.draws import agreed


def draw(level: int | None) -> Rating:
    evidence = (Evidence(turn=0, quote=f"the words of draw {level}"),)
    return Rating(criterion="c", level=level, evidence=evidence, reason=None if level else "The model failed.", rationale=f"why {level}")


@pytest.mark.parametrize(
    ("levels", "level", "expected"),
    [((3, 3, 4), 3, 3.33), ((4, 3, 4), 4, 3.67), ((2, 2, 2), 2, 2.0), ((3, 4), 3, 3.5), ((None, 4, 4), 4, 4.0), ((5, 5, 4, 4, 5), 5, 4.6)],
)
def test_the_median_stands_with_its_own_evidence_and_the_mean_as_expected(
    levels: tuple[int | None, ...], level: int, expected: float
) -> None:
    rating = agreed([draw(n) for n in levels])
    assert (rating.level, rating.expected) == (level, expected)
    assert rating.evidence[0].quote == f"the words of draw {level}"
    assert rating.rationale == f"why {level}"
    assert rating.draws == tuple(sorted(n for n in levels if n))


@pytest.mark.parametrize("levels", [(2, 3, 4), (1, 3), (5, 5, 3)])
def test_draws_two_levels_apart_are_unrated_and_say_so(levels: tuple[int, ...]) -> None:
    rating = agreed([draw(n) for n in levels])
    assert (rating.level, rating.expected) == (None, None)
    assert rating.reason == (
        f"Asked {len(levels)} times, the rater gave levels from {min(levels)} to {max(levels)}: too far apart to rely on."
    )


@pytest.mark.parametrize("levels", [(None, None, 4), (None, 4), (None, None, None)])
def test_where_half_of_the_draws_and_more_have_no_level_there_is_none(levels: tuple[int | None, ...]) -> None:
    rating = agreed([draw(n) for n in levels])
    assert (rating.level, rating.reason) == (None, "The model failed.")


def test_one_draw_is_the_rating_as_it_came() -> None:
    assert agreed([draw(4)]) == draw(4)
