"""A connection is asked once for what it has to be asked, is paid before, and what it says is kept whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from evals.prices import Prices, Purse
from evals.recordings import read_recordings, sent_of
from evals.test_recordings import ask, recording, recordings, tape
from evals.values import Output
from evals.wires import JOB, Author, Connected, Replayed, Tape
from interviewer.model import Ask, Fault, Reply, Shape


class Server:
    """Says the same to everything, word by word, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = False

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply`."""
        self.asked += 1
        reply.text, reply.finish, reply.usage = "Why? And then?", "stop", (60, 40)

    async def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The same in pieces; `reply` is whole at their end alone."""
        for piece in ("Why? ", "And then?"):
            yield piece
        await self.whole(ask, shape, reply)

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Server:
    return Server()


def connected(found: Tape, server: Server, author: Author | None = None, purse: Purse | None = None) -> Connected:
    return Connected(found, "ratings", lambda: server, purse or Purse(Prices()), author)


async def first_of(wire: Connected | Replayed, asked: Ask) -> str:
    """The first piece of a reply, of which no more is read."""
    async with aclosing(wire.pieces(asked, Shape(), Reply())) as pieces:
        return await anext(pieces)


@pytest.mark.anyio
async def test_what_is_recorded_is_not_asked_for_again(tmp_path: Path, server: Server) -> None:
    wire = connected(tape(recordings(recording(ask())), tmp_path), server, Author("a person"))
    reply = Reply()
    await wire.whole(ask(), Shape(), reply)
    assert (reply.text, reply.usage, server.asked) == ('{"level": 2}', (7, 3), 0)


@pytest.mark.anyio
async def test_a_reply_is_kept_with_its_author_the_moment_it_is_there(tmp_path: Path, server: Server) -> None:
    recordings().write(tmp_path)
    wire = connected(tape(read_recordings(tmp_path), tmp_path), server, Author("a person"))
    await wire.whole(ask(), Shape(), Reply())
    (kept,) = read_recordings(tmp_path).every()  # as another process finds it after a kill
    assert (kept.sent, kept.author, kept.model, kept.reply) == (sent_of(ask()), "a person", "a-model", "Why? And then?")
    await wire.aclose()
    assert server.closed


@pytest.mark.anyio
async def test_what_is_recorded_is_asked_for_again_where_it_is_to_be_anew(tmp_path: Path, server: Server) -> None:
    found = tape(recordings(recording(ask())), tmp_path)
    await connected(found, server, Author("a person", anew=True)).whole(ask(), Shape(), Reply())
    assert [r.reply for r in found.recordings.every()] == ["Why? And then?"]


@pytest.mark.anyio
async def test_a_live_run_keeps_no_reply_and_takes_none(tmp_path: Path, server: Server) -> None:
    found = tape(recordings(recording(ask())), tmp_path)
    await connected(found, server).whole(ask(), Shape(), Reply())
    assert ([r.reply for r in found.recordings.every()], server.asked) == (['{"level": 2}'], 1)
    assert [(c.prompt_tokens, c.completion_tokens) for c in found.called[""]] == [(60, 40)]


@pytest.mark.anyio
async def test_a_stream_that_nobody_reads_to_its_end_is_recorded_whole_and_counted(tmp_path: Path, server: Server) -> None:
    found = tape(recordings(), tmp_path)
    assert await first_of(connected(found, server, Author("a person")), ask()) == "Why? "
    assert [r.reply for r in found.recordings.every()] == ["Why? And then?"]
    assert await first_of(Replayed(found), ask()) == "Why? "
    assert [c.prompt_tokens for c in found.called[""]] == [60, 60]


@pytest.mark.anyio
async def test_nothing_is_sent_from_an_empty_purse_and_the_output_is_known_to_lack_it(tmp_path: Path, server: Server) -> None:
    found = tape(recordings(), tmp_path)
    wire = connected(found, server, purse=Purse(Prices(), most_tokens=100))
    JOB.set("ratings:a")
    await wire.whole(ask(), Shape(), Reply())
    JOB.set("ratings:b")
    with pytest.raises(Fault):
        await wire.whole(ask("Another."), Shape(), Reply())
    assert (server.asked, found.refused) == (1, {"ratings:b"})


def test_calls_of_an_output_that_is_there_already_count_as_made(tmp_path: Path) -> None:
    first = tape(recordings(recording(ask())), tmp_path)
    reply = Reply(text="x", usage=(7, 3))
    first.note(ask(), "a-model", reply, None)
    output = Output(suite="ratings", key="ratings:a", cluster="i", made={}, calls=tuple(first.called[""]))
    later = tape(recordings(recording(ask())), tmp_path)
    later.again(output)
    assert later.recordings.unused() == ()
    assert later.called["ratings:a"] == first.called[""]
