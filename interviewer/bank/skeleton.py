"""Skeletons of new items and notes: complete in form, so that nothing is left to do but their TODOs."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from interviewer.domain import Id, Pack
from interviewer.errors import FileError

_CRITERION = """\
    - id: TODO-{n}
      name: TODO in a few words, what this criterion looks at
      competency: {competency}
      looks_for: TODO one sentence, what an answer has that meets it
      anchors:
        1: TODO what the answer says or does at the lowest level (nothing on it, or wrong)
        2: TODO names the thing
        3: TODO names it and one part of what is looked for
        4: TODO names it and all that is looked for
        5: Does what level 4 describes and TODO names a limit, a trade-off or a consequence
      key_points:
        - TODO a sentence that an answer of level 4 could hold
        - TODO another one
        - TODO a third one
      examples:
        high:
          - TODO a sentence as a candidate would say it at level 4 or 5
        low:
          - TODO a sentence on the same matter at level 1 or 2
      probes:
        - TODO a follow-up that draws out what is missing and gives nothing of the above away ({n})?
        - TODO another one ({n})?
"""
_ITEM = """\
- id: {id}
  competencies: [{competency}]
  seniority: [entering, experienced]
  minutes: 7
  question: >-
    TODO the question as you would say it aloud; one thing asked ({id})
  facts:
    - asks: TODO what a candidate may want to know?
      says: TODO what you would answer, with a number
    - asks: TODO another one?
      says: TODO its answer
    - asks: TODO a third one?
      says: TODO its answer
  clarification: >-
    TODO the same question in plainer words, giving nothing away
  criteria:
{criteria}\
  common_mistakes:
    - TODO a wrong belief or a wrong move, as a sentence
    - TODO another one
{covers}\
  notes: [{note}]
"""
_NOTE = """\
---
id: {id}
title: TODO the title
covers: [{covers}]
reading: []
---

## What it is

TODO in plain words

## Why a product manager is asked

TODO what a panel wants to learn by it

## A worked example

TODO with numbers that you have worked out twice

## How it goes wrong

TODO the usual mistakes

## How to say it in an interview

TODO a sentence or two that could be said aloud
"""


def new_item(pack: Pack, folder: Path, round: Id, id: Id) -> Path:
    """Add the skeleton of an item to its round's file; the file. Raises FileError where that can't be."""
    if round not in {r.id for r in pack.rounds}:
        raise FileError(f"--round {round}: the pack {pack.id!r} has no such round; choose from {', '.join(r.id for r in pack.rounds)}")
    _free(id, {i.id for i in pack.items}, "item")
    competency = pack.competencies[0].id
    covers = next((r.covers for r in pack.rounds if r.id == round), None) or (pack.domain[0].id if pack.domain else None)
    text = _ITEM.format(
        id=id,
        competency=competency,
        criteria="".join(_CRITERION.format(n=n, competency=competency) for n in (1, 2, 3)),
        covers=f"  covers: [{covers}]\n" if covers else "",
        note=pack.notes[0].id if pack.notes else "TODO",
    )
    path = folder / "items" / f"{round}.yaml"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    return _write(path, before + ("" if not before or before.endswith("\n") else "\n") + text)


def new_note(pack: Pack, folder: Path, id: Id) -> Path:
    """Write the skeleton of a note; its file. Raises FileError where that can't be."""
    _free(id, {n.id for n in pack.notes}, "note")
    return _write(folder / "notes" / f"{id}.md", _NOTE.format(id=id, covers=pack.domain[0].id if pack.domain else ""))


def _free(id: str, taken: set[str], what: str) -> None:
    try:
        TypeAdapter(Id).validate_python(id)
    except ValidationError:
        raise FileError(f"{id!r} can't be an id: use letters, digits and . _ - only, and no spaces") from None
    if "/" in id or ":" in id:
        raise FileError(f"{id!r} can't be the id of {what}s in files: use letters, digits and . _ - only")
    if id in taken:
        raise FileError(f"{id}: the pack has {'an' if what[0] in 'aeiou' else 'a'} {what} of this id already; choose another")


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: can't be written ({error.strerror}); choose a corpus folder that you may write to") from error
    return path
