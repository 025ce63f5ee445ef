"""Small packs, and an encoder that is quick and keeps what it was asked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from interviewer.domain import Competency, Criterion, DomainId, Item, Note, Pack, Round, Scale, ScaleLevel
from interviewer.embedding import Vectors

_COMMON = {"a", "an", "and", "are", "in", "is", "it", "of", "on", "or", "the", "to", "what", "with", "you", "your"}


class WordEncoder:
    """Vectors by the words that texts share: each word stands for a direction of its own, nearly."""

    def __init__(self, id: str = "words", dimension: int = 128) -> None:
        self.id, self.dimension = id, dimension
        self.asked: list[str] = []
        self.known: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._vectors(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        self.known += texts
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in set(re.findall(r"\w+", text.lower())) - _COMMON or {"nothing"}:
                row += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self.dimension).astype(np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def item(id: str, question: str, looks_for: str, *, of: str = "case", covers: tuple[str, ...] = ()) -> Item:
    """An item with one criterion."""
    criterion = Criterion(id="main", name="Main thing", looks_for=looks_for, anchors=tuple(f"Anchor {n} of {id}" for n in range(1, 6)))
    return Item(id=id, question=question, criteria=(criterion,), round=of, covers=covers)


def pack(*, id: str = "bakers", items: Sequence[Item] = (), notes: Sequence[Note] = ()) -> Pack:
    """A pack about baking; with its own items and notes where none are given."""
    return Pack(
        id=id,
        name="Baker",
        role="Bakes bread.",
        scale=Scale(levels=tuple(ScaleLevel(name=n) for n in ("none", "weak", "fair", "good", "great"))),
        competencies=(Competency(id="craft", name="Craft", group="work", definition="Bakes."),),
        rounds=(Round(id="case", name="Case", description="A dough that goes wrong.", covers="rd-case"),),
        items=tuple(items) or ITEMS,
        notes=tuple(notes) or NOTES,
        exemplars=(),
        domain=(
            DomainId(id="rd-case", section=1, covers="The case round."),
            DomainId(id="d-law", section=1, covers="Hygiene regulations."),
        ),
    )


ITEMS = (
    item("oven", "The oven stays cold. What do you do?", "Checks fuse and thermostat."),
    item("sourdough", "Your sourdough does not rise. Why?", "Names temperature, starter and time."),
    item("customer", "A customer complains about burnt rolls.", "Apologises and replaces them.", covers=("d-law", "rd-case")),
)
NOTES = (
    Note(
        id="starters",
        title="Keeping a starter",
        text="Feed it daily.\n\n## Feeding\n\nEqual flour and water.\n\n### Rye\n\nRye ferments faster.\n\n"
        "## Trouble\n\nGrey liquid means hunger.",
    ),
    Note(id="ovens", title="Ovens", text="## Heat\n\nStone stores heat.\n\n## Steam\n\nSteam makes the crust shine."),
)
