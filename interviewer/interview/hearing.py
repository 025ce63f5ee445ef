"""What the door writes down of a recording, within bounds. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.domain import Heard
from interviewer.errors import CandidateError
from interviewer.interview.state import Kind, State, event
from interviewer.interview.turns import Asked, Spoken
from interviewer.interview.writing import MOST_CHARACTERS, storable
from interviewer.store import NewEvent

MOST_RECORDINGS = 40  # to one question
MOST_MB = 20  # of one recording
MOST_MB_AN_INTERVIEW = 300
_MB = 1_000_000


def heard_events(state: State, to: int, spoken: Spoken, flac: bytes | None) -> Sequence[NewEvent]:
    """The event of what was heard to question `to`, with its audio where that is to be kept. Raises Stale, CandidateError."""
    _check(state, state.require_open(to), spoken, len(flac or b""))
    told = spoken.model_copy(update={"heard": _storable(spoken.heard), "kept": bool(flac), "size": len(flac or b"")})
    written = event(Kind.HEARD, to=to, **told.model_dump(mode="json", exclude={"seq"}))
    return [written.model_copy(update={"flac": flac or None})]


def forgotten_events(state: State) -> Sequence[NewEvent]:
    """The event that says that the recordings are gone; none where nothing is kept."""
    return [event(Kind.FORGOTTEN, what="recordings")] if any(s.kept for t in state.turns for s in t.heard) else []


def _check(state: State, turn: Asked, spoken: Spoken, size: int) -> None:
    """Raise CandidateError, with what to do, where a recording is beyond the bounds."""
    if len(turn.heard) >= MOST_RECORDINGS:
        raise CandidateError(f"You have spoken to this question {MOST_RECORDINGS} times, which is the most; type the rest, and send it.")
    if len(spoken.heard.text) > MOST_CHARACTERS or len(spoken.heard.words) > MOST_CHARACTERS:
        raise CandidateError(f"More was heard than the {MOST_CHARACTERS:,} characters that an answer can have; say it in shorter parts.")
    if size > MOST_MB * _MB:
        raise CandidateError(
            f"The recording has {size / _MB:.1f} MB, and {MOST_MB} is the most that is kept of one; say it in shorter parts."
        )
    if size and size + sum(s.size for t in state.turns for s in t.heard if s.kept) > MOST_MB_AN_INTERVIEW * _MB:
        raise CandidateError(
            f"The recordings of this interview would have more than {MOST_MB_AN_INTERVIEW} MB; delete them, or go on without keeping them."
        )


def _storable(heard: Heard) -> Heard:
    """What was heard in texts that every database keeps."""
    words = tuple(w.model_copy(update={"word": told}) for w in heard.words if (told := storable(w.word).strip()))
    return heard.model_copy(update={"text": storable(heard.text), "words": words, "recogniser": storable(heard.recogniser)})
