"""As much HTTP as a load client needs, cheap enough to leave the processor to what is measured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


async def read_head(reader: asyncio.StreamReader) -> dict[str, str]:
    """The headers of a request or a reply, names in small letters; its first line is under ''."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    return {"": first} | {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


@dataclass(frozen=True)
class Response:
    """A whole reply."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One connection to a server at `address` (http://host:port), used for one request at a time. It closes after it."""

    def __init__(self, address: str, cookie: str = "") -> None:
        parts = urlsplit(address)
        self._host, self._port, self._cookie = str(parts.hostname), parts.port or 80, cookie

    async def get(self, path: str) -> Response:
        """Raises OSError where nobody listens."""
        return await self._whole("GET", path, b"")

    async def post(self, path: str, value: Any) -> Response:
        """Send JSON."""
        return await self._whole("POST", path, json.dumps(value).encode())

    async def events(self, path: str) -> AsyncIterator[bytes]:
        """The data of each server-sent event, as it arrives."""
        reader, writer, head = await self._asked("GET", path, b"")
        chunked = "chunked" in head.get("transfer-encoding", "")
        held = b""
        try:
            while piece := await (_chunk(reader) if chunked else reader.read(65536)):
                *events, held = (held + piece).split(b"\n\n")
                for event in events:
                    if event.startswith(b"data: "):
                        yield event[6:]
        finally:
            writer.close()

    async def _whole(self, method: str, path: str, body: bytes) -> Response:
        reader, writer, head = await self._asked(method, path, body)
        try:
            content = await reader.read()  # the server closes the connection
        finally:
            writer.close()
        return Response(int(head[""].split()[1]), head, _unchunked(content) if "transfer-encoding" in head else content)

    async def _asked(self, method: str, path: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, dict[str, str]]:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}:{self._port}", "connection: close", "accept: */*"]
        lines += [f"cookie: {self._cookie}"] if self._cookie else []
        lines += ["content-type: application/json", f"content-length: {len(body)}"] if body else []
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return reader, writer, await read_head(reader)


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    """The next chunk of a chunked body; empty at its end."""
    size = int(await reader.readline() or b"0", 16)
    data = await reader.readexactly(size)
    await reader.readline()
    return data


def _unchunked(content: bytes) -> bytes:
    whole = b""
    while content:
        size, _, rest = content.partition(b"\r\n")
        length = int(size, 16)
        whole, content = whole + rest[:length], rest[length + 2 :]
    return whole
