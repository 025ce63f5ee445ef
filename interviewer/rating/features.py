"""What the embedded rater sees of one answer and one criterion: numbers about meaning and wording, from -1 to 1, none about length.

Texts of the rubric are compared with the answer in two ways. Whole: the cosine of the sentence (or pair of neighbours) that is nearest to
a text. Covered: how near, on average, a text's own words find a word of the answer, each taken with the meaning that it has in its
sentence; words of the question and words of grammar do not count. Saying more of the same changes neither.

A criterion's targets are its key points and example sentences; its anchors where it has none; its reference's points where it has
neither (what is seen of an answer beside those stands in `reference.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from interviewer.domain import Criterion, Item
from interviewer.embedding.encoder import Reader, Reading, Vectors
from interviewer.rating.points import points_of
from interviewer.rating.said import Piece
from interviewer.rating.words import content, folded, is_function_word, sentences

SEARCHED = 2  # sentences of an answer in which the words of one text are looked for
Mode = Literal["examples", "anchors", "reference"]


class Targets(NamedTuple):
    """The sentences of a criterion that answers are compared with."""

    mode: Mode
    points: tuple[str, ...]  # what a full answer holds and can lack; none where there are anchors alone
    high: tuple[str, ...]
    low: tuple[str, ...]


class Features(NamedTuple):
    """The numbers of one criterion. Those from `contrast` on need anchors, and are 0 where there are key points alone."""

    lift: float  # how much nearer the answer comes to what a high answer holds than the question does
    words: float  # share of the targets' words, the question's left out, in the sentence or pair chosen for each target
    cover: float  # how well the targets are covered, on average
    cover_least: float  # how well the target is covered that is covered least
    contrast: float = 0.0  # how much nearer the answer comes to what is said at high levels than at low ones
    cover_contrast: float = 0.0  # the best covered high target against the best covered low one
    climb: float = 0.0  # how much nearer the answer comes to the second highest anchor than to the lowest
    top: float = 0.0  # how near it comes to the highest anchor
    top_cover: float = 0.0  # how well the highest anchor is covered
    top_words: float = 0.0  # share of the highest anchor's words in the sentence or pair that has most of them
    anchor_words: float = 0.0  # share of the words of the upper anchors and of what is looked for in the sentences nearest to them
    apart: float = 0.0  # how much nearer one sentence is to this criterion's targets than to any other criterion's


class Answer(NamedTuple):
    """An answer read: its n sentences with their vectors (n, d); its units, sentences and then pairs of neighbours (2n - 1 at most), each
    with its vector and its stems; and the vectors of each sentence's tokens, (t, d) each."""

    pieces: tuple[Piece, ...]
    vectors: Vectors
    units: Vectors
    stems: tuple[frozenset[str], ...]
    tokens: tuple[Vectors, ...]


def targets(criterion: Criterion) -> Targets:
    """What answers are compared with on a criterion."""
    if criterion.key_points or criterion.examples.high:
        points = criterion.key_points or criterion.examples.high
        high = tuple(dict.fromkeys((*criterion.key_points, *criterion.examples.high)))
        return Targets("examples", points, high, criterion.examples.low)
    if criterion.anchors:
        half = len(criterion.anchors) // 2  # the middle one of an odd number is neither high nor low
        return Targets("anchors", (), criterion.anchors[-half:], criterion.examples.low or criterion.anchors[:half])
    points = points_of(criterion.reference or "")
    return Targets("reference", points, points, ())


def known_texts(item: Item) -> tuple[str, ...]:
    """Every text of an item that answers are compared with."""
    every = (
        t for c in item.criteria for found in [targets(c)] for t in (*found.points, *found.high, *found.low, *c.anchors, c.looks_for) if t
    )
    return tuple(dict.fromkeys((*asked_texts(item), *every, *item.common_mistakes)))


def asked_texts(item: Item) -> tuple[str, ...]:
    """The question whole and by sentences."""
    return tuple(dict.fromkeys((item.question, *(item.question[a:b] for a, b in sentences(item.question)))))


def embed(pieces: Sequence[Piece], encoder: Reader) -> Answer:
    """The sentences of an answer read, at least one of them; the candidate's words go through `read` alone."""
    readings = encoder.read([p.text for p in pieces])
    vectors = np.stack([r.vector for r in readings])
    return _answer(tuple(pieces), vectors, [_stems(p.tokens) for p in pieces], tuple(r.vectors.astype(np.float32) for r in readings))


def without(answer: Answer, at: int) -> Answer:
    """The answer as it would be had one of its several sentences not been said."""
    kept = [i for i in range(len(answer.pieces)) if i != at]
    pieces, tokens = tuple(answer.pieces[i] for i in kept), tuple(answer.tokens[i] for i in kept)
    return _answer(pieces, answer.vectors[kept], [answer.stems[i] for i in kept], tokens)


def _answer(pieces: tuple[Piece, ...], vectors: Vectors, stems: Sequence[frozenset[str]], tokens: tuple[Vectors, ...]) -> Answer:
    neighbours = [i for i in range(len(pieces) - 1) if pieces[i].turn == pieces[i + 1].turn]
    pairs = vectors[neighbours] + vectors[[i + 1 for i in neighbours]]
    pairs = pairs / np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-9)
    both = (*stems, *(stems[i] | stems[i + 1] for i in neighbours))
    return Answer(pieces, vectors, np.vstack([vectors, pairs]).astype(np.float32), both, tokens)


def features(item: Item, criterion: Criterion, answer: Answer, encoder: Reader) -> Features:
    """The numbers of an answer on one criterion, which has anchors or key points."""
    found = targets(criterion)
    high = encoder.encode_known(found.high)
    near = nearest(answer.units, high)
    covers = covered(item.question, found.high, answer, encoder)
    points = covers[: len(found.points)] if found.mode == "examples" else covers
    plain = Features(
        lift=float(np.mean(near - nearest(encoder.encode_known(asked_texts(item)), high))),
        words=shared_words(item, found, answer),
        cover=float(covers.mean()),
        cover_least=float(points.min()),
    )
    if not criterion.anchors:
        return plain
    anchors = nearest(answer.units, encoder.encode_known(criterion.anchors))
    asked, every = rubric_stems(item.question), _about(criterion, answer, encoder)
    low = nearest(answer.units, encoder.encode_known(found.low)) if found.low else None
    best = rubric_stems(criterion.anchors[-1]) - asked
    upper = frozenset().union(*map(rubric_stems, (*criterion.anchors[len(criterion.anchors) // 2 : -1], criterion.looks_for))) - asked
    return plain._replace(
        contrast=0.0 if low is None else float(near.mean() - low.mean()),
        cover_contrast=float(covers.max() - covered(item.question, found.low, answer, encoder).max()) if found.low else 0.0,
        climb=float(anchors[-2] - anchors[0]),
        top=float(anchors[-1]),
        top_cover=float(covered(item.question, criterion.anchors[-1:], answer, encoder)[0]),
        top_words=max(len(best & s) for s in answer.stems) / max(1, len(best)),
        anchor_words=len(upper & every) / max(1, len(upper)),
        apart=float(_more(_high, item, criterion, answer, encoder).max()),
    )


def nearest(units: Vectors, targets: Vectors) -> Vectors:
    """For each target the cosine of the unit nearest to it, shape (len(targets),)."""
    cosines: Vectors = (units @ targets.T).max(axis=0)
    return cosines


def covered(question: str, texts: Sequence[str], answer: Answer, encoder: Reader) -> Vectors:
    """For each text the mean, over its own words, of the cosine to the nearest word of the answer, shape (len(texts),).

    Words are looked for in the sentences that are nearest to the text, so that what is said beside the point covers nothing.
    """
    (asked,) = encoder.read_known([question])
    readings = encoder.read_known(texts)
    close = answer.vectors @ np.stack([r.vector for r in readings]).T
    nearest_first = np.argsort(-close, axis=0, kind="stable")[:SEARCHED]
    searched = [tuple(places) for places in nearest_first.T.tolist()]
    found = {places: np.concatenate([answer.tokens[i] for i in places]).T for places in dict.fromkeys(searched)}
    words_asked = frozenset(asked.tokens)
    return np.array([_cover(r, found[places], words_asked) for r, places in zip(readings, searched, strict=True)], np.float32)


def _cover(text: Reading, found: Vectors, asked: frozenset[str]) -> float:
    """The mean cosine of a text's own words to the nearest of the words found, whose vectors are columns."""
    own = _own(text.tokens, text.vectors, asked).astype(np.float32)
    return float((own @ found).max(axis=1).mean())


def _own(tokens: Sequence[str], vectors: Vectors, asked: frozenset[str]) -> Vectors:
    """The rows of a text's own tokens: neither grammar nor punctuation nor asked; all of them where none is left."""
    kept = [i for i, t in enumerate(tokens) if t not in asked and t.strip("#").isalnum() and not is_function_word(t)]
    return vectors[kept] if kept else vectors


def _about(criterion: Criterion, answer: Answer, encoder: Reader) -> frozenset[str]:
    """The stems of the sentences that are nearest to what a criterion looks for and to its anchors."""
    wanted = encoder.encode_known((*criterion.anchors, *([criterion.looks_for] if criterion.looks_for else [])))
    nearest_first = np.argsort(-(answer.vectors @ wanted.T).max(axis=1), kind="stable")[: 2 * SEARCHED]
    return frozenset().union(*(answer.stems[i] for i in nearest_first))


def aboutness(item: Item, criterion: Criterion, answer: Answer, encoder: Reader) -> Vectors:
    """For each sentence how much more it is about this criterion than about any other of the item, shape (sentences,).

    By the cosine of the nearest high target, of the nearest upper anchor, and of what is looked for, the three added up; a part is 0 where
    there is nothing to tell it by.
    """
    upper = _more(lambda c: c.anchors[len(c.anchors) // 2 :], item, criterion, answer, encoder)
    sought = _more(lambda c: [c.looks_for] if c.looks_for else [], item, criterion, answer, encoder)
    return _more(_high, item, criterion, answer, encoder) + upper + sought


def _high(criterion: Criterion) -> Sequence[str]:
    return targets(criterion).high


def _more(of: Callable[[Criterion], Sequence[str]], item: Item, criterion: Criterion, answer: Answer, encoder: Reader) -> Vectors:
    """For each sentence the cosine of the nearest of a criterion's texts, less that of the nearest of the other criteria's."""
    texts, others = of(criterion), [t for c in item.criteria if c.id != criterion.id for t in of(c)]
    if not texts or not others:
        return np.zeros(len(answer.vectors), np.float32)
    near, aside = ((answer.vectors @ encoder.encode_known(some).T).max(axis=1) for some in (texts, others))
    more: Vectors = near - aside
    return more


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
