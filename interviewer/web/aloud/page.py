"""The page's microphone and loudspeaker: one WebSocket for each open page.

The page sends small JSON messages and, between `begin` and `end`, 16-bit mono sound at its own rate; it is sent what was heard so far,
what was heard in the end, and the interviewer's sentences, each with a whole WAV where this server has a voice. Who asks is told by the
signed cookie, and which question is open by the store: nothing else that arrives is believed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from interviewer.errors import CandidateError, InterviewerError, SetupError, Stale
from interviewer.interview import LOST_S, Spoken, Style
from interviewer.speech.audio import as_flac
from interviewer.speech.ending import Verdict, decide, without_commands
from interviewer.speech.hearing import Listening
from interviewer.speech.terms import terms_of
from interviewer.web.aloud.answer import Answer
from interviewer.web.aloud.checking import Check
from interviewer.web.aloud.loudspeaker import Loudspeaker
from interviewer.web.aloud.messages import MESSAGE, Begin, CheckMic, Clock, End, Hello, Message, Plain
from interviewer.web.aloud.shared import Speech

log = logging.getLogger(__name__)
_MOST_LISTENING = 16  # at once on this server
_LOOK_EVERY_S = 0.15
_PARTIAL_EVERY_S = 0.8
_BROKE = "Something broke down on this server, whose log says what"
_ANSWER_FAILED = f"{_BROKE}. What was heard of your answer until then stands in the box: press Speak to say the rest, or type it."
_CHECK_FAILED = f"{_BROKE}, so the microphone could not be checked. Check it again, or type your answers."


class Page:
    """One open page: what it hears, and what it is told to say."""

    def __init__(self, socket: WebSocket, who: str, speech: Speech) -> None:
        self._socket, self._who, self._speech = socket, who, speech
        self._sending = asyncio.Lock()
        self._interview = ""
        self._answer: Answer | None = None
        self._check: Check | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._spoken_to: int | None = None  # the question that was last spoken to in this page
        self._loudspeaker = Loudspeaker(self.tell, speech)

    async def run(self) -> None:
        """Take messages until the page goes away."""
        async for message in self._messages():
            try:
                if isinstance(message, bytes):
                    await self._take(message)
                else:
                    await self._do(MESSAGE.validate_json(message))
            except ValidationError:
                await self.tell({"is": "fault", "says": "The page and this server don't fit together; reload the page."})
            except InterviewerError as error:
                await self._drop()
                await self.tell({"is": "fault", "says": str(error), "stale": isinstance(error, Stale)})

    async def aclose(self) -> None:
        """Say no more; what was being heard and was not ended is dropped, and what was ended is still written down."""
        await self._drop()
        self._loudspeaker.close()

    async def tell(self, what: dict[str, Any], sound: bytes | None = None) -> None:
        """Send a message, with a WAV right behind it where there is one."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page went away meanwhile
            async with self._sending:
                await self._socket.send_json(what)
                if sound is not None:
                    await self._socket.send_bytes(sound)

    async def _messages(self) -> AsyncIterator[str | bytes]:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                yield message["text"] if message.get("text") is not None else message["bytes"]

    async def _do(self, message: Message) -> None:
        match message:
            case Hello():
                await self._hello(message)
            case Begin():
                await self._begin(message)
            case CheckMic():
                await self._drop()
                self._require_ears()
                self._check = Check(message.sentence, message.rate, self._speech.recognisers)
            case Clock():
                for heard in (self._answer, self._check):
                    if heard:
                        heard.arrived.compare(message.seconds)
            case End():
                if self._answer and message.keep is not None:
                    self._answer.keep &= message.keep
                await self._end("button")
            case Plain(do="drop"):
                await self._drop()
            case Plain(do="ready"):
                self._start(self._speech.get_ready())
            case Plain(do="hush"):
                self._loudspeaker.hush()
            case Plain(do="playing"):
                if self._answer:
                    self._answer.gate.close()
            case Plain(do="played"):
                self._loudspeaker.played()
                if self._answer:
                    self._answer.played()

    # ----------------------------------------------------------------- hearing

    async def _begin(self, told: Begin) -> None:
        """Begin to listen to an answer."""
        await self._drop()
        self._require_ears()
        if self._speech.listening >= _MOST_LISTENING:
            raise CandidateError("Too many people are speaking on this server at once; type this answer, or try again in a minute.")
        door = await self._speech.opening.door()
        state = await door.state(self._interview, self._who)
        turn = state.require_open(told.seq)
        terms = terms_of(door.item(state, turn.item_id), door.pack_of(state))
        at_once = state.started.style is Style.REAL
        asked = max(turn.at.timestamp(), min(self._loudspeaker.silent_at, time.time()))
        is_first = not turn.heard and self._spoken_to != turn.seq
        self._answer = Answer(told, Listening(self._speech.recognisers, terms), asked if is_first else None, at_once)
        self._speech.listening += 1
        self._start(self._follow(self._answer))

    def _require_ears(self) -> None:
        if self._speech.recognisers.final is None:
            raise SetupError(f"Nothing is installed here that could hear you, so type your answers. {self._speech.recognisers.why}")

    async def _take(self, sound: bytes) -> None:
        """Sound of the answer or the check that is under way; what comes without one is late, and dropped."""
        if self._check:
            self._check.feed(sound)
        if self._answer and self._answer.feed(sound):
            self._loudspeaker.hush()
            await self.tell({"is": "interrupted"})
        if self._answer and self._answer.is_full:
            self._start(self._end("button"))

    async def _follow(self, answer: Answer) -> None:
        """Tell what is heard while it is; hands-free, find out when the answer has ended."""
        try:
            await self._followed(answer)
        except Exception as error:
            if self._answer is not answer:
                raise
            await self._drop()
            await self._tell_fault(error, _ANSWER_FAILED)

    async def _followed(self, answer: Answer) -> None:
        shown, looked = ("", Verdict.GO_ON), 0.0
        while self._answer is answer:
            await asyncio.sleep(_LOOK_EVERY_S)
            if answer.is_new and time.monotonic() - looked > _PARTIAL_EVERY_S:
                text, looked = await answer.partial(), time.monotonic()
            else:
                text = answer.text
            if self._answer is not answer:
                return
            verdict = decide(text, answer.listening.silence_s) if answer.told.hands_free and answer.listening.spoke else Verdict.GO_ON
            if verdict is Verdict.END and not answer.is_new:
                self._start(self._end("words" if without_commands(text) != text else "silence"))
                return
            if (text, verdict) != shown:
                shown = (text, verdict)
                await self.tell({"is": "hearing", "text": text, "thinking": verdict is Verdict.THINKING})

    async def _end(self, by: Literal["button", "silence", "words"]) -> None:
        """The answer has ended: hear it to its end, write down what was heard, and hand it to the page."""
        check, self._check = self._check, None
        if check:
            try:
                await self.tell({"is": "checked", **await check.finish()})
            except Exception as error:
                await self._tell_fault(error, _CHECK_FAILED)
        answer = self._let_go()
        if answer is None:
            return
        try:
            await self._hand_over(answer, by)
        except Exception as error:
            await self._tell_fault(error, _ANSWER_FAILED)
        finally:
            await answer.listening.aclose()

    async def _tell_fault(self, error: Exception, broken: str) -> None:
        """Have the page put what was heard so far into the box; `broken` tells of a fault of ours, which is logged."""
        ours = not isinstance(error, InterviewerError)
        if ours:
            log.error("speech: what was said could not be heard to its end", exc_info=error)
        await self.tell({"is": "fault", "says": broken if ours else str(error)})

    async def _hand_over(self, answer: Answer, by: Literal["button", "silence", "words"]) -> None:
        await self.tell({"is": "ended", "by": by})
        silence_s = answer.listening.silence_s if by != "button" else None
        heard = await answer.finish()
        text = without_commands(heard.text) if answer.told.hands_free else heard.text
        lost_s = answer.arrived.lost_s
        if not text.strip():
            await self.tell({"is": "nothing", "says": _nothing(lost_s)})
            return
        spoken = Spoken.of(heard, waited_s=answer.waited_s(heard), ended_by=by, silence_s=silence_s, lost_s=lost_s)
        flac = await asyncio.to_thread(as_flac, answer.listening.samples) if answer.keep else None
        door = await self._speech.opening.door()
        await self.tell({"is": "hearing", "text": text, "thinking": False})  # whatever comes now, the words are on the page
        kept = True
        try:
            await door.hear(self._interview, self._who, answer.told.seq, spoken, flac)
        except Stale:  # answered in another tab: the words still go to the page that heard them
            kept = False
        except CandidateError as error:  # too much sound to keep: the words are kept without it
            await door.hear(self._interview, self._who, answer.told.seq, spoken)
            await self.tell({"is": "mute", "says": str(error)})
        left = set(text.split())
        unsure = [w.word for w in heard.words if w.unsure and w.word in left]
        lost = f"About {lost_s:.0f} s of what you said were lost on this computer, so words may be missing." if spoken.is_broken else ""
        await self.tell(
            {
                "is": "heard",
                "seq": answer.told.seq,
                "text": text,
                "unsure": unsure,
                "lost": lost,
                "send": answer.at_once and not spoken.is_broken,
                "kept": kept,
            }
        )

    async def _drop(self) -> None:
        self._check = None
        if answer := self._let_go():
            await answer.listening.aclose()

    def _let_go(self) -> Answer | None:
        """The answer that was under way, which takes no more sound."""
        answer, self._answer = self._answer, None
        if answer:
            self._speech.listening -= 1
            if answer.listening.spoke or answer.arrived.lost_s >= LOST_S:
                self._spoken_to = answer.told.seq
        return answer

    # ----------------------------------------------------------------- speaking

    async def _hello(self, told: Hello) -> None:
        """Follow an interview: its words are spoken here from now on, if the page wants that."""
        door = await self._speech.opening.door()
        await door.state(told.interview, self._who)  # theirs, or it raises
        if told.interview != self._interview:
            await self._drop()
            self._spoken_to = None
        self._interview = told.interview
        self._loudspeaker.close()
        if told.voice:
            self._loudspeaker.follow(told.interview)
            self._start(self._speech.render_ahead(door, told.interview, self._who))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Work that nobody waits for: a fault of ours in it is logged, and ends nothing else."""
    try:
        await work
    except InterviewerError as error:
        log.info("%s", error)
    except Exception:
        log.exception("speech: work for a page failed")


def _nothing(lost_s: float) -> str:
    """What to do where no word was heard: a microphone that is too far away is not to blame for sound that was lost."""
    if lost_s >= LOST_S:
        return f"No words were heard, and about {lost_s:.0f} s of the sound were lost on this computer. Say it again, or type your answer."
    return "Nothing was heard. Speak closer to the microphone, or type your answer."
