"""The index on disk: two Chroma collections with our own vectors. Nothing else imports Chroma.

A generation of it is a folder that was built whole and is never changed; one small file, replaced at once, names the
one that counts and says what must be in it. What does not hold what its file says is not trusted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import SetupError
from interviewer.library.entries import Entry, Kind

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

Vectors = NDArray[np.float32]
_NAMES: dict[Kind, str] = {"item": "items", "note": "passages"}
_BATCH = 1000
_NEAR = 1e-3
_HEADER = struct.Struct("<i4Q")  # of Chroma's vectors on disk: version, an offset, room for, entries in use, bytes an entry
_LENGTH_BYTES = 4


class Found(NamedTuple):
    """An entry and its cosine similarity to what was asked, -1 to 1."""

    entry: Entry
    score: float


class Index:
    """The collections of one generation, open. Any thread may ask."""

    def __init__(self, folder: Path) -> None:
        """Open what lies in `folder`, or begin it where it is empty."""
        self._folder = folder
        with self._faults():
            self._client = _client(folder)
            self._collections = {kind: _collection(self._client, name) for kind, name in _NAMES.items()}

    def add(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Write entries with their unit vectors, rows in the same order. Raises SetupError where the disk does not take them."""
        for kind, collection in self._collections.items():
            rows = [n for n, e in enumerate(entries) if e.kind == kind]
            with self._faults():
                for at in range(0, len(rows), _BATCH):
                    some = rows[at : at + _BATCH]
                    collection.add(
                        ids=[entries[n].id for n in some],
                        embeddings=vectors[some],
                        documents=[entries[n].shown for n in some],
                        metadatas=[_metadata(entries[n], vectors[n]) for n in some],
                    )

    def scrub(self) -> None:
        """Write zeros over the room that no entry uses. Chroma writes that room out as it got it from the system: whatever
        this process had in memory before, a key or somebody's words. Raises SetupError where the files have another form."""
        with self._faults():
            for header in self._folder.glob("*/header.bin"):
                _, _, room, used, size = _HEADER.unpack_from(header.read_bytes())
                _zero_behind(header.with_name("data_level0.bin"), used * size, room * size)
                _zero_behind(header.with_name("length.bin"), used * _LENGTH_BYTES, room * _LENGTH_BYTES)

    def all(self) -> tuple[list[Entry], Vectors]:
        """Every entry with its vector, rows in the same order. Raises SetupError where a vector is not the one that was written."""
        entries: list[Entry] = []
        vectors: list[Vectors] = []
        with self._faults():
            for kind, collection in self._collections.items():
                got: Any = collection.get(include=["embeddings", "documents", "metadatas"])
                entries += [_entry(kind, m, d) for m, d in zip(got["metadatas"], got["documents"], strict=True)]
                rows = np.array(got["embeddings"], np.float32)
                if len(rows) and not _as_written(rows, got["metadatas"]):
                    raise ValueError("a vector has changed")
                vectors += list(rows)
        return entries, np.array(vectors, np.float32)

    def nearest(self, kind: Kind, vectors: Vectors, count: int, where: Mapping[str, Any] | None) -> list[Found]:
        """The entries nearest to any of the rows of `vectors`, best first, `count` for each row before doubles are taken out."""
        with self._faults():
            got: Any = self._collections[kind].query(
                query_embeddings=vectors,
                n_results=count,
                where=dict(where) if where else None,
                include=["documents", "metadatas", "distances"],
            )
            best: dict[str, Found] = {}
            for row in zip(got["metadatas"], got["documents"], got["distances"], strict=True):
                for metadata, document, distance in zip(*row, strict=True):
                    found = Found(_entry(kind, metadata, document), 1 - float(distance))
                    if found.entry.id not in best or best[found.entry.id].score < found.score:
                        best[found.entry.id] = found
        return sorted(best.values(), key=lambda f: -f.score)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What Chroma raises, and what it returns that has not the form it was given, as SetupError."""
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, OSError, KeyError, TypeError, ValueError, struct.error) as error:
            raise SetupError(
                f"the index in {self._folder} can't be used ({error}): free disk space, or delete the folder and start again."
            ) from error


def _zero_behind(file: Path, used: int, room: int) -> None:
    size = file.stat().st_size
    if not used <= size <= room:
        raise SetupError(f"{file} has {size} bytes where {used} to {room} were expected: install the chromadb that requirements.lock pins.")
    with file.open("r+b") as opened:
        opened.seek(used)
        opened.write(bytes(size - used))


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    # Without `_env_file` Chroma would read our `.env` too.
    settings = Settings(_env_file=None, anonymized_telemetry=False)
    return cast("Client", chromadb.PersistentClient(path=str(folder), settings=settings))


def _collection(client: Client, name: str) -> Collection:
    """A collection to which nobody brings vectors but us. It searches wider than Chroma does by itself: at some hundred
    entries that costs nothing, and finds what it would miss now and then."""
    return client.get_or_create_collection(
        name,
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 32}},
    )


def _metadata(entry: Entry, vector: Vectors) -> dict[str, str | int | float]:
    """An entry as Chroma keeps it beside its document; `sum` tells later whether the vector is still this one."""
    told = {"pack": entry.pack, "of": entry.of, "title": entry.title, "heading": entry.heading, "digest": entry.digest}
    return {**told, "place": entry.place, "sum": float(vector.sum())}


def _entry(kind: Kind, metadata: Mapping[str, Any], document: str) -> Entry:
    told = {name: metadata[name] for name in ("pack", "of", "place", "title", "heading", "digest")}
    return Entry(kind=kind, shown=document, **told)


def _as_written(vectors: Vectors, metadatas: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows have length 1 and the sums noted when they were written."""
    sums = np.array([float(m["sum"]) for m in metadatas])
    lengths = np.linalg.norm(vectors, axis=1)
    return bool(np.all(np.abs(vectors.sum(axis=1) - sums) < _NEAR) and np.all(np.abs(lengths - 1) < _NEAR))
