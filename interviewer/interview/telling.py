"""From an interview's state to its feedback: gathers what each item needs, and lets the model write two sentences where it may."""

from __future__ import annotations

from collections.abc import Mapping

from interviewer.domain import Item, ItemRating, Pack, Passage, Scorecard
from interviewer.feedback import Feedback, ItemFeedback, ItemHeard, Recorded, SaidAt, Written, compose, compose_item
from interviewer.interview.choosing import chosen_pack
from interviewer.interview.state import State
from interviewer.interview.turns import Asked
from interviewer.interview.unsure import matched
from interviewer.library import Library
from interviewer.rating import likely_levels, scorecard


class Teller:
    """Composes feedback. Plain code: the same state gives the same feedback."""

    def __init__(self, packs: Mapping[str, Pack], library: Library) -> None:
        self._packs, self._library = packs, library

    def card(self, state: State) -> Scorecard:
        """The scorecard over every item that was asked; what is not in it is named, with why."""
        items, asked = self._asked(state), dict.fromkeys(t.item_id for t in state.turns)
        ratings = [rated.rating for i in asked if (rated := state.counting(i)[1])]
        without = {i: _why_without(state, i) for i in items if i in state.closed and not state.counting(i)[1]}
        return scorecard(ratings, items, self._pack(state).competencies, without=without)

    def feedback(self, state: State) -> Feedback:
        """The feedback of the interview as far as it is rated, with the model's sentences where it wrote some."""
        pack = self._pack(state)
        composed = compose(self.card(state), [self.heard(state, item) for item in self._asked(state).values()], pack)
        return composed.with_written(Written.model_validate(state.written)) if state.written else composed

    def item_feedback(self, state: State, item_id: str) -> ItemFeedback:
        """The feedback of one item, after it has closed."""
        pack = self._pack(state)
        return compose_item(self.heard(state, self._asked(state)[item_id]), pack)

    def heard(self, state: State, item: Item) -> ItemHeard:
        """One item as it was heard and rated."""
        rater, rated = state.counting(item.id)
        of_item = state.rated.get(item.id, {})
        by_model, embedded = of_item.get("model"), of_item.get("embedded")
        second: ItemRating | None = embedded.rating if rater == "model" and embedded else None
        spotted_by = next((r for r in (by_model, embedded) if r and r.mistakes is not None), None)
        return ItemHeard(
            item=item,
            turns=state.transcript(item.id),
            ratings=rated.rating if rated else None,
            second=second,
            likely=likely_levels(item, embedded.rating) if embedded else {},
            missing=embedded.missing if embedded else {},
            mistakes=spotted_by.mistakes or () if spotted_by else (),
            mistakes_by=spotted_by.rating.rater if spotted_by else None,
            passages=self._passages(state.started.pack, item, rated.rating if rated else None),
            skipped=was_skipped(state, item.id),
            rating_fault=by_model.fault if by_model else None,
            recordings=tuple(_recorded(t) for t in state.answered_turns(item.id)),
            told=tuple(r.said for t in state.turns_on(item.id) for r in t.remarks if r.asked),
        )

    def _passages(self, pack: str, item: Item, rating: ItemRating | None) -> tuple[Passage, ...]:
        """What the item's notes say on its lowest rated criterion; the texts searched for are the corpus's own."""
        there = {c.id for c in item.criteria}  # an update of the pack may have taken one out
        rated = [r for r in rating.ratings if r.worth is not None and r.criterion in there] if rating else []
        weakest = min(rated, key=lambda r: r.worth or 0.0).criterion if rated else item.criteria[0].id
        criterion = item.criterion(weakest)
        return self._library.passages(pack, f"{criterion.title}. {criterion.looks_for}", 2, item.notes or None)

    def _pack(self, state: State) -> Pack:
        """The interview's pack; raises CandidateError where it is no longer installed."""
        return chosen_pack(self._packs.values(), state.started.pack)

    def _asked(self, state: State) -> Mapping[str, Item]:
        """The items asked, in order; one that the pack no longer has is left out."""
        there = {i.id: i for i in self._pack(state).items}
        return {t.item_id: there[t.item_id] for t in state.turns if t.item_id in there}


def was_skipped(state: State, item_id: str) -> bool:
    """Whether the candidate passed over an item; one that was open when the interview ended is unanswered, and was not skipped."""
    return not state.has_answer(item_id) and any(t.skipped for t in state.turns_on(item_id))


def _why_without(state: State, item_id: str) -> str:
    """Why an item that has closed has no rating, as the end of a sentence about it."""
    if state.has_answer(item_id):
        return "is not rated yet"
    return "was skipped" if was_skipped(state, item_id) else "was not answered"


def _recorded(turn: Asked) -> tuple[Recorded, ...]:
    """The recordings of an answered turn whose audio is kept, with the words of the answer that were heard in them at known times."""
    kept = {s.seq: s.heard.seconds for s in turn.heard if s.kept}
    said: dict[int, list[SaidAt]] = {seq: [] for seq in kept}
    for m in matched(turn.heard, turn.answer or "") if kept else ():
        if m.spoken.kept and m.word.start is not None and m.word.end is not None:
            said[m.spoken.seq].append(SaidAt(m.start, m.end, m.word.start, m.word.end))
    return tuple(Recorded(recording=seq, seconds=kept[seq], words=tuple(words)) for seq, words in said.items() if words)
