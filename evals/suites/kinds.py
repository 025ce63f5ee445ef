"""What a suite is: jobs that generate outputs, and scorers that read rows off stored outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from evals.bench import Bench
from evals.values import Metric, Output, Row
from interviewer.domain import Item, ItemRating, Pack, Rating

Made = Mapping[str, Any]
Scorer = Callable[[Sequence[Output], Pack], Iterator[Row]]


class Job(NamedTuple):
    """One case to run: its key within the suite, its cluster (an item, mostly), and the work."""

    key: str
    cluster: str
    make: Callable[[], Awaitable[Made]]


class Suite(NamedTuple):
    """Jobs and a scorer under a name. `repeats` says that a model speaks in it, so that another draw may come out otherwise."""

    name: str
    says: str
    jobs: Callable[[Bench], Iterable[Job]]
    rows: Scorer
    metrics: tuple[Metric, ...]
    repeats: bool = False


def threaded(work: Callable[[], Made]) -> Callable[[], Awaitable[Made]]:
    """Work that thinks, off the event loop."""
    return lambda: asyncio.to_thread(work)


def rating_made(rating: ItemRating) -> dict[str, object]:
    """An item's ratings as plain JSON, by criterion."""
    return {r.criterion: r.model_dump(mode="json") for r in rating.ratings}


def criteria_made(item: Item) -> list[dict[str, str]]:
    """An item's criteria as plain JSON."""
    return [{"id": c.id, "name": c.title} for c in item.criteria]


def ratings_in(made: Made) -> tuple[Rating, ...]:
    """The ratings that `rating_made` wrote."""
    return tuple(Rating.model_validate(r) for r in made.values())


def share(holds: bool) -> float:
    """Whether something holds, as a value."""
    return 1.0 if holds else 0.0
