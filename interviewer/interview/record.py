"""An interview written out: as `sit` writes it, and as everything that is kept of it."""

from __future__ import annotations

from typing import Any

from interviewer.domain import Item, ItemRating, Rating
from interviewer.interview.door import Door
from interviewer.interview.state import State
from interviewer.interview.telling import was_skipped
from interviewer.interview.turns import Asked


def rating_line(rating: ItemRating, *, of: str) -> dict[str, Any]:
    """A line as `rate` writes it: one rater's ratings of one answer, `of` being the answer's id."""
    return {
        "id": of,
        "item_id": rating.item_id,
        "rater": rating.rater,
        "model": rating.model,
        "prompt_hash": rating.prompt_hash,
        "ratings": [r.model_dump(mode="json", exclude={"beside"} if r.draws else {"beside", "draws"}) for r in rating.ratings],
        "overall": rating.overall,
    }


def interview_record(door: Door, state: State) -> dict[str, Any]:
    """The interview as `sit --json` writes it. Evidence names the `seq` of its turn.

    `ratings` has a line for every item that has closed, in the order asked: one that was not answered is unrated on every criterion.
    """
    card = door.teller.card(state)
    rated = {r.item_id: r for r in card.items}
    unheard = {i.id: _unheard(door, state, i) for i in door.pack_of(state).items if i.id in state.closed and not state.has_answer(i.id)}
    asked = dict.fromkeys(t.item_id for t in state.turns)
    return {
        "id": state.id,
        "pack": state.started.pack,
        "ended": state.ended,
        "turns": [_turn(t) for t in state.turns],
        "ratings": [_of_interview(r, state) for i in asked if (r := rated.get(i) or unheard.get(i))],
        "overall": card.overall,
        "left_out": list(card.left_out),
        "notices": list(state.notices),
    }


def everything_kept(door: Door, state: State) -> dict[str, Any]:
    """All that is kept of an interview, with every rater's ratings, and each disputed rating as an eval case."""
    return interview_record(door, state) | {
        "began": state.began.isoformat(),
        "guide": list(state.started.guide),
        "style": state.started.style.value,
        "seniority": state.started.seniority.value,
        "all_ratings": [_of_interview(rated.rating, state) for by in state.rated.values() for rated in by.values()],
        "written": state.written,
        "disputed": [_eval_case(state, n) for n in range(len(state.disputed))],
        "usage": [u.model_dump(mode="json") for u in door.store.usage(state.id)],
    }


def _unheard(door: Door, state: State, item: Item) -> ItemRating:
    """The line of an item that was asked and got no answer: unrated, with the reason."""
    why = "The question was skipped." if was_skipped(state, item.id) else "The question was not answered."
    ratings = tuple(Rating(criterion=c.id, reason=why) for c in item.criteria)
    return ItemRating(item_id=item.id, rater="embedded", model=door.embedded.model, ratings=ratings)


def _turn(turn: Asked) -> dict[str, Any]:
    return {
        "seq": turn.seq,
        "item_id": turn.item_id,
        "kind": turn.kind,
        "criterion": turn.criterion,
        "question": turn.question,
        "asked_by": turn.by,
        "answer": turn.answer,
        "skipped": turn.skipped,
        "clarifications": [{"asked": r.asked, "said": r.said} for r in turn.remarks if r.asked],
        **(_heard(turn) if turn.heard else {}),
    }


def _heard(turn: Asked) -> dict[str, Any]:
    """What was heard to a question that was spoken to: each recording, and the stretches of the answer that are unsure."""
    told = [s.model_dump(mode="json", exclude={"heard", "size"}) | s.heard.model_dump(mode="json") for s in turn.heard]
    return {"heard": told, "unsure": [list(stretch) for stretch in turn.unsure]}


def _of_interview(rating: ItemRating, state: State) -> dict[str, Any]:
    """A rating line whose evidence names its turn by `seq` (and `turn`, which is the same number here)."""
    line = rating_line(rating, of=state.id)
    turns = state.answered_turns(rating.item_id)
    for one in line["ratings"]:
        one["evidence"] = [{"turn": turns[e["turn"]].seq, "seq": turns[e["turn"]].seq, "quote": e["quote"]} for e in one["evidence"]]
    return line


def _eval_case(state: State, number: int) -> dict[str, Any]:
    """A disputed rating in the form that a line of answers has, with what is disputed beside it."""
    disputed = state.disputed[number]
    return {
        "id": f"{state.id}-dispute-{number + 1}",
        "item_id": disputed.item_id,
        "turns": [t.model_dump(mode="json", exclude=None if t.unsure else {"unsure"}) for t in state.transcript(disputed.item_id)],
        "disputed": {"criterion": disputed.criterion, "rater": disputed.rater, "level": disputed.level, "why": disputed.why},
    }
