"""Which sentence of an answer comes near one of an item's common mistakes. By meaning and words alone: whether the candidate makes
the mistake or warns of it is left to be read, so it is shown as something to check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interviewer.domain import Evidence, Item, Mistake
from interviewer.embedding.encoder import Reader
from interviewer.rating.evidence import LEAST_WORDS
from interviewer.rating.features import Answer, rubric_stems
from interviewer.rating.fitted import fitted


def near_mistakes(item: Item, answer: Answer, encoder: Reader) -> Iterator[Mistake]:
    """For each common mistake the sentence nearest to it, where it is near enough and ends in no question mark; each sentence once."""
    if not item.common_mistakes:
        return
    asked = rubric_stems(item.question)
    cosines = answer.vectors @ encoder.encode_known(item.common_mistakes).T
    own = [rubric_stems(m) - asked for m in item.common_mistakes]
    shared = np.array([[len(w & answer.stems[i]) / max(1, len(w)) for w in own] for i in range(len(answer.pieces))])
    limits = fitted().mistake
    near = cosines + limits.words * shared
    for i, piece in enumerate(answer.pieces):
        if len(piece.tokens) < LEAST_WORDS or piece.text.rstrip().endswith("?"):
            near[i] = -1
    for k in np.argsort(-near.max(axis=0), kind="stable"):
        i = int(near[:, k].argmax())
        if near[i, k] < limits.cut:
            return
        near[i, :] = -1  # a sentence makes one mistake at most
        yield Mistake(says=item.common_mistakes[k], evidence=Evidence(turn=answer.pieces[i].turn, quote=answer.pieces[i].text))
