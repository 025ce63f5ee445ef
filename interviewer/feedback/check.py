"""Whether a model's sentence may be shown: quotes that stand, levels that hold, no praise, no guesses. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from interviewer.feedback.escape import seen
from interviewer.feedback.values import CriterionFeedback

_MOST_WORDS = 60
_MOST_CHARACTERS = 600
_QUOTED = re.compile('“([^“”]*)”|"([^"]*)"|«([^«»]*)»|„([^„“”]*)[“”]|(?<!\\w)[\u2018\'](.+?)[\u2019\'](?!\\w)')
_QUOTE_MARKS = re.compile(r"[\"“”„«»]")
_SPELT = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBER = rf"\d+(?:[.,]\d+)*|{'|'.join(_SPELT)}"
# What reads as a level, in figures or words: "level 4", "rated as a four", "4 out of 5", "4/5", "four stars".
_LEVEL = re.compile(
    rf"\b(?:levels?|rat(?:ed|ing)|scor(?:es?|ed|ing))\W+(?:\w+\W+){{0,2}}?({_NUMBER})\b"
    rf"|\b({_NUMBER})\s*(?:/|(?:out\s+)?of\s)\s*(?:{_NUMBER})\b"
    rf"|\b({_NUMBER})\s+(?:points?|stars?)\b",
    re.IGNORECASE,
)
_OF_TOP = re.compile(rf"(?:/|\b(?:out\s+)?of\s)\s*({_NUMBER})\b", re.IGNORECASE)
_ANY_NUMBER = re.compile(rf"\b({_NUMBER})\b", re.IGNORECASE)
# Words that praise or blame. "bad" is not among them: bad data and bad news are matters of the job.
_JUDGING = """
    amazing awesome awful brilliant compelling dismal excellent exceptional exemplary expert extraordinary fantastic flawless
    genius great hopeless horrible impressed impresses impressive incredible incredibly insightful inspiring lousy magnificent
    marvellous marvelous masterful outstanding perfect phenomenal poor remarkable remarkably solid sophisticated spectacular
    splendid stellar strong stunning stupid superb terrible terrific top-notch truly weak wonderful world-class
"""
_PUFFERY = re.compile(rf"\b(?:{'|'.join(_JUDGING.split())})(?:ly)?\b", re.IGNORECASE)
# Words about character, feelings or manner, or about what an employer will do.
_GUESSES = re.compile(
    r"\b(?:anxious|anxiety|charisma(?:tic)?|charming|confident(?:ly)?|confidence(?!\s+interval)|enthusias(?:m|tic)|feelings?|insecure|"
    r"intelligent|lazy|nervous(?:ly)?|passion(?:ate)?|personality|smart|talented|body language|tone of voice|"
    r"hir(?:e|ed|ing)|recruiters?|employers?|job offer|(?:an|the|your) offer|get the job)\b",
    re.IGNORECASE,
)
# The same in a note on an answer, which may well be about offers, recruiters and feelings of users.
_OF_THE_PERSON = re.compile(
    r"\b(?:anxious|charisma(?:tic)?|charming|enthusiastic|insecure|intelligent|lazy|nervous(?:ly)?|passionate|personality|talented|"
    r"body language|tone of voice|job offer|get the job|(?:would|will|should) (?:not |never )?be hired|hire (?:him|her|this candidate))\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"://|\bwww\.|\]\(|[`<>*#]", re.IGNORECASE)


def fault_in(text: str, criterion: CriterionFeedback, answers: Sequence[str], level_names: Iterable[str]) -> str | None:
    """Why a text about a criterion may not be shown, as the end of a sentence; None where it may.

    `answers` are the candidate's; `level_names` every name that a level of this interview can have.
    """
    if not text.strip():
        return "it is empty"
    if len(text.split()) > _MOST_WORDS:
        return f"it has {len(text.split())} words, and {_MOST_WORDS} is the most"
    if len(text) > _MOST_CHARACTERS:
        return f"it has {len(text)} characters, and {_MOST_CHARACTERS} is the most"
    if seen(text) != text or _MARKUP.search(text):
        return "it holds an address, markup or characters that can't be seen"
    return _false_quote(text, answers) or _fault_outside_quotes(_QUOTED.sub(" … ", text), criterion, level_names)


def fault_in_note(text: str, answers: Sequence[str], ours: Sequence[str]) -> str | None:
    """Why a rater's note on its rating may not be shown, as the end of a sentence; None where it may.

    It may quote the candidate and our own texts, and speaks of the answer, not of the person.
    """
    if fault := _false_quote(text, [*answers, *ours]):
        return fault
    guess = _OF_THE_PERSON.search(_QUOTED.sub(" … ", text))
    return f"“{guess[0]}” is not something that a rating can know" if guess else None


def _false_quote(text: str, answers: Sequence[str]) -> str | None:
    """The first quoted fragment that does not stand in one answer, or a quotation mark that never closes."""
    folded = [_folded(a) for a in answers]
    for match in _QUOTED.finditer(text):
        fragment = next(g for g in match.groups() if g is not None)
        words = _folded(fragment)
        if not words.strip() or not any(words in a for a in folded):
            return f"“{fragment}” does not stand in your answers"
    return "a quotation mark does not close" if _QUOTE_MARKS.search(_QUOTED.sub("", text)) else None


def _fault_outside_quotes(text: str, c: CriterionFeedback, level_names: Iterable[str]) -> str | None:
    own = (c.level_name or "").casefold()
    if number := _false_number(text, c):
        return f"{number} is not a number that the rating has"
    if name := next((n for n in sorted(level_names) if n.casefold() != own and _claims(n, text)), None):
        return f"{name} is not the level that was given"
    if puff := next((w for w in _PUFFERY.findall(text) if w.casefold() != own), None):
        return f"“{puff}” judges instead of saying what was done"
    if guess := _GUESSES.search(text):
        return f"“{guess[0]}” is not something that a rating can know"
    return None


def _false_number(text: str, c: CriterionFeedback) -> str | None:
    """A level other than the one given, or a number that the rubric does not have either."""
    level = str(c.level)
    for match in _LEVEL.finditer(text):
        claimed = next(g for g in match.groups() if g)
        if _figure(claimed) != level:
            return claimed
    known = {_figure(n) for n in _ANY_NUMBER.findall(" ".join((c.name, c.shows or "", c.next_level or "", *c.missing)))}
    known |= {level, "1"}  # "one" is a word before it is a number
    rest = _OF_TOP.sub(lambda m: "" if _figure(m[1]) == str(c.top) else m[0], text)
    return next((n for n in _ANY_NUMBER.findall(rest) if _figure(n) not in known), None)


def _figure(number: str) -> str:
    word = number.casefold()
    return str(_SPELT.index(word)) if word in _SPELT else word


def _claims(name: str, text: str) -> bool:
    """Whether a level's name is used as one: with its capital inside a sentence, or in any case after "rated" or "level"."""
    inside = re.search(rf"(?<![.!?…])\s{re.escape(name)}\b", text)
    said = re.search(rf"\b(?:rated|rating|level)\W+(?:\w+\W+){{0,2}}?{re.escape(name)}\b", text, re.IGNORECASE)
    return bool(inside or said)


def _folded(text: str) -> str:
    """The words of a text alone, between single spaces, without regard to case, typography and punctuation."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(words)} "
