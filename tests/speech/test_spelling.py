"""Two spellings of the same words are one."""

from __future__ import annotations

import pytest

from interviewer.speech.spelling import alike, number, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Precision fell to 95%.", "precision fell to ninety-five percent"),
        ("a p value of 0.04", "A p-value of .04"),
        ("an AUC of 0.81", "an A.U.C. of point eight one"),
        ("Our p95, and the F1 score", "our P 95 and the F-one score"),
        ("the A/B test", "the AB test"),
        ("a holdout of 1,200 users", "a hold-out of one thousand two hundred users"),
        ("one hundred and twenty", "120"),
        ("the four fifths rule", "the 4/5ths rule"),
        ("the OKR's labelling", "the OKRs\u2019 labeling"),
        ("the 21st percent", "the twenty first per cent"),
    ],
)
def test_two_spellings_of_the_same_words_are_one(one: str, other: str) -> None:
    first, second = alike(tokens(one.split()), tokens(other.split()))
    assert [t.text for t in first] == [t.text for t in second]


@pytest.mark.parametrize(
    ("one", "other"),
    [("a recall of 0.8", "a recall of 8"), ("the threshold", "the thresholds"), ("precision and recall", "precision recall"), ("15", "50")],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    first, second = alike(tokens(one.split()), tokens(other.split()))
    assert [t.text for t in first] != [t.text for t in second]


def test_a_word_in_plain_spelling_knows_which_words_it_was_written_as() -> None:
    held, _ = alike(tokens(["the", "hold", "out", "95%"]), tokens(["the", "holdout", "set"]))
    assert held == [("the", (0,)), ("holdout", (1, 2)), ("ninety", (3,)), ("five", (3,)), ("percent", (3,))]


@pytest.mark.parametrize(("value", "words"), [(0, "zero"), (14, "fourteen"), (90, "ninety"), (105, "one hundred five")])
def test_a_number_in_words(value: int, words: str) -> None:
    assert " ".join(number(value)) == words
    assert " ".join(number(value * 1000 + 7)) == ("seven" if value == 0 else f"{words} thousand seven")
