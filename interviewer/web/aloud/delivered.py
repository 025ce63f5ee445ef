"""How the candidate spoke, item by item, for the feedback page: figures, a drawing, and nothing that touches a rating."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Iterator, Sequence

import numpy as np

from interviewer.errors import NotYours
from interviewer.interview import Asked, Door, Spoken, State
from interviewer.speech.audio import RATE, Samples, from_flac
from interviewer.speech.delivery import as_sentences, delivery
from interviewer.speech.timeline import timeline


async def delivery_html(door: Door, state: State) -> str:
    """A part for each item that was spoken to; empty where everything was typed."""
    parts = []
    for number, item_id in enumerate(dict.fromkeys(t.item_id for t in state.turns), start=1):
        answered = [t for t in state.turns_on(item_id) if t.answer is not None]
        every = list(_with_waits(answered))
        spoken = [(s, waited_s) for s, waited_s in every if not s.is_broken]
        left_out = list(_left_out(sum(not t.heard for t in answered), len(every) - len(spoken)))
        if spoken:
            minutes = next((i.minutes for i in door.pack_of(state).items if i.id == item_id), 5.0)
            samples = await _kept(door, state, [s for s, _ in spoken])
            parts.append(await asyncio.to_thread(_part, f"Question {number}", spoken, left_out, samples, minutes))
        elif every:
            parts.append(_section(f"Question {number}", "", left_out))
    return "".join(parts)


def _with_waits(answered: Sequence[Asked]) -> Iterator[tuple[Spoken, float | None]]:
    """Each recording with the seconds from the question to it. Only a question's first one has them, broken or not: to a later one they
    count what was said before."""
    for turn in answered:
        for number, spoken in enumerate(turn.heard):
            yield spoken, spoken.waited_s if number == 0 else None


def _left_out(typed: int, broken: int) -> Iterator[str]:
    if typed:
        yield f"Answers to this question that were typed, and are not counted: {typed}."
    if broken:
        yield f"Recordings of which sound was lost on your computer, and that are not counted: {broken}."


def _part(
    title: str, spoken: Sequence[tuple[Spoken, float | None]], left_out: Sequence[str], samples: Samples | None, minutes: float
) -> str:
    told = delivery([s.heard for s, _ in spoken], [waited_s for _, waited_s in spoken], minutes)
    return _section(title, timeline(samples, told), [*left_out, *as_sentences(told)])


def _section(title: str, drawing: str, lines: Sequence[str]) -> str:
    listed = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<section><h3>{html.escape(title)}</h3>{drawing}<ul>{listed}</ul></section>"


async def _kept(door: Door, state: State, spoken: Sequence[Spoken]) -> Samples | None:
    """The recordings end to end, silence standing for one that is not kept; None where none is."""
    if not any(s.kept for s in spoken):
        return None
    parts: list[Samples] = []
    for one in spoken:
        length = round(one.heard.seconds * RATE)
        sound = np.zeros(length, np.float32)
        if one.kept:
            try:
                found = await asyncio.to_thread(from_flac, await door.recording(state.id, None, one.seq))
                sound[: len(found)] = found[:length]
            except NotYours:
                pass  # deleted in another tab a moment ago
        parts.append(sound)
    return np.concatenate(parts)
