"""Interviews over the page's own endpoints, without a model: what a candidate waits for, from Send to the next question."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from benchmarks.server import Server
from benchmarks.table import Table, middle, share
from benchmarks.transcripts import answers_of, settings_in, shipped_pack
from benchmarks.visitor import Page, Seen, Visitor
from interviewer.interview import State, Style, fold
from interviewer.store import Store
from interviewer.web.asker import Askers, read_secret

TURNS = 120
ITEMS = 12


async def page_turn() -> Table:
    """Turns of real interviews, one after the other."""
    table = Table("page_turn", "one turn with no model over HTTP: Send pressed to the next question shown, answers of 150 words")
    table.notes.append(f"{TURNS} turns through `python app.py` and Gradio's queue, encoder on 2 threads, ratings of closed items beside")
    with tempfile.TemporaryDirectory() as name, Server(Path(name)) as server:
        await server.answers("/healthz")
        times: list[float] = []
        while len(times) < TURNS:
            times += [(seen.done_at - seen.asked_at) * 1000 async for seen in interview(server, Path(name))]
    table.add("a turn, p50", middle(times), "ms", ("<=", 150))
    table.add("a turn, p99", share(times, 0.99), "ms", ("<=", 300))
    return table


async def interview(server: Server, folder: Path, items: int = ITEMS) -> AsyncIterator[Seen]:
    """One interview from Start to its feedback; what each answer brought."""
    pack, page = shipped_pack(settings_in(folder)), await Page.of(server.address)
    askers = Askers(read_secret(folder))
    cookie = askers.new()
    visitor, answers = Visitor(server.address, page, cookie), answers_of(pack)
    wish = page.defaults("begin")
    wish[3], wish[5] = Style.REAL.value, items
    await visitor.does("arrive", [""])
    await visitor.does("begin", wish)
    with Store.open(settings_in(folder).store_url) as store:
        for state in _states(store, askers.candidate(cookie)):
            assert state.open_turn is not None
            seen = await visitor.does("send", [state.id, state.open_turn.seq, next(answers)])
            await asyncio.sleep(0.3)  # nobody types faster; ratings get on meanwhile
            yield seen


def _states(store: Store, who: str) -> Iterator[State]:
    """The candidate's newest interview as it stands, again and again until it has ended."""
    while True:
        found = store.interviews(who)[0].id
        state = fold(found, store.events(found, who))
        if state.ended:
            return
        yield state
