"""How well speech is heard: word errors of each recogniser, clean and in noise, its doubts, and what it takes of the machine."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.resampling import interval, shown
from benchmarks.sounds import VOICES, CannotBeHad, Utterance, noisy, recordings, run_beside, script_beside, utterances
from benchmarks.table import Table, middle, share
from benchmarks.transcripts import settings_in, shipped_pack
from interviewer.domain import HeardWord
from interviewer.speech.audio import as_wav
from interviewer.speech.doubt import doubted
from interviewer.speech.spelling import Token, alike, tokens
from interviewer.speech.terms import terms_of

CLEAN, NOISE = "clean", {"clean": None, "15 dB": 15.0, "5 dB": 5.0}
CLEAN_GOAL, NOISE_GOAL, GROWN_GOAL_MB = 0.05, 0.15, 400.0
_PATIENCE = 2  # seconds that a recording's second may take, and some to load
_MOST_LOST = 8
_BOTH = ("whisper base, primed", "moonshine tiny-en")


class Case(NamedTuple):
    """One recording."""

    utterance: Utterance
    voice: str
    noise: str
    path: Path


class Sitting(NamedTuple):
    """A recogniser at work: what it is called, which it is, whether it is told terms, and the goals of its word errors by noise.

    `some` is for one that takes longer than the speech: it hears the first utterance of each item.
    """

    name: str
    which: str
    primed: bool
    goals: Mapping[str, float]
    some: bool = False


SITTINGS = (
    Sitting("whisper base, primed", "whisper", True, {CLEAN: CLEAN_GOAL, "5 dB": NOISE_GOAL}),
    Sitting("whisper base, not primed", "whisper", False, {}),
    Sitting("moonshine tiny-en", "moonshine", False, {CLEAN: CLEAN_GOAL}),
    Sitting("pocketsphinx, a quarter of them", "pocketsphinx", False, {}, some=True),
)


class Result(NamedTuple):
    """What came of one recording: its errors and words, the words of it that were lost, and of each word heard: right? unsure?"""

    case: Case
    errors: int
    words: int
    lost: tuple[str, ...]
    marks: tuple[tuple[bool, bool], ...]


async def hearing() -> Table:
    """Every utterance in every voice and noise, by every recogniser, one after the other."""
    return await asyncio.to_thread(_hearing)


def _hearing() -> Table:
    said = utterances()
    table = Table("hearing", f"word error rate: {len(said)} utterances of the domain, in {len(VOICES)} voices not the product's own")
    table.notes.append(f"synthetic speech of Kokoro-82M ({', '.join(VOICES)}): real microphones are worse; white noise of a fixed seed")
    table.notes.append("spelling evened out (interviewer/speech/spelling.py), errors by jiwer; intervals: 95 %, bootstrap over utterances")
    table.notes.append("primed: with the terms of the item that is answered; one process a recogniser, one recording at a time")
    table.notes.append("memory: against a process with onnxruntime, tokenizers and soundfile, which a server has that nobody speaks to")
    heard: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            cases = list(_recorded(said, Path(folder)))
            for sitting in SITTINGS:
                _measure(table, sitting, cases, heard)
        except CannotBeHad as why:
            table.say("not measured", str(why))
        else:
            if all(name in heard for name in _BOTH):
                _together(table, cases, heard)
                _times(table, cases, heard)
    return table


def _recorded(said: Sequence[Utterance], folder: Path) -> Iterator[Case]:
    """All recordings, as files. Raises CannotBeHad."""
    for voice in VOICES:
        for utterance, clean in zip(said, recordings([u.spoken for u in said], voice), strict=True):
            for noise, decibels in NOISE.items():
                path = folder / f"{voice}-{utterance.id}-{noise.replace(' ', '')}.wav"
                path.write_bytes(as_wav(noisy(clean, decibels, f"{voice} {utterance.id}")))
                yield Case(utterance, voice, noise, path)


def _measure(table: Table, sitting: Sitting, cases: Sequence[Case], heard: dict[str, list[dict[str, Any]]]) -> None:
    """The rows of one recogniser; what it heard is kept under its name."""
    cases = [case for case in cases if not sitting.some or case.utterance.id.endswith("-1")]
    try:
        told = _asked(sitting, cases)
    except CannotBeHad as why:
        table.say(sitting.name, f"not measured: {why}")
        return
    heard[sitting.name] = told["heard"]
    results = compared(cases, told["heard"])
    for noise in NOISE:
        _errors(table, sitting, noise, [r for r in results if r.case.noise == noise])
    lost = Counter(word for r in results if r.case.noise == CLEAN for word in r.lost).most_common(_MOST_LOST)
    table.say("  lost most, clean", ", ".join(f"{word} {times}" for word, times in lost) or "nothing")
    if any(unsure for r in results for _, unsure in r.marks):
        _doubts(table, results)
    _cost(table, sitting, told)


def _asked(sitting: Sitting, cases: Sequence[Case]) -> dict[str, Any]:
    """What a recogniser's own process tells of all cases. Raises CannotBeHad."""
    if sitting.which == "pocketsphinx":
        command = script_beside("pocketsphinx_hears.py")
    else:
        command = [sys.executable, "-m", "benchmarks.hears", sitting.which]
    terms = _terms({case.utterance.item for case in cases}) if sitting.primed else {}
    wanted = [{"wav": str(case.path), "terms": terms.get(case.utterance.item, ())} for case in cases]
    return run_beside(command, wanted, 300 + _PATIENCE * 15 * len(cases))


def _terms(items: set[str]) -> dict[str, tuple[str, ...]]:
    """The terms that the product tells a recogniser for each of these items."""
    pack = shipped_pack(settings_in(Path(tempfile.gettempdir())))
    return {item.id: terms_of(item, pack) for item in pack.items if item.id in items}


def compared(cases: Sequence[Case], heard: Sequence[Mapping[str, Any]]) -> list[Result]:
    """What is right in what was heard, word by word. Raises CannotBeHad."""
    pairs = [_even(case.utterance.text, one) for case, one in zip(cases, heard, strict=True)]
    asked = [[[t.text for t in side] for side in pair] for pair in pairs]
    found = run_beside(script_beside("wer.py"), asked, 300)["found"]
    results = []
    for case, one, (_, said), told in zip(cases, heard, pairs, found, strict=True):
        unsure = {n for n, word in enumerate(one["words"]) if word["unsure"]}
        wrong = {n for token, right in zip(said, told["right"], strict=True) if not right for n in token.of}
        marks = tuple((n not in wrong, n in unsure) for n in range(len(one["words"])))
        results.append(Result(case, told["errors"], told["words"], tuple(told["lost"]), marks))
    return results


def _even(text: str, one: Mapping[str, Any]) -> tuple[list[Token], list[Token]]:
    """What was said and what was heard, in one spelling."""
    words = [word["word"] for word in one["words"]] or one["text"].split()
    return alike(tokens(text.split()), tokens(words))


def rate(results: Sequence[Result]) -> float:
    """Errors to a word that was said."""
    return sum(r.errors for r in results) / sum(r.words for r in results)


def _errors(table: Table, sitting: Sitting, noise: str, results: Sequence[Result]) -> None:
    goal = ("<=", sitting.goals[noise]) if noise in sitting.goals else None
    table.add(f"{sitting.name}, {noise}", rate(results), "", goal, places=3)
    bounds = interval([r.case.utterance.id for r in results], lambda rows: rate([results[n] for n in rows]))
    voices = "; ".join(f"{voice} {rate([r for r in results if r.case.voice == voice]):.3f}" for voice in VOICES)
    table.say("  interval; by voice", f"{shown(bounds)}; {voices}")


def _doubts(table: Table, results: Sequence[Result]) -> None:
    """How well a recogniser's doubts tell which of the words that it wrote are wrong. A word that it left out can't be marked."""
    for says, some in (("all", results), (CLEAN, [r for r in results if r.case.noise == CLEAN])):
        marks = [mark for r in some for mark in r.marks]
        wrong, unsure = sum(not right for right, _ in marks), sum(doubt for _, doubt in marks)
        both = sum(doubt and not right for right, doubt in marks)
        figure = f"{both / max(1, unsure):.2f}; {both / max(1, wrong):.2f}; {(unsure - both) / max(1, len(marks) - wrong):.1%}"
        table.say(f"  unsure, {says}: of them wrong; of the wrong marked; of the right marked", figure)
        table.say("    words heard; wrong; unsure", f"{len(marks)}; {wrong}; {unsure}")


def _cost(table: Table, sitting: Sitting, told: Mapping[str, Any]) -> None:
    factors = [one["took_s"] / one["seconds"] for one in told["heard"]]
    whole = sum(one["took_s"] for one in told["heard"]) / sum(one["seconds"] for one in told["heard"])
    table.say("  real-time factor: whole; p50; p95", f"{whole:.3f}; {middle(factors):.3f}; {share(factors, 0.95):.3f}")
    if sitting.which == "pocketsphinx":
        table.add("  memory grown", told["grown_mb"], "MB")
    else:
        table.add("  memory grown", told["grown_mb"], "MB", ("<=", GROWN_GOAL_MB))
        figure = f"{told['loaded_mb']:.0f} MB; {told['peak_mb']:.0f} MB; {told['load_s']:.1f} s"
        table.say("  of it by loading; at its peak; loading took", figure)


def _together(table: Table, cases: Sequence[Case], heard: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The accurate recogniser's doubts with the fast one as a second opinion, as the product marks them."""
    both = (([HeardWord(**word) for word in one["words"]] for one in heard[name]) for name in _BOTH)
    marked = [doubted(words, other) for words, other in zip(*both, strict=True)]
    told = [{"text": "", "words": [word.model_dump() for word in words]} for words in marked]
    table.say("whisper base, primed, doubted too where moonshine hears otherwise", "")
    _doubts(table, compared(cases, told))


def _times(table: Table, cases: Sequence[Case], heard: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """How far moonshine's estimated times are from whisper's, for the words that both heard in clean speech."""
    both = (heard[name] for name in _BOTH)
    apart = [s for case, one, other in zip(cases, *both, strict=True) if case.noise == CLEAN for s in _apart(one["words"], other["words"])]
    table.say(
        f"start of a word, moonshine's estimate to whisper's, {len(apart)} words: p50; p90; most",
        f"{middle(apart):.2f}; {share(apart, 0.9):.2f}; {max(apart):.2f} s",
    )


def _apart(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    """Seconds between the starts of the same words."""
    first, second = ([" ".join(t.text for t in tokens([word["word"]])) for word in words] for words in (one, other))
    for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks():
        for n in range(block.size):
            starts = one[block.a + n]["start"], other[block.b + n]["start"]
            if None not in starts:
                yield abs(starts[0] - starts[1])
