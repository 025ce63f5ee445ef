"""A file of answers to be rated is checked as a whole before anything is rated, and each fault names its line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from interviewer.domain import Item, ItemRating, Rating, Turn
from interviewer.errors import FileError
from interviewer.interview import as_line, rate_all, read_answered
from interviewer.interview.measuring import AT_ONCE, Answered
from tests.interview.talking import QUESTION, item

ITEMS = {"fraud": item()}
GOOD = '{"id": "1", "item_id": "fraud", "answer": "One."}'


def file(folder: Path, content: str | bytes) -> Path:
    path = folder / "answers.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_answered(path, ITEMS)
    text = str(caught.value)
    assert text.startswith(str(path)) and "\n" not in text and len(text) < 400
    return text


def test_each_line_is_an_answer_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    turns = '{"id": "2", "item_id": "fraud", "turns": [{"question": "Q?", "answer": "A."}, {"question": "R?"}]}'
    read = read_answered(file(tmp_path, f"\n{GOOD}\r\n  \n{turns}"), ITEMS)
    assert [r.id for r in read] == ["1", "2"]
    assert read[0].said(ITEMS["fraud"]) == (Turn(question=QUESTION, answer="One."),)
    assert read[1].said(ITEMS["fraud"]) == (Turn(question="Q?", answer="A."), Turn(question="R?"))


def turned(*unsure: list[int], answer: str | None = "We kept it.") -> str:
    return json.dumps({"id": "1", "item_id": "fraud", "turns": [{"question": "Q?", "answer": answer, "unsure": list(unsure)}]})


def test_turns_may_say_which_stretches_were_heard_unsurely(tmp_path: Path) -> None:
    (read,) = read_answered(file(tmp_path, turned([3, 7], [8, 11])), ITEMS)
    assert read.said(ITEMS["fraud"])[0].unsure == ((3, 7), (8, 11))


@pytest.mark.parametrize("stretch", [[3, 12], [-1, 3], [7, 3], [3, 3], [11, 12]])
def test_a_stretch_that_lies_outside_of_its_answer_is_told(tmp_path: Path, stretch: list[int]) -> None:
    text = told(file(tmp_path, turned([0, 2], stretch)))
    assert f"turn 1 has the unsure stretch {stretch}, and its answer has 11 characters" in text and "give [start, end]" in text


def test_a_stretch_of_no_answer_and_one_that_is_none_are_told(tmp_path: Path) -> None:
    assert "its answer has 0 characters" in told(file(tmp_path, turned([0, 1], answer=None)))
    for odd in ([1], [1, 2, 3], ["a", "b"]):
        assert "line 1" in told(file(tmp_path, turned(odd)))  # type: ignore[arg-type]


def test_an_answer_may_hold_any_line_break_that_json_allows(tmp_path: Path) -> None:
    answer = "One.\u2028Two.\u2029Three.\x85Four."
    line = json.dumps({"id": "1", "item_id": "fraud", "answer": answer}, ensure_ascii=False)
    (read,) = read_answered(file(tmp_path, line), ITEMS)
    assert read.answer == answer


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert len(read_answered(file(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()), ITEMS)) == 1


def test_a_missing_file_a_folder_and_an_empty_file_are_told(tmp_path: Path) -> None:
    assert "can't be read" in (text := told(tmp_path / "none.jsonl")) and "give the path of a JSONL file" in text
    assert "can't be read" in told(tmp_path)
    for content in ("", "\n \n"):
        assert "no answers in it; write a line such as" in told(file(tmp_path, content))


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    assert "not UTF-8 at byte 0" in (text := told(file(tmp_path, b"\xe9"))) and "save the file as UTF-8" in text


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "Invalid JSON"),
        ("not json", "Invalid JSON"),
        ('"fraud"', "object"),
        ("[1]", "object"),
        ("[" * 100_000, "JSON"),
        ('{"item_id": "fraud", "answer": "A."}', "id: Field required"),
        ('{"id": "", "item_id": "fraud", "answer": "A."}', "id is ''"),
        ('{"id": 7, "item_id": "fraud", "answer": "A."}', "id is 7"),
        ('{"id": "1", "answer": "A."}', "item_id: Field required"),
        ('{"id": "1", "item_id": "fraud"}', "give either answer or turns"),
        ('{"id": "1", "item_id": "fraud", "answer": null}', "give either answer or turns"),
        ('{"id": "1", "item_id": "fraud", "answer": "A.", "turns": []}', "give either answer or turns"),
        ('{"id": "1", "item_id": "fraud", "answer": ["A."]}', "answer is ['A.']"),
        ('{"id": "1", "item_id": "fraud", "turns": [{"answer": "A."}]}', "turns.0.question: Field required"),
        ('{"id": "1", "item_id": "fraud", "answer": "A.", "level": 3}', "level is 3"),
        ('{"id": "1", "item_id": "fraud", "answer": "\\ud800"}', "JSON"),
    ],
)
def test_a_line_that_can_t_be_used_is_told_with_its_number_and_the_form_to_write(tmp_path: Path, line: str, what: str) -> None:
    text = told(file(tmp_path, f"{GOOD}\n\n{line}\n"))
    assert ", line 3: " in text and what in text and "a line has id, item_id, and answer or turns" in text


def test_an_item_that_is_not_in_the_file_of_items_is_told_with_those_that_are(tmp_path: Path) -> None:
    text = told(file(tmp_path, '{"id": "1", "item_id": "frud", "answer": "A."}'))
    assert ", line 1: item_id 'frud' is not in the file of items; there are fraud" in text


def test_every_answer_gets_its_own_rating_in_the_order_given_a_few_at_once() -> None:
    under_way, most = 0, 0

    async def rate(of: Item, turns: Sequence[Turn]) -> ItemRating:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        number = int(turns[0].answer or "")
        await asyncio.sleep(0.001 * (number % 3))
        under_way -= 1
        return ItemRating(item_id=of.id, rater="embedded", model="m", ratings=(Rating(criterion="causes", reason=str(number)),))

    async def all_of_them() -> list[tuple[str, str | None]]:
        answers = [Answered(id=str(n), item_id="fraud", answer=str(n)) for n in range(2 * AT_ONCE + 3)]
        return [(a.id, rating.ratings[0].reason) async for a, rating in rate_all(answers, ITEMS, rate)]

    pairs = asyncio.run(all_of_them())
    assert pairs == [(str(n), str(n)) for n in range(2 * AT_ONCE + 3)]
    assert 1 < most <= AT_ONCE


def test_a_line_that_is_written_can_be_read_again() -> None:
    line = as_line({"answer": "é\u2028\n"})
    assert line.endswith("\n") and line.count("\n") == 1 and json.loads(line) == {"answer": "é\u2028\n"}
