"""Which sentence of an answer comes near one of an item's common mistakes. By meaning and words alone: whether the candidate makes
the mistake or warns of it is left to be read, so it is shown as something to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from interviewer.domain import Evidence, Item, Mistake
from interviewer.embedding.encoder import Reader
from interviewer.rating.evidence import LEAST_WORDS
from interviewer.rating.features import Answer, rubric_stems
from interviewer.rating.fitted import fitted
from interviewer.rating.said import Piece


class Pair(NamedTuple):
    """A common mistake, a sentence, and how near they are: their cosine, and `words` times the share of the mistake's words it uses."""

    mistake: str
    piece: Piece
    near: float


def near_mistakes(item: Item, answer: Answer, encoder: Reader) -> Iterator[Mistake]:
    """The common mistakes to which a sentence is near enough, the nearest first; a sentence makes one of them at most."""
    limits = fitted().mistake
    named: set[str | Piece] = set()
    for mistake, piece, near in pairs(item, answer, encoder, limits.words):
        if near < limits.cut:
            return
        if not {mistake, piece} & named:
            named |= {mistake, piece}
            yield Mistake(says=mistake, evidence=Evidence(turn=piece.turn, quote=piece.text))


def pairs(item: Item, answer: Answer, encoder: Reader, words: float) -> list[Pair]:
    """Every common mistake with every sentence in which one can be made, the nearest first.

    None can in a question or in three words, and none is looked for in a sentence that was not heard surely.
    """
    if not item.common_mistakes:
        return []
    asked = rubric_stems(item.question)
    cosines = answer.vectors @ encoder.encode_known(item.common_mistakes).T
    own = [rubric_stems(m) - asked for m in item.common_mistakes]
    found = [
        Pair(mistake, piece, float(cosines[i, k]) + words * len(own[k] & answer.stems[i]) / max(1, len(own[k])))
        for i, piece in enumerate(answer.pieces)
        if len(piece.tokens) >= LEAST_WORDS and not piece.text.rstrip().endswith("?") and not piece.unsure
        for k, mistake in enumerate(item.common_mistakes)
    ]
    return sorted(found, key=lambda p: -p.near)
