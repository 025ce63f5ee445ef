"""Whether advice rests on something: the rubric, a passage, or what the candidate said. Pure.

Words are compared by their first letters, so that "flags" rests on "flagged"; short and common words rest on anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LEAST_SHARE = 0.5  # of a sentence's words of content that have to stand in what it may rest on
OWN_WORDS = 3  # that a sentence to say instead takes over from the candidate
_MOST_INSTEAD = 50
_HEAD = 5
_SHORTEST = 4
_WORD = re.compile(r"[^\W_]+")
_SPELT = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# "one" is a word before it is a number.
_NUMBER = re.compile(
    rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(n for n in _SPELT if n != 'one')}|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|dozens?|hundreds?|thousands?|millions?|billions?|half|twice|doubled|halved)\b"
)
# Figures of a setting that only its author knows, not small numbers and round ones in which anybody proposes something.
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|thirds)\b"
)
_SMALL = 12
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z][\w&.-]*[a-z]\w*")  # a capital inside a sentence
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\s”\"]+")
_EVERYDAY = """
    about after again all also although always among another anything around aside away back because been before being
    below better between both bring came clear come could does doing done down each either else even every everything
    first following from further gave give given goes going have having here however into just keep kept know last later
    least less level lets like made make makes many mean means might more most much must name named names need needs
    never next nothing once only other others otherwise over part point points rather reach said same says saying second
    sentence should show shown shows since some someone something still such take takes tell tells than that their them
    then there these they thing things this those though through till together told took towards under until upon used
    uses using very want wants well went were what whatever when where whether which while whole whom whose will with
    within without word words work would your yours yourself answer answered answers criterion missing question rated
    rating start
"""
_COMMON = frozenset(_EVERYDAY.split())


def untraced_in(text: str, sources: Iterable[str]) -> str | None:
    """Why a text may not be shown, as the end of a sentence: its first sentence that rests on none of the sources. None where all do."""
    known = _heads(" ".join(sources))
    for sentence in _SENTENCE_END.split(text):
        said = _heads(sentence)
        if len(said) > 1 and len(said & known) < LEAST_SHARE * len(said):
            return f"“{sentence.strip()}” rests on nothing that was rated or said"
    return None


def fault_in_instead(text: str, answers: Sequence[str], rubric: Sequence[str]) -> str | None:
    """Why a sentence to say instead may not be shown; None where it is built from the candidate's own words and the rubric.

    What stands in square brackets is left for the candidate to fill in, and claims nothing.
    """
    if not text.strip():
        return "it is empty"
    if len(text.split()) > _MOST_INSTEAD:
        return f"it has {len(text.split())} words, and {_MOST_INSTEAD} is the most"
    claimed = _BRACKETED.sub(" … ", text)
    if set("[]<>`*#") & set(claimed):
        return "it holds markup, or a bracket that does not close"
    own, known = " ".join(answers), " ".join((*answers, *rubric))
    if invented := next((n for n in _numbers(claimed) if n not in set(_numbers(own))), None):
        return f"{invented} is a number that you did not say"
    if name := next((n for n in _NAME.findall(claimed) if n.casefold() not in set(_WORD.findall(known.casefold()))), None):
        return f"{name} is a name that you did not say"
    if len(_heads(claimed) & _heads(own)) < OWN_WORDS:
        return "it takes up nothing that you said"
    return untraced_in(claimed, (own, *rubric))


def is_untold(text: str, told: Iterable[str]) -> bool:
    """Whether a text rests on a figure that stands in none of those that the candidate was told or said."""
    return not _figures(text) <= _figures(" ".join(told))


def _figures(text: str) -> set[str]:
    return {n for n in _FIGURE.findall(text.casefold()) if not (n.isdigit() and int(n) <= _SMALL)}


def _numbers(text: str) -> list[str]:
    """The numbers of a text, in figures or words; small ones alike however they are spelled."""
    found = _NUMBER.findall(text.casefold())
    return [str(_SPELT.index(n)) if n in _SPELT else n for n in found]


def _heads(text: str) -> set[str]:
    """The words of content in a text without an ending, each cut to its first letters; figures are looked at elsewhere."""
    words = {w.casefold() for w in _WORD.findall(text)}
    return {_head(w) for w in words if len(w) >= _SHORTEST and w not in _COMMON and not w.isdigit()}


def _head(word: str) -> str:
    ending = next((e for e in ("ing", "ed", "s") if word.endswith(e) and len(word) - len(e) >= _SHORTEST), "")
    return word.removesuffix(ending)[:_HEAD]
