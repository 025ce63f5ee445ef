"""Simulated candidates of declared level: scripted from answers whose levels are known, or played by a connected model."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from evals.cases import read_cases, references
from evals.metamorphic import ORDERS, padded, parts, with_fillers, without_articles
from evals.metamorphic import Asked as Changed
from interviewer.domain import Frozen, Id, Item, Pack, Sentence
from interviewer.interview import Asked, State
from interviewer.model import Models
from interviewer.prompts import Prompt, load_prompt

FILE = Path(__file__).parent / "cases" / "candidates.yaml"
PROMPT = Path(__file__).parent / "prompts" / "play_candidate.md"
NO_MORE = "I have nothing to add to that."
UNKNOWING = "I don't know, to be honest."
Manner = Literal["at-once", "holds-back", "second-thoughts", "dictates", "orders", "gives-up", "rambles", "without-articles"]


class Persona(Frozen):
    """A candidate. `answers` names for each item of the guide an exemplar's intended level or a case; `manner` is how it is said.

    `played`: the model plays this candidate to the declared levels, and the answers named only declare them.
    """

    id: Id
    says: Sentence
    manner: Manner = "at-once"
    answers: Mapping[Id, str]
    with_model: bool = False
    played: bool = False


class Known(NamedTuple):
    """An answer with what its readers gave it, by criterion: the mean where they are not two levels apart."""

    answer: str
    references: Mapping[str, float]


def read_personas() -> tuple[Persona, ...]:
    """Every persona, in the order of the file."""
    return tuple(Persona.model_validate(p) for p in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def known_answer(pack: Pack, item: str, name: str) -> Known:
    """The answer that a persona names for an item. Raises KeyError where there is none."""
    exemplar = next((e for e in pack.exemplars if e.item == item and e.intended == name), None)
    told = exemplar or next((c for c in read_cases() if c.id == name and c.item == item), None)
    if told is None:
        raise KeyError(f"{item} has no answer {name!r}")
    return Known(told.answer, references(told))


class Scripted:
    """Says the answers of a persona in its manner; the same questions always get the same answers."""

    def __init__(self, persona: Persona, pack: Pack) -> None:
        self._scripts = {item: _script(persona, pack, pack.item(item), name) for item, name in persona.answers.items()}

    def script(self, item: str) -> Sequence[str]:
        """What is said on an item, turn by turn."""
        return self._scripts[item]

    async def __call__(self, state: State, turn: Asked) -> str:
        """The answer to a question: the next of the item's script, then that there is no more."""
        script, given = self._scripts[turn.item_id], len(state.answered_turns(turn.item_id))
        return script[given] if given < len(script) else NO_MORE


class Played:
    """A candidate whose answers a model makes up, to the levels that a persona declares."""

    def __init__(self, persona: Persona, pack: Pack, models: Models) -> None:
        self._persona, self._pack, self._models = persona, pack, models
        self._prompt: Prompt = load_prompt(PROMPT)

    def script(self, item: str) -> Sequence[str]:
        """Nothing is written beforehand."""
        return ()

    async def __call__(self, state: State, turn: Asked) -> str:
        """The answer to a question. Raises ModelError."""
        item = self._pack.item(turn.item_id)
        levels = known_answer(self._pack, item.id, self._persona.answers[item.id]).references
        told = "\n".join(f"- {c.title}: {c.anchors[round(levels[c.id]) - 1]}" for c in item.criteria if c.id in levels)
        before = "\n\n".join(f"{t.question}\n{t.answer}" for t in state.turns_on(item.id) if t.answer)
        filled = self._prompt.fill(persona=self._persona.says, levels=told, question=turn.question, before=before or "(nothing)")
        return "".join([piece async for piece in self._models.stream("judge", filled, interview=None)]).strip()


def _script(persona: Persona, pack: Pack, item: Item, name: str) -> Sequence[str]:
    """What a persona says on an item, in the order of its turns."""
    answer = known_answer(pack, item.id, name).answer
    changed = Changed(pack, item, answer, random.Random(f"{persona.id} {item.id}"))
    match persona.manner:
        case "holds-back":
            told = parts(answer)
            half, rest = (len(told) + 1) // 2, (3 * len(told) + 3) // 4
            return [" ".join(p) for p in (told[:half], told[half:rest], told[rest:]) if p]
        case "second-thoughts":
            return [known_answer(pack, item.id, "weak").answer, answer]
        case "gives-up":
            return [UNKNOWING] if item.id == next(iter(persona.answers)) else [answer]
        case "orders":
            return [f"{ORDERS[2]} {answer} {ORDERS[0]}"]
        case _:
            return [_MANNERS[persona.manner](changed) if persona.manner in _MANNERS else answer]


_MANNERS: Mapping[str, Callable[[Changed], str]] = {"dictates": with_fillers, "rambles": padded, "without-articles": without_articles}
