"""One criterion, and an item whose criteria are all unrated, as blocks of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.feedback.escape import as_typed, one_line, quoted
from interviewer.feedback.heard import MARKED, marked
from interviewer.feedback.sentences import SKIPPED, UNANSWERED, as_sentence, rater_in_words, stands_at
from interviewer.feedback.values import CriterionFeedback, ItemFeedback, Quote, Second

_UNRATED_IS_NOT_LOW = "That is not a low rating: it counts neither for you nor against you."


def items(texts: Sequence[str]) -> str:
    """A list with one sentence an item."""
    return "\n".join(f"- {one_line(as_sentence(t))}" for t in texts)


def criterion_blocks(c: CriterionFeedback, *, turns: int = 1, quotes: bool = True) -> Iterator[str]:
    """A criterion below its heading: what its level shows, the candidate's words, what the next level looks like."""
    if c.level is None:
        yield from _unrated(c, turns)
        return
    if c.described:
        yield f"Read which of these your answer does; level {c.level} is the rater's first guess:"
        yield "\n".join(f"- Level {_named(d.level, d.name)}: {one_line(as_sentence(d.says))}" for d in c.described)
    elif c.shows:
        yield shows(c)
    if quotes:
        yield from _quotes(c, turns)
    if c.rationale and quotes:
        yield f"{'What the rater went by' if c.likely else 'Why this level'}: {one_line(as_sentence(c.rationale))}"
    if len(set(c.draws)) > 1:
        stands = "the middle one" if len(c.draws) % 2 else "the lower of the two in the middle"
        yield f"Asked several times, the rater gave the levels {', '.join(map(str, c.draws))}; {stands} stands."
    yield from _next(c)
    if c.instead:
        yield f"To say instead, from your own words (fill in the brackets with what is true for you): {one_line(c.instead)}"
    if c.far_apart and quotes:
        yield from _apart(c, turns)
    elif c.second and quotes:
        yield _beside(c.top, c.second)


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
    why = "" if reason in (SKIPPED, UNANSWERED) else f" Reason: {as_sentence(reason)}"
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
        yield _beside(c.top, c.second)


def _quotes(c: CriterionFeedback | Second, turns: int) -> Iterator[str]:
    said = in_words(c.beside)
    for e in c.evidence:
        if turns == 1:
            yield f"{said}:"
        else:
            yield f"{said}, from your answer to follow-up {e.turn}:" if e.turn else f"{said}, from your first answer:"
        yield from quote_blocks(e)


def in_words(beside: bool) -> str:
    """What a quote is: what the rating rests on, or only the nearest that there was."""
    return "The closest of your words, which may not be to the point" if beside else "In your words"


LISTEN = "[Hear these words](#hear-"  # how a link begins that the page's script follows: recording, first and last second


def quote_blocks(quote: Quote) -> Iterator[str]:
    """A quote, with a mark after words that were heard unsurely and what the mark means, and where it can be listened to."""
    yield quoted(marked(quote.quote, quote.unsure))
    if quote.unsure:
        yield MARKED
    if at := quote.heard_at:
        yield f"{LISTEN}{at.recording}-{at.start:g}-{at.end:g})"


def _next(c: CriterionFeedback) -> Iterator[str]:
    """What the next level looks like, or what is missing from a reference; nothing at the top."""
    if not c.next_level:
        return
    if c.by_reference:
        label = "A fuller answer also says:" if c.missing else "A full answer says:"
        yield f"{label} {as_typed(as_sentence(c.next_level))}"
        return
    above = (c.level or 0) + 1
    if above not in {d.level for d in c.described}:
        named = _named(above, c.next_name) + ("," if c.next_name else "")
        yield f"An answer at level {named} would do this: {one_line(as_sentence(c.next_level))}"
    if c.missing:
        yield "Full answers also say something like this, and it was not found in yours, or only in part:"
        yield items(c.missing)


def _named(level: int, name: str | None) -> str:
    """A level's number, with its name where it has one."""
    return f"{level}, {one_line(name)}" if name else str(level)


def mistake_blocks(item: ItemFeedback) -> Iterator[str]:
    """The item's common mistakes that were found in the answers, each with the words; what the built-in rater found is to be checked."""
    if not item.mistakes:
        return
    if item.mistakes_by == "embedded":
        yield (
            "The built-in rater finds sentences that come near a common mistake. It can't tell making one from warning of it, "
            "so read your words again:"
        )
    for mistake in item.mistakes:
        yield f"A common mistake here: {one_line(as_sentence(mistake.says))}"
        yield "You said:"
        yield from quote_blocks(mistake.evidence)


def _apart(c: CriterionFeedback, turns: int) -> Iterator[str]:
    """Both raters with what each rests on, where they are far apart."""
    second = c.second
    assert second is not None
    stands = stands_at(second.level or 0, c.top, second.level_name, second.likely)
    yield (
        f"**Look at this one yourself.** The two raters are far apart: {one_line(rater_in_words(second.by))} gave it {one_line(stands)}. "
        "They are not averaged. What that rests on:"
    )
    yield from _quotes(second, turns)
    if second.rationale:
        yield f"Its reason: {one_line(as_sentence(second.rationale))}"
    yield "Which of the two do your words bear out? If neither, say so under “This rating is wrong”."


def _beside(top: int, second: Second) -> str:
    """What the second rater says, where the two are not far apart."""
    who = as_sentence(rater_in_words(second.by)).rstrip(".")
    if second.level is None:
        return f"{one_line(who)} left it unrated: {one_line(as_sentence(second.reason or 'it gave no reason'))}"
    return one_line(
        f"For comparison only: {rater_in_words(second.by)} gave it {stands_at(second.level, top, second.level_name, second.likely)}."
    )
