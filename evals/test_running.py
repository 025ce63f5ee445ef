"""A run can be gone on with, stays within its purse, and counts what failed; the command line says what is wrong in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.bench import Bench, Place
from evals.candidates import NO_MORE, Scripted, read_personas
from evals.comparing import side_of
from evals.prices import Price, Prices, Purse, read_prices
from evals.recordings import Recording, Recordings, Sent
from evals.running import Plan, Run, generate, read_outputs, replay_settings, rows_of
from evals.suites.kinds import Job, Made, Suite
from evals.values import Metric, Output, Row
from interviewer.bank import sound_packs
from interviewer.domain import Pack
from interviewer.errors import AuthorError, BudgetSpent, CandidateError
from interviewer.prompts import Filled

EMPTY = Recordings({}, {})


class Counting:
    """A suite that keeps which of its cases were run; those named in `failing` can't be."""

    def __init__(self, cases: Sequence[str], failing: Sequence[str] = ()) -> None:
        self.cases, self.failing = cases, failing
        self.ran: list[str] = []

    def jobs(self, bench: Bench) -> Iterable[Job]:
        async def made(case: str) -> Made:
            self.ran.append(case)
            if case in self.failing:
                raise CandidateError("No such answer.")
            return {"value": 1.0}

        for case in self.cases:
            yield Job(case, "an-item", lambda case=case: made(case))  # type: ignore[misc]

    def rows(self, outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
        return (Row(measure="m", case=o.key, cluster=o.cluster, value=o.made["value"], at=o.key) for o in outputs)

    @property
    def suite(self) -> Suite:
        return Suite("counting", "cases that are counted", self.jobs, self.rows, (Metric(id="m", measure="m", says="holds", margin=0.1),))


def ran(counting: Counting, sink: Path, recordings: Recordings = EMPTY) -> Run:
    plan = Plan("test", "replay", (counting.suite,), replay_settings(recordings), Place(cache=None))
    return asyncio.run(generate(plan, recordings, Purse(Prices()), sink, lambda *_: None))


def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    sink = tmp_path / "outputs.jsonl"
    ran(Counting(["a", "b"]), sink)
    with sink.open("a", encoding="utf-8") as file:
        file.write('{"suite": "counting", "key": "counting:c", "clus')
    again = Counting(["a", "b", "c"])
    run = ran(again, sink)
    assert again.ran == ["c"]
    assert [o.key for o in run.outputs] == ["counting:a", "counting:b", "counting:c"]
    assert [o.key for o in read_outputs(sink)] == [o.key for o in run.outputs]


class Asking(Counting):
    """A suite whose cases each ask the model what its recordings hold."""

    def jobs(self, bench: Bench) -> Iterable[Job]:
        models = bench.models("asking")
        assert models is not None

        async def made(case: str) -> Made:
            self.ran.append(case)
            filled = Filled(name="asking", hash="", system="Say it.", user=case)
            return {"value": 1.0, "said": "".join([piece async for piece in models.stream("rater", filled, interview=None)])}

        for case in self.cases:
            yield Job(case, "an-item", lambda case=case: made(case))  # type: ignore[misc]


def recorded(cases: Iterable[str]) -> Recordings:
    sent = [Sent(role="rater", messages=(("system", "Say it."), ("human", case))) for case in cases]
    made = [Recording(sent=s, author="a person", model="desk", recorded="2026-11-22", reply="Said.", usage=(7, 3)) for s in sent]
    return Recordings({r.sent.key: r for r in made}, {r.sent.key: "asking" for r in made})


def test_recordings_of_what_was_run_before_a_kill_count_as_used_and_their_tokens_as_spent(tmp_path: Path) -> None:
    sink = tmp_path / "outputs.jsonl"
    ran(Asking(["a"]), sink, recorded("ab"))
    again = Asking(["a", "b"])
    run = ran(again, sink, recorded("ab"))
    assert again.ran == ["b"]
    assert run.tape.recordings.unused() == ()
    assert [(s.calls, s.prompt_tokens) for s in run.facts.spent] == [(2, 14)]
    assert (run.facts.authors, dict(run.facts.models)) == (("a person",), {"rater": "desk"})
    tokens = [r.value for r in rows_of(run.outputs, [again.suite], run.pack) if r.measure == "cost.counting"]
    assert tokens == [10.0, 10.0]


def test_a_case_that_lacks_a_reply_is_run_again_when_the_run_is_gone_on_with(tmp_path: Path) -> None:
    sink = tmp_path / "outputs.jsonl"
    first = ran(Asking(["a", "b"]), sink, recorded("a"))
    assert not first.whole
    assert [o.key for o in read_outputs(sink)] == ["counting:a"]
    again = Asking(["a", "b"])
    second = ran(again, sink, recorded("ab"))
    assert second.whole
    assert (again.ran, [o.made["said"] for o in second.outputs]) == (["b"], ["Said.", "Said."])


def test_a_case_that_can_not_be_run_is_counted_and_scored_by_nothing_else(tmp_path: Path) -> None:
    counting = Counting(["a", "b"], failing=["b"])
    run = ran(counting, tmp_path / "outputs.jsonl")
    rows = rows_of(run.outputs, [counting.suite], run.pack)
    assert [(r.measure, r.value) for r in rows] == [("ran.counting", 1.0), ("ran.counting", 0.0), ("m", 1.0)]
    assert rows[1].why == "No such answer."


def test_a_scorer_reads_stored_outputs_alone(tmp_path: Path) -> None:
    counting = Counting(["a"])
    run = ran(counting, tmp_path / "outputs.jsonl")
    stored = read_outputs(tmp_path / "outputs.jsonl")
    assert rows_of(stored, [counting.suite], run.pack) == rows_of(run.outputs, [counting.suite], run.pack)


def test_nothing_is_sent_once_the_purse_is_empty() -> None:
    purse = Purse(Prices(models={"m": Price(input=1.0, output=2.0)}), most_tokens=100)
    purse.check("m")
    purse.pay("m", (90, 10))
    with pytest.raises(BudgetSpent, match="100 tokens are spent and --max-tokens is 100"):
        purse.check("m")
    assert purse.empty


def test_money_is_counted_by_the_table_and_needs_a_price() -> None:
    purse = Purse(Prices(models={"m": Price(input=1.0, output=2.0)}), most_money=0.5)
    purse.require_prices({"rater": "m"})
    with pytest.raises(AuthorError, match="needs a price for other"):
        purse.require_prices({"rater": "other"})
    purse.pay("m", (100_000, 200_000))
    assert purse.money == pytest.approx(0.5)
    with pytest.raises(BudgetSpent):
        purse.check("m")


def test_the_price_table_that_ships_can_be_read() -> None:
    assert read_prices().of("desk", 10, 10) == 0
    assert read_prices().of("a model that nobody priced", 10, 10) is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (["run", "--suite", "nothing"], "invalid choice: 'nothing'"),
        (["run", "--width", "0"], "'0' is no number from 1 on"),
        (["run", "--name", "../up"], "letters, digits"),
        (["show", "no-such-run"], "no finished run is here"),
        (["compare", "--a", "nowhere", "--b", "prompts"], "'nowhere' is no side of a comparison"),
        (["run", "--prices", "no-such-file.yaml"], "no-such-file.yaml: can't be read"),
        (["run", "--max-cost", "-1"], "'-1' is no sum of money"),
        (["run", "--max-cost", "nan"], "'nan' is no sum of money"),
        (["run", "--as-baseline", "--suite", "heard"], "of all suites"),
        (["record", "--author", "me", "--drop-unused", "--suite", "heard"], "needs all suites"),
        ([], "COMMAND"),
    ],
)
def test_misuse_exits_2_with_one_sentence(told: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(told) == 2
    error = capsys.readouterr().err
    assert error.startswith("evals: ") and says in error
    assert "Traceback" not in error


def test_a_side_is_a_folder_a_revision_or_a_model(tmp_path: Path) -> None:
    with side_of(str(tmp_path)) as side:
        assert side.place.prompts == tmp_path.resolve()
    with side_of("model=small") as side:
        assert side.model == "small"
    with pytest.raises(AuthorError, match="git has no prompts there"), side_of("prompts@no-such-revision"):
        pass


def test_scripted_candidates_say_what_their_manner_is() -> None:
    pack = sound_packs(Place().corpus)[0]
    personas = {p.id: p for p in read_personas()}
    for persona in personas.values():
        assert {pack.item(i).id for i in persona.answers} == set(persona.answers)
        assert all(Scripted(persona, pack).script(i) for i in persona.answers)
    late = Scripted(personas["better-when-asked"], pack)
    weak, strong = late.script("execution-green-dashboards")
    assert weak != strong
    halves = Scripted(personas["holds-back"], pack).script("ml-churn-too-good")
    assert len(halves) == 3
    assert NO_MORE not in halves
