"""What a reference answer holds and a question asks for: points, how many of them are wanted, how many things are asked."""

from __future__ import annotations

import re

from interviewer.rating.words import folded, sentences

_ENTRY = re.compile(r"(?:(?<=\s)|^)(?:\(?\d{1,2}[.)](?=\D)|\(?(?:i{1,3}|iv|vi?|[a-h])\)|[●○•▪*]|-(?=[A-Za-z ]))\s*|;\s|→")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}  # "and give one example" asks for more than the one
_NUMBER = rf"[2-9]|{'|'.join(_NUMBERS)}"
_WANTED = re.compile(
    rf"\b(?:at least|any|give|name|state|list|describe|mention)\s+({_NUMBER})\b(?!-)"
    rf"|\b({_NUMBER})\s+(?:of the|different|possible|main)?\s*"
    r"(?:differences|challenges|advantages|reasons|examples|objectives|ways|factors|things|characteristics|properties)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\?|\b(?:and|explain|describe|justify|how|why|name|what|which|where)\b", re.IGNORECASE)


def points_of(reference: str) -> tuple[str, ...]:
    """The sentences of a reference and the entries of its lists, at least one."""
    parts = (part.strip(" -:") for a, b in sentences(reference) for part in _ENTRY.split(reference[a:b]))
    return tuple(p for p in parts if any(len(w) > 1 and w.isalpha() for w in folded(p))) or (reference,)


def wanted(question: str) -> int | None:
    """How many points a question asks for, two and more, in words or as a digit; None where it names no number: then all of them."""
    found = _WANTED.search(question)
    if found is None:
        return None
    number = (found[1] or found[2]).lower()
    return _NUMBERS.get(number) or int(number)


def things_asked(question: str) -> int:
    """How many things a question asks at once, by its question words, its orders, its "and" and its question marks: the more, the easier is
    one of them left out."""
    return len(_ASKED.findall(question))
