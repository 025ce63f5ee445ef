"""An encoder that has not forgotten what it read a moment ago."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from interviewer.embedding import Encoder, Vectors

_MOST = 2_000  # sentences: those of some fifty candidates on an item each; 3 MB


class Remembering:
    """Encodes a sentence once while an item is talked about: for its coverage after each answer, and for its ratings.

    It remembers vectors by a digest of the sentence, never the words, in memory alone, and the oldest go first. Any thread may call it.
    """

    def __init__(self, encoder: Encoder, most: int = _MOST) -> None:
        self._encoder, self._most = encoder, most
        self._seen: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """The encoder's own."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """The encoder's own."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension); what was seen before is not encoded again."""
        keys = [hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest() for t in texts]
        with self._lock:
            known = {k: self._seen[k] for k in keys if k in self._seen}
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        if new:
            known |= zip(new, self._encoder.encode(list(new.values())), strict=True)
        self._keep({k: known[k] for k in keys})
        return np.stack([known[k] for k in keys]) if keys else self._encoder.encode(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does it."""
        return self._encoder.encode_known(texts)

    def _keep(self, vectors: dict[bytes, Vectors]) -> None:
        """Remember these as the newest; let the oldest go."""
        with self._lock:
            for key, vector in vectors.items():
                self._seen[key] = vector
                self._seen.move_to_end(key)
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
