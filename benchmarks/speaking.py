"""How soon the interviewer speaks: the embedded voice by itself, and a whole turn, from the button's release to the first word."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.server import Server
from benchmarks.sounds import VOICES, CannotBeHad, recordings, utterances
from benchmarks.speech_server import SpeechServer
from benchmarks.spoken import Turn, seconds_of, turns
from benchmarks.table import Machine, Table, middle, share
from benchmarks.transcripts import settings_in, shipped_pack
from interviewer.domain import Pack
from interviewer.interview import open_library
from interviewer.speech.audio import RATE, Samples
from interviewer.speech.hearing import behind, recognisers
from interviewer.speech.sentences import sentences_of
from interviewer.speech.voices import Voice, voices
from interviewer.speech.whisper import Whisper

SENTENCES, TURNS, LATER_TURNS = 24, 10, 4
EMBEDDED_GOAL_S, AT_ONCE_GOAL_S, GROWN_GOAL_MB = 1.5, 0.8, 400.0
RELEASED_S, LATER_S = 0.2, 0.8  # after the last sound; by the later one an answer is heard ahead
_ANSWERED = ("metrics-precision-drop", "ml-retrieve-or-tune", "engineering-cost-and-latency")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
# Settings of whoever runs this are not taken: empty ones stand before those of a .env file.
_NONE = dict.fromkeys(("HEARING_BASE_URL", "HEARING_MODEL", "HEARING_API_KEY", "VOICE_BASE_URL", "VOICE_MODEL", "VOICE_API_KEY"), "")
_WITHOUT_WHISPER = 'import sys\n\nsys.modules["faster_whisper"] = None\n'  # Python reads it at its start


class Setup(NamedTuple):
    """A server: its name in the table, its data folder, the goal of its turns, and what it is told by the environment."""

    says: str
    folder: Path
    goal_s: float
    environment: Mapping[str, str]


async def speaking() -> Table:
    """The voice, then turns with each recogniser, then turns with services that answer at once."""
    table = Table("speaking", "the first word of the interviewer: from a sentence, and from the end of the candidate's answer")
    with tempfile.TemporaryDirectory() as name:
        await _voice(table, Path(name))
    table.notes.append("a turn: `end` sent over the WebSocket; what was heard comes, and goes back through Gradio's queue as in the page")
    table.notes.append(
        "until the first sentence's whole WAV is there; sound at real speed at 48 kHz; no model; `python app.py` on this machine"
    )
    table.notes.append("the page adds the WAV's own quiet, at most 0.05 s, and 0.01 s; answers of one synthetic voice")
    try:
        answers = await asyncio.to_thread(_answers)
    except CannotBeHad as why:
        table.say("a turn", f"not measured: {why}")
        return table
    table.notes.append(f"answers of {', '.join(f'{len(a) / RATE:.1f}' for a in answers)} s; {TURNS} turns each, in one interview")
    with tempfile.TemporaryDirectory() as name:
        await asyncio.to_thread(lambda: open_library(settings_in(Path(name))).close())  # read by every server
        await _embedded(table, answers, Path(name))
        await _at_once(table, answers, Path(name))
    return table


# --------------------------------------------------------------------- the voice


async def _voice(table: Table, folder: Path) -> None:
    """Sentences of the corpus, one after the other, by the embedded voice in its own process."""
    found = voices(settings_in(folder))
    if found.voice is None:
        table.say("the embedded voice", f"not measured: {found.why}")
        return
    machine = Machine()
    try:
        began = time.perf_counter()
        await found.voice.say("Hello.")
        table.add(f"{found.voice.id}: its process started and one word said", time.perf_counter() - began, "s", places=2)
        first = {w: [await _said(found.voice, s) for s in _sentences(shipped_pack(settings_in(folder)), w)] for w in ((12, 12), (19, 21))}
        memory = _child_mb()
    finally:
        await found.voice.aclose()
    for (least, most), said in first.items():
        words = f"{least} words" if least == most else f"{least} to {most} words"
        times = [took for took, _ in said]
        figure = f"{middle(times):.2f}; {share(times, 0.95):.2f} s of {len(times)}"
        table.say(f"  first sound of a sentence of {words}, warm: p50; p95", figure)
    every = [pair for said in first.values() for pair in said]
    table.add("  real-time factor", sum(took for took, _ in every) / sum(s for _, s in every), places=3)
    table.say("  memory of its process: now; at its peak", "; ".join(f"{mb:.0f} MB" for mb in memory))
    table.notes.append(f"{found.voice.id}: {machine.told()}")


def _sentences(pack: Pack, words: tuple[int, int]) -> list[str]:
    """Sentences of the corpus of so many words, as the product parts them for the voice: the first part."""
    texts = (text for item in pack.items for text in (item.question, *(p for c in item.criteria for p in c.probes)))
    long = (s for text in texts for s in _SENTENCE_END.split(text) if words[0] <= len(s.split()) <= words[1])
    return [sentences_of(s)[0] for s in islice(dict.fromkeys(long), SENTENCES)]


async def _said(voice: Voice, text: str) -> tuple[float, float]:
    """Seconds until the whole WAV was there, and that it lasts."""
    began = time.perf_counter()
    wav = await voice.say(text)
    return time.perf_counter() - began, seconds_of(wav)


def _child_mb() -> tuple[float, float]:
    """Memory of the processes that this one has started and that still run, now and at its peak."""
    mine = [path.parent for path in Path("/proc").glob("[0-9]*/status") if _field(path, "PPid") == os.getpid()]
    now, peak = (sum(_field(path / "status", name) for path in mine) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return now, peak


def _field(status: Path, name: str) -> int:
    """A number in a process's status; 0 where it has none or is gone."""
    try:
        lines = status.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


# --------------------------------------------------------------------- a turn


def _answers() -> list[Samples]:
    """Answers of two sentences, each with a pause between them. Raises CannotBeHad."""
    said = utterances()
    texts = [" ".join([u.spoken for u in said if u.item == item][:2]) for item in _ANSWERED]
    return recordings(texts, VOICES[0])


async def _embedded(table: Table, answers: Sequence[Samples], folder: Path) -> None:
    """Turns with each recogniser that is installed for the final text."""
    found = recognisers(settings_in(folder))
    if isinstance(behind(found.final), Whisper):
        await _measured(table, Setup("all embedded, whisper", folder, EMBEDDED_GOAL_S, {}), answers)
    else:
        table.say("all embedded, whisper", f"not measured: {found.why}")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "sitecustomize.py").write_text(_WITHOUT_WHISPER, encoding="utf-8")
        await _measured(table, Setup("all embedded, moonshine alone", folder, EMBEDDED_GOAL_S, {"PYTHONPATH": name}), answers)


async def _at_once(table: Table, answers: Sequence[Samples], folder: Path) -> None:
    """Turns with a recogniser and a voice that answer as soon as they are asked."""
    with SpeechServer() as service:
        there = {"HEARING_BASE_URL": service.base_url, "VOICE_BASE_URL": service.base_url}
        await _measured(table, Setup("services that answer at once", folder, AT_ONCE_GOAL_S, there), answers)


async def _measured(table: Table, setup: Setup, answers: Sequence[Samples]) -> None:
    """The rows of one server: turns with the button released soon, as the goal is meant, and some with it released later."""
    machine = Machine()
    with Server(setup.folder, None, **(_NONE | dict(setup.environment))) as server:
        await server.answers("/healthz")
        before = server.rss_mb
        try:
            soon = await turns(server, setup.folder, answers, TURNS, RELEASED_S)
            later = await turns(server, setup.folder, answers, LATER_TURNS, LATER_S)
        except (RuntimeError, TimeoutError) as why:
            table.say(setup.says, f"not measured: {why or 'no end'}")
            return
        after, own = server.rss_mb, server.private_mb
    _rows(table, f"{setup.says}, released {RELEASED_S:g} s after the last sound", soon, setup.goal_s)
    _rows(table, f"  released {LATER_S:g} s after it", later, None)
    table.say("  heard by", ", ".join(sorted({turn.recogniser for turn in (*soon, *later)})))
    table.add("  the server's memory, grown over both interviews", after - before, "MB", ("<=", GROWN_GOAL_MB))
    table.say("    before; after; of it its own", f"{before:.0f}; {after:.0f}; {own:.0f} MB")
    table.notes.append(f"{setup.says}: {machine.told()}")


def _rows(table: Table, says: str, found: Sequence[Turn], goal_s: float | None) -> None:
    whole = [turn.whole_s for turn in found]
    table.add(f"{says}: first word, p50", middle(whole), "s", None if goal_s is None else ("<=", goal_s), places=2)
    table.say("    p90; most", f"{share(whole, 0.9):.2f}; {max(whole):.2f} s of {len(whole)} turns")
    for part, times in (("end to heard", [t.heard_s for t in found]), ("heard to the first word", [t.said_s for t in found])):
        table.say(f"    {part}: p50; p90; most", f"{middle(times):.2f}; {share(times, 0.9):.2f}; {max(times):.2f} s")
        table.say("      turn by turn", " ".join(f"{s:.1f}" for s in times))
