"""The cases: answers with readers' levels, in our own words."""

from __future__ import annotations

from pathlib import Path

import yaml

from interviewer.domain import Frozen, Id, Reference, Sentence

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


def read_cases() -> tuple[Case, ...]:
    """Every case, in the order of its file."""
    raw = yaml.load((_FOLDER / "answers.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(Case(**entry) for entry in raw)
