"""Quotes of spoken answers say where they can be listened to and which words are unsure; those of typed ones are as they were."""

from __future__ import annotations

from typing import Any

from interviewer.domain import Evidence, Mistake
from interviewer.feedback import (
    HeardAt,
    ItemHeard,
    Quote,
    Recorded,
    SaidAt,
    answers_to_markdown,
    compose_item,
    ratings_to_markdown,
    to_json,
)
from interviewer.feedback.heard import AROUND_S, as_heard, marked
from tests.feedback.cases import ANSWER, QUOTE, heard, item, pack, shown, told
from tests.feedback.test_markdown import LEVELS, document

FIRST = ANSWER.index(QUOTE)
WORDS = [SaidAt(m, m + len(w), n / 2, n / 2 + 0.4) for n, w in enumerate(ANSWER.split()) for m in [ANSWER.index(w)]]


def spoken(*recordings: Recorded, unsure: str = "", **more: Any) -> ItemHeard:
    plain = heard(item(1), LEVELS)
    place = ((ANSWER.index(unsure), ANSWER.index(unsure) + len(unsure)),) if unsure else ()
    turns = (plain.turns[0].model_copy(update={"unsure": place}),)
    return plain.model_copy(update={"turns": turns, "recordings": (recordings,), **more})


def heard_at(*recordings: Recorded, quote: str = QUOTE, turn: int = 0) -> HeardAt | None:
    (found,) = as_heard([Evidence(turn=turn, quote=quote)], spoken(*recordings))
    return found.heard_at


def part(number: int, words: list[SaidAt], seconds: float = 60) -> Recorded:
    return Recorded(recording=number, seconds=seconds, words=tuple(words))


def test_a_quote_is_heard_from_its_first_word_to_its_last_with_a_little_around_them() -> None:
    inside = [w for w in WORDS if w.start < FIRST + len(QUOTE) and w.end > FIRST]
    start, end = inside[0].start_s - AROUND_S, inside[-1].end_s + AROUND_S
    assert heard_at(part(7, WORDS)) == HeardAt(recording=7, start=round(start, 2), end=round(end, 2))


def test_nothing_is_listened_to_before_a_recording_begins_or_after_it_ends() -> None:
    assert heard_at(part(7, WORDS, seconds=3.0), quote=ANSWER) == HeardAt(recording=7, start=0.0, end=3.0)


def test_of_several_recordings_it_is_the_one_with_most_of_the_words() -> None:
    assert (found := heard_at(part(7, WORDS[:4]), part(9, WORDS[4:]))) and found.recording == 9
    assert (found := heard_at(part(7, WORDS[:6]), part(9, WORDS[6:]))) and found.recording == 7


def test_where_no_time_is_known_or_no_audio_is_kept_there_is_nothing_to_listen_to() -> None:
    assert heard_at() is None
    assert heard_at(part(7, [])) is None
    assert heard_at(part(7, WORDS[-3:])) is None
    assert heard_at(part(7, WORDS), turn=3) is None
    assert heard_at(part(7, WORDS), quote="words that nobody has said") is None


def test_json_of_a_typed_answer_is_as_it_was_and_of_a_spoken_one_says_where_to_listen() -> None:
    evidence = to_json(told(heard(item(1), LEVELS)))["items"][0]["criteria"][0]["evidence"]
    assert evidence == [{"turn": 0, "quote": QUOTE}]
    (aloud,) = to_json(told(spoken(part(7, WORDS), unsure="payments")))["items"][0]["criteria"][0]["evidence"]
    start = QUOTE.index("payments")
    assert aloud["heard_at"].keys() == {"recording", "start", "end"} and aloud["heard_at"]["recording"] == 7
    assert aloud["unsure"] == [[start, start + len("payments")]]


def test_unsure_words_are_marked_in_quotes_and_answers_and_the_mark_is_explained() -> None:
    seen = shown(document(spoken(unsure="payments")))
    assert QUOTE.replace("payments", "payments (?)") in seen
    assert ANSWER.replace("payments", "payments (?)") in seen
    note = "Words before (?) were heard unsurely. That counts neither for you nor against you."
    assert seen[seen.index(QUOTE.replace("payments", "payments (?)")) + 1] == note
    assert "(?)" not in document(spoken())


def test_an_unsure_stretch_that_reaches_beyond_a_quote_is_marked_within_it() -> None:
    (found,) = as_heard([Evidence(turn=0, quote=QUOTE)], spoken(unsure="would score yesterday's"))
    assert [found.quote[a:b] for a, b in found.unsure] == ["score yesterday's"]
    (before,) = as_heard([Evidence(turn=0, quote=QUOTE)], spoken(unsure="would"))
    assert before == Quote(turn=0, quote=QUOTE)


def test_marks_stand_after_each_stretch() -> None:
    assert marked("one two three", [(0, 3), (8, 13)]) == "one (?) two three (?)"
    assert marked("one", []) == "one"


def test_a_shortened_answer_marks_what_is_left_of_it() -> None:
    long = ANSWER + " More." * 400
    aloud = spoken(unsure="payments")
    turn = aloud.turns[0].model_copy(update={"answer": long, "unsure": (*aloud.turns[0].unsure, (len(long) - 5, len(long) - 1))})
    text = answers_to_markdown(compose_item(aloud.model_copy(update={"turns": (turn,)}), pack()))
    assert text.count("(?)") == 2 and "payments (?)" in text  # the mark, and what it means


def test_the_words_of_a_common_mistake_and_of_the_strength_can_be_heard_too() -> None:
    made = Mistake(says="Scores nothing.", evidence=Evidence(turn=0, quote=QUOTE))
    fb = told(spoken(part(7, WORDS), mistakes=(made,), mistakes_by="model"))
    assert fb.items[0].mistakes[0].evidence.heard_at == heard_at(part(7, WORDS))
    assert fb.strength and fb.strength.evidence.heard_at == heard_at(part(7, WORDS))


def test_the_page_links_to_where_words_can_be_heard_and_a_document_to_keep_does_not() -> None:
    page = ratings_to_markdown(compose_item(spoken(part(7, WORDS)), pack()))
    assert "[Hear these words](#hear-7-" in page
    assert "#hear-" not in document(spoken(part(7, WORDS)))
    assert "#hear-" not in ratings_to_markdown(compose_item(heard(item(1), LEVELS), pack()))
