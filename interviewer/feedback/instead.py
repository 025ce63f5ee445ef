"""A sentence to say instead: the candidate's own words, and in brackets what was missing. Nothing is invented for them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.domain import Evidence
from interviewer.feedback.escape import first_words

_OWN_WORDS = 40
_OWN_CHARACTERS = 300
_LEAST_WORDS = 8  # that stay where a long quote is cut at the end of a clause
BUILDS_ON = re.compile(r"^Does what level (\d+) describes(?:,? and(?: also)?|[,;:]|\.?$)\s*", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:but|lacks?|only|at most|no|nor|not|nothing|neither|none|without)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:](?=\s)|\s[-\u2013\u2014]+(?=\s)")
_DISMISSES = re.compile(
    r"(?:n['\u2019]t|\b(?:not|no|never|hardly|less|(?:is|are|was|do|does|did|wo|ca|need)nt))\b(?:\W+\w+){0,4}?\W+(?:problems?|issues?|matters?|risks?|concerns?|worry|need(?:ed)?|necessary"
    r"|relevant|important|affect\w*|care|point in|reason to)\b|\brul\w+ out\b|\b(?:irrelevant|unnecessary|needless|pointless)\b",
    re.IGNORECASE,
)
# A stop begins only where no other stands before it: else a long row of dots would be tried from each of them.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"\u201d\u2019)]*\s+|\n\s*")
_LOOSE_END = re.compile(r"(?:[\s,;:…]|\b(?:and|but|or|so|because|um|uh|erm?)\b)+$", re.IGNORECASE)


def compose_instead(
    evidence: Sequence[Evidence], answers: Sequence[str], level: int, anchors: Sequence[str], missing: str, *, sure: bool = True
) -> str | None:
    """The sentence of the first quote, and in brackets what to go on with: what a higher level does, or what is missing without anchors.

    None where there is no quote to build on, or nothing to go on with. A key point is never put into the candidate's mouth: it may tell
    of things that are not theirs. Unless the rater is `sure`, the candidate may have said it, and is told so.
    """
    if not evidence:
        return None
    begin = "Go on" if sure else "Unless you said it elsewhere, go on"
    if anchors:
        above, goal = goal_above(level, anchors)
        go_on = f"{begin} as an answer at level {above} does: {goal[:1].lower()}{goal[1:]}" if goal else ""
    else:
        go_on = f"{begin}, in your own words, to what a full answer also says: {missing.strip()}" if missing.strip() else ""
    return f"{_own(evidence[0], answers)} [{go_on.rstrip(' .')}.]" if go_on else None


def dismisses(text: str) -> bool:
    """Whether a text waves something aside ("is not a problem", "can be ruled out"): to be said again only if that is right."""
    return _DISMISSES.search(text) is not None


def goal_above(level: int, anchors: Sequence[str]) -> tuple[int, str]:
    """The nearest higher level that is not told by what it lacks (such as "Names a cause, but no test for it"), and what it does beyond."""
    found = [BUILDS_ON.match(a) for a in anchors]
    whole = max((n for n, builds_on in enumerate(found) if not builds_on), default=0)  # the level on which the others build
    for above in range(level, len(anchors)):
        if builds_on := found[above]:
            return above + 1, anchors[above][builds_on.end() :]
        if above == whole or not _LIMIT.search(anchors[above]):
            return above + 1, anchors[above]
    return len(anchors), ""


def _own(evidence: Evidence, answers: Sequence[str]) -> str:
    """The candidate's words from the beginning of their sentence; where that is long, the quote alone, to the end of one of its clauses."""
    kept, left = first_words(_sentence(evidence, answers), _OWN_WORDS, _OWN_CHARACTERS)
    if left:
        kept, left = first_words(evidence.quote.strip(), _OWN_WORDS, _OWN_CHARACTERS)
    begins = "… " if kept[:1].islower() else ""
    ends = [m.start() for m in _CLAUSE.finditer(kept)] if left else []
    whole = next((kept[:at] for at in reversed(ends) if len(kept[:at].split()) >= _LEAST_WORDS), None)
    if left and whole is None:
        return f"{begins}{kept} …"
    kept = _LOOSE_END.sub("", whole or kept)
    if kept.count('"') % 2:
        kept = kept.replace('"', "")
    return f"{begins}{kept}" if kept.endswith((".", "!", "?")) else f"{begins}{kept}."


def _sentence(evidence: Evidence, answers: Sequence[str]) -> str:
    """The sentence, or the sentences, of the answer that the quote is of."""
    begins, ends = whole_sentence(evidence, answers)
    return answers[evidence.turn][begins:ends].strip() if ends else evidence.quote.strip()


def whole_sentence(evidence: Evidence, answers: Sequence[str]) -> tuple[int, int]:
    """The stretch `answers[turn][begins:ends]` of the sentence, or the sentences, that a quote is of; (0, 0) where it stands in none."""
    answer = answers[evidence.turn] if evidence.turn < len(answers) else ""
    start = answer.find(evidence.quote)
    if start < 0 or not evidence.quote:
        return 0, 0
    end = start + len(evidence.quote.rstrip())
    begins = max((m.end() for m in _SENTENCE_END.finditer(answer, 0, start)), default=0)
    return begins, next((m.end() for m in _SENTENCE_END.finditer(answer, max(start, end - 1))), len(answer))
