"""What is kept of spoken answers, through the door: the words at once, the audio only where given, and nothing after it was forgotten."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from interviewer.domain import Heard, HeardWord, Rating
from interviewer.errors import CandidateError, NotYours, Stale
from interviewer.feedback import HeardAt, ratings_to_markdown, to_json, to_markdown
from interviewer.interview import MOST_CHARACTERS, everything_kept, interview_record
from interviewer.interview import hearing as bounds
from interviewer.interview.state import Kind, State, event
from interviewer.interview.turns import Spoken
from tests.interview.talking import NOON, said_aloud
from tests.rooms import CANDIDATE, STRONG, Room, last, run

FLAC = b"fLaC" + b"MARKER-OF-A-VOICE" * 50


async def heard(room: Room, state: State, text: str = "We kept it~", flac: bytes | None = None) -> State:
    assert state.open_turn
    return await room.door.hear(state.id, CANDIDATE, state.open_turn.seq, said_aloud(text), flac)


def test_what_was_heard_is_kept_before_it_is_sent_and_the_question_stays_open(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        after = await heard(room, await heard(room, state, "We kept it~", FLAC), "and then")
        assert after.talk == state.talk
        turn = (await room.again().door.state(state.id, CANDIDATE)).open_turn
        assert turn and [(s.heard.text, s.kept, s.size) for s in turn.heard] == [("We kept it", True, len(FLAC)), ("and then", False, 0)]
        assert [s.seq for s in turn.heard] == [state.seq + 1, state.seq + 2]
        assert await room.again().door.recording(state.id, CANDIDATE, turn.heard[0].seq) == FLAC

    run(sit())


def test_the_answer_that_is_sent_has_its_unsure_words_as_raters_take_them(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await heard(room, await room.begin(), "We kept the~ fresh~ hold~")
        assert state.open_turn
        state = await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, "We kept the threshold.")
        (turn,) = state.transcript(state.turns[0].item_id)
        assert [turn.answer[a:b] for a, b in turn.unsure] == ["the"]  # type: ignore[index]

    run(sit())


def test_hearing_while_a_reply_is_on_its_way_makes_it_no_staler(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        seq = state.open_turn.seq
        talk = room.door.clarify(state.id, CANDIDATE, seq, "How many payments are flagged?")
        await anext(talk)
        await heard(room, state)
        await last(talk)
        after = await room.door.state(state.id, CANDIDATE)
        assert after.open_turn and len(after.open_turn.heard) == len(after.open_turn.remarks) == 1

    run(sit())


def test_what_is_heard_too_late_is_refused_as_a_late_answer_is(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        seq = state.open_turn.seq
        await room.door.answer(state.id, CANDIDATE, seq, "Typed in the meantime.")
        with pytest.raises(Stale, match="no longer open"):
            await room.door.hear(state.id, CANDIDATE, seq, said_aloud("late"), FLAC)
        await room.door.end(state.id, CANDIDATE)
        with pytest.raises(Stale, match="has ended"):
            await room.door.hear(state.id, CANDIDATE, seq, said_aloud("late"), FLAC)
        assert b"MARKER-OF-A-VOICE" not in everything_in(tmp_path)

    run(sit())


def test_recordings_are_nobody_elses(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await heard(room, await room.begin(), flac=FLAC)
        assert state.open_turn
        seq = state.open_turn.heard[0].seq
        with pytest.raises(NotYours):
            await room.door.hear(state.id, "mallory", state.open_turn.seq, said_aloud("mine"), FLAC)
        with pytest.raises(NotYours):
            await room.door.forget_recordings(state.id, "mallory")
        for who, number in (("mallory", seq), (CANDIDATE, seq + 1), (CANDIDATE, state.open_turn.seq), (CANDIDATE, -1), (CANDIDATE, 10**12)):
            with pytest.raises(NotYours, match="There is no recording"):
                await room.door.recording(state.id, who, number)
        assert await room.door.recording(state.id, CANDIDATE, seq) == FLAC

    run(sit())


def everything_in(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_forgotten_recordings_leave_the_words_and_no_byte_of_sound_in_any_file(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await heard(room, await heard(room, await room.begin(), flac=FLAC), "and then", FLAC)
        assert b"MARKER-OF-A-VOICE" in everything_in(tmp_path)
        after = await room.door.forget_recordings(state.id, CANDIDATE)
        assert b"MARKER-OF-A-VOICE" not in everything_in(tmp_path)
        assert after.open_turn and [(s.heard.text, s.kept) for s in after.open_turn.heard] == [("We kept it", False), ("and then", False)]
        with pytest.raises(NotYours, match="has been deleted"):
            await room.door.recording(state.id, CANDIDATE, after.open_turn.heard[0].seq)
        assert (await room.door.forget_recordings(state.id, CANDIDATE)).seq == after.seq
        again = await heard(room, after, "once more", FLAC)
        assert again.open_turn and again.open_turn.heard[-1].kept

    run(sit())


def test_a_deleted_interview_leaves_no_byte_of_sound_in_any_file(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await heard(room, await room.begin(), flac=FLAC * 200)
        await room.door.delete(state.id, CANDIDATE)
        assert b"MARKER-OF-A-VOICE" not in everything_in(tmp_path)

    run(sit())


def refused(state: State, told: Spoken, size: int = 0) -> str:
    assert state.open_turn
    with pytest.raises(CandidateError) as caught:
        bounds.heard_events(state, state.open_turn.seq, told, bytes(size))
    return str(caught.value)


def test_what_is_too_much_is_refused_with_what_to_do(tmp_path: Path) -> None:
    state = run(Room(tmp_path).begin())
    assert state.open_turn
    short = said_aloud("We kept it")
    long = short.model_copy(update={"heard": Heard(text="a" * (MOST_CHARACTERS + 1), recogniser="fake", seconds=1)})
    assert "say it in shorter parts" in refused(state, long)
    assert "20.0 MB" in (told := refused(state, short, 20_000_001)) and "say it in shorter parts" in told
    full = state.open_turn.model_copy(update={"heard": (short,) * 39})
    at_most = state.model_copy(update={"turns": (full,)})
    assert len(bounds.heard_events(at_most, full.seq, short, None)) == 1
    over = state.model_copy(update={"turns": (full.model_copy(update={"heard": (short,) * 40}),)})
    assert "type the rest" in refused(over, short)


def test_recordings_that_were_forgotten_make_room_for_others(tmp_path: Path) -> None:
    state = run(Room(tmp_path).begin())
    assert state.open_turn
    large = said_aloud("We kept it", kept=True).model_copy(update={"size": 20_000_000})
    turn = state.open_turn.model_copy(update={"heard": (large,) * 15})
    full = state.model_copy(update={"turns": (turn,)})
    assert "more than 300 MB" in (told := refused(full, large, 1)) and "delete them" in told
    assert bounds.heard_events(full, turn.seq, large, None)[0].body["kept"] is False
    emptied = full.model_copy(update={"turns": (turn.without_audio(),)})
    assert bounds.heard_events(emptied, turn.seq, large, b"x")[0].body["kept"] is True


def test_what_no_database_keeps_is_taken_out_of_what_was_heard(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        assert state.open_turn
        words = (HeardWord(word="a\x00b"), HeardWord(word="\x00"))
        odd = Spoken.of(Heard(text="a\x00b\ud800", words=words, recogniser="r\x00", seconds=1), waited_s=-0.5, ended_by="silence")
        after = await room.door.hear(state.id, CANDIDATE, state.open_turn.seq, odd)
        assert after.open_turn and after.open_turn.heard[0].heard.text == "ab?"
        assert [w.word for w in after.open_turn.heard[0].heard.words] == ["ab"]

    run(sit())


async def spoken_interview(room: Room, *, keep: bool) -> State:
    """An interview of one item, answered aloud with one unsure word, and ended."""
    state = await heard(room, await room.begin(items=1), STRONG.replace(" payments", " payments~", 1), FLAC if keep else None)
    assert state.open_turn
    await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, STRONG)
    await room.door.end(state.id, CANDIDATE)
    await room.door.behind.settled(state.id)
    return await room.door.state(state.id, CANDIDATE)


def test_quotes_of_a_spoken_answer_can_be_listened_to_until_the_recordings_are_gone(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await spoken_interview(room, keep=True)
        feedback = await room.door.feedback(state.id, CANDIDATE)
        quotes = [e for c in feedback.items[0].criteria for e in c.evidence]
        assert quotes and {q.heard_at.recording for q in quotes if q.heard_at} == {state.turns[0].heard[0].seq}
        first = next(q for q in quotes if STRONG.startswith(q.quote))
        spoken_words = len(first.quote.split())
        assert first.heard_at == HeardAt(recording=state.turns[0].heard[0].seq, start=0.0, end=round(spoken_words / 2 - 0.1 + 0.3, 2))
        assert [first.quote[a:b] for a, b in first.unsure] == ["payments"]
        told = json.loads(json.dumps(to_json(feedback)))["items"][0]["criteria"]
        assert any(e.get("heard_at", {}).get("end") == first.heard_at.end for c in told for e in c["evidence"])
        text = to_markdown(feedback, title="Practice", when=NOON)
        assert "payments (?)" in text and "Words before (?) were heard unsurely." in text
        assert "payments (?)" in ratings_to_markdown(feedback.items[0])
        await room.door.forget_recordings(state.id, CANDIDATE)
        silent = await room.door.feedback(state.id, CANDIDATE)
        assert not [e for c in silent.items[0].criteria for e in c.evidence if e.heard_at]
        assert [e.unsure for c in silent.items[0].criteria for e in c.evidence] == [q.unsure for q in quotes]

    run(sit())


def test_the_record_tells_what_was_heard_and_a_typed_turn_is_told_as_ever(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await spoken_interview(room, keep=True)
        (turn,) = interview_record(room.door, state)["turns"]
        assert [turn["answer"][a:b] for a, b in turn["unsure"]] == ["payments"]
        (told,) = turn["heard"]
        assert (told["recogniser"], told["kept"], told["ended_by"], told["seq"]) == ("fake", True, "button", state.turns[0].heard[0].seq)
        assert told["words"][0] == {"word": "I", "start": 0.0, "end": 0.4, "confidence": None, "unsure": False}
        item, criterion = state.turns[0].item_id, "compares"
        state = await room.door.dispute(state.id, CANDIDATE, item, criterion, "No.")
        kept = json.loads(json.dumps(everything_kept(room.door, state)))
        assert kept["disputed"][0]["turns"][0]["unsure"] == turn["unsure"]
        typed = await room.answered(await room.begin(), STRONG)
        told_typed = interview_record(room.door, typed)["turns"][0]
        assert not {"heard", "unsure"} & told_typed.keys()

    run(sit())


def test_an_answer_that_was_hardly_heard_is_unrated_and_says_what_to_do(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await heard(room, await room.begin(items=1), " ".join(f"{w}~" for w in STRONG.split()))
        assert state.open_turn
        await room.door.answer(state.id, CANDIDATE, state.open_turn.seq, STRONG)
        await room.door.end(state.id, CANDIDATE)
        await room.door.behind.settled(state.id)
        state = await room.door.state(state.id, CANDIDATE)
        ratings: list[Rating] = list(state.rated[state.turns[0].item_id]["embedded"].rating.ratings)
        assert {r.level for r in ratings} == {None}
        assert "(100 % of the words); say it again, or correct the text" in (ratings[0].reason or "")
        text = to_markdown(await room.door.feedback(state.id, CANDIDATE), title="Practice", when=NOON)
        assert "could not be heard surely" in text and "counts neither for you nor against you" in text

    run(sit())


def test_two_that_speak_at_once_are_both_kept(tmp_path: Path) -> None:
    async def sit() -> None:
        room = Room(tmp_path)
        state = await room.begin()
        other = room.again()
        await asyncio.gather(heard(room, state, "one", b"1"), heard(other, state, "two", b"2"))
        after = await room.door.state(state.id, CANDIDATE)
        assert after.open_turn
        told = {s.heard.text: await room.door.recording(state.id, CANDIDATE, s.seq) for s in after.open_turn.heard}
        assert told == {"one": b"1", "two": b"2"}

    run(sit())


def test_the_event_that_forgets_says_what_is_gone() -> None:
    assert event(Kind.FORGOTTEN, what="recordings").body == {"what": "recordings"}
