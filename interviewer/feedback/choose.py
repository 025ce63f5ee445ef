"""Which strength to name, what to work on first, and what to read next. Pure; ties go to what came first in the interview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.domain import Pack, Passage
from interviewer.feedback.sentences import count_of, level_in_words
from interviewer.feedback.values import CriterionFeedback, ItemFeedback, ItemHeard, NoteToRead, Strength, WorkOn

_LOW = 0.25  # share of the scale up to which nothing is called a strength: level 2 of 5
_RECURRENCE = 0.15  # one level of five is .25: two recurrences outweigh a level, one does not
_MOST_RECURRENCES = 3


def choose_strength(items: Sequence[ItemFeedback], top: int) -> tuple[Strength | None, str]:
    """The highest rated criterion above the low levels that has a quote, rather one whose quote is to the point, and a sentence on it."""
    rated = list(_rated(items))
    above = [(n, i, c) for n, i, c in rated if (c.level_share or 0) > _LOW]
    shown = [(n, i, c) for n, i, c in above if c.evidence]
    if not shown:
        return None, _no_strength(bool(rated), bool(above), int(_LOW * (top - 1)) + 1, top)
    number, item, best = max(shown, key=lambda s: (s[2].level_share or 0, not s[2].beside, s[2].worth_share or 0))
    said = f"Your highest rating is {_level(best)}, for “{best.name}” in question {number}."
    return Strength(item_id=item.item_id, number=number, criterion=best, evidence=best.evidence[0]), said


def _no_strength(rated: bool, above: bool, low: int, top: int) -> str:
    if not rated:
        return "Nothing was rated, so no strength can be named."
    if above:
        return f"No rating above level {low} of {top} comes with a quote of yours, so no strength is named this time."
    return f"Nothing was rated above level {low} of {top}, so no strength is named this time."


def choose_work_on(items: Sequence[ItemFeedback], strength: Strength | None) -> tuple[WorkOn | None, str]:
    """The criterion that is lowest, weighted to what recurs in a competency, and the sentences about it."""
    rated = list(_rated(items))
    below = [(n, i, c) for n, i, c in rated if c.level != c.top]
    named = (strength.item_id, strength.criterion.criterion) if strength else None
    choices = [(n, i, c) for n, i, c in below if (i.item_id, c.criterion) != named] or below
    if not choices:
        return None, (
            "Every rated criterion is at the top of its scale, so nothing comes first."
            if rated
            else "Nothing was rated, so no advice can be drawn from this interview."
        )
    number, item, first = max(choices, key=lambda s: _pull(s[1], s[2], items))
    recurs = sum(_is_low(i, first.competency) for i in items)
    said = f"Start with “{first.name}”: in question {number} it was rated {_level(first)}."
    if first.beside:
        said += " The rater found little in your answers that comes near it, and may have missed it."
    if recurs > 1 and first.competency_name:
        said += f" “{first.competency_name}” was rated below the middle of the scale in {count_of(recurs, 'answer')}."
    return WorkOn(item_id=item.item_id, number=number, criterion=first, recurs=recurs), said


def choose_reading(heard: Sequence[ItemHeard], work_on: WorkOn | None, pack: Pack) -> NoteToRead | None:
    """The note that goes with what to work on first; without one, the note of the first item that has any."""
    if work_on:
        # The item's passages were looked up for the criterion that is lowest in it, which need not be this one.
        mine = [c for i in heard if i.item.id == work_on.item_id and i.ratings for c in i.ratings.ratings if c.worth is not None]
        lowest = min(mine, key=lambda c: c.worth or 0, default=None)
        is_its_own = lowest is not None and lowest.criterion == work_on.criterion.criterion
        why = (
            f"It goes with what to work on first, “{work_on.criterion.name}”." if is_its_own else f"It goes with question {work_on.number}."
        )
        return next((n for h in heard if h.item.id == work_on.item_id and (n := note_for(h, pack, why))), None)
    return next((n for i, h in enumerate(heard, 1) if (n := note_for(h, pack, f"It goes with question {i}."))), None)


def note_for(heard: ItemHeard, pack: Pack, why: str) -> NoteToRead | None:
    """The best passage found for an item, else the first note that the item names; None where there is neither."""
    if heard.passages:
        best: Passage = max(heard.passages, key=lambda p: p.score)
        return NoteToRead(note=best.note, title=best.title, heading=best.heading, text=best.text, why=why)
    known = {n.id: n for n in pack.notes}
    named = next((known[n] for n in heard.item.notes if n in known), None)
    return NoteToRead(note=named.id, title=named.title, heading="", text="", why=why) if named else None


def _rated(items: Sequence[ItemFeedback]) -> Iterator[tuple[int, ItemFeedback, CriterionFeedback]]:
    return ((n, i, c) for n, i in enumerate(items, 1) for c in i.criteria if c.level is not None)


def _pull(item: ItemFeedback, criterion: CriterionFeedback, items: Sequence[ItemFeedback]) -> float:
    """How much a criterion asks to be worked on: its distance from the top, and other items low in its competency."""
    others = sum(_is_low(i, criterion.competency) for i in items if i is not item)
    return 1 - (criterion.worth_share or 0) + _RECURRENCE * min(others, _MOST_RECURRENCES)


def _is_low(item: ItemFeedback, competency: str | None) -> bool:
    """Whether an item has a criterion of the competency below the middle of its scale."""
    shares = (c.level_share for c in item.criteria if c.competency == competency and competency is not None)
    return any(s is not None and s < 0.5 for s in shares)


def _level(c: CriterionFeedback) -> str:
    return level_in_words(c.level or 0, c.top, c.level_name)
