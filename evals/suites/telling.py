"""Feedback against the ratings that it is drawn from: the same levels, the right descriptions, sums that add up, claims borne out."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.suites.kinds import share
from evals.values import Metric, Output, Row
from interviewer.domain import Item, Pack

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_BELOW = re.compile(r"\bwhat level (\d) describes")
_SHORT = 5
_LEAST = 0.4  # of a sentence's longer words that have to stand in what it may rest on


def feedback_rows(output: Output, pack: Pack, suffix: str = "") -> Iterator[Row]:
    """A row for each claim of a feedback; `suffix` ends the names of measures.

    `made` holds `feedback`, and `ratings` by item and rater or by rater alone.
    """
    feedback = output.made["feedback"]
    for told in feedback["items"]:
        item = pack.item(told["item_id"])
        by_rater = output.made["ratings"].get(item.id, output.made["ratings"])
        answers = [t["answer"] or "" for t in told["turns"]]
        rater = (told["rated_by"] or {}).get("rater")
        for c in told["criteria"]:
            rating = by_rater.get(rater, {}).get(c["criterion"])
            for name, fault in _of_criterion(c, rating, item, answers):
                yield _row(output, name + suffix, f"{item.id}/{c['criterion']}", item.id, fault)
    cluster = output.cluster
    yield _row(output, f"feedback.sums{suffix}", "overall", cluster, _sums(feedback))
    yield _row(output, f"feedback.first{suffix}", "first", cluster, _first(feedback))
    yield _row(output, f"feedback.traced{suffix}", "advice", cluster, _untraced(feedback))


def _row(output: Output, measure: str, case: str, cluster: str, fault: str) -> Row:
    name = f"{output.key.partition(':')[2]}/{case}"
    return Row(measure=measure, case=name, cluster=cluster, value=share(not fault), why=fault, at=output.key)


def _of_criterion(c: Mapping[str, Any], rating: Mapping[str, Any] | None, item: Item, answers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What the feedback says of one criterion, against its rating, its anchors and the answers."""
    if rating is None:
        yield "feedback.consistent", "" if c["level"] is None else "a level without a rating"
        return
    same = c["level"] == rating["level"] and bool(c["reason"]) == (rating["level"] is None)
    yield "feedback.consistent", "" if same else f"says {c['level']}, rated {rating['level']}"
    if c["level"] is not None:
        anchors = item.criterion(c["criterion"]).anchors
        yield "feedback.describes", _wrong_anchor(c, anchors)
        lost = [e["quote"] for e in c["evidence"] if e["turn"] >= len(answers) or _folded(e["quote"]) not in _folded(answers[e["turn"]])]
        yield "feedback.quotes", f"nobody said “{lost[0][:80]}”" if lost else ""
    known = item.criterion(c["criterion"])
    points = {*known.key_points, *known.examples.high}
    stray = [m for m in c["missing"] if m not in points]
    yield "feedback.points", f"“{stray[0]}” is no key point of the criterion" if stray else ""


def _wrong_anchor(c: Mapping[str, Any], anchors: Sequence[str]) -> str:
    """Why the descriptions shown are not those of the level and of the next one."""
    if not anchors:
        return ""
    wanted = ((c["shows"], c["level"]), (c["next_level"], c["level"] + 1 if c["level"] < len(anchors) else None))
    for text, level in wanted:
        if (text is None) != (level is None):
            return f"level {c['level']} has {'no' if text is None else 'a'} description where there is {'one' if text is None else 'none'}"
        if text is not None and level is not None:
            near = [max(_overlap(text, a), _overlap(text, _in_full(anchors, n))) for n, a in enumerate(anchors, start=1)]
            if near[level - 1] < max(near):
                return f"level {level} is described as level {near.index(max(near)) + 1}"
    return ""


def _in_full(anchors: Sequence[str], level: int) -> str:
    """An anchor with the lower one that it builds on."""
    below = _BELOW.search(anchors[level - 1])
    return f"{_in_full(anchors, int(below[1]))} {anchors[level - 1]}" if below and int(below[1]) < level else anchors[level - 1]


def _sums(feedback: Mapping[str, Any]) -> str:
    """Why the overall figure is not what the criteria add up to: no total counts what is unrated."""
    rated = [c for i in feedback["items"] for c in i["criteria"] if c["level"] is not None]
    worths = [c["expected"] if c["expected"] is not None else c["level"] for c in rated]
    if feedback["rated"] != len(rated):
        return f"says that {feedback['rated']} criteria are rated, and {len(rated)} are"
    if (feedback["overall"] is None) != (not worths):
        return "an overall figure of nothing" if not worths else "no overall figure"
    if worths and not min(worths) - 0.01 <= feedback["overall"] <= max(worths) + 0.01:
        return f"overall {feedback['overall']:.2f} lies outside of all ratings"
    means = [c["mean"] for c in feedback["competencies"] if c["mean"] is not None]
    return "" if not means or all(1 <= m <= 5 for m in means) else "a mean outside of the scale"


def _first(feedback: Mapping[str, Any]) -> str:
    """Why strength and work are the wrong ones: nothing is rated above the strength, and the strength above what to work on."""
    strength, work_on = feedback["strength"], feedback["work_on"]
    shares = [_worth(c) for i in feedback["items"] for c in i["criteria"] if c["level"] is not None]
    if strength and _worth(strength["criterion"]) < max(shares) - 0.26:
        return "something is rated a level above the strength"
    if strength and work_on and _worth(work_on["criterion"]) > _worth(strength["criterion"]):
        return "what to work on is rated above the strength"
    return (
        ""
        if not work_on or _worth(work_on["criterion"]) <= statistics.median(shares) + 0.26
        else "work on something that is above the rest"
    )


def _worth(c: Mapping[str, Any]) -> float:
    worth = c["level"] if c["expected"] is None else c["expected"]
    return float(worth - 1) / float(c["top"] - 1)


def _untraced(feedback: Mapping[str, Any]) -> str:
    """The first claim of advice that rests on nothing: a number nobody gave, or words that neither the rubric nor the candidate has."""
    for told in (feedback["strength"], feedback["work_on"]):
        if told is None:
            continue
        c = told["criterion"]
        item = next(i for i in feedback["items"] if i["item_id"] == told["item_id"])
        said = " ".join(t["answer"] or "" for t in item["turns"])
        rubric = [
            c["name"],
            c["looks_for"],
            c["shows"] or "",
            c["next_level"] or "",
            *c["missing"],
            c["competency_name"] or "",
            c["rationale"],
        ]
        known = _heads(" ".join([said, *rubric]))
        says = feedback["strength_says" if told is feedback["strength"] else "work_on_says"]
        for text in (says if feedback["written_by"] else "", _BRACKETED.sub(" ", c["instead"] or "")):
            numbers = set(_NUMBER.findall(text)) - set(_NUMBER.findall(" ".join([said, *rubric])))
            heads = _heads(text)
            if numbers - {str(c["level"]), str(c["top"]), str(told["number"])}:
                return f"{min(numbers)} is a number that nobody gave: {text[:120]}"
            if heads and len(heads & known) < _LEAST * len(heads):
                return f"rests on nothing: {text[:120]}"
    return ""


def _overlap(text: str, anchor: str) -> float:
    a, b = set(_WORD.findall(text.casefold())), set(_WORD.findall(anchor.casefold()))
    return len(a & b) / max(1, len(a | b))


def _heads(text: str) -> set[str]:
    return {w.casefold()[:5] for w in _WORD.findall(text) if len(w) >= _SHORT and not w.isdigit()}


def _folded(text: str) -> str:
    return " ".join(w.casefold() for w in _WORD.findall(text))


def feedback_metrics(suffix: str = "") -> Iterator[Metric]:
    """The metrics over what `feedback_rows` gives."""
    told = {
        "consistent": ("feedback gives the levels that were rated", 0.01),
        "describes": ("a level and the next one are described by their own anchors", 0.02),
        "quotes": ("every quote in the feedback was said", 0.01),
        "points": ("what is missing is a key point of the criterion", 0.01),
        "sums": ("totals add up, and count nothing that is unrated", 0.01),
        "first": ("the strength is the highest, what to work on is no higher", 0.02),
        "traced": ("advice rests on a rating, a key point or the candidate's words", 0.02),
    }
    for name, (says, margin) in told.items():
        measure, promised = f"feedback.{name}{suffix}", name in ("consistent", "quotes")
        yield Metric(id=measure, measure=measure, says=says, margin=0.0 if promised else margin, no_exception=promised)
