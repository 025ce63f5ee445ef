"""Replies that are no judgement, written by hand: whatever a model sends, no number is made up for it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence

from evals.bench import Bench, Nothing
from evals.suites.kinds import Job, Made, Suite, rating_made, ratings_in, share
from evals.values import Metric, Output, Row
from interviewer.domain import Exemplar, Item, Pack, Turn
from interviewer.errors import ModelUnreachable
from interviewer.model import Ask, Fault, Models, Reply, Shape
from interviewer.rating import ModelRater
from interviewer.settings import Settings

EVERY = 18  # which of the exemplars are looked at


def _judgement(level: object, quotes: Sequence[str]) -> str:
    told = {"points": ["a point"], "quotes": quotes, "level": level, "cannot_tell": None, "rationale": "Fits the description."}
    return json.dumps(told)


# What the model replies, from the question and the answer; None is a server that does not answer.
REPLIES: Mapping[str, Callable[[str, str], str | None]] = {
    "no answer": lambda *_: None,
    "empty": lambda *_: "",
    "words": lambda *_: "I would say that this is a solid four out of five.",
    "a level in words": lambda _, answer: _judgement("four", [answer[:60]]),
    "off the scale": lambda _, answer: _judgement(9, [answer[:60]]),
    "cut off": lambda _, answer: _judgement(4, [answer[:60]])[:40],
    "no quote": lambda *_: _judgement(4, []),
    "made-up quote": lambda *_: _judgement(5, ["I personally raised revenue by forty percent in a single quarter"]),
    "half a quote": lambda _, answer: _judgement(5, [f"{' '.join(answer.split()[:3])} which nobody ever said like this"]),
    "the question": lambda question, _: _judgement(3, [question]),
}


class Broken:
    """Replies the same to whatever is asked."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply`, or raise Fault."""
        if self._text is None:
            raise Fault(ModelUnreachable("The server does not answer."))
        reply.text, reply.finish = self._text, "stop"

    async def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The same at once."""
        await self.whole(ask, shape, reply)
        yield reply.text

    async def aclose(self) -> None:
        """Nothing is held open."""


def jobs(bench: Bench) -> Iterable[Job]:
    """Some exemplars, each with every kind of broken reply."""
    for exemplar in bench.pack.exemplars[::EVERY]:
        item = bench.pack.item(exemplar.item)
        yield Job(exemplar.id, item.id, lambda item=item, exemplar=exemplar: _made(bench, item, exemplar))  # type: ignore[misc]


async def _made(bench: Bench, item: Item, exemplar: Exemplar) -> Made:
    turns = [Turn(question=item.question, answer=exemplar.answer)]
    found = {}
    for name, reply in REPLIES.items():
        settings = Settings(_env_file=None, openai_base_url="http://broken.invalid/v1", model_retries=0)
        broken = Broken(reply(item.question, exemplar.answer))
        models = Models(settings, Nothing(), lambda _, broken=broken: broken)  # type: ignore[misc]
        rater = ModelRater(models, bench.prompts["rate_criterion"], bench.prompts["find_mistakes"])
        found[name] = rating_made(await rater.rate(item, turns, interview=None))
    return {"item": item.id, "answer": exemplar.answer, "replies": found}


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """Each criterion under each reply must be unrated, with a reason."""
    for output in outputs:
        for name, made in output.made["replies"].items():
            measure = "unrated.made-up-evidence" if "quote" in name or name == "the question" else "unrated.broken-reply"
            for r in ratings_in(made):
                held = r.level is None and r.worth is None and bool(r.reason)
                why = "" if held else f"rated {r.level}, expected {r.worth}"
                case = f"{output.key.partition(':')[2]}/{name}/{r.criterion}"
                yield Row(measure=measure, case=case, cluster=output.cluster, value=share(held), why=why, at=output.key)


METRICS = (
    Metric(
        id="unrated.made-up-evidence",
        measure="unrated.made-up-evidence",
        says="a level whose quotes nobody said is thrown away",
        margin=0.0,
        no_exception=True,
    ),
    Metric(
        id="unrated.broken-reply",
        measure="unrated.broken-reply",
        says="a reply that is no judgement gives no number",
        margin=0.0,
        no_exception=True,
    ),
)
SUITE = Suite("broken", "replies that are no judgement", jobs, rows, METRICS)
