"""What the door writes down: the events of a move, and texts that every database keeps. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.interview.moves import AskItem, Close, Probe, Rest
from interviewer.interview.state import Kind, State, event
from interviewer.interview.words import Said
from interviewer.store import NewEvent

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
