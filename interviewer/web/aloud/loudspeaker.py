"""The page's loudspeaker: what the interviewer says, sentence by sentence, each with a whole WAV where this server has a voice."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Protocol

from interviewer.errors import InterviewerError
from interviewer.model.sound import seconds_of
from interviewer.web.aloud.shared import Speech
from interviewer.web.aloud.utterances import Utterance

log = logging.getLogger(__name__)
_FAILED = "The interviewer's voice broke down on this server, whose log says why. The words are shown; the next ones are spoken again."


class Tell(Protocol):
    """Sends a message to the page, with a WAV right behind it where there is one."""

    async def __call__(self, what: dict[str, Any], sound: bytes | None = None) -> None: ...


class Loudspeaker:
    """Says the utterances of one interview at a time. `silent_at`: when, by the clock on the wall, all that was sent has been said."""

    def __init__(self, tell: Tell, speech: Speech) -> None:
        self._tell, self._speech = tell, speech
        self._saying: asyncio.Task[None] | None = None
        self._hushed = False
        self.silent_at = 0.0

    def follow(self, interview: str) -> None:
        """Say what is said in this interview from now on, and in no other."""
        self.close()
        self._saying = asyncio.create_task(self._say_all(interview))

    def close(self) -> None:
        """Say no more."""
        if self._saying:
            self._saying.cancel()
            self._saying = None

    def hush(self) -> None:
        """Say no more of this utterance."""
        self._hushed = True
        self.played()

    def played(self) -> None:
        """Nothing is to be heard any more, whoever spoke: the browser's own voice tells its length in no other way."""
        self.silent_at = time.time()

    async def _say_all(self, interview: str) -> None:
        """Say each utterance, until the page goes or is told to be silent; one that fails takes no other with it."""
        queue = self._speech.utterances.subscribe(interview)
        try:
            while True:
                utterance = await queue.get()
                self._hushed = False
                try:
                    await self._utter(utterance)
                except Exception:
                    log.exception("speech: an utterance could not be spoken")
                    await self._tell({"is": "mute", "says": _FAILED})
                await self._tell({"is": "said"})
        finally:
            self._speech.utterances.unsubscribe(interview, queue)

    async def _utter(self, utterance: Utterance) -> None:
        async for sentence in utterance.sentences():
            if self._hushed:
                break
            await self._say(sentence)

    async def _say(self, sentence: str) -> None:
        """Send one sentence, with its sound where this server has a voice that works."""
        sound = None
        if voice := self._speech.voices.voice:
            try:
                sound = await voice.say(sentence)
            except InterviewerError as error:
                await self._tell(
                    {"is": "mute", "says": f"{error} The words are shown, and your browser's own voice says them where it has one."}
                )
        if not self._hushed:
            self.silent_at = max(time.time(), self.silent_at) + (seconds_of(sound) if sound else 0.0)
            await self._tell({"is": "say", "text": sentence, "sound": sound is not None}, sound)
