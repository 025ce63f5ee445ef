"""The words that an answer to an item is likely to hold, for recognisers that can be told what to listen for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from interviewer.domain import Item, Pack

MOST = 40  # phrases: a recogniser reads about two hundred words, and more would crowd out what was said
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9@/&-]*[A-Za-z0-9]")
_ODD = re.compile(r".*[A-Z0-9@/&]")  # after the first letter: OKRs, F1, A/B


def terms_of(item: Item, pack: Pack) -> tuple[str, ...]:
    """What the item's notes are about, the competencies it measures, and words of both that are spelt like terms; at most `MOST`."""
    notes = [n for n in pack.notes if n.id in item.notes]
    named = [n.title for n in notes] + [c.name for c in pack.competencies if c.id in item.competencies]
    odd = Counter(w for text in (*_texts(item), *(n.text for n in notes)) for w in _WORD.findall(text) if _ODD.match(w[1:]))
    return tuple(dict.fromkeys((*named, *(w for w, _ in odd.most_common()))))[:MOST]


def _texts(item: Item) -> Iterator[str]:
    """What is asked and looked for."""
    yield item.question
    for criterion in item.criteria:
        yield from (criterion.name, *criterion.key_points)
    for fact in item.facts:
        yield fact.says
