from __future__ import annotations

import pytest

from interviewer.domain import Competency, Item, ItemRating, Rating
from interviewer.errors import DeveloperError
from interviewer.rating.scorecard import scorecard
from tests.rating.things import QUESTION, causes, item, operations

COMPETENCIES = tuple(
    Competency(id=i, name=i.title(), group="tech", definition="What it is.") for i in ("communication", "evaluation", "never-asked")
)


def named(id_: str, **more: object) -> Item:
    return item(causes(), operations()).model_copy(update={"id": id_, **more})


def rated(item_id: str, **worths: float | str) -> ItemRating:
    """An item's rating: a number is an expected level, a text the reason for none."""
    ratings = tuple(
        Rating(criterion=c, reason=w) if isinstance(w, str) else Rating(criterion=c, level=round(w), expected=w) for c, w in worths.items()
    )
    return ItemRating(item_id=item_id, rater="embedded", model="m", ratings=ratings)


def items(*of: Item) -> dict[str, Item]:
    return {i.id: i for i in of}


def test_means_are_over_expected_levels_by_competency_in_the_packs_order() -> None:
    card = scorecard(
        [rated("a", causes=2.5, operations=4.0), rated("b", causes=3.5, operations=5.0)], items(named("a"), named("b")), COMPETENCIES
    )
    assert [(c.competency, c.mean, c.rated, c.of) for c in card.competencies] == [("communication", 4.5, 2, 2), ("evaluation", 3.0, 2, 2)]
    assert (card.overall, card.rated, card.of, card.left_out) == (3.75, 4, 4, ())


def test_a_level_counts_where_no_expected_level_is_known() -> None:
    bare = ItemRating(
        item_id="a", rater="model", model="m", ratings=(Rating(criterion="causes", level=2), Rating(criterion="operations", level=3))
    )
    assert scorecard([bare], items(named("a")), COMPETENCIES).overall == 2.5


def test_unrated_is_skipped_and_said_and_is_no_low_number() -> None:
    card = scorecard([rated("a", causes=4.0, operations="The model did not answer")], items(named("a")), COMPETENCIES)
    by_id = {c.competency: c for c in card.competencies}
    assert (card.overall, card.rated, card.of) == (4.0, 1, 2)
    assert (by_id["communication"].mean, by_id["communication"].rated, by_id["communication"].of) == (None, 0, 1)
    assert card.left_out == (f'"Tells operations" in "{QUESTION[:56]} \u2026" is unrated: The model did not answer.',)


def test_no_mean_is_given_where_less_than_half_is_rated() -> None:
    two, three = (scorecard(r, items(*(named(i) for i in "abc")), COMPETENCIES) for r in (_causes(4.0, "no"), _causes(4.0, "no", "no")))
    assert (two.competencies[0].mean, three.competencies[0].mean) == (4.0, None)
    assert (two.overall, three.overall) == (4.0, None)
    assert (three.rated, three.of) == (1, 3)


def _causes(*worths: float | str) -> list[ItemRating]:
    return [rated(i, causes=w) for i, w in zip("abc", worths, strict=False)]


def test_a_skipped_item_is_said_once() -> None:
    card = scorecard(
        [rated("a", causes="Nothing was said.", operations="Nothing was said.")], items(named("a", question="Why?")), COMPETENCIES
    )
    assert card.left_out == ('"Why?" is unrated on all its criteria: Nothing was said.',)
    assert (card.overall, card.of) == (None, 2)


def test_an_item_on_another_scale_is_left_out_of_averages_and_said_so() -> None:
    four = item(causes().model_copy(update={"anchors": causes().anchors[:4]}), scale=["a", "b", "c", "d"])
    card = scorecard([rated("precision-drop", causes=4.0), rated("a", causes=2.0)], items(four, named("a")), COMPETENCIES)
    assert (card.overall, card.of) == (2.0, 1)
    assert "4 levels" in card.left_out[0]
    assert len(card.items) == 2


def test_an_item_that_left_the_pack_is_left_out_and_said_so() -> None:
    card = scorecard([rated("gone", causes=4.0)], {}, COMPETENCIES)
    assert (card.overall, card.of, card.left_out) == (None, 0, ("Item 'gone' is left out: it is no longer in the pack.",))


def test_a_criterion_that_left_its_question_is_left_out_and_said_so() -> None:
    card = scorecard([rated("a", causes=4.0, gone=1.0)], items(named("a")), COMPETENCIES)
    assert (card.overall, card.rated, card.of) == (4.0, 1, 1)
    assert [s for s in card.left_out if "gone" in s] == [
        f'"gone" in "{QUESTION[:56]} \u2026" is left out: the question no longer asks for it.'
    ]


def test_what_was_asked_and_has_no_rating_is_named() -> None:
    card = scorecard([rated("a", causes=4.0)], items(named("a"), named("b")), COMPETENCIES, without={"b": "was skipped"})
    assert (card.overall, card.of) == (4.0, 1)
    assert card.left_out[-1].endswith(" was skipped, and counts in no average.")


def test_a_criterion_without_a_competency_counts_overall_and_is_said() -> None:
    loose = named("a", criteria=(causes().model_copy(update={"competency": None}),))
    card = scorecard([rated("a", causes=4.0)], items(loose), COMPETENCIES)
    assert (card.overall, card.competencies) == (4.0, ())
    assert "no competency" in card.left_out[0]


def test_a_criterion_without_a_competency_counts_for_the_items_only_one() -> None:
    only = named("a", criteria=(causes().model_copy(update={"competency": None}),), competencies=("evaluation",))
    assert [c.competency for c in scorecard([rated("a", causes=4.0)], items(only), COMPETENCIES).competencies] == ["evaluation"]


def test_an_item_rated_twice_is_refused() -> None:
    with pytest.raises(DeveloperError, match="rated twice"):
        scorecard([rated("a", causes=4.0), rated("a", causes=2.0)], items(named("a")), COMPETENCIES)


def test_no_ratings_make_an_empty_scorecard() -> None:
    card = scorecard([], {}, COMPETENCIES)
    assert (card.overall, card.rated, card.of, card.competencies, card.left_out) == (None, 0, 0, (), ())
