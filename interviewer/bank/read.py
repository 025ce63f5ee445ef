"""Read packs from the corpus folder. Every fault is found in one pass and named by path, entry and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from interviewer.bank.check import Fault, faults_between_files, ids_given_twice
from interviewer.bank.entries import build, entries, front_matter, single
from interviewer.domain import Competency, DomainId, Exemplar, Frozen, Group, Item, Note, Pack, Round, Scale, Sentence
from interviewer.errors import AuthorError, FileError

T = TypeVar("T", bound=Frozen)


class PackRead(Frozen):
    """A pack as far as it could be read, and what is wrong with it. `pack` is None where its frame is broken.

    `folder` and `exemplar_files` (by exemplar) say where it stands, as it is shown.
    """

    id: str
    pack: Pack | None
    faults: tuple[Fault, ...]
    folder: Path
    exemplar_files: dict[str, Path] = Field(default_factory=dict)


class _PackFile(Frozen):
    """pack.yaml: the frame of a pack."""

    name: Sentence
    role: Sentence
    groups: tuple[Group, ...] = ()
    rounds: tuple[Round, ...] = Field(min_length=1)


def read_packs(corpus: Path) -> tuple[PackRead, ...]:
    """Every pack under `corpus/packs`, each with its faults. Raises AuthorError where there is no pack at all."""
    folders = sorted(p for p in (corpus / "packs").glob("*") if p.is_dir() and not p.name.startswith((".", "_")))
    if not folders:
        raise AuthorError(f"{corpus / 'packs'}: no pack found; a pack is a folder with a pack.yaml in it")
    return tuple(_read_pack(corpus, folder) for folder in folders)


def sound_packs(corpus: Path) -> tuple[Pack, ...]:
    """Every pack, or AuthorError with the first fault in a sentence: a broken file stops the start."""
    reads = read_packs(corpus)
    faults = [f for r in reads for f in r.faults]
    if faults:
        more = f" ({len(faults) - 1} more: python -m interviewer check)" if len(faults) > 1 else ""
        raise AuthorError(faults[0].sentence + more)
    return tuple(r.pack for r in reads if r.pack)


def read_items(path: Path) -> tuple[Item, ...]:
    """A file of items in the bank's form, as `rate --items` takes it. Raises FileError naming the entry and remedy."""
    faults: list[Fault] = []
    items = tuple(entries(path, path, Item, faults))
    faults += ids_given_twice(path, "item", (i.id for i in items))
    if faults:
        raise FileError(faults[0].sentence)
    if not items:
        raise FileError(f"{path}: no items in it; write a YAML list of items")
    return items


def _read_pack(corpus: Path, folder: Path) -> PackRead:
    place = _Place(corpus)
    scale = place.one(corpus / "scale.yaml", Scale)
    frame = place.one(folder / "pack.yaml", _PackFile)
    competencies = place.many(folder / "competencies.yaml", Competency)
    domain = place.many(folder / "domain.yaml", DomainId) if (folder / "domain.yaml").is_file() else ()
    items = [i for f in place.files(folder / "items", ".yaml") for i in place.many(f, Item, {"round": f.stem})]
    notes = [n for f in place.files(folder / "notes", ".md") if (n := place.note(f))]
    exemplars = [(f, e) for f in place.files(folder / "exemplars", ".yaml") for e in place.many(f, Exemplar)]
    parts = {"scale": scale, "competencies": competencies, "domain": domain, "items": items, "notes": notes}
    pack = place.whole(folder, frame, parts | {"exemplars": [e for _, e in exemplars]}) if scale and frame else None
    homes = {e.id: place.shown(f) for f, e in exemplars}
    between = faults_between_files(pack, place.shown(folder), homes) if pack else ()
    return PackRead(id=folder.name, pack=pack, faults=(*place.faults, *between), folder=place.shown(folder), exemplar_files=homes)


class _Place:
    """Reads files of one corpus and keeps what is wrong, by paths relative to the corpus's parent."""

    def __init__(self, corpus: Path) -> None:
        self._root = corpus.parent
        self.faults: list[Fault] = []

    def one(self, path: Path, kind: type[T]) -> T | None:
        return single(path, self.shown(path), kind, self.faults)

    def many(self, path: Path, kind: type[T], also: Mapping[str, str] | None = None) -> tuple[T, ...]:
        return tuple(entries(path, self.shown(path), kind, self.faults, also))

    def note(self, path: Path) -> Note | None:
        fields = front_matter(path, self.shown(path), self.faults)
        if fields is None:
            return None
        if "id" in fields and fields["id"] != path.stem:
            self._fault(path, path.stem, f"its id is {fields['id']!r}", "name the file after the id")
            return None
        return next(build(self.shown(path), path.stem, fields, Note, self.faults), None)

    def whole(self, folder: Path, frame: _PackFile, parts: Mapping[str, object]) -> Pack | None:
        """The pack, whose id is the folder's name; None, and a fault, where that name can't be an id."""
        fields = {"id": folder.name} | {f: getattr(frame, f) for f in _PackFile.model_fields} | dict(parts)
        return next(build(self.shown(folder), folder.name, fields, Pack, self.faults), None)

    def files(self, folder: Path, ending: str) -> Iterator[Path]:
        """The folder's files to read; one that would be passed over for its ending is a fault."""
        for path in sorted(p for p in folder.glob("*") if not p.name.startswith(".")):
            if path.suffix == ending:
                yield path
            else:
                self._fault(
                    path, path.name, f"is not read: its name does not end in {ending}", f"rename it to end in {ending}, or move it away"
                )

    def shown(self, path: Path) -> Path:
        return path.relative_to(self._root)

    def _fault(self, path: Path, entry: str, fault: str, remedy: str) -> None:
        self.faults.append(Fault(path=str(self.shown(path)), entry=entry, fault=fault, remedy=remedy))
