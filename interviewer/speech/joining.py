"""What the recognisers share: a recording heard in pieces, the times of words, and the pieces joined."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from interviewer.domain import Heard, HeardWord
from interviewer.speech.activity import FRAME_S, probabilities_of, stretches
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.pieces import Piece, cut
from interviewer.speech.sessions import trim

Spans = Sequence[tuple[float, float]]
_PAUSE_S = 0.4
_STOPS = (".", ",", "?", "!", ";", ":", "…")
_WORTH = 12  # letters that a stop or a comma is away from where a pause is expected, and still is where it falls
HearPiece = Callable[[Samples, Spans], Sequence[HeardWord]]


def in_pieces(samples: Samples, recogniser: str, hear: HearPiece) -> Heard:
    """A recording of any length, each of its pieces with speech heard by `hear`, which is told the stretches of speech in it.

    Where nobody speaks nothing is heard: recognisers make up words for silence and noise.
    """
    probabilities = probabilities_of(samples)
    speech = stretches(probabilities).seconds()
    words = [later(w, piece.start) for piece in cut(probabilities) for w in hear(samples[piece.samples], inside(piece, speech))]
    trim()
    seconds = len(samples) / RATE
    return Heard(text=" ".join(w.word for w in words), words=tuple(words), recogniser=recogniser, seconds=seconds, speech=speech)


def inside(piece: Piece, speech: Spans) -> list[tuple[float, float]]:
    """The parts of the stretches of speech that lie in a piece, in seconds from its start."""
    start, end = piece.start, piece.end * FRAME_S
    return [(max(a, start) - start, min(b, end) - start) for a, b in speech if a < end and b > start]


def later(word: HeardWord, seconds: float) -> HeardWord:
    """A word of a piece, in the time of the recording in which the piece starts after `seconds`."""
    times = {name: round(at + seconds, 3) for name in ("start", "end") if (at := getattr(word, name)) is not None}
    return word.model_copy(update=times)


def within(words: Iterable[HeardWord], speech: Spans) -> list[HeardWord]:
    """Words with their times kept to the stretch of speech that most of each lies in: networks draw a word out over the pause beside it."""
    kept = []
    for word in words:
        start, end = word.start, word.end
        if start is not None and end is not None:
            a, b = max(speech, key=lambda s: min(s[1], end) - max(s[0], start), default=(start, end))
            if min(b, end) > max(a, start):
                word = word.model_copy(update={"start": round(max(a, start), 3), "end": round(min(b, end), 3)})
        kept.append(word)
    return kept


def with_times(words: Sequence[HeardWord], speech: Spans) -> list[HeardWord]:
    """Words with estimated times: spread over the speech, the longer a word is written the longer it lasts.

    A pause falls between two words, best where the text has a stop or a comma.
    """
    parts = _between_pauses(speech)
    letters = [0, *accumulate(len(word.word) + 1 for word in words)]
    share = letters[-1] / max(sum(_lasts(part) for part in parts), 1e-9)
    timed: list[HeardWord] = []
    said = 0.0
    for at, part in enumerate(parts):
        said += _lasts(part)
        end = len(words) if at == len(parts) - 1 else _break(words, letters, said * share, len(timed))
        timed += _spread(words[len(timed) : end], part)
    return timed or list(words)


def _between_pauses(speech: Spans) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = []
    for span in speech:
        if not parts or span[0] - parts[-1][-1][1] >= _PAUSE_S:
            parts.append([])
        parts[-1].append(span)
    return parts


def _lasts(part: Spans) -> float:
    return sum(end - start for start, end in part)


def _break(words: Sequence[HeardWord], letters: Sequence[int], expected: float, first: int) -> int:
    """The index of the first word after a pause that is expected after so many letters."""

    def far(at: int) -> float:
        stop = at > first and words[at - 1].word.endswith(_STOPS)
        return abs(letters[at] - expected) - (_WORTH if stop else 0)

    return min(range(first, len(words) + 1), key=far)


def _spread(words: Sequence[HeardWord], part: Spans) -> list[HeardWord]:
    """Words over stretches of speech, each in the one that most of it lies in."""
    ends = list(accumulate(end - start for start, end in part))
    letters = list(accumulate(len(word.word) + 1 for word in words))
    timed = []
    for word, before, after in zip(words, [0, *letters], letters, strict=False):
        share = ends[-1] / letters[-1]
        at = min(bisect_right(ends, (before + after) / 2 * share), len(ends) - 1)
        first, last = part[at]
        shift = first - (ends[at - 1] if at else 0)
        start, end = (round(min(max(n * share + shift, first), last), 3) for n in (before, after))
        timed.append(word.model_copy(update={"start": start, "end": end}))
    return timed


def repeated(tokens: Sequence[int]) -> int:
    """How many tokens at the end are one too many, because the network says the same again and again; 0 where it does not."""
    for length in range(1, 13):
        times = 6 if length == 1 else 4 if length < 4 else 3
        tail = tokens[-length * times :]
        if len(tail) == length * times and all(tail[i] == tail[i % length] for i in range(len(tail))):
            return length * (times - 1)
    return 0
