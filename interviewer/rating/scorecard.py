"""From ratings to a scorecard: plain sums that skip what is unrated and say so."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from interviewer.domain import Competency, CompetencyScore, Criterion, Item, ItemRating, Rating, Scorecard
from interviewer.errors import DeveloperError

LEVELS = 5  # averages hold only ratings on a scale of so many levels
SHOWN = 60  # characters of a question that name it in a sentence


class _Counted(NamedTuple):
    """One rating that a total counts, or would count if it were rated."""

    competency: str | None
    worth: float | None


def scorecard(
    ratings: Sequence[ItemRating],
    items: Mapping[str, Item],
    competencies: Sequence[Competency],
    *,
    without: Mapping[str, str] | None = None,
) -> Scorecard:
    """All ratings added up by competency, in the order of `competencies`; those that no criterion asked for are not there.

    `without` are the items that have no rating, by id, each with the reason as the end of a sentence ("was skipped").
    A mean is None where less than half of its criteria is rated. Raises DeveloperError where an item is rated twice.
    """
    ids = [r.item_id for r in ratings]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise DeveloperError(f"item {twice[0]!r} is rated twice in one scorecard: hand over one rater's ratings of it")
    known = {c.id for c in competencies}
    counted = [c for r in ratings for c in _counted(r, items, known)]
    scores = tuple(s for c in competencies if (s := _score(c.id, [x for x in counted if x.competency == c.id])).of)
    rated = sum(c.worth is not None for c in counted)
    return Scorecard(
        items=tuple(ratings),
        competencies=scores,
        overall=_mean(counted),
        rated=rated,
        of=len(counted),
        left_out=(
            *(sentence for r in ratings for sentence in _left_out(r, items, known)),
            *(f"{_named(items[i])} {why}, and counts in no average." for i, why in (without or {}).items()),
        ),
    )


def _score(competency: str, counted: Sequence[_Counted]) -> CompetencyScore:
    rated = sum(c.worth is not None for c in counted)
    return CompetencyScore(competency=competency, mean=_mean(counted), rated=rated, of=len(counted))


def _mean(counted: Sequence[_Counted]) -> float | None:
    """The mean worth of what is rated; None where that is less than half."""
    worths = [c.worth for c in counted if c.worth is not None]
    return statistics.fmean(worths) if worths and 2 * len(worths) >= len(counted) else None


def _counted(rating: ItemRating, items: Mapping[str, Item], known: set[str]) -> Iterator[_Counted]:
    """The ratings of an item that totals count; none where the item is unknown or its scale another, or where a criterion is gone."""
    item = items.get(rating.item_id)
    if item and item.top == LEVELS:
        for one in rating.ratings:
            if criterion := _criterion(item, one):
                yield _Counted(_competency(item, criterion, known), one.worth)


def _criterion(item: Item, rating: Rating) -> Criterion | None:
    return next((c for c in item.criteria if c.id == rating.criterion), None)


def _competency(item: Item, criterion: Criterion, known: set[str]) -> str | None:
    """The competency that a criterion counts for: its own, else the item's only one, if the pack has it."""
    found = criterion.competency or (item.competencies[0] if len(item.competencies) == 1 else None)
    return found if found in known else None


def _left_out(rating: ItemRating, items: Mapping[str, Item], known: set[str]) -> Iterator[str]:
    """A sentence for each thing about an item that a total leaves out, with why."""
    item = items.get(rating.item_id)
    if item is None:
        yield f"Item {rating.item_id!r} is left out: it is no longer in the pack."
        return
    where = _named(item)
    if item.top != LEVELS:
        yield f"{where} is left out of all averages: its scale has {item.top} levels, and averages are over {LEVELS}."
    there = [one for one in rating.ratings if _criterion(item, one)]
    yield from (
        f'"{one.criterion}" in {where} is left out: the question no longer asks for it.' for one in rating.ratings if one not in there
    )
    rating = rating.model_copy(update={"ratings": tuple(there)})
    reasons = {one.reason for one in rating.ratings if one.worth is None}
    if len(reasons) == 1 and all(one.worth is None for one in rating.ratings):
        yield f"{where} is unrated on all its criteria: {_ended(reasons.pop())}"
        return
    yield from (f"{_title(item, one)} in {where} is unrated: {_ended(one.reason)}" for one in rating.ratings if one.worth is None)
    loose = [one for one in rating.ratings if item.top == LEVELS and one.worth is not None]
    for one in loose:
        if (criterion := _criterion(item, one)) and _competency(item, criterion, known) is None:
            yield f"{_title(item, one)} in {where} counts for no competency: it counts in the overall mean alone."


def _named(item: Item) -> str:
    """The item by the beginning of its question, in quotation marks."""
    text = " ".join(item.question.split())
    return f'"{text}"' if len(text) <= SHOWN else f'"{text[:SHOWN].rsplit(" ", 1)[0]} \u2026"'


def _title(item: Item, rating: Rating) -> str:
    criterion = _criterion(item, rating)
    return f'"{criterion.title if criterion else rating.criterion}"'


def _ended(reason: str | None) -> str:
    """A reason as the end of a sentence."""
    text = (reason or "no reason was given").strip()
    return text if text[-1:] in ".!?" else text + "."
