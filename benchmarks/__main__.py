"""Print the tables that are named, or all of them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine

from benchmarks.agreement import agreement
from benchmarks.ending import ending
from benchmarks.evals_speed import evals_speed
from benchmarks.gate import gate
from benchmarks.hearing import hearing
from benchmarks.metamorphic import metamorphic
from benchmarks.rater import rater
from benchmarks.retrieval import retrieval
from benchmarks.sitting import page_turn
from benchmarks.speaking import speaking
from benchmarks.starting import memory, start
from benchmarks.streams import first_token, streams
from benchmarks.table import Machine, Table
from benchmarks.turns import store, turn

TABLES: dict[str, Callable[[], Coroutine[None, None, Table]]] = {
    "turn": turn,
    "page_turn": page_turn,
    "store": store,
    "first_token": first_token,
    "streams": streams,
    "start": start,
    "memory": memory,
    "rater": rater,
    "metamorphic": metamorphic,
    "gate": gate,
    "agreement": agreement,
    "retrieval": retrieval,
    "evals_speed": evals_speed,
    "ending": ending,
    "hearing": hearing,
    "speaking": speaking,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which tables: {', '.join(TABLES)} (all)")
    names = parser.parse_args().names
    if unknown := [n for n in names if n not in TABLES]:
        parser.error(f"there is no table {unknown[0]!r}; choose from {', '.join(TABLES)}")
    for name in names or TABLES:
        machine = Machine()
        table = asyncio.run(TABLES[name]())
        print(f"{table.told()}\n  {machine.told()}\n", flush=True)


if __name__ == "__main__":
    main()
