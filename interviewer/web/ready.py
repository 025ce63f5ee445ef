"""The door while it is being opened: encoder and index load behind the page, which is there at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from interviewer.errors import InterviewerError, SetupError
from interviewer.interview import Door

log = logging.getLogger(__name__)


class Opening:
    """Opens the door in a thread of its own and says how far it is."""

    def __init__(self, open_door: Callable[[Callable[[str], None]], Door]) -> None:
        self.stage = "starting"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._door: Future[Door] = self._thread.submit(open_door, self._say)
        self._thread.shutdown(wait=False)  # no second task comes

    @property
    def is_ready(self) -> bool:
        return self._door.done() and self._door.exception() is None

    @property
    def fault(self) -> str | None:
        """Why the door can't be opened, in a sentence, if it can't."""
        error = self._door.exception() if self._door.done() else None
        return str(error) if error else None

    def wait(self, timeout_s: float | None = None) -> Door:
        """The door, when it is open; raises what kept it from opening."""
        return self._door.result(timeout_s)

    async def door(self) -> Door:
        """The door, as soon as it is open; raises SetupError with the sentence that the start printed."""
        try:
            return await asyncio.shield(asyncio.wrap_future(self._door))
        except InterviewerError as error:
            raise SetupError(f"The interviewer can't start: {error}") from error

    def _say(self, stage: str) -> None:
        self.stage = stage
        log.info(stage)
