"""An interview is what its events say, and nothing else."""

from __future__ import annotations

import random

import pytest

from interviewer.errors import DeveloperError, Stale
from interviewer.interview.state import Kind, State, Style, fold, fold_on
from tests.interview.talking import ANSWER, NOON, QUESTION, Log, asked, said_aloud


def test_an_interview_begins_with_nothing_asked_and_a_reply_due() -> None:
    state = Log().state
    assert (state.open_turn, state.current_item, state.next_item) == (None, None, "fraud")
    assert state.reply_is_due and not state.between_items
    assert state.began == NOON


def test_a_question_is_open_until_it_is_answered_and_keeps_the_very_words() -> None:
    assert (turn := asked().state.open_turn) and turn.question == QUESTION
    state = asked("  spaced out \n").state
    assert state.open_turn is None and state.reply_is_due
    assert state.turns[-1].answer == "  spaced out \n"


def test_a_skipped_question_is_closed_without_an_answer() -> None:
    log = asked()
    log.add(Kind.SKIPPED, to=1)
    assert log.state.open_turn is None and log.state.reply_is_due
    assert log.state.turns[0].answer is None and not log.state.has_answer("fraud")


def test_an_item_that_was_only_skipped_is_not_among_the_answered_ones() -> None:
    log = asked()
    log.add(Kind.SKIPPED, to=1)
    log.add(Kind.CLOSED, item="fraud")
    assert log.state.closed == ("fraud",) and log.state.answered_items == ()


def test_an_empty_answer_is_an_answer() -> None:
    state = asked("").state
    assert state.open_turn is None and state.has_answer("fraud")


def test_clarifications_and_repeats_leave_the_question_open_and_stand_beside_it() -> None:
    log = asked()
    log.add(Kind.CLARIFIED, to=1, asked="How many?", said="3,100 a day.", by="authored")
    log.add(Kind.REPEATED, to=1, said=QUESTION)
    turn = log.state.open_turn
    assert turn and [(r.asked, r.said) for r in turn.remarks] == [("How many?", "3,100 a day."), ("", QUESTION)]
    assert turn.seq == 1


def test_the_transcript_has_answered_turns_only_and_evidence_finds_its_turn_again() -> None:
    log = asked("First.")
    skipped = log.probe("causes", "What else?")
    log.add(Kind.SKIPPED, to=skipped)
    log.answer(log.probe("message", "What would you say?"), "Second.")
    state = log.state
    assert [t.answer for t in state.transcript("fraud")] == ["First.", "Second."]
    assert [t.answer for t in state.answered_turns("fraud")] == ["First.", "Second."]
    assert state.transcript("other") == ()


def test_a_real_interview_goes_on_after_an_item_and_a_coached_one_rests() -> None:
    for style, due in ((Style.REAL, True), (Style.COACHED, False)):
        log = Log(style=style)
        log.answer(log.ask())
        assert log.state.reply_is_due  # probe, or close
        log.add(Kind.CLOSED, item="fraud")
        assert log.state.between_items and log.state.reply_is_due is due


def test_a_coached_interview_does_not_rest_where_no_item_is_left() -> None:
    log = Log("fraud", style=Style.COACHED)
    log.answer(log.ask())
    log.add(Kind.CLOSED, item="fraud")
    assert log.state.next_item is None and log.state.reply_is_due


def test_an_ended_interview_has_no_open_question_and_owes_nothing() -> None:
    log = asked()
    log.add(Kind.ENDED, why="ended early")
    state = log.state
    assert (state.open_turn, state.reply_is_due, state.between_items, state.ended) == (None, False, False, "ended early")
    assert state.ended_at and state.ended_at > NOON


def test_ratings_that_come_between_change_nothing_of_the_talk() -> None:
    plain, rated = Log(), Log()
    for log in (plain, rated):
        log.answer(log.ask())
        log.add(Kind.CLOSED, item="fraud")
        if log is rated:
            log.rate()
            log.add(Kind.NOTICED, what="The model did not answer.")
            log.rate(rater="model", fault="It did not answer.")
            log.add(Kind.DISPUTED, item_id="fraud", criterion="causes", rater="embedded", level=3, why="No.")
        log.ask("Another question?", "next")
    assert rated.state.talk == plain.state.talk
    before = rated.state.talk
    rated.rate(rater="model")
    assert rated.state.talk == before
    assert rated.state.open_turn and rated.state.open_turn.item_id == "next"


def test_each_step_of_the_talk_is_seen_by_those_who_want_to_go_on() -> None:
    log = Log()
    seen = [log.state.talk]
    seq = log.ask()
    seen.append(log.state.talk)
    log.answer(seq)
    seen.append(log.state.talk)
    log.add(Kind.CLOSED, item="fraud")
    seen.append(log.state.talk)
    log.add(Kind.ENDED, why="finished")
    seen.append(log.state.talk)
    assert len(set(seen)) == 5


def test_the_models_rating_counts_unless_it_has_a_fault() -> None:
    log = asked(ANSWER)
    assert log.state.counting("fraud") == ("embedded", None)
    log.rate()
    assert log.state.counting("fraud")[0] == "embedded"
    log.rate(rater="model", fault="It did not answer.")
    assert log.state.counting("fraud")[0] == "embedded"
    log.rate(rater="model")  # made again
    rater, rated = log.state.counting("fraud")
    assert rater == "model" and rated and rated.fault is None


def test_a_models_fault_alone_is_told_as_it_is() -> None:
    log = asked(ANSWER)
    log.rate(rater="model", fault="It did not answer.")
    rater, rated = log.state.counting("fraud")
    assert rater == "model" and rated and rated.fault == "It did not answer."


def test_an_answer_to_a_question_that_is_no_longer_open_is_told_so_in_a_sentence() -> None:
    state = asked(ANSWER).state
    with pytest.raises(Stale, match=r"no longer open .* nothing is lost\."):
        state.require_open(1)
    assert asked().state.require_open(1).seq == 1
    with pytest.raises(Stale, match="no longer open"):
        asked().state.require_open(0)


def test_an_answer_after_the_end_is_told_so_in_a_sentence() -> None:
    log = asked()
    log.add(Kind.ENDED, why="ended early")
    with pytest.raises(Stale, match=r"has ended.*What you sent before is kept\."):
        log.state.require_open(1)


def test_what_was_heard_stands_with_its_question_by_the_number_of_its_event_and_moves_nothing() -> None:
    log = asked()
    before = log.state.talk
    first, second = log.hear(1, said_aloud("We kept~ it", kept=True)), log.hear(1, said_aloud("and then"))
    assert log.state.talk == before and log.state.open_turn
    assert [(s.seq, s.heard.text, s.kept) for s in log.state.turns[0].heard] == [(first, "We kept it", True), (second, "and then", False)]
    log.answer(1, "We kept it, and then")
    turn = log.state.turns[0]
    assert turn.unsure == ((3, 7),) and log.state.transcript("fraud")[0].unsure == ((3, 7),)


def test_what_was_heard_and_then_skipped_or_typed_over_leaves_nothing_unsure() -> None:
    log = asked()
    log.hear(1, said_aloud("We kept~ it"))
    log.answer(1, "Something else altogether.")
    assert log.state.turns[0].unsure == ()
    probe = log.probe("causes", "What else?")
    log.hear(probe, said_aloud("We kept~ it"))
    log.add(Kind.SKIPPED, to=probe)
    assert log.state.turns[1].unsure == () and len(log.state.turns[1].heard) == 1


def test_forgotten_recordings_are_kept_no_more_and_later_ones_are() -> None:
    log = asked()
    log.hear(1, said_aloud("We kept it", kept=True))
    log.answer(1, "We kept it")
    log.add(Kind.FORGOTTEN, what="recordings")
    probe = log.probe("causes", "What else?")
    log.hear(probe, said_aloud("and then", kept=True))
    assert [s.kept for t in log.state.turns for s in t.heard] == [False, True]
    assert log.state.turns[0].heard[0].heard.text == "We kept it"
    log.add(Kind.ENDED, why="finished")
    log.add(Kind.FORGOTTEN, what="recordings")
    assert not any(s.kept for t in log.state.turns for s in t.heard)


@pytest.mark.parametrize("seed", range(40))
def test_an_interview_that_is_partly_spoken_goes_as_the_same_one_typed(seed: int) -> None:
    """Whatever is heard, corrected and forgotten on the way: the answers are those that were sent, and nothing else has moved."""
    chance = random.Random(seed)
    typed, spoken, sounds = Log(), Log(), set[int]()
    for n in range(chance.randint(1, 6)):
        at = [log.ask() if n == 0 else log.probe("causes", f"What else, {n}?") for log in (typed, spoken)]
        for _ in range(chance.randint(0, 4)):
            if chance.random() < 0.2:
                spoken.add(Kind.FORGOTTEN, what="recordings")
                sounds.clear()
                continue
            kept = chance.random() < 0.5
            seq = spoken.hear(at[1], said_aloud(chance.choice(["We kept~ it", "and~ then", "recall~ fell"]), kept=kept))
            sounds |= {seq} if kept else set()
        said = chance.choice(["We kept it", "and then recall fell", "typed"])
        for log, seq in zip((typed, spoken), at, strict=True):
            log.answer(seq, said)
    assert [t.answer for t in spoken.state.turns] == [t.answer for t in typed.state.turns]
    assert spoken.state.talk == typed.state.talk
    assert {s.seq for t in spoken.state.turns for s in t.heard if s.kept} == sounds
    for log in (typed, spoken):
        half = len(log.events) // 2 or 1
        assert fold_on(fold("i1", log.events[:half]), log.events[half:]) == log.state
    for turn in spoken.state.turns:
        assert all(0 <= a < b <= len(turn.answer or "") for a, b in turn.unsure)


def refused(log: Log) -> str:
    with pytest.raises(DeveloperError) as caught:
        fold("i1", log.events)
    return str(caught.value)


def test_a_log_of_a_newer_version_is_refused_with_its_place() -> None:
    log = asked()
    log.add("hinted", to=1)
    assert "event 2 (hinted) of interview 'i1'" in (told := refused(log)) and "newer version" in told


def test_an_event_with_a_field_that_only_a_newer_version_knows_is_refused() -> None:
    log = Log()
    log.add(Kind.ASKED, item_id="fraud", kind="item", question=QUESTION, voice="calm")
    assert "event 1 (asked)" in (told := refused(log)) and "'voice'" in told and "newer version" in told


def test_a_beginning_of_a_newer_version_is_refused() -> None:
    log = Log()
    log.events[0] = log.events[0].model_copy(update={"body": {**log.events[0].body, "panel": True}})
    assert "event 0 (started)" in (told := refused(log)) and "'panel'" in told


def test_a_forgetting_of_something_that_only_a_newer_version_knows_is_refused() -> None:
    log = asked()
    log.add(Kind.FORGOTTEN, what="notes")
    assert "event 2 (forgotten)" in (told := refused(log)) and "newer version" in told


def test_what_was_heard_to_nothing_or_with_an_unknown_field_is_refused() -> None:
    log = asked()
    log.hear(7, said_aloud("to nothing"))
    assert "question 7, which was never asked" in refused(log)
    odd = asked()
    odd.add(Kind.HEARD, to=1, **said_aloud("We kept it").model_dump(mode="json", exclude={"seq"}), mood="calm")
    assert "event 2 (heard)" in (told := refused(odd)) and "'mood'" in told


def test_an_event_that_lacks_something_is_refused() -> None:
    log = asked()
    log.add(Kind.ANSWERED, to=1)
    assert "event 2 (answered)" in (told := refused(log)) and "'text'" in told


def test_an_answer_to_a_question_that_was_never_asked_is_refused_and_not_lost_unseen() -> None:
    log = asked()
    log.add(Kind.ANSWERED, to=7, text="To nothing.")
    assert "question 7, which was never asked" in refused(log)


def test_a_log_that_does_not_begin_is_refused() -> None:
    with pytest.raises(DeveloperError, match="does not begin"):
        fold("i1", [])
    with pytest.raises(DeveloperError, match="does not begin"):
        fold("i1", asked().events[1:])


def test_folding_twice_gives_the_same_and_the_number_of_the_last_event() -> None:
    log = asked(ANSWER)
    first, second = fold("i1", log.events), fold("i1", log.events)
    assert isinstance(first, State) and first == second and first.seq == 2
