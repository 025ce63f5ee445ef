"""What the embedded rater sees of an answer beside a reference answer: numbers of how its points are met, none about length."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from interviewer.embedding.encoder import Reader
from interviewer.rating.features import SEARCHED, Answer, covered, nearest
from interviewer.rating.opposites import Compared, compared, directions, verdict
from interviewer.rating.points import points_of, things_asked, wanted

OPPOSED = -0.3  # below it most of a reference's points stand beside a sentence that says rather the opposite


class AgainstReference(NamedTuple):
    """The numbers of one answer, over as many of the reference's points as the question asks for, those that the answer covers best."""

    cover: float  # how near, on average, a point's own words come to a word of the answer
    cover_least: float  # the same for the point that is covered least
    lift: float  # how much nearer the answer's sentences come to the points than the question does
    letters: float  # share of the reference's letters, by threes, that stand in the sentences nearest to its points: misspelt words count
    agrees: float  # from -1 to 1: whether sentences say of their points the same or the opposite, in words of direction
    contrary: float  # in how many pairs of opposites the whole answer says the contrary of the reference
    verdict: float  # 1 for the same yes or no, -1 for the other one, 0 where there is none
    asked: float  # how many things the question asks

    @property
    def seems_contrary(self) -> bool:
        """Whether the answer says rather the opposite of the reference, in the nearest sentences and on the whole, or no for yes; not
        surely."""
        return (self.agrees < OPPOSED and self.contrary > 0) or self.verdict < 0


def against_reference(question: str, reference: str, answer: Answer, encoder: Reader) -> AgainstReference:
    """The numbers of an answer that was read."""
    points = points_of(reference)
    vectors, covers = encoder.encode_known(points), covered(question, points, answer, encoder)
    best = np.argsort(-covers, kind="stable")[: wanted(question) or len(points)]
    lift = nearest(answer.units, vectors) - vectors @ encoder.encode_known([question])[0]
    near = np.argsort(-(answer.vectors @ vectors.T), axis=0, kind="stable")[:SEARCHED]
    texts = [p.text for p in answer.pieces]
    whole = "\n".join(texts)
    return AgainstReference(
        cover=float(covers[best].mean()),
        cover_least=float(covers[best].min()),
        lift=float(lift[best].mean()),
        letters=_shared(_threes(reference), _counted(" ".join(texts[i] for i in np.unique(near)))),
        agrees=float(np.mean([_beside(points[i], texts[near[0, i]]).balance for i in best])),
        contrary=float(_beside(reference, whole).contrary),
        verdict=float(verdict(reference, question) * verdict(whole, question)),
        asked=float(things_asked(question)),
    )


def _beside(held: str, said: str) -> Compared:
    """How a text's words of direction stand to those of another."""
    return compared(directions(held), directions(said))


def _shared(held: Counter[str], said: Counter[str]) -> float:
    """The share of what a reference holds that was said, each as often as it stands there."""
    return (held & said).total() / max(1, held.total())


@lru_cache(maxsize=256)
def _threes(text: str) -> Counter[str]:
    """As `_counted`, for the corpus's own words, which come again; never the candidate's."""
    return _counted(text)


def _counted(text: str) -> Counter[str]:
    """The letters of a text by threes, across its words."""
    plain = re.sub(r"\W+", " ", text.lower())
    return Counter(plain[i : i + 3] for i in range(len(plain) - 2))
