"""What servers of speech reply, checked: transcripts in the forms that servers give them, and WAVs with sizes that may be wrong."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import AliasChoices, BaseModel, Field, FiniteFloat, ValidationError

from interviewer.domain import HeardWord

_UNSURE = 0.5  # a word's probability below which it is marked
_FAILED = -1.0  # a segment's mean log probability below which the protocol says to consider it failed
_UNKNOWN = 0x7FFF0000  # sizes from here on are what streaming servers write before they know how much comes


class Odd(Exception):
    """A reply that is not what was asked for; its words go on from "the reply"."""


class _Word(BaseModel):
    word: str
    start: FiniteFloat | None = None
    end: FiniteFloat | None = None
    probability: FiniteFloat | None = Field(default=None, ge=0, le=1, validation_alias=AliasChoices("probability", "confidence"))


class _Segment(BaseModel):
    start: FiniteFloat = 0
    end: FiniteFloat = math.inf
    avg_logprob: FiniteFloat = 0
    words: list[_Word] | None = None


class Transcript(BaseModel):
    """A reply of /audio/transcriptions. Some servers tell the words beside the segments, some within them, some not at all."""

    text: str
    words: list[_Word] | None = None
    segments: list[_Segment] | None = None

    def heard(self) -> Iterator[HeardWord]:
        """The words in order; those of the text alone where the server tells no more."""
        segments = self.segments or []
        told = self.words or [w for s in segments for w in s.words or []] or [_Word(word=w) for w in self.text.split()]
        failed = [s for s in segments if s.avg_logprob < _FAILED]
        for word in (w for w in told if w.word.strip()):
            start = None if word.start is None else max(0.0, word.start)
            end = None if word.end is None else max(start or 0.0, word.end)
            doubted = bool(failed) if start is None else any(s.start <= start < s.end for s in failed)
            unsure = doubted or (word.probability is not None and word.probability < _UNSURE)
            yield HeardWord(word=word.word, start=start, end=end, confidence=word.probability, unsure=unsure)


def read_transcript(body: bytes, content_type: str) -> Transcript:
    """The transcript in a body of JSON or of plain text. Raises Odd."""
    if content_type.startswith("text/plain") and not body.lstrip().startswith(b"{"):
        return Transcript(text=body.decode("utf-8", "replace"))
    try:
        return Transcript.model_validate_json(body)
    except ValidationError:
        raise Odd("is no transcription") from None


class Shape(NamedTuple):
    """What the header of a WAV says: bytes a second, bytes a frame, where its samples start, and how many bytes they are to be."""

    bytes_a_second: int
    frame: int
    start: int
    size: int


def shape_of(wav: bytes) -> Shape | None:
    """The shape of a WAV; None where it is none."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        return None
    at, bytes_a_second, frame = 12, 0, 0
    while at + 8 <= len(wav):
        name, size = struct.unpack_from("<4sI", wav, at)
        if name == b"fmt " and at + 24 <= len(wav):
            bytes_a_second, frame = struct.unpack_from("<IH", wav, at + 16)
        if name == b"data":
            return Shape(bytes_a_second, frame, at + 8, size) if bytes_a_second and frame else None
        at += 8 + size + size % 2
    return None


def seconds_of(wav: bytes) -> float:
    """How long a WAV of any encoding lasts, by the bytes of it that are there; 0 where it is none."""
    shape = shape_of(wav)
    return min(shape.size, len(wav) - shape.start) / shape.bytes_a_second if shape else 0.0


def whole_wav(wav: bytes) -> bytes:
    """The WAV with its true sizes in its header and nothing after its samples. Raises Odd where it is none, cut off or silent by size."""
    shape = shape_of(wav)
    if shape is None:
        raise Odd("is no WAV, which was asked for")
    there = len(wav) - shape.start
    known = 0 < shape.size < _UNKNOWN
    if known and shape.size > there:
        raise Odd(f"is a WAV that was cut off ({there:,} of {shape.size:,} bytes)")
    size = shape.size if known else there
    size -= size % shape.frame
    if not size:
        raise Odd("is a WAV without sound")
    body = wav[shape.start : shape.start + size] + b"\0" * (size % 2)
    return b"RIFF" + struct.pack("<I", shape.start - 8 + len(body)) + wav[8 : shape.start - 4] + struct.pack("<I", size) + body
