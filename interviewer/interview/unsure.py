"""Which words of an answer were heard in which recording: so that unsure ones are marked, and quotes can be listened to. Pure.

The text that is sent may be edited, and said in several recordings. Words are matched by their folded forms, in order, the latest
recording first; a word that was changed matches nothing, and so is nobody's but the candidate's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from interviewer.domain import HeardWord
from interviewer.interview.turns import Spoken
from interviewer.rating.words import folded, words

MOST_WORDS = 20_000  # heard words that are looked at, the latest of them: two hours of speech
AT_ONCE = 1_000_000  # pairs of words that are matched at once: a thousand with a thousand, which takes some hundredths of a second


class Match(NamedTuple):
    """A stretch `answer[start:end]`, its folded words `first` to `last` (from 0, both included), and where it was heard."""

    start: int
    end: int
    first: int
    last: int
    spoken: Spoken
    word: HeardWord


class _Token(NamedTuple):
    """One folded word of a heard word, which may have several ("follow-up"): `word` is the heard word's place among all that were heard."""

    folded: str
    word: int


def matched(spoken: Sequence[Spoken], answer: str) -> tuple[Match, ...]:
    """The words of an answer that stand in it as they were heard, in the answer's order."""
    heard = [(s, w) for s in spoken for w in s.heard.words][-MOST_WORDS:]
    if not heard:
        return ()
    tokens = [_Token(t, n) for n, (_, word) in enumerate(heard) for t in folded(word.word)]
    typed = words(answer)
    places: dict[int, list[int]] = {}
    for token, place in _pairs([t.folded for t in tokens], [t.folded for t in typed]):
        places.setdefault(tokens[token].word, []).append(place)
    sizes = [0] * len(heard)
    for t in tokens:
        sizes[t.word] += 1
    whole = ((n, at[0], at[-1]) for n, at in places.items() if len(at) == sizes[n] == at[-1] - at[0] + 1)
    return tuple(sorted(Match(typed[a].start, typed[b].end, a, b, *heard[n]) for n, a, b in whole))


def unsure_in(spoken: Sequence[Spoken], answer: str) -> tuple[tuple[int, int], ...]:
    """The stretches `answer[start:end]` whose words were heard unsurely and are still as they were heard; neighbours are one stretch."""
    found: list[Match] = []
    for match in (m for m in matched(spoken, answer) if m.word.unsure):
        if found and found[-1].last + 1 == match.first:
            found[-1] = found[-1]._replace(end=match.end, last=match.last)
        else:
            found.append(match)
    return tuple((m.start, m.end) for m in found)


def _pairs(heard: Sequence[str], typed: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of equal words in both, ascending.

    Very long ones are cut first where both have the same three words once, because matching takes the square of their length; what is
    longer still between two cuts is left unmatched, which marks nothing.
    """
    done = (0, 0)
    cuts = _cuts(heard, typed) if len(heard) * len(typed) > AT_ONCE else []
    for here in (*cuts, (len(heard), len(typed))):
        between = [heard[done[0] : here[0]], typed[done[1] : here[1]]]
        if len(between[0]) * len(between[1]) <= AT_ONCE:
            yield from ((a + done[0], b + done[1]) for a, b in _aligned(*between))
        done = here


def _aligned(heard: Sequence[str], typed: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of equal words in both, ascending; where a word could be one of several that were heard, it is the latest."""
    blocks = SequenceMatcher(None, heard[::-1], typed[::-1]).get_matching_blocks()
    for block in reversed(blocks):
        for n in reversed(range(block.size)):
            yield len(heard) - 1 - block.a - n, len(typed) - 1 - block.b - n


def _cuts(heard: Sequence[str], typed: Sequence[str]) -> list[tuple[int, int]]:
    """The most places, ascending in both, at which three words begin that stand in each once."""
    mine, theirs = _once(heard), _once(typed)
    ends: list[tuple[int, int]] = []  # the place at which the best row of each length ends: the one that leaves most room
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for place in sorted((h, theirs[three]) for three, h in mine.items() if three in theirs):
        n = bisect_left(ends, place[1], key=lambda end: end[1])
        before[place] = ends[n - 1] if n else None
        ends[n : n + 1] = [place]
    found, last = [], ends[-1] if ends else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]


def _once(tokens: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Where each three words begin that stand in the tokens once."""
    threes = [tuple(tokens[n : n + 3]) for n in range(len(tokens) - 2)]
    counts = Counter(threes)
    return {three: n for n, three in enumerate(threes) if counts[three] == 1}
