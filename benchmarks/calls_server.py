"""A model server on loopback, in a process of its own, that answers every chat completion after the same time and counts them.

`python -m benchmarks.calls_server SECONDS` prints its base URL and serves. GET /anew begins to count anew, GET /seen tells the count.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.http import Connection, read_head
from benchmarks.server import ROOT

# One object for all who ask: a judgement of the evals' rater, and a score with its reason.
REPLY = {"points": ["a metric"], "quotes": [], "level": 3, "cannot_tell": None, "rationale": "It is named.", "reason": "Named.", "score": 3}
_USAGE = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}


class Seen(NamedTuple):
    """Chat completions since counting began: how many came, how many at once at most, and seconds from the first one to the last reply."""

    calls: int
    most: int
    took_s: float


class CallsServer:
    """The server as a process, with a clock and a count of its own."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    async def anew(self) -> None:
        """Begin to count anew."""
        await self._get("/anew")

    async def seen(self) -> Seen:
        return Seen(**await self._get("/seen"))

    async def _get(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((await Connection(self.base_url).get(path)).body)
        return told

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.calls_server", str(self._delay_s)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().strip()
        if not self.base_url:
            raise RuntimeError("the server ended before it listened")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.communicate(timeout=20)


@dataclass
class _Counting:
    """Answers requests, and knows how many there were. Times are of the event loop's clock."""

    delay_s: float
    calls: int = 0
    now: int = 0
    most: int = 0
    first: float = 0.0
    last: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as the client keeps it."""
        try:
            while True:
                head = await read_head(reader)
                await reader.readexactly(int(head.get("content-length", "0")))
                writer.write(_response(*await self._answer(head[""].split()[1])))
                await writer.drain()
                if head.get("connection") == "close":
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str) -> tuple[int, dict[str, Any]]:
        match path:
            case "/v1/chat/completions":
                return 200, await self._completion()
            case "/seen":
                return 200, Seen(self.calls, self.most, self.last - self.first)._asdict()
            case "/anew":
                self.calls = self.most = 0
                return 200, {}
            case _:
                return 404, {"error": {"message": f"nothing is at {path}"}}

    async def _completion(self) -> dict[str, Any]:
        came = asyncio.get_running_loop().time()
        if not self.calls:
            self.first = came
        self.calls += 1
        self.now += 1
        self.most = max(self.most, self.now)
        # By the clock, and a last look at it: a sleep may end a moment too soon.
        while (left := came + self.delay_s - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)
        self.now -= 1
        self.last = asyncio.get_running_loop().time()
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(REPLY)}}
        return {"id": "bench", "object": "chat.completion", "created": 0, "model": "bench", "choices": [choice], "usage": _USAGE}


def _response(status: int, told: dict[str, Any]) -> bytes:
    body = json.dumps(told).encode()
    head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def _serve(delay_s: float) -> None:
    server = await asyncio.start_server(_Counting(delay_s).serve, "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
