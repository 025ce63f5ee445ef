"""Counting tokens without a network.

tiktoken fetches its encodings from the web, and fetches again what it finds damaged. So the o200k
encoding is taken out of an installed package that carries it, checked, and put where tiktoken looks
first; without a sound copy tiktoken is never asked.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import tempfile
import threading
import zlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

_CACHE_NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"  # sha1 of the address that tiktoken knows the file by
_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_PER_MESSAGE = 4


class TokenCount:
    """Counts tokens as the o200k encoding does; without it, as a third of the bytes, which is rather too many than too few.

    `carrier` is a gzipped encoding file. Thread-safe; the first count loads for about 0.3 s.
    """

    def __init__(self, folder: Path, carrier: Path | None = None) -> None:
        self._folder, self._carrier = folder, carrier
        self._lock = threading.Lock()
        self._loaded = False
        self._encoding: tiktoken.Encoding | None = None

    def of(self, *texts: str) -> int:
        """The tokens of some messages, with the few that each message's frame takes."""
        return sum(self.plain(text) + _PER_MESSAGE for text in texts)

    def plain(self, text: str) -> int:
        """The tokens of a text by itself."""
        encoding = self._ready()
        return len(encoding.encode_ordinary(text)) if encoding else math.ceil(len(text.encode()) / 3)

    def _ready(self) -> tiktoken.Encoding | None:
        with self._lock:
            if not self._loaded:
                self._encoding = self._load()
                self._loaded = True
        return self._encoding

    def _load(self) -> tiktoken.Encoding | None:
        if not _put(self._folder / _CACHE_NAME, self._carrier or installed_carrier()):
            return None
        os.environ["TIKTOKEN_CACHE_DIR"] = str(self._folder)
        import tiktoken

        return tiktoken.get_encoding("o200k_base")


def installed_carrier() -> Path | None:
    """The encoding file inside the package that carries it, found without importing that package."""
    try:
        return Path(str(metadata.distribution("bpe-openai").locate_file("bpe_openai/data/o200k_base.tiktoken.gz")))
    except metadata.PackageNotFoundError:
        return None


def _put(target: Path, carrier: Path | None) -> bool:
    """Whether a sound encoding lies at `target`, put there from the carrier where it did not."""
    try:
        if target.is_file() and _sound(target.read_bytes()):
            return True
        encoding = gzip.decompress(carrier.read_bytes()) if carrier else b""
        if not _sound(encoding):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, encoding)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _sound(data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == _SHA256


def _write_whole(target: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, whoever else writes it now."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
