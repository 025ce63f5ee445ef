"""What feedback is made from (`ItemHeard`) and what it is made of. Frozen values; words in them are as typed, not yet escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Self

from pydantic import SerializerFunctionWrapHandler, model_serializer

from interviewer.domain import Evidence, Frozen, Id, Item, ItemRating, Likely, Mistake, Passage, Turn

FAR_APART = 2  # levels between two raters from which on neither is to be taken without a look at the words


class SaidAt(NamedTuple):
    """A stretch `answer[start:end]`, and when it was said, in seconds from the beginning of a recording."""

    start: int
    end: int
    start_s: float
    end_s: float


class Recorded(Frozen):
    """A recording that can be listened to: its number, its length, and the words of the answer that were heard in it."""

    recording: int
    seconds: float
    words: tuple[SaidAt, ...]


class HeardAt(Frozen):
    """Where some words can be listened to: a recording's number, and seconds from its beginning."""

    recording: int
    start: float
    end: float


class Quote(Evidence):
    """The candidate's exact words, the stretches `quote[start:end]` of them that were heard unsurely, and where they can be listened to."""

    unsure: tuple[tuple[int, int], ...] = ()
    heard_at: HeardAt | None = None

    @model_serializer(mode="wrap")
    def _as_evidence_where_typed(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value or name not in ("unsure", "heard_at")}


class MadeMistake(Mistake):
    """A common mistake with the words in which it is made."""

    evidence: Quote


class ItemHeard(Frozen):
    """One item of an interview as it was heard and rated.

    `ratings` counts; `second` is the embedded rater's where the model's counts. By criterion id, `likely` holds the levels that are
    likely where the embedded rater rated, and `missing` the key points that were not found. `mistakes` are the item's common mistakes
    that `mistakes_by` found in the answers. `rating_fault` says in a sentence why nothing could be rated. `recordings` are those of
    each turn whose audio is kept. `told` is what the interviewer replied to the candidate's own questions.
    """

    item: Item
    turns: tuple[Turn, ...] = ()
    ratings: ItemRating | None = None
    second: ItemRating | None = None
    likely: Mapping[Id, Likely] = {}
    missing: Mapping[Id, tuple[str, ...]] = {}
    mistakes: tuple[Mistake, ...] = ()
    mistakes_by: Literal["embedded", "model"] | None = None
    passages: tuple[Passage, ...] = ()
    skipped: bool = False
    rating_fault: str | None = None
    recordings: tuple[tuple[Recorded, ...], ...] = ()
    told: tuple[str, ...] = ()


class RatedBy(Frozen):
    """A rater, its model, and how many items of the interview it rated."""

    rater: Literal["embedded", "model"]
    model: str
    items: int = 1


class Second(Frozen):
    """What the other rater made of a criterion. Shown beside the rating that counts, and counted nowhere."""

    by: RatedBy
    level: int | None
    level_name: str | None
    reason: str | None
    likely: Likely | None = None
    evidence: tuple[Quote, ...] = ()
    beside: bool = False
    rationale: str = ""


class NoteToRead(Frozen):
    """A prep note, the passage to begin with (its text may be empty) and why this one."""

    note: Id
    title: str
    heading: str
    text: str
    why: str


class Described(Frozen):
    """A level of a criterion with its name and its anchor."""

    level: int
    name: str | None
    says: str


class CriterionFeedback(Frozen):
    """One criterion: its level, or None with the reason why it is unrated; what the level shows; what the next one looks like.

    `expected` is a real number from 1 to `top`; `likely` is None where the rater does not know how sure it is. `beside` says that the
    evidence is the nearest that there was and may not be to the point. `next_level` is None at the top and where nothing is rated.
    `by_reference` says that a full answer stood in place of anchors; `next_level` then holds what is missing. `instead` is a sentence
    to say instead, from the candidate's own words; `draws` are the levels of each draw where several were made. `described` are the
    levels that are likely, where there are several: a rater that is not sure leaves it to the candidate to read which of them fits.
    """

    criterion: Id
    name: str
    competency: Id | None
    competency_name: str | None
    looks_for: str
    top: int
    level: int | None = None
    level_name: str | None = None
    reason: str | None = None
    expected: float | None = None
    likely: Likely | None = None
    evidence: tuple[Quote, ...] = ()
    beside: bool = False
    shows: str | None = None
    next_level: str | None = None
    next_name: str | None = None
    missing: tuple[str, ...] = ()
    rationale: str = ""
    instead: str | None = None
    draws: tuple[int, ...] = ()
    described: tuple[Described, ...] = ()
    by_reference: bool = False
    second: Second | None = None

    @property
    def far_apart(self) -> bool:
        """Whether the two raters differ by two levels and more, so that a person has to look."""
        other = self.second.level if self.second else None
        return self.level is not None and other is not None and abs(self.level - other) >= FAR_APART

    @property
    def level_share(self) -> float | None:
        """Where the level stands on its scale, 0 (lowest) to 1 (top); None where unrated."""
        return None if self.level is None else (self.level - 1) / (self.top - 1)

    @property
    def worth_share(self) -> float | None:
        """As `level_share`, by the expected level where there is one."""
        if self.level is None:
            return None
        return ((self.level if self.expected is None else self.expected) - 1) / (self.top - 1)


class ItemFeedback(Frozen):
    """One item: its question, every turn, and each criterion. `number` counts the interview's items from 1.

    `fault` says in a sentence why the model's ratings do not count, where the embedded rater's stand in for them.
    """

    item_id: Id
    number: int | None
    question: str
    round: str | None
    turns: tuple[Turn, ...]
    skipped: bool
    rated_by: RatedBy | None
    fault: str | None
    criteria: tuple[CriterionFeedback, ...]
    mistakes: tuple[MadeMistake, ...] = ()
    mistakes_by: Literal["embedded", "model"] | None = None
    read: NoteToRead | None


class Strength(Frozen):
    """The highest rated criterion, with the words that carried it."""

    item_id: Id
    number: int
    criterion: CriterionFeedback
    evidence: Quote


class WorkOn(Frozen):
    """The one criterion to work on first. `recurs` counts the answers in which its competency came out below the middle of the scale."""

    item_id: Id
    number: int
    criterion: CriterionFeedback
    recurs: int


class CompetencyFeedback(Frozen):
    """A competency's mean, 1 to the pack's top, or None; over `rated` of its `of` criteria."""

    competency: Id
    name: str
    group: str
    mean: float | None
    rated: int
    of: int


About = tuple[Id, Id, int | None]


def about(chosen: Strength | WorkOn | None) -> About | None:
    """The item, the criterion and the level that a sentence is about."""
    return (chosen.item_id, chosen.criterion.criterion, chosen.criterion.level) if chosen else None


class Written(Frozen):
    """Sentences that a model wrote and that passed the check; None where the composed one stands. `dropped` says why.

    `on_strength` and `on_work_on` name the item, the criterion and the level that they were written about: rated anew, it may be others.
    """

    strength: str | None = None
    work_on: str | None = None
    instead: str | None = None
    on_strength: About | None = None
    on_work_on: About | None = None
    model: str | None = None
    prompt_hash: str | None = None
    dropped: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether a model wrote anything that stands."""
        return bool(self.strength or self.work_on or self.instead)


class Feedback(Frozen):
    """What an interview's scorecard tells the candidate. The fields ending in `says` are always there, in plain sentences."""

    strength: Strength | None
    strength_says: str
    work_on: WorkOn | None
    work_on_says: str
    read_next: NoteToRead | None
    competencies: tuple[CompetencyFeedback, ...]
    level_names: tuple[str, ...]
    overall: float | None
    overall_says: str
    rated: int
    of: int
    left_out: tuple[str, ...]
    rated_by: tuple[RatedBy, ...]
    beside: tuple[RatedBy, ...]
    items: tuple[ItemFeedback, ...]
    second_looks: tuple[str, ...] = ()
    written_by: str | None = None
    worded: tuple[str, ...] = ()

    @property
    def top(self) -> int:
        """The top of the pack's scale, which means refer to."""
        return len(self.level_names)

    def with_written(self, written: Written) -> Self:
        """The same feedback with the sentences that a model wrote on what it still says; where it wrote none, the composed ones stay."""
        said: dict[str, object] = {}
        worded: list[str] = []
        if written.strength and written.on_strength == about(self.strength):
            said["strength_says"] = written.strength
            worded.append("what went best")
        if written.work_on and self.is_on_work_on(written):
            said["work_on_says"] = written.work_on
            worded.append("what to work on first")
        if written.instead and self.work_on and self.is_on_work_on(written):
            criterion = self.work_on.criterion.model_copy(update={"instead": written.instead})
            said["work_on"] = self.work_on.model_copy(update={"criterion": criterion})
            worded.append("what to say instead")
        return self.model_copy(update={**said, "written_by": written.model, "worded": tuple(worded)}) if worded else self

    def is_on_work_on(self, written: Written) -> bool:
        """Whether sentences were written on what is to be worked on first."""
        return written.on_work_on == about(self.work_on)

    def is_told_by(self, written: Written) -> bool:
        """Whether sentences were written on the strength and on what to work on that this feedback names."""
        return written.on_strength == about(self.strength) and self.is_on_work_on(written)
