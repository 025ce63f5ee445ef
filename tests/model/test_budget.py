import asyncio

import pytest

from interviewer.errors import BudgetSpent
from tests.loopback import Cut, Json, LoopbackModel, in_turn
from tests.model.conftest import Join
from tests.model.kept import ASKED, FITS, KeptLedger, Verdict


def test_a_spent_interview_is_refused_before_anything_is_sent(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        connected = join(server, KeptLedger(before=990), tokens_per_interview=1000)
        sentence = r"990 of 1,000 tokens are spent for this interview .* nothing was sent: raise TOKENS_PER_INTERVIEW"
        with pytest.raises(BudgetSpent, match=sentence):
            connected.verdict()
        with pytest.raises(BudgetSpent):
            connected.words()
        assert server.requests == []
        assert connected.ledger.spendings == []


def test_a_spent_day_is_refused_for_calls_outside_interviews_too(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        connected = join(server, KeptLedger(today=999), tokens_per_day=1000)
        with pytest.raises(BudgetSpent, match=r"999 of 1,000 tokens are spent for today .*TOKENS_PER_DAY"):
            connected.verdict(interview=None)
        assert server.requests == []


def test_nought_means_no_cap(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        join(server, KeptLedger(before=10**9, today=10**9), tokens_per_interview=0, tokens_per_day=0).verdict()
        assert len(server.requests) == 1


def test_the_cap_of_one_interview_does_not_stop_a_call_outside_any(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        join(server, KeptLedger(before=1000), tokens_per_interview=1000).verdict(interview=None)
        assert len(server.requests) == 1


def test_a_prompt_that_is_larger_than_the_cap_is_refused(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        with pytest.raises(BudgetSpent, match=r"^0 of 30 tokens"):
            join(server, tokens_per_interview=30).verdict()
        assert server.requests == []


def test_calls_made_together_do_not_pass_the_cap_together(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS, delay_s=0.2, usage=(150, 10))) as server:
        connected = join(server, tokens_per_interview=400)

        async def work() -> list[Verdict | BaseException]:
            calls = [connected.models.structured("rater", ASKED, Verdict, interview="i1") for _ in range(6)]
            return await asyncio.gather(*calls, return_exceptions=True)

        results = connected.run(work)
        sent = len(server.requests)
        assert 1 <= sent < 6
        assert [type(r).__name__ for r in results].count("BudgetSpent") == 6 - sent


def test_what_was_under_way_is_free_again_afterwards(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS, usage=(1, 1))) as server:
        connected = join(server, tokens_per_interview=400)
        for _ in range(10):
            connected.verdict()
        assert len(server.requests) == 10


def test_the_second_asking_is_held_against_the_cap(join: Join) -> None:
    with LoopbackModel(lambda _: Json("no", usage=(300, 100))) as server:
        with pytest.raises(BudgetSpent):
            join(server, tokens_per_interview=450).verdict()
        assert len(server.requests) == 1


def test_a_request_that_was_cut_is_counted_beside_the_one_that_worked(join: Join) -> None:
    with LoopbackModel(in_turn(Cut(), Json(FITS, usage=(100, 9)))) as server:
        connected = join(server)
        connected.verdict()
        ((_, _, _, prompt, completion),) = connected.ledger.spendings
        assert prompt > 100 + 20
        assert completion == 9


def test_a_call_that_is_cancelled_is_counted(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS, delay_s=1)) as server:
        connected = join(server)

        async def work() -> None:
            call = asyncio.create_task(connected.models.structured("rater", ASKED, Verdict, interview="i1"))
            while not server.requests:
                await asyncio.sleep(0.01)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

        connected.run(work)
        assert connected.ledger.spendings[0][3] > 20
