"""`rate`: ratings for a file of answers, the door for measuring a rater."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from interviewer.domain import Frozen, Item, ItemRating, Turn
from interviewer.errors import FileError

Rate = Callable[[Item, Sequence[Turn]], Awaitable[ItemRating]]
AT_ONCE = 8


class Answered(Frozen):
    """A line of answers: one answer, or the turns of one item."""

    id: str = Field(min_length=1)
    item_id: str
    answer: str | None = None
    turns: tuple[Turn, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Answered:
        if (self.answer is None) == (self.turns is None):
            raise ValueError("give either answer or turns")
        return self

    @model_validator(mode="after")
    def _unsure_stretches_fit(self) -> Answered:
        for number, turn in enumerate(self.turns or (), 1):
            size = len(turn.answer or "")
            if odd := next(((a, b) for a, b in turn.unsure if not 0 <= a < b <= size), None):
                raise ValueError(
                    f"turn {number} has the unsure stretch {list(odd)}, and its answer has {size} characters: give [start, end],"
                    " counted from 0, the end after the start"
                )
        return self

    def said(self, item: Item) -> tuple[Turn, ...]:
        """The turns that a rater takes."""
        return (Turn(question=item.question, answer=self.answer),) if self.turns is None else self.turns


def read_answered(path: Path, items: Mapping[str, Item]) -> list[Answered]:
    """Every line of a file of answers, checked before anything is rated. Raises FileError naming line and remedy."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # a JSON string may hold the other line breaks as they are
    except OSError as error:
        raise FileError(f"{path}: can't be read ({error.strerror}); give the path of a JSONL file of answers") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    read = [_read_line(f"{path}, line {n}", line, items) for n, line in enumerate(lines, 1) if line.strip()]
    if not read:
        raise FileError(f'{path}: no answers in it; write a line such as {{"id": "1", "item_id": "…", "answer": "…"}}')
    return read


def _read_line(place: str, line: str, items: Mapping[str, Item]) -> Answered:
    try:
        answered = Answered.model_validate_json(line)
    except ValidationError as error:
        raise FileError(f"{place}: {_in_words(error)}; a line has id, item_id, and answer or turns") from error
    if answered.item_id not in items:
        raise FileError(f"{place}: item_id {answered.item_id!r} is not in the file of items; there are {', '.join(list(items)[:5])}")
    return answered


def _in_words(error: ValidationError) -> str:
    """The first thing that is wrong with a line: where in it, what stands there, and why that can't be."""
    first = error.errors()[0]
    at = ".".join(str(p) for p in first["loc"])
    why = first["msg"].removeprefix("Value error, ")
    if not at:
        return why
    return f"{at}: {why}" if first["type"] == "missing" else f"{at} is {first['input']!r:.60}: {why}"


async def rate_all(answers: Sequence[Answered], items: Mapping[str, Item], rate: Rate) -> AsyncIterator[tuple[Answered, ItemRating]]:
    """Each answer with its rating, in the order given; a few are rated at once."""
    for batch in _batches(answers):
        ratings = await asyncio.gather(*(rate(items[a.item_id], a.said(items[a.item_id])) for a in batch))
        for pair in zip(batch, ratings, strict=True):
            yield pair


def _batches(answers: Sequence[Answered]) -> Iterator[Sequence[Answered]]:
    return (answers[i : i + AT_ONCE] for i in range(0, len(answers), AT_ONCE))


def as_line(line: Mapping[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"
