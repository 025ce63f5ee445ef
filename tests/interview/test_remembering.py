"""A sentence is encoded once while it is talked about, and nothing of its words is kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from interviewer.embedding import Reading, Vectors
from interviewer.interview.remembering import Remembering
from tests.rooms import WordEncoder

ONE, TWO, THREE = "I would look at the data.", "Then I would ask the team.", "Last, I would decide."


class Counting(WordEncoder):
    """Keeps what it was asked to encode."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        self.asked.append(tuple(texts))
        return super().read(texts)


def rows(readings: Sequence[Reading]) -> Vectors:
    return np.stack([r.vector for r in readings])


def test_only_what_is_new_is_encoded_and_the_rows_stand_in_their_order() -> None:
    encoder = Counting()
    remembering = Remembering(encoder)
    remembering.read([ONE, TWO])
    readings = remembering.read([THREE, TWO, ONE, TWO])
    assert encoder.asked == [(ONE, TWO), (THREE,)]
    assert np.array_equal(rows(readings), WordEncoder().encode([THREE, TWO, ONE, TWO]))
    assert [len(r.vectors) for r in readings] == [len(t.split()) for t in (THREE, TWO, ONE, TWO)]


def test_a_sentence_said_twice_at_once_is_encoded_once() -> None:
    encoder = Counting()
    assert len(Remembering(encoder).read([ONE, ONE])) == 2
    assert encoder.asked == [(ONE,)]


def test_the_oldest_are_forgotten_and_what_is_used_stays() -> None:
    encoder = Counting()
    remembering = Remembering(encoder, most=2)
    remembering.read([ONE, TWO])
    remembering.read([ONE])
    remembering.read([THREE])
    remembering.read([ONE])
    remembering.read([TWO])
    assert encoder.asked == [(ONE, TWO), (THREE,), (TWO,)]


def test_more_than_it_can_remember_is_still_encoded_whole() -> None:
    assert np.array_equal(rows(Remembering(Counting(), most=1).read([ONE, TWO, THREE])), WordEncoder().encode([ONE, TWO, THREE]))


def test_no_text_gives_no_rows_and_half_a_character_is_no_trouble() -> None:
    remembering = Remembering(Counting())
    assert remembering.read([]) == ()
    assert len(remembering.read(["half \ud800 of it"])) == 1


def test_no_word_is_kept() -> None:
    remembering = Remembering(WordEncoder())
    remembering.read([ONE])
    kept = remembering._seen._seen
    assert "look" not in repr(kept) and b"look" not in b"".join(kept)
    assert [r.tokens for r in kept.values()] == [()]


def test_the_encoder_is_named_by_its_own_id() -> None:
    remembering = Remembering(WordEncoder())
    assert (remembering.id, remembering.dimension) == (WordEncoder.id, WordEncoder.dimension)
    assert np.array_equal(remembering.encode_known([ONE]), WordEncoder().encode([ONE]))


def test_many_threads_may_ask_at_once() -> None:
    remembering = Remembering(WordEncoder(), most=3)
    texts = [f"sentence number {'abcdefghij'[n % 10] * 3}" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(lambda t: remembering.read([t, ONE])[0], texts))
    assert all(np.array_equal(r.vector, WordEncoder().encode([t])[0]) for r, t in zip(readings, texts, strict=True))
