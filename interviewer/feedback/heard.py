"""Quotes of spoken answers: which of their words were heard unsurely, and where they can be listened to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.domain import Evidence
from interviewer.feedback.values import HeardAt, ItemHeard, Quote, Recorded

AROUND_S = 0.3  # listened to before the first word and after the last one: a recogniser's times are estimates
MARK = " (?)"
MARKED = "Words before (?) were heard unsurely. That counts neither for you nor against you."


def as_heard(evidence: Sequence[Evidence], heard: ItemHeard) -> tuple[Quote, ...]:
    """Evidence as quotes; those of typed answers, and those that stand in no answer, are as they were."""
    return tuple(_as_heard(e, heard) for e in evidence)


def marked(text: str, unsure: Sequence[tuple[int, int]]) -> str:
    """The text with a mark after each stretch that was heard unsurely."""
    for _, end in sorted(unsure, reverse=True):
        text = text[:end] + MARK + text[end:]
    return text


def _as_heard(evidence: Evidence, heard: ItemHeard) -> Quote:
    plain = Quote(turn=evidence.turn, quote=evidence.quote)
    turn = heard.turns[evidence.turn] if evidence.turn < len(heard.turns) else None
    start = turn.answer.find(evidence.quote) if turn and turn.answer else -1
    if turn is None or start < 0:
        return plain
    end = start + len(evidence.quote)
    unsure = tuple((max(a, start) - start, min(b, end) - start) for a, b in turn.unsure if a < end and start < b)
    recordings = heard.recordings[evidence.turn] if evidence.turn < len(heard.recordings) else ()
    return plain.model_copy(update={"unsure": unsure, "heard_at": _heard_at(recordings, start, end)})


def _heard_at(recordings: Sequence[Recorded], start: int, end: int) -> HeardAt | None:
    """Where a stretch of an answer can be listened to: in the recording that has most of its words, the first of equals."""
    inside = [(r, [w for w in r.words if start < w.end and w.start < end]) for r in recordings]
    recorded, words = max(inside, key=lambda found: len(found[1]), default=(None, []))
    if recorded is None or not words:
        return None
    first, last = min(w.start_s for w in words) - AROUND_S, max(w.end_s for w in words) + AROUND_S
    return HeardAt(recording=recorded.recording, start=round(max(0.0, first), 2), end=round(min(recorded.seconds, last), 2))
