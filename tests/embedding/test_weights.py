"""The check of the weights, on a carrier made here."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.embedding.weights import Carried, checked, place, verified
from interviewer.errors import SetupError

WORDS = b"these are the weights"
CARRIED = Carried("carrier_of_weights", "model/file", hashlib.sha256(WORDS).hexdigest())


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The carried file inside a package that fails where it is imported."""
    package = tmp_path / CARRIED.package
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / CARRIED.inside).write_bytes(WORDS)
    sys.path.insert(0, str(tmp_path))
    yield package / CARRIED.inside
    sys.path.remove(str(tmp_path))


def test_the_published_file_is_found_without_importing_its_carrier(file: Path) -> None:
    assert verified(CARRIED, None) == file
    assert CARRIED.package not in sys.modules


def test_another_file_is_refused_with_its_place_both_hashes_and_the_remedy(file: Path) -> None:
    file.write_bytes(b"something else")
    with pytest.raises(SetupError) as caught:
        verified(CARRIED, None)
    said = str(caught.value)
    assert str(file) in said and CARRIED.sha256 in said and hashlib.sha256(b"something else").hexdigest() in said
    assert "-r weights.lock" in said


def test_a_package_that_is_not_installed_is_named_with_the_remedy() -> None:
    with pytest.raises(SetupError, match=r"'carrier_nobody_has' is not installed.*-r weights\.lock"):
        verified(CARRIED._replace(package="carrier_nobody_has"), None)


def test_the_sentence_names_the_file_and_the_lock_that_brings_it() -> None:
    with pytest.raises(SetupError, match=r"model/file is missing .*-r other\.lock"):
        verified(CARRIED._replace(package="carrier_nobody_has", lock="other.lock"), None)


def test_whether_a_carrier_is_there_is_told_without_reading_its_file(file: Path) -> None:
    file.unlink()
    assert place(CARRIED) == file and place(CARRIED._replace(package="carrier_nobody_has")) is None


def test_a_file_that_was_put_together_is_checked_like_a_carried_one(tmp_path: Path) -> None:
    joined = tmp_path / "joined"
    joined.write_bytes(WORDS)
    assert checked(joined, CARRIED, None) == joined
    joined.write_bytes(WORDS[:-1])
    with pytest.raises(SetupError, match="joined is not the file that was published"):
        checked(joined, CARRIED, None)


def test_a_file_that_is_missing_from_its_carrier_is_named_with_the_remedy(file: Path) -> None:
    file.unlink()
    with pytest.raises(SetupError, match=r"model/file can't be read.*-r weights\.lock"):
        verified(CARRIED, None)


def test_a_check_is_remembered_while_size_and_time_of_change_stay(file: Path, tmp_path: Path) -> None:
    checks = tmp_path / "kept" / "checked.json"
    verified(CARRIED, checks)
    seen = file.stat()
    file.write_bytes(WORDS[::-1])
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert verified(CARRIED, checks) == file
    os.utime(file)
    with pytest.raises(SetupError, match="is not the file that was published"):
        verified(CARRIED, checks)


def test_a_remembered_check_holds_for_no_other_hash(file: Path, tmp_path: Path) -> None:
    checks = tmp_path / "checked.json"
    verified(CARRIED, checks)
    with pytest.raises(SetupError, match="is not the file that was published"):
        verified(CARRIED._replace(sha256="0" * 64), checks)


@pytest.mark.parametrize("content", ["", "[]", "{broken", '{"other": 1}'])
def test_checks_that_cannot_be_read_are_made_again(file: Path, tmp_path: Path, content: str) -> None:
    checks = tmp_path / "checked.json"
    checks.write_text(content)
    assert verified(CARRIED, checks) == file
    assert str(file) in checks.read_text()


def test_a_folder_that_cannot_be_written_does_not_stop_the_check(file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert verified(CARRIED, tmp_path / "taken" / "checked.json") == file
