"""The cache of the corpus's own words."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from interviewer.embedding.encoder import Vectors
from interviewer.embedding.known import Known
from interviewer.errors import SetupError

TEXTS = ["one", "two", "three", "four"]


class Asked:
    """Encodes a text by its length, and keeps what it was asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        angles = np.array([len(t) for t in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_a_text_is_encoded_once_in_a_process() -> None:
    known, asked = Known("e", None), Asked()
    first = known.vectors(["one", "two", "one"], asked)
    again = known.vectors(["two", "one"], asked)
    assert asked.texts == ["one", "two"]
    np.testing.assert_array_equal(first[[1, 0]], again)


def test_a_text_is_encoded_once_ever_where_there_is_a_folder(tmp_path: Path) -> None:
    first = Known("e", tmp_path).vectors(TEXTS, Asked())
    asked = Asked()
    np.testing.assert_array_equal(Known("e", tmp_path).vectors([*TEXTS, "fifth"], asked)[:4], first)
    assert asked.texts == ["fifth"]


def test_another_encoder_finds_nothing_of_the_first(tmp_path: Path) -> None:
    Known("e", tmp_path).vectors(TEXTS, Asked())
    asked = Asked()
    Known("other", tmp_path).vectors(TEXTS, asked)
    assert asked.texts == TEXTS


def test_the_file_is_its_owners_alone_and_holds_no_text(tmp_path: Path) -> None:
    Known("e", tmp_path / "new").vectors(["an unmistakable sentence"], Asked())
    file = tmp_path / "new" / "vectors.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"unmistakable" not in file.read_bytes()


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to look at " * 40, b""], ids=["garbage", "empty"])
def test_a_file_that_is_no_database_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    Known("e", tmp_path).vectors(TEXTS, Asked())
    (tmp_path / "vectors.sqlite3").write_bytes(damage)
    asked, later = Asked(), Asked()
    Known("e", tmp_path).vectors(TEXTS, asked)
    Known("e", tmp_path).vectors(TEXTS, later)
    assert (asked.texts, later.texts) == (TEXTS, [])


def test_a_file_damaged_further_in_costs_encoding_and_nothing_else(tmp_path: Path) -> None:
    known = Known("e", tmp_path)
    right = known.vectors([f"{'x' * n}" for n in range(1, 400)], Asked())
    file = tmp_path / "vectors.sqlite3"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    np.testing.assert_array_equal(Known("e", tmp_path).vectors([f"{'x' * n}" for n in range(1, 400)], Asked()), right)


def test_a_damaged_vector_is_encoded_again(tmp_path: Path) -> None:
    Known("e", tmp_path).vectors(TEXTS, Asked())
    rows = sqlite3.connect(tmp_path / "vectors.sqlite3")
    with rows:
        rows.execute("UPDATE vectors SET vector = ?", (b"\0" * 7,))
    rows.close()
    asked = Asked()
    Known("e", tmp_path).vectors(TEXTS, asked)
    assert asked.texts == TEXTS


def test_several_processes_fill_one_file_together(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from tests.embedding.test_known import Asked, Known
for n in range(25):
    Known("e", Path(sys.argv[1])).vectors(["x" * n + sys.argv[2], "y" * n], Asked())
"""
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"]
    assert [w.wait(timeout=60) for w in writers] == [0, 0]
    asked = Asked()
    Known("e", tmp_path).vectors(["x" * n + name for n in range(25) for name in "ab"] + ["y" * n for n in range(25)], asked)
    assert asked.texts == []


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_setup_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(SetupError, match=r"taken/vectors\.sqlite3 can't be used.*make its folder writable"):
        Known("e", tmp_path / "taken").vectors(TEXTS, Asked())
