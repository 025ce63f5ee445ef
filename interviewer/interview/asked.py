"""What a candidate asks the interviewer: whether it is a question at all, and what the item's facts have for it."""

from __future__ import annotations

import re

import numpy as np

from interviewer.domain import Item
from interviewer.embedding import Encoder
from interviewer.interview.verdicts import plain

OPEN_POINT = "I leave that open. Choose an assumption, say it aloud, and go on from there."
REST_OPEN = "The rest I leave open: choose an assumption, say it aloud, and go on from there."
_FACT_FITS = 0.5
_MOST_WORDS = 40
_MOST_QUESTIONS = 2  # who lists more of them is thinking aloud

_AGAIN = re.compile(
    r"\b(rephrase|repeat (the question|that|it|this)|say (that|it|the question) again|(other|plainer|simpler) words|come again)\b",
    re.IGNORECASE,
)
_LOST = r"(don't|do not|didn't|did not|not sure (i|that i)) (quite )?(understand|follow|get|catch)"
_UNCLEAR = re.compile(
    rf"\b({_LOST}|unclear|not clear|clarify|repeat|what (do|did) you mean"
    r"|what does (that|this|it|the question) mean|what are you asking|explain the question)\b",
    re.IGNORECASE,
)

_SENTENCE_END = re.compile(r"(?<=[.?!])(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!u\.s\.)(?<!u\.k\.)(?<!approx\.)\s+", re.IGNORECASE)
# Where a second thing is asked: after a question mark, or at an "and" that a question word follows.
_NEXT_PART = re.compile(
    r"(?<=\?)\s+|[,;]?\s+(?:and|or)\s+(?:also )?(?=(?:how|what|which|who|whose|when|where|why|do|does|did|is|are|was|were|can|will)\b)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*\u2022]|\d+[.)])\s+")
_BEFORE = r"before i (?:start|answer|begin)"
_SOME_QUESTIONS = rf"(?:i (?:just )?have )?(?:just )?(?:a|one|two|some)(?: quick| clarifying| more)* questions?(?: (?:first|{_BEFORE}))?"
_COURTESY = re.compile(
    rf"(?:(?:sorry|apologies|hm+|ok|okay|thanks|thank you|sure|hi|hello|right|good question|let me think|{_BEFORE}"
    rf"|{_SOME_QUESTIONS}|i(?:'m| am) (?:confused|lost)|(?:i(?:'m| am)? )?{_LOST}[\w ]*)[,. !:]*)+$",
    re.IGNORECASE,
)
_LEADING = r"(?:(?:well|so|ok|okay|hm+|and|but|then|also|first|next|yes|no|maybe|perhaps|probably|honestly|usually)[, ]+)*"
_I_WOULD = (
    r"(?:i|we)(?:'d|'ll|'ve| would| will| could| might| should| have| had| was| were| did| think| guess| believe| looked| checked"
    r"| built| ran| used| asked| told)"
)
_WONDERING = r"(?: (?:just|also))? (?:wondering|like to (?:know|ask|understand)|a (?:quick )?question)"
_STATED = re.compile(
    rf"{_LEADING}(?:{_I_WOULD}\b(?!{_WONDERING})|because\b|by \w+ing\b|it depends\b|check\b|compare\b|look at\b|ask \w+)", re.IGNORECASE
)


def fact_for(asked: str, item: Item, encoder: Encoder) -> str:
    """The authored reply to a candidate's question: the fact that fits best, one for each thing asked, the plainer wording, or that it is
    left open, or the rest of it."""
    plainer, folded = item.clarification or item.question, plain(asked)
    if not asked.strip() or _AGAIN.search(folded):
        return plainer
    otherwise = plainer if _UNCLEAR.search(folded) else OPEN_POINT
    if not item.facts:
        return otherwise
    parts = _NEXT_PART.split(asked.strip())
    wanted = encoder.encode([asked, *parts] if len(parts) > 1 else [asked])
    asks, says = encoder.encode_known([f.asks for f in item.facts]), encoder.encode_known([f.says for f in item.facts])
    fits = np.maximum(asks @ wanted.T, says @ wanted.T)
    best, fit = fits.argmax(axis=0), fits.max(axis=0)
    told = list(dict.fromkeys(best[i] for i in range(1, len(wanted)) if fit[i] >= _FACT_FITS))
    if not told:
        return item.facts[best[0]].says if fit[0] >= _FACT_FITS else otherwise
    is_open = any(b not in told for b in best[1:])  # a fact may answer two things that were asked one by one
    return " ".join([item.facts[n].says for n in told] + [REST_OPEN] * is_open)


def reads_as_question(text: str) -> bool:
    """Whether what was typed asks the interviewer something and answers nothing.

    One or two questions, 40 words at most, with no more than a courtesy before them. Who says what they would do and ends in "right?", or
    lists the questions that they would look into, answers.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    folded = plain(" ".join(_BULLET.sub(". ", line, count=1) if _BULLET.match(line) else line for line in lines)).strip()
    if len(folded.split()) > _MOST_WORDS:
        return False
    sentences = [s for s in _SENTENCE_END.split(folded) if s.strip(" .")]
    telling = [s for s in sentences if not _COURTESY.match(s)]
    return 0 < len(telling) <= _MOST_QUESTIONS and all(s.endswith("?") and not _STATED.match(s) for s in telling)
