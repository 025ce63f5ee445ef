from __future__ import annotations

import time

import pytest

from interviewer.feedback.escape import as_typed, first_words, one_line, quoted, quoted_note
from tests.feedback.cases import quotes_shown, shown, tags

HOSTILE = [
    "<script>alert('x')</script>",
    "<img src=x onerror=alert(1)>",
    "</blockquote><style>body{display:none}</style>",
    "<!-- hidden -->",
    "<https://example.com>",
    "[x](javascript:alert(1))",
    "![x](http://example.com/x.png)",
    "[x]: javascript:alert(1)",
    "see [x][y] and [^1]",
    "`code` and ``more`` and ```all```",
    "```\nfenced\n```",
    "~~~\nfenced\n~~~",
    "# not a heading",
    "a heading\n===",
    "a heading\n---",
    "---",
    "* * *",
    "- a\n- list",
    "+ a\n+ list",
    "1. first\n2) second",
    "> quoted",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "a\n:-:\nb",
    "*stars* and **more** and _lines_ and __more__ and ~~struck~~",
    "snake_case_name and 2*3*4",
    "&lt;b&gt; &amp; &#60; &copy; R&D",
    "a \\* backslash \\",
    "C# and #1 and # and ##",
    "$x^2$ and $$y$$ cost $5",
    "precision < 80 % and recall > 50 %",
    "ends in two spaces",
    "café \u2013 “typed” \u2018quotes\u2019 … 😀 日本語 עברית",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_in_an_answer_shows_as_typed(words: str) -> None:
    assert shown(as_typed(words)) == [words]
    assert tags(as_typed(words)) in (["p"], ["br", "p"])


@pytest.mark.parametrize("words", HOSTILE)
def test_a_quote_shows_as_typed_and_stays_one_quote(words: str) -> None:
    assert quotes_shown(quoted(words)) == [words]
    assert set(tags(quoted(words))) <= {"blockquote", "p", "br"}


@pytest.mark.parametrize("words", HOSTILE)
def test_in_a_heading_it_shows_as_typed_on_one_line(words: str) -> None:
    line = one_line(words)
    assert "\n" not in line
    assert shown(f"### {line}") == [" ".join(words.split())]
    assert tags(f"### {line}") == ["h3"]


@pytest.mark.parametrize("words", HOSTILE)
def test_in_a_table_it_stays_in_its_cell(words: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {one_line(words)} | end |"
    assert shown(table) == ["a", "b", " ".join(words.split()), "end"]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_tag_can_be_read_out_of_the_source_either(words: str) -> None:
    assert "<" not in as_typed(words)


@pytest.mark.parametrize("address", ["https://example.com/a", "HTTP://EXAMPLE.COM", "www.example.com", "me@example.com", "ftp://x.y"])
def test_an_address_is_broken_up_so_that_no_viewer_makes_a_link_of_it(address: str) -> None:
    assert address not in as_typed(address)
    assert shown(as_typed(address)) == [address]


def test_line_breaks_empty_lines_and_indents_stay() -> None:
    words = "first\n    second, indented\n\n    third\nfourth"
    assert [b.replace("\u00a0", " ") for b in shown(as_typed(words))] == ["first\n    second, indented", "third\nfourth"]
    assert "code" not in tags(as_typed(words))


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_line_end_is_a_line_end(end: str) -> None:
    assert shown(as_typed(f"one{end}# two")) == ["one\n# two"]
    assert len(one_line(f"one{end}two").splitlines()) == 1


@pytest.mark.parametrize("unseen", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u202d", "\u2066", "\u2069", "\U000e0041"])
def test_what_hides_or_turns_the_line_around_shows_as_a_replacement(unseen: str) -> None:
    for escaped in (as_typed(f"a{unseen}b"), one_line(f"a{unseen}b"), quoted(f"a{unseen}b")):
        assert unseen not in escaped
        assert shown(escaped) == ["a\ufffdb"]


def test_words_in_ordinary_english_are_left_readable() -> None:
    words = "I'd check the A/B test (n = 1,200), the user_id join; R&D: 5-10% - fine!"
    assert as_typed(words) == words


@pytest.mark.parametrize("piece", ["word ", "<", "*a", "&", "_", "\n#", "1. ", "a&a", " "])
def test_fifty_thousand_characters_take_a_moment_only(piece: str) -> None:
    words = (piece * 50_000)[:50_000]
    began = time.process_time()
    quoted(words)
    one_line(words)
    assert time.process_time() - began < 5


def test_a_note_keeps_its_marks_but_gives_no_heading_and_no_html() -> None:
    markdown = quoted_note("## Part\n\nIt is **this**, a < b.\n\n- one\n\n<script>x</script> <b>y</b>")
    assert set(tags(markdown)) == {"blockquote", "p", "strong", "ul", "li"}
    assert "<script" not in markdown


def test_the_first_words_are_cut_between_words_and_the_rest_is_counted() -> None:
    assert first_words("one  two\nthree four", 3, 100) == ("one  two\nthree", 1)
    assert first_words("one two three", 9, 7) == ("one two", 1)
    assert first_words("one two", 2, 100) == ("one two", 0)
    assert first_words("x" * 50, 5, 10) == ("x" * 10, 1)
    assert first_words("", 5, 10) == ("", 0)
