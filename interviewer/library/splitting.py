"""Texts cut into parts that an encoder reads whole: notes by heading, a candidate's focus by sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import ceil
from typing import NamedTuple

from interviewer.domain import Note

_PASSAGE_WORDS = 180  # with its heading, under the 256 tokens that the embedded encoder reads
_FOCUS_WORDS = 45  # one or two requirements of a job description; longer parts blur into their average
_SEPARATORS = ["\n\n", "\n", ". ", "; ", ", ", " "]
_LEVELS = 4


class Section(NamedTuple):
    """A passage of a note with the headings that it stands under, outermost first; none before the first heading."""

    headings: tuple[str, ...]
    text: str


def sections(note: Note) -> Iterator[Section]:
    """The passages of a note in order, each of one heading and of at most 180 words, as Markdown."""
    # The older MarkdownHeaderTextSplitter takes the indentation of lists and the empty line before a table away.
    from langchain_text_splitters import ExperimentalMarkdownSyntaxTextSplitter

    cut = ExperimentalMarkdownSyntaxTextSplitter(headers_to_split_on=[("#" * n, str(n)) for n in range(1, _LEVELS + 1)])
    under = [(tuple(d.metadata[n] for n in "1234" if n in d.metadata), d.page_content) for d in cut.split_text(note.text)]
    for headings, pieces in groupby(under, key=lambda piece: piece[0]):  # it sets blocks of code apart: they belong to their section
        text = "".join(content for _, content in pieces).strip()
        for part in _even_parts(text, _PASSAGE_WORDS):
            yield Section(headings, part)


def focus_parts(text: str) -> list[str]:
    """A focus in parts of at most 45 words, doubles taken out; none where it is blank."""
    return list(dict.fromkeys(_parts(text, _FOCUS_WORDS)))


def _even_parts(text: str, most: int) -> list[str]:
    """A text in as few parts of at most `most` words as it takes, of about equal length: no tail of a dozen words."""
    words = _words(text)
    count = ceil(words / most)
    sizes = range(ceil(words / max(count, 1)), most, 5)
    return next((parts for size in sizes if len(parts := _parts(text, size)) <= count), None) or _parts(text, most)


def _parts(text: str, most: int) -> list[str]:
    """A text cut at paragraphs, lines and sentences into parts of at most `most` words."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(_SEPARATORS, keep_separator="end", chunk_size=most, chunk_overlap=0, length_function=_words)
    return [p for p in splitter.split_text(text) if p.strip()]


def _words(text: str) -> int:
    return len(text.split())
