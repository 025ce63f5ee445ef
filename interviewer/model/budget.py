"""What calls cost: refused before they are sent where a cap is reached, and written down after."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from interviewer.model.place import Place
from interviewer.model.tokens import TokenCount

if TYPE_CHECKING:
    from interviewer.settings import Settings


class Ledger(Protocol):
    """Where spent tokens are written down. Called from threads, so it has to be safe for them."""

    def spend(self, interview: str | None, role: str, model: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Write down what one call took; `interview` is None for calls outside any interview."""

    def spent(self, interview: str) -> int:
        """All tokens of one interview so far."""

    def spent_today(self) -> int:
        """All tokens of this day."""


@dataclass(eq=False)
class Reply:
    """What one request brought: the text so far, why it ended, and the server's own count (prompt, completion) where it gave one."""

    text: str = ""
    finish: str | None = None
    usage: tuple[int, int] | None = None


@dataclass
class Bill:
    """The requests of one call. `prompt` is our own count of what each of them sends."""

    prompt: int
    replies: list[Reply] = field(default_factory=list)

    def open(self) -> Reply:
        """A reply that is paid for, whatever becomes of it, unless it is struck out."""
        self.replies.append(Reply())
        return self.replies[-1]

    def strike(self, reply: Reply) -> None:
        """Take off a request that the server did no work for."""
        self.replies.remove(reply)

    def total(self, tokens: TokenCount) -> tuple[int, int]:
        """Prompt and completion tokens: as the server says, else as we count."""
        each = [r.usage or (self.prompt, tokens.plain(r.text)) for r in self.replies]
        return sum(p for p, _ in each), sum(c for _, c in each)


class Budget:
    """The caps on tokens and the ledger behind them."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._caps = (settings.tokens_per_interview, settings.tokens_per_day)
        self._ledger = ledger
        self._tokens = TokenCount(settings.data_dir / "tiktoken")
        self._under_way: Counter[str | None] = Counter()

    def get_ready(self) -> None:
        """Load what counting needs, so that no call waits for it."""
        self._tokens.plain("")

    @asynccontextmanager
    async def bill(self, place: Place, interview: str | None, texts: Sequence[str]) -> AsyncIterator[Bill]:
        """A bill for one call that sends `texts`, written to the ledger at the end; raises BudgetSpent before anything is sent."""
        need = await asyncio.to_thread(self._tokens.of, *texts)
        # Calls run together: each sees what those before it are about to spend.
        others, others_today = self._under_way[interview], self._under_way.total()
        self._under_way[interview] += need
        try:
            await self._check(place, interview, need, (others, others_today))
            bill = Bill(need)
            try:
                yield bill
            finally:
                await asyncio.to_thread(self._write, place, interview, bill)
        finally:
            self._under_way[interview] -= need
            self._under_way += Counter()  # drops what came down to nothing

    async def _check(self, place: Place, interview: str | None, need: int, others: tuple[int, int]) -> None:
        per_interview, per_day = self._caps
        if per_interview and interview is not None:
            used = await asyncio.to_thread(self._ledger.spent, interview) + others[0]
            if used + need > per_interview:
                raise place.spent("TOKENS_PER_INTERVIEW", per_interview, used, need)
        if per_day:
            used = await asyncio.to_thread(self._ledger.spent_today) + others[1]
            if used + need > per_day:
                raise place.spent("TOKENS_PER_DAY", per_day, used, need)

    def _write(self, place: Place, interview: str | None, bill: Bill) -> None:
        prompt, completion = bill.total(self._tokens)
        if prompt or completion:
            self._ledger.spend(interview, place.role, place.model, prompt, completion)
