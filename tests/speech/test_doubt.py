"""Words that two recognisers hear otherwise are doubted."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from interviewer.domain import Heard, HeardWord
from interviewer.errors import ModelUnreachable
from interviewer.speech.audio import Samples
from interviewer.speech.doubt import SURE, doubted
from interviewer.speech.hearing import Doubting

SOUND: Samples = np.zeros(16_000, np.float32)


class Says:
    """A recogniser that hears one text, whatever is said."""

    def __init__(self, text: str, confidence: float | None = 0.6, fault: Exception | None = None) -> None:
        self.id, self._text, self._confidence, self._fault = f"says {text[:5]}", text, confidence, fault

    async def hear(self, samples: Samples, terms: object = ()) -> Heard:
        if self._fault:
            raise self._fault
        words = tuple(HeardWord(word=w, confidence=self._confidence) for w in self._text.split())
        return Heard(text=self._text, words=words, recogniser=self.id, seconds=1.0)


def heard(first: Says, second: Says) -> Heard:
    return asyncio.run(Doubting(first, second).hear(SOUND))


def unsure(text: str, other: str) -> list[str]:
    return [w.word for w in heard(Says(text), Says(other)).words if w.unsure]


@pytest.mark.parametrize(
    ("text", "other", "doubts"),
    [
        ("We measured the recall.", "we measured the recall", []),
        ("We measured the recall.", "we measured the wreckage", ["recall."]),
        ("We measured the recall and left.", "we measured and left", ["the", "recall"]),
        ("The follow-up and the A/B test", "the follow up and the ab test", []),
        ("It rose to 0.81, by 15%.", "it rose to zero point eight one by fifty percent", ["15%."]),
        ("It doesn\u2019t drop off", "it doesn't dropoff", []),
        ("We shipped", "we have shipped it", []),
        ("We shipped", "", ["We", "shipped"]),
        ("", "we shipped", []),
    ],
)
def test_a_word_is_doubted_where_the_other_one_heard_another_or_none(text: str, other: str, doubts: list[str]) -> None:
    assert unsure(text, other) == doubts


def test_text_and_recogniser_are_those_of_the_first_one() -> None:
    found = heard(Says("the recall fell"), Says("the wreckage fell"))
    assert (found.text, found.recogniser) == ("the recall fell", "says the r")


def test_a_word_that_the_first_one_is_sure_of_is_not_doubted() -> None:
    assert not any(w.unsure for w in heard(Says("recall", SURE), Says("wreckage")).words)
    assert all(w.unsure for w in heard(Says("recall", None), Says("wreckage")).words)


def test_a_word_that_was_unsure_stays_it() -> None:
    (word,) = doubted([HeardWord(word="recall", confidence=0.3, unsure=True)], [HeardWord(word="recall")])
    assert word.unsure


def test_where_the_other_one_fails_the_first_one_stands_and_where_the_first_fails_so_does_the_whole() -> None:
    deaf = ModelUnreachable("it can't be reached.")
    assert heard(Says("recall"), Says("", fault=deaf)).text == "recall"
    with pytest.raises(ModelUnreachable):
        heard(Says("", fault=deaf), Says("recall"))
