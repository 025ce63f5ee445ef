"""Sound in and out of files and streams: mono, 16,000 samples a second, from -1 to 1."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import CandidateError, FileError

RATE = 16_000
LONGEST_S = 3600
Samples = NDArray[np.float32]

_HIGHEST_RATE = 384_000
_OPEN_ENDED = (0, 0x7FFFFFFF)  # sizes from which on a WAV that was written as a stream says nothing about its length
_MENDED = "export it again as WAV or FLAC"


def read_audio(path: Path) -> Samples:
    """A whole recording, shape (samples,), its channels averaged.

    Raises FileError where the file is not audio, is empty, breaks off, has fewer than 16,000 samples a second or is longer than an hour;
    the length is looked at before anything is decoded.
    """
    import soundfile

    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            _check_form(path, file.samplerate, file.frames)
            sound = _decoded(path, file)
    except soundfile.SoundFileError:
        raise FileError(f"{path}: is not audio that can be read; {_MENDED}") from None
    if not np.isfinite(sound).all():
        raise FileError(f"{path}: holds values that are no sound; {_MENDED}")
    clipped: Samples = np.clip(sound, -1, 1)
    return clipped


class Resampler:
    """A stream of one microphone, brought to 16,000 samples a second. One for each recording, used by one thread."""

    def __init__(self, rate: int) -> None:
        """`rate` is the stream's own, in samples a second. Raises CandidateError where it is under 16,000 or no rate at all."""
        if not RATE <= rate <= _HIGHEST_RATE:
            raise CandidateError(f"the microphone gives {rate} samples a second; choose one that gives {RATE} to {_HIGHEST_RATE}.")
        self._stream = None if rate == RATE else _Stream(rate)
        self._odd = b""

    def feed(self, pcm16: bytes) -> Samples:
        """Mono Int16, little-endian, as the microphone gave it; what of it is ready. A little is held back until more comes."""
        data = self._odd + pcm16
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        return self._through(np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32768), last=False)

    def rest(self) -> Samples:
        """What was held back; nothing can be fed after it."""
        return self._through(np.empty(0, np.float32), last=True)

    def _through(self, sound: Samples, last: bool) -> Samples:
        return sound if self._stream is None else self._stream(sound, last)


def as_wav(samples: Samples) -> bytes:
    """A whole WAV file of 16 bits a sample."""
    return _written(samples, "WAV")


def as_flac(samples: Samples) -> bytes:
    """A whole FLAC file of 16 bits a sample: about half the size of the WAV, with the same samples."""
    return _written(samples, "FLAC")


def from_flac(flac: bytes) -> Samples:
    """The samples that `as_flac` wrote. Raises FileError where it is none of its files."""
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(flac), dtype="float32")
    except soundfile.SoundFileError:
        rate, samples = 0, np.empty(0, np.float32)
    if rate != RATE or samples.ndim != 1:
        raise FileError("a recording that was kept can't be read any more; the words heard in it are still there.")
    whole: Samples = samples
    return whole


class _Stream:
    """A resampler that keeps its place between chunks; soxr is imported when the first one is made."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._soxr = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")

    def __call__(self, sound: Samples, last: bool) -> Samples:
        resampled: Samples = self._soxr.resample_chunk(sound, last=last)
        return resampled


def _written(samples: Samples, form: str) -> bytes:
    import soundfile

    file = io.BytesIO()
    sixteen_bits = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)  # left to soundfile, the two forms differ in the last bit
    soundfile.write(file, sixteen_bits, RATE, format=form, subtype="PCM_16")
    return file.getvalue()


def _check_file(path: Path) -> None:
    """Raise FileError where there is no file with something in it, or where a WAV holds less than its header promises."""
    if path.exists() and not path.is_file():
        raise FileError(f"{path}: is no file; give the path of a recording")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(65_536)
    except OSError as error:
        raise FileError(f"{path}: can't be read ({error.strerror}); give the path of a recording") from None
    if not size:
        raise FileError(f"{path}: is empty; record it again")
    promised = _promised(head)
    if promised and promised > size:
        raise FileError(f"{path}: breaks off, it has {size} of the {promised} bytes that its header promises; copy or record it again")


def _promised(head: bytes) -> int | None:
    """The size of a WAV up to the end of its sound, by its header; None where it is none or was written without knowing."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    at = 12
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            return None if size in _OPEN_ENDED or size > _OPEN_ENDED[1] else at + 8 + size
        at += 8 + size + size % 2
    return None


def _check_form(path: Path, rate: int, frames: int) -> None:
    if rate < RATE:
        raise FileError(f"{path}: has {rate} samples a second, which hold too little of a voice; record it with {RATE} or more")
    if frames > LONGEST_S * rate:
        raise FileError(f"{path}: is {frames / rate / 60:.0f} minutes long, and at most {LONGEST_S // 60} are heard; cut it into parts")
    if not frames:
        raise FileError(f"{path}: holds no sound; record it again")


def _decoded(path: Path, file: Any) -> Samples:
    """All of an open soundfile.SoundFile, a minute at a time, so that its own rate and channels are never in memory together."""
    rate, read = file.samplerate, 0
    stream = None if rate == RATE else _Stream(rate)
    parts: list[Samples] = []
    for block in _minutes(path, file):
        read += len(block)
        _check_form(path, rate, read)  # a header can tell less than there is
        mono = block.mean(axis=1, dtype=np.float32)
        parts.append(stream(mono, last=False) if stream else mono)
    if read < file.frames:
        raise FileError(f"{path}: breaks off after {read / rate:.1f} of {file.frames / rate:.1f} seconds; copy or record it again")
    if stream:
        parts.append(stream(np.empty(0, np.float32), last=True))
    return np.concatenate(parts)


def _minutes(path: Path, file: Any) -> Iterator[Samples]:
    """Blocks of shape (frames, channels) until the file has no more."""
    import soundfile

    try:
        while len(block := file.read(file.samplerate * 60, dtype="float32", always_2d=True)):
            yield block
    except soundfile.SoundFileError:
        raise FileError(f"{path}: can't be read to its end, it is damaged or breaks off; copy or record it again") from None
