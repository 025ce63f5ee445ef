"""A model server on loopback that streams a reply of a given length at a given pace. Cheap: one task of an event loop a stream.

The reply begins with FIRST and ends with LAST, words that nothing else on the page has, so that a client sees when they arrive.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from benchmarks.http import read_head

FIRST, LAST = "Meanwhile", "hereabouts"
_FILL = "let us stay with what was said so far for a little while and then go on from there in the same calm way as before"
_QUESTION = re.compile(r"question of the guide:\n(.*?)\n\nThe candidate's last answer", re.DOTALL)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass
class Reply:
    """One streamed reply: when its request had come, and when its first and last words were sent (seconds of time.perf_counter)."""

    asked_at: float
    first_at: float = 0.0
    last_at: float = 0.0


@dataclass
class ModelServer:
    """Replies of `tokens` words, `pace` a second. `replies` has one entry for each, by a mark that the request's words contain."""

    tokens: int = 60
    pace: float = 30.0
    marks: tuple[str, ...] = ()
    replies: dict[str, Reply] = field(default_factory=dict)
    _server: asyncio.Server | None = field(default=None, repr=False)
    _open: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=256)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*tuple(self._open), return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task that can be ended with the server."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as the client keeps it."""
        try:
            while True:
                head = await read_head(reader)
                body = json.loads(await reader.readexactly(int(head.get("content-length", "0"))) or b"{}")
                await (self._stream(body, writer) if body.get("stream") else self._refuse(writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _stream(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        said = "\n".join(str(m["content"]) for m in body["messages"])
        mark = next((m for m in self.marks if m in said), "")
        reply = self.replies[mark] = Reply(time.perf_counter())
        words = reply_to(said, self.tokens)
        start = asyncio.get_running_loop().time()
        writer.write(_HEAD)
        for n, word in enumerate(words):
            # By the clock, not by sleeps added up: a late word does not make those after it late.
            await asyncio.sleep(max(0.0, start + (n + 1) / self.pace - asyncio.get_running_loop().time()))
            writer.write(_chunk({"content": word if n == 0 else f" {word}"}, None))
            reply.last_at = time.perf_counter()
            reply.first_at = reply.first_at or reply.last_at
        writer.write(_chunk({}, "stop") + _event("[DONE]") + b"0\r\n\r\n")
        await writer.drain()

    async def _refuse(self, writer: asyncio.StreamWriter) -> None:
        """Ratings are not what is measured here."""
        body = b'{"error": {"message": "this server only streams"}}'
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()


def reply_to(said: str, tokens: int) -> list[str]:
    """So many words that the interviewer may say: the guide's next question where there is one, else a follow-up of its own."""
    found = _QUESTION.search(said)
    asked = (found[1].rstrip("?. ") if found else "What would you look at next, and why there,").replace("?", ",").split()
    fill = itertools.islice(itertools.cycle(_FILL.split()), max(0, tokens - len(asked) - 2))
    return [FIRST, *fill, *asked, f"{LAST}?"]


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    told = {"id": "bench", "object": "chat.completion.chunk", "created": 0, "model": "bench", "choices": [choice]}
    return _event(json.dumps(told))


def _event(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)
