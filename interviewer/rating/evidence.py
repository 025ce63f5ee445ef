"""No quote, no rating: a level above the lowest needs evidence that stands in the candidate's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from interviewer.domain import Evidence, Rating, Turn
from interviewer.rating.said import Piece, pieces_of, repeats, says_yes_or_no
from interviewer.rating.unsure import is_unsure
from interviewer.rating.words import Word, content, find, folded, leftover, runs, unspaced, words

LEAST_WORDS = 4  # a shorter quote could stand in any answer
OWN_WORDS = 2  # that a quote has beside the question's, where most of it is the question's
_SIGN = re.compile(r"(?:(?<!\S)[-+\u2212~]?[$\u20ac\u00a3]|(?<!\S)[-+\u2212~])$")  # "-$" before "3 million": no words, and yet said
_UNITS = ("%", "\u2030", "$", "\u20ac", "\u00a3", "\u00b0")


def is_long_enough(quote: str) -> bool:
    """Whether a quote has at least four words as they are typed; folded, "end-to-end tests" would have four too."""
    return len(words(quote) if unspaced(quote) else quote.split()) >= LEAST_WORDS


class Heard:
    """The answers of one item, read once for however many quotes are looked up in them."""

    def __init__(self, turns: Sequence[Turn], rubric: Sequence[str] = (), own: int = OWN_WORDS) -> None:
        """`rubric` are the folded words of texts of which whole sentences said back are no evidence (`said.rubric_words`); `own` says how
        many words of its own a quote has that is mostly the question's."""
        self._turns, self._rubric, self._own = turns, rubric, own

    @cached_property
    def _answers(self) -> tuple[_Heard, ...]:
        pieces, asked, found = pieces_of(self._turns, self._rubric), list[str](), []
        for at, turn in enumerate(self._turns):
            asked += folded(turn.question)
            if turn.answer:
                typed, before = words(turn.answer), runs(asked)
                mine = [p for p in pieces if p.turn == at]
                pasted = (p for p in mine if p.kind == "repeat" and not repeats(p.tokens, before))
                orders = (*(p for p in mine if p.kind == "order"), *pasted)
                found.append(_Heard(at, turn.answer, typed, tuple(w.folded for w in typed), before, orders, self._own))
        return tuple(found)

    def find(self, quote: str) -> Evidence | None:
        """The quote as the candidate typed it, or None where it is no evidence.

        It stands in one answer after folding case, white space, punctuation, typographic quotes and unicode forms; is long
        enough; is not what was asked before, said again with a word added; and touches no order to the rater.
        """
        needle = folded(quote)
        if len(needle) < LEAST_WORDS:
            return None
        return next((e for answer in self._answers if (e := answer.evidence(needle))), None)

    def find_sure(self, quote: str) -> Evidence | None:
        """As `find`, but None too where a word of the quote was heard unsurely: it can't be told that the candidate said it."""
        evidence = self.find(quote)
        if evidence is None:
            return None
        turn = self._turns[evidence.turn]
        start = (turn.answer or "").find(evidence.quote)
        return None if is_unsure(turn, start, start + len(evidence.quote)) else evidence


class _Heard(NamedTuple):
    """One answer: its words as typed and folded, the runs of what was asked up to it, the orders and pasted rubric that stand in it, and
    how many words of its own a quote has beside the question's."""

    turn: int
    answer: str
    typed: tuple[Word, ...]
    folded: tuple[str, ...]
    asked: frozenset[tuple[str, ...]]
    orders: tuple[Piece, ...]
    own: int

    def evidence(self, needle: tuple[str, ...]) -> Evidence | None:
        """The evidence that this answer gives for folded words, or None."""
        first = find(needle, self.folded)
        if first < 0 or repeats(needle, self.asked):
            return None
        rest = leftover(needle, self.asked)
        if 2 * len(rest) <= len(needle) and len(set(content(rest))) < self.own and not says_yes_or_no(rest):
            return None
        stretch = self.typed[first : first + len(needle)]
        quote = self.answer[self._before(stretch[0].start) : self._after(stretch[-1].end)]
        if not is_long_enough(quote):
            return None
        if any(stretch[0].start < p.end and p.start < stretch[-1].end for p in self.orders):
            return None
        return Evidence(turn=self.turn, quote=quote)

    def _before(self, start: int) -> int:
        """Where a quote begins: with the sign and the currency before its first figure."""
        sign = _SIGN.search(self.answer, max(0, start - 3), start) if self.answer[start].isdigit() else None
        return sign.start() if sign else start

    def _after(self, end: int) -> int:
        """Where a quote ends: with the unit that stands close to its last figure."""
        return end + 1 if self.answer[end - 1].isdigit() and self.answer.startswith(_UNITS, end) else end


def checked(rating: Rating, heard: Heard, top: int) -> Rating:
    """The rating with only the evidence that stands.

    A level above 1 that is left without evidence, and a level off the scale of `top` levels, become *unrated* with the reason; no level
    is ever changed otherwise.
    """
    evidence = tuple(dict.fromkeys(e for given in rating.evidence if (e := heard.find(given.quote))))
    kept = rating.model_copy(update={"evidence": evidence})
    if rating.level is None:
        return kept
    if not 1 <= rating.level <= top:
        return unrated(kept, f"The rater gave level {rating.level}, which is not on the scale of 1 to {top}.")
    if rating.expected is not None and not 1 <= rating.expected <= top:
        return unrated(kept, f"The rater expected {rating.expected:g}, which is not on the scale of 1 to {top}.")
    if rating.level > 1 and not evidence:
        given = "none of its quotes stands in the candidate's own words" if rating.evidence else "it quoted no words of the candidate"
        return unrated(kept, f"The rater gave level {rating.level}, but {given}.")
    return kept


def unrated(rating: Rating, reason: str) -> Rating:
    """The same rating without its level, for a reason; rationale and evidence stay to be read."""
    return rating.model_copy(update={"level": None, "expected": None, "reason": reason})
