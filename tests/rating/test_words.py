from __future__ import annotations

from itertools import pairwise

import pytest

from interviewer.rating.words import LONG, folded, leftover, runs, sentences, words


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Don\u2019t", "dont"),
        ("\ufb01nd", "FIND"),
        ("caf\u00e9", "cafe\u0301"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\uff21\uff22", "ab"),
        ("user_id", "user id"),
        ("\u201cquoted\u201d", "quoted"),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_spellings_of_the_same_words_fold_to_the_same(typed: str, same: str) -> None:
    assert folded(typed) == folded(same) != ()


def test_each_word_knows_where_it_was_typed() -> None:
    text = "  We\u2019re  \u2018fine\u2019, aren't we? "
    assert [text[w.start : w.end] for w in words(text)] == ["We\u2019re", "fine", "aren't", "we"]


def test_a_script_without_spaces_gives_a_word_for_each_character() -> None:
    assert folded("\u4f60\u597d ok") == ("\u4f60", "\u597d", "ok")


def test_full_stops_line_ends_and_bullets_part_sentences_and_decimals_do_not() -> None:
    assert cut("It rose by 3.5 percent, e.g. here. Then?\n- one thing\n* another; and a third") == [
        "It rose by 3.5 percent, e.g. here.",
        "Then?",
        "one thing",
        "another",
        "and a third",
    ]


def test_speech_without_full_stops_is_cut_at_turns_of_speech() -> None:
    parts = cut(" ".join(["so I think we should look at the data and then we check the labels because they are late"] * 5))
    assert len(parts) > 3
    assert all(len(words(p)) <= LONG for p in parts)


def test_sentences_of_any_text_lie_inside_it_in_order_and_hold_a_word() -> None:
    for text in ("", "...", "\n\n", "a", "word " * 300, "x" * 5000, "Hm...? \u2026 Well!!! (ok.) 'yes.' no", "1. 2. 3."):
        spans = sentences(text)
        assert all(0 <= a < b <= len(text) and words(text[a:b]) for a, b in spans)
        assert all(first.end <= second.start for first, second in pairwise(spans))


def test_only_runs_of_words_count_as_copied() -> None:
    assert leftover(("we", "find", "out", "why", "slowly"), runs(("you", "find", "out", "why"))) == ("we", "slowly")
    assert leftover(("why", "out", "find"), runs(("find", "out", "why"))) == ("why", "out", "find")
