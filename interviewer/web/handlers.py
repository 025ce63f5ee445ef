"""What the page does: one method for each thing a person can do.

Every method is a public HTTP endpoint. Each one is told who asks by the signed cookie alone, and everything else that the browser
sent (interview, seq, text, choices) is checked by the door. What a method yields are updates by component name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import gradio as gr

from interviewer.errors import CandidateError, InterviewerError, Stale
from interviewer.feedback import as_typed
from interviewer.interview import Door, Kind, State, reads_as_question
from interviewer.web import view
from interviewer.web.aloud.utterances import Utterances
from interviewer.web.asker import COOKIE, Askers
from interviewer.web.ready import Opening
from interviewer.web.start import read_wish
from interviewer.web.told import links_html
from interviewer.web.view import Updates

log = logging.getLogger(__name__)
Method = Callable[..., AsyncIterator[Updates]]
TAKEN_AS_QUESTION = "Taken as a question to the interviewer. If it was your answer, send the same words once more."
_WAIT_FOR_RATING_S = 1.5
_RESUME_WITHIN_S = 12 * 3600


class Handlers:
    """The methods behind the page's buttons."""

    def __init__(self, opening: Opening, askers: Askers, utterances: Utterances) -> None:
        self._opening, self._askers, self._utterances = opening, askers, utterances

    # ----------------------------------------------------------------- arriving

    async def arrive(self, who: str, asked_for: str) -> AsyncIterator[Updates]:
        """Open the page: the interview in its address, else one left open a short while ago, else the start."""
        if not self._opening.is_ready:
            fault = self._opening.fault
            yield view.show_start() | {
                "notice": f"The interviewer can't start: {fault}" if fault else f"Getting ready: {self._opening.stage}.",
                "getting_ready": gr.update(active=fault is None),
            }
            return
        door = await self._opening.door()
        ready = {"getting_ready": gr.update(active=False), "begin": gr.update(value="Start the interview", interactive=True), "notice": ""}
        yield ready | await view.show_past(door, who)
        interview = asked_for or await self._left_open(door, who)
        if not interview:
            yield view.show_start()
            return
        state = await door.resume(interview, who)
        async for updates in self._go_on(door, state, who):
            yield updates

    async def look(self, who: str, interview: str) -> AsyncIterator[Updates]:
        """Show what has been rated since the last look."""
        door = await self._opening.door()
        state = await door.resume(interview, who)
        shown = await view.show(door, state)
        if state.ended is None:
            shown = {k: v for k, v in shown.items() if k in ("item_feedback", "tick")}  # the rest of the page is the candidate's
        yield shown

    # ----------------------------------------------------------------- start

    async def begin(self, who: str, *wish: Any) -> AsyncIterator[Updates]:
        """Begin an interview."""
        pack, chosen, style, focus = read_wish(wish)
        door = await self._opening.door()
        state = await door.begin(who, pack, chosen, style, focus=focus)
        async for updates in self._go_on(door, state, who):
            yield updates | {"focus": ""}

    async def open_past(self, who: str, interview: str | None) -> AsyncIterator[Updates]:
        """Go on with an interview of the list, or read its feedback."""
        door = await self._opening.door()
        state = await door.resume(interview or "", who)
        async for updates in self._go_on(door, state, who):
            yield updates

    async def choose_past(self, who: str, interview: str | None) -> AsyncIterator[Updates]:
        """Show the downloads of the interview chosen in the list."""
        yield {"past_links": links_html(interview) if interview else "", "confirm": gr.update(visible=False)}

    async def delete_past(self, who: str, interview: str | None) -> AsyncIterator[Updates]:
        """Ask whether the interview is really to go."""
        yield {"confirm": gr.update(visible=bool(interview))}

    async def keep(self, who: str) -> AsyncIterator[Updates]:
        """Leave it after all."""
        yield {"confirm": gr.update(visible=False)}

    async def confirm_delete(self, who: str, interview: str | None) -> AsyncIterator[Updates]:
        """Delete an interview and every word of it."""
        door = await self._opening.door()
        await door.delete(interview or "", who)
        yield {"notice": "The interview is deleted.", "confirm": gr.update(visible=False)} | await view.show_past(door, who)

    # ----------------------------------------------------------------- talk

    async def send(self, who: str, interview: str, seq: float, text: str) -> AsyncIterator[Updates]:
        """Take an answer. What reads as a question to the interviewer is answered as one."""
        if not (text or "").strip():
            raise CandidateError("Nothing is typed yet. Write an answer and send it, or press Skip this question.")
        door = await self._opening.door()
        if reads_as_question(text) and not await _asked_already(door, who, interview, text):
            async for updates in self.clarify(who, interview, seq, text):
                yield updates | {"notice": TAKEN_AS_QUESTION}
            return
        state = await door.answer(interview, who, _seq(seq), text)
        async for updates in self._go_on(door, state, who):
            yield updates

    async def skip(self, who: str, interview: str, seq: float) -> AsyncIterator[Updates]:
        """Leave the open question."""
        door = await self._opening.door()
        state = await door.skip(interview, who, _seq(seq))
        async for updates in self._go_on(door, state, who):
            yield updates

    async def again(self, who: str, interview: str, seq: float) -> AsyncIterator[Updates]:
        """Have the open question said again."""
        door = await self._opening.door()
        state = await door.repeat(interview, who, _seq(seq))
        self._utterances.say(interview, state.require_open(_seq(seq)).question)
        yield await view.show_talk(door, state)

    async def clarify(self, who: str, interview: str, seq: float, text: str) -> AsyncIterator[Updates]:
        """Answer the candidate's question about the item."""
        if not (text or "").strip():
            raise CandidateError("Type your question about the interview question first, then press Ask about the question.")
        door = await self._opening.door()
        async for updates in self._said(interview, door.clarify(interview, who, _seq(seq), text)):
            yield updates
        yield await view.show_talk(door, await door.state(interview, who)) | {"answer": ""}

    async def end(self, who: str, interview: str) -> AsyncIterator[Updates]:
        """End the interview and show the feedback."""
        door = await self._opening.door()
        yield await view.show(door, await door.end(interview, who))

    async def next_item(self, who: str, interview: str) -> AsyncIterator[Updates]:
        """Go on to the next item."""
        door = await self._opening.door()
        yield {"rest": gr.update(visible=False), "tick": gr.update(active=False)}
        async for updates in self._said(interview, door.next_item(interview, who)):
            yield updates
        yield await view.show(door, await door.state(interview, who))

    async def leave(self, who: str) -> AsyncIterator[Updates]:
        """Go back to the start; the interview is kept."""
        door = await self._opening.door()
        yield view.show_start() | {"notice": ""} | await view.show_past(door, who)

    # ----------------------------------------------------------------- feedback

    async def dispute(self, who: str, interview: str, what: str | None, why: str) -> AsyncIterator[Updates]:
        """Keep the candidate's word that a rating is wrong."""
        item, _, criterion = (what or "").partition(" ")
        door = await self._opening.door()
        await door.dispute(interview, who, item, criterion, why or "")
        yield {"notice": "Kept with the rating. It stands in the export of this interview.", "dispute_why": ""}

    async def rate_again(self, who: str, interview: str) -> AsyncIterator[Updates]:
        """Ask the model anew for what it could not rate."""
        door = await self._opening.door()
        await door.rate_again(interview, who)
        yield {"status": "Asking the model again …", "rate_again": gr.update(visible=False), "tick": gr.update(active=True)}

    async def forget_recordings(self, who: str, interview: str) -> AsyncIterator[Updates]:
        """Delete the recordings of an interview, and leave its words."""
        door = await self._opening.door()
        state = await door.forget_recordings(interview, who)
        yield await view.show_told(door, state) | {"notice": "The recordings are deleted. Your words and ratings are kept."}

    # ----------------------------------------------------------------- inside

    async def _go_on(self, door: Door, state: State, who: str) -> AsyncIterator[Updates]:
        """Show the state; if the interviewer owes a word, stream it and show what came of it."""
        if state.reply_is_due:
            shown = await view.show_talk(door, state)
            yield shown | {"answer": "", "asking": gr.update(visible=False), "live": gr.update(value="…", visible=True)}
            async for updates in self._said(state.id, door.reply(state.id, who)):
                yield updates
            state = await door.state(state.id, who)
        state = await _with_first_rating(door, state, who)
        yield await view.show(door, state)

    async def as_it_is(self, who: str, interview: str, notice: str) -> AsyncIterator[Updates]:
        """The interview as the store has it, going on if it has to, with a notice; what is typed and not sent stays in its box."""
        door = await self._opening.door()
        try:
            async for updates in self._go_on(door, await door.resume(interview, who), who):
                yield {k: v for k, v in updates.items() if k != "answer"} | {"notice": notice}
        except CandidateError as error:
            yield {"notice": str(error)}

    async def _said(self, interview: str, words: AsyncIterator[str]) -> AsyncIterator[Updates]:
        """Growing words as updates of the small live component, and for the page that speaks them."""
        utterance = None
        try:
            async for text in words:
                utterance = utterance or self._utterances.begin(interview)
                utterance.grow(text)
                yield {"live": gr.update(value=as_typed(text), visible=True)}
        finally:
            if utterance:
                utterance.end()

    async def _left_open(self, door: Door, who: str) -> str | None:
        """An interview that the candidate was in a short while ago, if its last question is still open."""
        for listed in await door.interviews(who):
            if Kind.ENDED not in listed.kinds:
                return listed.id if time.time() - listed.changed.timestamp() < _RESUME_WITHIN_S else None
        return None


async def _asked_already(door: Door, who: str, interview: str, text: str) -> bool:
    """Whether these very words were put to the interviewer on the open question: sent again, they are meant as the answer."""
    turn = (await door.state(interview, who)).open_turn
    return turn is not None and any(remark.asked == text.strip() for remark in turn.remarks)


async def _with_first_rating(door: Door, state: State, who: str) -> State:
    """In a rest or at the end, give the embedded rater a moment, so that its rating shows at once."""
    item = state.turns[-1].item_id if state.turns and (state.ended or state.between_items) else None
    until = time.monotonic() + _WAIT_FOR_RATING_S
    while item in door.pending(state) and state.counting(item)[1] is None and time.monotonic() < until:
        await door.behind.moment(state.id)
        state = await door.state(state.id, who)
    return state


def _seq(value: object) -> int:
    """The seq that the page sent; raises Stale where it is no number."""
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        raise Stale("The page has lost its place; reload it. What you sent before is kept.") from None


def told_plainly(handlers: Handlers, method: Method, askers: Askers, mapped: Callable[[Updates], Any]) -> Callable[..., Any]:
    """A Gradio handler around a method: who asks comes from the cookie, and an error becomes a sentence on the page."""

    async def handler(request: gr.Request, *values: Any) -> AsyncIterator[Any]:
        try:
            who = askers.candidate(request.cookies.get(COOKIE))
            async for updates in method(who, *values):
                yield mapped(updates)
        except Stale as error:
            async for updates in handlers.as_it_is(who, str(values[0]), str(error)):
                yield mapped(updates)
        except InterviewerError as error:
            yield mapped({"notice": str(error)})
        except Exception:  # the one place where a fault of ours becomes a sentence
            log.exception("%s failed", method.__name__)
            yield mapped(
                {"notice": "Something went wrong on this server, and it is logged. What you sent before is kept; reload the page to go on."}
            )

    handler.__name__ = method.__name__
    return handler
