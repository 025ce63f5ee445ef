"""Readings of the texts that were asked for last, in memory alone."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from interviewer.embedding.encoder import Reading


class Lately:
    """Keeps the readings of the last `most` texts, by a digest and never the words. Any thread may call it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[bytes, Reading] = OrderedDict()
        self._lock = threading.Lock()

    def each(self, texts: Sequence[str], read: Callable[[Sequence[str]], Sequence[Reading]]) -> tuple[Reading, ...]:
        """A reading for each text; those that are not kept are read together, each once."""
        keys = [hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest() for t in texts]
        with self._lock:
            known = {k: self._seen[k] for k in keys if k in self._seen}
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        if new:
            known |= zip(new, read(list(new.values())), strict=True)
        with self._lock:
            for key in keys:
                self._seen[key] = known[key]
                self._seen.move_to_end(key)
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
        return tuple(known[k] for k in keys)
