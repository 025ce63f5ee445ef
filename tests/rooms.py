"""A small pack and a door on it, with a tiny encoder, for tests that need a whole interview in milliseconds."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from interviewer.bank import Wish
from interviewer.domain import Competency, Criterion, Examples, Exemplar, Fact, Item, Note, Pack, Round, Scale, ScaleLevel, Seniority
from interviewer.embedding import Reading, Vectors
from interviewer.interview import Door, State, Style
from interviewer.library import Library
from interviewer.model import Models
from interviewer.prompts import load_prompts
from interviewer.store import Store
from tests.reading import by_word

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
CANDIDATE = "ada"
STRONG = (
    "I would compare the old model and the new model on the same payments before I change anything. "
    "Then I would tell operations today how many more false alarms they will see and call them again at four."
)


class WordEncoder:
    """Encodes a text by the words in it: texts that share words are near. Deterministic, and no model."""

    id = "words-1"
    dimension = 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._one(t) for t in texts], dtype=np.float32).reshape(len(texts), self.dimension)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        return by_word(texts, self.encode)

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        return by_word(texts, self.encode)

    def _one(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"[a-z]{3,}", text.lower()):
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-6)


def criterion(id: str, about: str, says: str) -> Criterion:
    """A criterion whose high level is to say `says`."""
    return Criterion(
        id=id,
        name=about,
        competency="evaluation",
        looks_for=f"Says {says}.",
        anchors=(
            "Says nothing of it.",
            f"Names {about} only.",
            f"Says part of it: {says}.",
            f"Says it: {says}.",
            f"Says it and why: {says}.",
        ),
        key_points=(f"I would {says}.", f"It is right to {says} because it helps."),
        examples=Examples(high=(f"First I would {says}.",), low=("I would ask somebody else.", "I am not sure at all.")),
        probes=(f"What about {about}?", f"Could you say more on {about}?"),
    )


def item(id: str, round: str = "metrics", minutes: float = 5) -> Item:
    return Item(
        id=id,
        round=round,
        question=f"Precision fell after the retraining of model {id}. What do you do?",
        competencies=("evaluation",),
        seniority=(Seniority.EXPERIENCED,),
        minutes=minutes,
        facts=(Fact(asks="How many payments are flagged?", says="About 3,100 payments are flagged a day."),),
        clarification="A model is wrong more often than before. How do you go on?",
        criteria=(
            criterion("compares", "comparing", "compare the old model and the new model on the same payments"),
            criterion("tells", "operations", "tell operations today how many more false alarms they will see"),
            criterion("rolls-back", "rolling back", "roll back to the previous version while the cause is unknown"),
        ),
        common_mistakes=("Takes precision for recall.",),
        covers=("rd-metrics",),
        notes=("precision",),
    )


def pack() -> Pack:
    """Three items in two rounds, one note, one strong exemplar."""
    names = ("Missing", "Mentioned", "Partial", "Solid", "Strong")
    return Pack(
        id="small",
        name="A small pack",
        role="A role",
        scale=Scale(levels=tuple(ScaleLevel(name=n) for n in names)),
        competencies=(Competency(id="evaluation", name="Evaluating", group="tech", definition="Evaluates."),),
        rounds=(Round(id="metrics", name="Metrics", description="Numbers."), Round(id="case", name="Case", description="Cases.")),
        items=(item("m-1"), item("m-2"), item("c-1", "case", 8)),
        notes=(Note(id="precision", title="Precision", text="## What it is\n\nPrecision is the share of flags that are right.\n"),),
        exemplars=(Exemplar(id="m-1-strong", item="m-1", intended="strong", author="a test", answer=STRONG),),
        domain=(),
    )


class Room:
    """A door on a store in `folder`. `again()` opens a second one on the same store, as another process would."""

    def __init__(self, folder: Path, models: Models | None = None) -> None:
        self.folder, self.models = folder, models
        self.store = Store.open(f"sqlite:///{folder / 'interviews.db'}")
        self.encoder = WordEncoder()
        library = Library.open(folder / "index", self.encoder, [pack()])
        prompts = load_prompts(ROOT / "prompts")
        self.door = Door(store=self.store, packs=[pack()], library=library, encoder=self.encoder, prompts=prompts, models=models)

    def again(self) -> Room:
        return Room(self.folder, self.models)

    async def begin(self, *, items: int = 2, style: Style = Style.REAL, candidate: str = CANDIDATE) -> State:
        """A new interview with its first question asked."""
        state = await self.door.begin(candidate, "small", Wish(items=items), style, seed=1)
        await last(self.door.reply(state.id, candidate))
        return await self.door.state(state.id, candidate)

    async def answered(self, state: State, text: str) -> State:
        """The state after an answer and whatever the interviewer says to it."""
        assert state.open_turn
        await self.door.answer(state.id, CANDIDATE, state.open_turn.seq, text)
        await last(self.door.reply(state.id, CANDIDATE))
        return await self.door.state(state.id, CANDIDATE)


async def last(words: AsyncIterator[str]) -> str:
    """The end of words that grow."""
    said = ""
    async for text in words:
        said = text
    return said


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
