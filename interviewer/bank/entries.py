"""One file of the corpus to values: YAML in, values or faults out. A fault names path, entry and remedy, and never stops the reading."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import ValidationError

from interviewer.bank.check import Fault
from interviewer.domain import Competency, Criterion, DomainId, Examples, Exemplar, Fact, Frozen, Group, Item, Note, Round

T = TypeVar("T", bound=Frozen)

_FORM = "corpus/README.md shows the form"
_DEEPEST = 50
_FIELDS = sorted(
    {f for kind in (Item, Criterion, Examples, Fact, Exemplar, Note, Round, Group, Competency, DomainId) for f in kind.model_fields}
)


if TYPE_CHECKING:
    _Parser = yaml.SafeLoader
else:
    _Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, nine times as fast, where PyYAML was built with it


class _Yaml(_Parser):
    """Plain YAML that refuses a field given twice, where the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the field {key.value!r} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


def entries(path: Path, shown: Path, kind: type[T], faults: list[Fault], also: Mapping[str, str] | None = None) -> Iterator[T]:
    """The entries of a YAML list as values. `also` are fields that the file's place gives, and no entry may give otherwise."""
    loaded = _loaded(path, shown, faults)
    if loaded is None:
        return
    if not isinstance(loaded, list):
        faults.append(_fault(shown, path.name, "not a list", "write a YAML list of entries, each beginning with '- id:'"))
        return
    for number, entry in enumerate(loaded, 1):
        if not isinstance(entry, dict):
            faults.append(_fault(shown, f"entry {number}", "holds no fields", f"write its fields, or take out the dash; {_FORM}"))
            continue
        name = str(entry.get("id", f"entry {number}"))
        for field, value in (also or {}).items():
            if entry.get(field, value) != value:
                remedy = f"take the field out, or move the entry to {entry[field]}.yaml"
                faults.append(_fault(shown, name, f"{field} is {entry[field]!r}, and the file's name says {value!r}", remedy))
        yield from build(shown, name, entry | dict(also or {}), kind, faults)


def single(path: Path, shown: Path, kind: type[T], faults: list[Fault]) -> T | None:
    """A YAML file that is one entry."""
    loaded = _loaded(path, shown, faults)
    if loaded is not None and not isinstance(loaded, dict):
        faults.append(_fault(shown, path.name, "its fields are missing", f"write lines such as 'name: value' without dashes; {_FORM}"))
        return None
    return None if loaded is None else next(build(shown, path.name, loaded, kind, faults), None)


def front_matter(path: Path, shown: Path, faults: list[Fault]) -> dict[str, Any] | None:
    """The fields between the --- lines of a Markdown file, with what follows as `text`."""
    text = _text(path, shown, faults)
    if text is None:
        return None
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    loaded = _parsed(front, shown, path.stem, faults) if body else {}
    if loaded is None:
        return None
    if not isinstance(loaded, dict) or not loaded:
        remedy = "begin the note with --- lines around id, title, covers and reading, and write its text below them"
        faults.append(_fault(shown, path.stem, "no front matter with a text below it", remedy))
        return None
    return loaded | {"text": body.strip()}


def build(shown: Path, name: str, value: Any, kind: type[T], faults: list[Fault]) -> Iterator[T]:
    """The value, or nothing and its faults."""
    try:
        yield kind.model_validate(value)
    except ValidationError as error:
        faults += [_from_pydantic(shown, name, e) for e in error.errors()]


def _loaded(path: Path, shown: Path, faults: list[Fault]) -> Any:
    """What a YAML file holds; None, and a fault, where that is nothing."""
    text = _text(path, shown, faults)
    loaded = None if text is None else _parsed(text, shown, path.name, faults)
    if loaded == {}:
        faults.append(_fault(shown, path.name, "nothing is in the file", f"write its entries, or delete it; {_FORM}"))
        return None
    return loaded


def _text(path: Path, shown: Path, faults: list[Fault]) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(_fault(shown, path.name, f"not UTF-8 at byte {error.start}", "save the file as UTF-8"))
    except FileNotFoundError:
        faults.append(_fault(shown, path.name, "the file is missing", f"write it; {_FORM}"))
    except OSError as error:
        faults.append(_fault(shown, path.name, f"can't be read ({error.strerror})", "give the path of a file that can be read"))
    return None


def _parsed(text: str, shown: Path, entry: str, faults: list[Fault]) -> Any:
    """The text's YAML, {} where it holds none; None, and a fault, where it is broken."""
    try:
        if _too_deep(text):
            faults.append(_fault(shown, entry, f"not valid YAML: lists nested more than {_DEEPEST} deep", "mend the brackets"))
            return None
        loaded = yaml.load(text, _Yaml)
        return {} if loaded is None else loaded
    except yaml.YAMLError as error:
        faults.append(_fault(shown, entry, _where(error), "mend the YAML there; a sentence with ': ' or ' #' in it needs quotes"))
    except ValueError as error:  # a date or number that YAML takes for one and that does not exist, such as 2026-02-30
        faults.append(_fault(shown, entry, f"not valid YAML: {error}", "put it in quotes"))
    return None


def _too_deep(text: str) -> bool:
    """Whether lists or fields nest so deep that building them would break the stack."""
    depth = 0
    for event in yaml.parse(text, _Parser):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return True
    return False


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or error
    return f"not valid YAML{place}: {problem}"


def _from_pydantic(shown: Path, name: str, error: Any) -> Fault:
    """One of pydantic's errors in our form: where in the entry, what is wrong, what to write."""
    at = _at(error["loc"])
    fault, _, remedy = error["msg"].removeprefix("Value error, ").partition(": ")
    by_type = {
        "missing": ("is missing", f"add {at}"),
        "extra_forbidden": ("is not a field here", f"remove {at}, or mend its spelling{_meant(error['loc'])}"),
        "string_type": ("is not a text", _as_text(error["input"])),
        "string_too_short": ("is empty", f"write {at}"),
        "string_pattern_mismatch": (f"{error['input']!r} can't be an id", "use letters, digits and . _ : / - only, and no spaces"),
        "model_type": ("holds no fields", f"write its fields; {_FORM}"),
        "tuple_type": ("is not a list", f"write a list, each line beginning with a dash, or [in, brackets]; {_FORM}"),
    }
    fault, remedy = by_type.get(error["type"], (fault, remedy or f"mend {at}; {_FORM}"))
    return _fault(shown, name, f"{at}: {fault}", remedy)


def _at(loc: Sequence[str | int]) -> str:
    """Where in an entry, for people: criteria #2.anchors #3."""
    return "".join(f" #{p + 1}" if isinstance(p, int) else f".{p}" for p in loc).lstrip(". ") or "the entry"


def _meant(loc: Sequence[str | int]) -> str:
    near = difflib.get_close_matches(str(loc[-1]), _FIELDS, n=1) if loc else []
    return f" (perhaps {near[0]})" if near else ""


def _as_text(value: object) -> str:
    """Why YAML made something else than a text of what was written."""
    if isinstance(value, bool):
        return "put it in quotes: YAML takes yes, no, on and off for true and false"
    if isinstance(value, dict):
        return "put the sentence in quotes: YAML takes ': ' for a field"
    return "write a text, in quotes where it is a number or a date"


def _fault(shown: Path, entry: str, fault: str, remedy: str) -> Fault:
    return Fault(path=str(shown), entry=entry, fault=fault, remedy=remedy)
