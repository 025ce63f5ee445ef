from __future__ import annotations

from interviewer.rating import EmbeddedRater
from tests.rating.things import BagEncoder, item, said_once

MISTAKES = ("Takes another retraining for the cure of every drop.", "Blames the analysts without looking at any flagged payment.")
ASKING = item().model_copy(update={"common_mistakes": MISTAKES})
MADE = "Another retraining is the cure of every drop, I think. Then I call operations today and tell them so."


def found(answer: str) -> list[tuple[str, str]]:
    told = EmbeddedRater(BagEncoder()).mistakes(ASKING, said_once(answer))
    return [(m.says, m.evidence.quote) for m in told]


def test_the_sentence_that_comes_near_a_common_mistake_is_named() -> None:
    assert found(MADE) == [(MISTAKES[0], "Another retraining is the cure of every drop, I think.")]


def test_an_answer_that_comes_near_none_has_none() -> None:
    assert found("I would score the same payments with both models and compare them before I decide.") == []


def test_a_question_makes_no_mistake() -> None:
    assert found("Is another retraining the cure of every drop? I doubt that and would compare both models first.") == []


def test_nothing_said_and_no_mistakes_listed_give_none() -> None:
    assert found("I don't know.") == []
    assert EmbeddedRater(BagEncoder()).mistakes(item(), said_once(MADE)) == ()


def test_one_sentence_is_named_for_one_mistake_alone() -> None:
    both = item().model_copy(update={"common_mistakes": (MISTAKES[0], MISTAKES[0].replace("every", "any"))})
    told = EmbeddedRater(BagEncoder()).mistakes(both, said_once(MADE))
    assert len(told) == 1
