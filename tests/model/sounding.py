"""A server of /audio/transcriptions and /audio/speech on loopback, that plays a script and keeps every request it was sent."""

from __future__ import annotations

import email.parser
import email.policy
import io
import json
import math
import struct
import threading
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Sent:
    """One request: its headers by names in small letters, and its fields; a file as bytes, a repeated field as a list."""

    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What is sent back; nothing ever where it `hangs`, and a dropped connection where `cut`."""

    body: object = b""
    code: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    cut: bool = False


Script = Callable[[Sent], Answer]


def wav_of(seconds: float, rate: int = 16_000, before: float = 0, after: float = 0) -> bytes:
    """A 16-bit WAV of a tone, with silence before and after it."""
    tone = (struct.pack("<h", int(9000 * math.sin(n / 7))) for n in range(round(seconds * rate)))
    into = io.BytesIO()
    with wave.open(into, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(bytes(2 * round(before * rate)) + b"".join(tone) + bytes(2 * round(after * rate)))
    return into.getvalue()


def error(code: int, message: str, param: str | None = None) -> Answer:
    """A server's no, in the form of the protocol."""
    return Answer({"error": {"message": message, "type": "invalid_request_error", "param": param, "code": None}}, code)


class Sounding:
    """The server: `with Sounding(script) as server: server.base_url, server.sent`."""

    def __init__(self, script: Script) -> None:
        self.sent: list[Sent] = []
        kept, self._closing = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sent = Sent(self.path, {k.lower(): v for k, v in self.headers.items()}, _fields(self.headers["Content-Type"], body))
                kept.sent.append(sent)
                answer = script(sent)
                if answer.hangs:
                    kept._closing.wait()
                if answer.hangs or answer.cut:
                    self.close_connection = True
                    return
                data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.code)
                for name, value in {"Content-Type": answer.content_type, "Content-Length": str(len(data)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.base_url = f"http://{self.host}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a JSON body, or of a form."""
    if content_type.startswith("application/json"):
        told = json.loads(body)
        return told if isinstance(told, dict) else {}
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, Any] = {}
    for part in parsed.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        payload = part.get_payload(decode=True)
        value = payload if part.get_filename() else (payload if isinstance(payload, bytes) else b"").decode()
        fields[name] = [*fields.get(name, []), value] if name.endswith("[]") else value
    return fields
