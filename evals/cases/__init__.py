"""The cases: answers with readers' levels, in our own words."""

from __future__ import annotations

import statistics
from functools import cache
from pathlib import Path

import yaml

from interviewer.domain import Exemplar, Frozen, Id, Reference, Sentence

_FOLDER = Path(__file__).parent


class Planted(Frozen):
    """One of the item's common mistakes that the answer makes, and the sentence in which it does."""

    mistake: Sentence
    quote: Sentence


class Case(Frozen):
    """An answer to an item with the levels that its writer meant and that a blind reader gave, by criterion."""

    id: Id
    item: Id
    author: Sentence
    style: Sentence
    answer: Sentence
    ratings: tuple[Reference, ...]
    planted: Planted | None = None

    def given(self, criterion: str) -> tuple[int | None, ...]:
        """The levels that a criterion was given."""
        return tuple(r.levels[criterion] for r in self.ratings if criterion in r.levels)


class Marked(Frozen):
    """The sentences of a case that a blind reader marked as deciding a criterion, the best one first; none where nothing was about it."""

    case: Id
    criterion: Id
    author: Sentence
    marked: tuple[Sentence, ...]


@cache
def read_marked() -> tuple[Marked, ...]:
    """What was marked, in the order of its file."""
    lines = (_FOLDER / "marked.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Marked.model_validate_json(line) for line in lines)


@cache
def read_cases() -> tuple[Case, ...]:
    """Every case, in the order of its file."""
    raw = yaml.load((_FOLDER / "answers.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(Case(**entry) for entry in raw)


def references(answer: Case | Exemplar) -> dict[str, float]:
    """The mean level of each criterion on which the readers are not two levels apart."""
    told: dict[str, float] = {}
    for criterion in sorted({c for r in answer.ratings for c in r.levels}):
        given = [n for n in answer.given(criterion) if n is not None]
        if given and max(given) - min(given) < 2:
            told[criterion] = statistics.fmean(given)
    return told
