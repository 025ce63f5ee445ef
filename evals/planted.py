"""Regressions for the gate to catch: each is applied to a copy of the checkout. Test data, for the tests alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from evals.bench import ROOT
from evals.recordings import Recording, read_recordings

COPIED = ("interviewer", "corpus", "prompts", "evals", "pyproject.toml")
Alter = Callable[[Path], None]


class Planted(NamedTuple):
    """A regression: how it is made, the suite that meets it, and the metric that has to fail by it."""

    says: str
    alter: Alter
    suite: str
    metric: str


def copy(folder: Path) -> Path:
    """A copy of what the evals need, in a folder; what was read of the corpus is shared with the checkout, its outputs are not."""
    for name in COPIED:
        here, there = ROOT / name, folder / name
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__", "runs"))
        else:
            shutil.copy(here, there)
    (folder / "benchmarks").mkdir()
    shutil.copy(ROOT / "benchmarks" / "questions.yaml", folder / "benchmarks")
    shared = ROOT / ".cache" / "evals" / "readings.sqlite3"
    (folder / ".cache" / "evals").mkdir(parents=True)
    shared.parent.mkdir(parents=True, exist_ok=True)
    (folder / ".cache" / "evals" / shared.name).symlink_to(shared)
    return folder


def code(file: str, old: str, new: str) -> Alter:
    """One place of the code changed. Raises ValueError where the place is not there once: the code has moved on."""

    def alter(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{file} holds {old!r} {text.count(old)} times: mend this planted regression")
        path.write_text(text.replace(old, new), encoding="utf-8")

    return alter


def both(*alters: Alter) -> Alter:
    """Several changes after each other."""

    def alter(folder: Path) -> None:
        for one in alters:
            one(folder)

    return alter


def prompt(name: str, old: str, new: str) -> Alter:
    """A prompt worded otherwise, with the recordings of the old one carried over to it."""

    def alter(folder: Path) -> None:
        code(f"prompts/{name}.md", old, new)(folder)
        replies(lambda r: r.reply, lambda system: system.replace(old, new))(folder)

    return alter


def replies(reply: Callable[[Recording], str], system: Callable[[str], str] = lambda s: s) -> Alter:
    """Every recorded reply as `reply` has it, to a request with the system text as `system` has it."""

    def changed(recording: Recording) -> Recording:
        (role, text), *rest = recording.sent.messages
        sent = recording.sent.model_copy(update={"messages": ((role, system(text)), *rest)})
        return recording.model_copy(update={"sent": sent, "reply": reply(recording)})

    def alter(folder: Path) -> None:
        path = folder / "evals" / "recordings"
        read_recordings(path).altered(changed).write(path)

    return alter


def lenient(recording: Recording) -> str:
    """The reply with its level one higher, where it has one."""
    if recording.sent.schema_name != "Judgement":
        return recording.reply
    told = json.loads(recording.reply)
    if told["level"] is not None and told["quotes"]:
        told["level"] = min(5, told["level"] + 1)
    return json.dumps(told, ensure_ascii=False)


def praising(recording: Recording) -> str:
    """The interviewer's words after a word of praise."""
    spoken = recording.sent.schema_name is None and recording.sent.role == "interviewer"
    return f"Great answer, that is exactly right. {recording.reply}" if spoken else recording.reply


def swapped_anchors(folder: Path) -> None:
    """Every criterion's anchors in the wrong order."""
    for path in (folder / "corpus").glob("packs/*/items/*.yaml"):
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
        for item in items:
            for criterion in item["criteria"]:
                told = criterion.get("anchors")
                if isinstance(told, Mapping):
                    criterion["anchors"] = dict(zip(told.keys(), reversed(list(told.values())), strict=True))
        path.write_text(yaml.safe_dump(items, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")


PLANTED: tuple[Planted, ...] = (
    Planted(
        "a lenient rater prompt",
        both(
            prompt(
                "rate_criterion",
                "Doubt between two levels is no such case: take the lower one.",
                "When in doubt be kind: take the higher one.",
            ),
            replies(lenient),
        ),
        "sent",
        "agreement.model.sent.bias",
    ),
    Planted("anchors swapped", swapped_anchors, "ratings", "order.anchors"),
    Planted(
        "the evidence check off",
        code(
            "interviewer/rating/by_model.py",
            "return checked(_as_rating(criterion, answer, top), heard, top)",
            "return _as_rating(criterion, answer, top)",
        ),
        "broken",
        "unrated.made-up-evidence",
    ),
    Planted(
        "a number where grading failed",
        code(
            "interviewer/rating/by_model.py",
            'return Rating(criterion=criterion.id, reason=str(answer) or "The model gave no rating.")',
            'return Rating(criterion=criterion.id, level=3, rationale="Could not be graded.")',
        ),
        "broken",
        "unrated.broken-reply",
    ),
    Planted(
        "a probe that leaks an anchor",
        code(
            "interviewer/interview/words.py",
            "authored, answers = criterion.probes[move.nth], [",
            'authored, answers = f"{criterion.probes[move.nth]} For instance: {criterion.anchors[-1]}", [',
        ),
        "interviews",
        "probes.leak-nothing",
    ),
    Planted(
        "praise in the interviewer",
        both(
            replies(praising), code("interviewer/interview/guard.py", "if verdict := find_verdict(", "if verdict := None and find_verdict(")
        ),
        "interviews",
        "conduct.no-verdict",
    ),
    Planted(
        "a truncated transcript",
        code(
            "interviewer/interview/state.py",
            "return tuple(Turn(question=t.question, answer=t.answer, unsure=t.unsure) for",
            "return tuple(Turn(question=t.question, answer=(t.answer or '')[:300]) for",
        ),
        "interviews",
        "heard.whole",
    ),
    Planted(
        "a cache keyed by the first 200 characters",
        code(
            "interviewer/rating/embedded.py",
            "        what = said_of(item, turns)\n        ratings = without_substance(item, what)\n",
            "        key = (item.id, (turns[0].answer or '')[:200]) if len(turns) == 1 else None\n"
            "        if key in (kept := self.__dict__.setdefault('_kept', {})):\n"
            "            return kept[key]\n"
            "        made = self._rate(item, turns)\n"
            "        return kept.setdefault(key, made) if key else made\n\n"
            "    def _rate(self, item: Item, turns: Sequence[Turn]) -> ItemRating:\n"
            "        what = said_of(item, turns)\n        ratings = without_substance(item, what)\n",
        ),
        "heard",
        "heard.apart",
    ),
    Planted(
        "the last turn ignored",
        code(
            "interviewer/rating/said.py", "    pieces = pieces_of(turns, rubric)\n", "    pieces = pieces_of(turns[:-1] or turns, rubric)\n"
        ),
        "heard",
        "heard.last",
    ),
    Planted(
        "length rewarded",
        code(
            "interviewer/rating/embedded.py",
            "expected = round(1 + found.share * (item.top - 1), 2)",
            "expected = round(min(item.top, 1 + found.share * (item.top - 1) + 0.02 * sum(len(p.tokens) for p in answer.pieces) / 2), 2)",
        ),
        "changed",
        "changed.adds-nothing",
    ),
    Planted(
        "retrieval that returns the wrong note",
        code(
            "interviewer/library/library.py",
            'self._index.nearest("note", asked, k, _all_of(pack, notes))',
            'self._index.nearest("note", -asked, k, _all_of(pack, notes))',
        ),
        "retrieval",
        "retrieval.recall",
    ),
    Planted(
        "feedback that contradicts its rating",
        code(
            "interviewer/feedback/compose.py",
            "    level = rating.level or 1\n    below_top",
            "    level = min(frame.top, (rating.level or 1) + 1)\n    below_top",
        ),
        "interviews",
        "feedback.consistent.interviews",
    ),
)
