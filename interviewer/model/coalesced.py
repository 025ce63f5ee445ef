"""A server's stream of tokens, in fewer and longer pieces.

Reading one event of a stream takes LangChain and openai nearly half a millisecond, which at thirty tokens a second is most of what a
streaming candidate costs. Words are shown a few times a second, so tokens that come in between are put together before they are read.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import httpx2

AT_ONCE = 6  # events that pass as they come: the first words are waited for
EVERY_S = 0.1
_ENDS = b"\n\n"


async def coalesce(response: httpx2.Response) -> None:
    """A response hook: where the reply is a stream of events, as it stands on the wire, its stream is read through `Coalesced`."""
    streams = response.headers.get("content-type", "").startswith("text/event-stream")
    if streams and "content-encoding" not in response.headers and isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = Coalesced(response.stream)


class Coalesced(httpx2.AsyncByteStream):
    """The events of a stream; neighbours that only add words come as one, ten times a second. Everything else passes at once, as it is."""

    def __init__(self, stream: httpx2.AsyncByteStream, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._reading: AsyncGenerator[bytes] | None = None

    async def aclose(self) -> None:
        # Who breaks off leaves it open otherwise, until it is collected, at any time and in any loop.
        if self._reading is not None:
            with suppress(RuntimeError):  # somebody reads at this moment, and closes it
                await self._reading.aclose()
        await self._stream.aclose()

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._reading = self._pieces()
        return self._reading

    async def _pieces(self) -> AsyncGenerator[bytes]:
        held: dict[str, Any] | None = None
        left, passed, due = b"", 0, 0.0
        pieces = aiter(self._stream)
        try:
            async for piece in pieces:
                *events, left = (left + piece).split(_ENDS)
                for event in events:
                    words = _only_words(event) if passed >= AT_ONCE else None
                    passed += 1
                    if words and held and _joined(held, words):
                        continue
                    if held:
                        yield _event(held)
                    held = words
                    if not words:
                        yield event + _ENDS
                if b"\r" in left:  # events that end in another way are not ours to put together
                    left, piece = b"", left
                    yield piece
                if held and self._clock() >= due:
                    yield _event(held)
                    held, due = None, self._clock() + EVERY_S
        except httpx2.HTTPError:
            if held:
                yield _event(held)
            raise
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        if rest := (_event(held) if held else b"") + left:
            yield rest


def _only_words(event: bytes) -> dict[str, Any] | None:
    """The chunk of an event that adds words to the first choice and tells nothing else; None for any other event."""
    if not event.startswith(b"data: {") or b"\n" in event:
        return None
    try:
        chunk = json.loads(event[len(b"data: ") :])
        (choice,) = chunk["choices"]
        says = isinstance(choice["delta"]["content"], str)
        besides = [value for key, value in choice["delta"].items() if key not in ("content", "role")]
        other = (*besides, choice.get("finish_reason"), choice.get("logprobs"), chunk.get("usage"), chunk.get("error"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return chunk if says and not any(other) else None


def _joined(held: dict[str, Any], more: dict[str, Any]) -> bool:
    """Whether `more` goes on where `held` ends: its words are added to it then."""
    (before,), (after,) = held["choices"], more["choices"]
    if (held.get("id"), before.get("index")) != (more.get("id"), after.get("index")):
        return False
    before["delta"]["content"] += after["delta"]["content"]
    return True


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + _ENDS
