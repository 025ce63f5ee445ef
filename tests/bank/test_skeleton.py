"""New items and notes: complete in form, with nothing wrong but what is still to be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.bank import faults_of_craft, new_item, new_note, read_packs
from interviewer.domain import Pack
from interviewer.errors import FileError
from tests.bank.small import ITEMS, PACK, Corpus
from tests.rooms import WordEncoder


def pack_of(corpus: Corpus) -> Pack:
    (read,) = read_packs(corpus.path)
    assert read.pack and read.faults == ()
    return read.pack


def faults(corpus: Corpus) -> list[tuple[str, str]]:
    (read,) = read_packs(corpus.path)
    assert read.pack
    craft = faults_of_craft(read.pack, read.folder, read.exemplar_files, WordEncoder())
    return [(f.entry, f.fault) for f in (*read.faults, *craft)]


@pytest.mark.parametrize("fresh", [False, True])
def test_a_new_item_has_no_fault_but_its_todos(corpus: Corpus, fresh: bool) -> None:
    pack = pack_of(corpus)
    if fresh:
        (corpus.path / ITEMS).unlink()
    before = "" if fresh else (corpus.path / ITEMS).read_text(encoding="utf-8")
    path = new_item(pack, corpus.path / PACK, "research", "research-shed")
    assert path.read_text(encoding="utf-8").startswith(before)
    found = [f for f in faults(corpus) if f[0] == "research-shed"]
    assert len(found) == 1 and "TODO" in found[0][1]


def test_a_new_note_has_no_fault_but_its_todos(corpus: Corpus) -> None:
    path = new_note(pack_of(corpus), corpus.path / PACK, "sketching")
    assert path.name == "sketching.md"
    assert faults(corpus) == [("sketching", "it says TODO")]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p, f: new_item(p, f, "dance", "dance-one"), "has no such round; choose from research"),
        (lambda p, f: new_item(p, f, "research", "research-signup-drop"), "has an item of this id already"),
        (lambda p, f: new_item(p, f, "research", "two words"), "can't be an id"),
        (lambda p, f: new_note(p, f, "asking-before-shaping"), "has a note of this id already"),
        (lambda p, f: new_note(p, f, "../../etc/passwd"), "can't be"),
        (lambda p, f: new_note(p, f, "a/b"), "can't be"),
    ],
)
def test_what_can_t_be_made_is_told_and_changes_nothing(corpus: Corpus, make: Callable[[Pack, Path], Path], says: str) -> None:
    pack = pack_of(corpus)
    before = {p: p.read_bytes() for p in corpus.path.rglob("*") if p.is_file()}
    with pytest.raises(FileError, match=says):
        make(pack, corpus.path / PACK)
    assert before == {p: p.read_bytes() for p in corpus.path.rglob("*") if p.is_file()}
