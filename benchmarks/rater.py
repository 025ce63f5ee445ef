"""How the embedded rater does: on the pack's exemplars, and on human-graded answers where a folder of them is given."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Table, middle, share
from benchmarks.transcripts import answers_of, settings_in, shipped_pack
from interviewer.domain import Criterion, Item, Rating, Turn
from interviewer.embedding import embedded_encoder
from interviewer.rating import EmbeddedRater

GRADED = "GRADED_DATA"
SETS = {"saf_en_train.jsonl": "Short Answer Feedback, networks course"}


async def rater() -> Table:
    """No fitting here: the constants are the shipped ones."""
    return await asyncio.to_thread(_rater)


def _rater() -> Table:
    table = Table("rater", "the embedded rater with its shipped constants")
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        judge = EmbeddedRater(embedded_encoder(2, Path(folder)))
        pack = shipped_pack(settings)
        table.notes.append("exemplars: written to a level, and the examples and anchors heads were fitted to them (in sample)")
        by_intent: dict[str, list[Rating]] = defaultdict(list)
        pairs: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for exemplar in pack.exemplars:
            item = pack.item(exemplar.item)
            for rating in judge.rate(item, [Turn(question=item.question, answer=exemplar.answer)]).ratings:
                by_intent[exemplar.intended].append(rating)
                if rating.expected is not None:
                    pairs[item.id, rating.criterion][exemplar.intended] = rating.expected
        for intended, ratings in sorted(by_intent.items()):
            table.say(
                f"{intended}: mean expected level, n",
                f"{statistics.fmean(r.expected or 0 for r in ratings if r.level):.2f}, {len(ratings)}",
            )
        unrated = [r for ratings in by_intent.values() for r in ratings if r.level is None]
        table.add("unrated of substantial answers", len(unrated) / sum(map(len, by_intent.values())), "", ("<=", 0.1), places=2)
        both = [p for p in pairs.values() if {"weak", "strong"} <= p.keys()]
        table.say("weak below strong, criteria", f"{sum(p['weak'] < p['strong'] for p in both)} of {len(both)}")
        answers, item = answers_of(pack), pack.items[0]
        times = [_seconds(judge, item, next(answers)) for _ in range(60)]
        table.add("coverage of a 150-word answer, p50", 1000 * middle(times), "ms")
        table.add("coverage of a 150-word answer, p95", 1000 * share(times, 0.95), "ms")
        _graded(table, judge)
    return table


def _seconds(judge: EmbeddedRater, item: Item, answer: str) -> float:
    began = time.perf_counter()
    judge.coverage(item, [Turn(question=item.question, answer=answer)])
    return time.perf_counter() - began


def _graded(table: Table, judge: EmbeddedRater) -> None:
    """Correlation with people's scores, pooled and within question; the reference head saw these sets when it was fitted."""
    folder = os.environ.get(GRADED)
    for name, told in SETS.items():
        path = Path(folder) / name if folder else None
        if path is None or not path.is_file():
            table.say(told, f"not measured: set {GRADED} to a folder that holds {name}")
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        scored = [(r["question_id"], r["score"] / r["max_score"], v) for r in rows if (v := _value(judge, r)) is not None]
        table.say(f"{told}: answers, unrated", f"{len(rows)}, {len(rows) - len(scored)}")
        table.say(f"{told}: r pooled", f"{statistics.correlation([s for _, s, _ in scored], [v for _, _, v in scored]):.3f}")
        within = list(_within(scored))
        table.say(f"{told}: r within question, mean of {len(within)}", f"{statistics.fmean(within):.3f}")
        table.notes.append(f"{told}: in sample for the reference head's three constants; floor .12 (TF-IDF), humans .60 elsewhere")


def _value(judge: EmbeddedRater, row: Mapping[str, Any]) -> float | None:
    item = Item(id="graded", question=row["question"], criteria=(Criterion(id="right", reference=row["reference"]),))
    return judge.rate(item, [Turn(question=row["question"], answer=row["answer"])]).ratings[0].expected


def _within(scored: Sequence[tuple[str, float, float]]) -> Iterator[float]:
    """The correlation within each question whose scores and values both vary."""
    by_question: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for question, score, value in scored:
        by_question[question].append((score, value))
    for pairs in by_question.values():
        scores, values = [s for s, _ in pairs], [v for _, v in pairs]
        if len(pairs) > 2 and len(set(scores)) > 1 and len(set(values)) > 1:
            yield statistics.correlation(scores, values)
