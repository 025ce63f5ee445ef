"""What a pack must have besides being well-formed: references that hold, and nothing left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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


def faults_between_files(pack: Pack, folder: Path, exemplar_files: Mapping[str, Path]) -> Iterator[Fault]:
    """References that lead nowhere, ids given twice, and items that lack what an interview needs.

    `folder` is the pack's folder as it is shown, `exemplar_files` the file of each exemplar by its id.
    """
    yield from _twice_in(pack, folder)
    yield from _frame_dangling(pack, folder)
    for item in pack.items:
        path = str(folder / "items" / f"{item.round}.yaml")
        for fault, remedy in (*_lacks(item, pack), *_dangling(item, pack)):
            yield Fault(path=path, entry=item.id, fault=fault, remedy=remedy)
    domain = {d.id for d in pack.domain}
    for note in pack.notes:
        for odd in sorted(set(note.covers) - domain):
            yield _no_such(folder / "notes" / f"{note.id}.md", note.id, "domain id", odd)
    items = {i.id for i in pack.items}
    for exemplar in pack.exemplars:
        if exemplar.item not in items:
            yield _no_such(exemplar_files[exemplar.id], exemplar.id, "item", exemplar.item)


def ids_given_twice(path: Path, what: str, ids: Iterable[str]) -> Iterator[Fault]:
    """A fault for each id that more than one entry has."""
    for one, count in Counter(ids).items():
        if count > 1:
            yield Fault(path=str(path), entry=one, fault=f"{count} entries have this {what} id", remedy="give each its own id")


def _twice_in(pack: Pack, folder: Path) -> Iterator[Fault]:
    places = (
        ("pack.yaml", "group", pack.groups),
        ("pack.yaml", "round", pack.rounds),
        ("competencies.yaml", "competency", pack.competencies),
        ("domain.yaml", "domain", pack.domain),
        ("items", "item", pack.items),
        ("exemplars", "exemplar", pack.exemplars),
    )
    for name, what, entries in places:
        yield from ids_given_twice(folder / name, what, (e.id for e in entries))


def _frame_dangling(pack: Pack, folder: Path) -> Iterator[Fault]:
    """References of competencies to groups and of rounds to the domain that lead nowhere."""
    groups, domain = {g.id for g in pack.groups}, {d.id for d in pack.domain}
    for competency in pack.competencies:
        if groups and competency.group not in groups:  # without groups there is one heading for each name
            yield _no_such(folder / "competencies.yaml", competency.id, "group", competency.group)
    for one in pack.rounds:
        if one.covers and one.covers not in domain:
            yield _no_such(folder / "pack.yaml", one.id, "domain id", one.covers)


def _no_such(path: Path, entry: str, what: str, odd: str) -> Fault:
    return Fault(
        path=str(path), entry=entry, fault=f"{what} {odd!r} does not exist", remedy=f"name {_a(what)} that the pack has, or add it"
    )


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _lacks(item: Item, pack: Pack) -> Iterator[tuple[str, str]]:
    """What an item of a pack needs and `rate` can do without. A pack without domain.yaml has nothing to cover."""
    for field in ("competencies", "seniority", "facts", "clarification", "notes", *(("covers",) if pack.domain else ())):
        if not getattr(item, field):
            yield f"{field} is empty", f"write {field}"
    if not item.scale and item.top != pack.scale.top:
        yield (
            f"it is rated on {item.top} levels, and scale.yaml has {pack.scale.top}",
            "give the item a scale of its own, or mend scale.yaml",
        )
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
            yield f"{what} {odd!r} does not exist", f"name {_a(what)} that the pack has, or add it"
