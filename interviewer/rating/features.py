"""What the embedded rater sees of one answer and one criterion: three numbers, each about meaning or wording, none about length.

lift      how much nearer the answer comes to what a high answer holds than the question itself does (mean over targets, cosine)
words     the share of the targets' own words, the question's left out, that the sentence or pair chosen for each target uses
contrast  how much nearer the answer comes to what is said at high levels than to what is said at low ones (cosine)

Targets are the criterion's key points and example sentences; its anchors where it has none; its reference's sentences where it has
neither. Each target looks for the one sentence (or pair of neighbours) nearest to it, so saying more of the same changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from interviewer.domain import Criterion, Item
from interviewer.embedding.encoder import Encoder, Vectors
from interviewer.rating.said import Piece
from interviewer.rating.words import content, folded, sentences

Mode = Literal["examples", "anchors", "reference"]


class Targets(NamedTuple):
    """The sentences of a criterion that answers are compared with."""

    mode: Mode
    points: tuple[str, ...]  # what a full answer holds and can lack; none where there are anchors alone
    high: tuple[str, ...]
    low: tuple[str, ...]


class Features(NamedTuple):
    """The three numbers of one criterion; see the head of this module."""

    lift: float
    words: float
    contrast: float


class Answer(NamedTuple):
    """An answer's n sentences with their vectors (n, d); and its units, sentences and then pairs of neighbours (2n - 1 at most), each with
    its vector (2n - 1, d) and its stems."""

    pieces: tuple[Piece, ...]
    vectors: Vectors
    units: Vectors
    stems: tuple[frozenset[str], ...]


def targets(criterion: Criterion) -> Targets:
    """What answers are compared with on a criterion."""
    if criterion.key_points or criterion.examples.high:
        points = criterion.key_points or criterion.examples.high
        high = tuple(dict.fromkeys((*criterion.key_points, *criterion.examples.high)))
        return Targets("examples", points, high, criterion.examples.low)
    if criterion.anchors:
        half = len(criterion.anchors) // 2  # the middle one of an odd number is neither high nor low
        return Targets("anchors", (), criterion.anchors[-half:], criterion.examples.low or criterion.anchors[:half])
    reference = criterion.reference or ""
    points = tuple(reference[a:b] for a, b in sentences(reference)) or (reference,)
    return Targets("reference", points, points, ())


def known_texts(item: Item) -> tuple[str, ...]:
    """Every text of an item that answers are compared with."""
    every = (t for c in item.criteria for found in [targets(c)] for t in (*found.points, *found.high, *found.low))
    return tuple(dict.fromkeys((*asked_texts(item), *every, *item.common_mistakes)))


def asked_texts(item: Item) -> tuple[str, ...]:
    """The question whole and by sentences."""
    return tuple(dict.fromkeys((item.question, *(item.question[a:b] for a, b in sentences(item.question)))))


def embed(pieces: Sequence[Piece], encoder: Encoder) -> Answer:
    """The sentences of an answer encoded, at least one of them; the candidate's words go through `encode` alone."""
    vectors = encoder.encode([p.text for p in pieces])
    neighbours = [i for i in range(len(pieces) - 1) if pieces[i].turn == pieces[i + 1].turn]
    pairs = vectors[neighbours] + vectors[[i + 1 for i in neighbours]]
    pairs = pairs / np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-9)
    stems = [_stems(p.tokens) for p in pieces]
    stems += [stems[i] | stems[i + 1] for i in neighbours]
    return Answer(tuple(pieces), vectors, np.vstack([vectors, pairs]).astype(np.float32), tuple(stems))


def features(item: Item, found: Targets, answer: Answer, encoder: Encoder) -> Features:
    """The three numbers of an answer on the targets of one criterion."""
    high = encoder.encode_known(found.high)
    near = nearest(answer.units, high)
    lift = float(np.mean(near - nearest(encoder.encode_known(asked_texts(item)), high)))
    low = float(np.mean(nearest(answer.units, encoder.encode_known(found.low)))) if found.low else None
    return Features(lift, shared_words(item, found, answer), 0.0 if low is None else float(np.mean(near)) - low)


def nearest(units: Vectors, targets: Vectors) -> Vectors:
    """For each target the cosine of the unit nearest to it, shape (len(targets),)."""
    cosines: Vectors = (units @ targets.T).max(axis=0)
    return cosines


def shared_words(item: Item, found: Targets, answer: Answer) -> float:
    """The share of all targets' words, beyond the question's, that stand in the sentence or pair chosen for each target; 0 to 1."""
    asked = rubric_stems(item.question)
    wanted = [w for t in found.high if (w := rubric_stems(t) - asked)]
    return sum(max(len(w & s) for s in answer.stems) for w in wanted) / max(1, sum(map(len, wanted)))


def _stems(tokens: Sequence[str]) -> frozenset[str]:
    """The content words without their usual endings, so that flag, flags and flagged are one."""
    return frozenset(_stem(w) for w in content(tokens))


@lru_cache(maxsize=4096)
def rubric_stems(text: str) -> frozenset[str]:
    """The stems of one of the corpus's sentences, which come again; never the candidate's."""
    return _stems(folded(text))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word
