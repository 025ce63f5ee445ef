from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from interviewer.errors import DeveloperError, NotYours, Stale
from interviewer.store import Event, NewEvent, Store
from interviewer.store.store import TRIES
from tests.store.saying import BEGUN, answered, answers, says

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Clock:
    """A clock that stands where it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def nothing(_seen: tuple[Event, ...]) -> list[NewEvent]:
    return []


# --------------------------------------------------------------------------- events


def test_events_are_numbered_from_zero_in_the_order_they_were_added(store: Store) -> None:
    interview = store.begin("ann", [*BEGUN, NewEvent(kind="asked")])
    store.append(interview, "ann", says("first", "second"))
    store.append(interview, "ann", says("third"))
    assert [(e.seq, e.kind) for e in store.events(interview, "ann")] == [
        (0, "begun"),
        (1, "asked"),
        (2, "answered"),
        (3, "answered"),
        (4, "answered"),
    ]
    assert answers(store, interview) == ["first", "second", "third"]


def test_append_returns_just_what_events_returns_afterwards(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    hostile: dict[str, JsonValue] = {
        "text": "  NUL \x00, quotes '\"; DROP TABLE events; -- \u2028 \U0001f600 é  ",
        "n": [1, -0.1, 2**70, None, True, {"": []}],
    }
    returned = store.append(interview, "ann", lambda seen: [NewEvent(kind="answered", body=dict(hostile))])
    assert returned == store.events(interview, "ann")
    assert returned[1].body == hostile


def test_events_from_a_seq_on_are_read_and_decided_on_alone(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    store.append(interview, "ann", says("first", "second"))
    everything = store.events(interview, "ann")
    assert store.events(interview, "ann", 2) == everything[2:]
    shown: list[tuple[Event, ...]] = []

    def decide(seen: tuple[Event, ...]) -> list[NewEvent]:
        shown.append(seen)
        return [answered("third")]

    returned = store.append(interview, "ann", decide, 2)
    assert shown == [everything[2:]]
    assert [e.seq for e in returned] == [2, 3]
    assert store.events(interview, "ann") == (*everything[:2], *returned)
    with pytest.raises(NotYours):
        store.events(interview, "ann", 4)
    with pytest.raises(NotYours):
        store.events(interview, "bob", 2)


def test_a_body_keeps_the_order_of_its_keys(store: Store) -> None:
    interview = store.begin("ann", [NewEvent(kind="begun", body={"z": 1, "a": 2, "m": 3})])
    assert list(store.events(interview, "ann")[0].body) == ["z", "a", "m"]


def test_what_was_appended_is_there_after_a_restart(url: str) -> None:
    with Store.open(url) as store:
        interview = store.begin("ann", BEGUN)
        said = store.append(interview, "ann", says("kept"))
    with Store.open(url) as store:
        assert store.events(interview, "ann") == said


def test_an_empty_decision_writes_nothing_and_returns_the_events(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    assert store.append(interview, "ann", nothing) == store.events(interview, "ann")
    assert len(store.events(interview, "ann")) == 1


@pytest.mark.parametrize("error", [Stale("that question is closed"), ZeroDivisionError("a mistake")])
def test_a_decision_that_raises_writes_nothing_and_its_error_passes_through(store: Store, error: Exception) -> None:
    interview = store.begin("ann", BEGUN)

    def refuse(_seen: tuple[Event, ...]) -> list[NewEvent]:
        raise error

    with pytest.raises(type(error)) as caught:
        store.append(interview, "ann", refuse)
    assert caught.value is error
    assert len(store.events(interview, "ann")) == 1


def test_of_several_new_events_all_are_written_or_none(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    seen_lengths: list[int] = []

    def two_at_first(seen: tuple[Event, ...]) -> list[NewEvent]:
        seen_lengths.append(len(seen))
        if len(seen_lengths) == 1:
            store.append(interview, "ann", says("took seq 1"))
            return [answered("lost 1"), answered("lost 2")]
        return [answered("won")]

    store.append(interview, "ann", two_at_first)
    assert answers(store, interview) == ["took seq 1", "won"]


def test_who_comes_second_decides_again_and_sees_that_the_question_is_closed(url: str, store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    seen_lengths: list[int] = []
    with Store.open(url) as other_tab:

        def answer_the_first_question(seen: tuple[Event, ...]) -> list[NewEvent]:
            seen_lengths.append(len(seen))
            if len(seen) > 1:
                raise Stale("that question has been answered")
            other_tab.append(interview, "ann", says("from the other tab"))
            return [answered("from this tab")]

        with pytest.raises(Stale, match="has been answered"):
            store.append(interview, "ann", answer_the_first_question)
    assert seen_lengths == [1, 2]
    assert answers(store, interview) == ["from the other tab"]


def test_who_is_always_overtaken_is_told_so_in_the_end(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    seen_lengths: list[int] = []

    def overtaken(seen: tuple[Event, ...]) -> list[NewEvent]:
        seen_lengths.append(len(seen))
        store.append(interview, "ann", says("faster"))
        return [answered("slower")]

    with pytest.raises(Stale, match="changed from elsewhere"):
        store.append(interview, "ann", overtaken)
    assert seen_lengths == list(range(1, TRIES + 1))
    assert set(answers(store, interview)) == {"faster"}


def test_moments_never_go_back_even_where_the_clock_does(url: str) -> None:
    clock = Clock(NOON)
    with Store.open(url, clock=clock) as store:
        interview = store.begin("ann", BEGUN)
        clock.now = NOON - timedelta(hours=1)
        store.append(interview, "ann", says("earlier?"))
        clock.now = NOON + timedelta(seconds=5)
        store.append(interview, "ann", says("later"))
        assert [e.at for e in store.events(interview, "ann")] == [NOON, NOON, NOON + timedelta(seconds=5)]


# --------------------------------------------------------------------------- whose


def test_ids_are_long_and_never_twice_the_same(store: Store) -> None:
    ids = {store.begin("ann", BEGUN) for _ in range(20)}
    assert len(ids) == 20
    assert {len(i) for i in ids} == {16}


HOSTILE = ["", "no-such-one", "x\x00y", "\ud800", "' OR 1=1 --", "x" * 5000, "%", "é"]


def test_an_interview_that_is_not_there_is_not_yours(store: Store) -> None:
    store.begin("ann", BEGUN)
    for interview, candidate in itertools.product(HOSTILE, ("ann", None)):
        with pytest.raises(NotYours):
            store.events(interview, candidate)
        with pytest.raises(NotYours):
            store.append(interview, candidate, says("x"))
        with pytest.raises(NotYours):
            store.delete(interview, candidate)
    assert len(store.interviews("ann")) == 1


def test_another_persons_interview_is_not_yours_and_stays_as_it_is(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    for somebody_else in ["bob", "Ann", "ann ", *HOSTILE]:
        with pytest.raises(NotYours):
            store.events(interview, somebody_else)
        with pytest.raises(NotYours):
            store.append(interview, somebody_else, says("x"))
        with pytest.raises(NotYours):
            store.delete(interview, somebody_else)
        assert store.interviews(somebody_else) == ()
    assert len(store.events(interview, "ann")) == 1


def test_not_there_and_anothers_are_told_in_the_same_words(store: Store) -> None:
    anns, gone = store.begin("ann", BEGUN), store.begin("ann", BEGUN)
    store.delete(gone, "ann")

    def told(interview: str) -> str:
        with pytest.raises(NotYours) as caught:
            store.events(interview, "bob")
        return str(caught.value).replace(interview, "ID")

    assert told(anns) == told(gone)


def test_the_operator_may_touch_any_interview(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    store.append(interview, None, says("closed by the operator"))
    assert len(store.events(interview, None)) == 2
    store.delete(interview, None)
    assert store.interviews(None) == ()


def test_an_interview_of_nobody_is_a_mistake_in_the_program(store: Store) -> None:
    for candidate in ["", "x\x00y", "\ud800", "x" * 201]:
        with pytest.raises(DeveloperError):
            store.begin(candidate, BEGUN)


def test_an_interview_without_a_first_event_is_a_mistake_in_the_program(store: Store) -> None:
    with pytest.raises(DeveloperError):
        store.begin("ann", [])


# --------------------------------------------------------------------------- list


def test_the_list_holds_ones_own_interviews_newest_first_with_their_kinds_and_moments(url: str) -> None:
    clock = Clock(NOON)
    with Store.open(url, clock=clock) as store:
        old = store.begin("ann", [NewEvent(kind="begun", body={"pack": " as typed "})])
        clock.now += timedelta(minutes=1)
        bobs = store.begin("bob", BEGUN)
        clock.now += timedelta(minutes=1)
        new = store.begin("ann", BEGUN)
        clock.now += timedelta(minutes=1)
        store.append(old, "ann", says("one", "two"))
        assert [listed.id for listed in store.interviews("ann")] == [new, old]
        assert [listed.id for listed in store.interviews(None)] == [new, bobs, old]
        first, last = store.interviews("ann")[1], store.interviews("ann")[0]
        assert (first.candidate, first.count, first.kinds) == ("ann", 3, frozenset({"begun", "answered"}))
        assert (first.began, first.changed) == (NOON, NOON + timedelta(minutes=3))
        assert first.first == store.events(old, "ann")[0]
        assert (last.count, last.kinds, last.began) == (1, frozenset({"begun"}), last.changed)


def test_who_has_no_interview_has_an_empty_list(store: Store) -> None:
    store.begin("ann", BEGUN)
    assert store.interviews("bob") == ()
