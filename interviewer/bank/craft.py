"""What makes an item hard to rate by, though it is well-formed: found for its author by `check`, and no reason to refuse a start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.bank.check import Fault, uncovered
from interviewer.domain import Criterion, Exemplar, Item, Pack

if TYPE_CHECKING:
    from interviewer.embedding import Encoder

NEAR = 0.8  # cosine of two questions from which on they ask the same in other words
APART = 2  # levels between two readers of one answer from which on the anchors do not tell them what to give
TODO = "TODO"
_RUN = 4  # words in a row that a probe may not have from what it is to draw out
_SHARE = 0.6  # share of a key point's own words that a probe may not hold
_LEAST = 4  # words that this share is made of at least
_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
_QUOTED = re.compile(r"\"[^\"]*\"|\([^)]*\)")  # what an answer is quoted as saying may judge


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower()))


# Words that judge and do not describe: two strangers find different answers "clear".
_WORTH = frozenset(
    _words("""
    good great excellent outstanding strong strongly weak weakly poor poorly clear clearly unclear deeply shallow thorough thoroughly
    solid solidly convincing convincingly compelling effective effectively efficiently appropriate appropriately adequate adequately
    insufficient sufficiently reasonable reasonably thoughtful thoughtfully insightful impressive coherent coherently meaningful
    meaningfully robust robustly nuanced sophisticated proper properly comprehensive comprehensively skilful skilfully confident
    confidently articulate eloquent mature professional professionally satisfactory superb understanding understands demonstrates
    """)
)
_COMMON = frozenset(
    _words("""
    a an the and or but of in on at by for with about to from as is are was were be been do does did have has had will would can could
    should may might must it its this that these those they them their you your he she his her we our i my me not no if when what which
    who how why where there than then so such more most one two any all some each other another say says name names answer described level
    """)
)


def faults_of_craft(pack: Pack, folder: Path, exemplar_files: Mapping[str, Path], encoder: Encoder) -> Iterator[Fault]:
    """All of a pack's faults of this kind. `folder` and `exemplar_files` are as in `faults_between_files`."""
    homes = {item.id: str(folder / "items" / f"{item.round}.yaml") for item in pack.items}
    for item in pack.items:
        for fault, remedy in (*_todo(item), *_unobservable(item), *_given_away(item)):
            yield Fault(path=homes[item.id], entry=item.id, fault=fault, remedy=remedy)
    for note in pack.notes:
        if TODO in f"{note.title} {note.text}":
            yield Fault(
                path=str(folder / "notes" / f"{note.id}.md"), entry=note.id, fault=f"it says {TODO}", remedy="write what is missing"
            )
    for one, other, cosine in near_questions(pack.items, encoder):
        yield Fault(
            path=homes[other.id],
            entry=other.id,
            fault=f"its question is near that of {one.id!r} (cosine {cosine:.2f}; {NEAR:.2f} is too near)",
            remedy="ask something else, or take one of the two out",
        )
    items = {item.id: item for item in pack.items}
    for exemplar in pack.exemplars:
        if exemplar.item in items:
            for fault, remedy in _disputed(exemplar, items[exemplar.item]):
                yield Fault(path=str(exemplar_files[exemplar.id]), entry=exemplar.id, fault=fault, remedy=remedy)
    noted = {c for note in pack.notes for c in note.covers}
    for one_id in uncovered(pack):
        lacking = "item" if one_id in noted else "note"
        yield Fault(
            path=str(folder / "domain.yaml"),
            entry=one_id,
            fault=f"no {lacking} covers it",
            remedy=f"write {'an' if lacking == 'item' else 'a'} {lacking} on it, or name {one_id} in the covers of one that is about it",
        )


def near_questions(items: Sequence[Item], encoder: Encoder, near: float = NEAR) -> Iterator[tuple[Item, Item, float]]:
    """Pairs of items whose questions have a cosine of `near` or more."""
    vectors = encoder.encode_known([i.question for i in items])
    cosines = vectors @ vectors.T
    for a, b in combinations(range(len(items)), 2):
        if cosines[a, b] >= near:
            yield items[a], items[b], float(cosines[a, b])


def _todo(item: Item) -> Iterator[tuple[str, str]]:
    left = item.model_dump_json().count(TODO)
    if left:
        yield f"it says {TODO} {left} times", f"write what stands after each {TODO}, and take the word out"


def _unobservable(item: Item) -> Iterator[tuple[str, str]]:
    for criterion in item.criteria:
        for level, anchor in enumerate(criterion.anchors, 1):
            judging = sorted({w for w in _WORD.findall(_QUOTED.sub(" ", anchor.lower())) if w in _WORTH})
            if judging:
                yield (
                    f"criterion {criterion.id!r}, anchor {level} judges ({', '.join(judging)})",
                    "say what the answer says or does at that level, so that two strangers would tick the same",
                )


def _given_away(item: Item) -> Iterator[tuple[str, str]]:
    """Probes that hold what they are to draw out."""
    asked = set(_words(item.question))
    for criterion in item.criteria:
        for probe in criterion.probes:
            if found := _leak(probe, criterion, asked):
                yield (
                    f"criterion {criterion.id!r}: the probe {probe!r} gives away {found!r}",
                    "ask more openly; whoever hears it should not learn what is looked for",
                )


def _leak(probe: str, criterion: Criterion, asked: set[str]) -> str | None:
    """The anchor, key point or example that a probe gives away, beyond what the question says already."""
    words = _words(probe)
    runs = {run for run in _runs(words) if sum(w not in _COMMON for w in run) >= 2}
    said = {w for w in words if w not in _COMMON} - asked
    for text in (*criterion.anchors, *criterion.key_points, *criterion.examples.high):
        secret = _words(text)
        if runs & set(_runs(secret)):
            return text
        own = {w for w in secret if w not in _COMMON} - asked
        if len(own) >= _LEAST and len(said & own) >= max(_LEAST - 1, _SHARE * len(own)):
            return text
    return None


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run of `_RUN` words in a row."""
    return (words[i : i + _RUN] for i in range(len(words) - _RUN + 1))


def _disputed(exemplar: Exemplar, item: Item) -> Iterator[tuple[str, str]]:
    known = {c.id for c in item.criteria}
    for reference in exemplar.ratings:
        for odd in sorted(set(reference.levels) - known):
            yield f"{reference.by!r} rated {odd!r}, which its item has no criterion of", "mend the criterion's id, or take the level out"
        for criterion, level in reference.levels.items():
            if level is not None and not 1 <= level <= item.top:
                yield f"{reference.by!r} gave {criterion!r} level {level}, off the scale of 1 to {item.top}", "mend the level"
    for criterion in sorted(known):
        levels = [level for level in exemplar.given(criterion) if level is not None]
        if levels and max(levels) - min(levels) >= APART:
            yield (
                f"its readers gave {criterion!r} {min(levels)} and {max(levels)}",
                "mend the anchors so that both would give the same, and have it read anew (a rating of the next round)",
            )
