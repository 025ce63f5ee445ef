"""One call from its first request to its deadline: tried again while the server is busy, and plainer where it refuses a part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from interviewer.model.asking import Ask, Known, Shape, plainer
from interviewer.model.budget import Bill, Reply
from interviewer.model.patience import patiently
from interviewer.model.place import Fault

T = TypeVar("T")


class Sends(Protocol):
    """What carries a request to a model and its reply back: a connection to a server, or a store of replies."""

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply` with a whole answer. Raises Fault."""

    def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The answer's text as it arrives, kept in `reply` too. Raises Fault, also where the end is missing."""

    async def aclose(self) -> None:
        """Let go of what is held open."""


@dataclass(frozen=True)
class Call:
    """A wire for the length of one call. `deadline` is the event loop's time at which it ends, `timeout_s` after its start."""

    wire: Sends
    known: Known
    retries: int
    timeout_s: float
    deadline: float

    async def within(self, ask: Ask, waiting: Awaitable[T]) -> T:
        """What is waited for, no longer than the deadline. Raises ModelError alone."""
        try:
            async with asyncio.timeout_at(self.deadline):
                return await waiting
        except Fault as fault:
            raise fault.error from None
        except TimeoutError:
            raise ask.place.too_late(self.timeout_s) from None

    async def whole(self, ask: Ask, bill: Bill) -> Reply:
        """A whole reply. Raises Fault."""

        async def once(shape: Shape, reply: Reply) -> Reply:
            await self.wire.whole(ask, shape, reply)
            return reply

        return await self._sent(ask, bill, once)

    async def opened(self, ask: Ask, bill: Bill) -> tuple[AsyncGenerator[str], str | None]:
        """A streamed reply with its first piece, None where it has none. Raises Fault."""

        async def once(shape: Shape, reply: Reply) -> tuple[AsyncGenerator[str], str | None]:
            pieces = self.wire.pieces(ask, shape, reply)
            return pieces, await anext(pieces, None)

        return await self._sent(ask, bill, once)

    async def _sent(self, ask: Ask, bill: Bill, once: Callable[[Shape, Reply], Awaitable[T]]) -> T:
        """What `once` brings, in the fullest shape that the server takes."""
        shape = self.known.shape(ask)
        while True:
            try:
                brought = await patiently(partial(_billed, bill, once, shape), self.retries, self._left())
            except Fault as fault:
                plain = plainer(shape, fault)
                if plain is None:
                    raise
                shape = plain
            else:
                self.known.took(ask, shape)
                return brought

    def _left(self) -> float:
        return self.deadline - asyncio.get_running_loop().time()


async def _billed(bill: Bill, once: Callable[[Shape, Reply], Awaitable[T]], shape: Shape) -> T:
    """One request, on the bill unless the server did no work for it. A request that is broken off stays on it."""
    reply = bill.open()
    try:
        return await once(shape, reply)
    except Fault as fault:
        if not fault.sent:
            bill.strike(reply)
        raise
