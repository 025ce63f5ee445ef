"""An item, a log of events and a model that says what it is told, for tests of the talk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from interviewer.domain import Criterion, Examples, Fact, Heard, HeardWord, Item, ItemRating, Rating, Seniority
from interviewer.interview.moves import AskItem, Probe
from interviewer.interview.state import Kind, Rated, Rater, Started, State, Style, fold
from interviewer.interview.turns import Spoken
from interviewer.interview.words import Said, Words
from interviewer.model import Role
from interviewer.prompts import Filled, load_prompts
from interviewer.store import Event
from tests import reading

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = load_prompts(ROOT / "prompts")
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUESTION = "Precision of the fraud model fell from 80 to 65 percent. How would you find out why, and what would you tell operations today?"
ANSWER = "I would compare both models on the same payments and look at the threshold."


def criterion(id: str, *probes: str) -> Criterion:
    """A criterion with anchors that give something away."""
    return Criterion(
        id=id,
        name=f"About {id}",
        looks_for="Separates the distinct explanations of the number.",
        anchors=(
            "Names no cause.",
            "Names one cause only.",
            "Names two causes and a check.",
            "Says that an unchanged threshold on another score scale flags more payments.",
            "Orders the checks by what each of them costs.",
        ),
        key_points=("Of 3,100 flags about 1,085 are false alarms.",),
        examples=Examples(high=("Scoring yesterday's payments twice tells the model's change from the world's.",)),
        probes=probes,
    )


def item(*criteria: Criterion, **more: Any) -> Item:
    """An item whose two criteria have two probes each, unless told otherwise."""
    usual = (
        criterion("causes", "What else could move that number?", "How would you tell those explanations apart?"),
        criterion("message", "What would you say on the phone?", "What would you leave unsaid?"),
    )
    told: dict[str, Any] = {
        "id": "fraud",
        "question": QUESTION,
        "clarification": "A model raises more false flags than last week.",
        "facts": (Fact(asks="How many payments are flagged each day?", says="It flagged 2,000 a day before and flags 3,100 now."),),
    }
    return Item(criteria=criteria or usual, **(told | more))


def said_aloud(text: str, *, kept: bool = False, seq: int = 0, timed: bool = True) -> Spoken:
    """A recording in which the words of a text were heard, half a second each; those that end in ~ unsurely."""
    words = [
        HeardWord(word=w.rstrip("~"), start=n / 2 if timed else None, end=n / 2 + 0.4 if timed else None, unsure=w.endswith("~"))
        for n, w in enumerate(text.split())
    ]
    heard = Heard(text=text.replace("~", ""), words=tuple(words), recogniser="fake", seconds=len(words) / 2 + 0.1)
    return Spoken.of(heard, waited_s=1.5, ended_by="button").model_copy(update={"kept": kept, "seq": seq})


class Log:
    """Events of one interview, numbered from 0, a second apart."""

    def __init__(self, *guide: str, style: Style = Style.REAL) -> None:
        self.events: list[Event] = []
        started = Started(pack="p", rounds=("metrics",), seniority=Seniority.EXPERIENCED, style=style, guide=guide or ("fraud", "next"))
        self.add(Kind.STARTED, **started.model_dump(mode="json"))

    def add(self, kind: str, /, **body: Any) -> int:
        """Add an event; its number."""
        seq = len(self.events)
        self.events.append(Event(seq=seq, at=NOON + timedelta(seconds=seq), kind=kind, body=body))
        return seq

    def ask(self, question: str = QUESTION, item_id: str = "fraud") -> int:
        return self.add(Kind.ASKED, item_id=item_id, kind="item", question=question)

    def probe(self, criterion: str, question: str, by: str = "authored", item_id: str = "fraud") -> int:
        return self.add(Kind.ASKED, item_id=item_id, kind="probe", criterion=criterion, question=question, by=by)

    def answer(self, to: int, text: str = ANSWER) -> int:
        return self.add(Kind.ANSWERED, to=to, text=text)

    def hear(self, to: int, told: Spoken) -> int:
        return self.add(Kind.HEARD, to=to, **told.model_dump(mode="json", exclude={"seq"}))

    def rate(self, item_id: str = "fraud", rater: Rater = "embedded", fault: str | None = None) -> int:
        level = None if fault else 3
        rating = Rating(criterion="causes", level=level, reason=fault)
        rated = Rated(rating=ItemRating(item_id=item_id, rater=rater, model="m", ratings=(rating,)), fault=fault)
        return self.add(Kind.RATED, **rated.model_dump(mode="json"))

    @property
    def state(self) -> State:
        return fold("i1", self.events)


def asked(*answers: str) -> Log:
    """A log in which the item was asked, and answered where an answer is given."""
    log = Log()
    seq = log.ask()
    for answer in answers:
        log.answer(seq, answer)
    return log


class TellingModel:
    """A model that says what it is told, piece by piece, and keeps what it was asked. An exception among the pieces is raised."""

    def __init__(self, *pieces: str | Exception) -> None:
        self.pieces = pieces
        self.asked: list[Filled] = []
        self.interviews: list[str | None] = []
        self.said = 0
        self.closed = 0

    def name_for(self, role: Role) -> str:
        return f"a-{role}"

    async def stream(self, role: Role, filled: Filled, *, interview: str | None) -> AsyncGenerator[str]:
        self.asked.append(filled)
        self.interviews.append(interview)
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                self.said += 1
                yield piece
        finally:
            self.closed += 1


def by_letter(text: str) -> tuple[str, ...]:
    return tuple(text)


def spoken(
    model: TellingModel | None, move: Probe | AskItem, about: Item, state: State, words: Words | None = None
) -> tuple[list[str], Said]:
    """Every text that was shown on the way, and what was said in the end."""
    said = Said()

    async def listen() -> list[str]:
        return [text async for text in (words or Words(PROMPTS, model)).question(move, about, state, said)]

    return asyncio.run(listen()), said


def replied(model: TellingModel | None, question: str, about: Item, best: str, state: State) -> tuple[list[str], Said]:
    """The same for the reply to a candidate's question."""
    said = Said()

    async def listen() -> list[str]:
        return [text async for text in Words(PROMPTS, model).clarification(question, about, best, state, said)]

    return asyncio.run(listen()), said


class BagEncoder(reading.BagEncoder):
    """Words of four letters and more count."""

    def __init__(self) -> None:
        super().__init__(lambda text: re.findall(r"[a-z]{4,}", text.lower()), 128)
