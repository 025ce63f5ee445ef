"""What the interviewer may not say: judged while it comes, so that it is caught before it is shown. Pure.

A model words the interviewer's questions; this is the check in code of what it was told. Words that break a rule are
dropped and the authored ones stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from interviewer.domain import Item
from interviewer.interview.verdicts import find_verdict, plain, words_of

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_GROUPED = re.compile(r",(?=\d{3}(?!\d))")
_SPELLED = {
    **{
        "two": "2",
        "three": "3",
        "four": "4",
        "five": "5",
        "six": "6",
        "seven": "7",
        "eight": "8",
        "nine": "9",
        "ten": "10",
        "eleven": "11",
    },
    **{"twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50"},
    **{"sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100"},
}
_OPENING = '"\u201c \n'
_CLOSING = "\"'\u201d\u2019)]"
_QUESTION_END = re.compile(rf"\?[?!]*[{re.escape(_CLOSING)}]*(?=\s|$)")
_OUT_OF_ROLE = re.compile(r"\b(?:rubric|scorecard|candidate-words|as an ai)\b", re.IGNORECASE)
_RUN = 4  # words in a row that count as giving an anchor or a key point away
_KEPT = 0.6  # share of a question's longer words that its rewording holds
MOST_WORDS = 140
MOST_CHARACTERS = 1_500


class Unfit(Exception):
    """The words break a rule of the interviewer's conduct."""


class Guard:
    """Judges an interviewer's words as they come, against what one item must not give away."""

    def __init__(self, item: Item, allowed: Iterable[str], numbers: Iterable[str] | None = None) -> None:
        """`allowed` are texts whose words may be repeated: the question, the probe, the facts, what the candidate said.

        So may their numbers, unless `numbers` are told: the only texts whose numbers may be said.
        """
        texts = tuple(allowed)
        open_runs = {run for text in texts for run in _runs(text)}
        self._secret = {run for text in _secrets(item) for run in _secret_runs(text)} - open_runs
        self._said = tuple(words_of(text) for text in texts)
        self._numbers = {n for text in (texts if numbers is None else numbers) for n in _numbers(text) | _spelled(text)}

    def check(self, words: str, *, end: bool = False) -> None:
        """Raise Unfit where the words hold an evaluation, a secret or a number of their own, or run on.

        Called with a text that grows, up to its last whole word; `end` says that nothing comes after it.
        """
        if len(words) > MOST_CHARACTERS or len(words.split()) > MOST_WORDS:
            raise Unfit(f"more than {MOST_WORDS} words or {MOST_CHARACTERS} characters")
        text = plain(words)
        if verdict := find_verdict(text + "\n" if end else text, self._said):
            raise Unfit(f"judges: {verdict!r}")
        if leak := next((run for run in _runs(words) if run in self._secret), None):
            raise Unfit(f"gives away {' '.join(leak)!r}")
        if odd := _numbers(words) - self._numbers:
            raise Unfit(f"number {min(odd)} that nobody said")
        if (slip := _OUT_OF_ROLE.search(text)) and not any(set(words_of(slip[0])) <= set(said) for said in self._said):
            raise Unfit(f"speaks out of its role: {slip[0]!r}")


def question_ends(words: str) -> list[int]:
    """Where each question ends; one that is said within quotes or brackets belongs to the sentence around it."""
    return [m.end() for m in _QUESTION_END.finditer(words) if not _is_enclosed(words[: m.start()].lstrip('"“ \n'))]


def one_question(words: str, most: int = 1) -> str:
    """The words up to the end of the first question (of the `most`-th), so that one thing is asked at a time."""
    ends = question_ends(words)
    return words if len(ends) < most else words[: ends[most - 1]]


def keeps_numbers(words: str, authored: str) -> bool:
    """Whether every number of the authored question stands in the words, in digits or spelled, and no other figure does."""
    wanted, there = _numbers(authored) | _spelled(authored), _numbers(words) | _spelled(words)
    return wanted <= there and _numbers(words) <= wanted


def keeps_question(words: str, authored: str) -> bool:
    """Whether the words still ask the authored question: most of its longer words stand in them."""
    wanted = {w for w in words_of(authored) if len(w) > 3}
    return len(wanted & set(words_of(words))) >= _KEPT * len(wanted)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, whatever their case and punctuation."""
    return words_of(one) == words_of(other)


def _is_enclosed(before: str) -> bool:
    return before.count('"') % 2 == 1 or before.count("\u201c") > before.count("\u201d") or before.count("(") > before.count(")")


def _numbers(text: str) -> set[str]:
    """Every number in figures; 2,000 and 2000 are the same, and so are 0.90 and 0.9."""
    found = (_GROUPED.sub("", n) for n in _NUMBER.findall(text))
    return {n.rstrip("0").rstrip(".") if n.count(".") == 1 else n for n in found}


def _spelled(text: str) -> set[str]:
    """The smaller numbers in words, and the tens to a hundred, as figures."""
    return {_SPELLED[w] for w in words_of(text) if w in _SPELLED}


def _secrets(item: Item) -> Iterable[str]:
    """Every text of the rubric that would help to answer."""
    for criterion in item.criteria:
        yield criterion.looks_for
        yield from criterion.anchors
        yield from criterion.key_points
        yield from criterion.examples.high
        if criterion.reference:
            yield criterion.reference
    yield from item.common_mistakes


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of `_RUN` words in a row, folded; runs of only short words are no secret."""
    words = words_of(text)
    runs = (words[i : i + _RUN] for i in range(len(words) - _RUN + 1))
    return {run for run in runs if sum(len(w) > 3 for w in run) >= 2}


_secret_runs = cache(_runs)  # of the packs' own texts, which are not many
