"""A sentence to say instead: the candidate's own words, and in brackets what was missing. Nothing is invented for them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.domain import Evidence
from interviewer.feedback.escape import first_words

_OWN_WORDS = 30
_OWN_CHARACTERS = 240


def compose_instead(evidence: Sequence[Evidence], gap: str) -> str | None:
    """The first quote carried on to what is missing (`gap`); None where there is no quote to build on, or nothing missing."""
    if not evidence or not gap.strip():
        return None
    own, left = first_words(evidence[0].quote.strip(), _OWN_WORDS, _OWN_CHARACTERS)
    own = own.rstrip(" .!?,;:…") + (" …" if left else "")
    return f"{own}; and [say here, for your own case: {gap.strip().rstrip('.')}]."
