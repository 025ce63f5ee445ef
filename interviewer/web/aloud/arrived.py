"""Whether all sound arrived: a busy browser records less than was spoken, and the words in between are gone without a trace."""

from __future__ import annotations

_BYTES = 2  # of one sample


class Arrived:
    """The seconds of sound that came, beside the seconds that the page's clock says they took."""

    def __init__(self) -> None:
        self._came_s = 0.0
        self.lost_s = 0.0

    def count(self, sound: bytes, rate: int) -> None:
        """Sound came, at `rate` samples a second."""
        self._came_s += len(sound) / _BYTES / rate

    def compare(self, clock_s: float) -> None:
        """All the sound that came until now took `clock_s` seconds."""
        self.lost_s = max(0.0, clock_s - self._came_s)
