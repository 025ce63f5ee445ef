from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from interviewer.errors import DeveloperError
from interviewer.store import Store
from tests.store.saying import BEGUN


def test_nothing_is_spent_at_first(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    assert (store.spent(interview), store.spent_today(), store.usage(interview)) == (0, 0, ())


def test_tokens_are_added_up_by_interview_and_by_role_and_model(store: Store) -> None:
    ann, bob = store.begin("ann", BEGUN), store.begin("bob", BEGUN)
    store.spend(ann, "rater", "large", 1000, 50)
    store.spend(ann, "rater", "large", 2000, 60)
    store.spend(ann, "interviewer", "small", 10, 1)
    store.spend(bob, "rater", "large", 7, 0)
    store.spend(None, "judge", "large", 5, 5)
    assert (store.spent(ann), store.spent(bob)) == (3121, 7)
    totals = [(u.role, u.model, u.calls, u.prompt_tokens, u.completion_tokens, u.tokens) for u in store.usage(ann)]
    assert totals == [("interviewer", "small", 1, 10, 1, 11), ("rater", "large", 2, 3000, 110, 3110)]
    assert store.spent_today() == 3138


def test_a_day_ends_at_midnight_in_utc(url: str) -> None:
    now = [datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)]
    with Store.open(url, clock=lambda: now[0]) as store:
        store.spend(None, "rater", "m", 1, 1)
        assert store.spent_today() == 2
        now[0] += timedelta(seconds=2)
        assert store.spent_today() == 0
        now[0] = now[0].astimezone(timezone(timedelta(hours=-9)))
        store.spend(None, "rater", "m", 3, 0)
        assert store.spent_today() == 3


def test_tokens_for_an_interview_that_is_not_there_count_for_the_day_alone(store: Store) -> None:
    for interview in ["no-such-one", "x\x00y", "\ud800", ""]:
        store.spend(interview, "rater", "m", 4, 2)
        assert store.spent(interview) == 0
        assert store.usage(interview) == ()
    assert store.spent_today() == 24


def test_counts_beyond_32_bits_are_kept(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    store.spend(interview, "rater", "m", 2**40, 1)
    store.spend(interview, "rater", "m", 2**40, 0)
    assert store.spent(interview) == 2**41 + 1


def test_a_count_below_zero_is_a_mistake_in_the_program(store: Store) -> None:
    with pytest.raises(DeveloperError, match="-1"):
        store.spend(None, "rater", "m", -1, 0)


def test_calls_written_down_at_once_are_all_counted(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.spend(interview, "rater", "m", 1, 0), range(60)))
    assert store.spent(interview) == 60
