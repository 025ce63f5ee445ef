"""The model rater: a language model judges each criterion alone and looks for common mistakes; code checks every quote."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, Field, StrictInt

from interviewer.domain import Criterion, Evidence, Item, ItemRating, Mistake, Rating, Turn
from interviewer.errors import ModelError
from interviewer.prompts import Filled, Prompt
from interviewer.rating.draws import agreed
from interviewer.rating.evidence import Heard, checked
from interviewer.rating.said import rubric_words, said_of, without_substance
from interviewer.rating.unsure import told_unsure

T = TypeVar("T", bound=BaseModel)
SEED = 1  # of the first draw: the same answer should be judged the same way twice, as far as the server can


class Judging(Protocol):
    """What this rater needs of `interviewer.model.Models`."""

    def name_for(self, role: Literal["rater"]) -> str: ...

    async def structured(
        self, role: Literal["rater"], filled: Filled, schema: type[T], *, interview: str | None, seed: int | None = None
    ) -> T: ...


class Judgement(BaseModel):
    """The judgement of one answer on one criterion, in the order in which it is to be reached."""

    points: list[str] = Field(description="what the answer says on this criterion, each point in a few words; empty if nothing")
    quotes: list[str] = Field(
        description="exact words of the candidate that bear these points out, four words or more from one answer each"
    )
    level: StrictInt | None = Field(description="the level, or null if it cannot be told")  # true is no level, nor is "5"
    cannot_tell: str | None = Field(description="why no level can be told; null if there is one")
    rationale: str = Field(description="one or two sentences: what is met of the level's description, and what the next level lacks")


class Found(BaseModel):
    """One mistake of the list, by its number, and where it is made."""

    mistake: StrictInt = Field(description="its number on the list")
    quote: str = Field(description="the candidate's exact words in which it is made, four words or more from one answer")
    why: str = Field(description="one sentence: what the quoted words say, and in what way that is the mistake")


class Spotted(BaseModel):
    """The mistakes of the list that the answers make."""

    found: list[Found] = Field(description="empty if none is made")


class Judged(NamedTuple):
    """A model's ratings of an item; `fault` says why the model could not be had for a criterion, where that was so.

    `mistakes` are the item's common mistakes that were found; None where the model could not be had for them.
    """

    rating: ItemRating
    fault: str | None
    mistakes: tuple[Mistake, ...] | None = ()


class ModelRater:
    """Rates with a connected model; whatever fails leaves its criterion *unrated* with the reason, and never raises ModelError."""

    name = "model"

    def __init__(self, models: Judging, prompt: Prompt, mistakes: Prompt | None = None, *, draws: int = 1) -> None:
        """`prompt` rates a criterion, asked `draws` times with a seed of its own each; `mistakes` looks for common mistakes."""
        self._models = models
        self._prompt, self._mistakes = prompt, mistakes
        self._seeds = range(SEED, SEED + draws)
        self.model = models.name_for("rater")

    async def rate(self, item: Item, turns: Sequence[Turn], *, interview: str | None) -> ItemRating:
        """A rating for each criterion, judged together and apart; nothing is sent where nothing was said."""
        return (await self.judge(item, turns, interview=interview)).rating

    async def spot(self, item: Item, turns: Sequence[Turn]) -> tuple[Mistake, ...] | None:
        """The item's common mistakes alone; None where the model could not be had."""
        return await self._spot(item, turns, Heard(turns, rubric_words(item)), None)

    async def judge(self, item: Item, turns: Sequence[Turn], *, interview: str | None) -> Judged:
        """As `rate`, with the common mistakes, and the first fault where the model could not be had for every criterion."""
        ratings = without_substance(item, said_of(item, turns))
        faults: list[str] = []
        mistakes: tuple[Mistake, ...] | None = ()
        if ratings is None:
            heard = Heard(turns, rubric_words(item))
            spotting = asyncio.ensure_future(self._spot(item, turns, heard, interview))
            drawn = await asyncio.gather(*(self._draw(item, c, turns, interview) for c in item.criteria))
            faults = [str(a) or "The model gave no rating." for answers in drawn for a in answers if isinstance(a, ModelError)]
            rated = zip(item.criteria, drawn, strict=True)
            ratings = tuple(agreed([_rating(c, a, heard, item.top) for a in answers]) for c, answers in rated)
            mistakes = await spotting
        rating = ItemRating(item_id=item.id, rater="model", model=self.model, prompt_hash=self._prompt.hash, ratings=ratings)
        return Judged(rating, faults[0] if faults else None, mistakes)

    async def _draw(self, item: Item, criterion: Criterion, turns: Sequence[Turn], interview: str | None) -> list[Judgement | ModelError]:
        """The judgement of one criterion, as often as it is to be drawn."""
        filled = self._prompt.fill(question=item.question, criterion=described(item, criterion), answers=transcript(item, turns))
        told = told_unsure(filled, turns)
        return await asyncio.gather(*(self._ask(told, Judgement, interview, seed) for seed in self._seeds))

    async def _spot(self, item: Item, turns: Sequence[Turn], heard: Heard, interview: str | None) -> tuple[Mistake, ...] | None:
        """The item's common mistakes that are made in words that stand in the answers and were heard surely; each once."""
        if not self._mistakes or not item.common_mistakes:
            return ()
        listed = "\n".join(f"{n}. {mistake}" for n, mistake in enumerate(item.common_mistakes, start=1))
        filled = self._mistakes.fill(question=item.question, mistakes=listed, answers=transcript(item, turns))
        spotted = await self._ask(told_unsure(filled, turns), Spotted, interview, SEED)
        if isinstance(spotted, ModelError):
            return None
        known = {n: says for n, says in enumerate(item.common_mistakes, start=1)}
        made = {known[f.mistake]: e for f in reversed(spotted.found) if f.mistake in known and (e := heard.find_sure(f.quote))}
        return tuple(Mistake(says=says, evidence=made[says]) for says in item.common_mistakes if says in made)

    async def _ask(self, filled: Filled, schema: type[T], interview: str | None, seed: int) -> T | ModelError:
        try:
            return await self._models.structured("rater", filled, schema, interview=interview, seed=seed)
        except ModelError as error:
            return error


def _rating(criterion: Criterion, answer: Judgement | ModelError, heard: Heard, top: int) -> Rating:
    """One rating, its evidence checked; *unrated* with the error's sentence where the model failed."""
    if isinstance(answer, ModelError):
        return Rating(criterion=criterion.id, reason=str(answer) or "The model gave no rating.")
    return checked(_as_rating(criterion, answer, top), heard, top)


def _as_rating(criterion: Criterion, judged: Judgement, top: int) -> Rating:
    """The judgement as a rating, its quotes not yet looked up."""
    if judged.level is None:
        reason = (judged.cannot_tell or "").strip() or "The model could not tell a level."
        return Rating(criterion=criterion.id, reason=reason, rationale=judged.rationale)
    if not 1 <= judged.level <= top:
        reason = f"The rater gave level {judged.level}, which is not on the scale of 1 to {top}."
        return Rating(criterion=criterion.id, reason=reason, rationale=judged.rationale)
    quotes = tuple(Evidence(turn=0, quote=q) for q in judged.quotes if q.strip())
    return Rating(criterion=criterion.id, level=judged.level, evidence=quotes, rationale=judged.rationale)


def described(item: Item, criterion: Criterion) -> str:
    """One criterion as the rater sees it: its levels or its reference, and its key points; no word of other criteria."""
    parts = [f"Criterion: {criterion.title}"]
    if criterion.looks_for:
        parts.append(f"It looks for: {criterion.looks_for}")
    if criterion.reference:
        parts.append(f"A full and right answer (a reference to compare with; it may hold more than was asked):\n{criterion.reference}")
    parts.append("Levels, the lowest first:\n" + "\n".join(_levels(item, criterion)))
    if criterion.key_points:
        parts.append("Points that a full answer could hold:\n" + "\n".join(f"- {p}" for p in criterion.key_points))
    return "\n\n".join(parts)


def _levels(item: Item, criterion: Criterion) -> list[str]:
    """A line for each level: its anchor, or its name and what share of the reference it stands for."""
    named = [f" ({level.name})" for level in item.scale.levels] if item.scale else [""] * item.top
    if criterion.anchors:
        meanings: Sequence[str] = criterion.anchors
    elif item.scale:
        meanings = [level.meaning for level in item.scale.levels]
    else:
        meanings = [""] * item.top
    lines = [f"{n}{name}: {meaning}".rstrip(": ") for n, (name, meaning) in enumerate(zip(named, meanings, strict=True), start=1)]
    if not criterion.anchors:
        lines[0] += " - holds nothing of the reference, or contradicts it"
        lines[1:-1] = [f"{line} - {_share(n, item.top)}" for n, line in enumerate(lines[1:-1], start=2)]
        lines[-1] += " - holds all that the question asks for, rightly, in whatever words"
    return lines


def _share(level: int, top: int) -> str:
    """What a level between the lowest and the highest stands for, where there is only a reference to compare with."""
    percent = round(100 * (level - 1) / (top - 1) / 5) * 5
    nearly = "; or all of it, with something missing or slightly wrong" if level == top - 1 else ""
    return f"holds about {percent} % of what the question asks for{nearly}"


def transcript(item: Item, turns: Sequence[Turn]) -> str:
    """The answers, numbered from 1; a follow-up stands in square brackets before its answer."""
    return "\n\n".join(_turn(n, turn, item.question) for n, turn in enumerate(turns, start=1))


def _turn(number: int, turn: Turn, lead: str) -> str:
    asked = "" if turn.question.strip() == lead.strip() else f"[asked: {turn.question}]\n"
    return f"{asked}[answer {number}] {(turn.answer or '').strip() or '(none)'}"
