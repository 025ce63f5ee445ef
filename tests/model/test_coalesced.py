"""Tokens put together on the wire: not a word more, less or moved, and the first ones at once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx2
import pytest

from interviewer.model.coalesced import AT_ONCE, EVERY_S, Coalesced, coalesce


class Wire(httpx2.AsyncByteStream):
    """A stream of these pieces; `clock` goes on by `step` seconds with each. An exception among them is raised."""

    def __init__(self, pieces: Iterable[bytes | Exception], step: float = 0.01) -> None:
        self._pieces, self._step, self.now, self.closed = list(pieces), step, 0.0, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.now += self._step
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.closed = True


class Read(httpx2.AsyncByteStream):
    """A stream of which one can see whether its pieces are still being read."""

    def __init__(self, wire: Wire, pieces: AsyncIterator[bytes]) -> None:
        self._wire, self._pieces = wire, pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces

    async def aclose(self) -> None:
        await self._wire.aclose()


def chunk(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "choices": [choice], **more}).encode() + b"\n\n"


def read(wire: Wire) -> list[bytes]:
    async def all_of_it() -> list[bytes]:
        return [piece async for piece in Coalesced(wire, lambda: wire.now)]

    return asyncio.run(all_of_it())


def content(data: bytes) -> str:
    events = [e.removeprefix(b"data: ") for e in data.split(b"\n\n") if e.startswith(b"data: {")]
    return "".join(c["delta"].get("content") or "" for e in events for c in json.loads(e)["choices"])


WORDS = [f"word{n} " for n in range(60)]
END = [chunk(finish="stop"), chunk(usage={"prompt_tokens": 3, "completion_tokens": 60}), b"data: [DONE]\n\n"]


def test_the_words_are_the_same_in_far_fewer_events() -> None:
    out = read(Wire([*map(chunk, WORDS), *END]))
    assert content(b"".join(out)) == "".join(WORDS)
    assert out[-3:] == END
    assert len(out) < 20


def test_the_first_words_come_as_they_are_and_at_once() -> None:
    out = read(Wire(map(chunk, WORDS)))
    assert out[:AT_ONCE] == [chunk(w) for w in WORDS[:AT_ONCE]]


def test_no_word_waits_longer_than_the_pause_and_one_token() -> None:
    wire = Wire(map(chunk, WORDS), step=0.033)
    seen: list[tuple[float, int]] = []

    async def watch() -> None:
        words = 0
        async for piece in Coalesced(wire, lambda: wire.now):
            words += content(piece).count("word")
            seen.append((wire.now, words))

    asyncio.run(watch())
    for at, words in seen:
        assert wire._step * words >= at - EVERY_S - wire._step


@pytest.mark.parametrize("cut", range(5))
def test_however_the_network_cuts_it_the_words_are_the_same(cut: int) -> None:
    dice = random.Random(cut)
    whole = b"".join([*map(chunk, WORDS), b": a comment\n\n", chunk("\u00e9\n\n\U0001f600 end"), *END])
    pieces = []
    while whole:
        size = dice.randint(1, 200)
        pieces.append(whole[:size])
        whole = whole[size:]
    out = b"".join(read(Wire(pieces)))
    assert content(out) == "".join(WORDS) + "\u00e9\n\n\U0001f600 end"
    assert b": a comment\n\n" in out and out.endswith(b"".join(END))


@pytest.mark.parametrize(
    "odd",
    [
        b"data: not json\n\n",
        b"data: {}\n\n",
        b"data: [1]\n\n",
        b"event: error\ndata: {}\n\n",
        chunk("last", finish="length"),
        chunk("x", usage={"prompt_tokens": 1, "completion_tokens": 1}),
        chunk("x", error={"message": "no"}),
        b'data: {"choices": [{"index": 0, "delta": {"content": "a", "tool_calls": [1]}}]}\n\n',
    ],
)
def test_what_is_more_than_words_passes_as_it_is_in_its_place(odd: bytes) -> None:
    out = b"".join(read(Wire([*map(chunk, WORDS[:30]), odd, *map(chunk, WORDS[30:])])))
    before, found, after = out.partition(odd)
    assert found
    assert (content(before), content(after)) == ("".join(WORDS[:30]), "".join(WORDS[30:]))


def test_closing_a_stream_that_is_broken_off_closes_what_was_read_from() -> None:
    async def broken_off() -> bool:
        wire = Wire([chunk("a"), chunk("b"), chunk("c")])
        pieces = aiter(wire)
        stream = Coalesced(Read(wire, pieces))
        async for _ in stream:
            break
        await stream.aclose()
        return wire.closed and pieces.ag_frame is None  # type: ignore[attr-defined]

    assert asyncio.run(broken_off())


def test_events_with_other_line_ends_pass_untouched() -> None:
    sent = [e.replace(b"\n\n", b"\r\n\r\n") for e in map(chunk, WORDS)]
    assert b"".join(read(Wire(sent))) == b"".join(sent)
    assert read(Wire(sent))[0] == sent[0]  # and none waits for the end


def test_what_came_before_a_cut_is_given_and_then_the_error() -> None:
    wire, out = Wire([*map(chunk, WORDS[:20]), httpx2.ReadError("cut")]), []

    async def until_it_ends() -> None:
        async for piece in Coalesced(wire, lambda: wire.now):
            out.append(piece)

    with pytest.raises(httpx2.ReadError):
        asyncio.run(until_it_ends())
    assert content(b"".join(out)) == "".join(WORDS[:20])


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"content-type": "text/event-stream; charset=utf-8"}, True),
        ({"content-type": "application/json"}, False),
        ({"content-type": "text/event-stream", "content-encoding": "gzip"}, False),
    ],
)
def test_only_a_plain_stream_of_events_is_touched(headers: dict[str, str], ours: bool) -> None:
    response = httpx2.Response(200, headers=headers, stream=Wire([]))
    asyncio.run(coalesce(response))
    assert isinstance(response.stream, Coalesced) is ours
    asyncio.run(response.aclose())
