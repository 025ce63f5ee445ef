"""What corpus/README.md shows is valid, and what it says of faults and fields is all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from interviewer.bank import read_items, read_packs, uncovered
from interviewer.domain import Competency, Criterion, DomainId, Exemplar, Group, Item, Note, Round
from interviewer.interview.measuring import read_answered
from tests.bank import small
from tests.bank.small import Corpus


def test_the_pack_that_the_readme_shows_has_no_fault_and_covers_its_domain(corpus: Corpus) -> None:
    (read,) = read_packs(corpus.path)
    assert read.faults == ()
    assert read.pack is not None
    assert (read.pack.id, len(read.pack.items), len(read.pack.notes), len(read.pack.exemplars)) == ("product-designer", 1, 1, 2)
    assert uncovered(read.pack) == ()


def test_the_readme_shows_a_file_of_every_kind() -> None:
    wanted = {small.SCALE, small.FRAME, small.COMPETENCIES, small.DOMAIN, small.ITEMS, small.EXEMPLARS, small.NOTE, "items.yaml"}
    assert set(small.shown_files()) == wanted


def test_the_items_and_answers_for_rate_that_the_readme_shows_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "items.yaml").write_text(small.shown_files()["items.yaml"], encoding="utf-8")
    (tmp_path / "answers.jsonl").write_text(small.shown_answers(), encoding="utf-8")
    items = {i.id: i for i in read_items(tmp_path / "items.yaml")}
    assert items["why-staging"].scale is not None
    assert [level.name for level in items["why-staging"].scale.levels] == ["Wrong", "In part", "Right"]
    answered = read_answered(tmp_path / "answers.jsonl", items)
    assert [(a.item_id, len(a.said(items[a.item_id]))) for a in answered] == [("why-staging", 1), ("precision-fell", 2)]


@pytest.mark.parametrize("kind", [Item, Criterion])
def test_the_tables_explain_every_field_of_an_item_and_of_a_criterion(kind: type[BaseModel]) -> None:
    explained = set(re.findall(r"^\| `(\w+)` \| ", small.README, re.MULTILINE))
    assert set(kind.model_fields) - {"round"} <= explained
    assert "There is no `round` field" in small.README


@pytest.mark.parametrize("kind", [Competency, Group, Round, DomainId, Exemplar, Note])
def test_the_readme_names_every_field_of_the_other_files(kind: type[BaseModel]) -> None:
    assert [f for f in kind.model_fields if f != "text" and f"`{f}`" not in small.README] == []


def test_the_example_item_uses_every_field_that_a_pack_asks_for(corpus: Corpus) -> None:
    (read,) = read_packs(corpus.path)
    assert read.pack is not None
    (item,) = read.pack.items
    assert set(Item.model_fields) - item.model_fields_set == {"scale"}
    assert all(set(Criterion.model_fields) - c.model_fields_set <= {"reference", "delivery"} for c in item.criteria)


def test_every_link_inside_the_readme_leads_to_a_heading() -> None:
    headings = re.findall(r"^## (.+)$", small.README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", small.README)) <= anchors
