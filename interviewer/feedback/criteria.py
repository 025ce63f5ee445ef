"""One criterion, and an item whose criteria are all unrated, as blocks of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.feedback.escape import as_typed, one_line, quoted
from interviewer.feedback.sentences import SKIPPED, as_sentence, level_in_words, rater_in_words
from interviewer.feedback.values import CriterionFeedback, ItemFeedback, Second

_UNRATED_IS_NOT_LOW = "That is not a low rating: it counts neither for you nor against you."
_FAR_APART = 2


def items(texts: Sequence[str]) -> str:
    """A list with one sentence an item."""
    return "\n".join(f"- {one_line(as_sentence(t))}" for t in texts)


def criterion_blocks(c: CriterionFeedback, *, turns: int = 1, quotes: bool = True) -> Iterator[str]:
    """A criterion below its heading: what its level shows, the candidate's words, what the next level looks like."""
    if c.level is None:
        yield from _unrated(c, turns)
        return
    if c.shows:
        yield shows(c)
    if quotes:
        yield from _quotes(c, turns)
    if c.rationale and quotes:
        yield f"Why this level: {one_line(as_sentence(c.rationale))}"
    yield from _next(c)
    if c.second and quotes:
        yield _beside(c.level, c.top, c.second)


def shows(c: CriterionFeedback) -> str:
    """What a rated criterion's level stands for."""
    label = f"Level {c.level} means:" if c.by_reference else f"An answer at level {c.level} does this:"
    return f"{label} {one_line(as_sentence(c.shows or ''))}"


def unrated_alike(item: ItemFeedback) -> tuple[str, ...]:
    """What to say once where every criterion of an item is unrated for the same reason; empty otherwise."""
    reasons = {c.reason for c in item.criteria}
    if any(c.level is not None or c.second or c.rationale or c.evidence for c in item.criteria) or len(reasons) != 1:
        return ()
    reason = next(iter(reasons)) or ""
    why = "" if reason == SKIPPED else f" Reason: {as_sentence(reason)}"
    said = f"{_all_of(len(item.criteria))} unrated.{why} {_UNRATED_IS_NOT_LOW}"
    looks = [f"{c.name}: {c.looks_for}" if c.looks_for else c.name for c in item.criteria]
    return (one_line(said), "What this question looks for:", items(looks))


def _all_of(criteria: int) -> str:
    return "The one criterion is" if criteria == 1 else f"All {criteria} criteria are"


def _unrated(c: CriterionFeedback, turns: int) -> Iterator[str]:
    yield f"Reason: {one_line(as_sentence(c.reason or 'none was given'))} {_UNRATED_IS_NOT_LOW}"
    if c.rationale:
        yield f"The rater's note: {one_line(as_sentence(c.rationale))}"
    yield from _quotes(c, turns)
    if c.looks_for:
        yield f"What it looks for: {one_line(as_sentence(c.looks_for))}"
    if c.second:
        yield _beside(None, c.top, c.second)


def _quotes(c: CriterionFeedback, turns: int) -> Iterator[str]:
    for e in c.evidence:
        if turns == 1:
            yield "In your words:"
        else:
            yield f"In your words, from your answer to follow-up {e.turn}:" if e.turn else "In your words, from your first answer:"
        yield quoted(e.quote)


def _next(c: CriterionFeedback) -> Iterator[str]:
    """What the next level looks like, or what is missing from a reference; nothing at the top."""
    if not c.next_level:
        return
    if c.by_reference:
        label = "A fuller answer also says:" if c.missing else "A full answer says:"
        yield f"{label} {as_typed(as_sentence(c.next_level))}"
        return
    named = f"level {(c.level or 0) + 1}" + (f", {one_line(c.next_name)}," if c.next_name else "")
    yield f"An answer at {named} would do this: {one_line(as_sentence(c.next_level))}"
    if c.missing:
        yield "Nothing close to this was found in your answer:"
        yield items(c.missing)


def _beside(level: int | None, top: int, second: Second) -> str:
    """What the second rater says, and a warning where the two are far apart."""
    who = as_sentence(rater_in_words(second.by)).rstrip(".")
    if second.level is None:
        return f"{one_line(who)} left it unrated: {one_line(as_sentence(second.reason or 'it gave no reason'))}"
    said = f"For comparison only: {rater_in_words(second.by)} gave it {level_in_words(second.level, top, second.level_name)}."
    if level is not None and abs(level - second.level) >= _FAR_APART:
        said += " The two are far apart, so read the quotes and judge for yourself."
    return one_line(said)
