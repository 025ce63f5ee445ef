"""A second opinion: words that two recognisers hear otherwise are the ones to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from interviewer.domain import HeardWord
from interviewer.speech.spelling import alike, tokens

# With whisper's own doubts, three in four of the wrong words are marked, and half of those that are marked are wrong (CARD.md).
SURE = 0.8


def doubted(words: Sequence[HeardWord], other: Sequence[HeardWord]) -> list[HeardWord]:
    """`words` with those marked unsure that stand otherwise, or not at all, in what another recogniser heard of the same sound.

    How a word is spelled makes no difference, and a word of a confidence from `SURE` on is not doubted. One that was unsure stays it.
    """
    mine, theirs = alike(tokens([w.word for w in words]), tokens([w.word for w in other]))
    differ: set[int] = set()
    for tag, a, b, *_ in SequenceMatcher(None, [t.text for t in mine], [t.text for t in theirs], autojunk=False).get_opcodes():
        if tag in ("replace", "delete"):
            differ.update(n for token in mine[a:b] for n in token.of)
    return [w.model_copy(update={"unsure": True}) if n in differ and (w.confidence or 0) < SURE else w for n, w in enumerate(words)]
