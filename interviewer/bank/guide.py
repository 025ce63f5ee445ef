"""The guide of one interview: which items, in which order. Pure; chance comes in as a seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from interviewer.domain import Frozen, Item, Pack, Seniority

_LADDER = list(Seniority)
COMPETENCIES = range(5, 9)  # how many competencies one interview should measure: more, and none of them is seen twice
_DRAWS = 32


class Wish(Frozen):
    """What the candidate asked for. `minutes` bounds the guide where it is given, else `items` does."""

    rounds: tuple[str, ...] = ()
    seniority: Seniority = Seniority.EXPERIENCED
    items: int = Field(default=4, ge=1, le=24)
    minutes: float | None = Field(default=None, gt=0, le=240)


def draw_guide(
    pack: Pack,
    wish: Wish,
    *,
    asked_before: Mapping[str, int] | None = None,
    closeness: Mapping[str, float] | None = None,
    seed: int = 0,
) -> tuple[str, ...]:
    """Item ids in the order to ask them.

    An item comes earlier the less often it was asked before, the nearer it is to the seniority, and the closer it is to the
    candidate's focus (`closeness`, by item id, higher is closer); what ties is shuffled by `seed`. Without a
    focus the rounds take turns, so that a short interview still visits each; with one, closeness leads. The chosen items
    are asked round by round, in the pack's order. Of many draws that are equal in all this, the first one counts that measures
    five to eight competencies, or else the one that comes nearest.
    """
    chance = random.Random(seed)
    draws = [_drawn(pack, wish, asked_before or {}, closeness or {}, chance) for _ in range(_DRAWS)]
    order = {r.id: n for n, r in enumerate(pack.rounds)}
    return tuple(i.id for i in sorted(min(draws, key=_beside), key=lambda i: order[i.round]))


def _beside(items: Iterable[Item]) -> int:
    """How many competencies too few or too many these items measure."""
    count = len({c.competency for i in items for c in i.criteria if c.competency})
    return max(COMPETENCIES.start - count, count - COMPETENCIES.stop + 1, 0)


def _drawn(pack: Pack, wish: Wish, before: Mapping[str, int], near: Mapping[str, float], chance: random.Random) -> list[Item]:
    """One draw."""
    rounds = wish.rounds or tuple(r.id for r in pack.rounds)
    pool = [i for i in pack.items if i.round in rounds]
    chance.shuffle(pool)
    pool.sort(key=lambda i: (before.get(i.id, 0), _distance(i, wish.seniority), -near.get(i.id, 0.0)))
    if near:
        pool.sort(key=lambda i: (before.get(i.id, 0) > 0, -near.get(i.id, 0.0) + 0.1 * _distance(i, wish.seniority)))
    else:
        pool = _taking_turns(pool)
    return _as_many(pool, wish)


def _distance(item: Item, wanted: Seniority) -> int:
    """Steps on the ladder between what an item is for and what is wanted; 0 where it fits."""
    return min((abs(_LADDER.index(s) - _LADDER.index(wanted)) for s in item.seniority), default=0)


def _taking_turns(pool: Sequence[Item]) -> list[Item]:
    """The best of each round first, then the second of each, and so on."""
    place: dict[str, int] = {}
    keyed = []
    for item in pool:
        keyed.append((place.get(item.round, 0), item))
        place[item.round] = place.get(item.round, 0) + 1
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


def _as_many(pool: Sequence[Item], wish: Wish) -> list[Item]:
    """The first `items`, or as many as the minutes hold; the shortest item where they hold none."""
    if wish.minutes is None:
        return list(pool[: wish.items])
    chosen: list[Item] = []
    left = wish.minutes
    for item in pool:
        if item.minutes <= left:
            chosen.append(item)
            left -= item.minutes
    return chosen or sorted(pool, key=lambda i: i.minutes)[:1]
