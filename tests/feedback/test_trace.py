from __future__ import annotations

import pytest

from interviewer.domain import Evidence
from interviewer.feedback.instead import compose_instead
from interviewer.feedback.trace import fault_in_instead, untraced_in

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
    assert "rests on nothing" in (fault_in_instead(text, ANSWERS, RUBRIC) or "")


def test_the_composed_one_shortens_a_long_quote_and_needs_one() -> None:
    long = " ".join(f"word{n}" for n in range(50))
    made = compose_instead((Evidence(turn=0, quote=long),), "A gap. ")
    assert made == f"{' '.join(long.split()[:30])} …; and [say here, for your own case: A gap]."
    assert compose_instead((), "A gap.") is None
    assert compose_instead((Evidence(turn=0, quote="four words of evidence"),), " ") is None
