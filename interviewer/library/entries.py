"""What the index holds: an item as its question, its topics and each criterion, a note as its passages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from interviewer.domain import Criterion, Item, Note, Pack
from interviewer.library.splitting import sections

Kind = Literal["item", "note"]
KINDS: tuple[Kind, ...] = ("item", "note")


@dataclass(frozen=True)
class Entry:
    """One vector of the index: a part of the item or note `of`, and how it is shown.

    `digest` is the sha256 of `text`, the words that are encoded. An entry read back from the index has no text.
    """

    kind: Kind
    pack: str
    of: str
    place: int
    title: str
    heading: str
    shown: str
    digest: str
    text: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        return f"{self.pack}/{self.of}#{self.place}"

    @property
    def stamp(self) -> str:
        """Everything of the entry that matters, as one line."""
        return json.dumps([self.kind, self.pack, self.of, self.place, self.title, self.heading, self.shown, self.digest])


def entries_of(packs: Iterable[Pack]) -> tuple[Entry, ...]:
    """The entries of all packs, in their order."""
    return tuple(e for p in packs for e in (*_entries_of_items(p), *(e for n in p.notes for e in _entries_of_note(p, n))))


def corpus_hash(entries: Iterable[Entry]) -> str:
    """The sha256 of all entries, whatever their order."""
    return hashlib.sha256("\n".join(sorted(e.stamp for e in entries)).encode()).hexdigest()


def _entries_of_items(pack: Pack) -> Iterator[Entry]:
    for item in pack.items:
        parts = [("", item.question, item.question)]
        parts += [("", topic, topic) for topic in _topics(pack, item)]
        parts += [part for c in item.criteria for part in _parts_of_criterion(c)]
        for place, (heading, shown, text) in enumerate(parts):
            yield Entry("item", pack.id, item.id, place, item.question, heading, shown, _digest(text), text)


def _topics(pack: Pack, item: Item) -> Iterator[str]:
    """What an item is about in general words, as people name it who look for it: its round, and what it covers of the domain."""
    for of in pack.rounds:
        if of.id == item.round:
            yield f"{of.name}: {of.description}"
    rounds = {r.covers for r in pack.rounds}
    for domain in pack.domain:
        if domain.id in item.covers and domain.id not in rounds:
            yield domain.covers


def _parts_of_criterion(criterion: Criterion) -> Iterator[tuple[str, str, str]]:
    """Heading, what is shown, and the text of each part: what it looks for with its key points, then its anchors or its reference.

    Anchors and key points help to find it and are never shown: they would give the rubric away.
    """
    heading, shown = criterion.title, criterion.looks_for or criterion.title
    yield heading, shown, " ".join([f"{heading}.", criterion.looks_for, *criterion.key_points])
    if rubric := criterion.reference or " ".join(criterion.anchors):
        yield heading, shown, f"{heading}. {rubric}"


def _entries_of_note(pack: Pack, note: Note) -> Iterator[Entry]:
    for place, section in enumerate(sections(note)):
        heading = " > ".join(section.headings)
        text = "\n".join([note.title, heading, section.text])
        yield Entry("note", pack.id, note.id, place, note.title, heading or note.title, section.text, _digest(text), text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
