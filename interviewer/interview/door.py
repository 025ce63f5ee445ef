"""The one door to an interview, for the page, the terminal and the evals.

Every call names who asks; another's interview is refused. What a candidate sends is written before anything else happens; what
the interviewer owes is worked out from the state, so that any process can take over at any point. Ratings are made behind,
and a rating that a dead process left undone is made by whoever opens the interview next.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TypeVar

from interviewer.bank import Wish, draw_guide
from interviewer.domain import Item, Pack
from interviewer.embedding import Reader
from interviewer.errors import CandidateError, Stale
from interviewer.feedback import Feedback, ItemFeedback, Written, write
from interviewer.interview.behind import Behind
from interviewer.interview.choosing import chosen_pack
from interviewer.interview.hearing import forgotten_events, heard_events
from interviewer.interview.moves import AskItem, Close, Probe, Rest, choose_move
from interviewer.interview.remembering import Remembering
from interviewer.interview.state import Kind, Started, State, Style, event
from interviewer.interview.states import Decide, States
from interviewer.interview.telling import Teller
from interviewer.interview.turns import Spoken
from interviewer.interview.words import Said, Words, fact_for
from interviewer.interview.writing import answered, closing, disputed, events_of, notices, reason
from interviewer.library import Library
from interviewer.model import Models
from interviewer.prompts import Prompt
from interviewer.rating import EmbeddedRater, ModelRater, said
from interviewer.store import Listed, NewEvent, Store

T = TypeVar("T")
_GAVE_UP = {"unknowing", "nothing", "little"}  # kinds of answers after which one more probe on the item is the last


class Door:
    """Opens, carries on and closes interviews. One for a process; safe to call from many tasks at once."""

    def __init__(
        self,
        *,
        store: Store,
        packs: Sequence[Pack],
        library: Library,
        encoder: Reader,
        prompts: Mapping[str, Prompt],
        models: Models | None,
        rater_draws: int = 1,
    ) -> None:
        self.store, self.library, self.models = store, library, models
        self.states = States(store)
        self.packs = {p.id: p for p in packs}
        self.prompts = prompts
        self._encoder = encoder
        self._words = Words(prompts, models)
        self.embedded = EmbeddedRater(Remembering(encoder))
        by_model = ModelRater(models, prompts["rate_criterion"], prompts["find_mistakes"], draws=rater_draws) if models else None
        self.behind = Behind(self.states, self.embedded, by_model, after=self._write_when_rated)
        self.teller = Teller(self.packs, library)

    # ----------------------------------------------------------------- opening

    async def begin(self, candidate: str, pack: str, wish: Wish, style: Style, *, focus: str = "", seed: int | None = None) -> State:
        """Draw a guide and open an interview. The focus steers the draw and is not kept. Raises CandidateError."""
        of_pack = chosen_pack(self.packs.values(), pack, wish.rounds)
        before = await self._asked_before(candidate, pack)
        near = (
            await self._in_thread(lambda: dict(self.library.rank_items(pack, focus, [i.id for i in of_pack.items])))
            if focus.strip()
            else None
        )
        guide = draw_guide(of_pack, wish, asked_before=before, closeness=near, seed=secrets.randbits(32) if seed is None else seed)
        if not guide:
            raise CandidateError("No item fits these rounds; choose other rounds.")
        return await self.begin_with(candidate, pack, guide, wish, style)

    async def begin_with(self, candidate: str, pack: str, guide: Sequence[str], wish: Wish, style: Style) -> State:
        """Open an interview with a guide that is already drawn."""
        started = Started(pack=pack, rounds=wish.rounds, seniority=wish.seniority, style=style, guide=tuple(guide))
        first = [event(Kind.STARTED, **started.model_dump(mode="json"))]
        interview = await self._in_thread(self.store.begin, candidate, first)
        self.behind.read_ahead(interview, [i for i in self.packs[pack].items if i.id in guide] if pack in self.packs else [])
        return await self.state(interview, candidate)

    def pack(self, pack_id: str) -> Pack:
        """A pack by its id; raises CandidateError naming those there are."""
        return chosen_pack(self.packs.values(), pack_id)

    def pack_of(self, state: State) -> Pack:
        """The pack of an interview; raises CandidateError where it is no longer installed."""
        return self.pack(state.started.pack)

    def item(self, state: State, item_id: str) -> Item:
        """An item of the interview's pack; raises CandidateError where an update of the pack took it out."""
        found = next((i for i in self.pack_of(state).items if i.id == item_id), None)
        if found is None:
            raise CandidateError(
                f"The item {item_id!r} is no longer in the pack {state.started.pack!r}; end this interview and begin a new one."
            )
        return found

    # ----------------------------------------------------------------- reading

    async def state(self, interview: str, candidate: str | None) -> State:
        """The interview as it stands. Raises NotYours."""
        return await self._in_thread(self.states.of, interview, candidate)

    async def interviews(self, candidate: str | None) -> tuple[Listed, ...]:
        """A candidate's interviews, newest first."""
        return await self._in_thread(self.store.interviews, candidate)

    async def resume(self, interview: str, candidate: str | None) -> State:
        """The interview as it stands, with every rating under way that it still lacks."""
        state = await self.state(interview, candidate)
        self._rate_what_is_due(state)
        return state

    # ----------------------------------------------------------------- what the candidate does

    async def answer(self, interview: str, candidate: str, to: int, text: str) -> State:
        """Write an answer to question `to`. Durable when this returns. Raises Stale, NotYours, CandidateError."""
        return await self._decide(interview, candidate, lambda s: answered(s, to, text))

    async def hear(self, interview: str, candidate: str, to: int, spoken: Spoken, flac: bytes | None = None) -> State:
        """Keep what was heard to question `to`, which stays open, and its audio where given. Durable and raising as `answer` is."""
        return await self._decide(interview, candidate, lambda s: heard_events(s, to, spoken, flac))

    async def skip(self, interview: str, candidate: str, to: int) -> State:
        """Leave question `to` without an answer; what was said on its item before is still rated."""
        return await self._decide(interview, candidate, lambda s: [event(Kind.SKIPPED, to=s.require_open(to).seq)])

    async def repeat(self, interview: str, candidate: str, to: int) -> State:
        """Have question `to` said again."""
        return await self._decide(interview, candidate, lambda s: [event(Kind.REPEATED, to=to, said=s.require_open(to).question)])

    async def clarify(self, interview: str, candidate: str, to: int, asked: str) -> AsyncIterator[str]:
        """Reply to the candidate's question about the item, growing; it uses no probe and is not rated."""
        state = await self.state(interview, candidate)
        item = self.item(state, state.require_open(to).item_id)
        asked = reason(asked)
        best = await self._in_thread(fact_for, asked, item, self._encoder)
        said = Said()
        async for text in self._words.clarification(asked, item, best, state, said):
            yield text
        await self._decide(
            interview,
            candidate,
            lambda s: [*notices(s, said), event(Kind.CLARIFIED, to=s.require_open(to).seq, asked=asked, said=said.text, by=said.by)],
        )

    async def next_item(self, interview: str, candidate: str) -> AsyncIterator[str]:
        """Go on to the next item after a rest (coached)."""
        state = await self.state(interview, candidate)
        if not state.between_items:
            raise Stale("The next question is already open below.")
        async for text in self._carry_out(state, candidate, choose_move(state, None, {})):
            yield text

    async def end(self, interview: str, candidate: str, why: str = "ended early") -> State:
        """End the interview; what was answered is rated. Ending twice changes nothing."""
        state = await self._decide(interview, candidate, lambda s: [] if s.ended else [*closing(s), event(Kind.ENDED, why=why)])
        self._rate_what_is_due(state)
        return state

    async def dispute(self, interview: str, candidate: str, item: str, criterion: str, why: str) -> State:
        """Keep the candidate's word that a rating is wrong, with the rating as it is. Raises CandidateError."""
        if not (kept := reason(why)):
            raise CandidateError("Say in a few words why the rating is wrong; nothing was kept yet.")
        return await self._decide(interview, candidate, lambda s: disputed(s, item, criterion, kept))

    async def recording(self, interview: str, candidate: str | None, seq: int) -> bytes:
        """The audio (FLAC) of what was heard by event `seq`. Raises NotYours where it was not kept, or is another's."""
        return await self._in_thread(self.store.recording, interview, candidate, seq)

    async def forget_recordings(self, interview: str, candidate: str | None) -> State:
        """Delete the audio of an interview; what was heard in it stays. Deleting twice changes nothing."""
        return await self._in_thread(self.states.forget_recordings, interview, candidate, forgotten_events)

    async def delete(self, interview: str, candidate: str | None) -> None:
        """Remove an interview and every word of it."""
        self.behind.forget(interview)
        await self._in_thread(self.states.delete, interview, candidate)

    # ----------------------------------------------------------------- what the interviewer does

    async def reply(self, interview: str, candidate: str) -> AsyncIterator[str]:
        """Do what the interviewer owes, if anything: the words of the next question, growing. Nothing where nothing is due."""
        state = await self.state(interview, candidate)
        if not state.reply_is_due:
            return
        move = await self._move(state)
        if state.current_item and not isinstance(move, Probe):
            state = await self._close_item(state, candidate)
        if state.reply_is_due:
            async for text in self._carry_out(state, candidate, move):
                yield text

    async def _close_item(self, state: State, candidate: str) -> State:
        """Close the item that is open, so that its rating begins before the next question is worded."""
        seen = state.talk
        closed = await self._decide(state.id, candidate, lambda now: closing(now) if now.talk == seen else [])
        self._rate_what_is_due(closed)
        return closed

    async def _move(self, state: State) -> Probe | AskItem | Rest | Close:
        """The next move on the state."""
        if state.current_item is None:
            return choose_move(state, None, {})
        item = self.item(state, state.current_item)
        turns = state.transcript(item.id)
        if state.turns_on(item.id)[-1].skipped:
            return choose_move(state, item, {})
        coverage, last = await self._in_thread(lambda: (self.embedded.coverage(item, turns), said(turns[-1:])))
        return choose_move(state, item, coverage, gave_up=last.kind in _GAVE_UP)

    async def _carry_out(self, state: State, candidate: str, move: Probe | AskItem | Rest | Close) -> AsyncIterator[str]:
        """Say the words of a move and write it, unless somebody else moved on meanwhile."""
        seen = state.talk
        said = Said()
        if isinstance(move, (Probe, AskItem)):
            async for text in self._words.question(move, self.item(state, move.item_id), state, said):
                yield text

        def written(now: State) -> Sequence[NewEvent]:
            if now.talk != seen:
                return []  # another tab or process carried the same move out
            return [*notices(now, said), *events_of(move, now, said)]

        self._rate_what_is_due(await self._decide(state.id, candidate, written))

    # ----------------------------------------------------------------- feedback

    async def feedback(self, interview: str, candidate: str | None) -> Feedback:
        """The feedback of an interview, as far as it is rated. Raises NotYours."""
        return await self._in_thread(self.teller.feedback, await self.state(interview, candidate))

    async def item_feedback(self, state: State, item_id: str) -> ItemFeedback:
        """The feedback of one item that has closed."""
        return await self._in_thread(self.teller.item_feedback, state, item_id)

    def pending(self, state: State) -> tuple[str, ...]:
        """The answered items that some rater has yet to rate, or is rating again."""
        under_way = self.behind.under_way(state.id)
        return tuple(i.id for i in self._answered(state) if i.id in under_way or self._lacks(state, i))

    def _lacks(self, state: State, item: Item) -> bool:
        return bool(set(self.behind.raters) - set(state.rated.get(item.id, {})))

    def _answered(self, state: State) -> list[Item]:
        """The answered items; one that an update of the pack took out can't be rated any more, and keeps what it has."""
        there = {i.id: i for i in self.pack_of(state).items}
        return [there[i] for i in state.answered_items if i in there]

    async def rate_again(self, interview: str, candidate: str) -> State:
        """Ask the model anew for every item of which it could not rate all."""
        state = await self.state(interview, candidate)
        faulty = [i for i in self._answered(state) if (r := state.rated.get(i.id, {}).get("model")) and r.fault]
        self.behind.rate(state, faulty, again=[i.id for i in faulty])
        return state

    async def _write_when_rated(self, state: State) -> None:
        """With a model: when the last rating is there, have two sentences of the feedback written; anew where it says other things now."""
        answered = self._answered(state)
        if not self.models or not state.ended or any(self._lacks(state, i) for i in answered):
            return
        feedback = await self._in_thread(self.teller.feedback, state)
        if state.written and feedback.is_told_by(Written.model_validate(state.written)):
            return
        heard = [self.teller.heard(state, i) for i in answered]
        written = await write(self.models, self.prompts["write_feedback"], feedback, heard, interview=state.id)
        if written.any:
            new = event(Kind.WRITTEN, **written.model_dump(mode="json"))
            await self._decide(state.id, None, lambda s: [new] if s.written == state.written else [])

    # ----------------------------------------------------------------- inside

    def _rate_what_is_due(self, state: State) -> None:
        self.behind.rate(state, self._answered(state))
        self.behind.after_all(state)

    async def _asked_before(self, candidate: str, pack: str) -> Mapping[str, int]:
        """How often each item was asked of this candidate."""
        asked: Counter[str] = Counter()
        for listed in await self._in_thread(self.store.interviews, candidate):
            if listed.first.body.get("pack") == pack:
                state = await self.state(listed.id, candidate)
                asked.update({t.item_id for t in state.turns})
        return asked

    async def _decide(self, interview: str, candidate: str | None, decide: Decide) -> State:
        """Append what `decide` makes of the state, atomically; the state after it."""
        return await self._in_thread(self.states.change, interview, candidate, decide)

    @staticmethod
    async def _in_thread(work: Callable[..., T], *args: object) -> T:
        return await asyncio.to_thread(work, *args)
