"""Two spellings of the same words made one, so that a recogniser is not taken to differ for how it writes what it heard.

Case, marks and apostrophes do not count; digits are written out ("95%" is "ninety five percent", ".8" and "0.8" are "point eight",
"p95" is "p ninety five"); hyphens and slashes part words; a few British spellings become American; and words that one text writes as
one and the other as several are the same ("hold-out" and "holdout", "A/B" and "AB"). Nothing else is forgiven.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# fmt: off
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
# fmt: on
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_LARGE = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}
_AMERICAN = {
    "behaviour": "behavior",
    "centre": "center",
    "labelled": "labeled",
    "labelling": "labeling",
    "modelling": "modeling",
    "personalisation": "personalization",
    "programme": "program",
    "quantisation": "quantization",
}
_NUMBERS = frozenset((*_ONES, *_TENS))
_NOUGHTS = ("zero", "oh", "o", "nought")
_LONGEST = 4  # parts of one word
_PIECE = re.compile(r"(\d+)(st|nd|rd|th)(s?)(?![a-z])|\d+|[^\W\d_]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DECIMAL = re.compile(r"(\d*)\.(\d+)")
_SIGNS = {"%": " percent ", "&": " and ", "+": " plus "}


class Token(NamedTuple):
    """A word in plain spelling, and which words of the text, by their number, it stands for."""

    text: str
    of: tuple[int, ...]


def tokens(words: Sequence[str]) -> list[Token]:
    """The words of a text in plain spelling."""
    return _numbers_as_one_says([Token(part, (n,)) for n, word in enumerate(words) for part in _parts(word)])


def alike(one: Sequence[Token], other: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Both, with words put together that the other writes as one."""
    first = _as_in(one, other)
    return first, _as_in(other, first)


def number(value: int) -> list[str]:
    """A number from 0 up to a trillion in words, without "and"."""
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10 - 2], *([_ONES[value % 10]] if value % 10 else [])]
    size, name = next((s, n) for s, n in _LARGE if value >= s)
    return [*number(value // size), name, *(number(value % size) if value % size else [])]


def _parts(word: str) -> Iterator[str]:
    """A word as written, in parts of plain spelling."""
    text = unicodedata.normalize("NFKC", word).lower().replace("\u2019", "'").replace("'", "")
    for sign, spoken in _SIGNS.items():
        text = text.replace(sign, spoken)
    text = _DECIMAL.sub(_decimal, _GROUPED.sub("", text))
    for piece in _PIECE.finditer(text):
        if piece[2]:
            *before, last = number(int(piece[1]))
            yield from (*before, _ordinal(last) + piece[3])
        elif piece[0].isdecimal():
            yield from number(int(piece[0]))
        else:
            yield _AMERICAN.get(piece[0], piece[0])


def _decimal(found: re.Match[str]) -> str:
    """After the point, digit by digit."""
    return f"{found[1]} point {' '.join(found[2])}"


def _ordinal(word: str) -> str:
    return _ORDINALS.get(word) or (f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th")


def _numbers_as_one_says(found: Sequence[Token]) -> list[Token]:
    """Without the nought before a point and the "and" inside a number; "a hundred" is "one hundred"."""
    kept: list[Token] = []
    for n, token in enumerate(found):
        before = kept[-1].text if kept else ""
        after = found[n + 1].text if n + 1 < len(found) else ""
        if token.text in _NOUGHTS and after == "point":
            continue
        if token.text == "and" and before in ("hundred", "thousand") and after in _NUMBERS:
            continue
        kept.append(Token("one", token.of) if token.text == "a" and after in ("hundred", "thousand", "million") else token)
    return kept


def _as_in(found: Sequence[Token], other: Sequence[Token]) -> list[Token]:
    """Neighbours put together where the other text has them as one word."""
    whole = {token.text for token in other}
    made: list[Token] = []
    at = 0
    while at < len(found):
        length = next((n for n in range(min(_LONGEST, len(found) - at), 1, -1) if _run(found[at : at + n]) in whole), 1)
        part = found[at : at + length]
        made.append(Token(_run(part), tuple(dict.fromkeys(n for token in part for n in token.of))))
        at += length
    return made


def _run(part: Sequence[Token]) -> str:
    return "".join(token.text for token in part)
