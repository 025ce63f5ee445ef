"""The command line: `python -m evals run|record|compare|show`.

Exit 0 pass, 1 fail, 2 misuse or not recorded (one sentence on standard error), 3 inconclusive.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from evals.bench import ROOT, Place
from evals.comparing import FORMS, Side, side_of
from evals.graded import graded_suite
from evals.judging import Judged, faults_of, judge
from evals.keeping import BASELINE, OUTPUTS, RUNS, Stored, baseline, names, read_run, write_baseline, write_run
from evals.prices import TABLE, Purse, read_prices
from evals.recordings import Recordings, read_recordings
from evals.report import junit, page, summary, table
from evals.running import Plan, Run, generate, replay_settings, rows_of
from evals.suites import SUITES, Suite
from evals.values import Fault, Mode, Report
from evals.wires import Author
from interviewer.errors import AuthorError, InterviewerError, SetupError
from interviewer.settings import Settings, read_settings

RECORDINGS = ROOT / "evals" / "recordings"
GRADED = "GRADED_DATA"
MISUSE = 2
Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        told = _parser().parse_args(argv)
        command: Command = told.command
        return command(told)
    except InterviewerError as error:
        print(f"evals: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        print("evals: stopped; run it again under the same --name to go on", file=sys.stderr)
        return MISUSE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise AuthorError(f"{message}. See `python -m evals --help`.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m evals", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    run = commands.add_parser("run", help="run the suites and judge them against the baseline")
    run.set_defaults(command=_run)
    _common(run)
    run.add_argument("--mode", choices=("replay", "live"), default="replay", help="recordings (default), or the connected model")
    run.add_argument("--against", type=Path, default=BASELINE, metavar="FOLDER", help="the baseline; default: evals/baseline")
    run.add_argument("--as-baseline", action="store_true", help="make this run the baseline of that folder")
    record = commands.add_parser("record", help="ask the connected model what is not recorded yet, and keep its replies")
    record.set_defaults(command=_record)
    _common(record)
    record.add_argument("--author", required=True, metavar="NAME", help="who writes the replies: a model's name, or a person")
    record.add_argument("--anew", action="store_true", help="ask again for what is recorded")
    record.add_argument("--drop-unused", action="store_true", help="take out recordings that nothing asks for; alone it asks no model")
    compare = commands.add_parser("compare", help="two prompts, models or runs on the same cases, paired")
    compare.set_defaults(command=_compare)
    _common(compare)
    compare.add_argument("--a", required=True, metavar="SIDE", help=f"the side compared with: {FORMS}")
    compare.add_argument("--b", required=True, metavar="SIDE", help="the side that is judged; as --a")
    compare.add_argument("--mode", choices=("replay", "live"), default="replay")
    show = commands.add_parser("show", help="score a stored run again and show it")
    show.set_defaults(command=_show)
    show.add_argument("run", nargs="?", help="its name; default: the last one")
    show.add_argument("--against", type=Path, default=BASELINE, metavar="FOLDER")
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--suite", action="append", choices=[s.name for s in SUITES], help="only this suite; may be given again")
    parser.add_argument("--name", help="the run's folder under evals/runs; an unfinished one is gone on with")
    parser.add_argument("--width", type=_positive, default=16, help="model calls at once (16)")
    parser.add_argument("--repeats", type=_positive, default=1, help="how often each case with a model is run (1)")
    parser.add_argument("--fresh", action="store_true", help="generate anew what an earlier run in the same state has generated")
    parser.add_argument("--max-tokens", type=_positive, default=0, help="send nothing more once so many tokens are spent")
    parser.add_argument("--max-cost", type=_money, default=0.0, help="the same in the price table's currency")
    parser.add_argument("--prices", type=Path, default=TABLE, metavar="FILE", help="the price table; default: evals/prices.yaml")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _money(text: str) -> float:
    try:
        told = float(text)
    except ValueError:
        told = -1.0
    if not 0 <= told < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no sum of money from 0 on")
    return told


# --------------------------------------------------------------------------- the commands


def _run(told: argparse.Namespace) -> int:
    recordings, suites = read_recordings(RECORDINGS), _suites(told)
    if told.as_baseline and told.against == BASELINE and told.suite:
        raise AuthorError("the baseline in the repository is of all suites: leave --suite out, or name another folder with --against")
    if folder := os.environ.get(GRADED, "").strip():
        suites = (*suites, graded_suite(Path(folder)))
    plan = _plan(told, told.mode, suites, replay_settings(recordings) if told.mode == "replay" else _connected())
    run, purse = _generated(plan, told, recordings)
    judged = _judged(run, suites, baseline(told.against), list(faults_of(run.tape, suites, plan.mode, purse.empty, plan.repeats)))
    _tell(judged, run, RUNS / plan.name)
    if told.as_baseline:
        if not run.whole:
            raise AuthorError("a run that is not whole can't be the baseline: mend what it says first")
        write_baseline(told.against, run.facts, judged.rows)
        print(f"evals: this run is the baseline now ({told.against})", file=sys.stderr)
        return 0
    return judged.report.exit


def _record(told: argparse.Namespace) -> int:
    recordings, suites = read_recordings(RECORDINGS), _suites(told)
    if told.drop_unused and told.suite:
        raise AuthorError("--drop-unused needs all suites: leave --suite out")
    alone = told.drop_unused and not _env_has_model()
    mode: Mode = "replay" if alone else "record"
    settings = replay_settings(recordings) if alone else _connected()
    run, purse = _generated(_plan(told, mode, suites, settings), told, recordings)
    if told.drop_unused and not run.whole:
        print("evals: nothing is taken out, since a reply is missing and what comes after it was not asked for", file=sys.stderr)
    elif told.drop_unused:
        print(f"evals: {recordings.drop_unused(told.repeats)} recordings that nothing asks for are taken out", file=sys.stderr)
    recordings.write(RECORDINGS)
    judged = _judged(run, suites, baseline(), list(faults_of(run.tape, suites, mode, purse.empty, told.repeats)))
    _tell(judged, run, RUNS / run.facts.name)
    return judged.report.exit


def _compare(told: argparse.Namespace) -> int:
    suites = tuple(s for s in _suites(told) if s.repeats)
    told.name = told.name or _named("compare")
    with ExitStack() as held:
        a, b = (_side(held.enter_context(side_of(text)), told, suites, which) for text, which in ((told.a, "a"), (told.b, "b")))
        judged = judge(b[0].facts, b[0].rows, suites, a[0], [*a[1], *b[1]])
    print(f"{told.b} against {told.a}\n")
    (RUNS / told.name).mkdir(parents=True, exist_ok=True)
    _write(judged, b[0], RUNS / told.name)
    _show_table(judged.report, RUNS / told.name)
    return judged.report.exit


def _show(told: argparse.Namespace) -> int:
    known = names()
    if not known and not told.run:
        raise AuthorError("no run is stored yet: `python -m evals run` makes one")
    folder = RUNS / (told.run or known[-1])
    stored = read_run(folder)
    suites = [s for s in SUITES if s.name in stored.facts.suites]
    if folder_of := os.environ.get(GRADED, "").strip():
        suites += [s for s in (graded_suite(Path(folder_of)),) if s.name in stored.facts.suites]
    from interviewer.bank import sound_packs

    rows = rows_of(stored.outputs, suites, sound_packs(Place().corpus)[0]) if stored.outputs else stored.rows
    judged = judge(stored.facts, rows, suites, baseline(told.against))
    _write(judged, stored, folder)
    _show_table(judged.report, folder)
    return judged.report.exit


# --------------------------------------------------------------------------- their parts


def _suites(told: argparse.Namespace) -> tuple[Suite, ...]:
    return tuple(s for s in SUITES if not told.suite or s.name in told.suite)


def _plan(told: argparse.Namespace, mode: Mode, suites: tuple[Suite, ...], settings: Settings, place: Place | None = None) -> Plan:
    name = told.name or _named(mode)
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or name.startswith("."):
        raise AuthorError(f"--name {name!r}: letters, digits, dots, - and _ make a name")
    author = Author(told.author, told.anew) if mode == "record" else None
    return Plan(name, mode, suites, settings, place or Place(), author, told.width, told.repeats, told.fresh)


def _named(what: str) -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{what}"


def _connected() -> Settings:
    settings = read_settings()
    if not settings.has_model:
        raise SetupError("no model is connected: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own")
    unbounded = {"tokens_per_interview": 0, "tokens_per_day": 0}  # a run has bounds of its own
    return settings.model_copy(update=unbounded)


def _env_has_model() -> bool:
    return read_settings().has_model


def _generated(plan: Plan, told: argparse.Namespace, recordings: Recordings) -> tuple[Run, Purse]:
    """The run, with a bar for each suite on standard error where that is a terminal."""
    purse = Purse(read_prices(told.prices), told.max_tokens, told.max_cost)
    if plan.mode != "replay":
        purse.require_prices({role: plan.settings.model_for(role) for role in ("interviewer", "rater", "judge")})
    folder = RUNS / plan.name
    if (folder / "run.json").is_file():
        raise AuthorError(f"there is a finished run {plan.name!r} already: choose another --name, or look at it with `show`")
    folder.mkdir(parents=True, exist_ok=True)
    bars: dict[str, tqdm[NoReturn]] = {}

    def progress(suite: str, done: int, of: int) -> None:
        if suite not in bars:
            bars[suite] = tqdm(total=of, desc=f"{suite:<11}", unit="case", leave=True, disable=None)
        bars[suite].update(done - bars[suite].n)

    try:
        return asyncio.run(generate(plan, recordings, purse, folder / OUTPUTS, progress)), purse
    finally:
        for bar in bars.values():
            bar.close()


def _judged(run: Run, suites: Sequence[Suite], before: Stored | None, faults: Sequence[Fault]) -> Judged:
    return judge(run.facts, rows_of(run.outputs, suites, run.pack), suites, before, faults)


def _side(side: Side, told: argparse.Namespace, suites: tuple[Suite, ...], which: str) -> tuple[Stored, list[Fault]]:
    """One side of a comparison, run where it is not stored."""
    if side.run:
        return read_run(side.run), []
    recordings = read_recordings(side.recordings)
    settings = replay_settings(recordings) if told.mode == "replay" else _connected()
    if side.model:
        settings = settings.model_copy(update=dict.fromkeys(("interviewer_model", "rater_model"), side.model))
    plan = _plan(told, told.mode, suites, settings, side.place)
    run, purse = _generated(plan._replace(name=f"{plan.name}-{which}"), told, recordings)
    stored = Stored(run.facts, rows_of(run.outputs, suites, run.pack), run.outputs)
    if run.whole:
        write_run(RUNS / run.facts.name, run.facts, stored.rows)
    return stored, list(faults_of(run.tape, (), told.mode, purse.empty, told.repeats))


def _tell(judged: Judged, run: Run, folder: Path) -> None:
    """Write a run down and print its table. One that is not whole is not finished: under its name it can be gone on with."""
    if run.whole:
        write_run(folder, run.facts, judged.rows)
    _write(judged, Stored(run.facts, judged.rows, run.outputs), folder)
    _show_table(judged.report, folder)


def _write(judged: Judged, stored: Stored, folder: Path) -> None:
    files = {
        "report.json": judged.report.model_dump_json(indent=1),
        "summary.md": summary(judged.report),
        "junit.xml": junit(judged.report),
        "page.html": page(judged.report, stored.outputs, judged.rows, judged.baseline_rows),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _show_table(report: Report, folder: Path) -> None:
    print(table(report))
    print(f"\n{(folder / 'page.html').relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
