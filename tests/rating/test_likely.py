"""The levels that are likely where the embedded rater rated."""

from __future__ import annotations

import pytest

from interviewer.domain import Criterion, Evidence, Item, ItemRating, Rating, Scale, ScaleLevel
from interviewer.rating import likely_levels
from interviewer.rating.fitted import fitted
from interviewer.rating.likely import around

SAID = (Evidence(turn=0, quote="we asked the operations team first"),)
ANCHORED = Criterion(id="anchored", anchors=("Nothing.", "A word.", "One step.", "Two steps.", "Two steps and a check."))
WITH_POINTS = ANCHORED.model_copy(update={"id": "with-points", "key_points": ("The operations team is asked first.",)})
ITEM = Item(id="q", question="What first?", criteria=(ANCHORED, WITH_POINTS))
MODEL = f"{fitted().version}/encoder"


def rating(*ratings: Rating, model: str = MODEL) -> ItemRating:
    return ItemRating(item_id="q", rater="embedded", model=model, ratings=ratings)


@pytest.mark.parametrize(
    ("expected", "spread", "top", "levels"),
    [
        (3.0, 0.25, 5, (2, 4)),
        (3.6, 0.4, 5, (3, 5)),
        (2.4, 0.4, 5, (1, 3)),
        (1.2, 0.4, 5, (1, 2)),
        (1.1, 0.4, 5, (1, 1)),
        (4.9, 0.4, 5, (5, 5)),
        (5.0, 0.6, 5, (4, 5)),
        (2.4, 0.02, 5, (2, 2)),
        (2.5, 0.3, 3, (2, 3)),
        (3.0, 0.5, 5, (1, 5)),
    ],
)
def test_likely_are_the_levels_within_the_spread_on_the_scale(expected: float, spread: float, top: int, levels: tuple[int, int]) -> None:
    assert around(expected, spread, top) == levels


@pytest.mark.parametrize("hundredths", range(100, 501, 7))
def test_the_level_itself_is_always_likely(hundredths: int) -> None:
    expected = hundredths / 100
    low, high = around(expected, 0.01, 5)
    assert 1 <= low <= int(expected + 0.5) <= high <= 5


def test_the_spread_is_that_of_what_the_criterion_was_compared_with() -> None:
    heads = fitted().heads
    ratings = [Rating(criterion=c.id, level=3, expected=3.2, evidence=SAID) for c in ITEM.criteria]
    assert likely_levels(ITEM, rating(*ratings)) == {
        "anchored": around(3.2, heads["anchors"].spread, 5),
        "with-points": around(3.2, heads["examples"].spread, 5),
    }


def test_nothing_is_called_likely_where_the_rater_does_not_know_it() -> None:
    at_three = Rating(criterion="anchored", level=3, expected=3.0, evidence=SAID)
    assert set(likely_levels(ITEM, rating(at_three))) == {"anchored"}
    unrated = Rating(criterion="anchored", reason="Too little was said.")
    unknowing = Rating(criterion="anchored", level=1, expected=1.0)
    gone = at_three.model_copy(update={"criterion": "taken-out-since"})
    for one in (unrated, unknowing, gone):
        assert likely_levels(ITEM, rating(one)) == {}
    shorter = ITEM.model_copy(update={"scale": Scale(levels=tuple(ScaleLevel(name=n, meaning=n) for n in ("Low", "Middle", "High")))})
    assert likely_levels(shorter, rating(at_three.model_copy(update={"level": 5, "expected": 4.6}))) == {}
    assert likely_levels(ITEM, rating(at_three, model="embedded-1/encoder")) == {}
    assert likely_levels(ITEM, rating(at_three).model_copy(update={"rater": "model"})) == {}
