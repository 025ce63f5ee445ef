"""The voices that can read a sentence aloud, sentences rendered ahead, and WAVs trimmed so that the first word comes at once."""

from __future__ import annotations

import asyncio
import io
import wave
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import ModelReplyBroken
from interviewer.model.audio import voice_server
from interviewer.speech.piper import REMEDY, Piper, lacks, piper_command
from interviewer.speech.sentences import sentences_of

if TYPE_CHECKING:
    from interviewer.settings import Settings

KEPT = 32 * 2**20  # bytes of sentences rendered ahead: twelve minutes of piper's voice
_FRAME_S = 0.01
_QUIET = 0.01  # of the loudest frame
_BEFORE_S, _AFTER_S = 0.05, 0.15


class Voice(Protocol):
    """Reads a sentence aloud."""

    id: str

    async def say(self, text: str) -> bytes:
        """The text spoken, as a whole WAV. Raises ModelError, or SetupError where the voice is not installed as it should be."""

    async def aclose(self) -> None:
        """End what the voice runs, and give its memory back."""


class Voices(NamedTuple):
    """The voice there is; None leaves it to the browser's own. `why` says what is missing and how to add it, "" if nothing."""

    voice: Voice | None
    why: str


def voices(settings: Settings) -> Voices:
    """The voice of these settings: a server's, else the embedded one. Starts and imports nothing heavy. Raises SetupError."""
    if server := voice_server(settings):
        return Voices(Trimmed(f"{server.model} ({server.voice}) at {server.host}", server.speak, server.aclose), "")
    if missing := lacks():
        return Voices(None, f"There is no voice but the browser's own ({missing} is not installed): {REMEDY}, or set VOICE_BASE_URL.")
    checks = settings.data_dir / "speech" / "checked.json"
    piper = Piper(lambda: piper_command(checks))
    return Voices(Trimmed(piper.id, piper.say, piper.aclose), "")


async def ahead(voice: Voice, texts: Sequence[str]) -> None:
    """Render authored texts, sentence by sentence, so that `say` has them at once; what a candidate or a model said is never kept.

    Voices that keep nothing are left alone. Raises what `say` raises; what was rendered before stays.
    """
    if isinstance(voice, Trimmed):
        for sentence in dict.fromkeys(s for text in texts for s in sentences_of(text)):
            await voice.render_ahead(sentence)


async def spoken(voice: Voice, text: str) -> bytes:
    """A text of any number of sentences as one WAV, b"" where nothing in it can be spoken; closes the voice. Raises ModelError."""
    try:
        return joined([await voice.say(sentence) for sentence in sentences_of(text)])
    finally:
        await voice.aclose()


class Trimmed:
    """A voice with its silences trimmed, which keeps the sentences that were rendered ahead, those used last."""

    def __init__(self, name: str, speak: Callable[[str], Awaitable[bytes]], close: Callable[[], Awaitable[None]], most: int = KEPT) -> None:
        self.id = name
        self._speak, self._close, self._most = speak, close, most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._coming: dict[str, asyncio.Task[bytes]] = {}

    async def say(self, text: str) -> bytes:
        """The text spoken, as a whole WAV; at once where it was rendered ahead."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        if coming := self._coming.get(text):
            return await asyncio.shield(coming)
        return trimmed(await self._speak(text))

    async def render_ahead(self, text: str) -> None:
        """Keep the text spoken, where it is not kept yet."""
        if text in self._kept:
            return
        if text not in self._coming:
            self._coming[text] = asyncio.create_task(self._rendered(text))
            self._coming[text].add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may wait for it any more
        await asyncio.shield(self._coming[text])

    async def aclose(self) -> None:
        """Close the voice; what was rendered ahead is dropped."""
        await self._close()
        if under_way := list(self._coming.values()):
            await asyncio.wait(under_way)
        self._kept.clear()

    async def _rendered(self, text: str) -> bytes:
        try:
            wav = trimmed(await self._speak(text))
        finally:
            del self._coming[text]
        self._kept[text] = wav
        while sum(map(len, self._kept.values())) > self._most:
            self._kept.popitem(last=False)
        return wav


def trimmed(wav: bytes) -> bytes:
    """The WAV with at most 50 ms of silence before its first sound and just 150 ms after its last; as it is where it is not 16-bit PCM."""
    read = _read(wav)
    if read is None:
        return wav
    sound, shape = read
    frame = max(1, round(shape.rate * _FRAME_S))
    whole = sound[: len(sound) // frame * frame].astype(np.float32)
    loudness = np.sqrt(np.square(whole).reshape(-1, frame * shape.channels).mean(axis=1))
    if not loudness.any():
        return wav
    (loud,) = np.nonzero(loudness > _QUIET * loudness.max())
    first = max(0, int(loud[0]) * frame - round(shape.rate * _BEFORE_S))
    last = (int(loud[-1]) + 1) * frame + round(shape.rate * _AFTER_S)
    after = np.zeros((max(0, last - len(sound)), shape.channels), sound.dtype)
    return _written(np.concatenate([sound[first:last], after]), shape)


def joined(wavs: Sequence[bytes]) -> bytes:
    """WAVs of one shape, one after the other. Raises ModelReplyBroken where their shapes differ, or are none that can be joined."""
    if len(wavs) < 2:
        return b"".join(wavs)
    read = [r for r in map(_read, wavs) if r]
    if len(read) < len(wavs) or len({shape for _, shape in read}) > 1:
        raise ModelReplyBroken("the voice's sentences can't be joined, not all being 16-bit PCM of one rate: choose another VOICE_MODEL.")
    return _written(np.concatenate([sound for sound, _ in read]), read[0][1])


class _Shape(NamedTuple):
    channels: int
    rate: int


def _read(wav: bytes) -> tuple[NDArray[np.int16], _Shape] | None:
    """The samples of a 16-bit WAV, shape (frames, channels); None where it is another."""
    try:
        with wave.open(io.BytesIO(wav)) as opened:
            shape = _Shape(opened.getnchannels(), opened.getframerate())
            if opened.getsampwidth() != 2:
                return None
            return np.frombuffer(opened.readframes(opened.getnframes()), "<i2").reshape(-1, shape.channels), shape
    except (wave.Error, EOFError, ValueError):
        return None


def _written(sound: NDArray[np.int16], shape: _Shape) -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as opened:
        opened.setnchannels(shape.channels)
        opened.setsampwidth(2)
        opened.setframerate(shape.rate)
        opened.writeframes(sound.tobytes())
    return into.getvalue()
