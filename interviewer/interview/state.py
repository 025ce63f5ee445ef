"""The state of an interview: a pure fold over its events.

What the store holds is all there is; a process may die at any instant and another goes on from the same fold. The kinds of
events and their bodies are named here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, ValidationError

from interviewer.domain import Frozen, ItemRating, Mistake, Seniority, Turn
from interviewer.errors import DeveloperError, Stale
from interviewer.interview.turns import Asked, Remark, Spoken
from interviewer.interview.unsure import unsure_in
from interviewer.store import Event, NewEvent

Rater = Literal["embedded", "model"]


class Kind(StrEnum):
    """The kinds of events, in the order in which an interview meets them."""

    STARTED = "started"
    ASKED = "asked"
    CLARIFIED = "clarified"
    REPEATED = "repeated"
    HEARD = "heard"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    CLOSED = "closed"
    RATED = "rated"
    DISPUTED = "disputed"
    NOTICED = "noticed"
    WRITTEN = "written"
    ENDED = "ended"
    FORGOTTEN = "forgotten"


class Style(StrEnum):
    """When feedback is shown: after each item, or at the end only."""

    COACHED = "coached"
    REAL = "real"


class Started(Frozen):
    """The first event: what the interview is about. The focus text is not kept; the guide is what came of it."""

    pack: str
    rounds: tuple[str, ...]
    seniority: Seniority
    style: Style
    guide: tuple[str, ...]


class Rated(Frozen):
    """One rater's ratings of an item, with the key points that no answer came near; `fault` says why some of it could not be rated.

    `mistakes` are the item's common mistakes that it found; None where it could not look for them.
    """

    rating: ItemRating
    missing: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    mistakes: tuple[Mistake, ...] | None = None
    fault: str | None = None

    @property
    def rated(self) -> int:
        """How many criteria have a level."""
        return sum(r.level is not None for r in self.rating.ratings)


class Disputed(Frozen):
    """A candidate's word that a rating is wrong, kept with the rating as it was."""

    item_id: str
    criterion: str
    rater: Rater
    level: int | None
    why: str


class State(Frozen):
    """An interview as its events have it."""

    id: str
    began: datetime
    seq: int
    started: Started
    turns: tuple[Asked, ...] = ()
    closed: tuple[str, ...] = ()
    rated: dict[str, dict[Rater, Rated]] = Field(default_factory=dict)
    disputed: tuple[Disputed, ...] = ()
    notices: tuple[str, ...] = ()
    written: dict[str, Any] | None = None
    ended: str | None = None
    ended_at: datetime | None = None

    @property
    def open_turn(self) -> Asked | None:
        """The question that waits for an answer, if there is one."""
        last = self.turns[-1] if self.turns else None
        return last if last and last.is_open and self.ended is None else None

    @property
    def current_item(self) -> str | None:
        """The item that is being asked: its last question is open, or its last answer has had no reply yet."""
        last = self.turns[-1].item_id if self.turns else None
        return last if last and last not in self.closed else None

    @property
    def next_item(self) -> str | None:
        """The first item of the guide that has not been asked."""
        asked = {t.item_id for t in self.turns}
        return next((i for i in self.started.guide if i not in asked), None)

    @property
    def between_items(self) -> bool:
        """An item has closed and the next one has not been asked (coached: the candidate reads the feedback)."""
        return self.ended is None and bool(self.turns) and self.current_item is None

    @property
    def reply_is_due(self) -> bool:
        """Whether the interviewer owes the next word: nothing is open, and nothing waits for the candidate."""
        if self.ended is not None or self.open_turn:
            return False
        return not (self.between_items and self.started.style is Style.COACHED and self.next_item is not None)

    @property
    def talk(self) -> tuple[object, ...]:
        """What has been said and moved so far, so that two who want to go on can see whether somebody did.

        Ratings leave it as it is, and so does what was heard: until it is sent it is no answer.
        """
        last = self.turns[-1] if self.turns else None
        return len(self.turns), last and last.is_open, len(self.closed), self.ended

    @property
    def answered_items(self) -> tuple[str, ...]:
        """Closed items with at least one answer, in the order asked."""
        return tuple(i for i in self.closed if self.has_answer(i))

    def has_answer(self, item_id: str) -> bool:
        return any(t.answer is not None for t in self.turns_on(item_id))

    def turns_on(self, item_id: str) -> tuple[Asked, ...]:
        return tuple(t for t in self.turns if t.item_id == item_id)

    def transcript(self, item_id: str) -> tuple[Turn, ...]:
        """The answered turns of an item, as raters take them."""
        return tuple(Turn(question=t.question, answer=t.answer, unsure=t.unsure) for t in self.answered_turns(item_id))

    def answered_turns(self, item_id: str) -> tuple[Asked, ...]:
        """The turns behind `transcript`, in the same order: evidence's `turn` indexes them."""
        return tuple(t for t in self.turns_on(item_id) if t.answer is not None)

    def counting(self, item_id: str) -> tuple[Rater, Rated | None]:
        """Which rater's ratings count for an item, and what they are.

        The model's, where there is one, unless it rated nothing because of a fault: then the embedded rater's stand, named as
        such, with the fault told beside them.
        """
        of_item = self.rated.get(item_id, {})
        by_model = of_item.get("model")
        if by_model and (by_model.fault is None or by_model.rated or "embedded" not in of_item):
            return "model", by_model
        return "embedded", of_item.get("embedded")

    def require_open(self, seq: int) -> Asked:
        """The open question, if `seq` names it; raises Stale with a sentence if not."""
        open_turn = self.open_turn
        if open_turn and open_turn.seq == seq:
            return open_turn
        if self.ended is not None:
            raise Stale("This interview has ended, so nothing was added. What you sent before is kept.")
        raise Stale(
            "That question is no longer open (answered in another tab, or sent twice). The interview goes on below; nothing is lost."
        )


def fold(interview: str, events: Sequence[Event]) -> State:
    """The state after all events. Raises DeveloperError on a log that no version up to this one writes."""
    if not events or events[0].kind != Kind.STARTED:
        raise DeveloperError(f"interview {interview!r} does not begin with a {Kind.STARTED} event")
    first = events[0]
    with _told(first, interview):
        state = State(id=interview, began=first.at, seq=first.seq, started=Started.model_validate(first.body))
    return fold_on(state, events[1:])


def fold_on(state: State, events: Sequence[Event]) -> State:
    """The state after more events. Raises DeveloperError as `fold` does."""
    for event in events:
        with _told(event, state.id):
            state = _after(state, event)
    return state.model_copy(update={"seq": events[-1].seq}) if events else state


@contextmanager
def _told(event: Event, interview: str) -> Iterator[None]:
    """Turn an event that can't be read into a DeveloperError that names its place."""
    try:
        yield
    except (KeyError, ValidationError) as error:
        odd = ".".join(str(p) for p in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else str(error.args[0])
        raise DeveloperError(f"{_place(event, interview)} can't be read at {odd!r}: {_NEWER}") from error


_NEWER = "was it written by a newer version? Update this program, or remove the interview"


def _place(event: Event, interview: str) -> str:
    return f"event {event.seq} ({event.kind}) of interview {interview!r}"


def _after(state: State, event: Event) -> State:
    """The state after one more event. Raises KeyError or ValidationError where its body lacks something, or has something unknown."""
    body: dict[str, Any] = dict(event.body)
    match event.kind:
        case Kind.ASKED:
            turn = Asked.model_validate(body | {"seq": event.seq, "at": event.at})
            return state.model_copy(update={"turns": (*state.turns, turn)})
        case Kind.CLARIFIED | Kind.REPEATED:
            remark = Remark(seq=event.seq, asked=body.get("asked", ""), said=body["said"])
            return _with_turn(state, body["to"], lambda t: {"remarks": (*t.remarks, remark)})
        case Kind.HEARD:
            spoken = Spoken.model_validate({k: v for k, v in body.items() if k != "to"} | {"seq": event.seq})
            return _with_turn(state, body["to"], lambda t: {"heard": (*t.heard, spoken)})
        case Kind.ANSWERED:
            text = body["text"]
            return _with_turn(state, body["to"], lambda t: {"answer": text, "answered_at": event.at, "unsure": unsure_in(t.heard, text)})
        case Kind.SKIPPED:
            return _with_turn(state, body["to"], lambda _: {"skipped": True})
        case Kind.CLOSED:
            return state.model_copy(update={"closed": (*state.closed, body["item"])})
        case Kind.RATED:
            return _with_rating(state, Rated.model_validate(body))
        case Kind.DISPUTED:
            return state.model_copy(update={"disputed": (*state.disputed, Disputed.model_validate(body))})
        case Kind.NOTICED:
            return state.model_copy(update={"notices": (*state.notices, body["what"])})
        case Kind.WRITTEN:
            return state.model_copy(update={"written": dict(body)})
        case Kind.ENDED:
            return state.model_copy(update={"ended": body["why"], "ended_at": event.at})
        case Kind.FORGOTTEN if body["what"] == "recordings":
            return state.model_copy(update={"turns": tuple(t.without_audio() for t in state.turns)})
    raise DeveloperError(f"{_place(event, state.id)} is of an unknown kind: {_NEWER}")


def _with_turn(state: State, seq: Any, change: Callable[[Asked], dict[str, Any]]) -> State:
    """The state with the question `seq` changed; a word about a question that was never asked must not get lost unseen."""
    at = next((n for n in reversed(range(len(state.turns))) if state.turns[n].seq == seq), None)  # mostly the last one
    if at is None:
        raise DeveloperError(f"interview {state.id!r} has something said to question {seq!r}, which was never asked: its log is broken")
    turn = state.turns[at]
    return state.model_copy(update={"turns": (*state.turns[:at], turn.model_copy(update=change(turn)), *state.turns[at + 1 :])})


def _with_rating(state: State, rated: Rated) -> State:
    item = rated.rating.item_id
    of_item = {**state.rated.get(item, {}), rated.rating.rater: rated}
    return state.model_copy(update={"rated": {**state.rated, item: of_item}})


def event(kind: Kind, /, **body: Any) -> NewEvent:
    """A new event; its body holds JSON types only."""
    return NewEvent(kind=kind.value, body=body)
