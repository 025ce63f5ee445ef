"""SQLite's files: private to the account that runs the program, and opened by one process at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from interviewer.errors import SetupError

OPENING_S = 60.0  # how long one start waits for another's migrations


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Make the file and its folder ready and private, and hold back other starts meanwhile; raises SetupError."""
    try:
        _make_ready(path)
        lock = FileLock(f"{path}.lock", timeout=OPENING_S, mode=0o600)
        lock.acquire()
    except Timeout:
        raise SetupError(f"{path} has been held by another start of the program for {OPENING_S:.0f} s: end that process.") from None
    except OSError as error:
        remedy = "let this account write that folder, or name another in INTERVIEWER_DATA_DIR or DATABASE_URL"
        raise SetupError(f"{path} can't be written ({error.strerror}): {remedy}.") from error
    try:
        yield
    finally:
        lock.release()


def _make_ready(path: Path) -> None:
    """Make the folder 0700 if it is new or empty, and the files 0600; a folder shared with other things stays as it is."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not any(path.parent.iterdir()):
        _close_to_others(path.parent, 0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for kept in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if kept.exists():
            _close_to_others(kept, 0o600)


def _close_to_others(path: Path, mode: int) -> None:
    """Set the mode, where this account owns the path: what an administrator has set up for several stays so."""
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):
            path.chmod(mode)
