"""The index on disk: built once, brought up to date, and never trusted where it is not whole."""

from __future__ import annotations

import ctypes
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interviewer.domain import Item, Pack
from interviewer.embedding import Vectors
from interviewer.errors import ModelUnreachable, SetupError
from interviewer.library import Library
from interviewer.library.index import Index
from tests.library.small import ITEMS, NOTES, WordEncoder, item, pack

IDS = [i.id for i in ITEMS]


def opened(folder: Path, packs: Sequence[Pack], encoder: WordEncoder | None = None) -> tuple[list[str], list[tuple[int, int]]]:
    """Open and close a library; what was encoded for it, and the progress that was told. It must find what it holds."""
    encoder = encoder or WordEncoder()
    told: list[tuple[int, int]] = []
    library = Library.open(folder, encoder, packs, lambda done, total: told.append((done, total)))
    for of in packs:
        for i in of.items:
            assert library.rank_items(of.id, i.question, [x.id for x in of.items])[0][0] == i.id
        for note in of.notes:
            assert library.passages(of.id, note.title, 1, [note.id])[0].note == note.id
    library.close()
    return encoder.known, told


def generation(folder: Path) -> Path:
    return folder / str(json.loads((folder / "index.json").read_text())["generation"])


def test_an_index_is_built_once_and_opened_after_that(tmp_path: Path) -> None:
    known, told = opened(tmp_path, [pack()])
    assert len(known) == len(set(known)) > 10
    assert (told[0], told[-1]) == ((0, len(known)), (len(known), len(known)))
    assert opened(tmp_path, [pack()]) == ([], [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fills fresh memory by a switch of the GNU C library")
@pytest.mark.parametrize("entries", [ITEMS, [item(f"i{n}", f"Question {n}?", f"Looks for {n}.") for n in range(1010)]], ids=["few", "many"])
def test_nothing_that_was_in_memory_before_is_written_out_with_the_index(tmp_path: Path, entries: Sequence[Item]) -> None:
    fill = ctypes.CDLL(None).mallopt
    m_perturb, filler = -6, 0x5A
    fill(m_perturb, filler)
    try:
        Library.open(tmp_path, WordEncoder(dimension=16), [pack(items=entries)]).close()
    finally:
        fill(m_perturb, 0)
    fresh = bytes([filler ^ 0xFF]) * 64
    files = [f for f in generation(tmp_path).rglob("*") if f.is_file()]
    assert {"data_level0.bin", "length.bin"} <= {f.name for f in files}
    assert [f.name for f in files if fresh in f.read_bytes()] == []


def test_files_of_an_unknown_form_are_not_scrubbed_blindly(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    index = Index(generation(tmp_path))
    file = next(generation(tmp_path).rglob("length.bin"))
    file.write_bytes(bytes(4 * 1_000_000))
    with pytest.raises(SetupError, match=r"length\.bin has 4000000 bytes where \d+ to \d+ were expected: install the chromadb"):
        index.scrub()
    index.close()


def test_what_did_not_change_is_not_encoded_again(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    more = item("flour", "Which flour do you buy?", "Compares prices.")
    known, told = opened(tmp_path, [pack(items=[*ITEMS, more])])
    assert len(known) == 3 and "Which flour do you buy?" in known
    assert told == [(0, 3), (3, 3)]


def test_what_was_taken_out_of_the_corpus_is_gone(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    assert opened(tmp_path, [pack(items=ITEMS[1:], notes=NOTES[1:])]) == ([], [])
    library = Library.open(tmp_path, WordEncoder(), [pack(items=ITEMS[1:], notes=NOTES[1:])])
    assert library.counts() == {"items": 2, "notes": 1, "passages": 2}
    assert {h.id for h in library.search("cold oven starter", 20)} == {"sourdough", "customer", "ovens"}


def test_a_changed_title_is_shown_without_encoding_what_it_does_not_touch(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    renamed = item("oven", "The OVEN is cold today. What now?", "Checks fuse and thermostat.")
    known, _ = opened(tmp_path, [pack(items=[renamed, *ITEMS[1:]])])
    assert known == ["The OVEN is cold today. What now?"]
    library = Library.open(tmp_path, WordEncoder(), [pack(items=[renamed, *ITEMS[1:]])])
    assert {h.title for h in library.search("fuse thermostat", 1)} == {"The OVEN is cold today. What now?"}


@pytest.mark.parametrize("other", [WordEncoder(id="other"), WordEncoder(dimension=64)], ids=["id", "dimension"])
def test_another_encoder_encodes_everything_anew(tmp_path: Path, other: WordEncoder) -> None:
    first, _ = opened(tmp_path, [pack()])
    again, _ = opened(tmp_path, [pack()], other)
    assert sorted(again) == sorted(first)
    told = json.loads((tmp_path / "index.json").read_text())
    assert (told["encoder"], told["dimension"]) == (other.id, other.dimension)


def test_a_corpus_without_notes_and_no_corpus_at_all_are_kept_too(tmp_path: Path) -> None:
    opened(tmp_path / "none", [])
    opened(tmp_path / "none", [])
    library = Library.open(tmp_path / "none", WordEncoder(), [])
    assert library.search("anything", 3) == ()
    assert library.passages("bakers", "anything") == ()
    assert library.counts() == {"items": 0, "notes": 0, "passages": 0}


def test_old_generations_are_cleared_away_but_for_the_last(tmp_path: Path) -> None:
    for n in range(1, 4):
        opened(tmp_path, [pack(items=ITEMS[:n])])
    assert len(list(tmp_path.glob("index-*"))) == 2
    assert generation(tmp_path).is_dir()


def _overwritten(path: Path, at: float) -> None:
    whole = bytearray(path.read_bytes())
    start = int(len(whole) * at)
    whole[start : start + 20_000] = os.urandom(len(whole[start : start + 20_000]))
    path.write_bytes(whole)


def _rows(folder: Path, statement: str) -> None:
    rows = sqlite3.connect(generation(folder) / "chroma.sqlite3")
    with rows:
        assert rows.execute(statement).rowcount != 0
    rows.close()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "index.json is gone": lambda f: (f / "index.json").unlink(),
    "index.json is no JSON": lambda f: (f / "index.json").write_text("{"),
    "index.json is of another kind": lambda f: (f / "index.json").write_text('{"generation": "index-0"}'),
    "the generation is gone": lambda f: generation(f).rename(f / "elsewhere"),
    "the database is gone": lambda f: (generation(f) / "chroma.sqlite3").unlink(),
    "the database is empty": lambda f: (generation(f) / "chroma.sqlite3").write_bytes(b""),
    "the database is no database": lambda f: (generation(f) / "chroma.sqlite3").write_bytes(b"garbage" * 4000),
    "the database breaks off": lambda f: os.truncate(generation(f) / "chroma.sqlite3", 60_000),
    "the database is damaged inside": lambda f: _overwritten(generation(f) / "chroma.sqlite3", 0.3),
    "a row is gone": lambda f: _rows(f, "DELETE FROM embeddings_queue WHERE seq_id = 3"),
    "a vector has changed": lambda f: _rows(f, "UPDATE embeddings_queue SET vector = zeroblob(512) WHERE seq_id = 3"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_an_index_that_is_not_whole_is_built_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    encoded, _ = opened(tmp_path, [pack()])
    damage(tmp_path)
    assert opened(tmp_path, [pack()])[0] == encoded
    assert opened(tmp_path, [pack()])[0] == []


def test_an_index_of_another_corpus_under_the_right_name_is_not_trusted(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    right = json.loads((tmp_path / "index.json").read_text())
    opened(tmp_path, [pack(items=ITEMS[:1])])
    forged = json.loads((tmp_path / "index.json").read_text()) | {"corpus": right["corpus"]}
    (tmp_path / "index.json").write_text(json.dumps(forged))
    assert len(opened(tmp_path, [pack()])[0]) > 10


class Failing(WordEncoder):
    """Fails after one call, as a server does that goes away."""

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        if self.known:
            raise ModelUnreachable("it went away")
        return super().encode_known(texts)


def test_a_build_that_fails_leaves_the_index_before_it_in_place(tmp_path: Path) -> None:
    opened(tmp_path, [pack()])
    before = (tmp_path / "index.json").read_bytes()
    many = [item(f"i{n}", f"Question {n}?", f"Looks for {n}.") for n in range(20)]
    with pytest.raises(ModelUnreachable):
        Library.open(tmp_path, Failing(), [pack(items=many)])
    assert (tmp_path / "index.json").read_bytes() == before
    assert opened(tmp_path, [pack()]) == ([], [])


def test_of_several_that_open_at_once_one_builds_and_the_others_wait_for_it(tmp_path: Path) -> None:
    encoders = [WordEncoder() for _ in range(4)]
    threads = [threading.Thread(target=opened, args=(tmp_path, [pack()], e)) for e in encoders]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(len(e.known) > 0 for e in encoders) == [False, False, False, True]


BUILDER = """
import sys, time
from pathlib import Path
from interviewer.library import Library
from interviewer.library.index import Index
from tests.library.small import WordEncoder, pack

class Slow(WordEncoder):
    def encode_known(self, texts):
        print("encoding", flush=True)
        time.sleep(60)

Library.open(Path(sys.argv[1]), Slow(), [pack()])
"""


def test_another_process_waits_for_the_one_that_builds_and_builds_itself_when_that_is_killed(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", BUILDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert first.stdout and first.stdout.readline() == "encoding\n"
    encoder = WordEncoder()
    second = threading.Thread(target=opened, args=(tmp_path, [pack()], encoder))
    second.start()
    second.join(timeout=0.5)
    assert second.is_alive() and encoder.known == []
    first.kill()
    first.communicate()
    second.join(timeout=20)
    assert len(encoder.known) > 10


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    opened(tmp_path / "index", [pack()])
    for folder in (tmp_path / "index", generation(tmp_path / "index")):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_setup_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SetupError, match=r"the index can't be kept in .*/taken/index.*INTERVIEWER_DATA_DIR"):
        Library.open(tmp_path / "taken" / "index", WordEncoder(), [pack()])
