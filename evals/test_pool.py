"""The pool: order, width, progress, and the end of all work where one piece fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from evals.pool import Pool

PATIENCE_S = 30  # only a pool that hangs gets there


class Busy:
    """Pieces of work that note how many of them are under way, and who ended how. A piece takes some rounds of the event loop."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.begun: list[int] = []
        self.broken_off: list[int] = []

    def piece(self, n: int, rounds: int = 3, fails: bool = False) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            self.begun.append(n)
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                for _ in range(rounds):
                    await asyncio.sleep(0)
            except asyncio.CancelledError:
                await asyncio.sleep(0)  # closing takes a moment too
                self.broken_off.append(n)
                raise
            finally:
                self.now -= 1
            if fails:
                raise LookupError(f"piece {n}")
            return n * n

        return work


def done(coming: Awaitable[list[int]]) -> list[int]:
    async def soon() -> list[int]:
        return await asyncio.wait_for(coming, PATIENCE_S)

    return asyncio.run(soon())


def test_what_each_piece_brings_comes_in_the_order_of_the_work_whichever_ends_first() -> None:
    busy = Busy()
    assert done(Pool(4).each([busy.piece(n, rounds=10 - n) for n in range(10)])) == [n * n for n in range(10)]
    assert busy.begun == list(range(10))


def test_as_many_pieces_as_the_pool_is_wide_are_under_way_and_never_more() -> None:
    busy = Busy()
    done(Pool(4).each([busy.piece(n, rounds=n % 5) for n in range(40)]))
    assert busy.most == 4
    assert len(busy.begun) == 40


def test_two_lots_of_work_share_the_places_of_one_pool() -> None:
    busy, pool = Busy(), Pool(3)

    async def both() -> list[int]:
        lots = [[busy.piece(n) for n in lot] for lot in (range(6), range(6, 12))]
        first, second = await asyncio.gather(*(pool.each(lot) for lot in lots))
        return first + second

    assert done(both()) == [n * n for n in range(12)]
    assert busy.most == 3


def test_a_piece_that_fails_is_raised_when_the_others_have_ended_and_those_waiting_are_never_begun() -> None:
    busy = Busy()

    async def seen() -> list[int]:
        with pytest.raises(LookupError, match="piece 1"):
            await Pool(3).each([busy.piece(n, rounds=2 if n == 1 else 500, fails=n == 1) for n in range(9)])
        return list(busy.broken_off)

    assert sorted(done(seen())) == [0, 2]
    assert busy.begun == [0, 1, 2]
    assert busy.now == 0


def test_two_pieces_that_fail_in_the_same_moment_raise_one_of_their_errors() -> None:
    busy = Busy()
    with pytest.raises(LookupError, match="piece 0"):
        done(Pool(2).each([busy.piece(n, fails=True) for n in range(2)]))


def test_work_that_is_no_longer_wanted_is_broken_off() -> None:
    busy = Busy()

    async def stopped() -> list[int]:
        working = asyncio.ensure_future(Pool(2).each([busy.piece(n, rounds=500) for n in range(4)]))
        while busy.now < 2:
            await asyncio.sleep(0)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        return list(busy.broken_off)

    assert sorted(done(stopped())) == [0, 1]
    assert busy.now == 0


def test_a_pool_takes_more_work_after_a_piece_has_failed() -> None:
    busy, pool = Busy(), Pool(2)

    async def again() -> list[int]:
        with pytest.raises(LookupError):
            await pool.each([busy.piece(n, fails=n == 0) for n in range(4)])
        return await pool.each([busy.piece(n) for n in range(4)])

    assert done(again()) == [0, 1, 4, 9]


def test_progress_is_told_after_each_piece() -> None:
    told: list[tuple[int, int]] = []
    done(Pool(5).each([Busy().piece(n, rounds=9 - n) for n in range(5)], lambda so_far, total: told.append((so_far, total))))
    assert told == [(n, 5) for n in range(1, 6)]


def test_no_work_brings_nothing_and_tells_nothing() -> None:
    told: list[tuple[int, int]] = []
    assert done(Pool(2).each([], lambda so_far, total: told.append((so_far, total)))) == []
    assert told == []


@pytest.mark.parametrize("width", [0, -1])
def test_a_pool_without_places_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="one place or more"):
        Pool(width)


def test_the_first_pieces_begin_apart_and_all_of_them_are_done() -> None:
    began: list[int] = []

    async def all_of_them() -> list[int]:
        async def piece(n: int) -> int:
            began.append(n)
            await asyncio.sleep(0.05)
            return n

        return await Pool(3, apart_s=0.01).each([partial(piece, n) for n in range(5)])

    assert asyncio.run(all_of_them()) == [0, 1, 2, 3, 4]
    assert began[:3] == [0, 1, 2]
