"""Streaming: when the first word of a model's reply is seen, and whether many candidates at once get theirs in time."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.model_server import ModelServer
from benchmarks.server import Server
from benchmarks.table import Table, middle, share
from benchmarks.transcripts import answers_of, ask, begun, settings_in, shipped_pack
from benchmarks.visitor import Page, Seen, Visitor, all_at_once
from interviewer.domain import Pack
from interviewer.store import Store
from interviewer.web.asker import Askers, read_secret

TURNS, TOKENS, PACE = 20, 60, 30.0
IDEAL_S = TOKENS / PACE
Call = tuple[Visitor, str, Sequence[Any]]


@dataclass
class Room:
    """A running server with a model behind it, and the means to seat candidates in it."""

    server: Server
    model: ModelServer
    store: Store
    askers: Askers
    page: Page
    pack: Pack

    async def seat(self, mark: str, turns: int, *, asked: bool) -> tuple[Visitor, str, int]:
        """A candidate whose interview has so many turns behind it: their tab, open on it, the interview, and the seq of the open question.

        `mark` is a word that the candidate's talk holds, by which the model server knows them. Without `asked` they are at rest.
        """
        cookie = self.askers.new()
        who = self.askers.candidate(cookie)
        interview = begun(self.store, self.pack, who, turns=turns, last_word=mark)
        seq = ask(self.store, interview, who, self.pack.items[-1]) if asked else -1
        visitor = Visitor(self.server.address, self.page, cookie)
        await visitor.does("arrive", [interview])
        return visitor, interview, seq


async def with_room(work: Callable[[Room], Any], core: int | None) -> Any:
    """Start server and model, do the work, end them."""
    with tempfile.TemporaryDirectory() as name:
        folder, model = Path(name), ModelServer(TOKENS, PACE)
        async with model:
            more = {"OPENAI_BASE_URL": model.base_url, "INTERVIEWER_MODEL": "bench", "MODEL_RETRIES": "0", "TOKENS_PER_DAY": "0"}
            with Server(folder, core, **more) as server:
                await server.answers("/healthz")
                settings = settings_in(folder)
                with Store.open(settings.store_url) as store:
                    page, askers = await Page.of(server.address), Askers(read_secret(folder))
                    room = Room(server, model, store, askers, page, shipped_pack(settings))
                    await _warm(room)
                    return await work(room)


async def _warm(room: Room) -> None:
    """The first call of a process loads what later ones have."""
    visitor, interview, _ = await room.seat("warm0", 3, asked=False)
    await visitor.does("next_item", [interview])
    visitor, interview, seq = await room.seat("warm1", 3, asked=True)
    await visitor.does("send", [interview, seq, "warm1 " + next(answers_of(room.pack))])


def _marked(n: int) -> str:
    return f"candidate{n:03d}z"


async def first_token() -> Table:
    """One candidate after the other."""
    table = Table("first_token", "from the model server's first word to the first word of it at a client of the page")
    table.notes.append(f"answers of 150 words sent over the page's own endpoints; the model speaks {PACE:g} words a second")
    table.notes.append("a word is shown once the two after it are known, so that no verdict is begun: 67 ms of it")

    async def work(room: Room) -> None:
        answers = answers_of(room.pack)
        waits, before, starts = [], [], []
        for n in range(25):
            mark = _marked(n)
            room.model.marks = (mark,)
            visitor, interview, seq = await room.seat(mark, TURNS, asked=True)
            seen = await visitor.does("send", [interview, seq, f"{mark} {next(answers)}"])
            reply = room.model.replies[mark]
            waits.append((seen.first_at - reply.first_at) * 1000)
            before.append((reply.asked_at - seen.asked_at) * 1000)
            starts.append((seen.first_at - seen.asked_at) * 1000)
        table.add("first word seen after the model sent its first, p50", middle(waits), "ms", ("<=", 100))
        table.add("  the slowest of ten (p90)", share(waits, 0.9), "ms")
        table.add("before that: pressed to model asked (writing, coverage), p50", middle(before), "ms")
        table.add("altogether: pressed to first word seen, p50", middle(starts), "ms")

    await with_room(work, None)
    return table


async def streams() -> Table:
    """Many candidates at the same moment, the server on one core."""
    cores = sorted(os.sched_getaffinity(0))
    table = Table("streams", f"replies of {TOKENS} words at {PACE:g} a second to many candidates at once, {TURNS} turns behind each")
    table.notes.append(f"ideal {IDEAL_S:g} s; pressed all at once over the page's own endpoints; `Next question`, so no answer is encoded")
    if len(cores) > 1:
        table.notes.append("one server process on one core; the candidates and the model server share another")
        os.sched_setaffinity(0, {cores[-1]})
    try:
        await with_room(lambda room: _crowds(room, table), cores[0] if len(cores) > 1 else None)
    finally:
        os.sched_setaffinity(0, cores)
    return table


async def _crowds(room: Room, table: Table) -> None:
    for count in (20, 40):
        seen, took, cpu = await _pressed(room, await _seated(room, count, "next_item"))
        whole = [s.last_at - s.asked_at for s in seen]
        table.add(f"{count} at once: pressed to whole reply seen, p50 of the ideal", middle(whole) / IDEAL_S, "x", ("<=", 1.1), places=2)
        table.add("  model's first word to whole reply seen, p50 of the ideal", middle(_spoken(room, seen)) / IDEAL_S, "x", places=2)
        _more(table, seen, took, cpu)
    seen, took, cpu = await _pressed(room, await _seated(room, 40, "send"), over_s=8.0)
    spoken = middle(_spoken(room, seen)) / IDEAL_S
    table.add("40 answers of 150 words sent over 8 s: model's first word to whole reply, p50", spoken, "x", places=2)
    _more(table, seen, took, cpu)


def _spoken(room: Room, seen: Sequence[Seen]) -> list[float]:
    """Seconds from each candidate's first word of the model to the whole reply at their page."""
    return [s.last_at - room.model.replies[_marked(n)].first_at for n, s in enumerate(seen)]


def _more(table: Table, seen: Sequence[Seen], took: float, cpu: float) -> None:
    whole = [s.last_at - s.asked_at for s in seen]
    first = [s.first_at - s.asked_at for s in seen]
    table.say("  pressed to whole reply: p50, p90", f"{middle(whole):.2f} s, {share(whole, 0.9):.2f} s")
    table.say("  pressed to first word: p50, p90", f"{middle(first):.2f} s, {share(first, 0.9):.2f} s")
    table.say("  updates a reply; KB a reply", f"{middle([s.updates for s in seen]):.0f}; {middle([s.received for s in seen]) / 1000:.0f}")
    table.say("  server's processor, share of a core", f"{cpu / took:.0%}")
    table.add("  server's processor time a reply", cpu / len(seen) * 1000, "ms")


async def _seated(room: Room, count: int, name: str) -> list[Call]:
    """So many candidates, each about to press the same button."""
    room.model.marks = tuple(_marked(n) for n in range(count))
    answers = answers_of(room.pack)
    calls: list[Call] = []
    for mark in room.model.marks:
        visitor, interview, seq = await room.seat(mark, TURNS, asked=name == "send")
        calls.append((visitor, name, [interview] if name == "next_item" else [interview, seq, f"{mark} {next(answers)}"]))
    return calls


async def _pressed(room: Room, calls: Sequence[Call], over_s: float = 0.0) -> tuple[list[Seen], float, float]:
    """What each candidate saw, begun evenly over some seconds; how long it took, and the processor time of the server."""
    await asyncio.sleep(1)
    start, used = time.perf_counter(), room.server.cpu_s
    seen = await all_at_once(calls, over_s)
    took, cpu = max(s.last_at for s in seen) - start, room.server.cpu_s - used
    await asyncio.sleep(2)
    return seen, took, cpu
