"""A question to the interviewer is answered from the facts; an answer is never taken for a question."""

from __future__ import annotations

import pytest

from interviewer.domain import Fact
from interviewer.interview.asked import REST_OPEN
from interviewer.interview.words import OPEN_POINT, fact_for, reads_as_question
from tests.interview.talking import BagEncoder, item

FACTS = (
    Fact(asks="How many payments are flagged each day?", says="It flagged 2,000 payments a day before and flags 3,100 now."),
    Fact(asks="What happened to recall?", says="Recall is not known yet."),
    Fact(asks="How many repeat customers are there?", says="A third of customers come back."),
)
ABOUT = item(facts=FACTS)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How many payments get flagged each day?", FACTS[0].says),
        ("what happened to recall", FACTS[1].says),
        ("Could you clarify what happened to recall?", FACTS[1].says),
        ("I don\u2019t understand what happened to recall.", FACTS[1].says),
        ("Are there many repeat customers?", FACTS[2].says),
        ("Who is the chief executive of the bank?", OPEN_POINT),
        ("How many payments are flagged each day, and what happened to recall?", f"{FACTS[0].says} {FACTS[1].says}"),
        ("What happened to recall? How many repeat customers are there?", f"{FACTS[1].says} {FACTS[2].says}"),
        ("What happened to recall, and who is the chief executive of a bank?", f"{FACTS[1].says} {REST_OPEN}"),
        ("Who runs a bank and why is it blue?", OPEN_POINT),
        ("Could you repeat the question?", ABOUT.clarification),
        ("Can you say that in other words?", ABOUT.clarification),
        ("What do you mean?", ABOUT.clarification),
        ("I don't understand.", ABOUT.clarification),
        ("I don\u2019t understand.", ABOUT.clarification),
        ("", ABOUT.clarification),
        ("  \n", ABOUT.clarification),
    ],
)
def test_a_question_gets_the_fact_that_fits_the_plainer_words_or_is_left_open(asked: str, said: str) -> None:
    assert fact_for(asked, ABOUT, BagEncoder()) == said


def test_without_facts_a_point_is_left_open_and_nothing_is_encoded() -> None:
    encoder = BagEncoder()
    assert fact_for("How many payments are flagged?", item(facts=()), encoder) == OPEN_POINT
    assert encoder.encoded == [] and encoder.known == []


def test_without_plainer_words_the_question_is_said_again() -> None:
    about = item(clarification="")
    assert fact_for("Please rephrase.", about, BagEncoder()) == about.question


def test_what_the_candidate_asks_is_never_kept_with_the_corpuss_own_words() -> None:
    encoder = BagEncoder()
    fact_for("How many payments get flagged each day?", ABOUT, encoder)
    assert encoder.encoded == ["How many payments get flagged each day?"]
    assert "How many payments get flagged each day?" not in encoder.known


@pytest.mark.parametrize(
    "text",
    [
        "How many payments are flagged each day?",
        "What do you mean by operations? And who is the customer?",
        "Sorry, I didn't catch that. Could you repeat the question?",
        "Before I answer: what happened to recall?",
        "I have a question first. Is recall known?",
        "Okay. Hmm. Is this in the U.S. or in Europe?",
        "Do you mean precision, e.g. on cards?",
        "Is this for one market only,\nor for all of them?",
        "So the threshold was not changed?",
        "I was wondering, is recall known?",
        "I'd like to know: is recall known?",
        "Could you say that again?",
        "What\u2019s the goal here?",
        "?",
    ],
)
def test_a_question_to_the_interviewer_reads_as_one(text: str) -> None:
    assert reads_as_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "I would look at recall first. Does that make sense?",
        "i would look at recall first. does that make sense?",
        "I'd compare both models on the same payments, right?",
        "Well, I think I\u2019d check the threshold first, no?",
        "So first I would ask what changed, is that what you want?",
        "We looked at the funnel and found it broken, you know?",
        "Is it one region? Is it one platform? Did we change the logging?",
        "- check recall\n- check the threshold\n- which segment moved?",
        "1. is it real?\n2. is it one segment?\n3. did the mix change?",
        "By comparing both models on the same day?",
        "Because the threshold stayed where it was?",
        "Ask operations, then roll back?",
        "I don't know.",
        "Recall. Why? Because missed fraud costs more.",
        "What matters is missed fraud.",
        "It depends on what we know, doesn't it?",
        "Would " + "it really be so that this " * 9 + "is a question?",
    ],
)
def test_an_answer_that_ends_in_a_question_is_an_answer(text: str) -> None:
    assert not reads_as_question(text)
