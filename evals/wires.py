"""What carries a run's requests: a store of recordings, or a connection whose replies are kept; each call is counted."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from evals.prices import Purse
from evals.recordings import Recording, Recordings, Sent, sent_of
from evals.values import Called, Output
from interviewer.errors import BudgetSpent, ModelRefused
from interviewer.model import Ask, Fault, Reply, Sends, Shape
from interviewer.model.tokens import TokenCount

JOB: ContextVar[str] = ContextVar("job", default="")  # the key of the output that is being generated
_PIECES = re.compile(r"\S+\s*")
_SEEDS_APART = 1_000  # between two repeats, so that a server that honours seeds draws anew


@dataclass
class Tape:
    """What a run knows of its model calls: the recordings, which repeat it is, what is missing, and for each output what was called.

    `refused` holds the keys of outputs that lack a reply, because it is not recorded or there was nothing left to pay for it.
    """

    recordings: Recordings
    tokens: TokenCount
    repeat: int = 0
    missing: dict[str, Sent] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    called: defaultdict[str, list[Called]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, ask: Ask) -> Ask:
        """The ask of this repeat: with a seed of its own where it has one at all."""
        return replace(ask, seed=ask.seed + _SEEDS_APART * self.repeat) if ask.seed is not None and self.repeat else ask

    def sent(self, ask: Ask) -> Sent:
        """What is sent, as recordings are kept by it."""
        return sent_of(ask, self.repeat)

    def note(self, ask: Ask, model: str, reply: Reply, seconds: float | None) -> None:
        """Write a call down."""
        prompt, completion = reply.usage or (self.tokens.of(*ask.texts), self.tokens.plain(reply.text))
        call = Called(
            key=self.sent(ask).key,
            role=ask.place.role,
            model=model,
            prompt_tokens=prompt,
            completion_tokens=completion,
            seconds=seconds,
        )
        self.called[JOB.get()].append(call)

    def again(self, output: Output) -> None:
        """Take the calls of an earlier run's output for made: their recordings count as used."""
        self.called[output.key] = list(output.calls)
        for call in output.calls:
            self.recordings.use(call.key)


class Replayed:
    """Answers from recordings alone; a request that was never recorded is noted and refused."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply` with the recorded answer. Raises Fault where there is none."""
        ask = self._tape.ask(ask)
        found = self._found(ask)
        _fill(reply, found)
        self._tape.note(ask, found.model, reply, found.seconds)

    async def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The recorded answer word by word. Raises Fault where there is none."""
        ask = self._tape.ask(ask)
        found = self._found(ask)
        _fill(reply, found)
        self._tape.note(ask, found.model, reply, found.seconds)
        for piece in _PIECES.findall(found.reply):
            yield piece

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _found(self, ask: Ask) -> Recording:
        sent = self._tape.sent(ask)
        found = self._tape.recordings.find(sent)
        if found is None:
            self._tape.missing[sent.key] = sent
            self._tape.refused.add(JOB.get())
            raise Fault(ModelRefused("This request is not recorded."))
        return found


class Author(NamedTuple):
    """Who writes the replies that are recorded, and whether what is recorded already is asked for again."""

    name: str
    anew: bool = False


class Connected:
    """Answers from a server. With an author what it says is recorded, and what is recorded already is taken from there.

    Every call is paid out of the purse before it is sent.
    """

    def __init__(self, tape: Tape, suite: str, connected: Callable[[], Sends], purse: Purse, author: Author | None) -> None:
        self._tape, self._suite, self._purse, self._author = tape, suite, purse, author
        self._connected = connected
        self._inner: Sends | None = None

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply` with an answer. Raises Fault."""
        ask = self._tape.ask(ask)
        if self._known(ask, reply):
            return
        server = self._server(ask)
        began = time.monotonic()
        await server.whole(ask, shape, reply)
        self._done(ask, reply, time.monotonic() - began)

    async def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The answer, once it is there to its end: the product may stop listening before, and a recording is whole. Raises Fault."""
        ask = self._tape.ask(ask)
        if self._known(ask, reply):
            yield reply.text
            return
        server = self._server(ask)
        began = time.monotonic()
        pieces = [piece async for piece in server.pieces(ask, shape, reply)]
        self._done(ask, reply, time.monotonic() - began)
        for piece in pieces:
            yield piece

    async def aclose(self) -> None:
        """Close the connection."""
        if self._inner:
            await self._inner.aclose()

    def _server(self, ask: Ask) -> Sends:
        """The connection, where the purse still has something in it. Raises Fault."""
        try:
            self._purse.check(ask.place.model)
        except BudgetSpent as spent:
            self._tape.refused.add(JOB.get())
            raise Fault(spent) from None
        if self._inner is None:
            self._inner = self._connected()
        return self._inner

    def _known(self, ask: Ask, reply: Reply) -> bool:
        """Whether the reply is recorded already; it is filled in then."""
        found = self._tape.recordings.find(self._tape.sent(ask)) if self._author and not self._author.anew else None
        if found:
            _fill(reply, found)
            self._tape.note(ask, found.model, reply, found.seconds)
        return found is not None

    def _done(self, ask: Ask, reply: Reply, seconds: float) -> None:
        self._purse.pay(ask.place.model, reply.usage)
        self._tape.note(ask, ask.place.model, reply, seconds)
        if self._author:
            kept = Recording(
                sent=self._tape.sent(ask),
                author=self._author.name,
                model=ask.place.model,
                recorded=date.today().isoformat(),
                reply=reply.text,
                finish=reply.finish,
                usage=reply.usage,
                seconds=round(seconds, 2),
            )
            self._tape.recordings.keep(self._suite, kept)


def _fill(reply: Reply, found: Recording) -> None:
    reply.text, reply.finish, reply.usage = found.reply, found.finish, found.usage
