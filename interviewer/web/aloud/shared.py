"""What all pages' microphones and loudspeakers share: recognisers, the voice, and what the interviewer is saying."""

from __future__ import annotations

import contextlib

from interviewer.errors import InterviewerError
from interviewer.interview import Door
from interviewer.settings import Settings
from interviewer.speech.hearing import load, recognisers
from interviewer.speech.voices import ahead, voices
from interviewer.web.aloud.utterances import Utterances
from interviewer.web.asker import Askers
from interviewer.web.ready import Opening


class Speech:
    """What every page's microphone and loudspeaker shares."""

    def __init__(self, settings: Settings, opening: Opening, askers: Askers) -> None:
        self.opening, self.askers = opening, askers
        self.utterances = Utterances()
        self.recognisers, self.voices = recognisers(settings), voices(settings)
        self.listening = 0
        self._is_ready = False
        self.pages: dict[str, int] = {}

    async def aclose(self) -> None:
        """End the voice's process, if it has one."""
        if self.voices.voice:
            await self.voices.voice.aclose()

    def told(self) -> str:
        """What is there and how to add the rest, in one line."""
        final, voice = self.recognisers.final, self.voices.voice
        hears = f"hears with {final.id}" if final else "hears nothing"
        speaks = f"speaks with {voice.id}" if voice else "speaks with the browser's own voice, where it has one"
        more = " ".join(w for w in (self.recognisers.why, self.voices.why) if w)
        return f"Speech: {hears}, {speaks}.{f' {more}' if more else ''}"

    async def get_ready(self) -> None:
        """Load what hears and start what speaks, once, so that nobody waits for it in the interview. Faults are told when it is needed."""
        if self._is_ready:
            return
        self._is_ready = True
        with contextlib.suppress(InterviewerError):
            await load(self.recognisers)
        with contextlib.suppress(InterviewerError):
            if self.voices.voice:
                await ahead(self.voices.voice, ["Hello."])

    async def render_ahead(self, door: Door, interview: str, candidate: str) -> None:
        """Have the written questions of an interview spoken into the voice's cache, where it is they that will be said."""
        if self.voices.voice is None or door.models is not None:
            return
        state = await door.state(interview, candidate)
        items = [i for i in door.pack_of(state).items if i.id in state.started.guide]
        with contextlib.suppress(InterviewerError):  # a voice that fails is told when it is to speak
            await ahead(self.voices.voice, [text for i in items for text in (i.question, *(p for c in i.criteria for p in c.probes))])
