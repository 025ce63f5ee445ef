"""What the door writes down: the events of a move, and texts that every database keeps. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.errors import CandidateError
from interviewer.interview.moves import AskItem, Close, Probe, Rest
from interviewer.interview.state import Kind, State, event
from interviewer.interview.words import Said
from interviewer.store import NewEvent

MOST_CHARACTERS = 50_000
_MOST_REASON = 2_000
_FIGURES = re.compile(r"\d[\d,.]*")


def events_of(move: Probe | AskItem | Rest | Close, state: State, said: Said) -> Sequence[NewEvent]:
    """The events that write a move down."""
    match move:
        case Probe():
            return [event(Kind.ASKED, item_id=move.item_id, kind="probe", criterion=move.criterion, question=said.text, by=said.by)]
        case AskItem():
            return [*closing(state), event(Kind.ASKED, item_id=move.item_id, kind="item", question=said.text, by=said.by)]
        case Rest():
            return closing(state)
        case Close():
            return [*closing(state), event(Kind.ENDED, why="finished")]


def answered(state: State, to: int, text: str) -> Sequence[NewEvent]:
    """The event of an answer to question `to`. Raises Stale, CandidateError."""
    if len(text) > MOST_CHARACTERS:
        raise CandidateError(
            f"The answer has {len(text):,} characters, and {MOST_CHARACTERS:,} is the most; shorten it. It is still in the box."
        )
    return [event(Kind.ANSWERED, to=state.require_open(to).seq, text=storable(text))]


def disputed(state: State, item: str, criterion: str, why: str) -> Sequence[NewEvent]:
    """The event that keeps the candidate's word that a rating is wrong. Raises CandidateError where there is no such rating."""
    rater, rated = state.counting(item)
    rating = rated.rating.rating(criterion) if rated else None
    if rating is None:
        raise CandidateError("There is no rating to dispute there; reload the page.")
    return [event(Kind.DISPUTED, item_id=item, criterion=criterion, rater=rater, level=rating.level, why=why)]


def reason(text: str) -> str:
    """What a candidate asked or gave for a reason, as it is kept: at most 2,000 characters."""
    return storable(text.strip())[:_MOST_REASON]


def closing(state: State) -> list[NewEvent]:
    """The event that closes the item that is open, if one is."""
    return [event(Kind.CLOSED, item=state.current_item)] if state.current_item else []


def notices(state: State, said: Said) -> list[NewEvent]:
    """The event that tells a fault of the model, once: it is the same one where only its figures differ (seconds to wait, tokens spent)."""
    told = {_FIGURES.sub("", notice) for notice in state.notices}
    return [event(Kind.NOTICED, what=said.fault)] if said.fault and _FIGURES.sub("", said.fault) not in told else []


def storable(text: str) -> str:
    """The text without NUL, which no database keeps, and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
