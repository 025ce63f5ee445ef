"""Words that a speech recogniser heard unsurely: how many there are, and how a model is told of them. They are held against nobody."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.domain import Turn
from interviewer.prompts import Filled, fence
from interviewer.rating.words import words

MOST_UNSURE = 0.35  # share of an item's words above which its answers are too uncertain to be rated
_TOLD = (
    "Some words of the answers were heard unsurely by a speech recogniser; in truth they may be other words that sound alike. They stand "
    "below as they stand in the answers, a stretch a line. Where one makes no sense as it stands, take what fits the context; do not hold "
    "it against the answers, and still quote them as they stand above."
)


def unsure_share(turns: Sequence[Turn]) -> float:
    """The share of the words in all answers, spoken or typed, that were heard unsurely, 0 to 1."""
    if not any(turn.unsure for turn in turns):
        return 0.0
    flags = [flag for turn in turns if turn.answer for flag in _flags(turn.answer, turn.unsure)]
    return sum(flags) / max(1, len(flags))


def is_unsure(turn: Turn, start: int, end: int) -> bool:
    """Whether a stretch `answer[start:end]` touches one that was heard unsurely."""
    return any(start < b and a < end for a, b in turn.unsure)


def _flags(answer: str, unsure: Sequence[tuple[int, int]]) -> list[bool]:
    """For each word of an answer whether a letter of it stands in an unsure stretch."""
    letters = bytearray(len(answer))
    for start, end in unsure:
        letters[start:end] = b"\1" * (end - start)
    return [any(letters[word.start : word.end]) for word in words(answer)]


def told_unsure(filled: Filled, turns: Sequence[Turn]) -> Filled:
    """The prompt with the words that were heard unsurely after it, fenced; as it is where there are none."""
    heard = [f"[answer {n}] {(turn.answer or '')[a:b]}" for n, turn in enumerate(turns, start=1) for a, b in turn.unsure]
    return filled.model_copy(update={"user": "\n\n".join((filled.user, _TOLD, fence("\n".join(heard))))}) if heard else filled
