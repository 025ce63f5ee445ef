"""Interviews read as states: what is remembered never differs from what the store has, and is nobody else's to see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from interviewer.errors import NotYours, Stale
from interviewer.interview.hearing import forgotten_events
from interviewer.interview.state import Kind, State, event, fold
from interviewer.interview.states import States
from interviewer.store import NewEvent, Store
from tests.interview.talking import ANSWER, QUESTION, Log, said_aloud

ADA, BOB = "ada", "bob"
ASKED = event(Kind.ASKED, item_id="fraud", kind="item", question=QUESTION)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/interviews.db") as opened:
        yield opened


def begun(store: Store) -> str:
    return store.begin(ADA, [NewEvent(kind=e.kind, body=e.body) for e in Log().events])


def answered(state: State) -> Sequence[NewEvent]:
    assert state.open_turn
    return [event(Kind.ANSWERED, to=state.open_turn.seq, text=ANSWER)]


def test_each_change_gives_the_state_that_the_store_has(store: Store) -> None:
    states, interview = States(store), begun(store)
    for decide in (lambda _: [ASKED], answered, lambda _: [], lambda _: [event(Kind.CLOSED, item="fraud"), event(Kind.ENDED, why="x")]):
        changed = states.change(interview, ADA, decide)
        assert changed == fold(interview, store.events(interview, ADA)) == states.of(interview, ADA)


def test_what_another_process_wrote_is_seen_and_decided_on(store: Store) -> None:
    mine, other, interview = States(store), States(store), begun(store)
    mine.of(interview, ADA)
    other.change(interview, ADA, lambda _: [ASKED])
    seen = mine.change(interview, ADA, answered)
    assert seen.turns[0].answer == ANSWER
    assert other.of(interview, ADA) == seen

    def answer_the_first(state: State) -> Sequence[NewEvent]:
        return [event(Kind.ANSWERED, to=state.require_open(1).seq, text="again")]

    with pytest.raises(Stale):
        other.change(interview, ADA, answer_the_first)


def test_a_remembered_interview_is_still_only_its_candidates(store: Store) -> None:
    states, interview = States(store), begun(store)
    states.change(interview, ADA, lambda _: [ASKED])
    with pytest.raises(NotYours):
        states.of(interview, BOB)
    with pytest.raises(NotYours):
        states.change(interview, BOB, answered)
    with pytest.raises(NotYours):
        states.delete(interview, BOB)
    assert states.of(interview, ADA).turns[0].answer is None


@pytest.mark.parametrize("by_another", [False, True])
def test_a_deleted_interview_is_gone_whoever_deleted_it(store: Store, by_another: bool) -> None:
    states, interview = States(store), begun(store)
    states.change(interview, ADA, lambda _: [ASKED])
    (States(store) if by_another else states).delete(interview, ADA)
    with pytest.raises(NotYours):
        states.of(interview, ADA)
    with pytest.raises(NotYours):
        states.change(interview, ADA, answered)
    assert not states._known


def test_forgetting_recordings_goes_by_the_state_that_the_store_has_and_is_only_its_candidates(store: Store) -> None:
    states, interview = States(store), begun(store)
    heard = event(Kind.HEARD, to=1, **said_aloud("We kept it", kept=True).model_dump(mode="json", exclude={"seq"}))
    states.change(interview, ADA, lambda _: [ASKED, heard.model_copy(update={"flac": b"fLaC"})])
    with pytest.raises(NotYours):
        states.forget_recordings(interview, BOB, forgotten_events)
    changed = States(store).forget_recordings(interview, ADA, forgotten_events)
    assert changed == fold(interview, store.events(interview, ADA)) == states.of(interview, ADA)
    assert not changed.turns[0].heard[0].kept
    assert states.forget_recordings(interview, ADA, forgotten_events).seq == changed.seq


def test_only_the_latest_are_remembered_and_the_others_read_anew(store: Store) -> None:
    states, interviews = States(store, most=2), [begun(store) for _ in range(4)]
    for interview in interviews:
        states.change(interview, ADA, lambda _: [ASKED])
    assert list(states._known) == interviews[2:]
    assert [states.of(i, ADA).turns[0].question for i in interviews] == [QUESTION] * 4


def test_a_decision_that_raises_leaves_what_is_remembered_as_it_was(store: Store) -> None:
    states, interview = States(store), begun(store)
    before = states.change(interview, ADA, lambda _: [ASKED])

    def refuse(_: State) -> Sequence[NewEvent]:
        raise Stale("no")

    with pytest.raises(Stale):
        states.change(interview, ADA, refuse)
    assert states.of(interview, ADA) == before
