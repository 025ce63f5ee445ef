"""The corpus as it ships: no fault, and it holds what an interview loop needs."""

from __future__ import annotations

from collections import Counter

import pytest

from interviewer.bank import faults_of_craft, read_packs, sound_packs
from interviewer.domain import Criterion, Item, Pack, Seniority
from interviewer.embedding import embedded_encoder
from tests.bank.small import CORPUS


@pytest.fixture(scope="module")
def pack() -> Pack:
    return next(p for p in sound_packs(CORPUS) if p.id == "ml-pm")


def criteria(pack: Pack) -> list[tuple[Item, Criterion]]:
    return [(i, c) for i in pack.items for c in i.criteria]


def test_no_file_of_the_corpus_has_a_fault_of_form_or_of_craft() -> None:
    encoder = embedded_encoder(2, None)
    for read in read_packs(CORPUS):
        assert [f.sentence for f in read.faults] == []
        assert read.pack
        assert [f.sentence for f in faults_of_craft(read.pack, read.folder, read.exemplar_files, encoder)] == []


def test_there_are_eight_items_for_each_of_twelve_rounds(pack: Pack) -> None:
    assert len(pack.rounds) == 12
    assert Counter(i.round for i in pack.items) == {r.id: 8 for r in pack.rounds}


def test_every_round_has_items_for_each_seniority(pack: Pack) -> None:
    for r in pack.rounds:
        open_to = Counter(s for i in pack.items if i.round == r.id for s in i.seniority)
        assert all(open_to[s] >= 3 for s in Seniority), (r.id, open_to)


def test_items_cover_every_id_of_skills_factors_responsibilities_capabilities_production_and_rounds(pack: Pack) -> None:
    asked = {c for i in pack.items for c in i.covers}
    assert [d.id for d in pack.domain if d.section in {2, 3, 4, 5, 6, 12} and d.id not in asked] == []


def test_every_item_covers_the_id_of_its_round_and_begins_with_the_rounds_name(pack: Pack) -> None:
    of_round = {r.id: r.covers for r in pack.rounds}
    assert [i.id for i in pack.items if of_round[i.round] not in i.covers or not i.id.startswith(i.round)] == []


def test_every_criterion_describes_five_different_levels(pack: Pack) -> None:
    assert len(pack.scale.levels) == 5
    assert [(i.id, c.id) for i, c in criteria(pack) if len(set(c.anchors)) != 5] == []


def test_the_highest_level_builds_on_the_one_below(pack: Pack) -> None:
    assert [(i.id, c.id) for i, c in criteria(pack) if not c.anchors[4].startswith("Does what level 4 describes")] == []


def test_every_probe_asks_one_question_and_ends_with_it(pack: Pack) -> None:
    probes = [(i.id, p) for i, c in criteria(pack) for p in c.probes]
    assert [(i, p) for i, p in probes if p.count("?") != 1 or not p.endswith("?")] == []
    assert [(i, p) for i, p in probes if p.endswith((", and why?", ", and when?", ", and what?", ", and how?", ", and for whom?"))] == []
    assert {len(c.probes) for _, c in criteria(pack)} == {2}
    assert len(set(probes)) == len(probes)


def test_every_item_has_facts_to_tell_and_a_clarification_that_differs_from_its_question(pack: Pack) -> None:
    assert [i.id for i in pack.items if not 3 <= len(i.facts) <= 6] == []
    assert [i.id for i in pack.items if not all(f.asks.endswith("?") for f in i.facts)] == []
    assert [i.id for i in pack.items if not i.clarification or i.clarification == i.question] == []


def test_every_item_takes_four_to_twelve_minutes_and_has_three_to_five_criteria(pack: Pack) -> None:
    assert [i.id for i in pack.items if not 4 <= i.minutes <= 12 or not 3 <= len(i.criteria) <= 5] == []


def test_every_criterion_has_material_to_compare_with(pack: Pack) -> None:
    thin = [
        (i.id, c.id)
        for i, c in criteria(pack)
        if len(c.key_points) < 3 or len(c.examples.high) < 2 or len(c.examples.low) < 2 or not c.looks_for
    ]
    assert thin == []


def test_an_item_lists_the_competencies_of_its_criteria_and_no_others(pack: Pack) -> None:
    assert [i.id for i in pack.items if set(i.competencies) != {c.competency for c in i.criteria}] == []


def test_every_competency_is_asked_about(pack: Pack) -> None:
    assert {c.id for c in pack.competencies} == {c.competency for _, c in criteria(pack)}


def test_there_are_at_least_forty_notes_with_headings_and_every_item_leads_to_one(pack: Pack) -> None:
    assert len(pack.notes) >= 40
    assert [n.id for n in pack.notes if n.text.count("\n## ") + n.text.startswith("## ") < 5] == []
    assert {n for i in pack.items for n in i.notes} <= {n.id for n in pack.notes}


def test_a_note_covers_at_most_three_ids_and_has_four_hundred_to_nine_hundred_words(pack: Pack) -> None:
    words = {n.id: sum(any(c.isalnum() for c in w) for w in n.text.split()) for n in pack.notes}
    assert {i: n for i, n in words.items() if not 400 <= n <= 900} == {}
    assert [n.id for n in pack.notes if not 1 <= len(n.covers) <= 3] == []


def test_four_items_of_each_round_have_a_weak_a_middling_and_a_strong_exemplar_and_no_other_has_one(pack: Pack) -> None:
    intended = Counter((e.item, e.intended) for e in pack.exemplars)
    whole = [i for i in pack.items if all(intended[i.id, level] == 1 for level in ("weak", "middling", "strong"))]
    assert Counter(i.round for i in whole) == {r.id: 4 for r in pack.rounds}
    assert len(pack.exemplars) == 3 * len(whole)
    assert [e.id for e in pack.exemplars if e.id != f"{e.item}-{e.intended}"] == []


def test_two_readers_rated_each_criterion_of_each_exemplar(pack: Pack) -> None:
    for e in pack.exemplars:
        assert [c.id for c in pack.item(e.item).criteria if len(e.given(c.id)) != 2] == [], e.id
        assert len({r.by for r in e.ratings}) == len(e.ratings) == 2


def test_what_the_readers_gave_follows_what_was_intended(pack: Pack) -> None:
    given: dict[tuple[str, str], dict[str, float]] = {}
    for e in pack.exemplars:
        for c in pack.item(e.item).criteria:
            levels = [level for level in e.given(c.id) if level is not None]
            given.setdefault((e.item, c.id), {})[e.intended] = sum(levels) / max(1, len(levels))
    order = [by["weak"] <= by["middling"] <= by["strong"] and by["weak"] < by["strong"] for by in given.values()]
    assert sum(order) >= 0.97 * len(order)


def test_an_exemplar_has_ninety_to_two_hundred_and_fifty_words(pack: Pack) -> None:
    words = {e.id: len(e.answer.split()) for e in pack.exemplars}
    assert {i: n for i, n in words.items() if not 90 <= n <= 250} == {}


def test_length_does_not_follow_quality_in_the_exemplars(pack: Pack) -> None:
    words = {(e.item, e.intended): len(e.answer.split()) for e in pack.exemplars}
    longer = [item for item, intended in words if intended == "weak" and words[item, "weak"] > words.get((item, "strong"), 0)]
    assert 2 <= len(longer) <= len(words) // 2 - 2


def test_no_exemplar_repeats_a_sentence_of_its_items_rubric(pack: Pack) -> None:
    for e in pack.exemplars:
        rubric = [s for c in pack.item(e.item).criteria for s in (*c.key_points, *c.examples.high, *c.examples.low)]
        assert [s for s in rubric if s.rstrip(".") in e.answer] == [], e.id
