"""What is done behind the interview, so that nobody waits for it: rubrics read ahead, and ratings.

A task for each item and rater. The store is the only memory: a task that dies with its process is started again by whoever
opens the interview next, and a rating that two processes made at once is kept once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from interviewer.domain import Item, Turn
from interviewer.errors import NotYours
from interviewer.interview.state import Kind, Rated, Rater, State, event
from interviewer.interview.states import States
from interviewer.rating import EmbeddedRater, ModelRater
from interviewer.store import NewEvent

Key = tuple[str, str, str]  # interview, item ("" for what is of the whole interview), and what is done


class Behind:
    """Does what is due, each thing once: an item's rating by each rater, the rubrics of a guide, what comes after the last rating."""

    def __init__(
        self, states: States, embedded: EmbeddedRater, by_model: ModelRater | None, *, after: Callable[[State], Awaitable[None]]
    ) -> None:
        """`after` is awaited with the new state whenever a rating has been kept."""
        self._states, self._embedded, self._by_model, self._after = states, embedded, by_model, after
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._told: set[str] = set()  # interviews that have ended, and what comes after was begun here

    @property
    def raters(self) -> tuple[Rater, ...]:
        return ("embedded", "model") if self._by_model else ("embedded",)

    def rate(self, state: State, items: Iterable[Item], *, again: Iterable[str] = ()) -> None:
        """Start what the state lacks; `again` names items whose model rating is made anew. Returns at once."""
        anew = set(again)
        for item in items:
            for rater in self.raters:
                key = (state.id, item.id, rater)
                lacks = rater not in state.rated.get(item.id, {}) or (rater == "model" and item.id in anew)
                if lacks and key not in self._tasks:
                    self._start(key, self._rate(state, item, rater, replace=item.id in anew))

    def read_ahead(self, interview: str, items: Sequence[Item]) -> None:
        """Read the rubrics of items that will be asked, while the candidate reads the first question: else the first answers wait."""
        self._start((interview, "", "rubrics"), asyncio.to_thread(self._embedded.read, items))

    def after_all(self, state: State) -> None:
        """Where an interview ended after its last rating, or in another process: do once what comes after both."""
        if state.ended and state.id not in self._told:
            self._told.add(state.id)
            self._start((state.id, "", "after"), self._after(state))

    def under_way(self, interview: str) -> set[str]:
        """The items of this interview that are being rated in this process."""
        return {key[1] for key in self._tasks if key[0] == interview and key[1]}

    async def settled(self, interview: str) -> None:
        """Wait until nothing is being done for this interview in this process."""
        while mine := [t for key, t in self._tasks.items() if key[0] == interview]:
            await asyncio.gather(*mine, return_exceptions=True)

    async def moment(self, interview: str) -> None:
        """Wait until something of this interview has been rated in this process, a tenth of a second at most."""
        mine = [t for key, t in self._tasks.items() if key[0] == interview]
        await (asyncio.wait(mine, timeout=0.1, return_when=asyncio.FIRST_COMPLETED) if mine else asyncio.sleep(0.1))

    def forget(self, interview: str) -> None:
        """Stop what is under way on an interview that is about to go."""
        for key, task in list(self._tasks.items()):
            if key[0] == interview:
                task.cancel()

    def _start(self, key: Key, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _rate(self, state: State, item: Item, rater: Rater, *, replace: bool) -> None:
        if not replace and await asyncio.to_thread(self._has, state.id, item.id, rater):
            return  # made while the state that asked for it was on its way here: a model is not paid twice
        turns = state.transcript(item.id)
        rated = await (self._with_embedded(item, turns) if rater == "embedded" else self._with_model(item, turns, state.id))

        def kept(now: State) -> Sequence[NewEvent]:
            there = now.rated.get(item.id, {}).get(rater)
            if there and (not replace or rated.rated < there.rated):
                return []  # kept once; and who asks again while the model is away keeps what it rated before
            return [event(Kind.RATED, **rated.model_dump(mode="json"))]

        try:
            state = await asyncio.to_thread(self._states.change, state.id, None, kept)
        except NotYours:
            return  # deleted meanwhile: nothing is kept of it
        if state.ended:
            self._told.add(state.id)
        await self._after(state)

    def _has(self, interview: str, item: str, rater: Rater) -> bool:
        """Whether a rating is there, or has nowhere to go any more."""
        try:
            return rater in self._states.of(interview, None).rated.get(item, {})
        except NotYours:
            return True

    async def _with_embedded(self, item: Item, turns: Sequence[Turn]) -> Rated:
        def everything() -> Rated:
            return Rated(
                rating=self._embedded.rate(item, turns),
                missing=self._embedded.missing_points(item, turns),
                mistakes=self._embedded.mistakes(item, turns),
            )

        return await asyncio.to_thread(everything)

    async def _with_model(self, item: Item, turns: Sequence[Turn], interview: str) -> Rated:
        assert self._by_model is not None
        judged = await self._by_model.judge(item, turns, interview=interview)
        return Rated(rating=judged.rating, mistakes=judged.mistakes, fault=judged.fault)
