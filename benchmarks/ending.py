"""How often hands-free would cut a candidate off, and how long it waits at the end: scripted answers with the pauses inside them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.resampling import interval
from benchmarks.table import Table, middle, share
from interviewer.speech.ending import Verdict, decide, silence_needed

PAUSES = Path(__file__).parent / "pauses.yaml"
SHORT_S = 2.0  # the pauses that the goal is about
GOAL = 5.0  # percent of them
LATE_S = 0.25  # by so much a silence may be measured too long, where speech fades out
PLAIN_S = 1.0  # what a detector of silence alone may wait
_PAUSE = re.compile(r"\s*\((\d+\.\d)\)\s*")
_FILLER = re.compile(r"\b(?:um|uh|er|hmm)\b[,.]?\s*", re.IGNORECASE)
_MARK = re.compile(r"[^\w\s'-]")


class Answer(NamedTuple):
    """One scripted answer: the stretches between its pauses, and the pauses in seconds, one fewer."""

    id: str
    manner: str
    held_out: bool
    stretches: tuple[str, ...]
    pauses: tuple[float, ...]


class Pause(NamedTuple):
    """What was heard when a pause began, and how long the pause is; None at the answer's end."""

    answer: str
    text: str
    seconds: float | None


def answers(path: Path = PAUSES) -> tuple[Answer, ...]:
    """The scripted answers of a file."""
    return tuple(_answer(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))["answers"])


def _answer(row: dict[str, Any]) -> Answer:
    told = _PAUSE.split(row["said"].strip())
    return Answer(row["id"], row["manner"], row.get("held_out", False), tuple(told[::2]), tuple(float(p) for p in told[1::2]))


def as_written(stretches: Sequence[str]) -> str:
    """With the marks that a careful writer puts."""
    return " ".join(stretches)


def bare(stretches: Sequence[str]) -> str:
    """In lower case without marks, as some recognisers write."""
    return _MARK.sub("", as_written(stretches)).lower()


def stopped(stretches: Sequence[str]) -> str:
    """With a capital and a full stop for each stretch and without fillers, as other recognisers write."""
    told = (_FILLER.sub("", s).strip(" ,.;:") for s in stretches)
    return " ".join(f"{s[0].upper()}{s[1:]}{'' if s.endswith('?') else '.'}" for s in told if s)


FORMS: dict[str, Callable[[Sequence[str]], str]] = {"as written": as_written, "bare": bare, "stopped": stopped}


def pauses(answer: Answer, form: Callable[[Sequence[str]], str]) -> Iterator[Pause]:
    """Each pause of an answer with the text heard before it, its end last."""
    for n, seconds in enumerate((*answer.pauses, None), start=1):
        yield Pause(answer.id, form(answer.stretches[:n]), seconds)


def cut_off(pause: Pause, late_s: float = 0.0) -> bool:
    """Whether a pause inside an answer would end it."""
    return pause.seconds is not None and decide(pause.text, pause.seconds + late_s) is Verdict.END


async def ending() -> Table:
    """Every scripted answer in three spellings, those that the rules were made on apart from those held out."""
    return await asyncio.to_thread(_ending)


def _ending() -> Table:
    every = answers()
    count = sum(len(a.pauses) for a in every)
    table = Table("ending", f"when an answer has ended: {len(every)} scripted answers with {count} pauses inside them")
    table.notes.append("texts as recognisers give them, in three spellings: as written; bare: lower case, no marks; stopped: a full stop")
    table.notes.append("at each pause, no fillers; intervals: 95 %, bootstrap over answers; the seconds waited are what the rules ask for")
    for held_out, says in ((False, "tuned"), (True, "held out")):
        mine = [a for a in every if a.held_out is held_out]
        inside = [s for a in mine for s in a.pauses if s <= SHORT_S]
        plain = 100 * sum(s >= PLAIN_S for s in inside) / len(inside)
        table.add(f"{says}: false ends were {PLAIN_S} s of silence an end whatever was said", plain, "%", places=1)
        for name, form in FORMS.items():
            _lines(table, f"{says}, {name}", [p for a in mine for p in pauses(a, form)])
    return table


def _lines(table: Table, says: str, found: Sequence[Pause]) -> None:
    short = [p for p in found if p.seconds is not None and p.seconds <= SHORT_S]
    long = [p for p in found if p.seconds is not None and p.seconds > SHORT_S]
    table.add(f"{says}: false ends, of {len(short)} pauses up to 2 s", _percent(short), "%", ("<=", GOAL), places=1)
    table.say("  interval", _bounds(short))
    table.add("  answers cut off at such a pause", len({p.answer for p in short if cut_off(p)}))
    table.add(f"  false ends were each silence measured {LATE_S} s too long", _percent(short, LATE_S), "%", places=1)
    table.add(f"  false ends, of {len(long)} pauses of 2 to 4 s", _percent(long), "%", places=1)
    held = [silence_needed(p.text) is None for p in (*short, *long)]
    table.add("  pauses that no silence would make an end, long as it were", 100 * sum(held) / len(held), "%", places=1)
    ends = [silence_needed(p.text) for p in found if p.seconds is None]
    waited = [s for s in ends if s is not None]
    table.say("  never ended, left to the button", f"{len(ends) - len(waited)} of {len(ends)}")
    table.say("  silence waited for at the end, p50 and p90", f"{middle(waited):.1f} and {share(waited, 0.9):.1f} s")


def _percent(found: Sequence[Pause], late_s: float = 0.0) -> float:
    return 100 * sum(cut_off(p, late_s) for p in found) / len(found)


def _bounds(found: Sequence[Pause]) -> str:
    """By answers; where nothing was cut off the bootstrap has no width, and the rule of three by answers stands in its place."""
    cut = [cut_off(p) for p in found]
    every = [p.answer for p in found]
    if not any(cut):
        return f"0.0 to {300 / len(set(every)):.1f} % (rule of three, {len(set(every))} answers)"
    low, high = interval(every, lambda rows: 100 * sum(cut[r] for r in rows) / len(rows))
    return f"{low:.1f} to {high:.1f} %"
