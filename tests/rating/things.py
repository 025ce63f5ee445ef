"""Small real things that the tests of rating share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel

from interviewer.domain import Criterion, Examples, Exemplar, Item, Turn
from interviewer.prompts import Filled
from interviewer.rating.words import content, folded
from tests import reading

T = TypeVar("T", bound=BaseModel)
PACK = Path(__file__).parents[2] / "corpus" / "packs" / "ml-pm"

QUESTION = "Your fraud model's precision dropped after a retraining. How would you find out why, and what would you tell operations today?"
STRONG = (
    "First I'd score yesterday's payments with both models, so I can see whether the model or the traffic changed. "
    "We kept the old threshold, and the new scores run higher, so more payments get flagged and precision falls. "
    "I'd call operations now and say that they have seven hundred more reviews today and that I will ring again at four."
)
ANCHORS = (
    "Gives no cause, or says only that the model got worse.",
    "Names one cause with no way to check it.",
    "Names two causes and a check for one of them.",
    "Names three causes and a check that separates them.",
    "Does what level 4 describes and orders the checks by cost.",
)


def causes() -> Criterion:
    return Criterion(
        id="causes",
        name="Separates the causes",
        competency="evaluation",
        looks_for="Lists distinct causes and how each would be told apart.",
        anchors=ANCHORS,
        key_points=(
            "An unchanged threshold on new scores flags more payments, so precision falls.",
            "Scoring the same payments with both models shows whether the model or the traffic changed.",
            "Labels of recent payments are incomplete.",
        ),
        examples=Examples(
            high=("I'd score the same payments with the old and the new model.",),
            low=("The model is worse, so I would retrain it with more data.",),
        ),
        probes=("What else could move that number?",),
    )


def operations() -> Criterion:
    return Criterion(
        id="operations",
        name="Tells operations",
        competency="communication",
        anchors=tuple(a.replace("cause", "message") for a in ANCHORS),
        key_points=("Call operations today and say how many more reviews they have.", "Say when they will hear more."),
        examples=Examples(high=("I'd call operations now and ring again at four.",), low=("I would let stakeholders know.",)),
    )


def item(*criteria: Criterion, **more: Any) -> Item:
    return Item(id="precision-drop", question=QUESTION, criteria=criteria or (causes(), operations()), **more)


def said_once(answer: str | None, question: str = QUESTION) -> tuple[Turn, ...]:
    return (Turn(question=question, answer=answer),)


class BagEncoder(reading.BagEncoder):
    """Words of content count, each by its first five letters."""

    def __init__(self) -> None:
        super().__init__(lambda text: [w[:5] for w in content(folded(text)) or ("",)])


class FakeModels:
    """Answers each call by a function of the filled prompt, and keeps what it was asked."""

    def __init__(self, reply: Callable[[Filled], dict[str, Any] | Exception]) -> None:
        self.asked: list[Filled] = []
        self.interviews: list[str | None] = []
        self.seeds: list[int | None] = []
        self._reply = reply

    def name_for(self, role: Literal["rater"]) -> str:
        return f"a-{role}-model"

    async def structured(
        self, role: Literal["rater"], filled: Filled, schema: type[T], *, interview: str | None, seed: int | None = None
    ) -> T:
        self.asked.append(filled)
        self.interviews.append(interview)
        self.seeds.append(seed)
        reply = self._reply(filled)
        if isinstance(reply, Exception):
            raise reply
        return schema.model_validate(reply)


def pack_items() -> dict[str, Item]:
    files = sorted(PACK.glob("items/*.yaml"))
    items = [Item(**{"round": f.stem, **raw}) for f in files for raw in yaml.safe_load(f.read_text(encoding="utf-8"))]
    return {i.id: i for i in items}


def pack_exemplars() -> list[Exemplar]:
    return [Exemplar(**raw) for f in sorted(PACK.glob("exemplars/*.yaml")) for raw in yaml.safe_load(f.read_text(encoding="utf-8"))]


# Answers that have substance, in other languages than English.
OTHERS = (
    "Primero miraría los datos por país y por dispositivo, y después preguntaría a los clientes por qué se han ido.",
    "Je regarderais d'abord les données par pays et par appareil, puis je demanderais aux clients pourquoi ils sont partis.",
    "Jag skulle först dela upp data efter land och enhet och sedan fråga kunderna varför de inte är kvar, och vad det är som de saknar.",
    "Ich würde zuerst die Daten nach Land und Gerät aufteilen und dann die Kunden fragen, warum sie gegangen sind.",
    "\u6211\u4f1a\u5148\u6309\u56fd\u5bb6\u548c\u8bbe\u5907\u62c6\u5206\u6570\u636e\uff0c\u7136\u540e\u95ee\u5ba2\u6237\u4e3a\u4ec0\u4e48\u79bb\u5f00\u3002",
)
