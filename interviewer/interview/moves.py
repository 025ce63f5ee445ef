"""What the interviewer does next: plain code over the state and the coverage. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from interviewer.domain import Frozen, Item
from interviewer.interview.state import State
from interviewer.interview.turns import Asked
from interviewer.interview.verdicts import words_of

PROBES_AN_ITEM = 2
COVERED = 0.5
Words = tuple[str, ...]


class Probe(Frozen):
    """Ask for the missing evidence on one criterion, with its `nth` authored probe (from 0)."""

    item_id: str
    criterion: str
    nth: int


class AskItem(Frozen):
    """Close the item that is open, if any, and ask this one."""

    item_id: str


class Rest(Frozen):
    """Close the item and wait until the candidate asks for the next one (coached)."""


class Close(Frozen):
    """Close the item that is open, if any, and end the interview."""


Move = Probe | AskItem | Rest | Close


def choose_move(state: State, item: Item | None, coverage: Mapping[str, float], *, gave_up: bool = False) -> Move:
    """The next move. `item` is the one being asked (None between items), `coverage` has a share from 0 to 1 for each of its
    criteria, `gave_up` says that the last answer was "I don't know" or too little to go on."""
    if item is not None and (probe := _probe(state, item, coverage, gave_up)):
        return probe
    if state.next_item is None:
        return Close()
    coached = state.started.style == "coached"
    return Rest() if item is not None and coached else AskItem(item_id=state.next_item)


def _probe(state: State, item: Item, coverage: Mapping[str, float], gave_up: bool) -> Probe | None:
    """The probe on the criterion with the least evidence and the fewest probes so far, within the budget."""
    turns = state.turns_on(item.id)
    probes = [t for t in turns if t.kind == "probe"]
    if (turns and turns[-1].skipped) or len(probes) >= PROBES_AN_ITEM or (gave_up and probes):
        return None
    asked, fresh = Counter(t.criterion for t in probes), _fresh(item, probes)
    order = {c.id: n for n, c in enumerate(item.criteria)}
    open_criteria = [c for c in item.criteria if coverage.get(c.id, 0.0) < COVERED and fresh[c.id] is not None]
    if not open_criteria:
        return None
    chosen = min(open_criteria, key=lambda c: (asked[c.id], round(coverage.get(c.id, 0.0), 1), order[c.id]))
    return Probe(item_id=item.id, criterion=chosen.id, nth=fresh[chosen.id] or 0)


def _fresh(item: Item, probes: Sequence[Asked]) -> dict[str, int | None]:
    """For each criterion its first authored probe whose words have not been used on the item, or None.

    Criteria may share a probe; which ones were used is played back, because a model may have worded them differently.
    """
    used = {words_of(item.question)}
    for turn in probes:
        words = _first_unused(item, turn.criterion, used)[1]
        used |= {words, words_of(turn.question)}
    return {c.id: _first_unused(item, c.id, used)[0] for c in item.criteria}


def _first_unused(item: Item, criterion: str | None, used: Set[Words]) -> tuple[int | None, Words]:
    """The number and the folded words of a criterion's first authored probe that has not been used; (None, ()) where there is none."""
    probes = next((c.probes for c in item.criteria if c.id == criterion), ())
    return next(((n, words_of(p)) for n, p in enumerate(probes) if words_of(p) not in used), (None, ()))
