"""Read packs from the corpus folder. Every fault is found in one pass and named by path, entry and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from interviewer.bank.check import Fault, faults_between_files
from interviewer.domain import Competency, DomainId, Exemplar, Frozen, Group, Item, Note, Pack, Round, Scale
from interviewer.errors import AuthorError, FileError

T = TypeVar("T", bound=Frozen)


class PackRead(Frozen):
    """A pack as far as it could be read, and what is wrong with it. `pack` is None where its frame is broken."""

    id: str
    pack: Pack | None
    faults: tuple[Fault, ...]


class _PackFile(Frozen):
    """pack.yaml: the frame of a pack."""

    name: str
    role: str
    groups: tuple[Group, ...] = ()
    rounds: tuple[Round, ...]


def read_packs(corpus: Path) -> tuple[PackRead, ...]:
    """Every pack under `corpus/packs`, each with its faults. Raises AuthorError where there is no pack at all."""
    folders = sorted(p for p in (corpus / "packs").glob("*") if (p / "pack.yaml").is_file())
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
    try:
        items = tuple(_entries(path, path, Item, faults))
    except OSError as error:
        raise FileError(f"{path}: can't be read ({error.strerror}); give the path of a YAML list of items") from error
    if not items and not faults:
        raise FileError(f"{path}: no items in it; write a YAML list of items")
    ids = [i.id for i in items]
    faults += [
        Fault(path=str(path), entry=i, fault="the id stands twice", remedy="give each item its own id")
        for i in set(ids)
        if ids.count(i) > 1
    ]
    if faults:
        raise FileError(faults[0].sentence)
    return items


def _read_pack(corpus: Path, folder: Path) -> PackRead:
    faults: list[Fault] = []
    place = _Place(corpus, faults)
    scale = place.one(corpus / "scale.yaml", Scale)
    frame = place.one(folder / "pack.yaml", _PackFile)
    competencies = place.many(folder / "competencies.yaml", Competency)
    domain = place.many(folder / "domain.yaml", DomainId) if (folder / "domain.yaml").is_file() else ()
    items = [i for f in sorted((folder / "items").glob("*.yaml")) for i in place.many(f, Item, {"round": f.stem})]
    exemplars = [e for f in sorted((folder / "exemplars").glob("*.yaml")) for e in place.many(f, Exemplar)]
    notes = [n for f in sorted((folder / "notes").glob("*.md")) if (n := place.note(f))]
    if scale is None or frame is None:
        return PackRead(id=folder.name, pack=None, faults=tuple(faults))
    pack = Pack(
        id=folder.name,
        name=frame.name,
        role=frame.role,
        scale=scale,
        competencies=competencies,
        rounds=frame.rounds,
        items=tuple(items),
        notes=tuple(notes),
        exemplars=tuple(exemplars),
        domain=domain,
        groups=frame.groups,
    )
    return PackRead(id=folder.name, pack=pack, faults=(*faults, *faults_between_files(pack, folder.relative_to(corpus.parent))))


class _Place:
    """Reads files of one corpus and notes what is wrong, by paths relative to the corpus's parent."""

    def __init__(self, corpus: Path, faults: list[Fault]) -> None:
        self._root, self._faults = corpus.parent, faults

    def one(self, path: Path, kind: type[T]) -> T | None:
        if not path.is_file():
            self._fault(path, path.name, "the file is missing", "write it; corpus/README.md shows its form")
            return None
        return next(_built(self._shown(path), [(path.name, _loaded(path, self._shown(path), self._faults))], kind, self._faults), None)

    def many(self, path: Path, kind: type[T], also: Mapping[str, str] | None = None) -> tuple[T, ...]:
        if not path.is_file():
            self._fault(path, path.name, "the file is missing", "write it; corpus/README.md shows its form")
            return ()
        return tuple(_entries(path, self._shown(path), kind, self._faults, also))

    def note(self, path: Path) -> Note | None:
        front, _, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
        try:
            loaded = yaml.safe_load(front) if body else None
        except yaml.YAMLError as error:
            self._fault(path, path.stem, _where(error), "mend the front matter's YAML")
            return None
        if not isinstance(loaded, dict):
            self._fault(path, path.stem, "no front matter", "begin the note with --- lines around id, title, covers and reading")
            return None
        if loaded.get("id") != path.stem:
            self._fault(path, path.stem, f"its id is {loaded.get('id')!r}", "name the file after the id")
            return None
        return next(_built(self._shown(path), [(path.stem, loaded | {"text": body.strip()})], Note, self._faults), None)

    def _shown(self, path: Path) -> Path:
        return path.relative_to(self._root)

    def _fault(self, path: Path, entry: str, fault: str, remedy: str) -> None:
        self._faults.append(Fault(path=str(self._shown(path)), entry=entry, fault=fault, remedy=remedy))


def _entries(path: Path, shown: Path, kind: type[T], faults: list[Fault], also: Mapping[str, str] | None = None) -> Iterator[T]:
    """The entries of a YAML list; each that can't be built is a fault."""
    loaded = _loaded(path, shown, faults)
    if loaded is None:
        return iter(())
    if not isinstance(loaded, list):
        faults.append(
            Fault(path=str(shown), entry=path.name, fault="not a list", remedy="write a YAML list of entries, each beginning with '- id:'")
        )
        return iter(())
    named = [(str(e.get("id", f"entry {n}")) if isinstance(e, dict) else f"entry {n}", e) for n, e in enumerate(loaded, 1)]
    return _built(shown, [(name, (dict(also or {}) | e) if isinstance(e, dict) else e) for name, e in named], kind, faults)


def _loaded(path: Path, shown: Path, faults: list[Fault]) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        faults.append(Fault(path=str(shown), entry=path.name, fault=_where(error), remedy="mend the YAML there"))
    except UnicodeDecodeError as error:
        faults.append(Fault(path=str(shown), entry=path.name, fault=f"not UTF-8 at byte {error.start}", remedy="save the file as UTF-8"))
    return None


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"not valid YAML{place}: {getattr(error, 'problem', None) or error}"


def _built(shown: Path, named: Sequence[tuple[str, Any]], kind: Callable[..., T] | type[T], faults: list[Fault]) -> Iterator[T]:
    for name, value in named:
        if value is None:
            continue
        try:
            yield kind.model_validate(value)  # type: ignore[union-attr]
        except ValidationError as error:
            faults += [_from_pydantic(shown, name, e) for e in error.errors()]


def _from_pydantic(shown: Path, name: str, error: Any) -> Fault:
    """One of pydantic's errors in our form: where in the entry, what is wrong, what to write."""
    at = ".".join(str(p) for p in error["loc"]) or "the entry"
    remedies = {
        "missing": f"add {at}",
        "extra_forbidden": f"remove {at}, or mend its spelling",
    }
    message = error["msg"].removeprefix("Value error, ")
    remedy = remedies.get(error["type"], message.partition(": ")[2] or f"mend {at}; corpus/README.md shows the form")
    return Fault(path=str(shown), entry=name, fault=f"{at}: {message.partition(': ')[0]}", remedy=remedy)
