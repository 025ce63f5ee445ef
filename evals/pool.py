"""Work that waits for model servers, done side by side: so much of it at once, and never more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]


class Pool:
    """Places for work, `width` of them, shared by all that is done in it. It belongs to the event loop that first waits for a place."""

    def __init__(self, width: int, apart_s: float = 0.0) -> None:
        """Raises ValueError where there is no place at all.

        The first pieces begin `apart_s` after each other: begun at once, calls of one length come back at once, time after time, and
        each waits for the others to be read.
        """
        if width < 1:
            raise ValueError(f"a pool has one place or more, not {width}")
        self._width, self._apart_s = width, apart_s
        self._places = asyncio.Semaphore(width)

    async def each(self, work: Sequence[Callable[[], Awaitable[T]]], progress: Progress = lambda done, total: None) -> list[T]:
        """What each piece of work brings, in the order of `work`, begun in that order; `progress` is told after each: done, of how many.

        What a piece raises is raised here, when the others that were under way have been cancelled and have ended; those still waiting
        are never begun. A piece that does work in the same pool may wait for its own place for ever.
        """
        brought: dict[int, T] = {}
        waiting = iter(enumerate(work))

        async def one_after_the_other(place: int) -> None:
            await asyncio.sleep(place * self._apart_s)
            for n, piece in waiting:
                async with self._places:
                    brought[n] = await piece()
                progress(len(brought), len(work))

        workers = [asyncio.ensure_future(one_after_the_other(n)) for n in range(min(self._width, len(work)))]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        return [brought[n] for n in range(len(work))]
