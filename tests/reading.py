"""Small encoders for tests: a text is near another where they share words. Deterministic, and no model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from interviewer.embedding import Reading, Vectors
from interviewer.rating.words import folded


def by_word(texts: Sequence[str], rows: Callable[[Sequence[str]], Vectors]) -> tuple[Reading, ...]:
    """Texts read closely, from what gives the rows of texts: each word is a token, with the vector that the word has alone."""
    words = [folded(t) or ("",) for t in texts]
    return tuple(Reading(vector, w, rows(w)) for vector, w in zip(rows(texts), words, strict=True))


class BagEncoder:
    """Sentences as bags of the words that `words_of` finds in them. Keeps what it was asked by either way in."""

    id = "bag-of-words"

    def __init__(self, words_of: Callable[[str], Sequence[str]], dimension: int = 256) -> None:
        self.encoded: list[str] = []
        self.known: list[str] = []
        self.dimension = dimension
        self._words_of = words_of

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return self._rows(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        self.known.extend(texts)
        return self._rows(texts)

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        self.encoded.extend(texts)
        return by_word(texts, self._rows)

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        self.known.extend(texts)
        return by_word(texts, self._rows)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in self._words_of(text):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return unit
