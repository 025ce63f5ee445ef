from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.domain import Criterion, Item, Rating, Turn
from interviewer.embedding import embedded_encoder
from interviewer.errors import SetupError
from interviewer.rating.embedded import CONTRARY, EmbeddedRater
from interviewer.rating.opposites import compared, directions, verdict
from interviewer.rating.points import points_of, things_asked, wanted


@pytest.fixture(scope="module")
def rater(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedRater:
    try:
        return EmbeddedRater(embedded_encoder(threads=2, cache=Path(tmp_path_factory.mktemp("vectors"))))
    except SetupError as error:
        pytest.skip(f"the sentence encoder's weights are not installed: {error}")


def rated(rater: EmbeddedRater, question: str, reference: str, answer: str) -> Rating:
    item = Item(id="one", question=question, criteria=(Criterion(id="right", reference=reference),))
    (rating,) = rater.rate(item, [Turn(question=question, answer=answer)]).ratings
    return rating


def worth(rater: EmbeddedRater, question: str, reference: str, answer: str) -> float:
    expected = rated(rater, question, reference, answer).expected
    assert expected is not None
    return expected


@pytest.mark.parametrize(
    ("reference", "points"),
    [
        ("The queue is bounded. Writers wait when it is full.", ("The queue is bounded.", "Writers wait when it is full.")),
        ("1. A fixed header. 2. Options follow it.", ("A fixed header.", "Options follow it.")),
        ("It holds: -the source port -the length -a checksum", ("It holds", "the source port", "the length", "a checksum")),
        ("i) less load; ii) fewer copies", ("less load", "fewer copies")),
        ("Twenty-four bytes, e.g. 3.5 of them", ("Twenty-four bytes, e.g. 3.5 of them",)),
        ("7", ("7",)),
    ],
)
def test_the_entries_of_a_list_are_points(reference: str, points: tuple[str, ...]) -> None:
    assert points_of(reference) == points


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("State at least 4 objectives of the protocol.", 4),
        ("Please name two challenges.", 2),
        ("What are three possible reasons?", 3),
        ("Name the service classes.", None),
        ("Why did 20 users leave?", None),
        ("Give 0 reasons.", None),
        ("What is a queue? Give one example.", None),
        ("Describe two-factor authentication.", None),
    ],
)
def test_a_question_says_how_many_points_it_wants(question: str, number: int | None) -> None:
    assert wanted(question) == number


def test_a_question_that_asks_more_asks_more_things() -> None:
    assert things_asked("What is a queue?") < things_asked("What is a queue, how does it fill, and why does it block?")


@pytest.mark.parametrize(
    ("wanted", "said", "agree", "contrary"),
    [
        ("The delay increases.", "It grows.", 1, 0),
        ("The delay increases.", "It gets smaller.", 0, 1),
        ("The delay increases.", "It does not decrease.", 1, 0),
        ("The switch is open.", "The switch is not open.", 0, 1),
        ("The delay increases.", "It increases, then decreases.", 0, 0),
        ("The delay increases.", "Nobody can say.", 0, 0),
        ("No, it increases.", "It increases with the distance.", 1, 0),  # the opening no is of the question
        ("It is no longer in a closed path.", "It was in an open path.", 1, 0),
        ("It is not in a closed path.", "It is not contained in the closed path.", 1, 0),
        ("The table had no index, so each row was read.", "An index was missing so every row is read.", 1, 0),  # not beyond its clause
    ],
)
def test_opposites_are_told_apart(wanted: str, said: str, agree: int, contrary: int) -> None:
    assert compared(directions(wanted), directions(said)) == (agree, contrary)


@pytest.mark.parametrize(
    ("text", "question", "sign"),
    [
        ("No. Traffic comes in bursts.", "Does the assumption hold?", -1),
        ("It does not hold, since traffic is bursty.", "Does the assumption hold?", -1),
        ("The assumption holds.", "Does the assumption hold?", 1),
        ("It does not hold.", "Why does it fail?", 0),
        ("Yes, always.", "Explain it.", 1),
        ("It does not hold.", "Can you explain why it fails?", 0),
    ],
)
def test_a_yes_or_a_no_is_heard(text: str, question: str, sign: int) -> None:
    assert verdict(text, question) == sign


@pytest.mark.parametrize(
    "wrong", ["The largest distance between two stations increases by a factor of ten.", "The distance will be increased ten times."]
)
def test_what_seems_the_contrary_of_the_reference_is_unrated_though_all_other_words_are_the_same(rater: EmbeddedRater, wrong: str) -> None:
    asked, held = "What happens to the largest distance between two stations in a faster network?", "It decreases by a factor of ten."
    right = "The largest distance between two stations decreases by a factor of ten."
    assert rated(rater, asked, held, right).level == 5
    assert rated(rater, asked, held, wrong).level is None
    assert rated(rater, asked, held, wrong).reason == CONTRARY


def test_a_no_for_a_yes_is_unrated_where_all_else_is_right(rater: EmbeddedRater) -> None:
    asked, held = "Does the bulb light?", "Yes, the circuit is closed and current flows through the bulb."
    assert (rated(rater, asked, held, "Yes, because the circuit is closed and current flows through the bulb.").level or 0) >= 4
    assert rated(rater, asked, held, "No, because the circuit is closed and current flows through the bulb.").reason == CONTRARY


def test_as_many_points_as_are_asked_for_are_enough(rater: EmbeddedRater) -> None:
    held = (
        "A cache answers repeated requests without asking the database again. It spares the network between the two. "
        "It goes on answering while the database restarts. It evens out sudden peaks of traffic."
    )
    said = "The database is asked less often, and the network carries less."
    two, every = (worth(rater, q, held, said) for q in ("Name two reasons for a cache.", "What are the reasons for a cache?"))
    assert two > every + 0.5


def test_words_are_known_by_most_of_their_letters(rater: EmbeddedRater) -> None:
    told = "Why is a write acknowledged late?", "The replica confirms the acknowledgement before the coordinator answers the client."
    typed = worth(rater, *told, "The replica confrims the acknowlegement befor the cordinator answers the client.")
    other = worth(rater, *told, "The machine sends its little message later than a person would expect of it.")
    assert typed > other + 1


def test_what_has_nothing_to_do_with_it_adds_no_level(rater: EmbeddedRater) -> None:
    told = "Why is a write acknowledged late?", "The replica confirms it first. Then the coordinator answers the client."
    said = "It waits until the replica has it."
    beside = (
        "Last summer we walked along the coast for nine days, slept in small villages and ate far too much cheese. The weather was fine."
    )
    assert worth(rater, *told, f"{said} {beside}") < worth(rater, *told, said) + 0.5
