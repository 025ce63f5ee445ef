"""The terminal and the file of answers: what can't be used is told with its place, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interviewer.errors import FileError
from interviewer.interview import MOST_CHARACTERS, State, read_answers, sit_in_terminal
from tests.interview.talking import Log, asked
from tests.rooms import CANDIDATE, STRONG, Room


def file(folder: Path, content: str | bytes) -> Path:
    path = folder / "answers.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(path: Path) -> str:
    """What is said of a file that can't be used: a sentence with its path and with what to do."""
    with pytest.raises(FileError) as caught:
        read_answers(path)
    text = str(caught.value)
    assert text.startswith(str(path)) and "\n" not in text and len(text) < 400
    return text


def next_answer(path: Path, log: Log) -> str | None:
    turn = log.state.open_turn
    assert turn
    return read_answers(path)(log.state, turn)


def test_a_list_of_answers_is_given_in_order(tmp_path: Path) -> None:
    answers, state = read_answers(file(tmp_path, '["One.", "Two."]')), asked().state
    assert state.open_turn
    assert [answers(state, state.open_turn) for _ in range(3)] == ["One.", "Two.", None]


def test_a_mapping_gives_each_item_its_answers_in_the_order_of_its_questions(tmp_path: Path) -> None:
    path = file(tmp_path, json.dumps({"fraud": ["First.", "To the probe."], "other": ["No."]}))
    log = asked()
    assert next_answer(path, log) == "First."
    log.answer(1, "First.")
    log.probe("causes", "What else?")
    assert next_answer(path, log) == "To the probe."
    log.answer(3, "To the probe.")
    log.probe("message", "And what now?")
    assert next_answer(path, log) is None


def test_an_item_without_answers_is_out_of_them(tmp_path: Path) -> None:
    assert next_answer(file(tmp_path, '{"other": ["No."]}'), asked()) is None


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert next_answer(file(tmp_path, b'\xef\xbb\xbf["One."]'), asked()) == "One."


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "can't be read" in (text := told(tmp_path / "none.json")) and "give the path of a JSON file" in text
    assert "can't be read" in told(tmp_path)


@pytest.mark.parametrize("content", ['["One."', "", "One.", "[" * 100_000, '["One.",]'])
def test_what_is_no_json_is_told_with_the_form_to_write(tmp_path: Path, content: str) -> None:
    assert "not valid JSON" in (text := told(file(tmp_path, content))) and "write a JSON list of strings" in text


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    assert "not UTF-8 at byte 2" in (text := told(file(tmp_path, '["é"]'.encode("latin-1")))) and "save the file as UTF-8" in text


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('"One."', 'holds "One."'),
        ("3", "holds 3"),
        ("null", "holds null"),
        ('["One.", 2]', "answer 2: 2 is no string"),
        ('["One.", null]', "answer 2: null is no string"),
        ('["One.", ["Two."]]', 'answer 2: ["Two."] is no string'),
        ('{"fraud": "One."}', "item 'fraud': holds \"One.\""),
        ('{"fraud": ["One."], "next": [{}]}', "item 'next', answer 1: {} is no string"),
        (json.dumps({"fraud": "long " * 500}), "item 'fraud': holds \"long long"),
    ],
)
def test_what_is_no_answer_is_told_with_its_place_and_the_form_to_write(tmp_path: Path, content: str, place: str) -> None:
    assert place in (text := told(file(tmp_path, content))) and "write a JSON list of strings, or a mapping" in text


def sit(folder: Path, lines: Sequence[str]) -> tuple[State, list[str]]:
    """An interview of one item with these lines typed, and what was said."""
    said: list[str] = []
    left = iter(lines)

    def hear() -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    async def whole(say: Callable[[str], None]) -> State:
        room = Room(folder)
        return await sit_in_terminal(room.door, await room.begin(items=1), CANDIDATE, say, hear)

    return asyncio.run(whole(said.append)), said


def test_lines_up_to_an_empty_one_are_an_answer_and_the_end_of_input_ends_the_interview(tmp_path: Path) -> None:
    state, _ = sit(tmp_path, ["I would compare.", "Then I would tell.", ""])
    assert state.turns[0].answer == "I would compare.\nThen I would tell."
    assert state.ended == "ended early" and state.rated


def test_an_answer_that_the_input_ends_in_is_kept(tmp_path: Path) -> None:
    assert sit(tmp_path, [STRONG])[0].turns[0].answer == STRONG


def test_a_mistyped_command_is_no_answer(tmp_path: Path) -> None:
    state, said = sit(tmp_path, ["/skp", "/asking", STRONG, ""])
    assert state.turns[0].answer == STRONG
    assert any("no command /skp" in text for text in said) and any("no command /asking" in text for text in said)


def test_a_question_is_answered_and_the_question_stays_open(tmp_path: Path) -> None:
    state, said = sit(tmp_path, ["/ask How many payments are flagged?", "How many payments are flagged?", "", STRONG, ""])
    assert sum("3,100" in text for text in said) == 2
    assert state.turns[0].answer == STRONG and len(state.turns[0].remarks) == 2


def test_an_answer_that_is_too_long_is_told_and_can_be_given_again(tmp_path: Path) -> None:
    state, said = sit(tmp_path, ["x" * (MOST_CHARACTERS + 1), "", STRONG, ""])
    assert any("shorten it" in text for text in said)
    assert state.turns[0].answer == STRONG


def test_a_skip_and_an_early_end_are_done(tmp_path: Path) -> None:
    state, _ = sit(tmp_path, ["/skip"])
    assert state.turns[0].skipped and state.ended == "finished"
    state, said = sit(tmp_path, ["/again", "/end"])
    assert state.ended == "ended early" and sum("What do you do?" in text for text in said) == 2
