from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from interviewer.domain import Heard, HeardWord
from interviewer.speech.delivery import AT_LEAST, RANGES, Delivery, as_sentences, delivery

TEXT = "Um, I think we should, you know, start with the nurses."


def heard(text: str = TEXT, seconds: float = 10.0, speech: tuple[tuple[float, float], ...] = (), timed: bool = False) -> Heard:
    """A recording; `timed` gives each word a start, half a second after the one before."""
    words = tuple(HeardWord(word=w, start=n / 2, end=n / 2 + 0.4) for n, w in enumerate(text.split())) if timed else ()
    return Heard(text=text, words=words, recogniser="a test", seconds=seconds, speech=speech)


def of(*recordings: Heard, waited: tuple[float | None, ...] = (1.5,), minutes: float = 3) -> Delivery:
    return delivery(recordings, waited, minutes)


# --------------------------------------------------------------------------- time


def test_pauses_up_to_two_seconds_count_into_the_pace_and_longer_ones_do_not() -> None:
    text = " ".join(["word"] * 30)
    short = of(heard(text, 20, ((0, 7), (8, 16))))
    long = of(heard(text, 30, ((0, 7), (12, 20))))
    assert (short.talk_s, short.pace_s) == (15, 16)
    assert short.words_per_minute == pytest.approx(60 * 30 / 16)
    assert (long.talk_s, long.pace_s) == (15, 15)
    assert long.words_per_minute == pytest.approx(60 * 30 / 15)


def test_what_lies_before_the_first_word_and_after_the_last_is_no_pause() -> None:
    found = of(heard(speech=((3.0, 4.0), (5.5, 6.0)), seconds=20))
    assert found.pauses is not None
    assert [(p.start, p.seconds) for p in found.pauses] == [(4.0, 1.5)]
    assert found.longest_pause == found.pauses[0]


def test_pauses_under_a_second_are_not_listed_and_still_can_be_the_longest() -> None:
    found = of(heard(speech=((0, 1.0), (1.5, 2.0), (2.25, 3.0))))
    assert found.pauses == ()
    assert found.longest_pause is not None and found.longest_pause.seconds == 0.5


def test_stretches_that_overlap_or_come_out_of_order_are_counted_once() -> None:
    found = of(heard(speech=((4.0, 6.0), (0.0, 2.0), (1.0, 3.0), (6.0, 7.0))))
    assert found.talk_s == 6.0
    assert found.speech == ((0.0, 3.0), (4.0, 7.0))


def test_recordings_follow_each_other_and_no_pause_lies_between_two_of_them() -> None:
    found = of(heard(seconds=10, speech=((0, 8),)), heard(seconds=6, speech=((3, 4), (5.5, 6))), waited=(1.5, 0.8))
    assert found.seconds == 16
    assert found.starts == (0, 10)
    assert found.pauses is not None
    assert [(p.start, p.seconds, p.recording) for p in found.pauses] == [(14.0, 1.5, 1)]
    assert (found.time_to_first_word, found.waited_s) == (1.5, (1.5, 0.8))


def test_without_marked_speech_the_pace_is_over_the_whole_recording_and_pauses_are_unknown() -> None:
    found = of(heard(" ".join(["word"] * 20), 10))
    assert (found.talk_s, found.pauses, found.longest_pause) == (None, None, None)
    assert found.words_per_minute == 120
    told = " ".join(as_sentences(found))
    assert "over the whole recording" in told
    assert "Pauses are not known" in told
    assert "how much of it is speech is not known" in told


def test_one_recording_without_marked_speech_makes_the_sum_unknown_unless_nothing_was_said_in_it() -> None:
    marked, unmarked = heard(speech=((0, 8),)), heard()
    assert of(marked, unmarked).talk_s is None
    assert of(marked, heard(text="", seconds=3)).talk_s == 8


@pytest.mark.parametrize("recordings", [(), (heard(text="", seconds=0),), (heard(text="", seconds=9),)])
def test_where_nothing_was_said_nothing_is_made_up(recordings: tuple[Heard, ...]) -> None:
    found = delivery(recordings, (), 3)
    assert (found.words, found.words_per_minute, found.time_to_first_word, found.fillers) == (0, None, None, ())
    assert not [s for s in as_sentences(found) if re.search(r"words a minute|for every|\b(?:nan|inf)\b", s)]


def test_a_word_in_an_instant_has_no_pace() -> None:
    assert of(heard("No.", 0.4, ((0, 0.4),))).words_per_minute is None


@pytest.mark.parametrize("waited", [math.inf, math.nan, -1.0, None])
def test_a_wait_that_is_no_time_is_unknown(waited: float | None) -> None:
    found = of(heard(), waited=(waited,))
    assert found.time_to_first_word is None
    assert "The time before the first word is not known." in as_sentences(found)


def test_of_later_waits_only_those_that_are_known_are_told() -> None:
    four = [heard()] * 4
    assert "1.5 seconds after the question. " in " ".join(as_sentences(of(*four, waited=(1.5, None, None, None))))
    told = " ".join(as_sentences(of(*four, waited=(1.5, None, 0.8, 2.0))))
    assert "1.5 seconds after the question; after later questions, in seconds: 0.8, 2.0. " in told
    told = " ".join(as_sentences(of(*four, waited=(None, None, 0.8, None))))
    assert "The time before the first word is not known; after later questions, in seconds: 0.8." in told


# --------------------------------------------------------------------------- words


def test_fillers_and_hedges_stand_at_their_place_in_the_text_and_at_their_time() -> None:
    found = of(heard(timed=True))
    assert [(s.word, s.start) for s in found.fillers] == [("Um", 0.0), ("you know", 2.5)]
    assert [(s.word, s.start) for s in found.hedges] == [("I think", 0.5)]
    for said in (*found.fillers, *found.hedges):
        assert TEXT[said.place : said.place + len(said.word)] == said.word


def test_times_count_from_the_start_of_the_first_recording_and_places_within_the_own_text() -> None:
    found = of(heard("Yes.", seconds=4, timed=True), heard(timed=True), waited=(1, 1))
    assert [(s.start, s.recording, s.place) for s in found.fillers] == [(4.0, 1, 0), (6.5, 1, TEXT.index("you know"))]


def test_without_word_times_places_remain() -> None:
    found = of(heard())
    assert [(s.word, s.start, s.place) for s in found.fillers] == [("Um", None, 0), ("you know", None, TEXT.index("you know"))]


def test_words_that_are_not_the_texts_give_no_times() -> None:
    other = heard(timed=True).model_copy(update={"text": f"Well. {TEXT}"})
    assert {s.start for s in of(other).fillers} == {None}


def test_marks_that_stand_alone_shift_no_times() -> None:
    timed = heard(timed=True)
    dashed = timed.model_copy(update={"text": TEXT.replace("Um,", "Um \u2014")})
    assert [s.start for s in of(dashed).fillers] == [0.0, 2.5]


@pytest.mark.parametrize(
    "text",
    [
        "You know the answer.",
        "It works like a filter.",
        "What kind of model is it?",
        "It is the sort of thing I like.",
        "The umbrella era.",
    ],
)
def test_words_that_are_meant_are_neither_fillers_nor_hedges(text: str) -> None:
    found = of(heard(text))
    assert (found.fillers, found.hedges) == ((), ())


@pytest.mark.parametrize("text", ["um", "Uh.", "umm, yes", "hmm", "So, er, we did.", "erm"])
def test_sounds_are_fillers_wherever_they_stand(text: str) -> None:
    assert len(of(heard(text)).fillers) == 1


@pytest.mark.parametrize("text", ["Maybe two.", "It is kind of slow.", "I\u2019m not sure about that.", "It depends.", "Probably."])
def test_hedges_are_found_by_their_words(text: str) -> None:
    found = of(heard(text))
    assert len(found.hedges) == 1
    assert found.hedges[0].word in text


# --------------------------------------------------------------------------- in sentences


def test_the_sentences_tell_every_figure_with_its_source_and_that_fillers_are_a_lower_bound() -> None:
    told = "\n".join(as_sentences(of(heard(seconds=70, speech=((0, 30), (33.5, 65))))))
    assert "You spoke for 1:01 in a recording of 1:10, 3 minutes suggested." in told
    assert "The longest pause was 3.5 seconds, at 0:30; 1 of 1 second or more." in told
    assert "1.5 seconds after the question" in told
    assert "\u201cUm\u201d 1\u00d7" in told
    assert AT_LEAST in told
    assert all(told.count(r.source) == 1 and told.count(r.cited) == 2 for r in RANGES)


def test_the_published_ranges_say_where_they_come_from_and_that_it_was_no_job_interview() -> None:
    for r in RANGES:
        assert r.low < r.high
        assert r.cited[-4:] in r.source
        assert "interviews" in r.about


def test_the_sentences_judge_nobody() -> None:
    judging = ("confiden", "nervous", "insecur", "hesitant", "anxious", "good", "bad", "poor", "better", "worse", "try", "weak", "strong")
    texts = (TEXT, "um uh um " * 30, "I think maybe perhaps it depends. " * 9)
    for text in texts:
        for sentence in as_sentences(of(heard(text, 60, ((0, 20), (29, 58))))):
            assert not [w for w in sentence.casefold().split() if w.startswith(judging)], sentence


def test_a_minute_is_one_minute() -> None:
    assert "1 minute suggested" in as_sentences(of(heard(), minutes=1))[0]
    assert "2.5 minutes suggested" in as_sentences(of(heard(), minutes=2.5))[0]


def test_every_second_is_speech_or_silence_or_outside() -> None:
    spans = tuple((n * 3.0, n * 3.0 + 1.0 + n % 3 / 2) for n in range(20))
    found = of(heard(seconds=80, speech=spans))
    assert found.talk_s is not None and found.pauses is not None
    assert found.talk_s + sum(p.seconds for p in found.pauses) == pytest.approx(spans[-1][1] - spans[0][0])
    assert all(a.start + a.seconds < b.start for a, b in pairwise(found.pauses))
