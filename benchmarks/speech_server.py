"""A server of speech on loopback, in a process of its own, that hears and speaks at once: the same words, and the same second of a tone.

`python -m benchmarks.speech_server` prints its base URL and serves /audio/transcriptions and /audio/speech.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from types import TracebackType
from typing import Self

import numpy as np

from benchmarks.http import read_head
from benchmarks.server import ROOT
from interviewer.speech.audio import RATE, as_wav

HEARD = "I would compare both models on the same cases before I change the threshold, and I would ask the people who label them."
_WORD_S = 0.3


class SpeechServer:
    """The server as a process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.speech_server"]
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


def _transcript() -> bytes:
    """The words with their times, as servers tell them that have them."""
    words = [{"word": w, "start": n * _WORD_S, "end": (n + 1) * _WORD_S} for n, w in enumerate(HEARD.split())]
    return json.dumps({"text": HEARD, "words": words}).encode()


def _speech() -> bytes:
    return as_wav((0.3 * np.sin(np.arange(RATE) / 9)).astype(np.float32))


async def _serve() -> None:
    replies = {
        "/v1/audio/transcriptions": ("application/json", _transcript()),
        "/v1/audio/speech": ("audio/wav", _speech()),
    }

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as the client keeps it."""
        try:
            while True:
                head = await read_head(reader)
                await reader.readexactly(int(head.get("content-length", "0")))
                kind, body = replies[head[""].split()[1]]
                writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
