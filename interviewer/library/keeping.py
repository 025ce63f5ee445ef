"""Bring the index up to date: one process at a time builds, the others wait and open what it built."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from pydantic import ValidationError

from interviewer.domain import Frozen
from interviewer.embedding import Encoder
from interviewer.errors import SetupError
from interviewer.library.entries import Entry, corpus_hash
from interviewer.library.index import Index, Vectors

Progress = Callable[[int, int], None]
_FORMAT = 1  # raise it where entries or their vectors are made in another way
_WAIT_S = 900
_AT_ONCE = 32


class Provenance(Frozen):
    """What the index must hold to be trusted: the generation that counts, what encoded it, and the hash of its entries."""

    format: int
    generation: str
    encoder: str
    dimension: int
    corpus: str


@dataclass(frozen=True)
class Contents:
    """An open index with all that is in it: entries, and their unit vectors in the same order, shape (entries, dimension)."""

    index: Index
    entries: Sequence[Entry]
    vectors: Vectors


def up_to_date(folder: Path, encoder: Encoder, entries: Sequence[Entry], progress: Progress | None) -> Contents:
    """The index of these entries by this encoder; built where there is none, or another, or a damaged one.

    Raises SetupError where the folder can't be written or another process builds for more than a quarter of an hour,
    and what the encoder raises.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=_WAIT_S):
            return _kept(folder, encoder, entries, progress)
    except Timeout:
        raise SetupError(
            f"{folder} has been held for {_WAIT_S} seconds by another process that builds the index: end it, then try again."
        ) from None
    except OSError as error:
        raise SetupError(
            f"the index can't be kept in {folder} ({error}): make the folder writable, or set INTERVIEWER_DATA_DIR."
        ) from error


def _kept(folder: Path, encoder: Encoder, entries: Sequence[Entry], progress: Progress | None) -> Contents:
    """The trusted generation where it is the wanted one; else a new one, which takes over the vectors that stay."""
    told = _provenance(folder)
    found = _trusted(folder, told) if told else None
    by_the_same = told and (told.format, told.encoder, told.dimension) == (_FORMAT, encoder.id, encoder.dimension)
    if found and told and by_the_same and told.corpus == corpus_hash(entries):
        return found
    known = {}
    if found:
        found.index.close()
        known = {e.digest: v for e, v in zip(found.entries, found.vectors, strict=True)} if by_the_same else {}
    vectors = _vectors(encoder, entries, known, progress)
    return Contents(_built(folder, encoder, entries, vectors, told), entries, vectors)


def _provenance(folder: Path) -> Provenance | None:
    """What the index is said to hold; None where nothing readable says it."""
    try:
        return Provenance.model_validate_json((folder / "index.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _trusted(folder: Path, told: Provenance) -> Contents | None:
    """The generation that counts, if it holds what its provenance says."""
    if not (folder / told.generation / "chroma.sqlite3").is_file():
        return None
    try:
        index = Index(folder / told.generation)
        entries, vectors = index.all()
    except SetupError:
        return None
    if corpus_hash(entries) == told.corpus and (not entries or vectors.shape[1] == told.dimension):
        return Contents(index, entries, vectors)
    index.close()
    return None


def _vectors(encoder: Encoder, entries: Sequence[Entry], known: dict[str, Vectors], progress: Progress | None) -> Vectors:
    """The vector of each entry, shape (len(entries), dimension); only texts that are not among the known ones are encoded."""
    texts = {e.digest: e.text for e in entries if e.digest not in known}
    todo = list(texts.items())
    for at in range(0, len(todo), _AT_ONCE):
        if progress:
            progress(at, len(todo))
        some = todo[at : at + _AT_ONCE]
        known |= zip((digest for digest, _ in some), encoder.encode_known([text for _, text in some]), strict=True)
    if progress and todo:
        progress(len(todo), len(todo))
    return np.array([known[e.digest] for e in entries], np.float32).reshape(len(entries), encoder.dimension)


def _built(folder: Path, encoder: Encoder, entries: Sequence[Entry], vectors: Vectors, before: Provenance | None) -> Index:
    """A new generation, written whole before the file that names it. The one before stays: other processes may still read it."""
    generation = f"index-{secrets.token_hex(4)}"
    stay = {generation, before.generation if before else None}
    for old in folder.glob("index-*"):
        if old.name not in stay:
            shutil.rmtree(old, ignore_errors=True)
    (folder / generation).mkdir(mode=0o700)
    index = Index(folder / generation)
    index.add(entries, vectors)
    index.scrub()
    now = Provenance(format=_FORMAT, generation=generation, encoder=encoder.id, dimension=encoder.dimension, corpus=corpus_hash(entries))
    draft = folder / "index.json.new"
    draft.write_text(json.dumps(now.model_dump(), indent=1), encoding="utf-8")
    draft.replace(folder / "index.json")
    return index
