"""An encoder that reads a text once ever: every text of the evals is our own, so what was read may be kept on disk.

The file is a cache beside the checkout: it only saves time, depends on nothing but the encoder's weights, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.embedding import Reader, Reading, Vectors

_TABLE = "CREATE TABLE IF NOT EXISTS readings (encoder TEXT, text BLOB, tokens TEXT, vector BLOB, rows BLOB, PRIMARY KEY (encoder, text))"
_FIND = "SELECT tokens, vector, rows FROM readings WHERE encoder = ? AND text = ?"
_PUT = "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)"


class Kept:
    """A `Reader` in front of another one. Any thread may call it."""

    def __init__(self, encoder: Reader, file: Path | None) -> None:
        self._encoder = encoder
        self._memory: dict[bytes, Reading] = {}
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._rows = _opened(file) if file else None

    @property
    def id(self) -> str:
        """The encoder's own."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """The encoder's own."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension)."""
        return self._encoder.encode(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension)."""
        return np.stack([r.vector for r in self.read(texts)]) if texts else self._encoder.encode(texts)

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """The vectors of each text and its tokens."""
        return self.read(texts)

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """The vectors of each text and its tokens; what was read before is taken from memory or the file."""
        asked = {hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest(): t for t in texts}
        if self._new(asked):
            with self._reading:  # cases side by side want the same rubric: the second one waits, and finds it
                if new := self._new(asked):
                    self._keep(dict(zip(new, self._encoder.read(list(new.values())), strict=True)))
        by_text = {t: self._memory[k] for k, t in asked.items()}
        return tuple(by_text[t] for t in texts)

    def _new(self, asked: Mapping[bytes, str]) -> dict[bytes, str]:
        """Those of the texts that neither memory nor the file has."""
        with self._lock:
            self._fetch([k for k in asked if k not in self._memory])
            return {k: t for k, t in asked.items() if k not in self._memory}

    def close(self) -> None:
        """Close the file."""
        if self._rows:
            self._rows.close()

    def _fetch(self, keys: Sequence[bytes]) -> None:
        if self._rows is None:
            return
        for key in keys:
            if found := self._rows.execute(_FIND, (self.id, key)).fetchone():
                tokens, vector, rows = found
                self._memory[key] = _reading(tokens, vector, rows, self.dimension)

    def _keep(self, readings: dict[bytes, Reading]) -> None:
        with self._lock:
            self._memory.update(readings)
            if self._rows:
                with self._rows:
                    self._rows.executemany(_PUT, [_row(self.id, *r) for r in readings.items()])


def _opened(file: Path) -> sqlite3.Connection:
    """The file with its table; one that is no database is thrown away."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        rows = sqlite3.connect(file, timeout=30, check_same_thread=False)
        try:
            rows.execute("PRAGMA journal_mode=WAL")
            rows.execute("PRAGMA synchronous=OFF")  # a cache: what a crash takes away is read again
            rows.execute(_TABLE)
            return rows
        except sqlite3.DatabaseError:
            rows.close()
            file.unlink(missing_ok=True)
    raise sqlite3.DatabaseError(f"{file} can't be used to keep readings")


def _row(encoder: str, key: bytes, reading: Reading) -> tuple[str, bytes, str, bytes, bytes]:
    vector, rows = reading.vector.astype(np.float32), reading.vectors.astype(np.float16)
    return encoder, key, json.dumps(reading.tokens), vector.tobytes(), rows.tobytes()


def _reading(tokens: str, vector: bytes, rows: bytes, dimension: int) -> Reading:
    vectors: Any = np.frombuffer(rows, np.float16).reshape(-1, dimension)  # half precision, as the encoder gives it
    return Reading(np.frombuffer(vector, np.float32), tuple(json.loads(tokens)), vectors)
