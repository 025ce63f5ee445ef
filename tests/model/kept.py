"""Fakes that keep what they were asked, and the values that the tests send."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from interviewer.model import Models, connect
from interviewer.prompts import Filled
from interviewer.settings import Settings

T = TypeVar("T")
KEY = "sk-7f3a9c-never-to-be-seen"
ASKED = Filled(name="word_probe", hash="0" * 16, system="You interview.", user="Ask about the metric.")


class Verdict(BaseModel):
    """A reply as a rater might give it."""

    model_config = ConfigDict(extra="forbid")

    level: Literal[1, 2, 3, 4, 5]
    quotes: list[str] = []
    rationale: str


FITS = {"level": 4, "quotes": ["we looked at recall first"], "rationale": "clear"}


@dataclass
class KeptLedger:
    """A ledger in memory. `before` and `today` are what it holds to begin with."""

    before: int = 0
    today: int = 0
    spendings: list[tuple[str | None, str, str, int, int]] = field(default_factory=list)

    def spend(self, interview: str | None, role: str, model: str, prompt_tokens: int, completion_tokens: int) -> None:
        self.spendings.append((interview, role, model, prompt_tokens, completion_tokens))

    def spent(self, interview: str) -> int:
        return self.before + sum(p + c for i, _, _, p, c in self.spendings if i == interview)

    def spent_today(self) -> int:
        return self.today + sum(p + c for _, _, _, p, c in self.spendings)


class Connected:
    """Models joined to a server, for tests that are plain functions."""

    def __init__(self, settings: Settings, ledger: KeptLedger) -> None:
        self.settings, self.ledger = settings, ledger
        models = connect(settings, ledger)
        assert models is not None
        self.models: Models = models
        self.took_s = 0.0

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do async work on a loop of its own, close the connections, and keep how long the work took in seconds."""

        async def whole() -> T:
            await self.models._call()  # the imports, so that they are not part of the time
            began = time.monotonic()
            try:
                return await work()
            finally:
                self.took_s = time.monotonic() - began
                await self.models.aclose()

        return asyncio.run(whole())

    def words(self, interview: str | None = "i1") -> list[str]:
        """All pieces of one streamed reply."""

        async def work() -> list[str]:
            return [piece async for piece in self.models.stream("interviewer", ASKED, interview=interview)]

        return self.run(work)

    def verdict(self, interview: str | None = "i1", seed: int | None = None) -> Verdict:
        """One structured reply."""
        return self.run(lambda: self.models.structured("rater", ASKED, Verdict, interview=interview, seed=seed))
