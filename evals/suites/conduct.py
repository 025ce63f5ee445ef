"""The interviewer's conduct: what it says gives nothing away, judges nothing, asks one thing at a time, and follows what was said.

The readings here are the scorer's own, not the guard's that the product puts before its words: a fault in the guard must not hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evals.suites.kinds import share
from evals.values import Metric, Output, Row
from interviewer.domain import Item, Pack

MOST_PROBES = 2  # an item
_RUN = 5  # words in a row of the rubric that nobody says by chance
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PRAISE = """
    great excellent perfect fantastic impressive brilliant wonderful awesome amazing outstanding superb interesting insightful thorough
    solid unfortunately disappointing nice nicely
"""
_JUDGES = re.compile(
    rf"\b(?:{'|'.join(_PRAISE.split())}|well done|good (?:answer|point|job|start|thinking|example|question)|love (?:that|this|it|how)|"
    r"(?:strong|weak) (?:answer|point|start)|(?:that's|that is|you're|you are) (?:right|correct|wrong|good)|spot on|not quite)\b",
    re.IGNORECASE,
)
_SHORT = 4  # letters from which on a word carries something


def conduct_rows(output: Output, pack: Pack) -> Iterator[Row]:
    """A row for each thing that each question must keep to."""
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for n, turn in enumerate(output.made["talk"]):
        item, before = pack.item(turn["item_id"]), asked.setdefault(turn["item_id"], [])
        said = [t["answer"] or "" for t in output.made["talk"][:n]]
        for name, fault in _faults(turn, item, before, said):
            case = f"{output.key.partition(':')[2]}/{item.id}/{len(before)}"
            yield Row(measure=name, case=case, cluster=item.id, value=share(not fault), why=fault, at=output.key)
        before.append(turn)


def _faults(turn: Mapping[str, Any], item: Item, before: Sequence[Mapping[str, Any]], said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What each measure says of one question; an empty text is no fault."""
    words = turn["question"]
    authored = [p for c in item.criteria for p in c.probes] if turn["kind"] == "probe" else []
    own = [item.question, *authored, *said]
    yield "probes.leak-nothing" if turn["kind"] == "probe" else "conduct.leak-nothing", _leaked(words, item, own)
    yield "conduct.no-verdict", _verdict(words, own)
    if turn["kind"] == "probe":
        many = len(before) > MOST_PROBES
        yield "probes.budget", f"probe {len(before)} of an item" if many else ""
        yield "probes.follow", _astray(turn, item, before)
    else:
        lost = sorted(set(_NUMBER.findall(item.question)) ^ set(_NUMBER.findall(words)))
        kept = len(_content(item.question) & _content(words)) >= 0.6 * len(_content(item.question))
        yield "conduct.asks-the-item", "" if kept and not lost else f"asked instead: {words[:120]}"


def _leaked(words: str, item: Item, own: Iterable[str]) -> str:
    """The first run of the rubric's words that stands in a question and in nothing that was asked or said."""
    secret = (t for c in item.criteria for t in (c.looks_for, *c.anchors, *c.key_points, *c.examples.high, c.reference or ""))
    runs = {r for t in (*secret, *item.common_mistakes) for r in _runs(t)} - {r for t in own for r in _runs(t)}
    return next((f"gives away “{' '.join(r)}”" for r in _runs(words) if r in runs), "")


def _verdict(words: str, own: Sequence[str]) -> str:
    """The first word of praise or blame that neither the item nor the candidate used."""
    known = " ".join(own).casefold()
    return next((f"judges: “{m[0]}”" for m in _JUDGES.finditer(words) if m[0].casefold() not in known), "")


def _astray(turn: Mapping[str, Any], item: Item, before: Sequence[Mapping[str, Any]]) -> str:
    """Why a probe does not follow: it says again what was asked, asks several things, or is about none of what it draws out or was said."""
    words = turn["question"]
    if any(_words(words) == _words(b["question"]) for b in before):
        return "asks what was asked before"
    criterion = next((c for c in item.criteria if c.id == turn["criterion"]), None)
    if criterion is None:
        return f"is about no criterion of the item ({turn['criterion']})"
    if words in criterion.probes:
        return ""
    if words.count("?") > max(p.count("?") for p in criterion.probes):
        return "asks several things at once"
    about = _content(" ".join((*criterion.probes, criterion.title, criterion.looks_for)))
    said = _content(" ".join(b["answer"] or "" for b in before))
    return "" if _content(words) & about and _content(words) & (said | about) else "takes up nothing that was said or is to be asked"


def _words(text: str) -> list[str]:
    return [w.casefold() for w in _WORD.findall(text)]


def _runs(text: str) -> list[tuple[str, ...]]:
    words = _words(text)
    runs = [tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]
    return [r for r in runs if sum(len(w) >= _SHORT for w in r) >= 2]


def _content(text: str) -> set[str]:
    return {w[:6] for w in _words(text) if len(w) >= _SHORT}


METRICS = (
    Metric(
        id="probes.leak-nothing",
        measure="probes.leak-nothing",
        says="a probe gives away nothing of the rubric",
        margin=0.0,
        no_exception=True,
    ),
    Metric(
        id="probes.follow", measure="probes.follow", says="a probe follows what was said, asks one thing, and nothing twice", margin=0.05
    ),
    Metric(id="probes.budget", measure="probes.budget", says="no more than two probes an item", margin=0.01),
    Metric(id="conduct.leak-nothing", measure="conduct.leak-nothing", says="a question gives away nothing of the rubric", margin=0.01),
    Metric(
        id="conduct.no-verdict",
        measure="conduct.no-verdict",
        says="the interviewer neither praises nor blames",
        margin=0.0,
        no_exception=True,
    ),
    Metric(id="conduct.asks-the-item", measure="conduct.asks-the-item", says="the item's question is asked, with its numbers", margin=0.02),
)
