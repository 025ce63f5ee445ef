"""What the interviewer is saying, sentence by sentence while the words still come, for the page that speaks them.

In memory alone: the words themselves are in the store, and a page that comes late reads them.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator

from interviewer.speech.sentences import Sentences

_FRESH_S = 30  # for so long what was said waits for a page that is only just connecting
_MOST_WAITING = 500


class Utterance:
    """Growing words, cut into sentences as they become whole."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._sentences, self._ready = Sentences(), list[str]()
        self._whole, self._more = False, asyncio.Event()

    def grow(self, text: str) -> None:
        """Take the words as far as they are there."""
        self._ready += self._sentences.feed(text)
        self._more.set()

    def end(self) -> None:
        """No more words come."""
        self._ready += self._sentences.rest()
        self._whole = True
        self._more.set()

    async def sentences(self) -> AsyncIterator[str]:
        """Each sentence, as soon as it is whole."""
        told = 0
        while True:
            self._more.clear()  # before looking: what comes while a sentence is being said must not be waited for once more
            for sentence in self._ready[told:]:
                told += 1
                yield sentence
            if self._whole and told == len(self._ready):
                return
            await self._more.wait()


class Utterances:
    """Hands each utterance to one page of its interview: the one that connected last, or else the next to connect."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[asyncio.Queue[Utterance]]] = {}
        self._waiting: OrderedDict[str, Utterance] = OrderedDict()

    def begin(self, interview: str) -> Utterance:
        """A new utterance of an interview."""
        made = Utterance()
        if listeners := self._listeners.get(interview):
            listeners[-1].put_nowait(made)
        else:
            self._waiting[interview] = made
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
        return made

    def say(self, interview: str, text: str) -> None:
        """A whole text at once."""
        utterance = self.begin(interview)
        utterance.grow(text)
        utterance.end()

    def subscribe(self, interview: str) -> asyncio.Queue[Utterance]:
        """Where a page finds the utterances of an interview from now on, and the one that is waiting for it."""
        queue = asyncio.Queue[Utterance]()
        waiting = self._waiting.pop(interview, None)
        if waiting and time.monotonic() - waiting.began < _FRESH_S:
            queue.put_nowait(waiting)
        self._listeners.setdefault(interview, []).append(queue)
        return queue

    def unsubscribe(self, interview: str, queue: asyncio.Queue[Utterance]) -> None:
        """The page is gone."""
        left = [q for q in self._listeners.get(interview, []) if q is not queue]
        if left:
            self._listeners[interview] = left
        else:
            self._listeners.pop(interview, None)
