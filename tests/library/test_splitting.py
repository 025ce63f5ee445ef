"""Notes and focus in parts."""

from __future__ import annotations

from pathlib import Path

from interviewer.domain import Note
from interviewer.library.splitting import focus_parts, sections

LISTED = """Before any heading.

## What it is

A paragraph.

- outer
  - inner

| a | b |
|---|---|
| 1 | 2 |

```python
# not a heading
x = 1
```

And after the code.

### Deeper

Down here.

## Next

Up again.
"""


def of(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [tuple(s) for s in sections(Note(id="n", title="N", text=text))]  # type: ignore[misc]


def test_each_passage_keeps_the_headings_that_it_stands_under() -> None:
    assert [headings for headings, _ in of(LISTED)] == [(), ("What it is",), ("What it is", "Deeper"), ("Next",)]


def test_lists_tables_and_code_stay_the_markdown_they_were() -> None:
    body = of(LISTED)[1][1]
    assert body == LISTED.partition("## What it is\n")[2].partition("### Deeper")[0].strip()


def test_a_note_without_headings_is_one_passage_and_a_heading_without_words_none() -> None:
    assert of("Just this.") == [((), "Just this.")]
    assert of("## Empty\n\n## Full\n\nWords.") == [(("Full",), "Words.")]


def test_a_long_section_is_cut_at_sentences_into_parts_of_like_length() -> None:
    text = "## Long\n\n" + " ".join(f"This is sentence number {n} of a long one." for n in range(60))
    parts = [part for _, part in of(text)]
    assert [heading for heading, _ in of(text)] == [("Long",)] * 3
    assert all(150 <= len(p.split()) <= 180 and p.endswith(".") for p in parts[:2])
    assert " ".join(parts).split() == text.split()[2:]


def test_sections_of_two_notes_do_not_mix() -> None:
    assert of("## A\n\none") + of("## B\n\ntwo") == [(("A",), "one"), (("B",), "two")]


def test_every_word_of_a_long_focus_stands_in_one_short_part() -> None:
    text = "\n".join(f"- requirement {n}: you know thing{n} and do work{n}, quickly; with care. Always." for n in range(200))
    parts = focus_parts(text)
    assert all(len(p.split()) <= 45 for p in parts)
    assert " ".join(parts).split() == text.split()


def test_a_blank_focus_has_no_parts_and_a_repeated_one_counts_once() -> None:
    assert focus_parts(" \n ") == []
    assert focus_parts("\n\n".join(["the same " * 20] * 5)) == [("the same " * 20).strip()]


def test_the_notes_of_the_corpus_lose_no_word() -> None:
    for file in sorted(Path("corpus").glob("packs/*/notes/*.md")):
        text = file.read_text(encoding="utf-8").split("---\n", 2)[2]
        kept = " ".join(part for _, part in of(text)).split()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert kept == " ".join(lines).split(), file
