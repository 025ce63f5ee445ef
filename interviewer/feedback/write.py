"""The sentences that a model may write, and the check in code that they have to pass.

A sentence is dropped, and the composed one stands, where it quotes what nobody said, gives a number or
a level that the scorecard does not have, or praises, blames or guesses instead of saying what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from interviewer.errors import ModelError
from interviewer.feedback.check import fault_in
from interviewer.feedback.escape import first_words
from interviewer.feedback.sentences import level_in_words
from interviewer.feedback.trace import fault_in_instead, untraced_in
from interviewer.feedback.values import CriterionFeedback, Feedback, ItemHeard, Written, about
from interviewer.prompts import Filled, Prompt

_WORDS_SENT = 1_200
_CHARACTERS_SENT = 8_000
_NONE = "none"

_T = TypeVar("_T", bound=BaseModel)


class Writes(Protocol):
    """The part of the model seam that writing needs."""

    def name_for(self, role: Literal["interviewer"]) -> str: ...

    async def structured(
        self, role: Literal["interviewer"], filled: Filled, schema: type[_T], *, interview: str | None, seed: int | None = None
    ) -> _T: ...


class Wording(BaseModel):
    """What the model is asked for: three short texts, empty where there is nothing to say."""

    model_config = ConfigDict(extra="forbid")

    strength: str
    work_on: str
    instead: str = ""


async def write(models: Writes, prompt: Prompt, feedback: Feedback, heard: Sequence[ItemHeard], *, interview: str | None) -> Written:
    """A model's wording of the strength, of what to work on first and of a sentence to say instead, each only where it passes the check.

    Nothing is asked where nothing was rated. A failing model is no error here: its sentence stands in `dropped`.
    """
    if not (feedback.strength or feedback.work_on):
        return Written()
    model = models.name_for("interviewer")
    try:
        told = await models.structured("interviewer", _filled(prompt, feedback, heard), Wording, interview=interview)
    except ModelError as error:
        return Written(model=model, prompt_hash=prompt.hash, dropped=(str(error),))
    on = {"on_strength": about(feedback.strength), "on_work_on": about(feedback.work_on)}
    return _kept(told, feedback, heard).model_copy(update={"model": model, "prompt_hash": prompt.hash, **on})


def _kept(told: Wording, feedback: Feedback, heard: Sequence[ItemHeard]) -> Written:
    """The texts that pass, and for each that does not, the reason."""
    answers = [t.answer for h in heard for t in h.turns if t.answer]
    names = {*feedback.level_names, *(level.name for h in heard if h.item.scale for level in h.item.scale.levels)}
    kept: dict[str, str] = {}
    dropped: list[str] = []
    for field, on in (("strength", feedback.strength), ("work_on", feedback.work_on)):
        text = " ".join(getattr(told, field).split())
        if not on:
            continue
        own = [t.answer for h in heard if h.item.id == on.item_id for t in h.turns if t.answer]
        fault = fault_in(text, on.criterion, own, names) or untraced_in(text, (*answers, *rubric_of(on.criterion)))
        if fault:
            dropped.append(f"The model's wording of {field} was dropped: {fault}.")
        else:
            kept[field] = text
    if feedback.work_on and (instead := " ".join(told.instead.split()).strip('"“” ')):
        own = [t.answer for h in heard if h.item.id == feedback.work_on.item_id for t in h.turns if t.answer]
        if fault := fault_in_instead(instead, own, rubric_of(feedback.work_on.criterion)):
            dropped.append(f"The model's sentence to say instead was dropped: {fault}.")
        else:
            kept["instead"] = instead
    return Written(**kept, dropped=tuple(dropped))


def rubric_of(c: CriterionFeedback) -> tuple[str, ...]:
    """What our own words say about a criterion: what advice on it may rest on, besides what the candidate said."""
    return (c.name, c.looks_for, c.shows or "", c.next_level or "", *c.missing)


def _filled(prompt: Prompt, feedback: Feedback, heard: Sequence[ItemHeard]) -> Filled:
    strength, work_on = feedback.strength, feedback.work_on
    return prompt.fill(
        strength=_facts(strength.criterion) if strength else _NONE,
        strength_words="\n".join(e.quote for e in strength.criterion.evidence) if strength else _NONE,
        work_on=_facts(work_on.criterion) if work_on else _NONE,
        work_on_words=_answers(heard, work_on.item_id) if work_on else _NONE,
    )


def _facts(c: CriterionFeedback) -> str:
    """What is settled about a criterion, in our own words: never the rater's rationale, which may echo an answer."""
    lines = [
        f"Criterion: {c.name}",
        f"Rated {level_in_words(c.level or 0, c.top, c.level_name)}",
        f"What that level means: {c.shows}" if c.shows else "",
        f"What the next level looks like: {c.next_level}" if c.next_level else "",
        *(f"Not found in the answer: {m}" for m in c.missing),
    ]
    return "\n".join(line for line in lines if line)


def _answers(heard: Sequence[ItemHeard], item_id: str) -> str:
    """The candidate's answers to an item, cut where they are too long to send."""
    whole = "\n\n".join(t.answer for h in heard if h.item.id == item_id for t in h.turns if t.answer)
    return first_words(whole, _WORDS_SENT, _CHARACTERS_SENT)[0]
