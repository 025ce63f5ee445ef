"""Ways to break the small pack, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.bank.small import COMPETENCIES, DOMAIN, EXEMPLARS, FRAME, ITEMS, NOTE, PACK, SCALE, Corpus

Break = Callable[[Corpus], object]
ITEM, NOTE_ID = "research-signup-drop", "asking-before-shaping"


def swapped(path: str, old: str, new: str) -> Break:
    return lambda corpus: corpus.swap(path, old, new)


def written(path: str, text: str | bytes) -> Break:
    return lambda corpus: corpus.write(path, text)


def cut(path: str, pattern: str) -> Break:
    """Take out the first lines that the pattern fits."""

    def take_out(corpus: Corpus) -> None:
        text = (corpus.path / path).read_text(encoding="utf-8")
        assert re.search(pattern, text, re.MULTILINE), f"{path} holds nothing like {pattern!r}"
        corpus.write(path, re.sub(pattern, "", text, count=1, flags=re.MULTILINE))

    return take_out


def without(path: str) -> Break:
    return lambda corpus: (corpus.path / path).unlink()


def doubled(path: str) -> Break:
    return lambda corpus: corpus.write(path, (corpus.path / path).read_text(encoding="utf-8") * 2)


def renamed(old: str, new: str) -> Break:
    def rename(corpus: Corpus) -> None:
        (corpus.path / old).rename(corpus.path / new)

    return rename


def no_anchors_but_a_reference(corpus: Corpus) -> None:
    cut(ITEMS, r"^      anchors:\n(        \d: .*\n)+")(corpus)
    corpus.swap(ITEMS, "      key_points:", "      reference: So.\n      key_points:")


def all_about_delivery(corpus: Corpus) -> None:
    text = (corpus.path / ITEMS).read_text(encoding="utf-8")
    corpus.write(ITEMS, text.replace("      probes:", "      delivery: true\n      probes:"))


# how it is broken, the file and the entry that the fault names, and what it says (fault, remedy)
# fmt: off
CASES: dict[str, tuple[Break, str, str, str, str]] = {
    "bad YAML": (swapped(ITEMS, "minutes: 7", "minutes: [7"), ITEMS, "research.yaml", "not valid YAML at line 5", "mend the YAML"),
    "a field given twice": (
        swapped(ITEMS, "  minutes: 7\n", "  minutes: 7\n  minutes: 8\n"),
        ITEMS, "research.yaml", "stands twice", "mend",
    ),
    "a character that text has not": (swapped(ITEMS, "allotment", "allot\x00ment"), ITEMS, "research.yaml", "not valid YAML", "mend"),
    "a date that does not exist": (
        swapped(ITEMS, "It shows neighbours", "2026-02-30 #"),
        ITEMS, "research.yaml", "not valid YAML", "quotes",
    ),
    "lists without end": (written(ITEMS, "[" * 100_000), ITEMS, "research.yaml", "nested more than 50 deep", "mend the brackets"),
    "not UTF-8": (written(ITEMS, b"- id: caf\xe9"), ITEMS, "research.yaml", "not UTF-8 at byte 9", "save the file as UTF-8"),
    "a note not UTF-8": (written(NOTE, b"---\nid: \xff"), NOTE, "asking-before-shaping.md", "not UTF-8 at byte 8", "save the file"),
    "an empty file of items": (written(ITEMS, ""), ITEMS, "research.yaml", "nothing is in the file", "write its entries"),
    "an empty frame": (written(FRAME, "# soon\n"), FRAME, "pack.yaml", "nothing is in the file", "write its entries"),
    "an empty scale": (written(SCALE, ""), SCALE, "scale.yaml", "nothing is in the file", "write its entries"),
    "an empty note": (written(NOTE, ""), NOTE, NOTE_ID, "no front matter", "begin the note with ---"),
    "a note with fields and no text": (written(NOTE, f"---\nid: {NOTE_ID}\n---\n"), NOTE, NOTE_ID, "no front matter", "write its text"),
    "a note with its fields commented out": (written(NOTE, "---\n# id: a\n---\nText.\n"), NOTE, NOTE_ID, "no front matter", "begin"),
    "a note with broken fields": (written(NOTE, "---\nid: [a\n---\nText.\n"), NOTE, NOTE_ID, "not valid YAML", "mend the YAML"),
    "a list where fields are wanted": (written(FRAME, "- name: a\n"), FRAME, "pack.yaml", "its fields are missing", "without dashes"),
    "a scale of bare names": (written(SCALE, "[a, b, c, d, e]"), SCALE, "scale.yaml", "its fields are missing", "without dashes"),
    "fields where a list is wanted": (written(ITEMS, "id: a\n"), ITEMS, "research.yaml", "not a list", "beginning with '- id:'"),
    "a bare dash": (
        written(DOMAIN, "- {id: find-out, section: 2, covers: A.}\n-\n"),
        DOMAIN, "entry 2", "holds no fields", "take out the dash",
    ),
    "a criterion that is a sentence": (
        swapped(ITEMS, "criteria:\n", "criteria:\n    - Listens.\n"),
        ITEMS, ITEM, "criteria #1: holds no fields", "write",
    ),
    "a missing field": (swapped(ITEMS, "  question: >-", "  clarification2: >-"), ITEMS, ITEM, "question: is missing", "add question"),
    "a missing competency field": (swapped(COMPETENCIES, "  name: Finding out\n", ""), COMPETENCIES, "discovery", "is missing", "add name"),
    "a misspelt field": (
        swapped(ITEMS, "  clarification:", "  clarifcation:"),
        ITEMS, ITEM, "clarifcation: is not a field here", "perhaps clarification",
    ),
    "a misspelt field of a criterion": (
        swapped(ITEMS, "      probes:", "      prods:"),
        ITEMS, ITEM, "criteria #1.prods", "mend its spelling",
    ),
    "an entry without an id": (
        swapped(EXEMPLARS, "- id: research-signup-drop-weak\n  ", "- "),
        EXEMPLARS, "entry 2", "is missing", "add id",
    ),
    "an anchor missing": (
        swapped(ITEMS, "        5: Does what level 4 describes and names what this", "#"),
        ITEMS, ITEM, "4 anchors for 5 levels", "one for each",
    ),
    "anchors misnumbered": (
        swapped(ITEMS, "        3: Names", "        6: Names"),
        ITEMS, ITEM, "levels run 1 to 5", "mend criteria #1.anchors",
    ),
    "no anchors at all": (cut(ITEMS, r"^      anchors:\n(        \d: .*\n)+"), ITEMS, ITEM, "neither anchors nor a reference", "add one"),
    "a sentence taken for a field": (
        swapped(ITEMS, "- What might you find?", "- So: what?"),
        ITEMS, ITEM, "is not a text", "': ' for a field",
    ),
    "a word taken for false": (swapped(ITEMS, "- What might you find?", "- no"), ITEMS, ITEM, "is not a text", "yes, no, on and off"),
    "a number for an id": (swapped(ITEMS, "- id: research-signup-drop", "- id: 12"), ITEMS, "12", "id: is not a text", "in quotes"),
    "one value for many": (
        swapped(ITEMS, "covers: [find-out, decide-together]", "covers: find-out"),
        ITEMS, ITEM, "covers: is not a list", "brackets",
    ),
    "an empty sentence": (swapped(FRAME, "name: Product designer", "name: ''"), FRAME, "pack.yaml", "name: is empty", "write name"),
    "an id with a space": (
        swapped(ITEMS, "id: research-signup-drop", "id: sign up"),
        ITEMS, "sign up", "'sign up' can't be an id", "no spaces",
    ),
    "a folder with a space": (
        renamed(PACK, "packs/product designer"),
        "packs/product designer", "product designer", "can't be an id", "no spaces",
    ),
    "an unknown seniority": (
        swapped(ITEMS, "[entering,", "[junior,"),
        ITEMS, ITEM, "seniority #1: Input should be 'entering'", "mend seniority #1",
    ),
    "a criterion id twice": (swapped(ITEMS, "id: picks-change", "id: asks-people"), ITEMS, ITEM, "stands twice", "its own id"),
    "an item id twice": (doubled(ITEMS), f"{PACK}/items", ITEM, "2 entries have this item id", "give each its own id"),
    "an exemplar id twice": (doubled(EXEMPLARS), f"{PACK}/exemplars", f"{ITEM}-weak", "2 entries have this exemplar id", "its own"),
    "a competency id twice": (doubled(COMPETENCIES), COMPETENCIES, "discovery", "2 entries have this competency id", "its own"),
    "a domain id twice": (doubled(DOMAIN), DOMAIN, "find-out", "2 entries have this domain id", "its own"),
    "a round id twice": (
        swapped(FRAME, "  - id: research\n", "  - {id: research, name: A, description: B}\n  - id: research\n"),
        FRAME, "research", "2 entries have this round id", "its own",
    ),
    "a dangling note": (
        swapped(ITEMS, "notes: [asking-before-shaping]", "notes: [asking]"),
        ITEMS, ITEM, "note 'asking' does not exist", "name a note",
    ),
    "a dangling competency": (
        swapped(ITEMS, "competency: discovery", "competency: finding"),
        ITEMS, ITEM, "competency 'finding' does not exist", "name a",
    ),
    "a dangling domain id": (
        swapped(ITEMS, "covers: [find-out,", "covers: [find,"),
        ITEMS, ITEM, "domain id 'find' does not exist", "name a domain id",
    ),
    "a note's dangling domain id": (
        swapped(NOTE, "covers: [find-out,", "covers: [find,"),
        NOTE, NOTE_ID, "domain id 'find' does not exist", "add it",
    ),
    "a round's dangling domain id": (
        swapped(FRAME, "covers: find-out", "covers: find"),
        FRAME, "research", "domain id 'find' does not exist", "add it",
    ),
    "a dangling group": (
        swapped(COMPETENCIES, "group: craft", "group: art"),
        COMPETENCIES, "discovery", "group 'art' does not exist", "name a group",
    ),
    "a dangling round": (
        renamed(ITEMS, f"{PACK}/items/case.yaml"),
        f"{PACK}/items/case.yaml", ITEM, "round 'case' does not exist", "name a round",
    ),
    "an exemplar of nothing": (
        swapped(EXEMPLARS, "item: research-", "item: case-"),
        EXEMPLARS, f"{ITEM}-strong", "does not exist", "name an item",
    ),
    "a round in the entry": (
        swapped(ITEMS, "  minutes: 7", "  round: case"),
        ITEMS, ITEM, "round is 'case', and the file's name says", "case.yaml",
    ),
    "a note named otherwise": (renamed(NOTE, f"{PACK}/notes/asking.md"), f"{PACK}/notes/asking.md", "asking", "its id is", "name the file"),
    "another ending": (
        renamed(ITEMS, f"{PACK}/items/research.yml"),
        f"{PACK}/items/research.yml", "research.yml", "is not read: its name", "rename it",
    ),
    "a missing frame": (renamed(FRAME, f"{PACK}/pack.yml"), FRAME, "pack.yaml", "the file is missing", "write it"),
    "missing competencies": (without(COMPETENCIES), COMPETENCIES, "competencies.yaml", "the file is missing", "write it"),
    "a missing scale": (without(SCALE), SCALE, "scale.yaml", "the file is missing", "write it"),
    "a folder in a file's place": (
        lambda c: (c.path / f"{PACK}/items/a.yaml").mkdir(),
        f"{PACK}/items/a.yaml", "a.yaml", "can't be read", "give",
    ),
    "a scale of two levels": (
        written(SCALE, "levels: [{name: A}, {name: B}]"),
        ITEMS, ITEM, "it is rated on 5 levels, and scale.yaml has 2", "mend",
    ),
    "a reference in place of anchors": (
        no_anchors_but_a_reference,
        ITEMS, ITEM, "criterion 'asks-people': anchors is empty", "write anchors",
    ),
    "no facts": (cut(ITEMS, r"^  facts:\n(    .*\n)+"), ITEMS, ITEM, "facts is empty", "write facts"),
    "no clarification": (cut(ITEMS, r"^  clarification: >-\n    .*\n"), ITEMS, ITEM, "clarification is empty", "write clarification"),
    "no probes": (cut(ITEMS, r"^      probes:\n(        - .*\n)+"), ITEMS, ITEM, "'asks-people': probes is empty", "write probes"),
    "no notes": (cut(ITEMS, r"^  notes: .*\n"), ITEMS, ITEM, "notes is empty", "write notes"),
    "nothing covered": (cut(ITEMS, r"^  covers: .*\n"), ITEMS, ITEM, "covers is empty", "write covers"),
    "two criteria": (cut(ITEMS, r"^    - id: wins-engineers\n(      .*\n)+"), ITEMS, ITEM, "2 criteria", "write three to five"),
    "two about delivery": (all_about_delivery, ITEMS, ITEM, "more than one criterion is about delivery", "keep one"),
    "no examples of a low level": (
        cut(ITEMS, r"^        low:\n(          - .*\n)+"),
        ITEMS, ITEM, "example sentences of a high or a low level are missing", "write examples.high and examples.low",
    ),
}
# fmt: on
