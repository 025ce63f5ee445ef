"""Generating: every case of the suites run through the product once, its output written down as soon as it is there."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

from evals.bench import ROOT, Bench, Place
from evals.cached import Cached, state_of
from evals.lines import whole_lines_of
from evals.pool import Pool
from evals.prices import Prices, Purse
from evals.recordings import Recordings
from evals.suites import Job, Suite
from evals.values import Called, Facts, Mode, Output, Row, Spent
from evals.wires import JOB, Author, Connected, Replayed, Tape
from interviewer.domain import Pack
from interviewer.errors import InterviewerError
from interviewer.model import Role, Sends
from interviewer.model.tokens import TokenCount
from interviewer.settings import Settings

Progress = Callable[[str, int, int], None]
_DESK = "desk"
APART_S = 0.03  # between the first calls of a run with a server: longer than what one takes of this processor, twice
_THINKS = 4  # cases side by side where nothing waits for a server


class Plan(NamedTuple):
    """What a run is to do: its suites, where the product lies, how its model is reached, and how often each case is run.

    `fresh` generates anew what an earlier run in the same state of the checkout has generated already.
    """

    name: str
    mode: Mode
    suites: tuple[Suite, ...]
    settings: Settings
    place: Place = Place()
    author: Author | None = None
    width: int = 16
    repeats: int = 1
    fresh: bool = False


class Run(NamedTuple):
    """A run that is over: its facts, its outputs, the pack that they were generated with, and what its model calls left behind.

    It is `whole` where no output lacks a reply.
    """

    facts: Facts
    outputs: tuple[Output, ...]
    pack: Pack
    tape: Tape

    @property
    def whole(self) -> bool:
        return not self.tape.refused


def replay_settings(recordings: Recordings) -> Settings:
    """Settings that take nothing from the environment; in each role the model that most of its recordings name."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for recording in recordings.every():
        names[recording.sent.role][recording.model] += 1
    model = {f"{role}_model": names[role].most_common(1)[0][0] if names[role] else _DESK for role in get_args(Role)}
    told: dict[str, object] = {
        "openai_api_key": None,
        "openai_base_url": "http://recordings.invalid/v1",
        "embedding_model": None,
        "database_url": None,
        "model_retries": 0,
        "rater_draws": 1,
        "tokens_per_interview": 0,
        "tokens_per_day": 0,
    }
    return Settings(_env_file=None, **told, **model)  # type: ignore[arg-type]


async def generate(plan: Plan, recordings: Recordings, purse: Purse, sink: Path, progress: Progress) -> Run:
    """Run every case that `sink` does not hold yet, appending each output to it that lacks no reply; the run with all of them."""
    began, date = time.monotonic(), datetime.now(UTC)
    tape = Tape(recordings, TokenCount(plan.settings.data_dir / "tiktoken"))
    bench = Bench(plan.settings, plan.place, tape, partial(_carrier, plan, tape, purse))
    done = {o.key: o for o in read_outputs(sink)}
    for output in done.values():
        tape.again(output)
    cache = plan.place.cache if plan.mode == "replay" and not plan.fresh else None
    cached = Cached(cache and cache / "outputs.sqlite3", state_of(ROOT, plan.place) if cache else "")
    try:
        for tape.repeat in range(plan.repeats):
            for suite in plan.suites:
                if tape.repeat == 0 or suite.repeats:
                    await _suite(suite, plan, bench, done, Kept(sink, cached), progress)
        prompts = {name: p.hash for name, p in bench.prompts.items()}
        calls = [c for o in done.values() for c in o.calls]
        facts = Facts(
            name=plan.name,
            mode=plan.mode,
            began=date.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 1),
            commit=commit(),
            suites=tuple(s.name for s in plan.suites),
            prompts=prompts,
            models={role: plan.settings.model_for(role) for role in sorted({c.role for c in calls})},
            authors=tuple(sorted({r.author for r in recordings.used()})),
            recorded=tuple(sorted({r.recorded for r in recordings.used()})),
            repeats=plan.repeats,
            spent=tuple(spent(calls, purse.prices)),
        )
        return Run(facts, tuple(done[k] for k in sorted(done)), bench.pack, tape)
    finally:
        await bench.aclose()


class Kept(NamedTuple):
    """Where outputs are written as they come, and where those of earlier runs may be found."""

    sink: Path
    cached: Cached


async def _suite(suite: Suite, plan: Plan, bench: Bench, done: dict[str, Output], kept: Kept, progress: Progress) -> None:
    """Run a suite's cases side by side."""
    suffix = f"#{bench.tape.repeat + 1}" if bench.tape.repeat else ""
    new: list[Output] = []

    async def made(job: Job, key: str) -> None:
        if before := kept.cached.find(key):
            bench.tape.again(before)
        done[key] = output = before or await _generated(suite, job, key, bench.tape)
        if key in bench.tape.refused:
            return  # it is generated when the run is gone on with
        if not before:
            new.append(output)
        with kept.sink.open("a", encoding="utf-8") as file:
            file.write(output.model_dump_json() + "\n")

    jobs = [(job, f"{suite.name}:{job.key}{suffix}") for job in suite.jobs(bench)]
    work = [partial(made, job, key) for job, key in jobs if key not in done]
    pool = Pool(_THINKS) if plan.mode == "replay" else Pool(plan.width, APART_S)
    await pool.each(work, partial(progress, suite.name))
    kept.cached.keep(new)


async def _generated(suite: Suite, job: Job, key: str, tape: Tape) -> Output:
    """A case run through the product, with the model calls behind it; what the product refuses to do is kept as its sentence."""
    JOB.set(key)
    try:
        made = dict(await job.make())
    except InterviewerError as error:
        made = {"failed": str(error)}
    return Output(suite=suite.name, key=key, cluster=job.cluster, made=made, calls=tuple(tape.called[key]))


def _carrier(plan: Plan, tape: Tape, purse: Purse, suite: str, connected: Callable[[], Sends]) -> Sends:
    """What carries a suite's requests in a mode."""
    if plan.mode == "replay":
        return Replayed(tape)
    return Connected(tape, suite, connected, purse, plan.author if plan.mode == "record" else None)


# --------------------------------------------------------------------------- scoring


def rows_of(outputs: Sequence[Output], suites: Iterable[Suite], pack: Pack) -> tuple[Row, ...]:
    """Everything that the suites' scorers read off stored outputs; and for each case whether it ran at all, and its tokens."""
    return tuple(row for suite in suites for row in _rows(suite, [o for o in outputs if o.suite == suite.name], pack))


def _rows(suite: Suite, outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    ran = [o for o in outputs if "failed" not in o.made]
    for o in outputs:
        case, why = o.key.partition(":")[2], str(o.made.get("failed", ""))
        yield Row(measure=f"ran.{suite.name}", case=case, cluster=o.cluster, value=0.0 if why else 1.0, why=why, at=o.key)
        if o.calls:
            tokens = sum(c.prompt_tokens + c.completion_tokens for c in o.calls)
            yield Row(measure=f"cost.{suite.name}", case=case, cluster=o.cluster, value=float(tokens), at=o.key)
    yield from suite.rows(ran, pack)


# --------------------------------------------------------------------------- what is written down


def read_outputs(path: Path) -> tuple[Output, ...]:
    """The outputs of a file; a last line that broke off when a run was killed is left out."""
    return tuple(Output.model_validate_json(line) for line in whole_lines_of(path))


def spent(called: Sequence[Called], prices: Prices) -> Iterator[Spent]:
    """What each role's calls took, by model."""
    by_role: Mapping[tuple[str, str], list[Called]] = defaultdict(list)
    for call in called:
        by_role[call.role, call.model].append(call)
    for (role, model), calls in sorted(by_role.items()):
        seconds = sorted(c.seconds for c in calls if c.seconds is not None)
        prompt, completion = sum(c.prompt_tokens for c in calls), sum(c.completion_tokens for c in calls)
        yield Spent(
            role=role,
            model=model,
            calls=len(calls),
            prompt_tokens=prompt,
            completion_tokens=completion,
            money=prices.of(model, prompt, completion),
            seconds_p50=statistics.median(seconds) if seconds else None,
            seconds_p95=seconds[int(0.95 * (len(seconds) - 1))] if seconds else None,
        )


def commit() -> str:
    """The checkout's commit, with a plus where something is changed; empty outside of a checkout."""
    try:
        git = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
        head = git(["git", "rev-parse", "--short=12", "HEAD"]).stdout.strip()
        return head + ("+" if git(["git", "status", "--porcelain", "--untracked-files=no"]).stdout.strip() else "")
    except (OSError, subprocess.SubprocessError):
        return ""
