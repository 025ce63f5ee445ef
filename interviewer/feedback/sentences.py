"""Plain sentences about a rating, shared by what is composed and what is shown. Nothing here is escaped."""

from __future__ import annotations

from interviewer.domain import Likely
from interviewer.feedback.values import RatedBy

SKIPPED = "You skipped this question."
UNANSWERED = "You did not answer this question."


def level_in_words(level: int, top: int, name: str | None) -> str:
    """A level in number and words, such as "level 3 of 5, Partial"."""
    return f"level {level} of {top}" + (f", {name}" if name else "")


def stands_at(level: int, top: int, name: str | None, likely: Likely | None) -> str:
    """A level with how sure it is, such as "level 3 of 5, Partial (likely 2 to 4)"."""
    return level_in_words(level, top, name) + how_sure(likely)


def how_sure(likely: Likely | None) -> str:
    """The likely levels in brackets after a level, such as " (likely 2 to 4)"; empty where they are not known."""
    if likely is None:
        return ""
    return f" (likely {likely.low})" if likely.low == likely.high else f" (likely {likely.low} to {likely.high})"


def as_sentence(text: str) -> str:
    """The text with a capital at its head and a full stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…", ".”")) else ".")


def count_of(number: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 answer", "2 answers"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def rater_in_words(by: RatedBy) -> str:
    """Who rated, such as "the built-in rater (embedded, minilm-1)" or "a language model (gpt-4.1)"."""
    return f"the built-in rater (embedded, {by.model})" if by.rater == "embedded" else f"a language model ({by.model})"


def overall_in_words(overall: float | None, top: int, rated: int, of: int, *, elsewhere: bool = False) -> str:
    """The overall mean in a sentence, or how much was rated and why there is none. Never a stand-in number.

    `elsewhere` says that something was rated on a scale of another length, which no mean counts.
    """
    share = f"{rated} of {count_of(of, 'criterion', 'criteria')}"
    were = "was" if rated == 1 else "were"
    if overall is not None:
        return f"Your overall mean is {overall:.1f} of {top}, over {share}."
    if rated == 0 and elsewhere:
        return f"There is no overall number, because nothing that was rated is on the scale of {top} levels."
    if rated == 0:
        return "There is no overall number, because nothing was rated."
    if rated * 2 < of:
        return f"There is no overall number: only {share} {were} rated, and it takes at least half."
    return f"There is no overall number: {share} {were} rated, but too few of them can be added up."
