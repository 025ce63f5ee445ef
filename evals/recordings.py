"""Recordings: what a model replied to a request, kept by all that was sent, so that a run can be made again without a model.

A folder holds a JSON lines file for each suite, and `systems.json` with the prompts' system texts by digest, which come again and again.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from evals.lines import lines_of, whole_lines_of
from interviewer.domain import Frozen
from interviewer.errors import AuthorError
from interviewer.model import Ask
from interviewer.model.replies import strict_schema

_SYSTEMS = "systems.json"
_JOURNAL = "unfinished.json-lines"  # of a recording under way; no *.jsonl, since its lines are whole
_FENCED = re.compile(r"(</?candidate-words) \w+")
_WIDEST = 160
_MOST_DIFFERENCE = 24  # lines of the nearest recording's difference that are shown


class Sent(Frozen):
    """A request as it was sent, in words where `schema_digest` is None; `repeat` counts the draws of one case from 0."""

    role: str
    messages: tuple[tuple[str, str], ...]
    schema_name: str | None = None
    schema_digest: str | None = None
    seed: int | None = None
    repeat: int = 0

    @property
    def key(self) -> str:
        """The digest of everything that was sent."""
        return _digest(json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False))[:32]

    @property
    def system(self) -> str:
        return self.messages[0][1]


class Recording(Frozen):
    """A request with its reply: by whom, from which model, and when. `usage` is the server's own count (prompt, completion)."""

    sent: Sent
    author: str = Field(min_length=1)
    model: str = Field(min_length=1)
    recorded: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    reply: str
    finish: str | None = "stop"
    usage: tuple[int, int] | None = None
    seconds: float | None = None


def sent_of(ask: Ask, repeat: int = 0) -> Sent:
    """The request that an ask puts, whatever shape a server wants it in."""
    schema = json.dumps(strict_schema(ask.schema), sort_keys=True) if ask.schema else None
    return Sent(
        role=ask.place.role,
        messages=ask.messages,
        schema_name=ask.schema.__name__ if ask.schema else None,
        schema_digest=_digest(schema)[:16] if schema else None,
        seed=ask.seed,
        repeat=repeat,
    )


class Recordings:
    """All recordings of a folder, and which of them a run asked for."""

    def __init__(self, by_key: Mapping[str, Recording], file_of: Mapping[str, str], journal: Path | None = None) -> None:
        """`journal` is where each new one is written at once, so that a run that is killed has lost nothing that was paid for."""
        self._by_key, self._file_of = dict(by_key), dict(file_of)
        self._used: set[str] = set()
        self._journal = journal

    def __len__(self) -> int:
        return len(self._by_key)

    def every(self) -> tuple[Recording, ...]:
        """All of them."""
        return tuple(self._by_key.values())

    def find(self, sent: Sent) -> Recording | None:
        """The reply to exactly this request; from then on it counts as used."""
        found = self._by_key.get(sent.key)
        if found:
            self._used.add(sent.key)
        return found

    def use(self, key: str) -> None:
        """Count a recording as used."""
        self._used.add(key)

    def keep(self, suite: str, recording: Recording) -> None:
        """Take a new one in, in place of one with the same key."""
        self._by_key[recording.sent.key] = recording
        self._file_of[recording.sent.key] = suite
        self._used.add(recording.sent.key)
        if self._journal:
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"suite": suite, "recording": recording.model_dump(mode="json")}) + "\n")

    def take_up(self, found: Iterator[tuple[str, Recording]]) -> None:
        """Take in what was recorded before, without writing it again."""
        for suite, recording in found:
            self._by_key[recording.sent.key] = recording
            self._file_of[recording.sent.key] = suite

    def unused(self, repeats: int = 1) -> tuple[Recording, ...]:
        """Those that a run with so many repeats asked not for: their prompt, case or code has changed, and they prove nothing any more."""
        return tuple(r for k, r in self._by_key.items() if k not in self._used and r.sent.repeat < repeats)

    def used(self) -> tuple[Recording, ...]:
        """Those that were asked for."""
        return tuple(self._by_key[k] for k in sorted(self._used))

    def altered(self, change: Callable[[Recording], Recording]) -> Recordings:
        """All of them changed, each in the file that it is in."""
        made = {k: change(r) for k, r in self._by_key.items()}
        return Recordings({r.sent.key: r for r in made.values()}, {r.sent.key: self._file_of[k] for k, r in made.items()})

    def drop_unused(self, repeats: int = 1) -> int:
        """Take out what a run with so many repeats asked not for; how many there were."""
        gone = self.unused(repeats)
        for recording in gone:
            del self._by_key[recording.sent.key]
        return len(gone)

    def nearest(self, sent: Sent) -> Recording | None:
        """The recording that is most like a request of the same role and schema."""
        alike = [r for r in self._by_key.values() if (r.sent.role, r.sent.schema_name) == (sent.role, sent.schema_name)]
        words = set(_text(sent).split())
        return max(alike, key=lambda r: _overlap(words, set(_text(r.sent).split())), default=None)

    def write(self, folder: Path) -> None:
        """Write every file anew, in the order of their keys, so that two recordings of the same thing differ in nothing else."""
        folder.mkdir(parents=True, exist_ok=True)
        systems = {_digest(r.sent.system)[:16]: r.sent.system for r in self._by_key.values()}
        files: dict[str, list[str]] = {path.stem: [] for path in folder.glob("*.jsonl")}
        for key in sorted(self._by_key):
            files.setdefault(self._file_of[key], []).append(_line(self._by_key[key]))
        for name, lines in files.items():
            _write_whole(folder / f"{name}.jsonl", "".join(f"{line}\n" for line in lines))
        _write_whole(folder / _SYSTEMS, json.dumps(dict(sorted(systems.items())), indent=1, ensure_ascii=False) + "\n")
        (folder / _JOURNAL).unlink(missing_ok=True)


def read_recordings(folder: Path) -> Recordings:
    """The recordings of a folder; raises AuthorError naming the file and line of one that can't be read."""
    systems_file = folder / _SYSTEMS
    systems: dict[str, str] = json.loads(systems_file.read_text(encoding="utf-8")) if systems_file.is_file() else {}
    by_key: dict[str, Recording] = {}
    file_of: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for n, line in enumerate(lines_of(path), start=1):
            try:
                recording = _read(json.loads(line), systems)
            except (ValueError, KeyError, ValidationError) as error:
                raise AuthorError(f"{path}, line {n}: this is no recording ({error}); take it out or record it anew") from error
            by_key[recording.sent.key] = recording
            file_of[recording.sent.key] = path.stem
    found = Recordings(by_key, file_of, folder / _JOURNAL)
    found.take_up(_unfinished(folder / _JOURNAL))
    return found


def _unfinished(journal: Path) -> Iterator[tuple[str, Recording]]:
    """What a killed run had recorded; a last line that broke off is left out."""
    for raw in map(json.loads, whole_lines_of(journal)):
        yield raw["suite"], Recording.model_validate(raw["recording"])


def difference(sent: Sent, nearest: Recording) -> str:
    """What differs between a request and the nearest recording, line by line; candidates' marks are left out of it."""
    told = [f"-seed {nearest.sent.seed}", f"+seed {sent.seed}"] if sent.seed != nearest.sent.seed else []
    if sent.schema_digest != nearest.sent.schema_digest:
        told.append(f"+the schema {sent.schema_name} has changed")
    before, after = _text(nearest.sent).splitlines(), _text(sent).splitlines()
    told += [d for d in difflib.unified_diff(before, after, "recorded", "sent", lineterm="", n=0) if not d.startswith(("---", "+++", "@@"))]
    short = [line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..." for line in told]
    more = [f"... and {len(short) - _MOST_DIFFERENCE} more lines"] if len(short) > _MOST_DIFFERENCE else []
    return "\n".join([*short[:_MOST_DIFFERENCE], *more])


def _line(recording: Recording) -> str:
    raw = recording.model_dump(mode="json", exclude_none=True)
    (role, system), *rest = raw["sent"]["messages"]
    raw["sent"]["messages"] = [[role, {"digest": _digest(system)[:16]}], *rest]
    return json.dumps(raw, ensure_ascii=False, sort_keys=True)


def _read(raw: dict[str, object], systems: Mapping[str, str]) -> Recording:
    sent = raw["sent"]
    assert isinstance(sent, dict)
    (role, named), *rest = sent["messages"]
    return Recording.model_validate({**raw, "sent": {**sent, "messages": [(role, systems[named["digest"]]), *rest]}})


def _text(sent: Sent) -> str:
    return _FENCED.sub(r"\1", "\n".join(text for _, text in sent.messages))


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(1, len(a | b))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
