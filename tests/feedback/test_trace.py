from __future__ import annotations

from collections.abc import Sequence

import pytest

from interviewer.domain import Evidence
from interviewer.feedback.instead import compose_instead, dismisses
from interviewer.feedback.trace import fault_in_instead, untraced_in
from tests.feedback.cases import heard, item, rating, told

ANSWERS = ("We kept the threshold, so more payments were flagged and analysts had 700 more reviews.",)
RUBRIC = ("Names the cost of a false alarm for analysts.", "Each false alarm costs analyst time or an angry customer.")


@pytest.mark.parametrize(
    "text",
    [
        "You kept the threshold, and so more payments were flagged.",
        "Say what a false alarm costs an analyst.",
        "Flagging more payments gave the analysts more to review. Name the cost of each alarm.",
        "Go on from there.",
    ],
)
def test_advice_that_rests_on_the_rubric_or_the_answer_is_shown(text: str) -> None:
    assert untraced_in(text, (*ANSWERS, *RUBRIC)) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Practise with a friend and record yourself on video.", "Practise with a friend and record yourself on video."),
        ("You kept the threshold. Bring a portfolio website to show enthusiasm.", "Bring a portfolio website to show enthusiasm."),
        ("Your calm voice carried the room.", "Your calm voice carried the room."),
    ],
)
def test_a_sentence_that_rests_on_nothing_is_named(text: str, sentence: str) -> None:
    assert untraced_in(text, (*ANSWERS, *RUBRIC)) == f"“{sentence}” rests on nothing that was rated or said"


def test_a_sentence_to_say_instead_takes_up_the_answer_and_leaves_gaps_for_what_was_not_told() -> None:
    text = "We kept the threshold, so analysts had 700 more reviews, each false alarm costing [your figure] in analyst time."
    assert fault_in_instead(text, ANSWERS, RUBRIC) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is empty"),
        ("At Netflix we kept the threshold, so payments were flagged.", "Netflix is a name that you did not say"),
        ("My team of twelve kept the threshold, so payments were flagged.", "12 is a number that you did not say"),
        ("We kept the threshold, so payments were flagged, and saved a million.", "million is a number that you did not say"),
        ("We kept the threshold, so payments flagged were halved for analysts.", "halved is a number that you did not say"),
        ("We kept the threshold, so analysts had 900 more reviews of payments.", "900 is a number that you did not say"),
        ("Each false alarm costs an angry customer.", "it takes up nothing that you said"),
        ("We kept the threshold and the [payments were flagged for analysts.", "it holds markup, or a bracket that does not close"),
        ("We kept the threshold, flagged payments for analysts " + "and reviews " * 30, "it has 68 words, and 50 is the most"),
    ],
)
def test_a_sentence_to_say_instead_that_invents_is_dropped(text: str, fault: str) -> None:
    assert fault_in_instead(text, ANSWERS, RUBRIC) == fault


def test_a_sentence_to_say_instead_that_tells_a_new_story_is_dropped() -> None:
    text = "We kept the threshold for payments and analysts, then Deutsche Lufthansa invited Maria's delegation to Singapore for champagne."
    assert fault_in_instead(text, ANSWERS, RUBRIC) == "Deutsche is a name that you did not say"
    told = text.replace("Deutsche Lufthansa", "an airline").replace("Maria", "her").replace("Singapore", "an island")
    assert "rests on nothing" in (fault_in_instead(told, ANSWERS, RUBRIC) or "")


ANCHORS = (
    "Says nothing of the cost.",
    "Says only that it cost something.",
    "Gives the cost, but no date.",
    "Gives the cost and its date.",
    "Does what level 4 describes and says who paid.",
)


def composed(
    quote: str, level: int = 1, anchors: Sequence[str] = ANCHORS, missing: str = "The cost has a date.", answer: str = ""
) -> str | None:
    return compose_instead((Evidence(turn=0, quote=quote),), (answer or quote,), level, anchors, missing)


@pytest.mark.parametrize(
    ("level", "goal"),
    [(1, "4 does: gives the cost and its date"), (3, "4 does: gives the cost and its date"), (4, "5 does: says who paid"), (5, None)],
)
def test_the_composed_one_goes_on_to_a_higher_level_that_is_not_told_by_what_it_lacks(level: int, goal: str | None) -> None:
    expected = f"I told the analysts. [Go on as an answer at level {goal}.]" if goal else None
    assert composed("I told the analysts,", level) == expected


@pytest.mark.parametrize(
    ("text", "waved"),
    [
        ("Class imbalance isn't a problem here, since accuracy counts all the cases", True),
        ("Leakage can also be ruled out, as the test data was new", True),
        ("We don\u2019t really need a baseline for that", True),
        ("That is no serious risk", True),
        ("If half of them are variants, no training trick will help", False),
        ("I would not launch before the interval is above zero", False),
        ("Nothing was logged, so we built that first", False),
        ("The problem is that nobody knew it", False),
        ("An important risk is leakage, and the current client has other needs", False),  # "nt" at a word's end denies nothing
        ("It doesnt matter which of them is first", True),
    ],
)
def test_what_waves_something_aside_is_told_from_other_denials(text: str, waved: bool) -> None:
    assert dismisses(text) is waved


def test_without_a_model_what_is_waved_aside_is_not_to_be_said_again() -> None:
    answer = "I would look at it twice. Imbalance isn't a problem here since we count all of the cases."
    one = item(1)
    h = heard(one, {"cause": 3, "cost": 3, "message": 3}, answer)
    quotes = {"cause": "Imbalance isn't a problem here", "cost": "I would look at it twice", "message": "I would look at it twice"}
    ratings = h.ratings and h.ratings.model_copy(update={"ratings": tuple(rating(c, 3, quote=q) for c, q in quotes.items())})
    cause, cost, _ = told(h.model_copy(update={"ratings": ratings})).items[0].criteria
    assert cause.instead is None
    assert (cost.instead or "").startswith("I would look at it twice. [Unless you said it elsewhere, go on")


def test_the_composed_one_puts_no_key_point_into_the_candidates_mouth() -> None:
    assert "has a date" not in (composed("I told the analysts.") or "")
    assert (
        composed("I told the analysts.", anchors=())
        == "I told the analysts. [Go on, in your own words, to what a full answer also says: The cost has a date.]"
    )
    assert composed("four words of evidence", anchors=(), missing=" ") is None
    assert compose_instead((), (), 1, ANCHORS, "A gap.") is None


def test_the_composed_one_ends_a_long_quote_where_a_clause_ends() -> None:
    words = [f"word{n}" for n in range(50)]
    assert (composed(" ".join(words)) or "").startswith(f"… {' '.join(words[:40])} … [")
    words[20] += ","
    words[3] += ";"
    assert (composed(" ".join(words).capitalize()) or "").startswith(f"W{' '.join(words[:21]).removesuffix(',')[1:]}. [")


@pytest.mark.parametrize(
    ("answer", "quote", "begins"),
    [
        ("It was late. We told them at noon, and they agreed. Done.", "and they agreed", "We told them at noon, and they agreed. ["),
        ("It was late. We told them at noon, and they agreed. Done.", "We told them at noon", "We told them at noon, and they agreed. ["),
        ("We told them. They agreed! Done.", "We told them. They agreed!", "We told them. They agreed! ["),
        ("Then:\nwe told them at noon", "told them at noon", "… we told them at noon. ["),
        ('I\'d say: "We told them late. And then we left."', "I'd say: \"We told them late.", "I'd say: We told them late. ["),
        ("We told them at noon and, um", "We told them at noon and, um", "We told them at noon. ["),
        ("We told them at noon. " + "And so on " * 50, "And so on And so on", "And so on And so on. ["),
    ],
)
def test_the_composed_one_begins_with_the_whole_sentence_and_ends_it_cleanly(answer: str, quote: str, begins: str) -> None:
    assert (composed(quote, answer=answer) or "").startswith(begins)
