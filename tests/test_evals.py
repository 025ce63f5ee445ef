"""The cases are sound, and the changes do what they say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from evals.cases import read_cases
from evals.metamorphic import CHANGES, ORDERED, ORDERS, Asked, Moved, moved, parts
from interviewer.bank import sound_packs
from interviewer.domain import Item, ItemRating, Pack, Rating, Turn

ANSWER = (
    "I'd ask Maria in finance what she needs because it's her budget. She said that the old model flags too much. "
    "We don't know the cause yet, so he compares the two models. Then I would tell the head of operations by noon."
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return sound_packs(Path(__file__).resolve().parents[1] / "corpus")[0]


def changed(name: str, pack: Pack) -> str:
    (change,) = [c for c in (*CHANGES, *ORDERED) if c.name == name]
    return change.made(Asked(pack, pack.items[0], ANSWER, random.Random(3)))


def test_every_case_is_of_an_item_with_levels_on_its_criteria_by_a_writer_and_a_blind_reader(pack: Pack) -> None:
    cases = read_cases()
    assert len(cases) == len({c.id for c in cases}) == 120
    for case in cases:
        criteria = {c.id for c in pack.item(case.item).criteria}
        assert [set(r.levels) for r in case.ratings] == [criteria, criteria]
        assert all("a language model at the desk" in r.by for r in case.ratings)
        if case.planted:
            assert case.planted.mistake in pack.item(case.item).common_mistakes
            assert case.planted.quote in case.answer


def test_profiles_are_uneven_and_all_levels_are_there() -> None:
    levels = [[n for n in c.ratings[0].levels.values() if n] for c in read_cases()]
    assert sum(max(told) - min(told) >= 2 for told in levels) >= 110
    assert min(sum(told.count(n) for told in levels) for n in range(1, 6)) >= 60


@pytest.mark.parametrize("name", [c.name for c in (*CHANGES, *ORDERED)])
def test_each_change_changes_something(pack: Pack, name: str) -> None:
    assert changed(name, pack) != ANSWER


def test_what_is_added_leaves_the_answer_whole(pack: Pack) -> None:
    for name in ("padding", "flattery and self-praise", "frameworks named", "said twice", "sentences about something else"):
        assert ANSWER in changed(name, pack), name
    for n, order in enumerate(ORDERS, 1):
        told = changed(f"order {n}", pack)
        assert order in told
        assert all(part in told for part in parts(ANSWER))


def test_what_is_said_otherwise_says_the_same(pack: Pack) -> None:
    assert sorted(parts(changed("sentences shuffled", pack))) == sorted(parts(ANSWER))
    assert "He said that the old model" in changed("names and genders swapped", pack)
    assert "Maria" not in changed("names and genders swapped", pack)
    assert changed("paraphrased", pack).startswith("I would ask Maria in finance what she needs since it is her budget.")
    assert " the " not in changed("articles left out", pack).casefold() or len(changed("articles left out", pack)) < len(ANSWER)
    assert len(parts(changed("cut short", pack))) == 2


class ByLength:
    """A rater that a longer answer fools."""

    def __call__(self, item: Item, turns: list[Turn]) -> ItemRating:
        words = len((turns[0].answer or "").split())
        ratings = tuple(Rating(criterion=c.id, level=min(5, 1 + words // 30)) for c in item.criteria)
        return ItemRating(item_id=item.id, rater="embedded", model="by-length", ratings=ratings)


def test_a_rater_that_counts_words_is_caught(pack: Pack) -> None:
    found = list(moved(ByLength(), pack, [(pack.items[0].id, ANSWER)], CHANGES))  # type: ignore[arg-type]

    def holds(name: str) -> bool:
        return all(m.holds for m in found if m.change == name)

    assert not holds("padding")
    assert not holds("said twice")
    assert not holds("the rubric pasted")
    assert holds("sentences shuffled")
    assert holds("cut short")


def test_becoming_unrated_is_no_rise_and_becoming_rated_is(pack: Pack) -> None:
    from evals.metamorphic import _holds

    assert _holds("not rise", 3, None) and _holds("not rise", None, None) and not _holds("not rise", None, 1)
    assert not _holds("not move", 3, None) and not _holds("not move", 3, 2)
    assert isinstance(Moved("x", "i", "c", 3, 2, True), tuple)
