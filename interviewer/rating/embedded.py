"""The embedded rater: sentences of the answer against sentences of the rubric, no model and no network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from interviewer.domain import Criterion, Evidence, Item, ItemRating, Mistake, Rating, Turn
from interviewer.embedding.encoder import Reader
from interviewer.rating.evidence import LEAST_WORDS, OWN_WORDS, Heard, checked, is_long_enough
from interviewer.rating.features import Answer, Features, Targets, aboutness, embed, features, known_texts, nearest, targets, without
from interviewer.rating.fitted import fitted
from interviewer.rating.mistakes import near_mistakes
from interviewer.rating.reference import AgainstReference, against_reference
from interviewer.rating.said import asks_facts, rubric_words, said_of, without_substance
from interviewer.rating.words import is_foreign

QUOTES = 2  # at most so many sentences are quoted for one rating
LOOKED_AT = 5  # sentences of which it is asked what the rating would be without them
LOOKED_UP = 40  # sentences of which it is asked whether they are evidence
CARRIES = 0.2  # of what the sentence carries that carries most, one that is quoted carries at least this
UPPER, MIDDLE = 0.625, 0.375  # shares of what is looked for from which on the level is 4 and 3 of 5
PLAINLY = 0.1  # a quote of an upper level, and one of a middle level that is so much more about the criterion, was right nine times in ten
ALIKE = 0.1  # a second quote is no more than this less about the criterion than the first


class Found(NamedTuple):
    """What an answer has on one criterion: of `share`, which `sign` stands behind, 0 is nothing of what is looked for and 1 all of it."""

    targets: Targets
    seen: Features | AgainstReference
    sign: float
    share: float


class EmbeddedRater:
    """Rates by meaning alone. Keeps nothing between calls, so threads may share one; runs on the caller's thread."""

    name = "embedded"

    def __init__(self, encoder: Reader) -> None:
        self._encoder = encoder
        self.model = f"{fitted().version}/{encoder.id}"

    def coverage(self, item: Item, turns: Sequence[Turn]) -> dict[str, float]:
        """For each criterion how much of what it looks for was said, 0 to 1; from .5 on the answer has evidence on it."""
        answer = self._answer(item, turns)
        return {c.id: self._found(item, c, answer).share if answer else 0.0 for c in item.criteria}

    def rate(self, item: Item, turns: Sequence[Turn]) -> ItemRating:
        """A rating for each criterion, its evidence checked."""
        what = said_of(item, turns)
        ratings = without_substance(item, what)
        if ratings is None and is_foreign([w for p in what.pieces for w in p.tokens]):
            ratings = tuple(Rating(criterion=c.id, reason=ENGLISH_ONLY) for c in item.criteria)
        if ratings is None:
            answer = embed(what.pieces, self._encoder)
            heard = _heard(item, turns)
            ratings = tuple(checked(self._rating(item, c, answer, heard), heard, item.top) for c in item.criteria)
        return ItemRating(item_id=item.id, rater="embedded", model=self.model, ratings=ratings)

    def missing_points(self, item: Item, turns: Sequence[Turn]) -> dict[str, tuple[str, ...]]:
        """For each criterion the key points that no sentence of the answer comes near, the most distant first."""
        answer = self._answer(item, turns)
        return {c.id: self._missing(targets(c).points, answer) for c in item.criteria}

    def mistakes(self, item: Item, turns: Sequence[Turn]) -> tuple[Mistake, ...]:
        """The item's common mistakes that a sentence of the answer comes near, the nearest first; whether it makes them is to be read."""
        answer = self._answer(item, turns)
        heard = _heard(item, turns)
        near = near_mistakes(item, answer, self._encoder) if answer else ()
        return tuple(m for m in near if heard.find_sure(m.evidence.quote))

    def read(self, items: Sequence[Item]) -> None:
        """Read what answers to these items are compared with, so that the first answer does not wait for it."""
        texts = [text for item in items for text in known_texts(item)]
        self._encoder.encode_known(texts)
        self._encoder.read_known(texts)

    def _answer(self, item: Item, turns: Sequence[Turn]) -> Answer | None:
        """The answer encoded, or None where nothing was said that can be rated."""
        what = said_of(item, turns)
        return embed(what.pieces, self._encoder) if what.pieces else None

    def _found(self, item: Item, criterion: Criterion, answer: Answer) -> Found:
        seen = self._seen(item, criterion, answer)
        sign = _sign(criterion, seen)
        return Found(targets(criterion), seen, sign, 1 / (1 + math.exp(-sign)))

    def _seen(self, item: Item, criterion: Criterion, answer: Answer) -> Features | AgainstReference:
        if targets(criterion).mode == "reference":
            return against_reference(item.question, criterion.reference or "", answer, self._encoder)
        return features(item, criterion, answer, self._encoder)

    def _missing(self, points: tuple[str, ...], answer: Answer | None) -> tuple[str, ...]:
        if answer is None or not points:
            return points
        near = nearest(answer.units, self._encoder.encode_known(points))
        return tuple(points[i] for i in np.argsort(near, kind="stable") if near[i] < fitted().near)

    def _rating(self, item: Item, criterion: Criterion, answer: Answer, heard: Heard) -> Rating:
        """One rating, before its evidence is checked."""
        found = self._found(item, criterion, answer)
        if found.share >= MIDDLE and isinstance(found.seen, AgainstReference) and found.seen.seems_contrary:
            return Rating(criterion=criterion.id, reason=CONTRARY)
        expected = round(1 + found.share * (item.top - 1), 2)
        level = math.floor(expected + 0.5)
        evidence, about = self._carried(item, criterion, found, answer, heard)
        if level > 1 and not evidence:
            short = not any(is_long_enough(p.text) for p in answer.pieces)
            return Rating(criterion=criterion.id, reason=TOO_SHORT if short else ONLY_ASKED)
        if level == 1:
            expected = expected if evidence else 1.0
            return Rating(
                criterion=criterion.id, level=1, expected=expected, evidence=evidence, rationale=NOTHING_NEAR, beside=bool(evidence)
            )
        plain = found.share >= UPPER or (found.share >= MIDDLE and (about >= PLAINLY or len(item.criteria) == 1))
        why = self._why(found.targets, answer)
        return Rating(criterion=criterion.id, level=level, expected=expected, evidence=evidence, rationale=why, beside=not plain)

    def _carried(self, item: Item, criterion: Criterion, found: Found, answer: Answer, heard: Heard) -> tuple[tuple[Evidence, ...], float]:
        """The sentences to quote, of those that are evidence, and how much more the first is about the criterion than about others.

        Of the nearest sentences those without which the rating would be lower, the one most about it first.
        """
        wanted = found.targets.high if found.share >= 0.5 else (*found.targets.high, *found.targets.low)
        near = (answer.vectors @ self._encoder.encode_known(wanted).T).max(axis=1)
        borne_out = (i for i in np.argsort(-near, kind="stable")[:LOOKED_UP] if heard.find(answer.pieces[i].text))
        close = list(islice(borne_out, LOOKED_AT))
        lost = {i: self._lost(item, criterion, found, answer, i) for i in close}
        carry = [i for i in close if lost[i] >= CARRIES * max(lost.values())] or close
        about = aboutness(item, criterion, answer, self._encoder)
        order = sorted(carry, key=lambda i: -about[i])
        best = [i for i in order[:QUOTES] if about[i] >= about[order[0]] - ALIKE]
        evidence = tuple(Evidence(turn=answer.pieces[i].turn, quote=answer.pieces[i].text) for i in best)
        return evidence, float(about[best[0]]) if best else 0.0

    def _lost(self, item: Item, criterion: Criterion, found: Found, answer: Answer, at: int) -> float:
        """How much lower the answer would stand without one of its sentences."""
        return found.sign - _sign(criterion, self._seen(item, criterion, without(answer, at))) if len(answer.pieces) > 1 else 0.0

    def _why(self, found: Targets, answer: Answer) -> str:
        """In a sentence what the answer came near to."""
        if not found.points:
            return BY_ANCHORS
        near = nearest(answer.units, self._encoder.encode_known(found.points))
        if near.max() < fitted().near:
            return "By meaning, nothing that full answers say is close on its own; on the whole, answers of this level are nearest."
        return f"Of what full answers say, this is nearest by meaning to something in the answer: {found.points[int(near.argmax())]}"


def _heard(item: Item, turns: Sequence[Turn]) -> Heard:
    """The answers, to look quotes up in; beside references alone, what joins the question's own words otherwise may be the whole answer."""
    return Heard(turns, rubric_words(item), own=1 if asks_facts(item) else OWN_WORDS)


def _sign(criterion: Criterion, seen: Features | AgainstReference) -> float:
    """What the fitted weights make of what is seen of an answer: the more, the better."""
    head = fitted().heads[targets(criterion).mode]
    return head.bias + sum(slope * float(getattr(seen, name)) for name, slope in head.slopes.items())


NOTHING_NEAR = "No sentence of the answer comes near what this criterion looks for."
ENGLISH_ONLY = "The built-in rater reads English alone, and this answer reads like another language."
CONTRARY = "The answer comes near the reference and seems to say the contrary of it; whether it does, the built-in rater cannot tell."
TOO_SHORT = f"No sentence of the answer has the {LEAST_WORDS} words that a quote needs, so no level can be borne out."
ONLY_ASKED = "Every sentence of the answer says the question's words again and too little of its own, so no level can be borne out."
BY_ANCHORS = "The answer's sentences were compared with the anchors by meaning."
