"""The nouns of the product, as frozen values.

Everything here is plain data: no file, no clock, no network, no library but pydantic. A value that
was built is valid; what a file may leave out for `rate` has a default here, and what a pack must
have besides is checked where packs are read (`interviewer.bank`).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", max_length=120)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Frozen(BaseModel):
    """A value that never changes and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --------------------------------------------------------------------------- what may be asked


class Seniority(StrEnum):
    """How far along the role an item is meant for."""

    ENTERING = "entering"
    EXPERIENCED = "experienced"
    LEADING = "leading"


class ScaleLevel(Frozen):
    """One point of the rating scale: its short name and what it means on any criterion."""

    name: Sentence
    meaning: str = ""


def _named_levels(value: object) -> object:
    """Accept a scale as a list of names, a list of levels, or a mapping from index to name."""
    if isinstance(value, Mapping) and "levels" not in value:
        value = _by_index(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {"levels": [{"name": v} if isinstance(v, str) else v for v in value]}
    return value


def _by_index(value: object) -> object:
    """A mapping {1: a, 2: b, …} as the list [a, b, …]; anything else as it came."""
    if not isinstance(value, Mapping):
        return value
    try:
        keys = sorted((int(k), k) for k in value)
    except (TypeError, ValueError):
        raise ValueError("number the levels 1, 2, 3 … (lowest first)") from None
    if [n for n, _ in keys] != list(range(1, len(keys) + 1)):
        raise ValueError(f"levels run 1 to {len(keys)} with none left out, not {[n for n, _ in keys]}")
    return [value[k] for _, k in keys]


class Scale(Frozen):
    """The levels of a rating, lowest first; a level is an index into it, counted from 1."""

    levels: tuple[ScaleLevel, ...] = Field(min_length=2)

    @property
    def top(self) -> int:
        return len(self.levels)

    def name_of(self, level: int) -> str:
        return self.levels[level - 1].name


class Fact(Frozen):
    """Something an interviewer can tell about the item's setting when asked."""

    asks: Sentence
    says: Sentence


class Examples(Frozen):
    """Sentences as candidates say them: at a high level of a criterion, and at a low one."""

    high: tuple[Sentence, ...] = ()
    low: tuple[Sentence, ...] = ()


class Criterion(Frozen):
    """One observable quality of an answer, rated alone.

    `anchors` describes each level, lowest first. Where there are none, `reference` is a full
    answer that the rating compares with.
    """

    id: Id
    name: str = ""
    competency: Id | None = None
    looks_for: str = ""
    anchors: Annotated[tuple[Sentence, ...], BeforeValidator(_by_index)] = ()
    reference: Annotated[str, StringConstraints(strip_whitespace=True)] | None = None
    key_points: tuple[Sentence, ...] = ()
    examples: Examples = Examples()
    probes: tuple[Sentence, ...] = ()
    delivery: bool = False

    @model_validator(mode="after")
    def _has_something_to_rate_by(self) -> Self:
        if not self.anchors and not self.reference:
            raise ValueError(f"criterion {self.id!r} has neither anchors nor a reference: add one of them")
        if not self.anchors and not any(c.isalnum() for c in self.reference or ""):
            raise ValueError(f"criterion {self.id!r} has a reference without a word: say in it what a full answer says")
        return self

    @property
    def title(self) -> str:
        return self.name or self.id


class Item(Frozen):
    """A lead question with its rubric (the criteria) and what an interviewer knows besides."""

    id: Id
    question: Sentence
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    round: Id = "unnamed"
    competencies: tuple[Id, ...] = ()
    seniority: tuple[Seniority, ...] = ()
    minutes: float = Field(default=5, gt=0, le=120)
    facts: tuple[Fact, ...] = ()
    clarification: str = ""
    common_mistakes: tuple[Sentence, ...] = ()
    covers: tuple[Id, ...] = Field(default=(), max_length=3)
    notes: tuple[Id, ...] = ()
    scale: Annotated[Scale, BeforeValidator(_named_levels)] | None = None

    @model_validator(mode="after")
    def _criteria_fit_the_scale(self) -> Self:
        ids = [c.id for c in self.criteria]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"criterion id {twice[0]!r} stands twice: give each criterion its own id")
        top = self.top
        for c in self.criteria:
            if c.anchors and len(c.anchors) != top:
                raise ValueError(f"criterion {c.id!r} has {len(c.anchors)} anchors for {top} levels: write one for each")
        return self

    @property
    def top(self) -> int:
        """The highest level of this item's scale (5 where the item names no scale)."""
        return self.scale.top if self.scale else 5

    def criterion(self, criterion_id: str) -> Criterion:
        return next(c for c in self.criteria if c.id == criterion_id)


class Competency(Frozen):
    """A job-related attribute that ratings are added up by."""

    id: Id
    name: Sentence
    group: Id
    definition: Sentence


class Group(Frozen):
    """A heading that competencies are shown under."""

    id: Id
    name: Sentence


class Round(Frozen):
    """A kind of interview in the loop."""

    id: Id
    name: Sentence
    description: Sentence
    covers: Id | None = None


class Note(Frozen):
    """A prep note: Markdown to read, and the ids of the domain that it teaches."""

    id: Id
    title: Sentence
    covers: tuple[Id, ...] = Field(default=(), max_length=3)
    reading: tuple[str, ...] = ()
    text: Sentence


class Reference(Frozen):
    """The levels that one reader gave an exemplar, by criterion, knowing neither the intended level nor what others gave; and who that was.

    A later round gives only what was read anew after its anchors were mended; a level of None says that the reader could not tell.
    """

    by: Sentence
    round: int = Field(default=1, ge=1)
    levels: dict[Id, int | None] = Field(min_length=1)


class Exemplar(Frozen):
    """An answer written to show a level, who wrote it, and what its readers gave it."""

    id: Id
    item: Id
    intended: Literal["weak", "middling", "strong"]
    author: Sentence
    answer: Sentence
    ratings: tuple[Reference, ...] = ()

    def given(self, criterion: str, round: int | None = None) -> tuple[int | None, ...]:
        """The levels that the readers of a round gave a criterion; those of the last round that rated it where none is named."""
        rounds = {r.round for r in self.ratings if criterion in r.levels}
        asked = round if round is not None else max(rounds, default=1)
        return tuple(r.levels[criterion] for r in self.ratings if r.round == asked and criterion in r.levels)


class DomainId(Frozen):
    """One thing the pack has to cover, by its id in the domain's list."""

    id: Id
    section: int
    covers: Sentence


class Pack(Frozen):
    """A role's data: what may be asked, how it is rated, and what to read."""

    id: Id
    name: Sentence
    role: Sentence
    scale: Scale
    competencies: tuple[Competency, ...]
    rounds: tuple[Round, ...]
    items: tuple[Item, ...]
    notes: tuple[Note, ...]
    exemplars: tuple[Exemplar, ...]
    domain: tuple[DomainId, ...]
    groups: tuple[Group, ...] = ()

    def item(self, item_id: str) -> Item:
        return next(i for i in self.items if i.id == item_id)

    def note(self, note_id: str) -> Note:
        return next(n for n in self.notes if n.id == note_id)


# --------------------------------------------------------------------------- what was said


class HeardWord(Frozen):
    """One word as a recogniser heard it, in seconds from the start of the recording; None where the recogniser does not say.

    `confidence` runs from 0 to 1 and means something else for each recogniser; `unsure` is what the recogniser makes of it.
    """

    word: Sentence
    start: float | None = Field(default=None, ge=0)
    end: float | None = Field(default=None, ge=0)
    confidence: float | None = Field(default=None, ge=0, le=1)
    unsure: bool = False


class Heard(Frozen):
    """What a recogniser made of a recording of `seconds` seconds: its words in order, and the stretches in which somebody spoke."""

    text: str
    words: tuple[HeardWord, ...] = ()
    recogniser: str
    seconds: float = Field(ge=0)
    speech: tuple[tuple[float, float], ...] = ()


class Turn(Frozen):
    """One question with its answer. `answer` is None while it is open, or where it was skipped.

    `unsure` are the stretches `answer[start:end]` that a recogniser heard unsurely and nobody has corrected; empty where it was typed.
    """

    question: str
    answer: str | None = None
    unsure: tuple[tuple[int, int], ...] = ()


class Passage(Frozen):
    """The part of a note that retrieval returns. `score` is a cosine similarity, -1 to 1."""

    note: Id
    title: str
    heading: str
    text: str
    score: float


# --------------------------------------------------------------------------- what was judged


class Evidence(Frozen):
    """The candidate's exact words. `turn` counts the item's turns from 0."""

    turn: int = Field(ge=0)
    quote: Sentence


class Rating(Frozen):
    """A level for one criterion, or *unrated* (level None) with its reason; never a stand-in number.

    `expected` is the rater's expected level, a real number between 1 and the scale's top. `draws` are the levels of each
    draw, in ascending order, where the same judgement was asked for more than once. `beside` says that the evidence is the nearest
    that there was, and may not be to the point.
    """

    criterion: Id
    level: int | None = Field(default=None, ge=1)
    expected: float | None = None
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    rationale: str = ""
    draws: tuple[int, ...] = ()
    beside: bool = False

    @model_validator(mode="after")
    def _rated_or_reasoned(self) -> Self:
        if self.level is None and not self.reason:
            raise ValueError(f"criterion {self.criterion!r} is unrated without a reason: say why")
        if self.level is None and self.expected is not None:
            raise ValueError(f"criterion {self.criterion!r} is unrated and still has an expected level: leave it out")
        return self

    @property
    def worth(self) -> float | None:
        """The number that averages use: the expected level, else the level, else none."""
        return self.level if self.expected is None else self.expected


class Likely(NamedTuple):
    """The levels between which careful readers' level lies about four times in five, both ends within."""

    low: int
    high: int


class Mistake(Frozen):
    """One of an item's common mistakes (`says`, as the item has it), and the candidate's words in which it is made."""

    says: Sentence
    evidence: Evidence


class ItemRating(Frozen):
    """What one rater made of one item: a rating for each criterion."""

    item_id: Id
    rater: Literal["embedded", "model"]
    model: str
    prompt_hash: str | None = None
    ratings: tuple[Rating, ...]

    @property
    def overall(self) -> float | None:
        """The mean over rated criteria; None where nothing is rated."""
        worths = [w for r in self.ratings if (w := r.worth) is not None]
        return statistics.fmean(worths) if worths else None

    def rating(self, criterion_id: str) -> Rating | None:
        return next((r for r in self.ratings if r.criterion == criterion_id), None)


class CompetencyScore(Frozen):
    """The mean over a competency's rated criteria; None where less than half of them is rated."""

    competency: Id
    mean: float | None
    rated: int
    of: int


class Scorecard(Frozen):
    """All ratings of an interview, added up by competency. `left_out` says in sentences what no total counts."""

    items: tuple[ItemRating, ...]
    competencies: tuple[CompetencyScore, ...]
    overall: float | None
    rated: int
    of: int
    left_out: tuple[str, ...] = ()
