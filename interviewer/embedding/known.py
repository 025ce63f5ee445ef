"""The vectors of the corpus's own words, kept by content: in memory, and in a SQLite file that processes share.

A row holds the encoder's id, the sha256 of the text and the vector; never the text. A candidate's words never come here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from interviewer.embedding.encoder import Vectors
from interviewer.errors import SetupError

_WAIT_S = 30
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (encoder TEXT, text BLOB, vector BLOB, PRIMARY KEY (encoder, text)) WITHOUT ROWID"


class Known:
    """Vectors of texts seen before, for one encoder. Any thread may call it; two that miss the same text at once both encode it."""

    def __init__(self, encoder: str, folder: Path | None) -> None:
        self._encoder = encoder
        self._file = folder / "vectors.sqlite3" if folder else None
        self._memory: dict[str, Vectors] = {}

    def vectors(self, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), from memory, the file or `encode`. Raises SetupError where the file can't be kept."""
        if missing := [t for t in dict.fromkeys(texts) if t not in self._memory]:
            self._fetch(missing)
        if missing := [t for t in missing if t not in self._memory]:
            self._keep(missing, encode(missing))
        return np.stack([self._memory[t] for t in texts]) if texts else encode(texts)

    def _fetch(self, texts: Sequence[str]) -> None:
        """Bring what the file has of these texts into memory."""
        if not self._file or not self._file.exists():
            return
        query = "SELECT vector FROM vectors WHERE encoder = ? AND text = ?"
        with self._opened(self._file) as rows:
            for text in texts:
                found = rows.execute(query, (self._encoder, _digest(text))).fetchone()
                if found and (vector := _whole(found[0])) is not None:
                    self._memory[text] = vector

    def _keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        if self._file:
            with self._opened(self._file) as rows:
                rows.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                    [(self._encoder, _digest(t), v.astype("<f4").tobytes()) for t, v in zip(texts, vectors, strict=True)],
                )
        self._memory.update(zip(texts, vectors, strict=True))

    @contextmanager
    def _opened(self, file: Path) -> Iterator[sqlite3.Connection]:
        """The file's rows in one transaction; a file that is no database is thrown away and begun anew, as it only saves time."""
        try:
            connection = _connect(file)
        except sqlite3.OperationalError as error:
            raise _unusable(file, error) from error
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            connection = _connect(file)
        try:
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise _unusable(file, error) from error
        except sqlite3.DatabaseError:  # damaged further in: this time nothing is found or kept
            file.unlink(missing_ok=True)
        finally:
            connection.close()


def _connect(file: Path) -> sqlite3.Connection:
    """A connection to a file that only its owner can read, with its table there."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise _unusable(file, error) from error
    connection = sqlite3.connect(file, timeout=_WAIT_S)
    try:
        connection.execute(_TABLE)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _unusable(file: Path, error: Exception) -> SetupError:
    return SetupError(f"{file} can't be used to keep vectors ({error}): make its folder writable, or delete the file and start again.")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _whole(blob: bytes) -> Vectors | None:
    """A stored vector, or None where it is not of length 1 any more and so was damaged."""
    if len(blob) % 4:
        return None
    vector = np.frombuffer(blob, "<f4").astype(np.float32)
    return vector if abs(float(np.linalg.norm(vector)) - 1) < 1e-3 else None
