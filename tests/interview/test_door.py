"""The door: nothing submitted is lost, nothing happens twice, and nobody opens another's interview."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from interviewer.embedding import Vectors
from interviewer.errors import CandidateError, NotYours, Stale
from interviewer.interview import MOST_CHARACTERS, Style
from tests.rooms import CANDIDATE, STRONG, Room, last, run


def test_an_interview_goes_from_the_first_question_to_ratings(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        while state.open_turn:
            state = await room.answered(state, STRONG)
        assert state.ended == "finished"
        await room.door.behind.settled(state.id)
        feedback = await room.door.feedback(state.id, CANDIDATE)
        assert feedback.items[0].rated_by and feedback.items[0].rated_by.rater == "embedded"
        quotes = [e.quote for c in feedback.items[0].criteria for e in c.evidence]
        assert quotes and all(q in STRONG for q in quotes)
        sure = [(c.likely, c.level) for c in feedback.items[0].criteria if c.level and c.evidence]
        assert sure and all(likely and likely.low <= level <= likely.high for likely, level in sure)

    run(sit())


def test_an_answer_is_kept_before_the_interviewer_says_a_word(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, "I would look at the data.")
        other = room.again()  # the first process is gone before it replied
        after = await other.door.state(state.id, CANDIDATE)
        assert after.turns[-1].answer == "I would look at the data."
        assert after.reply_is_due
        await last(other.door.reply(state.id, CANDIDATE))
        assert (await other.door.state(state.id, CANDIDATE)).open_turn

    run(sit())


def test_the_same_answer_sent_twice_is_kept_once(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        seq = state.open_turn.seq
        await room.door.answer(state.id, CANDIDATE, seq, "Once.")
        with pytest.raises(Stale, match="no longer open"):
            await room.door.answer(state.id, CANDIDATE, seq, "Twice.")
        answers = [t.answer for t in (await room.door.state(state.id, CANDIDATE)).turns if t.answer]
        assert answers == ["Once."]

    run(sit())


def test_of_two_tabs_that_answer_at_once_one_is_kept_and_one_is_told(tmp_path: Path) -> None:
    async def sit() -> None:
        room, other = Room(tmp_path), Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        seq = state.open_turn.seq
        results = await asyncio.gather(
            room.door.answer(state.id, CANDIDATE, seq, "From one tab."),
            other.door.answer(state.id, CANDIDATE, seq, "From the other tab."),
            return_exceptions=True,
        )
        assert sorted(type(r).__name__ for r in results) == ["Stale", "State"]

    run(sit())


def test_two_that_reply_at_once_ask_one_question(tmp_path: Path) -> None:
    async def sit() -> None:
        room, other = Room(tmp_path), Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, "I would look at the data first of all.")
        await asyncio.gather(last(room.door.reply(state.id, CANDIDATE)), last(other.door.reply(state.id, CANDIDATE)))
        after = await room.door.state(state.id, CANDIDATE)
        assert len(after.turns) == 2 and after.open_turn

    run(sit())


def test_a_rating_that_a_dead_process_left_undone_is_made_on_return(tmp_path: Path) -> None:
    async def die_before_rating() -> str:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        assert state.open_turn
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, STRONG)
        closed = await room.door.state(state.id, CANDIDATE)
        room.store.append(state.id, CANDIDATE, lambda _: [])
        await room.door.end(closed.id, CANDIDATE)
        room.door.behind.forget(closed.id)  # what was under way dies
        return closed.id

    async def come_back(interview: str) -> None:
        room = Room(tmp_path)
        assert not (await room.door.state(interview, CANDIDATE)).rated
        state = await room.door.resume(interview, CANDIDATE)
        assert room.door.pending(state)
        await room.door.behind.settled(interview)
        assert not room.door.pending(await room.door.state(interview, CANDIDATE))

    run(come_back(run(die_before_rating())))


def test_every_call_refuses_whoever_does_not_own_the_interview(tmp_path: Path) -> None:
    async def intrude() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        door, mallory = room.door, "mallory"
        attempts: list[Callable[[], Awaitable[object]]] = [
            lambda: door.state(state.id, mallory),
            lambda: door.resume(state.id, mallory),
            lambda: door.answer(state.id, mallory, 1, "Mine now."),
            lambda: door.skip(state.id, mallory, 1),
            lambda: door.repeat(state.id, mallory, 1),
            lambda: last(door.clarify(state.id, mallory, 1, "How many?")),
            lambda: last(door.next_item(state.id, mallory)),
            lambda: last(door.reply(state.id, mallory)),
            lambda: door.end(state.id, mallory),
            lambda: door.dispute(state.id, mallory, "m-1", "compares", "No."),
            lambda: door.rate_again(state.id, mallory),
            lambda: door.feedback(state.id, mallory),
            lambda: door.delete(state.id, mallory),
        ]
        for attempt in attempts:
            with pytest.raises(NotYours):
                await attempt()
        assert (await door.state(state.id, CANDIDATE)).seq == state.seq

    run(intrude())


def test_a_clarification_has_an_answer_uses_no_probe_and_is_not_rated(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        assert state.open_turn
        seq = state.open_turn.seq
        assert "3,100" in await last(room.door.clarify(state.id, CANDIDATE, seq, "How many payments are flagged?"))
        after = await room.door.state(state.id, CANDIDATE)
        assert after.open_turn and after.open_turn.seq == seq
        assert after.open_turn.remarks[0].asked == "How many payments are flagged?"
        assert after.transcript(after.open_turn.item_id) == ()

    run(sit())


def test_skipping_leaves_the_item_unrated_and_says_so(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        assert state.open_turn
        await room.door.skip(state.id, CANDIDATE, state.open_turn.seq)
        await last(room.door.reply(state.id, CANDIDATE))
        after = await room.door.state(state.id, CANDIDATE)
        assert after.ended == "finished"
        feedback = await room.door.feedback(state.id, CANDIDATE)
        assert feedback.overall is None and feedback.items[0].skipped
        assert feedback.left_out[0].endswith("was skipped, and counts in no average.")

    run(sit())


def test_a_question_that_was_open_at_the_end_was_not_skipped(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        await room.door.end(state.id, CANDIDATE)
        feedback = await room.door.feedback(state.id, CANDIDATE)
        assert not feedback.items[0].skipped
        assert {c.reason for c in feedback.items[0].criteria} == {"You did not answer this question."}
        assert feedback.left_out[0].endswith("was not answered, and counts in no average.")

    run(sit())


def test_a_coached_interview_rests_after_an_item_and_goes_on_when_asked_to(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=2, style=Style.COACHED)
        while state.open_turn:
            state = await room.answered(state, STRONG)
        assert state.between_items and not state.reply_is_due and state.ended is None
        first = state.turns[0].item_id
        await last(room.door.next_item(state.id, CANDIDATE))
        after = await room.door.state(state.id, CANDIDATE)
        assert after.open_turn and after.open_turn.item_id != first
        with pytest.raises(Stale):
            await last(room.door.next_item(state.id, CANDIDATE))

    run(sit())


def test_an_item_is_probed_twice_at_most_and_never_in_the_same_words(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        while state.open_turn:
            state = await room.answered(state, "I would look at the weather and have a cup of tea with everybody.")
        probes = [t.question for t in state.turns if t.kind == "probe"]
        assert len(probes) == 2 and len(set(probes)) == 2

    run(sit())


def test_what_was_asked_before_is_asked_last(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        asked = []
        for _ in range(3):
            state = await room.begin(items=1)
            asked.append(state.turns[0].item_id)
            await room.door.end(state.id, CANDIDATE)
        assert sorted(asked) == ["c-1", "m-1", "m-2"]

    run(sit())


def test_a_dispute_is_kept_with_the_rating_as_it_was(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        while state.open_turn:
            state = await room.answered(state, STRONG)
        await room.door.behind.settled(state.id)
        item = state.turns[0].item_id
        with pytest.raises(CandidateError, match="Say in a few words why"):
            await room.door.dispute(state.id, CANDIDATE, item, "compares", "  ")
        with pytest.raises(CandidateError, match="no rating to dispute"):
            await room.door.dispute(state.id, CANDIDATE, item, "no-such-criterion", "It is wrong.")
        after = await room.door.dispute(state.id, CANDIDATE, item, "compares", "I did compare them.")
        rating = after.counting(item)[1]
        assert rating and after.disputed[0].level == rating.rating.rating("compares").level  # type: ignore[union-attr]
        assert after.disputed[0].why == "I did compare them."

    run(sit())


def test_an_answer_of_fifty_thousand_characters_is_taken_and_a_longer_one_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        assert state.open_turn
        with pytest.raises(CandidateError, match="50,000 is the most"):
            await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, "x" * (MOST_CHARACTERS + 1))
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, ("word " * MOST_CHARACTERS)[:MOST_CHARACTERS])
        assert len((await room.door.state(state.id, CANDIDATE)).turns[0].answer or "") == MOST_CHARACTERS

    run(sit())


@pytest.mark.parametrize("text", ["", "\x00\x01\x02", "<script>alert(1)</script>", "\u202eright to left", "\ud800 half a pair", "🙂" * 50])
def test_odd_answers_are_kept_and_the_interview_goes_on(tmp_path: Path, text: str) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        while state.open_turn:
            state = await room.answered(state, text)
        await room.door.behind.settled(state.id)
        feedback = await room.door.feedback(state.id, CANDIDATE)
        assert feedback.overall is None
        assert all(c.level in (None, 1) for c in feedback.items[0].criteria)

    run(sit())


def test_a_deleted_interview_is_gone_and_its_ratings_stop(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin(items=1)
        assert state.open_turn
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, STRONG)
        await room.door.end(state.id, CANDIDATE)
        await room.door.delete(state.id, CANDIDATE)
        await room.door.behind.settled(state.id)
        assert await room.door.interviews(CANDIDATE) == ()
        with pytest.raises(NotYours):
            await room.door.state(state.id, CANDIDATE)

    run(sit())


def test_the_rubrics_of_an_interview_are_read_while_its_first_question_is(tmp_path: Path) -> None:
    async def begin() -> None:
        room = Room(tmp_path)
        told: list[str] = []
        encode = room.encoder.encode_known

        def noting(texts: Sequence[str]) -> Vectors:
            told.extend(texts)
            return encode(texts)

        room.encoder.encode_known = noting  # type: ignore[method-assign]
        state = await room.begin(items=1)
        await room.door.behind.settled(state.id)
        item = room.door.item(state, state.started.guide[0])
        assert {p for c in item.criteria for p in c.key_points} <= set(told)

    run(begin())
