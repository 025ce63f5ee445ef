"""Broken files: each gives a fault with path, entry and remedy, and stops the start with one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from interviewer.bank import Fault, read_packs, sound_packs
from interviewer.errors import AuthorError
from tests.bank.cases import CASES, cut, without
from tests.bank.small import COMPETENCIES, DOMAIN, EXEMPLARS, FRAME, ITEMS, NOTE, PACK, README, Corpus


def faults_of(corpus: Corpus) -> tuple[Fault, ...]:
    return tuple(f for read in read_packs(corpus.path) for f in read.faults)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Corpus]:
    """Each case, broken."""
    corpora = {case: Corpus(tmp_path_factory.mktemp("case")) for case in CASES}
    for case, corpus in corpora.items():
        CASES[case][0](corpus)
    return corpora


@pytest.fixture(scope="module")
def found(broken: dict[str, Corpus]) -> dict[str, tuple[Fault, ...]]:
    """What is found in each case."""
    return {case: faults_of(corpus) for case, corpus in broken.items()}


def meant(case: str, faults: Sequence[Fault]) -> Fault | None:
    """The fault that a case is about."""
    _, path, entry, says, _ = CASES[case]
    return next((f for f in faults if (f.path, f.entry) == (f"corpus/{path}", entry) and says in f.fault), None)


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_named_with_path_entry_and_remedy(found: dict[str, tuple[Fault, ...]], case: str) -> None:
    fault = meant(case, found[case])
    assert fault, [f.sentence for f in found[case]]
    assert CASES[case][-1] in fault.remedy


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_stops_the_start_with_one_sentence(broken: dict[str, Corpus], case: str) -> None:
    with pytest.raises(AuthorError) as stopped:
        sound_packs(broken[case].path)
    sentence = str(stopped.value)
    assert "\n" not in sentence
    assert re.match(r"corpus/\S.*, .+: .+\. Remedy: .+\.", sentence)


def test_every_fault_is_found_in_one_pass_and_the_first_one_counts_the_others(corpus: Corpus) -> None:
    corpus.swap(COMPETENCIES, "group: craft", "group: art")
    corpus.swap(NOTE, "covers: [find-out,", "covers: [find,")
    corpus.swap(EXEMPLARS, "intended: weak", "intended: bad")
    assert [f.path.rpartition("/")[2] for f in faults_of(corpus)] == ["research.yaml", "competencies.yaml", "asking-before-shaping.md"]
    with pytest.raises(AuthorError, match=r"\(2 more: python -m interviewer check\)$"):
        sound_packs(corpus.path)


def test_a_whole_pack_without_fault_is_returned(corpus: Corpus) -> None:
    assert [p.id for p in sound_packs(corpus.path)] == ["product-designer"]


def test_a_pack_may_have_no_domain_and_no_groups_and_then_covers_nothing(corpus: Corpus) -> None:
    without(DOMAIN)(corpus)
    cut(FRAME, r"^groups:\n(  - .*\n)+")(corpus)
    cut(FRAME, r"^    covers: .*\n")(corpus)
    cut(ITEMS, r"^  covers: .*\n")(corpus)
    cut(NOTE, r"^covers: .*\n")(corpus)
    assert faults_of(corpus) == ()


def test_an_item_with_a_scale_of_its_own_has_no_fault(corpus: Corpus) -> None:
    cut(ITEMS, r"^    - id: wins-engineers\n(      .*\n)+")(corpus)
    third = "    - {id: third, competency: agreement, anchors: [a, b, c, d, e], key_points: [a], probes: [b?], "
    third += "examples: {high: [a], low: [b]}}\n"
    corpus.swap(ITEMS, "  common_mistakes:", third + "  scale: [A, B, C, D, E]\n  common_mistakes:")
    assert faults_of(corpus) == ()


def test_files_written_by_other_editors_are_read(corpus: Corpus) -> None:
    for path in (ITEMS, NOTE, FRAME):
        corpus.write(path, b"\xef\xbb\xbf" + (corpus.path / path).read_bytes().replace(b"\n", b"\r\n"))
    assert faults_of(corpus) == ()


def test_hidden_files_and_folders_are_passed_over(corpus: Corpus) -> None:
    corpus.write(f"{PACK}/items/.#research.yaml", "half")
    corpus.write("packs/.cache/left.txt", "half")
    assert faults_of(corpus) == ()


def test_two_packs_are_both_read_and_only_the_broken_one_has_faults(corpus: Corpus) -> None:
    for path in sorted(p for p in (corpus.path / PACK).rglob("*") if p.is_file()):
        corpus.write(f"packs/other/{path.relative_to(corpus.path / PACK)}", path.read_bytes())
    corpus.swap("packs/other/items/research.yaml", "covers: [find-out,", "covers: [find,")
    assert [(r.id, len(r.faults)) for r in read_packs(corpus.path)] == [("other", 1), ("product-designer", 0)]


def test_a_corpus_without_a_pack_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"packs: no pack found; a pack is a folder with a pack\.yaml in it$"):
        read_packs(tmp_path)


# ---------------------------------------------------------------- the README's table of faults


def rows() -> list[str]:
    table = README.partition("| it says | it means |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)


def fits(row: str, fault: str) -> bool:
    return re.search(".*".join(re.escape(part) for part in row.split("…")), fault) is not None


def test_the_readme_explains_every_fault_of_these_cases(found: dict[str, tuple[Fault, ...]]) -> None:
    faults = [f for case in CASES if (f := meant(case, found[case]))]
    assert [f.fault for f in faults if not any(fits(row, f.fault) for row in rows())] == []


def test_every_row_of_the_readme_is_a_fault_that_can_happen(found: dict[str, tuple[Fault, ...]]) -> None:
    assert len(rows()) > 20
    assert [row for row in rows() if not any(fits(row, f.fault) for faults in found.values() for f in faults)] == []
