"""The interviewer's words: the authored ones, or the model's where one is connected and keeps to the rules.

Words come as a stream of the whole text so far. A model's words pass the guard before they are shown; where the model fails or
breaks a rule, the authored words take over, and the fault is kept to be told.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from interviewer.domain import Item
from interviewer.errors import ModelError, ModelRefused, ModelUnreachable
from interviewer.interview.asked import OPEN_POINT, fact_for, reads_as_question
from interviewer.interview.guard import (
    MOST_CHARACTERS,
    Guard,
    Unfit,
    keeps_numbers,
    keeps_question,
    one_question,
    question_ends,
    same_words,
)
from interviewer.interview.moves import AskItem, Probe
from interviewer.interview.state import State
from interviewer.model import Role
from interviewer.prompts import Filled, Prompt

__all__ = ["OPEN_POINT", "REST_AFTER_FAULT_S", "Said", "Words", "fact_for", "reads_as_question"]

REST_AFTER_FAULT_S = 60.0
_QUOTES = '"\u201c\u201d'
_SPEAKER = re.compile(r"^(?:\*\*)?interviewer:(?:\*\*)?\s*", re.I)
_LAST_WORD = re.compile(r"\S*\Z")


class Speaking(Protocol):
    """What words are asked of: a connected model."""

    def name_for(self, role: Role) -> str:
        """The name of the model that answers in a role."""

    def stream(self, role: Role, filled: Filled, *, interview: str | None) -> AsyncGenerator[str]:
        """The reply in pieces; raises ModelError."""


@dataclass
class Said:
    """Words as they grow, whose they are in the end, and what went wrong on the way."""

    text: str = ""
    by: str = "authored"
    fault: str | None = None


@dataclass(frozen=True)
class _Wanted:
    """What is to be said: the authored words, the prompt that words them anew (if any), and what a model's words have to keep to.

    `most` is how many questions may be asked at once (None: as many as come); `fits` judges the words when they are whole.
    """

    authored: str
    filled: Filled | None
    guard: Callable[[], Guard]
    most: int | None
    fits: Callable[[str], bool]


@dataclass
class Words:
    """Finds the interviewer's words for a move or a clarification.

    A model's words are checked and given on every `every_s` seconds: the first one at once, and each time with all before it.
    """

    prompts: Mapping[str, Prompt]
    models: Speaking | None = None
    clock: Callable[[], float] = time.monotonic
    every_s: float = 0.2
    _rest_until: float = field(default=0.0, repr=False)

    async def question(self, move: Probe | AskItem, item: Item, state: State, said: Said) -> AsyncIterator[str]:
        """The text so far, again and again, of the question that the move asks; `said` holds the end."""
        wanted = self._probe(move, item, state) if isinstance(move, Probe) else self._item(item, state)
        async with aclosing(self._spoken(wanted, state.id, said)) as texts:
            async for text in texts:
                yield text

    async def clarification(self, asked: str, item: Item, best: str, state: State, said: Said) -> AsyncIterator[str]:
        """The reply to a candidate's question about the item; `best` is what the facts have for it."""
        facts = [f"{f.asks} {f.says}" for f in item.facts]
        plainer = item.clarification or item.question
        filled = self._filled(
            "answer_clarification", question=item.question, facts="\n".join(facts) or "(none)", clarification=plainer, asked=asked
        )
        open_turn = state.open_turn
        now = [open_turn.question] if open_turn and open_turn.kind == "probe" else []
        if now and best == plainer:
            best = f"{plainer} What I asked last: {now[0]}"  # the plainer words are the item's; what is open is the probe
        guard = partial(
            Guard,
            item,
            [item.question, item.clarification, *facts, *now, asked, OPEN_POINT],
            numbers=[item.question, item.clarification, *facts, *now],
        )
        wanted = _Wanted(best, filled if asked.strip() else None, guard, most=None, fits=lambda _: True)
        async with aclosing(self._spoken(wanted, state.id, said)) as texts:
            async for text in texts:
                yield text

    def _probe(self, move: Probe, item: Item, state: State) -> _Wanted:
        """A probe, worded to what the candidate has said on the item; in no words that they were asked before."""
        criterion, turns = item.criterion(move.criterion), state.turns_on(item.id)
        authored, answers = criterion.probes[move.nth], [t.answer for t in turns if t.answer]
        filled = self._filled("probe", question=item.question, aim=criterion.title, authored_probe=authored, answer="\n\n".join(answers))

        def fits(words: str) -> bool:
            asks = bool(question_ends(words)) or words.endswith("?") or "?" not in authored
            return asks and not any(same_words(words, t.question) for t in turns)

        guard = partial(Guard, item, [item.question, authored, criterion.title, *answers])
        return _Wanted(authored, filled if answers else None, guard, _questions_of(authored), fits)

    def _item(self, item: Item, state: State) -> _Wanted:
        """The item's question, led over to from the last answer."""
        last = next((t.answer for t in reversed(state.turns) if t.answer), "")
        filled = self._filled("ask_item", question=item.question, last_answer=last)

        def fits(words: str) -> bool:
            return keeps_numbers(words, item.question) and keeps_question(words, item.question)

        guard = partial(Guard, item, [item.question, last], numbers=[item.question])
        return _Wanted(item.question, filled if last else None, guard, _questions_of(item.question), fits)

    def _filled(self, prompt: str, **values: str) -> Filled:
        return self.prompts[prompt].fill(**values)

    async def _spoken(self, wanted: _Wanted, interview: str, said: Said) -> AsyncGenerator[str]:
        """The model's words while they keep to the rules, else the authored ones."""
        if self.models and wanted.filled and self.clock() >= self._rest_until:
            try:
                async with aclosing(self._from_model(self.models, wanted.filled, wanted, interview)) as texts:
                    async for said.text in texts:
                        yield said.text
                if said.text:
                    said.by = f"model:{self.models.name_for('interviewer')}"
                    return
            except ModelError as error:
                said.fault = str(error)
                if isinstance(error, (ModelUnreachable, ModelRefused)):  # a spent cap or one odd reply is no fault of the server
                    self._rest_until = self.clock() + REST_AFTER_FAULT_S
            except Unfit:
                pass  # the authored words say the same thing, and nothing of what was held back was shown
        said.text, said.by = wanted.authored, "authored"
        yield wanted.authored

    async def _from_model(self, models: Speaking, filled: Filled, wanted: _Wanted, interview: str) -> AsyncGenerator[str]:
        """The model's words so far, checked up to the last whole word and given on up to the word before it.

        So what makes two words a verdict is known before the first of them is shown.
        """
        heard, checked, shown, due, guard = "", "", "", 0.0, wanted.guard()
        async with aclosing(models.stream("interviewer", filled, interview=interview)) as pieces:
            async for piece in pieces:
                heard += piece
                if shown and self.clock() < due and "?" not in heard:
                    continue
                aloud = _aloud(heard)
                if len(aloud) > MOST_CHARACTERS:
                    break  # refused below: without blanks between words nothing of it has been checked
                whole = _whole_words(aloud)
                if wanted.most and len(question_ends(whole)) >= wanted.most:
                    break
                if whole != checked and (not shown or self.clock() >= due):
                    checked = whole
                    guard.check(checked)
                    if (ready := _all_but_last_word(checked)) != shown:
                        shown = ready
                        yield shown
                        due = self.clock() + self.every_s  # from when it was taken: where many listen at once, pieces grow longer
        final = _aloud(heard)
        final = _unquoted(one_question(final, wanted.most) if wanted.most else final)
        guard.check(final, end=True)
        if final and not wanted.fits(final):
            raise Unfit("not what was to be asked")
        if final != shown:
            yield final


def _aloud(heard: str) -> str:
    """What is meant to be said aloud: without the thinking that some servers send before it, and without a speaker's name."""
    text = heard.lstrip()
    if text.startswith("<think>"):
        text = text.partition("</think>")[2].lstrip()
    if "<think>".startswith(text):
        return ""
    return _SPEAKER.sub("", text)


def _whole_words(text: str) -> str:
    """The text up to its last blank."""
    return _LAST_WORD.sub("", text)


def _all_but_last_word(text: str) -> str:
    """The text without its last word and the blanks before that."""
    return _whole_words(text.rstrip()).rstrip()


def _unquoted(text: str) -> str:
    """The text without quotes around the whole of it; quotes within it stay."""
    text = text.strip()
    return text.strip(_QUOTES).strip() if text[:1] in _QUOTES and not set(text[1:-1]) & set(_QUOTES) else text


def _questions_of(authored: str) -> int:
    """How many questions may be asked at once: as many as were written; where the text ends in a request, that is one."""
    return max(1, len(question_ends(authored)) + (not authored.rstrip(_QUOTES).endswith("?")))
