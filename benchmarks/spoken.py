"""A candidate who speaks: an interview at the real server, sound over the WebSocket and answers over HTTP, as the page sends them."""

from __future__ import annotations

import asyncio
import io
import json
import time
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import soxr
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.server import Server
from benchmarks.transcripts import settings_in
from benchmarks.visitor import Page, Visitor
from interviewer.interview import State, Style, fold
from interviewer.speech.audio import RATE, Samples
from interviewer.store import Store
from interviewer.web.asker import COOKIE, Askers, read_secret

MIC_RATE = 48_000
_CHUNK = 2048  # samples of one message of the page
_CLICK_S = 0.03  # from what was heard to the page's click on Send, in real style
_PATIENCE_S = 60.0
_MOST_LISTENED_S = 6.0  # of the interviewer's words, before the answer begins
_ITEMS = 10


class Turn(NamedTuple):
    """One answer: seconds from `end` to what was heard, and from there to the first sentence with its whole WAV; by whom it was heard."""

    heard_s: float
    said_s: float
    recogniser: str
    text: str

    @property
    def whole_s(self) -> float:
        return self.heard_s + self.said_s


class Told(NamedTuple):
    """What came over the WebSocket, with the sound behind it, and when by time.perf_counter."""

    at: float
    what: dict[str, Any]
    sound: bytes


class Candidate:
    """Somebody in an interview of their own that goes on for longer than is measured."""

    def __init__(self, folder: Path, visitor: Visitor, who: str, socket: ClientConnection) -> None:
        self._folder, self._visitor, self._who, self._socket = folder, visitor, who, socket
        self._told = asyncio.Queue[Told]()

    @classmethod
    @asynccontextmanager
    async def at(cls, server: Server, folder: Path) -> AsyncIterator[Self]:
        """Begin an interview in real style with the voice on, and hear its first question."""
        page, askers = await Page.of(server.address), Askers(read_secret(folder))
        cookie = askers.new()
        visitor = Visitor(server.address, page, cookie)
        wish = page.defaults("begin")
        wish[3], wish[5] = Style.REAL.value, _ITEMS
        await visitor.does("arrive", [""])
        address = server.address.replace("http:", "ws:") + "/speech"
        async with connect(address, additional_headers={"Cookie": f"{COOKIE}={cookie}"}, max_size=None) as socket:
            candidate = cls(folder, visitor, askers.candidate(cookie), socket)
            listening = asyncio.create_task(candidate._listen())
            await candidate._tell(do="ready")
            await visitor.does("begin", wish)
            await candidate._tell(do="hello", interview=candidate.state().id, voice=True)
            await candidate._hear_out()
            yield candidate
            listening.cancel()

    def state(self) -> State:
        """The interview as it is written down."""
        with Store.open(settings_in(self._folder).store_url) as store:
            found = store.interviews(self._who)[0].id
            return fold(found, store.events(found, self._who))

    async def answer(self, spoken: Samples, released_s: float) -> Turn:
        """Speak at real speed, press Done so many seconds after the last sound, send what was heard, and hear the reply out."""
        state = self.state()
        assert state.open_turn is not None
        seq = state.open_turn.seq
        await self._tell(do="begin", seq=seq, rate=MIC_RATE)
        await self._speak(np.concatenate([spoken, np.zeros(round(released_s * RATE), np.float32)]))
        ended = time.perf_counter()
        await self._tell(do="end")
        heard = await self._next("heard")
        await asyncio.sleep(_CLICK_S)
        sending = asyncio.create_task(self._visitor.does("send", [state.id, seq, heard.what["text"]]))
        said = await self._next("say")
        if not said.sound:
            raise RuntimeError("a sentence came without its sound")
        await sending
        await self._hear_out()
        (told,) = (s.heard for turn in self.state().turns if turn.seq == seq for s in turn.heard)
        return Turn(heard.at - ended, said.at - heard.at, told.recogniser, told.text)

    async def _speak(self, spoken: Samples) -> None:
        """Send sound as a microphone brings it."""
        pcm = (np.clip(soxr.resample(spoken, RATE, MIC_RATE), -1, 1) * 32767).astype("<i2").tobytes()
        began = time.perf_counter()
        for at in range(0, len(pcm), 2 * _CHUNK):
            due = began + (at / 2 + _CHUNK) / MIC_RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._socket.send(pcm[at : at + 2 * _CHUNK])

    async def _tell(self, **what: Any) -> None:
        await self._socket.send(json.dumps(what))

    async def _listen(self) -> None:
        async for message in self._socket:
            assert isinstance(message, str)
            what = json.loads(message)
            sound = await self._socket.recv() if what.get("sound") else b""
            assert isinstance(sound, bytes)
            self._told.put_nowait(Told(time.perf_counter(), what, sound))

    async def _next(self, kind: str) -> Told:
        """The next message of a kind. Raises RuntimeError where the server tells of a fault instead."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                told = await self._told.get()
                if told.what["is"] == kind:
                    return told
                if told.what["is"] in ("fault", "nothing", "mute"):
                    raise RuntimeError(told.what["says"])

    async def _hear_out(self) -> None:
        """Wait until all is said, and listen for as long as a person would, or for some seconds of it."""
        lasts, kinds = 0.0, list[str]()
        async with asyncio.timeout(_PATIENCE_S):
            while "said" not in kinds:
                told = await self._told.get()
                kinds.append(told.what["is"])
                lasts += seconds_of(told.sound) if told.sound else 0.0
        await asyncio.sleep(min(lasts, _MOST_LISTENED_S))


def seconds_of(wav: bytes) -> float:
    """How long a WAV lasts."""
    with wave.open(io.BytesIO(wav)) as file:
        return float(file.getnframes() / file.getframerate())


async def turns(server: Server, folder: Path, answers: Sequence[Samples], count: int, released_s: float) -> list[Turn]:
    """So many turns of one interview, the answers taking turns. Raises RuntimeError where one does not come about."""
    async with Candidate.at(server, folder) as candidate:
        return [await candidate.answer(answers[n % len(answers)], released_s) for n in range(count)]
