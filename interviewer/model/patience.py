"""How long to wait before asking again: a pause that grows, with jitter, or the one that the server asks for."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay, wait_exponential_jitter

from interviewer.model.place import Fault

T = TypeVar("T")

_BACKOFF = wait_exponential_jitter(multiplier=0.25, max=8, jitter=0.25)


async def patiently(once: Callable[[], Awaitable[T]], retries: int, within_s: float) -> T:
    """What `once` brings, tried again while its Fault says `again`; gives up early where the next pause would outlast `within_s`."""
    trying = AsyncRetrying(
        retry=retry_if_exception(lambda e: isinstance(e, Fault) and e.again),
        stop=stop_after_attempt(retries + 1) | stop_before_delay(within_s),
        wait=_pause,
        reraise=True,
    )
    return await trying(once)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after_s if isinstance(error, Fault) else None
    return _BACKOFF(state) if asked is None else asked


def retry_after(written: str) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or a date; None where it says nothing that can be kept to."""
    try:
        seconds = float(written)
    except ValueError:
        when = email.utils.parsedate_tz(written)
        return max(0.0, email.utils.mktime_tz(when) - time.time()) if when else None
    return max(0.0, seconds) if math.isfinite(seconds) else None
