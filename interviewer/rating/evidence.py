"""No quote, no rating: a level above the lowest needs evidence that stands in the candidate's own words."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.domain import Evidence, Rating, Turn
from interviewer.rating.said import Piece, pieces_of, repeats
from interviewer.rating.words import Word, find, folded, words

LEAST_WORDS = 4  # a shorter quote could stand in any answer


def find_quote(quote: str, turns: Sequence[Turn]) -> Evidence | None:
    """The quote as the candidate typed it, or None where it is no evidence.

    It stands in one answer after folding case, white space, punctuation, typographic quotes and unicode forms; has at least
    four words; and neither repeats what was asked before nor touches an order to the rater.
    """
    needle = folded(quote)
    if len(needle) < LEAST_WORDS:
        return None
    pieces = pieces_of(turns)
    return next((e for i, turn in enumerate(turns) if turn.answer and (e := _in_turn(needle, i, turns, pieces))), None)


def _in_turn(needle: Sequence[str], at: int, turns: Sequence[Turn], pieces: Sequence[Piece]) -> Evidence | None:
    """The evidence that one turn gives for folded words, or None."""
    answer = turns[at].answer or ""
    typed = words(answer)
    asked = [w for turn in turns[: at + 1] for w in folded(turn.question)]
    if repeats(needle, asked):
        return None
    orders = [p for p in pieces if p.turn == at and p.kind == "order"]
    first = find(needle, [w.folded for w in typed])
    if first < 0 or _touches(typed[first : first + len(needle)], orders):
        return None
    return Evidence(turn=at, quote=answer[typed[first].start : typed[first + len(needle) - 1].end])


def _touches(stretch: Sequence[Word], pieces: Sequence[Piece]) -> bool:
    return any(stretch[0].start < p.end and p.start < stretch[-1].end for p in pieces)


def checked(rating: Rating, turns: Sequence[Turn], top: int) -> Rating:
    """The rating with only the evidence that stands.

    A level above 1 that is left without evidence, and a level off the scale of `top` levels, become *unrated* with the reason; no level
    is ever changed otherwise.
    """
    evidence = tuple(dict.fromkeys(e for given in rating.evidence if (e := find_quote(given.quote, turns))))
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
