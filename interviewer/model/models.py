"""The models that a program is connected to, by role.

Every call is checked against the caps, kept under one deadline and tried again while the server is
busy; it raises ModelError alone. Connections belong to an event loop, so each loop has its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from interviewer.model.asking import Ask, Known, Message
from interviewer.model.budget import Budget, Ledger, Reply
from interviewer.model.call import Call, Sends
from interviewer.model.fit import fit_address, fit_key
from interviewer.model.place import Place, Role
from interviewer.model.replies import Misfit, in_words, read_reply

if TYPE_CHECKING:
    from interviewer.prompts import Filled
    from interviewer.settings import Settings

T = TypeVar("T", bound=BaseModel)
_OPENAI = "https://api.openai.com/v1"
_SHOWN_AGAIN = 4000  # characters of a reply that did not fit
Through = Callable[[Callable[[], Sends]], Sends]  # is handed the way to make the usual connection, which takes seconds the first time
_NO_KEY = "no-key"  # local servers want the header and don't read it


def connect(settings: Settings, ledger: Ledger) -> Models | None:
    """The models of these settings, or None where no key and no server is set.

    Nothing is sent or imported yet. Raises SetupError where the key or the address can't be used.
    """
    return Models(settings, ledger) if settings.has_model else None


class Models:
    """Language models for the three roles, at one host."""

    def __init__(self, settings: Settings, ledger: Ledger, through: Through | None = None) -> None:
        """`through` gives what carries requests instead of a connection to the settings' server, for each event loop its own."""
        self._settings = settings
        self._through = through or (lambda connected: connected())
        self._base_url, self._key = _address(settings), _key(settings)
        self.host = urlsplit(self._base_url).netloc
        self._budget = Budget(settings, ledger)
        self._known = Known()
        self._wires: dict[asyncio.AbstractEventLoop, Sends] = {}

    def name_for(self, role: Role) -> str:
        """The name of the model that answers in a role."""
        return self._settings.model_for(role)

    async def stream(self, role: Role, filled: Filled, *, interview: str | None) -> AsyncGenerator[str]:
        """The reply's text in pieces, as they arrive. Close the generator to break off.

        Raises ModelError; after the first piece nothing is tried again: what is cut raises ModelUnreachable.
        """
        ask = self._ask(role, filled)
        call = await self._call()
        async with self._budget.bill(ask.place, interview, ask.texts) as bill:
            pieces, piece = await call.within(ask, call.opened(ask, bill))
            async with aclosing(pieces):
                while piece is not None:
                    yield piece
                    piece = await call.within(ask, anext(pieces, None))
            _check_end(ask.place, bill.replies[-1])

    async def structured(self, role: Role, filled: Filled, schema: type[T], *, interview: str | None, seed: int | None = None) -> T:
        """The reply as a value of `schema`; a reply that does not fit is asked for once more. Raises ModelError."""
        ask = self._ask(role, filled, schema, seed)
        call = await self._call()
        try:
            return await self._one(call, ask, schema, interview)
        except _NotYet as first:
            try:
                return await self._one(call, ask.and_then(*_once_more(first, schema)), schema, interview)
            except _NotYet as second:
                raise ask.place.misfit(schema.__name__, second.why) from None

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        if wire := self._wires.pop(asyncio.get_running_loop(), None):
            await wire.aclose()

    async def _one(self, call: Call, ask: Ask, schema: type[T], interview: str | None) -> T:
        async with self._budget.bill(ask.place, interview, ask.texts) as bill:
            reply = await call.within(ask, call.whole(ask, bill))
        try:
            return read_reply(reply.text, reply.finish, schema)
        except Misfit as misfit:
            raise _NotYet(reply.text, str(misfit)) from None

    def _ask(self, role: Role, filled: Filled, schema: type[BaseModel] | None = None, seed: int | None = None) -> Ask:
        place = Place(self.host, self.name_for(role), role)
        return Ask(place, (("system", filled.system), ("human", filled.user)), schema, seed)

    async def _call(self) -> Call:
        """A call whose time runs from now, when all that a process loads once is loaded."""
        loop = asyncio.get_running_loop()
        self._wires = {known: wire for known, wire in self._wires.items() if not known.is_closed()}
        if loop not in self._wires:
            made = await asyncio.to_thread(self._make_wire)  # the first import takes seconds: not on the event loop
            self._wires.setdefault(loop, made)
        timeout_s = self._settings.model_timeout_s
        return Call(self._wires[loop], self._known, self._settings.model_retries, timeout_s, loop.time() + timeout_s)

    def _make_wire(self) -> Sends:
        self._budget.get_ready()
        return self._through(self._connection)

    def _connection(self) -> Sends:
        from interviewer.model.wire import Wire

        connect_s = self._settings.model_timeout_s / (self._settings.model_retries + 1)
        return Wire(self._base_url, self._key, connect_s, {self.name_for(role) for role in get_args(Role)})


class _NotYet(Exception):
    """A reply that does not fit: its text, and what is wrong with it."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(why)
        self.text, self.why = text, why


def _once_more(misfit: _NotYet, schema: type[BaseModel]) -> tuple[Message, Message]:
    """What is said after a reply that does not fit: the reply itself, and what was wrong."""
    again = f"That reply does not fit: {misfit.why}. Answer once more, in full. {in_words(schema)}"
    return ("ai", misfit.text[:_SHOWN_AGAIN] or "(nothing)"), ("human", again)


def _check_end(place: Place, reply: Reply) -> None:
    """Raise ModelReplyBroken where streamed words ended for want of room, by a filter, or before they began."""
    if reply.finish in ("length", "content_filter"):
        raise place.not_whole("cut off for length" if reply.finish == "length" else "held back by a content filter")
    if not reply.text.strip():
        raise place.not_whole("it is empty")


def _address(settings: Settings) -> str:
    """The base URL, always said in full: left out, LangChain would look for one in the environment."""
    return fit_address(settings.openai_base_url or _OPENAI, "OPENAI_BASE_URL", like="http://127.0.0.1:11434/v1", key="OPENAI_API_KEY")


def _key(settings: Settings) -> SecretStr:
    return fit_key(settings.openai_api_key, "OPENAI_API_KEY") or SecretStr(_NO_KEY)
