"""How often the evals' gate cries wolf, and how often it catches the drop that it says it would, on the committed baseline."""

from __future__ import annotations

import asyncio
import math
import statistics

from benchmarks.table import Table
from evals.gate import compare
from evals.judging import metrics_of
from evals.keeping import baseline
from evals.simulated import KEPT, Drop, caught, false_alarms, reran
from evals.suites import SUITES

RERUNS = 300
DROPS = 100
WOLF = 0.07  # of reruns that are as good, at most
TRIED = (
    "agreement.embedded.cases.qwk",
    "agreement.embedded.cases.bias",
    "order.embedded",
    "changed.adds-nothing",
    "retrieval.recall",
)


async def gate() -> Table:
    """Reruns of equal quality and reruns with a drop, both drawn from the baseline's own cases."""
    return await asyncio.to_thread(_gate)


def _gate() -> Table:
    table = Table("gate", "the evals' gate on simulated reruns of its baseline")
    stored = baseline()
    if stored is None:
        table.say("not measured", "there is no baseline: python -m evals run --as-baseline")
        return table
    metrics = [m for m in metrics_of(SUITES, stored.rows) if m.decides]
    table.notes.append(f"{len(metrics)} metrics; in a rerun each case keeps its value with probability .8, else has another case's")
    table.add(f"any metric fails, of {RERUNS} reruns as good", false_alarms(metrics, stored.rows, RERUNS), "", ("<=", WOLF), places=3)
    for says, kept, now in (("replay", 1.0, [stored.rows]), ("model drawn anew", KEPT, [reran(stored.rows, seed) for seed in range(3)])):
        printed = [{line.metric.id: line.least or math.nan for line in compare(metrics, rows, stored.rows)} for rows in now]
        for name in TRIED:
            least = statistics.median(p[name] for p in printed)
            if not math.isnan(least):
                share = caught(metrics, stored.rows, Drop(name, least, kept), DROPS)
                table.say(f"{says}: caught, of {DROPS} in which {name} is {least:.3f} lower", f"{share:.2f} (says .80)")
    return table
