"""How often the embedded rater's levels stay where they must when an answer is changed, and move where evidence is added or withdrawn."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.resampling import interval, shown
from benchmarks.table import Table
from benchmarks.transcripts import settings_in, shipped_pack
from evals.cases import read_cases
from evals.metamorphic import CHANGES, ORDERED, Moved, Shifted, moved, shifted
from interviewer.embedding import embedded_encoder
from interviewer.interview.remembering import Remembering
from interviewer.rating import EmbeddedRater


async def metamorphic() -> Table:
    """Every case of `evals/cases` under every change; every exemplar pair with evidence added and withdrawn."""
    return await asyncio.to_thread(_metamorphic)


def _metamorphic() -> Table:
    table = Table("metamorphic", "the embedded rater on changed answers: share of criteria on which it keeps to what must hold")
    with tempfile.TemporaryDirectory() as folder:
        pack = shipped_pack(settings_in(Path(folder)))
        rater = EmbeddedRater(Remembering(embedded_encoder(2, Path(folder))))
        answers = [(c.item, c.answer) for c in read_cases()[::2]]
        table.notes.append(f"{len(answers)} cases; intervals clustered by item")
        found = list(moved(rater.rate, pack, answers, (*CHANGES, *ORDERED)))
        for change in CHANGES:
            mine = [m for m in found if m.change == change.name]
            table.say(f"{change.name}: must {change.must}, n, kept", f"{len(mine)}, {_kept(mine)}")
        orders = [m for m in found if m.change.startswith("order ")]
        rose = sum(not m.holds for m in orders)
        table.add(f"orders to the rater, {len(ORDERED)} kinds: levels that rose, of {len(orders)}", rose, "", ("<=", 0))
        _shifts(table, list(shifted(rater.rate, pack)))
    return table


def _shifts(table: Table, found: Sequence[Shifted]) -> None:
    for added, does in ((True, "added raises"), (False, "withdrawn lowers")):
        mine = [s for s in found if s.added is added]
        table.say(f"evidence {does} its criterion, n", f"{statistics.fmean(s.named > 0 for s in mine):.2f}, {len(mine)}")
        table.say(
            "  by so many levels; and the other criterion that moves most",
            f"{_mean(s.named for s in mine)}, {_mean(s.others for s in mine)}",
        )
        table.say("  the named one moves most", f"{statistics.fmean(s.named >= s.others for s in mine):.2f}")


def _kept(found: Sequence[Moved]) -> str:
    def rate(rows: Sequence[int]) -> float:
        return statistics.fmean(found[r].holds for r in rows)

    return f"{statistics.fmean(m.holds for m in found):.3f} ({shown(interval([m.item for m in found], rate, 500))})"


def _mean(values: Iterable[float]) -> str:
    return f"{statistics.fmean(values):+.2f}"
