"""Whether what the feedback calls likely holds the readers' level, and what it quotes is what a reader marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.cases import Marked, read_cases, read_marked
from evals.suites import ratings
from evals.suites.kinds import rating_made
from evals.suites.ratings import likely_rows, quote_rows
from evals.values import Output
from interviewer.bank import sound_packs
from interviewer.domain import Evidence, ItemRating, Rating

ROOT = Path(__file__).resolve().parents[1]


def told(likely: list[int] | None, second: list[int] | None = None) -> dict[str, Any]:
    beside = {"likely": second} if second else None
    return {"item_id": "dough", "criteria": [{"criterion": "warmth", "likely": likely, "second": beside}]}


def values(feedback: dict[str, Any], reference: float) -> list[tuple[float | None, str]]:
    output = Output(key="ratings:cases:a", suite="ratings", cluster="dough", made={})
    return [(r.value, r.why) for r in likely_rows(output, feedback, {"warmth": reference}, "likely.cases")]


@pytest.mark.parametrize("reference", [2, 2.5, 4])
def test_a_level_within_holds_its_ends_included(reference: float) -> None:
    assert values(told([2, 4]), reference) == [(1.0, "")]


@pytest.mark.parametrize(("reference", "why"), [(1.5, "likely 2 to 4, readers gave 1.5"), (5, "likely 2 to 4, readers gave 5")])
def test_a_level_outside_does_not(reference: float, why: str) -> None:
    assert values(told([2, 4]), reference) == [(0.0, why)]
    assert values(told(None, [2, 4]), reference) == [(0.0, why)], "beside a model's level too"


def test_what_is_not_called_likely_is_no_row() -> None:
    assert values(told(None), 3) == []


MARKED = ("We asked the night shift before we touched the oven.", "It cost us two days.")


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Marked(case="a", criterion="warmth", author="a reader", marked=MARKED)
    monkeypatch.setattr(ratings, "read_marked", lambda: (told, told.model_copy(update={"case": "not-run"})))


def quoted(quote: str, level: int = 3, *, beside: bool = False) -> dict[str, float | None]:
    """What is found of a case whose one rating quotes this."""
    one = Rating(criterion="warmth", level=level, evidence=(Evidence(turn=0, quote=quote),), beside=beside)
    made = rating_made(ItemRating(item_id="dough", rater="embedded", model="m", ratings=(one,)))
    output = Output(key="ratings:cases:a", suite="ratings", cluster="dough", made={"ratings": {"embedded": made}})
    return {r.measure: r.value for r in quote_rows([output])}


def test_what_is_marked_stands_in_the_answers_and_on_criteria_that_there_are() -> None:
    cases, pack = {c.id: c for c in read_cases()}, sound_packs(ROOT / "corpus")[0]
    places = [(m.case, m.criterion) for m in read_marked()]
    assert len(set(places)) == len(places) > 100
    for m in read_marked():
        assert pack.item(cases[m.case].item).criterion(m.criterion)
        answer = " ".join(cases[m.case].answer.split())
        assert [said for said in m.marked if said not in answer] == [], (m.case, m.criterion)


@pytest.mark.usefixtures("marks")
def test_a_quote_is_right_where_a_reader_marked_it() -> None:
    assert quoted("asked the night shift before we touched the oven") == {"quotes.all": 1.0, "quotes.plain": 1.0}
    assert quoted("It cost us two days, all in all") == {"quotes.all": 1.0, "quotes.plain": 1.0}
    assert quoted("The dough was sour by then") == {"quotes.all": 0.0, "quotes.plain": 0.0}


@pytest.mark.usefixtures("marks")
def test_nearest_words_are_not_held_to_be_to_the_point_and_the_lowest_level_rests_on_none() -> None:
    assert quoted("The dough was sour by then", beside=True) == {"quotes.all": 0.0}
    assert quoted("The dough was sour by then", level=1) == {}
