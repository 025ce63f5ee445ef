"""The recogniser behind a server of the user's own. The recording goes there and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from interviewer.domain import Heard, HeardWord
from interviewer.model.audio import AudioServer
from interviewer.speech.activity import probabilities_of, stretches
from interviewer.speech.audio import RATE, Samples, as_wav
from interviewer.speech.joining import inside, later, with_times, within
from interviewer.speech.pieces import Piece, cut

_ENOUGH_S, _LONGEST_S = 240, 300  # of one request: servers refuse files over 25 MB, which are 13 minutes
_PROMPT = 800  # characters of terms: servers read the last 224 tokens


class Served:
    """Nothing is sent where nobody speaks. What a server tells of its doubts stays with its words; times that it does not tell are
    estimated."""

    def __init__(self, server: AudioServer) -> None:
        self.id = f"{server.model} at {server.host}"
        self._server = server

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        """What is said in a recording of any length; `terms` go along as words to expect. Raises ModelError, and SetupError
        where the weights of voice activity can't be used."""
        pieces, speech = await asyncio.to_thread(_plan, samples)
        prompt = ", ".join(terms)[:_PROMPT]
        texts: list[str] = []
        words: list[HeardWord] = []
        for piece in pieces:
            wav = await asyncio.to_thread(as_wav, samples[piece.samples])
            told = await self._server.transcribe(wav, prompt)
            texts.append(told.text)
            spoken = inside(piece, speech)
            found = within(told.words, spoken)
            if any(word.start is None for word in found):
                found = with_times(found, spoken)
            words += (later(word, piece.start) for word in found)
        text = " ".join(t for t in texts if t)
        return Heard(text=text, words=tuple(words), recogniser=self.id, seconds=len(samples) / RATE, speech=speech)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        await self._server.aclose()


def _plan(samples: Samples) -> tuple[tuple[Piece, ...], tuple[tuple[float, float], ...]]:
    """The pieces to send, and the stretches of speech."""
    probabilities = probabilities_of(samples)
    return cut(probabilities, _ENOUGH_S, _LONGEST_S), stretches(probabilities).seconds()
