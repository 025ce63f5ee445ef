"""What turns sentences into vectors: one Protocol, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Reading(NamedTuple):
    """A text read closely: its vector, and for each of its t tokens what it is in this text.

    `vector` is a unit row (d,); `tokens` are the pieces that the encoder cuts the text into, and `vectors` their unit rows (t, d), which
    may be of half precision: cast them before multiplying.
    """

    vector: Vectors
    tokens: tuple[str, ...]
    vectors: Vectors


class Encoder(Protocol):
    """Sentences to unit vectors, so that a dot product is a cosine similarity.

    Any thread may call it, and a call may take seconds: keep it off the event loop (`asyncio.to_thread`).
    """

    @property
    def id(self) -> str:
        """The model and its weights: vectors of one id can be compared with each other, and with no others."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension). For a candidate's words: nothing is kept of them."""

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """The same for the corpus's own words, each encoded once ever: kept in memory and, where there is a cache, on disk."""


class Reader(Encoder, Protocol):
    """An encoder that also gives the vectors of single tokens, which tell what is said from what it is about."""

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """Each text with its tokens. For a candidate's words: nothing is kept of them."""

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """The same for the corpus's own words: those read last are kept in memory."""
