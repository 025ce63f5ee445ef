"""One answer while it is spoken."""

from __future__ import annotations

import time

from interviewer.domain import Heard
from interviewer.errors import CandidateError
from interviewer.speech.audio import RATE, Resampler, Samples
from interviewer.speech.hearing import LONGEST_ANSWER_S, Listening
from interviewer.web.aloud.arrived import Arrived
from interviewer.web.aloud.gate import Gate
from interviewer.web.aloud.messages import Begin

_AHEAD_S = 30.0  # by so much what arrives may outrun the clock


class Answer:
    """Sound comes in, text comes out. `asked` and `began` are moments by the clock on the wall.

    `asked` is None where the question was spoken to before: how long the candidate waited with that is not known any more.
    """

    def __init__(self, told: Begin, listening: Listening, asked: float | None, at_once: bool) -> None:
        self.told, self.listening, self.asked, self.at_once = told, listening, asked, at_once
        self.keep = told.keep
        self.began = time.time()
        self.gate = Gate()
        self.arrived = Arrived()
        self.text = ""
        self.is_full = False  # as long as an answer can be: it is ended then, and nothing of it is lost
        self._resampler = Resampler(told.rate)
        self._came = 0  # samples, with those that the gate holds back
        self._gaps = [(0, 0)]  # from which sample heard on, and how many came before it that are not heard
        self._heard_upto = 0.0  # seconds of sound that the text stands for

    @property
    def is_new(self) -> bool:
        """Whether something was said since the last look."""
        return self.listening.spoke and self.listening.seconds - self.listening.silence_s > self._heard_upto

    async def partial(self) -> str:
        """What is heard so far."""
        upto = self.listening.seconds
        self.text = await self.listening.partial()
        self._heard_upto = upto
        return self.text

    async def finish(self) -> Heard:
        """All that was heard, with the last of the sound. Raises InterviewerError."""
        if not self.is_full:
            self.listening.feed(self.gate.pass_on(self._resampler.rest())[0])
        return await self.listening.finish()

    def feed(self, sound: bytes) -> bool:
        """Take sound; whether the candidate has just begun to talk over the interviewer. Raises CandidateError where it is too much."""
        samples: Samples = self._resampler.feed(sound)
        self.arrived.count(sound, self.told.rate)
        if self.listening.seconds > time.time() - self.began + _AHEAD_S:
            raise CandidateError("More sound arrived than can have been spoken, so it was dropped; press Speak and try again.")
        self._came += len(samples)
        through, interrupts = self.gate.pass_on(samples)
        if interrupts:
            self._wait_from_now()
        self._hear(through)
        return interrupts

    def played(self) -> None:
        """The interviewer's voice has played out: what comes now is heard, and the candidate's wait begins."""
        self._wait_from_now()
        self._hear(self.gate.open())

    def waited_s(self, heard: Heard) -> float | None:
        """The seconds from the question's end to the first word, 0 where that came before it; None where they are not known."""
        if self.asked is None:
            return None
        first = heard.speech[0][0] if heard.speech else 0.0
        unheard = next(samples for at, samples in reversed(self._gaps) if at <= first * RATE)
        return max(0.0, self.began + first + unheard / RATE - self.asked)

    def _wait_from_now(self) -> None:
        """Until the first word; what the interviewer says after it is no question's end."""
        if self.asked is not None and not self.listening.spoke:
            self.asked = self.began + self._came / RATE  # by the sound itself, which a slow network delays with the message

    def _hear(self, through: Samples) -> None:
        if self.is_full or self.listening.seconds + len(through) / RATE > LONGEST_ANSWER_S - 1:
            self.is_full = True
        elif len(through):
            at = round(self.listening.seconds * RATE)
            self.listening.feed(through)
            if (unheard := self._came - at - len(through)) != self._gaps[-1][1]:
                self._gaps.append((at, unheard))
