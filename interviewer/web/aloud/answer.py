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
    """Sound comes in, text comes out. `asked` and `began` are moments by the clock on the wall."""

    def __init__(self, told: Begin, listening: Listening, asked: float, at_once: bool) -> None:
        self.told, self.listening, self.asked, self.at_once = told, listening, asked, at_once
        self.began = time.time()
        self.gate = Gate()
        self.arrived = Arrived()
        self.text = ""
        self.is_full = False  # as long as an answer can be: it is ended then, and nothing of it is lost
        self._resampler = Resampler(told.rate)
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
        through, interrupts = self.gate.pass_on(samples)
        if self.is_full or self.listening.seconds + len(through) / RATE > LONGEST_ANSWER_S - 1:
            self.is_full = True
        elif len(through):
            self.listening.feed(through)
        return interrupts
