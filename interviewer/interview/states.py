"""The interviews of a store as states: what is known of one is not read again, only what came after."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from interviewer.errors import NotYours
from interviewer.interview.state import State, fold, fold_on
from interviewer.store import Event, NewEvent, Store

Decide = Callable[[State], Sequence[NewEvent]]
_MOST = 256  # interviews that are remembered at once, those used last


class States:
    """Reads and changes interviews; the store stays the only truth, and is asked each time whether the interview is the asker's.

    Any thread may call it. An interview that is deleted is forgotten.
    """

    def __init__(self, store: Store, most: int = _MOST) -> None:
        self._store, self._most = store, most
        self._known: OrderedDict[str, State] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, interview: str, candidate: str | None) -> State:
        """The interview as it stands. Raises NotYours."""
        known = self._recall(interview)
        return self._keep(interview, known, lambda since: self._store.events(interview, candidate, since))

    def change(self, interview: str, candidate: str | None, decide: Decide) -> State:
        """Append what `decide`, which must be pure, makes of the state, atomically; the state after it.

        Raises NotYours, and what `decide` raises.
        """
        known = self._recall(interview)

        def on_events(events: Sequence[Event]) -> Sequence[NewEvent]:
            return decide(_after(interview, known, events))

        return self._keep(interview, known, lambda since: self._store.append(interview, candidate, on_events, since))

    def forget_recordings(self, interview: str, candidate: str | None, decide: Decide) -> State:
        """As `change`, and every recording goes with what `decide` makes of the state."""
        known = self._recall(interview)

        def on_events(events: Sequence[Event]) -> Sequence[NewEvent]:
            return decide(_after(interview, known, events))

        return self._keep(interview, known, lambda since: self._store.forget_recordings(interview, candidate, on_events, since))

    def delete(self, interview: str, candidate: str | None) -> None:
        """Remove an interview and every word of it. Raises NotYours."""
        self._store.delete(interview, candidate)
        self._forget(interview)

    def _keep(self, interview: str, known: State | None, read: Callable[[int], Sequence[Event]]) -> State:
        """The state after what `read` has from the last known event on, remembered."""
        try:
            state = _after(interview, known, read(known.seq if known else 0))
        except NotYours:
            self._forget(interview)  # perhaps another process deleted it
            raise
        with self._lock:
            if (newest := self._known.get(interview)) is None or newest.seq < state.seq:
                self._known[interview] = state
            self._known.move_to_end(interview)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return state

    def _recall(self, interview: str) -> State | None:
        with self._lock:
            return self._known.get(interview)

    def _forget(self, interview: str) -> None:
        with self._lock:
            self._known.pop(interview, None)


def _after(interview: str, known: State | None, events: Sequence[Event]) -> State:
    """The state after events of which the first is the last one that is known, where one is."""
    return fold_on(known, events[1:]) if known else fold(interview, events)
