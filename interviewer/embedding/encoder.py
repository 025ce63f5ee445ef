"""What turns sentences into vectors: one Protocol, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


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
