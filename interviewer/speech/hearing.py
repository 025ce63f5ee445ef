"""Hearing: which recognisers there are, and one answer heard while it is spoken."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from interviewer.domain import Heard
from interviewer.embedding.weights import place
from interviewer.errors import CandidateError, InterviewerError, SetupError
from interviewer.model.audio import hearing_server
from interviewer.settings import Settings
from interviewer.speech.activity import FRAME_S, SILERO, VoiceActivity, network
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.doubt import doubted
from interviewer.speech.joining import later
from interviewer.speech.moonshine import FILES, Moonshine
from interviewer.speech.pieces import MARGIN, PAUSE, Piece, Pieces
from interviewer.speech.served import Served
from interviewer.speech.whisper import REMEDY, Whisper, installed

log = logging.getLogger(__name__)

LONGEST_ANSWER_S = 900
_BYTES = 4  # of a sample


class Recogniser(Protocol):
    """What turns speech into words. Any number of tasks of one event loop may call it; they wait for each other."""

    @property
    def id(self) -> str:
        """Its model, and where that is."""

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        """What is said in a recording, words' times in seconds from its start; an empty text where nobody speaks.

        `terms` are words to expect, for those that can be told. Raises InterviewerError with a sentence.
        """


class Doubting:
    """A recogniser whose words are marked unsure where another one hears otherwise; both hear at the same time.

    Where the other one fails, the first one's own doubts stand.
    """

    def __init__(self, first: Recogniser, second: Recogniser) -> None:
        self.id, self.first, self._second = first.id, first, second

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        """What the first one hears. Raises what it raises."""
        heard, other = await asyncio.gather(self.first.hear(samples, terms), self._other(samples, terms))
        return heard.model_copy(update={"words": tuple(doubted(heard.words, other.words))}) if other else heard

    async def _other(self, samples: Samples, terms: Sequence[str]) -> Heard | None:
        try:
            return await self._second.hear(samples, terms)
        except Exception as error:
            _note(self._second, error)
            return None


class Recognisers(NamedTuple):
    """`fast` for what is shown while somebody speaks, `final` for what counts, with words to doubt where the fast one hears otherwise.

    `why` says what is missing and how to add it, "" if nothing.
    """

    fast: Recogniser | None
    final: Recogniser | None
    why: str


def recognisers(settings: Settings) -> Recognisers:
    """The recognisers of these settings. Loads, sends and imports nothing heavy. Raises SetupError where the settings can't be used."""
    server = hearing_server(settings)
    if place(SILERO) is None:
        return Recognisers(None, None, f"Speech can't be told from silence (package {SILERO.package!r} is not installed): {SILERO.remedy}.")
    folder = settings.data_dir / "speech"
    fast = _moonshine(folder / "checked.json") if place(FILES[0]) else None
    whisper = _whisper(folder / "whisper-base", folder / "checked.json") if installed() and server is None else None
    accurate = Served(server) if server else whisper
    final = Doubting(accurate, fast) if accurate and fast else accurate or fast
    return Recognisers(fast, final, _missing(fast, final))


async def load(found: Recognisers) -> None:
    """Load what is heard with now, which takes seconds, and not with the first words. Raises SetupError."""
    await asyncio.to_thread(network)
    for recogniser in dict.fromkeys((found.fast, behind(found.final))):
        if isinstance(recogniser, Moonshine | Whisper):
            await recogniser.load()


def behind(recogniser: Recogniser | None) -> Recogniser | None:
    """The recogniser whose words they are."""
    return recogniser.first if isinstance(recogniser, Doubting) else recogniser


async def heard_once(recogniser: Recogniser, samples: Samples, terms: Sequence[str] = ()) -> Heard:
    """One recording, for a caller that hears no more after it: connections are closed. Raises InterviewerError."""
    try:
        return await recogniser.hear(samples, terms)
    finally:
        if isinstance(served := behind(recogniser), Served):
            await served.aclose()


class Listening:
    """One answer as it is spoken, in one event loop.

    It is cut at pauses, and each piece is heard by the final recogniser while the person goes on. What is open is heard ahead at a
    pause, in case that was the end; a server is not asked ahead.
    """

    def __init__(self, found: Recognisers, terms: Sequence[str] = (), activity: VoiceActivity | None = None) -> None:
        """`terms` are words to expect. Raises SetupError where there is nothing to hear with."""
        if found.final is None:
            raise SetupError(found.why)
        self._fast, self._final, self._terms = found.fast, found.final, tuple(terms)
        self._activity, self._pieces = activity or VoiceActivity(), Pieces()
        self._sound = bytearray()
        self._closed: dict[Piece, asyncio.Task[Heard]] = {}
        self._ahead: tuple[Piece, asyncio.Task[Heard]] | None = None
        self._quick: dict[int, tuple[int, str]] = {}  # by a piece's first frame: up to which frame the fast one heard it, and what
        self._one_at_a_time = asyncio.Lock()

    def feed(self, samples: Samples) -> None:
        """Take sound. Call it in the event loop; it looks for speech, and starts work that it does not wait for.

        Raises CandidateError where the answer is longer than a quarter of an hour; what came before is kept.
        """
        if self.seconds + len(samples) / RATE > LONGEST_ANSWER_S:
            raise CandidateError(f"This answer is longer than {LONGEST_ANSWER_S // 60} minutes; end it here, and go on in the next one.")
        self._sound += samples.astype(np.float32, copy=False).tobytes()
        for piece in self._pieces.feed(self._activity.feed(samples)):
            self._close(piece)
        self._look_ahead()

    @property
    def seconds(self) -> float:
        """How long it has been so far."""
        return len(self._sound) / _BYTES / RATE

    @property
    def samples(self) -> Samples:
        """All of it, a copy."""
        return np.frombuffer(bytes(self._sound), np.float32)

    @property
    def spoke(self) -> bool:
        """Whether anything was said."""
        return self._pieces.stretches.last is not None

    @property
    def silence_s(self) -> float:
        """Seconds since the last word, infinite before the first one; 0 while a sound goes on that may become one."""
        found = self._pieces.stretches
        if found.last is None:
            return math.inf
        return 0.0 if found.perhaps else (found.frames - found.last[1]) * FRAME_S

    async def partial(self) -> str:
        """All that was said up to now, as well as it is heard yet. Two calls at once wait for each other.

        A recogniser that fails is told when the answer ends; only where one breaks down that no other stands in for, this raises that.
        """
        async with self._one_at_a_time:
            texts = [await self._soon(piece, task) for piece, task in list(self._closed.items())]
            if (piece := self._pieces.open) is not None:
                texts.append(await self._open(piece))
        return " ".join(text for text in texts if text)

    async def finish(self) -> Heard:
        """The final text. Where the final recogniser fails, the fast one's stands for that piece; raises InterviewerError if both do."""
        if (piece := self._pieces.close()) is not None:
            self._close(piece)
        heard = [(piece, await self._surely(piece, task)) for piece, task in list(self._closed.items())]
        return Heard(
            text=" ".join(h.text for _, h in heard if h.text),
            words=tuple(later(word, piece.start) for piece, h in heard for word in h.words),
            recogniser=", ".join(dict.fromkeys(h.recogniser for _, h in heard)) or self._final.id,
            seconds=self.seconds,
            speech=self._pieces.stretches.seconds(),
        )

    async def aclose(self) -> None:
        """Drop the work that is under way, and wait until it is."""
        tasks = [*self._closed.values(), *([self._ahead[1]] if self._ahead else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _close(self, piece: Piece) -> None:
        """Have a piece heard that nothing is added to any more."""
        task = self._taken_ahead(piece)
        self._closed[piece] = task or self._start(piece)

    def _look_ahead(self) -> None:
        """Have the open piece heard at a pause, as if it ended there; drop that where the person has gone on."""
        piece = self._pieces.open
        if self._ahead and self._ahead[0] != piece:
            self._ahead[1].cancel()
            self._ahead = None
        if piece and self._ahead is None and self.silence_s >= PAUSE * FRAME_S and not isinstance(behind(self._final), Served):
            self._ahead = (piece, self._start(piece))

    def _taken_ahead(self, piece: Piece) -> asyncio.Task[Heard] | None:
        if self._ahead is None:
            return None
        (begun, task), self._ahead = self._ahead, None
        if begun == piece:
            return task
        task.cancel()
        return None

    def _start(self, piece: Piece) -> asyncio.Task[Heard]:
        return asyncio.get_running_loop().create_task(self._final.hear(self._cut(piece), self._terms))

    def _cut(self, piece: Piece) -> Samples:
        place = piece.samples
        return np.frombuffer(bytes(self._sound[place.start * _BYTES : place.stop * _BYTES]), np.float32)

    async def _surely(self, piece: Piece, task: asyncio.Task[Heard]) -> Heard:
        try:
            return await asyncio.shield(task)
        except Exception as error:
            if self._fast is None or self._fast is self._final:
                raise
            _note(self._final, error, f" What was said is heard by {self._fast.id} instead.")
            return await self._fast.hear(self._cut(piece), self._terms)

    async def _soon(self, piece: Piece, task: asyncio.Task[Heard]) -> str:
        """The final text of a closed piece where it is there, else the fast one's, else the final one as soon as it is."""
        if not _heard(task) and self._fast is not None and self._fast is not self._final:
            return await self._quickly(piece, piece.end)
        return await _text(task)

    async def _open(self, piece: Piece) -> str:
        """The text of the open piece: heard ahead, or by the fast recogniser, or not yet."""
        ahead = self._ahead
        if ahead and ahead[0] == piece and (_heard(ahead[1]) or self._fast is None or self._fast is self._final):
            return await _text(ahead[1])
        last = self._pieces.stretches.last
        return await self._quickly(piece, last[1] if last else piece.end)

    async def _quickly(self, piece: Piece, upto: int) -> str:
        """A piece by the fast recogniser, which is asked again only where something was said since."""
        before, text = self._quick.get(piece.first, (0, ""))
        if self._fast is None or piece.end <= before + MARGIN:
            return text
        try:
            text = (await self._fast.hear(self._cut(piece), self._terms)).text
        except Exception as error:
            if self._fast is self._final and not isinstance(error, InterviewerError):
                raise
            _note(self._fast, error)
            return text
        self._quick[piece.first] = (upto, text)
        return text


def _note(recogniser: Recogniser, error: Exception, instead: str = "") -> None:
    """Log what failed; what nobody foresaw with its place in the code."""
    log.warning("%s failed: %s%s", recogniser.id, error, instead, exc_info=not isinstance(error, InterviewerError))


def _heard(task: asyncio.Task[Heard]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def _text(task: asyncio.Task[Heard]) -> str:
    """What a task heard; nothing where it was dropped, or failed in a way that is told when the answer ends. Raises what nobody foresaw."""
    await asyncio.wait([task])
    error = None if task.cancelled() else task.exception()
    if error and not isinstance(error, InterviewerError):
        raise error
    return task.result().text if _heard(task) else ""


@cache
def _moonshine(checks: Path) -> Moonshine:
    return Moonshine(checks)


@cache
def _whisper(folder: Path, checks: Path) -> Whisper:
    return Whisper(folder, checks)


def _missing(fast: Recogniser | None, final: Recogniser | None) -> str:
    if fast is None:
        lost = "Nothing is installed that hears" if final is None else "Nothing is shown while somebody speaks"
        return f"{lost} (package {FILES[0].package!r} is missing): {FILES[0].remedy}."
    if final is fast:
        return f"The accurate recogniser is not installed: {REMEDY}, or set HEARING_BASE_URL."
    return ""
