"""Texts read closely by a small encoder: each word is a token, with the vector that the word has alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interviewer.embedding import Reading, Vectors
from interviewer.rating.words import folded


def by_word(texts: Sequence[str], rows: Callable[[Sequence[str]], Vectors]) -> tuple[Reading, ...]:
    """A reading for each text, from what gives the rows of texts."""
    words = [folded(t) or ("",) for t in texts]
    return tuple(Reading(vector, w, rows(w)) for vector, w in zip(rows(texts), words, strict=True))
