"""How far two readers agree on the exemplars, before and after anchors were mended: what a rater can be measured against at most."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.resampling import interval, shown
from benchmarks.table import Table
from benchmarks.transcripts import settings_in, shipped_pack
from interviewer.domain import Pack

LEAST = 0.60  # quadratic weighted kappa of the first round


class Pair(NamedTuple):
    """What two readers gave one answer on one criterion; None where one could not tell."""

    item: str
    intended: str
    one: int | None
    other: int | None


async def agreement() -> Table:
    """Read from the pack; nothing is rated here."""
    with tempfile.TemporaryDirectory() as folder:
        return await asyncio.to_thread(_agreement, shipped_pack(settings_in(Path(folder))))


def _agreement(pack: Pack) -> Table:
    table = Table("agreement", "two readers of each exemplar, on the levels of each criterion")
    who = sorted({r.by for e in pack.exemplars for r in e.ratings})
    table.notes.append(f"readers: {', '.join(who)}; the pack's CARD.md says what that is worth")
    table.notes.append("QWK: quadratic weighted kappa; intervals: 95 %, bootstrap over items")
    first, last = pairs_of(pack, 1), pairs_of(pack, None)
    if not first:
        table.say("not measured", "no exemplar has two ratings")
        return table
    for name, pairs in (("first round", first), ("last round", last)):
        told = [p for p in pairs if p.one is not None and p.other is not None]
        table.say(f"{name}: items, answers x criteria, unrated", f"{len({p.item for p in pairs})}, {len(pairs)}, {len(pairs) - len(told)}")
        kappa = _on(told, qwk)
        table.add(f"{name}: QWK", kappa, "", (">=", LEAST) if name == "first round" else None, places=2)
        table.say("  interval", shown(interval([p.item for p in told], partial(_of_rows, told))))
        for band in ("weak", "middling", "strong"):
            of_band = [p for p in told if p.intended == band]
            if of_band:
                levels = np.array([(p.one, p.other) for p in of_band], float)
                table.say(f"  {band}: QWK, mean level, n", f"{_on(of_band, qwk):.2f}, {levels.mean():.2f}, {len(of_band)}")
        gaps = [abs((p.one or 0) - (p.other or 0)) for p in told]
        shares = [sum(g == 0 for g in gaps), sum(g <= 1 for g in gaps)]
        table.say("  the same level; at most one apart", "; ".join(f"{n / len(gaps):.0%}" for n in shares))
        table.say("  two levels apart or more", f"{sum(g >= 2 for g in gaps)} of {len(gaps)}")
    return table


def pairs_of(pack: Pack, round: int | None) -> list[Pair]:
    """The pairs of a round; of each criterion's last round where none is named."""
    found = []
    for exemplar in pack.exemplars:
        for criterion in pack.item(exemplar.item).criteria:
            levels = exemplar.given(criterion.id, round)
            if len(levels) == 2:
                found.append(Pair(exemplar.item, exemplar.intended, *levels))
    return found


def qwk(one: Sequence[int], other: Sequence[int], top: int = 5) -> float:
    """Cohen's kappa with quadratic weights of two sequences of levels 1 to `top`; nan where both always give one same level."""
    a, b = np.array(one) - 1, np.array(other) - 1
    seen = np.zeros((top, top))
    np.add.at(seen, (a, b), 1)
    by_chance = np.outer(seen.sum(1), seen.sum(0)) / max(1, len(a))
    weights = np.subtract.outer(np.arange(top), np.arange(top)) ** 2
    expected = float((weights * by_chance).sum())
    return 1 - float((weights * seen).sum()) / expected if expected else float("nan")


def _of_rows(pairs: Sequence[Pair], rows: Sequence[int]) -> float:
    return _on([pairs[r] for r in rows], qwk)


def _on(pairs: Sequence[Pair], measure: Callable[[Sequence[int], Sequence[int]], float]) -> float:
    """A measure on pairs that are both rated, each pair taken both ways: which reader is the first one means nothing."""
    ones, others = [p.one or 0 for p in pairs], [p.other or 0 for p in pairs]
    return measure([*ones, *others], [*others, *ones])
