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
    """Opens the door in a thread of its own and says how far it is: from `start` on, which is at once unless it is told otherwise."""

    def __init__(self, open_door: Callable[[Callable[[str], None]], Door], *, at_once: bool = True) -> None:
        self.stage = "starting"
        self._open_door = open_door
        self._door: Future[Door] = Future()
        if at_once:
            self.start()

    def start(self) -> None:
        """Begin to open the door. To be called once."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="opening")
        thread.submit(self._open_door, self._say).add_done_callback(self._settle)
        thread.shutdown(wait=False)  # no second task comes

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

    def _settle(self, opened: Future[Door]) -> None:
        error = opened.exception()
        if error is None:
            self._door.set_result(opened.result())
        else:
            self._door.set_exception(error)

    def _say(self, stage: str) -> None:
        self.stage = stage
        log.info(stage)
