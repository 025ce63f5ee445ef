"""A candidate at the page: joins Gradio's queue as the page's own script does, and reads the stream that comes back."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.http import Connection
from benchmarks.model_server import FIRST, LAST


@dataclass
class Seen:
    """When a call was made and what came of it when (seconds of time.perf_counter; 0 where it never came)."""

    asked_at: float
    first_at: float = 0.0
    last_at: float = 0.0
    done_at: float = 0.0
    updates: int = 0
    received: int = 0
    data: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that the call brought, as one JSON text."""
        return json.dumps(self.data)


class Page:
    """What the server says of its own page: its handlers by name, and where their inputs stand."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.fn = {d["api_name"]: d["id"] for d in config["dependencies"] if d["api_name"]}
        self.inputs = {d["api_name"]: d["inputs"] for d in config["dependencies"] if d["api_name"]}
        self.values = {c["id"]: c["props"].get("value") for c in config["components"]}

    @classmethod
    async def of(cls, address: str) -> Page:
        return cls(json.loads((await Connection(address).get("/config")).body))

    def defaults(self, name: str) -> list[Any]:
        """The inputs of a handler as they stand on a fresh page."""
        return [self.values[i] for i in self.inputs[name]]


class Visitor:
    """One browser tab with a cookie of its own."""

    def __init__(self, address: str, page: Page, cookie: str) -> None:
        self._address, self._page, self._cookie = address, page, f"candidate={cookie}"
        self._session = secrets.token_hex(6)

    async def does(self, name: str, data: Sequence[Any]) -> Seen:
        """Call a handler and read until it is done. Raises RuntimeError where the server refuses or reports an error."""
        seen = Seen(time.perf_counter())
        body = {"data": list(data), "fn_index": self._page.fn[name], "session_hash": self._session, "event_data": None, "trigger_id": None}
        joined = await Connection(self._address, self._cookie).post("/gradio_api/queue/join?", body)
        if joined.status != 200:
            raise RuntimeError(f"{name}: {joined.status} {joined.body[:300]!r}")
        stream = Connection(self._address, self._cookie).events(f"/gradio_api/queue/data?session_hash={self._session}")
        async for event in stream:
            _note(event, seen)
            if b'"msg":"process_completed"' in event[:80]:
                seen.done_at = time.perf_counter()
                if b'"success":true' not in event:
                    raise RuntimeError(f"{name}: {event[:500]!r}")
            if b'"msg":"close_stream"' in event[:80]:
                break
        return seen


def _note(event: bytes, seen: Seen) -> None:
    """Keep what one event brought."""
    now = time.perf_counter()
    seen.received += len(event)
    if b'"msg":"process_generating"' not in event[:80]:
        if b'"msg":"process_completed"' in event[:80]:
            seen.data.append(json.loads(event)["output"].get("data"))
        return
    seen.updates += 1
    if not seen.first_at and FIRST.encode() in event:
        seen.first_at = now
    if not seen.last_at and LAST.encode() in event:
        seen.last_at = now


async def all_at_once(calls: Sequence[tuple[Visitor, str, Sequence[Any]]], over_s: float = 0.0) -> list[Seen]:
    """All calls side by side, begun evenly over some seconds."""

    async def one(n: int, visitor: Visitor, name: str, data: Sequence[Any]) -> Seen:
        await asyncio.sleep(over_s * n / max(1, len(calls)))
        return await visitor.does(name, data)

    return await asyncio.gather(*(one(n, *call) for n, call in enumerate(calls)))
