"""The fast recogniser: moonshine tiny-en, English only, on this machine's processor, with no key and no network.

Encoder and decoder are the official package's; the package is read by path and never imported, since its own
library tells no confidences. Decoding is greedy. The times of words are estimated: the network gives none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interviewer.domain import Heard, HeardWord
from interviewer.embedding.weights import Carried, verified
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.joining import in_pieces, repeated, with_times
from interviewer.speech.sessions import session

_PACKAGE, _FOLDER = "moonshine_voice", "assets/tiny-en"
ENCODER = Carried(_PACKAGE, f"{_FOLDER}/encoder_model.ort", "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221")
DECODER = Carried(_PACKAGE, f"{_FOLDER}/decoder_model_merged.ort", "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0")
TOKENS = Carried(_PACKAGE, f"{_FOLDER}/tokenizer.bin", "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d")
FILES = (ENCODER, DECODER, TOKENS)

# On synthetic speech, clean and with noise, two thirds of the words below it are wrong, and two thirds of the wrong ones are below it.
UNSURE = 0.6
_BEGIN, _END = 1, 2  # the tokens <s> and </s>
_LAYERS, _HEADS, _HEAD = 6, 8, 36
_TOKENS_A_SECOND = 6.5  # more than anybody speaks; past it the network repeats itself
_BLANK = "▁".encode()
_SPECIAL = (b"<unk>", b"<s>", b"</s>", b"<<ST_")


class Token(NamedTuple):
    """A piece of a word as bytes, "▁" for the blank before a word, and its probability."""

    text: bytes
    probability: float


class Moonshine:
    """One thread does all the work, so that listeners wait for each other and do not fight for the processor."""

    id = "moonshine tiny-en"

    def __init__(self, checks: Path | None) -> None:
        """Loads nothing yet; `checks` remembers which files were found to be the published ones."""
        self._checks = checks
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="moonshine")

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        """What is said in a recording of any length; `terms` are not used. Raises SetupError where the weights can't be used."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hear, samples)

    async def load(self) -> None:
        """Load the weights now, which takes a second, and not with the first words. Raises SetupError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._network)

    def _hear(self, samples: Samples) -> Heard:
        return in_pieces(samples, self.id, self._piece)

    def _piece(self, samples: Samples, speech: Sequence[tuple[float, float]]) -> list[HeardWord]:
        return with_times(words(self._network.tokens(samples)), speech)

    @cached_property
    def _network(self) -> _Network:
        return _Network(self._checks)


class _Network:
    """Encoder, decoder and the texts of the tokens."""

    def __init__(self, checks: Path | None) -> None:
        encoder, decoder, tokens = (verified(file, checks) for file in FILES)
        self._encoder, self._decoder = session(encoder), session(decoder)
        self._texts = token_texts(tokens.read_bytes())
        self._outputs = [output.name for output in self._decoder.get_outputs()]

    def tokens(self, samples: Samples) -> list[Token]:
        """What is said in at most about 20 seconds, by the likeliest token each time, until the network ends or repeats itself."""
        found: list[int] = []
        tokens: list[Token] = []
        for token, probability in self._steps(samples):
            found.append(token)
            tokens.append(Token(self._texts[token], probability))
            if extra := repeated(found):
                return tokens[:-extra]
        return tokens

    def _steps(self, samples: Samples) -> Iterator[tuple[int, float]]:
        """The likeliest token and its probability, one after the other."""
        told = {"input_values": samples[None], "attention_mask": np.ones((1, len(samples)), np.int64)}
        feed = _nothing_yet() | {"encoder_hidden_states": self._encoder.run(["last_hidden_state"], told)[0]}
        feed["encoder_attention_mask"] = np.ones((1, 1), np.int64)  # one sign for every place: all of it counts
        names, token = self._outputs, _BEGIN
        for step in range(int(len(samples) / RATE * _TOKENS_A_SECOND) + 6):
            feed |= {"input_ids": np.array([[token]], np.int64), "use_cache_branch": np.array([step > 0])}
            logits, *kept = self._decoder.run(names, feed)
            feed |= {name.replace("present", "past_key_values"): value for name, value in zip(names[1:], kept, strict=True)}
            names = [name for name in self._outputs if ".encoder." not in name]  # what comes of the sound stays as it is
            last = logits[0, -1]
            token = int(last.argmax())
            if token == _END:
                return
            yield token, float(1 / np.exp(last - last[token]).sum())


def _nothing_yet() -> dict[str, np.ndarray]:
    """The decoder's memory before its first step."""
    empty = {"decoder": 0, "encoder": 0}
    return {
        f"past_key_values.{layer}.{side}.{what}": np.zeros((1, _HEADS, length, _HEAD), np.float32)
        for layer in range(_LAYERS)
        for side, length in empty.items()
        for what in ("key", "value")
    }


def token_texts(data: bytes) -> list[bytes]:
    """The texts of all tokens, from a file of byte strings each after its length: one byte, or two (low, then high) from 128 on."""
    texts, at = [], 0
    while at < len(data):
        length, at = data[at], at + 1
        if length >= 128:
            length, at = length - 128 + 128 * data[at], at + 1
        texts.append(data[at : at + length])
        at += length
    return texts


def words(tokens: Sequence[Token]) -> list[HeardWord]:
    """Tokens put together to words, without times. A word's confidence is the product of its tokens', signs aside."""
    found: list[list[Token]] = []
    for token in tokens:
        if token.text.startswith(_SPECIAL):
            continue
        if token.text.startswith(_BLANK) or not found:
            found.append([])
        found[-1].append(token)
    return [word for parts in found if (word := _word(parts))]


def _word(parts: Sequence[Token]) -> HeardWord | None:
    text = b"".join(part.text for part in parts).decode("utf-8", "replace").replace("▁", " ").strip()
    spoken = [part.probability for part in parts if any(chr(byte).isalnum() for byte in part.text if byte < 128)]
    if not text:
        return None
    confidence = float(np.prod(spoken or [part.probability for part in parts]))
    return HeardWord(word=text, confidence=round(min(confidence, 1), 3), unsure=confidence < UNSURE)
