"""A long answer in pieces: cut where the person pauses, so that a piece can be heard while they go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from interviewer.speech.activity import FRAME, FRAME_S, Stretches

PAUSE = round(0.5 / FRAME_S)
_SHORT_PAUSE = round(0.22 / FRAME_S)
_LONG_PAUSE = round(2 / FRAME_S)
MARGIN = 6  # frames kept on either side of the speech in a piece (0.19 s)
_BREATH = 5  # frames over which the quietest place is looked for (0.16 s)


class Piece(NamedTuple):
    """Frames [first, end) of a recording in which somebody speaks, with a little of the silence around."""

    first: int
    end: int

    @property
    def samples(self) -> slice:
        """The same as a place in the samples."""
        return slice(self.first * FRAME, self.end * FRAME)

    @property
    def start(self) -> float:
        """Seconds of the recording that come before it."""
        return self.first * FRAME_S


class Pieces:
    """Cuts a recording as its probabilities of speech come.

    A pause of half a second ends a piece that is long enough, one of 0.22 s a piece of twice that, and one of two seconds any piece.
    Where none comes, the quietest place before the piece gets too long does.
    """

    def __init__(self, enough_s: float = 5, longest_s: float = 20) -> None:
        self.stretches = Stretches()
        self._enough, self._longest = round(enough_s / FRAME_S), round(longest_s / FRAME_S)
        self._probabilities: list[float] = []
        self._cut = 0  # up to here everything lies in a closed piece, or is silence

    def feed(self, probabilities: Iterable[float]) -> list[Piece]:
        """Take more frames; the pieces that they close."""
        closed = []
        for probability in probabilities:
            self.stretches.feed(probability)
            self._probabilities.append(probability)
            if piece := self._closed():
                closed.append(piece)
        return closed

    @property
    def frames(self) -> int:
        return self.stretches.frames

    @property
    def open(self) -> Piece | None:
        """What lies after the last cut; None where nothing has been said since."""
        begun, last = self.stretches.after(self._cut), self.stretches.last
        if begun is None or last is None:
            return None
        return Piece(max(begun[0] - MARGIN, self._cut), min(last[1] + MARGIN, self.frames))

    def close(self) -> Piece | None:
        """Close the open piece, as at the end of a recording."""
        piece = self.open
        if piece is not None:
            self._cut = piece.end
        return piece

    def _closed(self) -> Piece | None:
        piece, last = self.open, self.stretches.last
        if piece is None or last is None or self.stretches.perhaps:
            return None
        silence, said = self.frames - last[1], piece.end - piece.first
        wanted = _SHORT_PAUSE if said >= 2 * self._enough else PAUSE if said >= self._enough else _LONG_PAUSE
        if silence >= wanted:
            return self.close()
        if self.frames - piece.first >= self._longest:
            self._cut = self._quietest(piece.first + self._longest * 3 // 5)
            return Piece(piece.first, self._cut)
        return None

    def _quietest(self, first: int) -> int:
        """The middle of the breath with the least speech in it, from frame `first` on; the latest of several."""
        sums = [sum(self._probabilities[at : at + _BREATH]) for at in range(first, self.frames - _BREATH + 1)]
        return first + len(sums) - 1 - sums[::-1].index(min(sums)) + _BREATH // 2


def cut(probabilities: Sequence[float], enough_s: float = 5, longest_s: float = 20) -> tuple[Piece, ...]:
    """All pieces of a whole recording, in order."""
    pieces = Pieces(enough_s, longest_s)
    closed = pieces.feed(probabilities)
    last = pieces.close()
    return (*closed, last) if last else tuple(closed)
