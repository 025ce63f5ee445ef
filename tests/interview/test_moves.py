"""What comes next is plain code: probe what is missing, within a budget, then go on."""

from __future__ import annotations

import pytest

from interviewer.interview.moves import PROBES_AN_ITEM, AskItem, Close, Probe, Rest, choose_move
from interviewer.interview.state import Kind, Style
from interviewer.interview.verdicts import words_of
from tests.interview.talking import ANSWER, Log, asked, criterion, item

NOTHING = {"causes": 0.0, "message": 0.0}


def test_the_criterion_with_the_least_evidence_is_probed() -> None:
    assert choose_move(asked(ANSWER).state, item(), {"causes": 0.4, "message": 0.1}) == Probe(item_id="fraud", criterion="message", nth=0)


def test_between_equals_the_first_criterion_is_probed() -> None:
    assert choose_move(asked(ANSWER).state, item(), {"causes": 0.12, "message": 0.11}) == Probe(item_id="fraud", criterion="causes", nth=0)


def test_a_criterion_that_nothing_is_known_of_counts_as_missing() -> None:
    assert choose_move(asked(ANSWER).state, item(), {"causes": 0.9}) == Probe(item_id="fraud", criterion="message", nth=0)


def test_nothing_is_probed_where_everything_has_evidence() -> None:
    assert choose_move(asked(ANSWER).state, item(), {"causes": 0.5, "message": 1.0}) == AskItem(item_id="next")


def test_the_second_probe_goes_to_the_criterion_that_had_none() -> None:
    log = asked(ANSWER)
    log.answer(log.probe("causes", "What else could move that number?"))
    assert choose_move(log.state, item(), NOTHING) == Probe(item_id="fraud", criterion="message", nth=0)


def test_a_criterion_that_is_missing_alone_gets_its_second_probe() -> None:
    log = asked(ANSWER)
    log.answer(log.probe("causes", "What else could move that number?"))
    assert choose_move(log.state, item(), {"causes": 0.0, "message": 0.9}) == Probe(item_id="fraud", criterion="causes", nth=1)


def test_no_item_gets_more_than_two_probes() -> None:
    log, asks = asked(ANSWER), item(criterion("causes", "A one?", "B two?", "C three?"), criterion("message", "D four?", "E five?"))
    for _ in range(PROBES_AN_ITEM):
        move = choose_move(log.state, asks, {})
        assert isinstance(move, Probe)
        log.answer(log.probe(move.criterion, asks.criterion(move.criterion).probes[move.nth]))
    assert choose_move(log.state, asks, {}) == AskItem(item_id="next")


def test_a_probe_on_no_known_criterion_counts_in_the_budget() -> None:
    log = asked(ANSWER)
    log.answer(log.probe("a-criterion-of-an-older-pack", "Old?"))
    log.answer(log.add(Kind.ASKED, item_id="fraud", kind="probe", question="Older?"))
    assert choose_move(log.state, item(), NOTHING) == AskItem(item_id="next")


def test_criteria_that_share_a_probe_never_ask_it_twice() -> None:
    shared = item(criterion("causes", "What else?", "What  ELSE"), criterion("message", "what else", "What would you say?"))
    log, said = asked(ANSWER), set()
    while isinstance(move := choose_move(log.state, shared, {}), Probe):
        words = words_of(shared.criterion(move.criterion).probes[move.nth])
        assert words not in said
        said.add(words)
        log.answer(log.probe(move.criterion, shared.criterion(move.criterion).probes[move.nth]))
    assert said == {("what", "else"), ("what", "would", "you", "say")}


def test_a_probe_that_a_model_worded_anew_is_not_asked_again_in_its_authored_words() -> None:
    shared = item(criterion("causes", "What else?"), criterion("message", "What else?"))
    log = asked(ANSWER)
    log.answer(log.probe("causes", "You spoke of the threshold; is there more?", by="model:m"))
    assert choose_move(log.state, shared, {}) == AskItem(item_id="next")


def test_a_probe_that_only_repeats_the_question_is_not_asked() -> None:
    asks = item(criterion("causes", "What is recall?", "What else?"), question="What is recall?")
    assert choose_move(asked(ANSWER).state, asks, {}) == Probe(item_id="fraud", criterion="causes", nth=1)


def test_criteria_without_probes_are_left_alone() -> None:
    assert choose_move(asked(ANSWER).state, item(criterion("causes"), criterion("message")), NOTHING) == AskItem(item_id="next")


def test_a_skipped_question_gets_no_probe() -> None:
    log = asked()
    log.add(Kind.SKIPPED, to=1)
    assert choose_move(log.state, item(), NOTHING) == AskItem(item_id="next")


def test_a_skipped_probe_gets_no_other() -> None:
    log = asked(ANSWER)
    log.add(Kind.SKIPPED, to=log.probe("causes", "What else could move that number?"))
    assert choose_move(log.state, item(), NOTHING) == AskItem(item_id="next")


def test_who_does_not_know_gets_one_probe_and_no_second() -> None:
    log = asked("I don't know.")
    first = choose_move(log.state, item(), NOTHING, gave_up=True)
    assert isinstance(first, Probe)
    log.answer(log.probe(first.criterion, "What else could move that number?"), "No idea.")
    assert choose_move(log.state, item(), NOTHING, gave_up=True) == AskItem(item_id="next")


def test_who_answers_the_first_probe_after_all_may_get_a_second() -> None:
    log = asked("I don't know.")
    log.answer(log.probe("causes", "What else could move that number?"))
    assert isinstance(choose_move(log.state, item(), NOTHING, gave_up=False), Probe)


@pytest.mark.parametrize(("style", "move"), [(Style.REAL, AskItem(item_id="next")), (Style.COACHED, Rest())])
def test_after_an_item_a_real_interview_goes_on_and_a_coached_one_rests(style: Style, move: object) -> None:
    log = Log(style=style)
    log.answer(log.ask())
    assert choose_move(log.state, item(), {"causes": 1.0, "message": 1.0}) == move


@pytest.mark.parametrize("style", list(Style))
def test_after_the_last_item_the_interview_closes(style: Style) -> None:
    log = Log("fraud", style=style)
    log.answer(log.ask())
    assert choose_move(log.state, item(), {"causes": 1.0, "message": 1.0}) == Close()


def test_between_items_the_next_one_is_asked() -> None:
    log = Log(style=Style.COACHED)
    assert choose_move(log.state, None, {}) == AskItem(item_id="fraud")
    log.answer(log.ask())
    log.add(Kind.CLOSED, item="fraud")
    assert choose_move(log.state, None, {}) == AskItem(item_id="next")


def test_probes_on_another_item_use_nothing_of_the_budget() -> None:
    log = Log("next", "fraud")
    log.answer(log.ask("First?", "next"))
    for n in range(2):
        log.answer(log.probe("causes", f"Other {n}?", item_id="next"))
    log.add(Kind.CLOSED, item="next")
    log.answer(log.ask())
    assert isinstance(choose_move(log.state, item(), NOTHING), Probe)


def test_ratings_that_come_between_do_not_change_the_move() -> None:
    log = asked(ANSWER)
    before = choose_move(log.state, item(), NOTHING)
    log.rate("other")
    log.rate("other", "model")
    assert choose_move(log.state, item(), NOTHING) == before
