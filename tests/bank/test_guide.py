"""The guide of one interview: which items are drawn, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from interviewer.bank import Wish, draw_guide, sound_packs
from interviewer.bank.guide import COMPETENCIES
from interviewer.domain import Criterion, Item, Pack, Round, Scale, ScaleLevel, Seniority
from tests.bank.small import CORPUS

ENTERING, EXPERIENCED, LEADING = Seniority
SEEDS = range(12)


def item(name: str, *, seniority: Sequence[Seniority] = (EXPERIENCED,), minutes: float = 5) -> Item:
    """An item whose round is its name up to the first dash."""
    return Item(
        id=name,
        round=name.partition("-")[0],
        question="Why?",
        seniority=tuple(seniority),
        minutes=minutes,
        criteria=(Criterion(id="a", anchors=("a", "b", "c", "d", "e")),),
    )


def pack(*items: Item) -> Pack:
    rounds = dict.fromkeys(i.round for i in items)
    return Pack(
        id="small",
        name="Small",
        role="A role.",
        scale=Scale(levels=tuple(ScaleLevel(name=n) for n in "ABCDE")),
        competencies=(),
        rounds=tuple(Round(id=r, name=r, description=r) for r in rounds),
        items=items,
        notes=(),
        exemplars=(),
        domain=(),
    )


NINE = pack(*(item(f"{r}-{n}") for r in ("x", "y", "z") for n in (1, 2, 3)))
MIXED = pack(*(item(f"x-{s.value}", seniority=[s]) for s in Seniority))


def rounds_of(guide: Sequence[str]) -> list[str]:
    return [i.partition("-")[0] for i in guide]


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_wished_rounds_are_asked_from(seed: int) -> None:
    guide = draw_guide(NINE, Wish(rounds=("z", "x"), items=6), seed=seed)
    assert sorted(guide) == ["x-1", "x-2", "x-3", "z-1", "z-2", "z-3"]


@pytest.mark.parametrize("seed", SEEDS)
def test_rounds_are_asked_one_after_the_other_in_the_packs_order(seed: int) -> None:
    guide = draw_guide(NINE, Wish(rounds=("z", "y", "x"), items=9), seed=seed)
    assert rounds_of(guide) == ["x", "x", "x", "y", "y", "y", "z", "z", "z"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_interview_visits_each_round_before_it_asks_a_second_item_of_one(seed: int) -> None:
    assert rounds_of(draw_guide(NINE, Wish(items=3), seed=seed)) == ["x", "y", "z"]
    assert set(rounds_of(draw_guide(NINE, Wish(items=5), seed=seed))) == {"x", "y", "z"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("wish", [Wish(items=24), Wish(items=7), Wish(minutes=240), Wish(minutes=23)])
def test_no_item_is_asked_twice(wish: Wish, seed: int) -> None:
    near = {f"x-{n}": 0.9 for n in (1, 2, 3)}
    for guide in (draw_guide(NINE, wish, seed=seed), draw_guide(NINE, wish, closeness=near, seed=seed)):
        assert len(set(guide)) == len(guide)


def test_the_same_seed_draws_the_same_guide_and_other_seeds_draw_others() -> None:
    wish = Wish(items=4)
    drawn = [draw_guide(NINE, wish, seed=s) for s in SEEDS]
    assert drawn == [draw_guide(NINE, wish, seed=s) for s in SEEDS]
    assert len(set(drawn)) > 5


def test_over_many_seeds_every_item_gets_its_turn() -> None:
    assert {i for s in SEEDS for i in draw_guide(NINE, Wish(items=3), seed=s)} == {i.id for i in NINE.items}


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [(ENTERING, "x-entering", "x-leading"), (EXPERIENCED, "x-experienced", None), (LEADING, "x-leading", "x-entering")],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_items_nearest_to_the_seniority_come_first(wanted: Seniority, first: str, last: str | None, seed: int) -> None:
    assert draw_guide(MIXED, Wish(seniority=wanted, items=1), seed=seed) == (first,)
    two = draw_guide(MIXED, Wish(seniority=wanted, items=2), seed=seed)
    assert last not in two


@pytest.mark.parametrize("seed", SEEDS)
def test_an_item_for_several_seniorities_fits_each_of_them(seed: int) -> None:
    both = pack(item("x-both", seniority=[ENTERING, LEADING]), item("x-middle", seniority=[EXPERIENCED]))
    assert draw_guide(both, Wish(seniority=LEADING, items=1), seed=seed) == ("x-both",)


@pytest.mark.parametrize("seed", SEEDS)
def test_items_not_asked_before_come_first_and_then_those_asked_least(seed: int) -> None:
    asked = {"x-entering": 2, "x-experienced": 1}
    assert draw_guide(MIXED, Wish(items=1), asked_before=asked, seed=seed) == ("x-leading",)
    assert set(draw_guide(MIXED, Wish(items=2), asked_before=asked, seed=seed)) == {"x-leading", "x-experienced"}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_closest_to_the_focus_leads_even_where_it_means_one_round_only(seed: int) -> None:
    near = {i.id: 0.1 for i in NINE.items} | {"y-1": 0.9, "y-2": 0.8, "y-3": 0.7}
    assert set(draw_guide(NINE, Wish(items=2), closeness=near, seed=seed)) == {"y-1", "y-2"}
    assert rounds_of(draw_guide(NINE, Wish(items=3), closeness=near, seed=seed)) == ["y", "y", "y"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_close_item_for_another_seniority_comes_before_a_distant_one_that_fits(seed: int) -> None:
    near = {"x-entering": 0.1, "x-experienced": 0.1, "x-leading": 0.8}
    assert draw_guide(MIXED, Wish(seniority=ENTERING, items=1), closeness=near, seed=seed) == ("x-leading",)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_a_focus_too_an_item_asked_before_waits_until_the_others_are_used_up(seed: int) -> None:
    near = {"y-1": 0.9, "y-2": 0.8}
    assert draw_guide(NINE, Wish(items=1), asked_before={"y-1": 1}, closeness=near, seed=seed) == ("y-2",)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("minutes", [1, 4, 5, 9.5, 12, 20, 45])
def test_the_minutes_bound_the_guide_and_are_used_as_far_as_items_fit(minutes: float, seed: int) -> None:
    lengths = pack(*(item(f"{r}-{m}", minutes=m) for r in ("x", "y") for m in (4, 5, 8, 12)))
    guide = draw_guide(lengths, Wish(items=1, minutes=minutes), seed=seed)
    left = minutes - sum(lengths.item(i).minutes for i in guide)
    if minutes < 4:
        assert [lengths.item(i).minutes for i in guide] == [4]
    else:
        assert left >= 0
        assert [i.id for i in lengths.items if i.id not in guide and i.minutes <= left] == []


def test_where_minutes_are_given_the_number_of_items_does_not_count() -> None:
    assert len(draw_guide(NINE, Wish(items=1, minutes=45))) == 9


def test_where_no_item_fits_the_minutes_the_shortest_is_asked_alone() -> None:
    lengths = pack(item("x-long", minutes=12), item("x-short", minutes=6), item("y-long", minutes=9))
    assert {draw_guide(lengths, Wish(minutes=3), seed=s) for s in SEEDS} == {("x-short",)}


def test_a_short_item_is_preferred_to_breaking_the_bound() -> None:
    lengths = pack(item("x-long", minutes=12), item("x-short", minutes=5, seniority=[LEADING]))
    assert {draw_guide(lengths, Wish(minutes=6), seed=s) for s in SEEDS} == {("x-short",)}


def test_a_round_without_items_gives_an_empty_guide() -> None:
    assert draw_guide(NINE, Wish(rounds=("w",))) == ()


def test_what_an_earlier_version_of_the_pack_asked_is_no_hindrance() -> None:
    assert len(draw_guide(NINE, Wish(items=2), asked_before={"gone": 3}, closeness={"gone": 0.9})) == 2


@pytest.mark.parametrize("wrong", [{"items": 0}, {"items": 25}, {"minutes": 0}, {"minutes": 241}, {"seniority": "junior"}])
def test_a_wish_out_of_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(wrong)


@pytest.mark.parametrize("items", [3, 4])
def test_an_interview_of_the_shipped_pack_measures_five_to_eight_competencies(items: int) -> None:
    (pack,) = sound_packs(CORPUS)
    measured = [
        len({c.competency for i in draw_guide(pack, Wish(items=items), seed=seed) for c in pack.item(i).criteria}) for seed in range(40)
    ]
    assert all(n in COMPETENCIES for n in measured), measured


def test_of_equal_draws_the_one_within_the_band_counts_and_ranks_come_before_it() -> None:
    (pack,) = sound_packs(CORPUS)
    asked = {i.id: 1 for i in pack.items[:-4]}
    left = {i.id for i in pack.items[-4:]}
    assert set(draw_guide(pack, Wish(items=4, rounds=(pack.items[-1].round,)), asked_before=asked, seed=1)) == left
