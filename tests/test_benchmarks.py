"""What the benchmarks work out: agreement of two readers, and intervals over clusters."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from benchmarks.agreement import pairs_of, qwk
from benchmarks.resampling import interval
from benchmarks.sounds import noisy, utterances
from interviewer.bank import sound_packs
from interviewer.domain import Exemplar, Pack, Reference
from interviewer.settings import read_settings
from tests.rooms import pack


def test_readers_who_always_agree_have_a_kappa_of_one_and_opposite_ones_minus_one() -> None:
    assert qwk([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) == pytest.approx(1)
    assert qwk([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]) == pytest.approx(-1)


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    # seen: (1,1) twice, (1,2) once, (2,1) once; by chance 9/4, 3/4, 3/4, 1/4; weights 1 off the diagonal: 1 - 2 / (3/4 + 3/4)
    assert qwk([1, 1, 1, 2], [1, 1, 2, 1]) == pytest.approx(1 - 2 / 1.5)


def test_kappa_of_chance_is_about_nought_and_of_one_single_level_is_none() -> None:
    dice = random.Random(1)
    one, other = ([dice.randint(1, 5) for _ in range(4000)] for _ in range(2))
    assert abs(qwk(one, other)) < 0.05
    assert math.isnan(qwk([3, 3], [3, 3]))


def test_an_interval_widens_where_answers_of_a_cluster_are_alike() -> None:
    dice = random.Random(2)
    of_cluster = [dice.random() for _ in range(20)]
    values = [v for v in of_cluster for _ in range(10)]
    clusters = [f"c{n // 10}" for n in range(200)]

    def mean(rows: object) -> float:
        assert isinstance(rows, list)
        return sum(values[r] for r in rows) / len(rows)

    low, high = interval(clusters, mean, draws=400)
    alone = interval([str(n) for n in range(200)], mean, draws=400)
    assert low < sum(values) / 200 < high
    assert high - low > 2 * (alone[1] - alone[0])


def test_pairs_are_those_of_the_round_or_of_each_criterions_last_one() -> None:
    first = [Reference(by=who, levels={"compares": n, "tells": 2}) for n, who in ((1, "one"), (3, "two"))]
    again = [Reference(by=who, round=2, levels={"compares": 2}) for who in ("one", "two")]
    exemplar = Exemplar(id="m-1-weak", item="m-1", intended="weak", author="a test", answer="So.", ratings=(*first, *again))
    small: Pack = pack().model_copy(update={"exemplars": (exemplar,)})
    assert [(p.one, p.other) for p in pairs_of(small, 1)] == [(1, 3), (2, 2)]
    assert [(p.one, p.other) for p in pairs_of(small, None)] == [(2, 2), (2, 2)]


def test_noise_is_as_loud_as_it_should_be_and_the_same_each_time() -> None:
    clean = (0.1 * np.sin(np.arange(32_000) / 9)).astype(np.float32)
    with_noise, alone = noisy(clean, 5.0, "one"), noisy(clean, None, "one")
    assert np.array_equal(with_noise, noisy(clean, 5.0, "one")) and not np.array_equal(with_noise, noisy(clean, 5.0, "two"))
    assert 10 * math.log10(float(np.mean(clean**2) / np.mean((with_noise - alone) ** 2))) == pytest.approx(5.0, abs=0.2)


def test_the_utterances_are_enough_and_of_a_spoken_length() -> None:
    said = utterances()
    assert len(said) >= 30 and len({u.text for u in said}) == len(said)
    assert all(8 <= len(u.text.split()) <= 30 for u in said)
    known = {item.id for item in next(iter(sound_packs(read_settings().corpus_dir))).items}
    assert {u.item for u in said} <= known
