"""The one place where words that others typed become Markdown that shows them as typed.

No HTML, link, heading, list, table, code or formula can come of them, and no character that reorders
or hides the line: controls and bidirectional overrides show as the replacement character.
"""

from __future__ import annotations

import re

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]")
# "_" inside a word, "&" before no entity and ":" before no address mean nothing in Markdown: left alone, so that the source reads well.
_MARKUP = re.compile(r"[\\`*\[\]|~$@]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)|:(?=//)|(?<=www)\.|(?<!\S)#", re.IGNORECASE)
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=>:]))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_WORD = re.compile(r"\S+")
_NO_BREAK = "\u00a0"


def as_typed(text: str) -> str:
    """Markdown that shows `text` as typed, its line breaks and indents too."""
    lines = [_line(line) for line in seen(text).split("\n")]
    return "\n".join(f"{a}  " if a and b else a for a, b in zip(lines, [*lines[1:], ""], strict=True))


def one_line(text: str) -> str:
    """Markdown that shows `text` as typed, on one line: for headings, table cells and sentences of our own."""
    return _line(" ".join(seen(text).split()))


def quoted(text: str) -> str:
    """Markdown that shows `text` as typed, as a block quote."""
    return _as_quote(as_typed(text))


def quoted_note(markdown: str) -> str:
    """A pack's own Markdown as a block quote: its marks stay, its headings become bold lines, and HTML shows as typed."""
    return _as_quote(_HEADING.sub(r"**\1**", _TAG.sub("&lt;", seen(markdown))).strip("\n"))


def seen(text: str) -> str:
    """The text with one kind of line end, and with characters that reorder or hide a line replaced by U+FFFD."""
    return _UNSEEN.sub("\ufffd", _LINE_END.sub("\n", text)).replace("\t", "    ")


def first_words(text: str, words: int, characters: int) -> tuple[str, int]:
    """The beginning of a text, at most so many words and characters, and the count of words left out."""
    found = list(_WORD.finditer(text))
    kept = [w for w in found[:words] if w.end() <= characters]
    if len(kept) == len(found):
        return text, 0
    end = kept[-1].end() if kept else characters
    return text[:end], len(found) - len(kept)


def _line(line: str) -> str:
    body = line.strip(" ")
    indent = len(line) - len(line.lstrip(" ")) if body else 0
    body = _MARKUP.sub(r"\\\g<0>", body).replace("<", "&lt;")
    return _NO_BREAK * indent + _LINE_START.sub(r"\1\\", body)


def _as_quote(markdown: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in markdown.split("\n"))
