"""An interview in the terminal, or unattended from a file of answers, through the same door as the page."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from interviewer.errors import CandidateError, FileError
from interviewer.interview.door import Door
from interviewer.interview.state import State
from interviewer.interview.turns import Asked
from interviewer.interview.words import reads_as_question
from interviewer.interview.writing import MOST_CHARACTERS

TERMINAL = "terminal"  # the candidate of the command line
EXHAUSTED = "answers exhausted"
Written = Callable[[State, Asked], str | None]
Answers = Callable[[State, Asked], str | Awaitable[str | None] | None]
_FORM = "a JSON list of strings, or a mapping from item ids to lists of strings"
HELP = "Commands: /skip, /again, /ask YOUR QUESTION, /end. An empty line ends an answer."


def read_answers(path: Path) -> Written:
    """The answers of a file, in the order asked for: a JSON list, or {item id: [first, to the probes …]}. Raises FileError."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(f"{path}: can't be read ({error.strerror}); give the path of a JSON file") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path}: not valid JSON ({error}); write {_FORM}") from error
    if isinstance(loaded, list):
        return _in_order(_strings(loaded, str(path)))
    if isinstance(loaded, dict):
        return _by_item({item: _strings(answers, f"{path}, item {item!r}") for item, answers in loaded.items()})
    raise FileError(f"{path}: holds {_shown(loaded)}; write {_FORM}")


def _strings(answers: object, place: str) -> list[str]:
    """A list of answers, checked. Raises FileError naming the first that is none."""
    if not isinstance(answers, list):
        raise FileError(f"{place}: holds {_shown(answers)}; write {_FORM}")
    for number, answer in enumerate(answers, 1):
        if not isinstance(answer, str):
            raise FileError(f"{place}, answer {number}: {_shown(answer)} is no string; write {_FORM}")
        if len(answer) > MOST_CHARACTERS:
            raise FileError(f"{place}, answer {number}: has {len(answer):,} characters, and {MOST_CHARACTERS:,} is the most; shorten it")
    return answers


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _in_order(answers: Sequence[str]) -> Written:
    left = iter(answers)
    return lambda _state, _turn: next(left, None)


def _by_item(answers: Mapping[str, Sequence[str]]) -> Written:
    def answer(state: State, turn: Asked) -> str | None:
        of_item = answers.get(turn.item_id, ())
        given = len(state.answered_turns(turn.item_id))
        return of_item[given] if given < len(of_item) else None

    return answer


async def sit_unattended(door: Door, state: State, candidate: str, answers: Answers) -> State:
    """Answer every question from `answers`; where they run out, end early. The state with every rating made."""
    state = await _replied(door, state, candidate)
    while turn := state.open_turn:
        given = answers(state, turn)
        text = await given if isinstance(given, Awaitable) else given
        if text is None:
            await door.end(state.id, candidate, EXHAUSTED)
        else:
            await door.answer(state.id, candidate, turn.seq, text)
        state = await _replied(door, state, candidate)
    return await rated(door, state, candidate)


async def sit_in_terminal(door: Door, state: State, candidate: str, say: Callable[[str], None], hear: Callable[[], str]) -> State:
    """An interview with a person at a keyboard. `hear` returns one line, and raises EOFError when there are no more."""
    say(HELP)
    state = await _replied(door, state, candidate)
    while turn := state.open_turn:
        number = state.started.guide.index(turn.item_id) + 1
        say(f"\n[{number} of {len(state.started.guide)}] {turn.question}" if turn.kind == "item" else f"\n{turn.question}")
        try:
            await _one_answer(door, state, turn, candidate, say, hear)
        except CandidateError as error:  # too long, or answered elsewhere meanwhile: the question that is open now is asked again
            say(str(error))
        state = await _replied(door, state, candidate)
    say("\nRating your answers …")
    return await rated(door, state, candidate)


async def _one_answer(door: Door, state: State, turn: Asked, candidate: str, say: Callable[[str], None], hear: Callable[[], str]) -> None:
    """Hear one answer or command and do what it says."""
    text = await _heard(hear)
    if text is None or text == "/end":
        await door.end(state.id, candidate)
    elif text == "/skip":
        await door.skip(state.id, candidate, turn.seq)
    elif text == "/again":
        await door.repeat(state.id, candidate, turn.seq)
    elif text.startswith("/") and text.split()[0] != "/ask" and "\n" not in text:
        say(f"There is no command {text.split()[0]}. {HELP}")
    elif text.startswith("/ask") or reads_as_question(text):
        say(await _last(door.clarify(state.id, candidate, turn.seq, text.removeprefix("/ask"))))
    elif text:
        await door.answer(state.id, candidate, turn.seq, text)


def typed_lines() -> Callable[[], str]:
    """What gives one line after another and raises EOFError at the end.

    Lines that are piped in are read beside sys.stdin: a thread that waits there holds a lock that the interpreter needs to end.
    """
    if sys.stdin.isatty():
        return lambda: input("> ")
    piped = open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115  read to the end of the process

    def hear() -> str:
        if not (line := piped.readline()):
            raise EOFError
        return line.removesuffix("\n")

    return hear


async def _heard(hear: Callable[[], str]) -> str | None:
    """What `_hear_answer` returns. Its thread is a daemon: whoever stops the program need not press Enter first."""
    loop, heard = asyncio.get_running_loop(), asyncio.Future[str | None]()

    def listen() -> None:
        text = None
        try:
            text = _hear_answer(hear)
        finally:  # a terminal that went away is the end of input
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(lambda: None if heard.done() else heard.set_result(text))

    threading.Thread(target=listen, daemon=True).start()
    return await heard


def _hear_answer(hear: Callable[[], str]) -> str | None:
    """Lines up to an empty one; a command is a line of its own. None at the end of input with nothing heard."""
    lines: list[str] = []
    while True:
        try:
            line = hear()
        except EOFError:
            return "\n".join(lines) if lines else None
        if line.startswith("/") and not lines:
            return line.strip()
        if not line.strip():
            return "\n".join(lines)
        lines.append(line)


async def _replied(door: Door, state: State, candidate: str) -> State:
    """The state after the interviewer has said what it owes."""
    await _last(door.reply(state.id, candidate))
    state = await door.state(state.id, candidate)
    while state.between_items and not state.reply_is_due:  # coached rests are for the page; here the next item follows at once
        await _last(door.next_item(state.id, candidate))
        state = await door.state(state.id, candidate)
    return state


async def rated(door: Door, state: State, candidate: str) -> State:
    """The state when every answered item is rated."""
    await door.resume(state.id, candidate)
    await door.behind.settled(state.id)
    return await door.state(state.id, candidate)


async def _last(words: AsyncIterator[str]) -> str:
    said = ""
    async for text in words:
        said = text
    return said
