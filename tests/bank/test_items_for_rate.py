"""A file of items for `rate`: little is needed, and what is broken is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.bank import read_items
from interviewer.errors import FileError

BARE = "- id: q\n  question: Why?\n  criteria: [{id: a, reference: Because.}]\n"
TOLD = [
    ("", "nothing is in the file"),
    ("[]", "no items in it; write a YAML list of items"),
    ("items: []", "not a list"),
    (BARE + BARE, "2 entries have this item id"),
    (BARE.replace("reference", "refrence"), r"refrence: is not a field here\. Remedy: .*\(perhaps reference\)"),
    (BARE.replace("[{id: a, reference: Because.}]", "[]"), "criteria: "),
    (BARE + "  scale: [No, Yes]\n", r"scale\.levels #1: holds no fields|is not a text"),
    ("- id: [", "not valid YAML at line"),
]


@pytest.mark.parametrize(("text", "says"), TOLD)
def test_a_broken_file_for_rate_is_refused_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=says) as refused:
        read_items(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_for_rate_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(FileError, match=r"the file is missing|can't be read"):
            read_items(path)


def test_a_file_for_rate_needs_no_more_than_id_question_and_criteria(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(BARE, encoding="utf-8")
    (item,) = read_items(path)
    assert (item.id, item.criteria[0].reference, item.top) == ("q", "Because.", 5)
