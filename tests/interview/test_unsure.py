"""Words that were heard unsurely are found in the answer that was sent, and words that the candidate changed never are."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from interviewer.interview.turns import Spoken
from interviewer.interview.unsure import matched, unsure_in
from interviewer.rating.words import folded, words
from tests.interview.talking import said_aloud

WORDS = [
    "the",
    "model",
    "recall",
    "don't",
    "follow-up",
    "threshold",
    "we",
    "kept",
    "A/B",
    "65%",
    "café",
    "Größe",
    "精度",
    "and",
    "then",
    "I'd",
]


def unsure(answer: str, *heard: str) -> list[str]:
    return [answer[a:b] for a, b in unsure_in([said_aloud(text) for text in heard], answer)]


def test_an_unsure_word_that_was_left_as_it_was_heard_is_unsure() -> None:
    assert unsure("We kept the threshold.", "We kept the~ threshold~ .") == ["the threshold"]
    assert unsure("We kept the threshold.", "We~ kept the threshold~") == ["We", "threshold"]


def test_a_typed_answer_has_none() -> None:
    assert unsure_in((), "We kept the threshold.") == ()
    assert unsure("", "We~ kept~") == []


def test_case_and_punctuation_are_no_correction_and_another_word_is() -> None:
    assert unsure("we kept: the THRESHOLD!", "We kept the threshold~") == ["THRESHOLD"]
    assert unsure("We kept the old threshold, always.", "We kept the fresh~ hold~ always") == []


def test_a_word_of_several_parts_is_unsure_only_as_a_whole() -> None:
    assert unsure("One follow-up question", "One follow-up~ question") == ["follow-up"]
    assert unsure("One follow-through question", "One follow-up~ question") == []
    assert unsure("One follow the up question", "One follow-up~ question") == []


def test_neighbours_are_one_stretch_and_a_word_that_was_put_between_parts_them() -> None:
    assert unsure("We kept, the threshold.", "We kept~ the~ threshold~") == ["kept, the threshold"]
    assert unsure("We kept only the threshold.", "We kept~ the~ threshold") == ["kept", "the"]


def test_what_was_said_in_several_recordings_is_found_in_each() -> None:
    assert unsure("We kept it. Then recall fell.", "We kept~ it", "Then recall~ fell") == ["kept", "recall"]


def test_what_was_said_again_counts_as_it_was_heard_the_last_time() -> None:
    assert unsure("We kept the threshold.", "We kept the threshold~", "We kept the threshold") == []
    assert unsure("We kept the threshold.", "We kept the threshold", "We kept the threshold~") == ["threshold"]


def test_a_recogniser_that_gives_no_words_leaves_nothing_unsure() -> None:
    told = said_aloud("We kept it")
    bare = told.model_copy(update={"heard": told.heard.model_copy(update={"words": ()})})
    assert unsure_in([bare], "We kept it") == ()


def test_very_long_answers_are_matched_too() -> None:
    text = " ".join(f"word{n}" for n in range(3_000))
    heard = text.replace("word1500 ", "word1500~ ")
    assert unsure(text, heard) == ["word1500"]
    same = "no~ " * 9_000
    assert unsure(same.replace("~", ""), same) == []  # nothing to tell them apart by, and too many to try


@pytest.mark.parametrize("seed", range(4))
def test_a_very_long_answer_with_many_corrections_is_marked_as_a_short_one_is(seed: int) -> None:
    chance = random.Random(seed)
    said = [(f"w{chance.randrange(900)}", chance.random() < 0.1) for _ in range(6_000)]
    edited = {n for n in range(len(said)) if n % 9 == 0}
    typed = [f"edited{n}" if n in edited else w for n, (w, _) in enumerate(said)]
    for n in sorted(chance.sample(range(6_000), 200), reverse=True):
        del typed[n]
    answer = " ".join(typed)
    found = unsure_in([said_aloud(" ".join(w + "~" * u for w, u in said))], answer)
    marked = " ".join(answer[a:b] for a, b in found).split()
    assert "edited" not in " ".join(marked)
    left = [w for n, (w, u) in enumerate(said) if u and n not in edited]
    assert 0.93 * len(left) <= len(marked) <= len(left)


def random_talk(chance: random.Random) -> tuple[list[Spoken], list[tuple[str, bool]]]:
    """Recordings, and all their words with whether each was heard unsurely."""
    told = [[(chance.choice(WORDS), chance.random() < 0.3) for _ in range(chance.randint(0, 25))] for _ in range(chance.randint(0, 3))]
    return [said_aloud(" ".join(w + "~" * u for w, u in part)) for part in told], [pair for part in told for pair in part]


@pytest.mark.parametrize("seed", range(60))
def test_unsure_stretches_lie_in_order_inside_the_answer_on_the_bounds_of_words(seed: int) -> None:
    chance = random.Random(seed)
    heard, said = random_talk(chance)
    kept = [w for w, _ in said if chance.random() < 0.8]
    for _ in range(chance.randint(0, 5)):
        kept.insert(chance.randint(0, len(kept)), chance.choice([*WORDS, "new", "…", "\n"]))
    answer = chance.choice([" ", "  ", ", ", "\n"]).join(kept)
    starts, ends = {w.start for w in words(answer)}, {w.end for w in words(answer)}
    found = unsure_in(heard, answer)
    assert all(a in starts and b in ends and 0 <= a < b <= len(answer) for a, b in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert all(folded(answer[m.start : m.end]) == folded(m.word.word) for m in matched(heard, answer))


@pytest.mark.parametrize("seed", range(60))
def test_a_word_that_was_edited_is_never_unsure_and_an_unsure_word_that_was_left_in_place_always_is(seed: int) -> None:
    chance = random.Random(seed)
    heard, said = random_talk(chance)
    edited = {n for n in range(len(said)) if chance.random() < 0.3}
    typed = [f"edited{n}" if n in edited else w for n, (w, _) in enumerate(said)]
    answer = " ".join(typed)
    marked = " ".join(answer[a:b] for a, b in unsure_in(heard, answer))
    assert "edited" not in marked
    if not edited:
        assert folded(marked) == folded(" ".join(w for w, u in said if u))
