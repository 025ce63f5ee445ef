"""How well questions as candidates put them find the right note: the library as it ships, plain BM25 and plain dense."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np
import yaml

from benchmarks.resampling import interval, shown
from benchmarks.table import Table
from benchmarks.transcripts import settings_in, shipped_pack
from interviewer.domain import Pack
from interviewer.embedding import Encoder, embedded_encoder
from interviewer.library import Library

QUESTIONS = Path(__file__).parent / "questions.yaml"
FIRST = 3
GOAL = 0.85
Ranked = Callable[[str], Sequence[str]]  # the ids of notes for a question, best first


async def retrieval() -> Table:
    """Three questions for each note; each is asked of all notes."""
    with tempfile.TemporaryDirectory() as folder:
        return await asyncio.to_thread(_retrieval, Path(folder))


def _retrieval(folder: Path) -> Table:
    pack = shipped_pack(settings_in(folder))
    told = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    asked = [(note, question) for note, questions in told["questions"].items() for question in questions]
    encoder = embedded_encoder(2, folder)
    table = Table("retrieval", f"{len(asked)} questions on {len(told['questions'])} notes, each asked of all {len(pack.notes)}")
    table.notes.append(f"questions by {told['author']}; intervals: 95 %, bootstrap over notes")
    library = Library.open(folder / "index", encoder, [pack])
    ways = {"as it ships": _shipped(library, pack), "plain BM25": _by_words(pack), "plain dense": _dense(pack, encoder)}
    of_way = {}
    for name, ranked in ways.items():
        places = [_place(ranked(question), note) for note, question in asked]
        notes = [note for note, _ in asked]
        of_way[name] = recall = [float(p is not None and p <= FIRST) for p in places]
        mrr = [1 / p if p else 0.0 for p in places]
        table.add(f"{name}: recall@{FIRST}", statistics.fmean(recall), "", (">=", GOAL) if name == "as it ships" else None, places=3)
        table.say("  interval", shown(interval(notes, _mean_of(recall))))
        table.add("  MRR", statistics.fmean(mrr), "", places=3)
        table.say("  interval", shown(interval(notes, _mean_of(mrr))))
        if name != "as it ships":
            gain = [a - b for a, b in zip(of_way["as it ships"], recall, strict=True)]
            table.add(f"  recall@{FIRST}, as it ships less this", statistics.fmean(gain), "", (">=", 0), places=3)
            table.say("  interval", shown(interval(notes, _mean_of(gain))))
    library.close()
    return table


def _mean_of(values: Sequence[float]) -> Callable[[Sequence[int]], float]:
    return lambda rows: float(np.mean([values[r] for r in rows]))


def _place(ranked: Sequence[str], note: str) -> int | None:
    return ranked.index(note) + 1 if note in ranked else None


def _shipped(library: Library, pack: Pack) -> Ranked:
    """The notes of the nearest passages, as feedback and search find them."""
    every = library.counts()["passages"]
    return lambda question: list(dict.fromkeys(p.note for p in library.passages(pack.id, question, every)))


def _by_words(pack: Pack) -> Ranked:
    """BM25 over whole notes, with the library's usual settings and English stop words."""
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize([f"{n.title}\n{n.text}" for n in pack.notes], stopwords="en", show_progress=False), show_progress=False)

    def ranked(question: str) -> Sequence[str]:
        (tokens,) = bm25s.tokenize(question, stopwords="en", show_progress=False, return_ids=False)
        scores = retriever.get_scores(tokens)
        return [pack.notes[n].id for n in np.argsort(-scores, kind="stable") if scores[n] > 0]

    return ranked


def _dense(pack: Pack, encoder: Encoder) -> Ranked:
    """The cosine of the question and of each note's title with its first 256 tokens."""
    vectors = encoder.encode_known([f"{n.title}\n{n.text}" for n in pack.notes])

    def ranked(question: str) -> Sequence[str]:
        return [pack.notes[n].id for n in np.argsort(-(vectors @ encoder.encode([question])[0]), kind="stable")]

    return ranked
