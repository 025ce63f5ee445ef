"""Ratings of answers with reference levels: agreement, order, evidence, planted mistakes, and the feedback that is composed from them."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from evals.bench import Bench
from evals.cases import Planted, read_cases, read_marked, references
from evals.suites.kinds import Job, Made, Suite, criteria_made, rating_made, ratings_in, share
from evals.suites.telling import feedback_metrics, feedback_rows
from evals.values import Metric, Output, Row
from interviewer.domain import Examples, Item, Pack, Rating, Turn
from interviewer.feedback import ItemHeard, compose
from interviewer.rating import ModelRater, likely_levels, scorecard

WITH_MODEL = 10  # every tenth case is rated by the model too, whole: more would be more to record whenever a prompt changes
_WORD = re.compile(r"\w+")


class Told(NamedTuple):
    """An answer to rate, with its reference levels by criterion, and what was planted in it."""

    id: str
    kind: str
    item: Item
    answer: str
    references: Mapping[str, float]
    planted: Planted | None = None
    by_model: bool = False


def answers_of(pack: Pack) -> list[Told]:
    """The cases and the exemplars, item by item."""
    cases = read_cases()
    found = [Told(c.id, "cases", pack.item(c.item), c.answer, references(c), c.planted, n % WITH_MODEL == 0) for n, c in enumerate(cases)]
    found += [Told(e.id, "exemplars", pack.item(e.item), e.answer, references(e)) for e in pack.exemplars]
    return sorted(found, key=lambda t: (t.item.id, t.id))


def jobs(bench: Bench) -> Iterable[Job]:
    """Each answer rated by the embedded rater, and some by the model."""
    by_model = bench.model_rater("ratings")
    for told in answers_of(bench.pack):
        yield Job(f"{told.kind}:{told.id}", told.item.id, lambda told=told: _made(bench, told, by_model))  # type: ignore[misc]


async def _made(bench: Bench, told: Told, by_model: ModelRater | None) -> Made:
    turns = (Turn(question=told.item.question, answer=told.answer),)
    made = await asyncio.to_thread(_embedded, bench, told, turns)
    if by_model and told.by_model:
        judged = await by_model.judge(told.item, turns, interview=None)
        made["ratings"]["model"] = rating_made(judged.rating)
        made["mistakes"]["model"] = None if judged.mistakes is None else [m.model_dump(mode="json") for m in judged.mistakes]
    return made


def _embedded(bench: Bench, told: Told, turns: tuple[Turn, ...]) -> dict[str, Any]:
    rater, item = bench.embedded, told.item
    rater.read([item])  # the whole rubric at once takes less time than text by text
    rating, missing, mistakes = rater.rate(item, turns), rater.missing_points(item, turns), rater.mistakes(item, turns)
    likely = likely_levels(item, rating)
    heard = ItemHeard(item=item, turns=turns, ratings=rating, likely=likely, missing=missing, mistakes=mistakes, mistakes_by="embedded")
    card = scorecard([rating], {item.id: item}, bench.pack.competencies)
    return {
        "kind": told.kind,
        "item": item.id,
        "question": item.question,
        "turns": [t.model_dump(mode="json") for t in turns],
        "criteria": criteria_made(item),
        "references": dict(told.references),
        "planted": told.planted.model_dump(mode="json") if told.planted else None,
        "ratings": {"embedded": rating_made(rating)},
        "by_anchors": rating_made(rater.rate(_bare(item), turns)) if told.kind == "exemplars" else {},
        "mistakes": {"embedded": [m.model_dump(mode="json") for m in mistakes]},
        "missing": missing,
        "feedback": compose(card, [heard], bench.pack).model_dump(mode="json"),
    }


def _bare(item: Item) -> Item:
    """The item with nothing in its rubric but anchors."""
    bare = tuple(c.model_copy(update={"key_points": (), "examples": Examples()}) for c in item.criteria)
    return item.model_copy(update={"criteria": bare})


# --------------------------------------------------------------------------- scorers


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """Every row that can be read off the ratings."""
    for output in outputs:
        for rater, made in output.made["ratings"].items():
            found = ratings_in(made)
            yield from _agreement(output, rater, found)
            yield from evidence_rows(output, rater, found, _answers(output), pack.item(output.cluster))
        yield from likely_rows(output, output.made["feedback"]["items"][0], output.made["references"], f"likely.{output.made['kind']}")
        yield from mistake_rows(output)
        yield from feedback_rows(output, pack)
    yield from quote_rows(outputs)
    yield from _order(outputs, "order.embedded", lambda o: o.made["ratings"]["embedded"])
    yield from _order(outputs, "order.anchors", lambda o: o.made["by_anchors"])


def _agreement(output: Output, rater: str, found: Iterable[Rating]) -> Iterator[Row]:
    """The expected level of each criterion beside the readers' mean."""
    told = output.made["references"]
    measure = f"agreement.{rater}.{output.made['kind']}"
    for r in found:
        if r.criterion in told:
            yield Row(
                measure=measure,
                case=f"{_id(output)}/{r.criterion}",
                cluster=output.cluster,
                value=r.worth,
                reference=told[r.criterion],
                why=r.reason or "",
                at=output.key,
            )


def likely_rows(output: Output, told: Made, references: Mapping[str, float], measure: str) -> Iterator[Row]:
    """Whether the levels that the feedback on an item calls likely, the embedded rater's, hold the readers' level."""
    for c in told["criteria"]:
        likely = c["likely"] or (c["second"] or {}).get("likely")
        reference = references.get(c["criterion"])
        if likely and reference is not None:
            low, high = likely
            case = f"{_id(output)}/{told['item_id']}/{c['criterion']}"
            why = "" if low <= reference <= high else f"likely {low} to {high}, readers gave {reference:g}"
            yield Row(measure=measure, case=case, cluster=told["item_id"], value=share(not why), why=why, at=output.key)


def quote_rows(outputs: Sequence[Output]) -> Iterator[Row]:
    """Whether the first quote of a level above the lowest is among the sentences that a blind reader marked as deciding the criterion:
    of all, and of those that are not called nearest words."""
    marked = {(f"cases:{m.case}", m.criterion): m.marked for m in read_marked()}
    for output in outputs:
        for r in ratings_in(output.made["ratings"]["embedded"]):
            said = marked.get((_id(output), r.criterion))
            if said is not None and (r.level or 0) > 1 and r.evidence:
                quote, case = r.evidence[0].quote, f"{_id(output).removeprefix('cases:')}/{r.criterion}"
                right = any(_overlaps(quote, s) for s in said)
                why = "" if right else f"“{quote[:80]}” is not marked"
                for measure in ("quotes.all",) if r.beside else ("quotes.all", "quotes.plain"):
                    yield Row(measure=measure, case=case, cluster=output.cluster, value=share(right), why=why, at=output.key)


def evidence_rows(output: Output, rater: str, found: Iterable[Rating], answers: Sequence[str], item: Item) -> Iterator[Row]:
    """For each level above the lowest: whether it has a quote, and each of its quotes stands in the answer in four words or more."""
    for r in found:
        if r.level is not None and r.level > 1:
            faults = [f for e in r.evidence if (f := _fault(e.quote, e.turn, answers))] or ([] if r.evidence else ["no evidence"])
            yield Row(
                measure=f"evidence.{rater}",
                case=f"{_id(output)}/{item.id}/{r.criterion}",
                cluster=output.cluster,
                value=share(not faults),
                why="; ".join(faults),
                at=output.key,
            )


def _fault(quote: str, turn: int, answers: Sequence[str]) -> str | None:
    """Why a quote does not stand in its turn; its own reading of "stands in", so that a fault in the product's does not hide itself."""
    wanted = [w.casefold() for w in _WORD.findall(quote)]
    said = [w.casefold() for w in _WORD.findall(answers[turn])] if turn < len(answers) else []
    if not any(said[i : i + len(wanted)] == wanted for i in range(len(said) - len(wanted) + 1)):
        return f"nobody said “{quote[:80]}”"
    return None if len(wanted) >= min(4, len(said)) else f"“{quote}” is shorter than four words"


def mistake_rows(output: Output, prefix: str = "") -> Iterator[Row]:
    """Whether the planted mistake is named with the right words; and for every answer whether no other one is named."""
    planted = output.made["planted"]
    for rater, found in output.made["mistakes"].items():
        named = {m["says"]: m["evidence"]["quote"] for m in found or ()}
        measure, cluster, case, at = prefix or f"mistakes.{rater}", output.cluster, _id(output), output.key
        if found is None:
            yield Row(measure=f"{measure}.named", case=case, cluster=cluster, value=None, why="the model could not be had", at=at)
            continue
        if planted:
            quote = named.pop(planted["mistake"], None)
            right = quote is not None and _overlaps(quote, planted["quote"])
            yield Row(measure=f"{measure}.named", case=case, cluster=cluster, value=share(right), at=at)
        yield Row(measure=f"{measure}.others", case=case, cluster=cluster, value=share(not named), why="; ".join(named), at=at)


def _overlaps(one: str, other: str) -> bool:
    """Whether most words of the shorter one stand in the longer one: a sentence may have been cut otherwise."""
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(a & b) > 0.6 * min(len(a), len(b))


def _order(outputs: Sequence[Output], measure: str, rated: Callable[[Output], Made]) -> Iterator[Row]:
    """Pairs of exemplars of one item whose readers differ by a level and more: is the higher one rated higher?"""
    by_item: dict[str, list[Output]] = defaultdict(list)
    for output in sorted(outputs, key=lambda o: o.key):
        if output.made["kind"] == "exemplars":
            by_item[output.cluster].append(output)
    for item, of_item in by_item.items():
        for one, other in combinations(of_item, 2):
            levels, worths = (_levels(one), _levels(other)), (_worths(rated(one)), _worths(rated(other)))
            for criterion in sorted(levels[0].keys() & levels[1].keys()):
                gap = levels[0][criterion] - levels[1][criterion]
                if abs(gap) >= 1:
                    a, b = worths[0][criterion], worths[1][criterion]
                    right = None if a is None or b is None else share((a - b) * gap > 0)
                    case = f"{_id(one)}>{_id(other)}/{criterion}"
                    why = "unrated" if right is None else ""
                    yield Row(measure=measure, case=case, cluster=item, value=right, why=why, at=one.key)


def _levels(output: Output) -> Mapping[str, float]:
    told: Mapping[str, float] = output.made["references"]
    return told


def _worths(made: Made) -> dict[str, float | None]:
    return {r.criterion: r.worth for r in ratings_in(made)}


def _answers(output: Output) -> list[str]:
    return [t["answer"] or "" for t in output.made["turns"]]


def _id(output: Output) -> str:
    return output.key.partition(":")[2]


def evidence_metric(whose: str) -> Metric:
    """The metric over what `evidence_rows` gives."""
    measure, says = f"evidence.{whose}", "each level above the lowest rests on words that stand in the answer"
    return Metric(id=measure, measure=measure, says=says, margin=0.0, by_model=not whose.startswith("embedded"), no_exception=True)


def likely_metric(kind: str, says: str) -> Metric:
    """The metric over what `likely_rows` gives; four in five is what the feedback says."""
    return Metric(id=f"likely.{kind}", measure=f"likely.{kind}", says=says, margin=0.05)


def _metrics() -> Iterator[Metric]:
    for rater, kind, says in (
        ("embedded", "cases", "the embedded rater on answers with uneven profiles"),
        ("embedded", "exemplars", "the embedded rater on the pack's exemplars, which it was fitted to"),
        ("model", "cases", "the model rater on answers with uneven profiles"),
    ):
        measure, by_model = f"agreement.{rater}.{kind}", rater == "model"
        for statistic, margin, better in (("qwk", 0.05, "higher"), ("exact", 0.05, "higher"), ("bias", 0.10, "zero")):
            yield Metric.model_validate(
                {
                    "id": f"{measure}.{statistic}",
                    "measure": measure,
                    "says": says,
                    "statistic": statistic,
                    "margin": margin,
                    "better": better,
                    "by_model": by_model,
                }
            )
    for kind, says in (("cases", "answers with uneven profiles"), ("exemplars", "the pack's exemplars")):
        yield likely_metric(kind, f"the levels called likely hold the readers' level on {says}")
    yield Metric(id="order.embedded", measure="order.embedded", says="a better exemplar is rated above a worse one", margin=0.02)
    says = "a better exemplar is rated above a worse one by the anchors alone"
    yield Metric(id="order.anchors", measure="order.anchors", says=says, margin=0.05)
    for which, says in (("all", "first quotes of the embedded rater"), ("plain", "those that it does not call nearest words")):
        says += " are among what a blind reader marked as deciding the criterion"
        yield Metric(id=f"quotes.{which}", measure=f"quotes.{which}", says=says, margin=0.05)
    for rater in ("embedded", "model"):
        yield evidence_metric(rater)
        named = f"mistakes.{rater}.named"
        yield Metric(id=named, measure=named, says="planted mistakes named with the right words", margin=0.05, by_model=rater == "model")
        others = f"mistakes.{rater}.others"
        yield Metric(id=others, measure=others, says="no mistake named that was not planted", margin=0.05, by_model=rater == "model")
    yield from feedback_metrics()


SUITE = Suite("ratings", "answers with reference levels", jobs, rows, tuple(_metrics()), repeats=True)
