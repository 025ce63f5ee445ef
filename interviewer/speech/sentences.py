"""Growing text into whole sentences, each as soon as it is whole, cleaned of what is meant for the eye."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

MOST_SPOKEN = 5_000  # characters of a text that is read aloud as one: about six minutes
_MOST = 100  # characters: a longer sentence is parted, since a voice is silent, and takes memory, for as long as its text is
_LEAST = 30
_SPACE = re.compile(r"\s+(?=\S)")  # a gap counts once it is known what follows
_CLOSERS = "\"'\u201d\u2019»)]}*_`~"
_ABBREVIATED = re.compile(
    r"e\.g|i\.e|p\.s|vs|cf|viz|resp|approx|al|ca|mr|mrs|ms|dr|prof|st|jr|sr|inc|ltd|corp|dept|est|fig|eqs?|sec|ch|vol|pp", re.IGNORECASE
)
_COUNTED = frozenset(("no", "nos"))  # "No. 5", and yet "I said no. Then"
_NUMBERED = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z])[.)]$")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?$")  # U.S, a.m; one letter alone is rather an option than an initial
_CLAUSE = re.compile(r"[,;:\u2013\u2014](?=\s)")
_BLANK = re.compile(r"\s")
_JOINT = re.compile(r"\s(?=(?:and|but|or|so|because|since|while|which|that|when|where|whether|if|after|before|than|to|with)\s)")

_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^)\s]*)[^)\n]*\)")
_URL = re.compile(r"<?\b(?:https?://|www\.)[^\s<>\"”)\]]+>?", re.IGNORECASE)
_HEAD = re.compile(r"^\s*(?:(?:[-*+•\u2013]|>+|#{1,6})\s+)+", re.MULTILINE)
_RULE = re.compile(r"^\s*[-=_*|:\s]{3,}$", re.MULTILINE)
_OPENS = re.compile(r"(?<!\w)(?:[*_]+|~~|`+)(?=\S)")
_CLOSES = re.compile(r"(?<=\S)(?:[*_]+|~~|`+)(?!\w)")
_PICTURES = re.compile("[\U0001f000-\U0010ffff\u2190-\u21ff\u2600-\u27bf\ufe0f\u200d]")


class Sentences:
    """The sentences of one text that grows, those over 100 characters in parts. Nothing is told twice, and nothing that is only marks."""

    def __init__(self) -> None:
        self._text = ""
        self._done = 0

    def feed(self, text_so_far: str) -> list[str]:
        """The sentences that have become whole, from the whole text so far.

        Where a text does not go on from what was told already, it is another one: it is told from its start, and the rest of the former
        is dropped.
        """
        if not text_so_far.startswith(self._text[: self._done]):
            self._done = 0
        self._text = text_so_far
        return self._told(last=False)

    def rest(self) -> list[str]:
        """What is left, when the text is complete."""
        return self._told(last=True)

    def _told(self, last: bool) -> list[str]:
        told = []
        while (end := _end(self._text, self._done)) or (last and self._done < len(self._text)):
            end = end or len(self._text)
            told.append(clean(self._text[self._done : end]))
            self._done = end
        return [sentence for sentence in told if sentence]


def sentences_of(text: str) -> list[str]:
    """The sentences of a complete text, the same that it gives while it grows."""
    growing = Sentences()
    return growing.feed(text) + growing.rest()


def clean(text: str) -> str:
    """The text for the ear: without Markdown, pictures and control characters, addresses as their host; empty where no word is left."""
    text = "".join(c if c.isprintable() or c.isspace() else " " for c in text if unicodedata.category(c) not in ("Cf", "Cs", "Co"))
    for mark in (_FENCE, _RULE):
        text = mark.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(_host, text)
    text = _HEAD.sub("", text)
    for mark in (_OPENS, _CLOSES, _PICTURES):
        text = mark.sub("", text)
    text = " ".join(text.replace("|", " ").split())
    return text if any(c.isalnum() for c in text) else ""


def _host(found: re.Match[str]) -> str:
    """An address as its host, with the full stop or comma that follows it."""
    written = found[0].strip("<>")
    bare = written.rstrip(".,;:!?")
    try:
        host = urlsplit(bare if "//" in bare else f"//{bare}").hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") + written[len(bare) :]


def _end(text: str, start: int) -> int | None:
    """Where the first sentence from `start` ends, as far as the text so far tells; what follows later never changes it."""
    start += len(text[start:]) - len(text[start:].lstrip())
    for gap in _SPACE.finditer(text, start):
        if gap.start() > start + _MOST:
            break
        if _is_end(text[start : gap.start()], gap[0], text[gap.end()]):
            return gap.start()
    if len(text.rstrip()) > start + _MOST + 1:
        return start + _parted(text[start : start + _MOST + 1])
    return None


def _is_end(before: str, gap: str, following: str) -> bool:
    """Whether a sentence ends between `before` and the character that follows the gap."""
    lines = gap.count("\n")
    if lines > 1 or (lines and not following.islower()):
        return not _NUMBERED.fullmatch(before)
    bare = before.rstrip(_CLOSERS)
    if not bare.endswith((".", "!", "?", "…")) or following.islower() or following in ",;:\u2013\u2014":
        return False
    if bare.endswith((".", ")")) and not bare.endswith(".."):
        return not _shortened(before, bare, following)
    return True


def _shortened(before: str, bare: str, following: str) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial, or the number of a list."""
    if _NUMBERED.fullmatch(before.splitlines()[-1]):
        return True
    word = bare.split()[-1].lstrip("([{\"'\u201c\u2018*_`").removesuffix(".")
    if word.lower() in _COUNTED:
        return following.isdigit()
    return bool(_ABBREVIATED.fullmatch(word)) or (bool(_DOTTED.fullmatch(word)) and word != "I")


def _parted(text: str) -> int:
    """Where to part what has no end: after its last clause, else before its last conjunction, else at its last blank or its length."""
    for mark in (_CLAUSE, _JOINT, _BLANK):
        if ends := [m.end() if mark is _CLAUSE else m.start() for m in mark.finditer(text, _LEAST)]:
            return ends[-1]
    return len(text)
