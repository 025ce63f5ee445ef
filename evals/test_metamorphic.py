"""Changed answers, rated by the embedded rater: what must not rise does not rise more often than is known, and orders never raise."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.cases import read_cases
from evals.metamorphic import CHANGES, ORDERED, Moved, moved, shifted
from interviewer.bank import sound_packs
from interviewer.domain import Pack
from interviewer.embedding import embedded_encoder
from interviewer.errors import SetupError
from interviewer.interview.remembering import Remembering
from interviewer.rating import EmbeddedRater

ANSWERS = 40
# The share of criteria that keep to what must hold; measured, less what chance does to 40 answers. Raise them when the rater gets better.
KEPT = {
    "padding": 0.90,
    "flattery and self-praise": 0.90,
    "frameworks named": 0.90,
    "said twice": 0.90,
    "sentences about something else": 0.85,
    "cut short": 0.95,
    "sentences shuffled": 0.80,
    "fillers": 0.75,
    "articles left out": 0.85,
    "names and genders swapped": 0.90,
    "paraphrased": 0.90,
    "the rubric pasted": 1.0,
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return sound_packs(Path(__file__).resolve().parents[1] / "corpus")[0]


@pytest.fixture(scope="module")
def rater(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRater]:
    try:
        yield EmbeddedRater(Remembering(embedded_encoder(2, tmp_path_factory.mktemp("vectors"))))
    except SetupError as error:
        pytest.skip(f"the sentence encoder's weights are not installed: {error}")


@pytest.fixture(scope="module")
def found(rater: EmbeddedRater, pack: Pack) -> list[Moved]:
    answers = [(c.item, c.answer) for c in read_cases()[::3][:ANSWERS]]
    assert len(answers) == ANSWERS
    return list(moved(rater.rate, pack, answers, (*CHANGES, *ORDERED)))


@pytest.mark.parametrize("change", [c.name for c in CHANGES])
def test_a_change_that_says_nothing_new_keeps_the_level(found: list[Moved], change: str) -> None:
    mine = [m for m in found if m.change == change]
    assert len(mine) >= 3 * ANSWERS
    assert statistics.fmean(m.holds for m in mine) >= KEPT[change]


def test_no_order_to_the_rater_raises_any_level(found: list[Moved]) -> None:
    orders = [m for m in found if m.change.startswith("order ")]
    assert len(orders) >= 10 * 3 * ANSWERS
    assert [m for m in orders if not m.holds] == []


def test_evidence_added_raises_its_criterion_and_withdrawn_lowers_it(rater: EmbeddedRater, pack: Pack) -> None:
    fewer = pack.model_copy(update={"exemplars": tuple(e for e in pack.exemplars if e.item in {x.item for x in pack.exemplars[::9]})})
    shifts = list(shifted(rater.rate, fewer))
    assert len(shifts) >= 80
    assert statistics.fmean(s.named > 0 for s in shifts) >= 0.95
    assert statistics.fmean(s.named >= s.others for s in shifts) >= 0.65
