"""A server of /embeddings on loopback, that plays a script and keeps every request it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    """What is sent back, after `delay_s`."""

    body: object = None
    code: int = 200
    delay_s: float = 0
    headers: dict[str, str] = field(default_factory=dict)


def vectors(rows: list[list[float]]) -> Answer:
    """A reply with these vectors, last one first: the protocol numbers them and promises no order."""
    data = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)]
    return Answer({"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def by_length(request: dict[str, Any]) -> Answer:
    """Vectors (length of the text, 1, 2)."""
    return vectors([[len(t), 1.0, 2.0] for t in request["input"]])


class Embeddings:
    """The server: `with Embeddings(script) as server: server.base_url, server.requests`."""

    def __init__(self, script: Callable[[dict[str, Any]], Answer] = by_length) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                kept.requests.append(request | {"path": self.path})
                kept.keys.append(self.headers["Authorization"])
                answer = script(request)
                time.sleep(answer.delay_s)
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.code)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body))}.items() | answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
