"""A small pack, and interviews made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from markdown_it import MarkdownIt

from interviewer.domain import (
    Competency,
    CompetencyScore,
    Criterion,
    Evidence,
    Group,
    Item,
    ItemRating,
    Note,
    Pack,
    Passage,
    Rating,
    Round,
    Scale,
    ScaleLevel,
    Scorecard,
    Turn,
)
from interviewer.feedback import Feedback, ItemHeard, compose

NAMES = ("Missing", "Mentioned", "Partial", "Solid", "Strong")
WHEN = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
ANSWER = "I would score yesterday's payments with both models. Then I call operations today, and say that we don't know the cause yet."
QUOTE = "score yesterday's payments with both models"


def criterion(name: str, competency: str) -> Criterion:
    return Criterion(
        id=name,
        name=f"The {name}",
        competency=competency,
        looks_for=f"Names the {name} and what follows from it.",
        anchors=(
            f"Says nothing about the {name}.",
            f"Names the {name} in a phrase.",
            f"Names the {name} with one detail.",
            f"Names the {name} with two details and a check.",
            f"Does what level 4 describes, and says which {name} would change the plan.",
        ),
        key_points=(f"The {name} has a size.", f"The {name} has an owner.", f"The {name} has a date."),
    )


def item(number: int, competencies: Sequence[str] = ("evaluation", "evaluation", "communication")) -> Item:
    names = ("cause", "cost", "message")
    return Item(
        id=f"q{number}",
        question=f"Precision fell in case {number}. What do you do?",
        round="metrics",
        criteria=tuple(criterion(n, c) for n, c in zip(names, competencies, strict=True)),
        notes=("reading-a-drop",),
    )


def pack(*items: Item) -> Pack:
    return Pack(
        id="small",
        name="Small pack",
        role="Somebody who decides",
        scale=Scale(levels=tuple(ScaleLevel(name=n, meaning=f"What {n} means.") for n in NAMES)),
        competencies=(
            Competency(id="communication", name="Explaining clearly", group="influence", definition="Makes it clear."),
            Competency(id="evaluation", name="Evaluating models", group="tech", definition="Reads measures."),
        ),
        groups=(Group(id="tech", name="Tech fluency"), Group(id="influence", name="Influencing")),
        rounds=(Round(id="metrics", name="Metrics", description="What to measure."),),
        items=items or (item(1),),
        notes=(Note(id="reading-a-drop", title="Reading a drop", text="Look at the denominator first."),),
        exemplars=(),
        domain=(),
    )


def rating(criterion_id: str, level: int | None, expected: float | None = None, *, quote: str = QUOTE, reason: str = "") -> Rating:
    evidence = (Evidence(turn=0, quote=quote),) if level and level > 1 else ()
    return Rating(criterion=criterion_id, level=level, expected=expected, evidence=evidence, reason=reason or None)


def rated(one: Item, levels: Mapping[str, int | None], *, model: str = "encoder-1", reason: str = "too little was said") -> ItemRating:
    ratings = tuple(rating(c, level, reason="" if level else reason) for c, level in levels.items())
    return ItemRating(item_id=one.id, rater="embedded", model=model, ratings=ratings)


def heard(one: Item, levels: Mapping[str, int | None], answer: str = ANSWER) -> ItemHeard:
    return ItemHeard(
        item=one,
        turns=(Turn(question=one.question, answer=answer),),
        ratings=rated(one, levels),
        missing={c.id: c.key_points for c in one.criteria},
    )


def passage(text: str = "Count both parts of the ratio.", score: float = 0.6) -> Passage:
    return Passage(note="reading-a-drop", title="Reading a drop", heading="First look", text=text, score=score)


def card(items: Sequence[ItemHeard], overall: float | None = 3.0, left_out: Sequence[str] = ()) -> Scorecard:
    ratings = tuple(h.ratings for h in items if h.ratings)
    every = [r for one in ratings for r in one.ratings]
    count = sum(r.level is not None for r in every)
    of = sum(len(h.item.criteria) for h in items)
    score = CompetencyScore(competency="evaluation", mean=overall, rated=count, of=of)
    return Scorecard(items=ratings, competencies=(score,), overall=overall, rated=count, of=of, left_out=tuple(left_out))


def told(*items: ItemHeard, overall: float | None = 3.0, left_out: Sequence[str] = ()) -> Feedback:
    """The feedback of an interview with these items."""
    return compose(card(items, overall, left_out), items, pack(*(h.item for h in items)))


def tags(markdown: str) -> list[str]:
    """Every kind of element that the Markdown renders to, raw HTML as `html`."""
    found: set[str] = set()
    for token in _parser().parse(markdown):
        found |= {t.tag or t.type for t in (token, *(token.children or ())) if t.type != "text"}
    return sorted(found - {"inline"})


def shown(markdown: str) -> list[str]:
    """The text of each block as a reader sees it, line breaks kept."""
    blocks = [t.children or [] for t in _parser().parse(markdown) if t.type == "inline"]
    return ["".join("\n" if t.type in ("softbreak", "hardbreak") else t.content for t in block) for block in blocks]


def quotes_shown(markdown: str) -> list[str]:
    """The text of each block quote as a reader sees it, its paragraphs joined by an empty line."""
    quotes: list[list[str]] = []
    depth = 0
    for token in _parser().parse(markdown):
        depth += token.nesting if token.tag == "blockquote" else 0
        if token.type == "blockquote_open" and depth == 1:
            quotes.append([])
        if token.type == "inline" and depth:
            quotes[-1].append("".join("\n" if t.type in ("softbreak", "hardbreak") else t.content for t in token.children or ()))
    return ["\n\n".join(q) for q in quotes]


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
