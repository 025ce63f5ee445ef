from __future__ import annotations

import random

import pytest

from interviewer.domain import Evidence, Rating, Turn
from interviewer.rating.evidence import Heard, checked, is_long_enough
from interviewer.rating.words import words
from tests.rating import hostile
from tests.rating.things import OTHERS, QUESTION, STRONG, pack_exemplars, said_once


def rating(level: int | None, *quotes: str, expected: float | None = None) -> Rating:
    evidence = tuple(Evidence(turn=0, quote=q) for q in quotes)
    return Rating(criterion="c", level=level, expected=expected, evidence=evidence, reason=None if level else "why not")


@pytest.mark.parametrize(
    "quote",
    [
        "the new scores run higher",
        "THE NEW SCORES RUN HIGHER",
        "the new   scores\nrun higher",
        "\u201cthe new scores run higher\u201d",
        "the new scores, run higher...",
        "the \uff4e\uff45\uff57 scores run higher",
    ],
)
def test_a_quote_stands_after_folding_and_comes_back_as_typed(quote: str) -> None:
    assert Heard(said_once(STRONG)).find(quote) == Evidence(turn=0, quote="the new scores run higher")


def test_typographic_apostrophes_are_returned_as_the_candidate_typed_them() -> None:
    typed = "Well, I\u2019d score yesterday\u2019s payments, with  both models."
    assert Heard(said_once(typed)).find("I'd score yesterday's payments with both models") == Evidence(
        turn=0, quote="I\u2019d score yesterday\u2019s payments, with  both models"
    )


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "new scores run",  # three words
        "the new scores run lower",
        "the new scores ... more payments get flagged",  # parts left out
        "he new scores run higher",  # words are whole
        "scores run higher new the",
    ],
)
def test_what_was_not_said_in_these_words_is_no_evidence(quote: str) -> None:
    assert Heard(said_once(STRONG)).find(quote) is None


@pytest.mark.parametrize(
    ("answer", "quote"),
    [
        ("I said: -$3 million is where it would end.", "-$3 million is where"),
        ("In a week churn fell by 5% in all markets.", "churn fell by 5%"),
        ("The loss - 3 million a year - was known.", "3 million a year"),
        ("It was about \u20ac40 a head then.", "\u20ac40 a head then"),
        ("We cut it from 1-5 stages in all.", "5 stages in all"),
    ],
)
def test_a_sign_and_a_unit_go_with_their_figure(answer: str, quote: str) -> None:
    found = Heard(said_once(answer)).find(quote.strip("-$\u20ac%"))
    assert found == Evidence(turn=0, quote=quote)
    assert found and Heard(said_once(answer)).find(found.quote) == found, "and it is found again as quoted"


@pytest.mark.parametrize("few", ["end-to-end tests", "24/7 on-call", "A/B/n tests", "state-of-the-art", "1.2.3.4"])
def test_words_are_counted_as_they_are_typed(few: str) -> None:
    answer = f"We had {few} that nobody looked at."
    assert Heard(said_once(answer)).find(few) is None
    assert Heard(said_once(answer)).find(f"We had {few} that") is not None


def test_a_script_without_spaces_can_be_quoted() -> None:
    assert Heard(said_once(OTHERS[-1])).find(OTHERS[-1][:6]) is not None


def test_the_question_with_one_word_of_ones_own_is_no_evidence() -> None:
    turns = (
        Turn(
            question="How would you decide whether the fraud model is good enough to launch?",
            answer="I would see whether the fraud model is good enough to launch today. The fraud model is not good enough to launch. "
            "Whether the fraud model is good enough to launch depends on analysts' capacity.",
        ),
    )
    assert Heard(turns).find("whether the fraud model is good enough to launch today") is None
    assert Heard(turns).find("The fraud model is not good enough to launch") is not None
    assert Heard(turns).find("good enough to launch depends on analysts' capacity") is not None


def test_a_quote_may_not_join_two_answers() -> None:
    turns = (Turn(question="a", answer="I would look at the"), Turn(question="b", answer="labels of last week"))
    assert Heard(turns).find("look at the labels of last week") is None


def test_a_quote_is_found_in_the_turn_in_which_it_stands() -> None:
    turns = (Turn(question="a", answer=None), Turn(question="b", answer="ok"), Turn(question="c", answer="I would look at the labels"))
    assert Heard(turns).find("would look at the labels") == Evidence(turn=2, quote="would look at the labels")


@pytest.mark.parametrize("quote", ["fraud model's precision dropped after a retraining", "what would you tell operations today"])
def test_words_that_only_repeat_the_question_are_no_evidence(quote: str) -> None:
    assert Heard(said_once(f"{QUESTION} {STRONG}")).find(quote) is None


def test_words_that_a_later_probe_quotes_stay_evidence() -> None:
    turns = (*said_once(STRONG), Turn(question="You said the new scores run higher. Why?", answer="The new scores run higher."))
    assert Heard(turns).find("the new scores run higher") == Evidence(turn=0, quote="the new scores run higher")


@pytest.mark.parametrize("order", [o for o in hostile.ORDERS if len(words(o)) >= 4])
def test_an_order_to_the_rater_is_no_evidence(order: str) -> None:
    assert Heard(said_once(f"{STRONG}\n{order}")).find(order) is None


def test_evidence_that_does_not_stand_is_dropped_and_the_level_stays() -> None:
    kept = checked(rating(4, "the new scores run higher", "we tested it on a million users"), Heard(said_once(STRONG)), 5)
    assert (kept.level, [e.quote for e in kept.evidence]) == (4, ["the new scores run higher"])


def test_a_level_without_evidence_that_stands_becomes_unrated() -> None:
    invented = checked(rating(3, "we tested it on a million users", expected=3.2), Heard(said_once(STRONG)), 5)
    assert (invented.level, invented.expected, invented.worth) == (None, None, None)
    assert "own words" in (invented.reason or "")
    assert checked(rating(2), Heard(said_once(STRONG)), 5).level is None


def test_the_lowest_level_needs_no_evidence() -> None:
    assert checked(rating(1), Heard(said_once(STRONG)), 5).level == 1


@pytest.mark.parametrize(("level", "expected"), [(6, None), (4, 5.5), (1, 0.2)])
def test_a_level_off_the_scale_becomes_unrated(level: int, expected: float | None) -> None:
    off = checked(rating(level, "the new scores run higher", expected=expected), Heard(said_once(STRONG)), 5)
    assert off.level is None
    assert "1 to 5" in (off.reason or "")


def test_what_is_unrated_stays_so_with_its_reason() -> None:
    assert checked(rating(None), Heard(said_once(STRONG)), 5).reason == "why not"


def _mangled(text: str, dice: random.Random) -> str:
    """The same words with other case, spacing and punctuation."""
    styles = (str.upper, str.title, str.lower)
    return "".join(dice.choice((" ", "  ", ", ", "\n", " - ")) + dice.choice(styles)(text[w.start : w.end]) for w in words(text))


def test_whatever_is_quoted_from_an_answer_comes_back_as_a_part_of_it() -> None:
    dice = random.Random(7)
    for exemplar in pack_exemplars():
        turns, typed = said_once(exemplar.answer, "Why?"), words(exemplar.answer)
        for _ in range(10):
            start = dice.randrange(len(typed) - 12)
            stretch = typed[start : start + dice.randint(4, 12)]
            found = Heard(turns).find(_mangled(exemplar.answer[stretch[0].start : stretch[-1].end], dice))
            if is_long_enough(exemplar.answer[stretch[0].start : stretch[-1].end]):
                assert found is not None
                assert found.quote in exemplar.answer


def test_after_the_check_no_rating_above_the_lowest_is_without_evidence_and_none_changes_its_level() -> None:
    dice = random.Random(11)
    pool = (*hostile.ORDERS, *hostile.SALAD, QUESTION, STRONG, "the new scores run higher", "it was a great success for everybody")
    for _ in range(300):
        answer = "\n".join(dice.sample(pool, 3))
        given = rating(dice.randint(1, 7), *dice.sample(pool, 2))
        after = checked(given, Heard(said_once(answer)), 5)
        assert all(e.quote in answer for e in after.evidence)
        assert after.level in (None, given.level)
        assert after.level in (None, 1) or after.evidence
        assert after.level is not None or after.reason
