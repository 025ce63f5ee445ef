"""A model server on loopback that plays a script and keeps every request it was sent.

    with LoopbackModel(lambda request: Text("Good morning.")) as server:
        settings = Settings(openai_base_url=server.base_url, openai_api_key="k")
        ...
        assert server.requests[0]["model"] == "gpt-4.1"

A script is called with the request's body and says what happens: Text, Json, Stream, Status, Raw, Hang or Cut.
It may be called from several threads at once. `in_turn` makes one out of a list of replies.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Body = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A whole reply; word by word where the request asks for a stream. `usage` None leaves the server's count out."""

    text: str
    finish: str = "stop"
    usage: tuple[int, int] | None = (11, 7)
    delay_s: float = 0


@dataclass(frozen=True)
class Json:
    """A reply whose text is `value` written as JSON."""

    value: object
    finish: str = "stop"
    usage: tuple[int, int] | None = (11, 7)
    delay_s: float = 0


@dataclass(frozen=True)
class Stream:
    """A streamed reply: these pieces, `delay_s` before each one."""

    pieces: tuple[str, ...]
    delay_s: float = 0
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (11, 7)


@dataclass(frozen=True)
class Status:
    """An error of the server, in the form that the protocol gives to errors."""

    code: int
    message: str = "no reason given"
    param: str | None = None
    error_code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """These very bytes."""

    body: bytes
    content_type: str = "application/json"
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """Nothing, ever; after `pieces` of a stream, where some are given."""

    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """The connection drops: before any answer, or after `pieces` of a stream.

    A `quiet` cut looks like a proper end of the body, only that the reply's end is missing.
    """

    pieces: tuple[str, ...] = ()
    quiet: bool = False


Reply = Text | Json | Stream | Status | Raw | Hang | Cut
Script = Callable[[Body], Reply]


@dataclass(frozen=True)
class Received:
    """One request as it came. The names of headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: Body


def in_turn(*replies: Reply) -> Script:
    """A script that plays the replies one after the other, and the last one ever after."""
    waiting = itertools.chain(replies, itertools.repeat(replies[-1]))
    lock = threading.Lock()

    def script(_: Body) -> Reply:
        with lock:
            return next(waiting)

    return script


def said_to(request: Body) -> str:
    """All words of a request's messages, joined."""
    return "\n".join(str(m["content"]) for m in request["messages"])


def closed_port() -> str:
    """A base URL at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


class LoopbackModel:
    """The server. `requests` are the bodies sent so far; `received` has their paths and headers too.

    `hung_up` counts the streams that the client left before their end.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.received: list[Received] = []
        self.hung_up = 0
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.model = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"http://{self.host}/v1"

    @property
    def requests(self) -> list[Body]:
        return [r.body for r in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    model: LoopbackModel

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep count of clients that hang up, and say nothing: they are part of the play."""
        self.model.hung_up += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._whole(200, json.dumps({"object": "list", "data": [{"id": "loopback", "object": "model"}]}).encode())

    def do_POST(self) -> None:
        body = _json_or_nothing(self.rfile.read(int(self.headers.get("content-length", 0))))
        self.server.model.received.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if not self.path.endswith("/chat/completions"):
            self._play(Status(404, f"nothing at {self.path}"), body)
        else:
            self._play(self.server.model.script(body), body)

    def _play(self, reply: Reply, body: Body) -> None:
        match reply:
            case Json():
                self._play(Text(json.dumps(reply.value), reply.finish, reply.usage, reply.delay_s), body)
            case Text() if body.get("stream"):
                time.sleep(reply.delay_s)
                self._stream(body, Stream(tuple(re.findall(r"\S+\s*|\s+", reply.text)), 0, reply.finish, reply.usage))
            case Text():
                time.sleep(reply.delay_s)
                self._whole(200, json.dumps(_completion(body, reply)).encode())
            case Stream() if body.get("stream"):
                self._stream(body, reply)
            case Stream():
                self._play(Text("".join(reply.pieces), reply.finish or "stop", reply.usage), body)
            case Status():
                error = {"message": reply.message, "type": "error", "param": reply.param, "code": reply.error_code}
                self._whole(reply.code, json.dumps({"error": error}).encode(), headers=reply.headers)
            case Raw():
                self._whole(reply.code, reply.body, reply.content_type, reply.headers)
            case Hang():
                self._begin_stream(body, reply.pieces)
                self.server.model.closing.wait()
            case Cut():
                self._begin_stream(body, reply.pieces)
                self._drop(reply.quiet)

    def _whole(self, code: int, data: bytes, content_type: str = "application/json", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in {"content-type": content_type, "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, body: Body, reply: Stream) -> None:
        self._stream_head()
        for piece in reply.pieces:
            if reply.delay_s:
                self.server.model.closing.wait(reply.delay_s)
            self._event(_chunk(body, {"content": piece}))
        if reply.finish:
            self._event(_chunk(body, {}, finish=reply.finish))
        if reply.usage and body.get("stream_options", {}).get("include_usage"):
            self._event({**_chunk(body, {}), "choices": [], "usage": _usage(reply.usage)})
        self._chunk_of_body(b"data: [DONE]\n\n")
        self._chunk_of_body(b"")  # the chunk that ends the body

    def _begin_stream(self, body: Body, pieces: tuple[str, ...]) -> None:
        if pieces:
            self._stream_head()
        for piece in pieces:
            self._event(_chunk(body, {"content": piece}))

    def _stream_head(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def _event(self, value: Body) -> None:
        self._chunk_of_body(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _chunk_of_body(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _drop(self, quiet: bool) -> None:
        """End the connection: the body properly, or by a reset."""
        self.close_connection = True
        if quiet:
            self._chunk_of_body(b"")
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _json_or_nothing(data: bytes) -> Body:
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _usage(usage: tuple[int, int]) -> Body:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _completion(body: Body, reply: Text) -> Body:
    message = {"role": "assistant", "content": reply.text}
    whole: Body = {
        "id": "loopback",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", ""),
        "choices": [{"index": 0, "finish_reason": reply.finish, "message": message}],
    }
    return {**whole, "usage": _usage(reply.usage)} if reply.usage else whole


def _chunk(body: Body, delta: Body, finish: str | None = None) -> Body:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "loopback", "object": "chat.completion.chunk", "created": 0, "model": body.get("model", ""), "choices": [choice]}
