"""The library: items and notes of the packs, found by meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from interviewer.domain import Frozen, Pack, Passage
from interviewer.embedding import Encoder
from interviewer.errors import DeveloperError
from interviewer.library.entries import KINDS, Kind, entries_of
from interviewer.library.index import Found, Vectors
from interviewer.library.keeping import Contents, Progress, up_to_date
from interviewer.library.splitting import focus_parts

_EXCERPT_WORDS = 40
_PARTS_OF_ONE = 12  # how many entries of one item or note a search looks through before it looks no further


class Hit(Frozen):
    """An item or a note that a search found. `score` is a cosine similarity, -1 to 1."""

    kind: Kind
    pack: str
    id: str
    title: str
    excerpt: str
    score: float


class Library:
    """The index with the encoder that asks it. Calls take milliseconds to a second and may come from any thread."""

    def __init__(self, contents: Contents, encoder: Encoder) -> None:
        self._index, self._encoder = contents.index, encoder
        items = [n for n, e in enumerate(contents.entries) if e.kind == "item"]
        self._items, self._of_items = [contents.entries[n] for n in items], contents.vectors[items]
        self._passages = sum(e.kind == "note" for e in contents.entries)
        self._notes = len({(e.pack, e.of) for e in contents.entries if e.kind == "note"})

    @classmethod
    def open(cls, folder: Path, encoder: Encoder, packs: Sequence[Pack], progress: Progress | None = None) -> Self:
        """The library of these packs, its index in `folder` brought up to date; `progress(done, total)` tells of texts being encoded.

        Raises SetupError where the folder can't be used, and what the encoder raises.
        """
        return cls(up_to_date(folder, encoder, entries_of(packs), progress), encoder)

    def rank_items(self, pack: str, focus: str, item_ids: Sequence[str]) -> list[tuple[str, float]]:
        """These items with how near a focus in free words comes to each (a cosine), best first; as given, with 0, where it is blank.

        Of a long focus, as a job description is, the part counts that comes nearest to the item: an average over all of it
        would drown its requirements in what every such text says. Raises DeveloperError where an id is not in the pack.
        """
        wanted = list(dict.fromkeys(item_ids))
        rows = {i: [n for n, e in enumerate(self._items) if (e.pack, e.of) == (pack, i)] for i in wanted}
        if missing := [i for i in wanted if not rows[i]]:
            raise DeveloperError(f"item {missing[0]!r} is not in pack {pack!r} of the library: open it with the packs that are asked from")
        asked = self._encoded(focus)
        if not len(asked):
            return [(i, 0.0) for i in wanted]
        nearest = (self._of_items @ asked.T).max(axis=1)
        return sorted(((i, _in_range(float(nearest[rows[i]].max()))) for i in wanted), key=lambda ranked: -ranked[1])

    def passages(self, pack: str, text: str, k: int = 3, notes: Sequence[str] | None = None) -> tuple[Passage, ...]:
        """The `k` passages nearest to a text, best first; of these notes alone where they are given."""
        asked = self._encoded(text)
        if k < 1 or not len(asked) or (notes is not None and not notes):
            return ()
        found = self._index.nearest("note", asked, k, _all_of(pack, notes))
        return tuple(Passage(note=e.of, title=e.title, heading=e.heading, text=e.shown, score=_in_range(score)) for e, score in found[:k])

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The `k` items and notes of all packs nearest to a text, best first, each once with the part that came nearest."""
        asked = self._encoded(text)
        if k < 1 or not len(asked):
            return ()
        found = [f for kind in KINDS for f in self._index.nearest(kind, asked, k * _PARTS_OF_ONE, None)]
        return tuple(_hit(f) for f in _each_once(sorted(found, key=lambda f: -f.score)))[:k]

    def counts(self) -> dict[str, int]:
        """How many items, notes and passages it holds."""
        return {"items": len({(e.pack, e.of) for e in self._items}), "notes": self._notes, "passages": self._passages}

    def close(self) -> None:
        """Let go of the index's files."""
        self._index.close()

    def _encoded(self, text: str) -> Vectors:
        """One row for each part of a text, none where it is blank. It may be a candidate's, so nothing of it is kept."""
        return self._encoder.encode(parts) if (parts := focus_parts(text)) else np.empty((0, 0), np.float32)


def _all_of(pack: str, of: Sequence[str] | None) -> dict[str, Any]:
    """Chroma's condition for a pack, or for some items or notes of it."""
    return {"pack": pack} if of is None else {"$and": [{"pack": pack}, {"of": {"$in": list(of)}}]}


def _each_once(found: Iterable[Found]) -> list[Found]:
    """The first finding of each item or note."""
    first: dict[tuple[str, str, str], Found] = {}
    for f in found:
        first.setdefault((f.entry.kind, f.entry.pack, f.entry.of), f)
    return list(first.values())


def _hit(found: Found) -> Hit:
    entry = found.entry
    words = entry.shown.split()
    excerpt = " ".join(words[:_EXCERPT_WORDS]) + (" …" if len(words) > _EXCERPT_WORDS else "")
    lead = f"{entry.heading}: " if entry.heading not in ("", entry.title) else ""
    return Hit(kind=entry.kind, pack=entry.pack, id=entry.of, title=entry.title, excerpt=lead + excerpt, score=_in_range(found.score))


def _in_range(score: float) -> float:
    """A cosine that rounding pushed past 1, brought back."""
    return max(-1.0, min(1.0, score))
