"""How an answer was delivered: pace, pauses, fillers and hedges, each with its place; apart from what was said, and no part of a level.

What a recording does not tell is None and is told so. Recognisers leave out many fillers, so that their count is a lower bound. Everything
here is pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pydantic import Field

from interviewer.domain import Frozen, Heard

PAUSE_S = 1.0  # a silence from which on it is shown
LONG_S = 2.0  # a silence from which on it does not count into the pace
AT_LEAST = "Recognisers leave out many fillers (um, uh), so there may have been more than are counted here."
APART = "None of this enters a rating."


class Range(Frozen):
    """Where a figure lay in a published study, as a comparison and not a norm: "`low` to `high` `unit` `about`".

    `about` says of what speech it was and what differs here; `cited` is the source in short, `source` in full.
    """

    low: float
    high: float
    unit: str
    about: str
    cited: str
    source: str


PACE = Range(
    low=160,
    high=210,
    unit="words a minute",
    about="in recorded interviews in British English, which were no job interviews",
    cited="Tauroza and Allison 1990",
    source="Steve Tauroza and Desmond Allison, \u201cSpeech Rates in British English\u201d, Applied Linguistics 11(1), 1990, 90\u2013105",
)
FILLERS = Range(
    low=2.07,
    high=3.04,
    unit="for every 100 words",
    about="(um, uh and the like, counted by listeners) in pairs who solve a task, the means of women and of men; not from interviews",
    cited="Bortfeld and others 2001",
    source="Heather Bortfeld, Silvia D. Leon, Jonathan E. Bloom, Michael F. Schober and Susan E. Brennan, \u201cDisfluency Rates in "
    "Conversation: Effects of Age, Relationship, Topic, Role, and Gender\u201d, Language and Speech 44(2), 2001, 123\u2013147",
)
PAUSES = Range(
    low=0.2,
    high=1,
    unit="seconds",
    about="is called a medium pause in a study of five languages, and longer ones came in spontaneous speech alone; not from interviews",
    cited="Campione and V\u00e9ronis 2002",
    source="Estelle Campione and Jean V\u00e9ronis, \u201cA Large-Scale Multilingual Study of Silent Pause Duration\u201d, "
    "Proceedings of Speech Prosody 2002, 199\u2013202",
)
RANGES = (PACE, FILLERS, PAUSES)


class Silence(Frozen):
    """A silence inside an answer: seconds from the start of the first recording (the recordings laid end to end), and its length."""

    start: float = Field(ge=0)
    seconds: float = Field(ge=0)
    recording: int = Field(ge=0)


class Said(Frozen):
    """One filler or hedge: as it was written, when (as in `Silence`; None where the recogniser gives no times), in which text, from which
    character on."""

    word: str
    start: float | None
    recording: int = Field(ge=0)
    place: int = Field(ge=0)


class Delivery(Frozen):
    """The delivery of an answer in one or more recordings; None stands for what is not known.

    `seconds` is the recordings' length, `talk_s` the time in which somebody spoke, `pace_s` the time that `words_per_minute` is counted
    over: from the first word to the last with pauses of up to two seconds, and without longer ones, which are told apart. Where no
    speech was marked, `talk_s`, `pauses` and `longest_pause` are None, `pace_s` is `seconds`, and `paced_by` says so.
    `waited_s` are the seconds from a question's end to each recording's first word, `time_to_first_word` those of the first one; `starts`
    are the seconds at which each recording begins.
    """

    seconds: float = Field(ge=0)
    talk_s: float | None
    pace_s: float = Field(ge=0)
    paced_by: str
    words: int = Field(ge=0)
    words_per_minute: float | None
    longest_pause: Silence | None
    pauses: tuple[Silence, ...] | None
    time_to_first_word: float | None
    waited_s: tuple[float | None, ...]
    fillers: tuple[Said, ...]
    hedges: tuple[Said, ...]
    minutes: float = Field(gt=0)
    speech: tuple[tuple[float, float], ...]
    starts: tuple[float, ...]
    at_least: str = AT_LEAST
    ranges: tuple[Range, ...] = RANGES


def delivery(heard: Sequence[Heard], waited_s: Sequence[float | None], minutes: float) -> Delivery:
    """The delivery of one item's recordings, in order; `waited_s` are the seconds from a question to each, `minutes` those suggested."""
    starts = tuple(sum(h.seconds for h in heard[:n]) for n in range(len(heard)))
    seconds = sum(h.seconds for h in heard)
    known = all(h.speech or not h.text.strip() for h in heard) and any(h.speech for h in heard)
    silences = tuple(_silences(heard, starts)) if known else None
    speech = tuple((a + at, b + at) for h, at in zip(heard, starts, strict=True) for a, b in _merged(h.speech))
    talk_s = sum(b - a for a, b in speech) if known else None
    short = sum(s.seconds for s in silences or () if s.seconds <= LONG_S)
    pace_s = seconds if talk_s is None else talk_s + short
    words = sum(len(_words(h.text)) for h in heard)
    waited = tuple(s if s is not None and math.isfinite(s) and s >= 0 else None for s in waited_s)
    return Delivery(
        seconds=seconds,
        talk_s=talk_s,
        pace_s=pace_s,
        paced_by="the whole recording, since nothing marks where speech is" if talk_s is None else "talk with pauses of up to 2 seconds",
        words=words,
        words_per_minute=60 * words / pace_s if words and pace_s >= 1 else None,
        longest_pause=max(silences or (), key=lambda s: s.seconds, default=None),
        pauses=None if silences is None else tuple(s for s in silences if s.seconds >= PAUSE_S),
        time_to_first_word=waited[0] if waited else None,
        waited_s=waited,
        fillers=tuple(s for n, h in enumerate(heard) for s in _said(_FILLER, h, n, starts[n])),
        hedges=tuple(s for n, h in enumerate(heard) for s in _said(_HEDGE, h, n, starts[n])),
        minutes=minutes,
        speech=speech,
        starts=starts,
    )


def _merged(spans: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The stretches in order, those that touch or overlap being one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    yield from found


def _silences(heard: Sequence[Heard], starts: Sequence[float]) -> Iterator[Silence]:
    """The silences between two stretches of speech of one recording; what lies before the first and after the last is none."""
    for n, (h, at) in enumerate(zip(heard, starts, strict=True)):
        for (_, end), (start, _) in pairwise(_merged(h.speech)):
            yield Silence(start=end + at, seconds=start - end, recording=n)


# --------------------------------------------------------------------------- fillers and hedges

# Only what is a filler wherever it stands is counted as one anywhere; "you know", "like" and "I mean" where they hang between commas.
_FILLER = re.compile(
    r"\b(?:u+m+|u+h+m*|e+r+m*|a+h+|h+m+|m+h*m+)\b"
    r"|(?:^|(?<=[,.;:!?]\s))(?:you know|i mean|like|sort of|kind of|basically|actually|literally)(?=\s*,)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:i (?:think|guess|suppose|believe|feel like)|i'?m not (?:really |quite |entirely )?sure|maybe|perhaps|probably|possibly"
    r"|presumably|(?:sort|kind) of|more or less|somewhat|it depends|hopefully|to some (?:extent|degree)|or something(?: like that)?)\b",
    re.IGNORECASE,
)
_NOT_HEDGED = re.compile(r"\b(?:what|which|this|that|the|some|any|one|each|every|same) $", re.IGNORECASE)  # "what kind of", "the sort of"


def _said(pattern: re.Pattern[str], heard: Heard, recording: int, at: float) -> Iterator[Said]:
    """Each match in the text, with the time of the word that it begins with."""
    text = heard.text.replace("\u2019", "'")
    times = _times(heard)
    for found in pattern.finditer(text):
        if found[0].lower().endswith(" of") and _NOT_HEDGED.search(text[: found.start()]):
            continue
        start = times.get(len(_words(text[: found.start()])))
        yield Said(
            word=heard.text[found.start() : found.end()],
            start=None if start is None else at + start,
            recording=recording,
            place=found.start(),
        )


def _words(text: str) -> list[str]:
    """The words of a text, letters and digits alone; what has neither is no word."""
    return [w for part in text.split() if (w := "".join(c for c in part.casefold() if c.isalnum()))]


def _times(heard: Heard) -> dict[int, float]:
    """The start of each word of the text, by its number; empty where the recogniser's words are not the text's."""
    told = [(word, w.start) for w in heard.words for word in _words(w.word)]
    if [word for word, _ in told] != _words(heard.text):
        return {}
    return {n: start for n, (_, start) in enumerate(told) if start is not None}


# --------------------------------------------------------------------------- in words


def as_sentences(delivery: Delivery) -> list[str]:
    """What the page shows: each figure in a sentence, with what was published of it; no praise and no blame."""
    d = delivery
    told = [_talk(d), _pace(d), _pause(d), _first_word(d), _count(d, d.fillers, "filler"), _count(d, d.hedges, "hedge"), d.at_least, APART]
    cited = [r for r in d.ranges if any(r.cited in s for s in told)]
    return [*filter(None, told), *(f"{r.cited}: {r.source}." for r in cited)]


def clock(seconds: float) -> str:
    """A time as minutes and seconds: 75 is 1:15."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _talk(d: Delivery) -> str:
    asked = f"{d.minutes:g} minute{'' if d.minutes == 1 else 's'} suggested"
    if d.talk_s is None:
        return f"The recording is {clock(d.seconds)} long, {asked}; how much of it is speech is not known."
    return f"You spoke for {clock(d.talk_s)} in a recording of {clock(d.seconds)}, {asked}."


def _pace(d: Delivery) -> str:
    if d.words_per_minute is None:
        return "The pace is not known: there are no words, or less than a second of speech."
    return f"{d.words_per_minute:.0f} words a minute ({d.words} words, over {d.paced_by}). {_published(PACE)}"


def _pause(d: Delivery) -> str:
    if d.pauses is None:
        return "Pauses are not known: nothing marks where speech is."
    if d.longest_pause is None:
        return "There was no pause between two stretches of speech."
    longest = d.longest_pause
    many = f"{len(d.pauses)} of 1 second or more" if d.pauses else "none of 1 second or more"
    return f"The longest pause was {longest.seconds:.1f} seconds, at {clock(longest.start)}; {many}. {_published(PAUSES)}"


def _published(r: Range) -> str:
    return f"For comparison: {r.low:g} to {r.high:g} {r.unit} {r.about} ({r.cited})."


def _first_word(d: Delivery) -> str:
    later = ", ".join(f"{s:.1f}" for s in d.waited_s[1:] if s is not None)
    follow = f"; after later questions, in seconds: {later}" if later else ""
    if d.time_to_first_word is None:
        return f"The time before the first word is not known{follow}."
    return f"The first word came {d.time_to_first_word:.1f} seconds after the question{follow}. No published range is shown beside it."


def _count(d: Delivery, found: Sequence[Said], name: str) -> str:
    if not d.words:
        return ""
    if not found:
        return f"No {name}s are in the text."
    written = {s.word.casefold(): s.word for s in reversed(found)}
    by_word = Counter(s.word.casefold() for s in found)
    many = ", ".join(f"\u201c{written[word]}\u201d {count}\u00d7" for word, count in by_word.most_common())
    rate = f", {100 * len(found) / d.words:.1f} for every 100 words"
    tail = f" {_published(FILLERS)}" if name == "filler" else ""
    return f"{len(found)} {name}{'' if len(found) == 1 else 's'}{rate}: {many}.{tail}"
