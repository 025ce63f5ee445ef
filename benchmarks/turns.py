"""What a turn costs without a model: the handler's own work, the coverage, and the store."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.table import Table, middle, share
from benchmarks.transcripts import answers_of, settings_in, shipped_pack
from interviewer.bank import Wish
from interviewer.domain import Item, Turn
from interviewer.embedding import Reader, Reading, Vectors
from interviewer.interview import Door, Kind, Style, assemble
from interviewer.rating import EmbeddedRater
from interviewer.store import Event, NewEvent, Store

TURNS = 120
WHO = "a candidate"


class Spent(NamedTuple):
    """Seconds on the clock, and of processor time of the whole process."""

    clock: float = 0.0
    processor: float = 0.0

    @classmethod
    def now(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time())

    def __add__(self, other: object) -> Spent:
        assert isinstance(other, Spent)
        return Spent(self.clock + other.clock, self.processor + other.processor)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.clock - other.clock, self.processor - other.processor)


class TimedEncoder:
    """An encoder that adds up, for each thread, the seconds that it worked: on the clock, and of the process's processor time."""

    def __init__(self, encoder: Reader) -> None:
        self._encoder, self._of_thread = encoder, threading.local()
        self.id, self.dimension = encoder.id, encoder.dimension

    def take(self) -> Spent:
        """What this thread has spent since it was last taken."""
        spent: Spent = getattr(self._of_thread, "spent", Spent())
        self._of_thread.spent = Spent()
        return spent

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._timed():
            return self._encoder.encode(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_known(texts)

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        with self._timed():
            return self._encoder.read(texts)

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        return self._encoder.read_known(texts)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = Spent.now()
        try:
            yield
        finally:
            self._of_thread.spent = getattr(self._of_thread, "spent", Spent()) + (Spent.now() - began)


class TimedRater(EmbeddedRater):
    """The embedded rater, keeping how long each coverage took and how much of it was the encoder."""

    def __init__(self, encoder: TimedEncoder) -> None:
        super().__init__(encoder)
        self._timed = encoder
        self.coverages: list[float] = []
        self.encodings: list[Spent] = []

    def coverage(self, item: Item, turns: Sequence[Turn]) -> dict[str, float]:
        self._timed.take()
        began = time.perf_counter()
        found = super().coverage(item, turns)
        self.coverages.append(time.perf_counter() - began)
        self.encodings.append(self._timed.take())
        return found


async def turn() -> Table:
    """A no-model turn through the door: answer written, coverage, move, words, question written; ratings made behind meanwhile."""
    table = Table("turn", "one turn with no model, on answers of 150 words (ms)")
    table.notes.append(f"{TURNS} turns in this process through the door, encoder on 2 threads")
    table.notes.append("ratings of closed items end before the next answer, since a person thinks for longer than they take")
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        door = await asyncio.to_thread(assemble, settings)
        rater = TimedRater(TimedEncoder(door.embedded._encoder))
        door.embedded = rater
        answers = answers_of(shipped_pack(settings))
        times: list[Spent] = []
        while len(times) < TURNS:
            times += await _interview(door, lambda: next(answers), TURNS - len(times))
        door.store.close()
    own = [t - e for t, e in zip(times, rater.encodings[-len(times) :], strict=True)]
    table.add("a turn, p50", 1000 * middle([t.clock for t in times]), "ms", ("<=", 150))
    table.add("a turn, p99", 1000 * share([t.clock for t in times], 0.99), "ms", ("<=", 300))
    table.add("of it the coverage, p50", 1000 * middle(rater.coverages), "ms")
    table.add("work outside the encoder, p50", 1000 * middle([o.clock for o in own]), "ms", ("<=", 30))
    table.add("of it processor time, p50", 1000 * middle([o.processor for o in own]), "ms")
    return table


async def _interview(door: Door, answer: Callable[[], str], most: int) -> list[Spent]:
    """What each turn of one interview took."""
    pack = next(iter(door.packs))
    state = await door.begin(WHO, pack, Wish(items=4), Style.REAL)
    await door.behind.settled(state.id)  # its rubrics are read: a person reads the first question for longer than that takes
    async for _ in door.reply(state.id, WHO):
        pass
    state = await door.state(state.id, WHO)
    times: list[Spent] = []
    while state.open_turn and len(times) < most:
        text = answer()
        began = Spent.now()
        await door.answer(state.id, WHO, state.open_turn.seq, text)
        async for _ in door.reply(state.id, WHO):
            pass
        times.append(Spent.now() - began)
        state = await door.state(state.id, WHO)
        await door.behind.settled(state.id)  # a person thinks and types for longer than a rating takes
    return times


async def store() -> Table:
    """The events of a turn, appended as the door appends them."""
    table = Table("store", "the store's part of a turn: answered, then asked (ms)")
    table.notes.append(
        "SQLite as the product opens it, one commit an append, in the temporary folder; a raw write and flush of 4 KiB there beside it"
    )
    with tempfile.TemporaryDirectory() as folder:
        flush = _raw_flush(Path(folder))
        kept = Store.open(f"sqlite:///{folder}/interviews.db")
        try:
            for length in (10, 100):
                times = [t for _ in range(3) for t in _turns(kept, length)]
                table.add(f"a turn, interviews of {length} turns, p50", 1000 * middle(times), "ms", ("<=", 5), places=1)
                table.add(f"a turn, interviews of {length} turns, p95", 1000 * share(times, 0.95), "ms", places=1)
        finally:
            kept.close()
    table.add("a flush of this disk, p50", 1000 * flush, "ms", places=2)
    return table


def _turns(kept: Store, length: int) -> list[float]:
    """The seconds of each turn of an interview, as the door has them written: read from the last known event on, answered, asked."""
    interview = kept.begin(WHO, [NewEvent(kind=Kind.STARTED, body={"guide": []})])
    text = "word " * 150
    times, last = [], 0
    for n in range(length):
        began = time.perf_counter()
        for kind, body in ((Kind.ANSWERED, {"to": n, "text": text}), (Kind.ASKED, {"item_id": "x", "question": text[:200]})):
            new = NewEvent(kind=kind, body=body)
            last = kept.append(interview, WHO, partial(_say, new), last)[-1].seq
        times.append(time.perf_counter() - began)
    return times


def _say(new: NewEvent, _: Sequence[Event]) -> Sequence[NewEvent]:
    return [new]


def _raw_flush(folder: Path) -> float:
    """Seconds of one 4 KiB write with its flush, the median of thirty."""
    times = []
    with (folder / "flush").open("wb") as file:
        for _ in range(30):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return middle(times)
