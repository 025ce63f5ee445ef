"""Faults of craft: what two strangers could not rate by, what gives an answer away, and what is asked twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interviewer.bank import Fault, faults_of_craft, read_packs, sound_packs
from interviewer.bank.craft import NEAR, near_questions
from interviewer.domain import Exemplar, Reference
from interviewer.embedding import Vectors
from tests.bank.small import DOMAIN, EXEMPLARS, ITEMS, NOTE, README, Corpus
from tests.rooms import WordEncoder, item

ITEM = "research-signup-drop"
LEVEL_4 = "4: Names one way to learn why people leave, and what each of two outcomes would lead to."


def craft(corpus: Corpus) -> list[Fault]:
    return [f for r in read_packs(corpus.path) if r.pack for f in faults_of_craft(r.pack, r.folder, r.exemplar_files, WordEncoder())]


def test_the_small_pack_of_the_guide_has_none(corpus: Corpus) -> None:
    assert craft(corpus) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (LEVEL_4, "4: Gives a clear and thorough account of the causes.", "anchor 4 judges (clear, thorough)"),
        (LEVEL_4, "4: Demonstrates an understanding of why people leave.", "judges (demonstrates, understanding)"),
        ("- What would you do first?", "- Would you watch five of them sign up?", "gives away"),
        ("- What might you find?", "- Do people lack their plot number at hand at that moment?", "gives away"),
        ("- What would you change?", "- TODO what?", "says TODO 1 times"),
    ],
)
def test_what_an_item_lacks_in_craft_is_told_with_its_place(corpus: Corpus, old: str, new: str, says: str) -> None:
    corpus.swap(ITEMS, old, new)
    (fault,) = craft(corpus)
    assert (fault.path, fault.entry) == ("corpus/packs/product-designer/items/research.yaml", ITEM)
    assert says in fault.fault and fault.remedy


def test_what_an_anchor_quotes_may_judge(corpus: Corpus) -> None:
    corpus.swap(ITEMS, LEVEL_4, '4: Says more than "a clear form" (or a great one), and names two outcomes.')
    assert craft(corpus) == []


def test_such_faults_do_not_stop_the_start(corpus: Corpus) -> None:
    corpus.swap(ITEMS, LEVEL_4, "4: Gives a clear account.")
    assert craft(corpus) and sound_packs(corpus.path)


def test_a_note_with_a_todo_is_a_fault(corpus: Corpus) -> None:
    corpus.swap(NOTE, "## ", "## TODO ")
    (fault,) = craft(corpus)
    assert fault.entry == "asking-before-shaping" and fault.path.endswith("notes/asking-before-shaping.md")


def test_an_id_that_nothing_covers_is_a_fault_that_says_what_is_lacking(corpus: Corpus) -> None:
    corpus.swap(NOTE, "decide-together", "find-out")
    (fault,) = craft(corpus)
    assert (fault.path.rpartition("packs/")[2], fault.entry) == (DOMAIN.removeprefix("packs/"), "decide-together")
    assert fault.fault == "no note covers it"


class Fixed:
    """An encoder whose texts have these vectors, in order."""

    id, dimension = "fixed", 2

    def __init__(self, *rows: Sequence[float]) -> None:
        import numpy as np

        self._rows = np.array(rows, dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._rows

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        return self._rows


def test_questions_that_are_near_are_told_in_pairs_and_others_are_not() -> None:
    items = [item("m-1"), item("m-2"), item("m-3")]
    found = list(near_questions(items, Fixed((1, 0), (NEAR, (1 - NEAR**2) ** 0.5), (0, 1)), NEAR - 1e-6))
    assert [(a.id, b.id) for a, b, _ in found] == [("m-1", "m-2")]
    assert found[0][2] == pytest.approx(NEAR)
    assert not list(near_questions(items, Fixed((1, 0), (0.7, 0.714), (0, 1))))


def test_an_item_asked_twice_is_a_fault(corpus: Corpus) -> None:
    text = (corpus.path / ITEMS).read_text(encoding="utf-8")
    corpus.write(ITEMS, text + "\n" + text.replace(f"id: {ITEM}", "id: research-again"))
    (fault,) = craft(corpus)
    assert fault.entry == "research-again" and f"near that of {ITEM!r} (cosine 1.00" in fault.fault


def rated(*levels: dict[str, int | None], rounds: Sequence[int] = (1, 1, 1, 1)) -> str:
    lines = [f"    - {{by: reader {n}, round: {rounds[n]}, levels: {given}}}" for n, given in enumerate(levels)]
    return "  ratings:\n" + "\n".join(lines).replace("None", "null").replace("'", "") + "\n"


def with_ratings(corpus: Corpus, text: str) -> None:
    whole = re.sub(r"  ratings:\n(?:    - .*\n)+", "", (corpus.path / EXEMPLARS).read_text(encoding="utf-8"))
    first, dash, rest = whole.rstrip("\n").partition("\n- id:")
    corpus.write(EXEMPLARS, f"{first}\n{text}{dash}{rest}\n")


@pytest.mark.parametrize(
    ("levels", "rounds", "says"),
    [
        (({"asks-people": 1}, {"asks-people": 3}), (1, 1), "gave 'asks-people' 1 and 3"),
        (({"asks-people": 1}, {"asks-people": 2}, {"asks-people": 2}, {"asks-people": 4}), (1, 1, 2, 2), "gave 'asks-people' 2 and 4"),
        (({"asks-people": 6},), (1,), "off the scale of 1 to 5"),
        (({"wit": 3},), (1,), "has no criterion of"),
    ],
)
def test_ratings_that_lie_apart_or_lead_nowhere_are_faults(
    corpus: Corpus, levels: tuple[dict[str, int | None], ...], rounds: tuple[int, ...], says: str
) -> None:
    with_ratings(corpus, rated(*levels, rounds=rounds))
    (fault,) = craft(corpus)
    assert says in fault.fault and fault.path.endswith("exemplars/research.yaml") and fault.entry.startswith("research-signup-drop")


@pytest.mark.parametrize(
    ("levels", "rounds"),
    [
        (({"asks-people": 2}, {"asks-people": 3}), (1, 1)),
        (({"asks-people": 1}, {"asks-people": 4}, {"asks-people": 3}, {"asks-people": 3}), (1, 1, 2, 2)),
        (({"asks-people": None}, {"asks-people": 5}), (1, 1)),
    ],
)
def test_ratings_that_agree_in_the_end_are_none(corpus: Corpus, levels: tuple[dict[str, int | None], ...], rounds: tuple[int, ...]) -> None:
    with_ratings(corpus, rated(*levels, rounds=rounds))
    assert craft(corpus) == []


def test_the_guide_explains_each_of_these_faults_and_no_other(tmp_path: Path) -> None:
    breaks: list[Callable[[Corpus], None]] = [
        lambda c: c.swap(ITEMS, LEVEL_4, "4: Gives a clear TODO account."),
        lambda c: c.swap(ITEMS, "- What would you do first?", "- Would you watch five of them sign up?"),
        lambda c: c.swap(ITEMS, "- id: research", (c.path / ITEMS).read_text(encoding="utf-8") + "\n- id: again-research"),
        lambda c: c.swap(NOTE, "decide-together", "find-out"),
        lambda c: c.swap(ITEMS, "covers: [find-out", "covers: [] #"),
        lambda c: with_ratings(c, rated({"asks-people": 1}, {"asks-people": 3})),
        lambda c: with_ratings(c, rated({"asks-people": 9})),
        lambda c: with_ratings(c, rated({"wit": 3})),
    ]
    found = []
    for n, break_it in enumerate(breaks):
        (folder := tmp_path / str(n)).mkdir()
        break_it(corpus := Corpus(folder))
        found += [f.fault for f in craft(corpus)]
    table = README.partition("These are faults of craft")[2].partition("\n## ")[0]
    rows = [row for line in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for row in re.findall(r"`(.+?)`", line)]
    patterns = [".*".join(re.escape(part) for part in re.split(r"…|1 and 3", row)) for row in rows]
    assert [row for row, p in zip(rows, patterns, strict=True) if not any(re.search(p, f) for f in found)] == []
    assert [f for f in found if not any(re.search(p, f) for p in patterns)] == []


def test_an_exemplar_tells_the_levels_of_its_last_round_for_each_criterion() -> None:
    given = (
        Reference(by="one", levels={"a": 1, "b": 2}),
        Reference(by="two", levels={"a": 4, "b": 3}),
        Reference(by="one", round=2, levels={"a": 3}),
        Reference(by="two", round=2, levels={"a": None}),
    )
    exemplar = Exemplar(id="e", item="i", intended="weak", author="a test", answer="So.", ratings=given)
    assert (exemplar.given("a"), exemplar.given("b"), exemplar.given("c")) == ((3, None), (2, 3), ())
    assert exemplar.given("a", 1) == (1, 4)
