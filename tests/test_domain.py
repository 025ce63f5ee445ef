"""The nouns: what is valid, what is refused and with which remedy, and the little they can work out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from interviewer.domain import (
    Criterion,
    Evidence,
    Exemplar,
    Item,
    ItemRating,
    Note,
    Rating,
    Scale,
    ScaleLevel,
    Turn,
)

FIVE = ("a", "b", "c", "d", "e")


def item(**fields: Any) -> Item:
    return Item.model_validate({"id": "q", "question": "Why?", "criteria": [{"id": "a", "anchors": FIVE}]} | fields)


# ---------------------------------------------------------------- scales and anchors


@pytest.mark.parametrize(
    "scale",
    [
        ["No", "Nearly", "Yes"],
        {1: "No", 2: "Nearly", 3: "Yes"},
        {"3": "Yes", "1": "No", "2": "Nearly"},
        {"levels": [{"name": "No"}, {"name": "Nearly"}, {"name": "Yes", "meaning": "All of it."}]},
        [{"name": "No"}, {"name": "Nearly"}, {"name": "Yes"}],
    ],
)
def test_a_scale_is_a_list_of_names_or_of_levels_or_numbered_names(scale: object) -> None:
    one = item(scale=scale, criteria=[{"id": "a", "anchors": ["x", "y", "z"]}])
    assert one.scale is not None
    assert [one.scale.name_of(n) for n in (1, 2, 3)] == ["No", "Nearly", "Yes"]
    assert one.top == one.scale.top == 3


def test_an_item_without_a_scale_has_five_levels() -> None:
    assert (item().scale, item().top) == (None, 5)


@pytest.mark.parametrize("scale", [["Only"], [], {2: "a", 3: "b"}, {"x": "a", "y": "b"}, "Yes", [True, False], 5])
def test_a_scale_of_fewer_than_two_named_levels_is_refused(scale: object) -> None:
    with pytest.raises(ValidationError):
        item(scale=scale, criteria=[{"id": "a", "reference": "So."}])


def test_anchors_may_be_numbered_in_any_order() -> None:
    numbered = dict(reversed(list(enumerate(FIVE, 1))))
    assert item(criteria=[{"id": "a", "anchors": numbered}]).criteria[0].anchors == FIVE


@pytest.mark.parametrize(
    ("anchors", "says"),
    [
        ({1: "a", 2: "b", 4: "d", 5: "e"}, r"levels run 1 to 4 with none left out, not \[1, 2, 4, 5\]"),
        ({0: "a", 1: "b", 2: "c", 3: "d", 4: "e"}, r"levels run 1 to 5"),
        ({"one": "a"}, r"number the levels 1, 2, 3"),
        (FIVE[:4], r"criterion 'a' has 4 anchors for 5 levels: write one for each"),
        ((*FIVE, "f"), r"criterion 'a' has 6 anchors for 5 levels"),
        ((*FIVE[:4], " "), r"at least 1 character"),
    ],
)
def test_anchors_that_leave_a_level_out_are_refused(anchors: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        item(criteria=[{"id": "a", "anchors": anchors}])


def test_a_reference_can_stand_in_for_anchors_on_any_scale() -> None:
    one = item(scale=["No", "Yes"], criteria=[{"id": "a", "reference": "Because."}])
    assert (one.criteria[0].anchors, one.top) == ((), 2)


@pytest.mark.parametrize("fields", [{}, {"anchors": []}, {"reference": "  "}])
def test_a_criterion_with_nothing_to_rate_by_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="'a' has a reference without a word: say in it what a full answer says"):
        Criterion(id="a", reference="\u200b ...")
    with pytest.raises(ValidationError, match="'a' has neither anchors nor a reference: add one of them"):
        Criterion.model_validate({"id": "a"} | fields)


# ---------------------------------------------------------------- items


def test_a_file_for_rate_may_leave_out_all_but_id_question_and_criteria() -> None:
    one = item()
    assert (one.round, one.minutes, one.facts, one.covers, one.criteria[0].title) == ("unnamed", 5, (), (), "a")


def test_two_criteria_of_one_item_cannot_share_an_id() -> None:
    with pytest.raises(ValidationError, match="criterion id 'a' stands twice: give each criterion its own id"):
        item(criteria=[{"id": "a", "anchors": FIVE}, {"id": "a", "reference": "So."}])


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "has space"},
        {"id": ""},
        {"id": "-begins-with-a-dash"},
        {"id": "x" * 121},
        {"id": "a\nb"},
        {"question": "   "},
        {"criteria": []},
        {"minutes": 0},
        {"minutes": 121},
        {"minutes": float("nan")},
        {"seniority": ["junior"]},
        {"covers": ["a", "b", "c", "d"]},
        {"facts": [{"asks": "Why?"}]},
        {"clarifcation": "Misspelt."},
        {"scale": ["No", "Yes"]},
    ],
)
def test_an_item_out_of_form_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        item(**fields)


@pytest.mark.parametrize("name", ["a", "Q1", "set/part.2:b_c-d", "x" * 120])
def test_ids_take_letters_digits_and_a_few_signs(name: str) -> None:
    assert item(id=name).id == name


def test_a_criterion_is_found_by_its_id() -> None:
    one = item(criteria=[{"id": "a", "anchors": FIVE}, {"id": "b", "name": "B it is", "reference": "So."}])
    assert one.criterion("b").title == "B it is"


def test_values_cannot_be_changed_and_space_around_texts_is_dropped() -> None:
    one = item(question="  Why?\n")
    assert one.question == "Why?"
    with pytest.raises(ValidationError, match="frozen"):
        one.question = "What?"  # type: ignore[misc]


def test_notes_and_exemplars_keep_to_their_form() -> None:
    with pytest.raises(ValidationError):
        Note(id="a", title="A", text=" ")
    with pytest.raises(ValidationError, match="'weak', 'middling' or 'strong'"):
        Exemplar.model_validate({"id": "a", "item": "q", "intended": "bad", "author": "me", "answer": "So."})


# ---------------------------------------------------------------- ratings


def test_a_rating_is_a_level_or_a_reason_why_there_is_none() -> None:
    assert Rating(criterion="a", level=3).worth == 3
    assert Rating(criterion="a", level=3, expected=2.6).worth == 2.6
    assert Rating(criterion="a", reason="Nothing was said.").worth is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "'a' is unrated without a reason: say why"),
        ({"reason": ""}, "'a' is unrated without a reason"),
        ({"reason": "Too short.", "expected": 2.0}, "'a' is unrated and still has an expected level: leave it out"),
        ({"level": 0}, "greater than or equal to 1"),
        ({"level": 2.5}, "integer"),
    ],
)
def test_a_rating_that_is_neither_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Rating.model_validate({"criterion": "a"} | fields)


def test_the_overall_of_an_item_skips_what_is_unrated() -> None:
    ratings = (Rating(criterion="a", level=2), Rating(criterion="b", level=4, expected=3.5), Rating(criterion="c", reason="Cut off."))
    rated = ItemRating(item_id="q", rater="embedded", model="m", ratings=ratings)
    assert rated.overall == 2.75
    assert rated.rating("b") is ratings[1]
    assert rated.rating("d") is None


def test_an_item_with_nothing_rated_has_no_overall() -> None:
    rated = ItemRating(item_id="q", rater="model", model="m", ratings=(Rating(criterion="a", reason="Cut off."),))
    assert rated.overall is None
    assert ItemRating(item_id="q", rater="model", model="m", ratings=()).overall is None


def test_evidence_names_a_turn_and_quotes_something() -> None:
    with pytest.raises(ValidationError):
        Evidence(turn=-1, quote="So.")
    with pytest.raises(ValidationError):
        Evidence(turn=0, quote=" ")


def test_an_open_or_skipped_turn_has_no_answer() -> None:
    assert Turn(question="Why?").answer is None


def test_a_scale_needs_two_levels() -> None:
    with pytest.raises(ValidationError):
        Scale(levels=(ScaleLevel(name="Only"),))
