"""What a pack must have besides being well-formed: references that hold, and nothing left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from interviewer.domain import Frozen, Item, Pack

_SECTIONS_BY_NOTE = range(2, 11)
_SECTIONS_BY_ITEM = (*range(2, 7), 12)


class Fault(Frozen):
    """Something wrong in a file: where, what, and what to do."""

    path: str
    entry: str
    fault: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.path}, {self.entry}: {self.fault}. Remedy: {self.remedy}."


def uncovered(pack: Pack) -> tuple[str, ...]:
    """The ids of the pack's domain that no note covers, or that no item covers where one must."""
    noted = {c for n in pack.notes for c in n.covers}
    asked = {c for i in pack.items for c in i.covers}
    return tuple(
        d.id
        for d in pack.domain
        if (d.section in _SECTIONS_BY_NOTE and d.id not in noted) or (d.section in _SECTIONS_BY_ITEM and d.id not in asked)
    )


def faults_between_files(pack: Pack, folder: Path) -> Iterator[Fault]:
    """References that lead nowhere, ids given twice, and items that lack what an interview needs."""
    yield from _twice(folder / "items", "item", (i.id for i in pack.items))
    yield from _twice(folder / "notes", "note", (n.id for n in pack.notes))
    yield from _twice(folder / "exemplars", "exemplar", (e.id for e in pack.exemplars))
    for item in pack.items:
        path = str(folder / "items" / f"{item.round}.yaml")
        for fault, remedy in (*_lacks(item), *_dangling(item, pack)):
            yield Fault(path=path, entry=item.id, fault=fault, remedy=remedy)
    domain = {d.id for d in pack.domain}
    for note in pack.notes:
        for odd in sorted(set(note.covers) - domain):
            yield Fault(
                path=str(folder / "notes" / f"{note.id}.md"),
                entry=note.id,
                fault=f"covers {odd!r}, which domain.yaml does not have",
                remedy="mend the id",
            )
    items = {i.id for i in pack.items}
    for exemplar in pack.exemplars:
        if exemplar.item not in items:
            yield Fault(
                path=str(folder / "exemplars"),
                entry=exemplar.id,
                fault=f"its item {exemplar.item!r} does not exist",
                remedy="name an item of the pack",
            )


def _twice(path: Path, what: str, ids: Iterable[str]) -> Iterator[Fault]:
    for one, count in Counter(ids).items():
        if count > 1:
            yield Fault(path=str(path), entry=one, fault=f"{count} entries have this {what} id", remedy="give each its own id")


def _lacks(item: Item) -> Iterator[tuple[str, str]]:
    """What an item of a pack needs and `rate` can do without."""
    for field in ("competencies", "seniority", "facts", "clarification", "covers", "notes"):
        if not getattr(item, field):
            yield f"{field} is empty", f"write {field}"
    if not 3 <= len(item.criteria) <= 5:
        yield f"{len(item.criteria)} criteria", "write three to five"
    if sum(c.delivery for c in item.criteria) > 1:
        yield "more than one criterion is about delivery", "keep one at most"
    for c in item.criteria:
        for field in ("anchors", "competency", "probes", "key_points"):
            if not getattr(c, field):
                yield f"criterion {c.id!r}: {field} is empty", f"write {field}"
        if not c.examples.high or not c.examples.low:
            yield f"criterion {c.id!r}: example sentences of a high or a low level are missing", "write examples.high and examples.low"


def _dangling(item: Item, pack: Pack) -> Iterator[tuple[str, str]]:
    """References of an item that lead nowhere."""
    known = {
        "round": {r.id for r in pack.rounds},
        "competency": {c.id for c in pack.competencies},
        "note": {n.id for n in pack.notes},
        "domain id": {d.id for d in pack.domain},
    }
    named = [
        ("round", [item.round]),
        ("competency", [*item.competencies, *(c.competency for c in item.criteria if c.competency)]),
        ("note", item.notes),
        ("domain id", item.covers),
    ]
    for what, ids in named:
        for odd in sorted(set(ids) - known[what]):
            yield f"{what} {odd!r} does not exist", f"name a {what} that the pack has, or add it"
