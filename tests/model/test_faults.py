import asyncio
import email.utils
import logging
import time
import traceback

import pytest

from interviewer.errors import ModelError, ModelRefused, ModelReplyBroken, ModelUnreachable
from tests.loopback import Body, Cut, Hang, Json, LoopbackModel, Raw, Reply, Status, closed_port, in_turn
from tests.model.conftest import Join
from tests.model.kept import FITS, KEY, Verdict


@pytest.mark.parametrize("code", [408, 429, 503])
def test_a_busy_server_is_asked_as_often_as_the_settings_say(join: Join, code: int) -> None:
    with LoopbackModel(lambda _: Status(code)) as server:
        connected = join(server, model_retries=1)
        with pytest.raises(ModelUnreachable, match=rf"\({code}\) and did not answer for large: try again"):
            connected.verdict()
        assert len(server.requests) == 2
        assert connected.ledger.spendings == []


def test_no_retries_means_one_request(join: Join) -> None:
    with LoopbackModel(lambda _: Status(500)) as server:
        with pytest.raises(ModelUnreachable):
            join(server, model_retries=0).verdict()
        assert len(server.requests) == 1


@pytest.mark.parametrize("first", [Status(429), Status(500), Cut()])
def test_a_server_that_comes_round_gives_its_answer(join: Join, first: Reply) -> None:
    with LoopbackModel(in_turn(first, Json(FITS))) as server:
        assert join(server).verdict() == Verdict.model_validate(FITS)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that anything on a loop asks to sleep, in order. Nothing waits, so that no busy machine can change them."""
    asked, sleep = [], asyncio.sleep

    async def note(seconds: float, result: object = None) -> object:
        if seconds > 0:
            asked.append(seconds)
        return await sleep(0, result)

    monkeypatch.setattr(asyncio, "sleep", note)
    return asked


def test_the_pauses_grow(join: Join, pauses: list[float]) -> None:
    with LoopbackModel(lambda _: Status(503)) as server:
        with pytest.raises(ModelUnreachable):
            join(server).verdict()
        assert len(server.requests) == 3
    first, second = pauses
    assert 0.25 <= first <= 0.5 <= second <= 0.75


def test_the_pause_that_the_server_asks_for_is_kept(join: Join, pauses: list[float]) -> None:
    with LoopbackModel(in_turn(Status(429, headers={"Retry-After": "1"}), Json(FITS))) as server:
        join(server).verdict()
        assert len(server.requests) == 2
    assert pauses == [1]


def test_a_pause_longer_than_the_deadline_is_not_waited_for(join: Join) -> None:
    later = email.utils.formatdate(time.time() + 3600, usegmt=True)
    with LoopbackModel(in_turn(*(Status(429, headers={"Retry-After": asked}) for asked in ("3600", later)))) as server:
        connected = join(server)
        for _ in range(2):
            with pytest.raises(ModelUnreachable, match=r"try again in 3\d{3} s"):
                connected.verdict()
            assert connected.took_s < 4
        assert len(server.requests) == 2


def test_a_server_that_says_nothing_is_left_at_the_deadline(join: Join) -> None:
    with LoopbackModel(lambda _: Hang()) as server:
        connected = join(server, model_timeout_s=0.5)
        with pytest.raises(ModelUnreachable, match=r"large at 127.0.0.1:\d+ did not finish within 0.5 s"):
            connected.verdict()
        assert 0.45 < connected.took_s < 4
        assert connected.ledger.spendings[0][3] > 0  # it was sent, and may have been worked on


def test_retries_end_at_the_deadline_too(join: Join) -> None:
    replies = in_turn(Status(500), Hang())

    def late(body: Body) -> Reply:
        time.sleep(1)
        return replies(body)

    with LoopbackModel(late) as server:
        connected = join(server, model_timeout_s=2.5)
        with pytest.raises(ModelUnreachable):
            connected.verdict()
        assert 2.4 < connected.took_s < 3.5  # a deadline of its own for the second request would end at 3.75 or later
        assert len(server.requests) == 2


def test_the_second_asking_has_no_deadline_of_its_own(join: Join) -> None:
    with LoopbackModel(in_turn(Json("no", delay_s=1.2), Hang())) as server:
        connected = join(server, model_timeout_s=1.5)
        with pytest.raises(ModelUnreachable):
            connected.verdict()
        assert connected.took_s < 2.6  # 2.7 or later with a deadline of its own
        assert len(server.requests) == 2


def test_a_closed_port_is_unreachable_and_costs_nothing(join: Join) -> None:
    connected = join(closed_port(), model_retries=1)
    with pytest.raises(ModelUnreachable, match=r"127.0.0.1:\d+ can't be reached \(.+\): is it running"):
        connected.verdict()
    assert connected.ledger.spendings == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status(401, f"Incorrect API key provided: {KEY}"), r"did not accept the key for large \(401\): check OPENAI_API_KEY"),
        (Status(403, f"{KEY} has no right"), r"does not let this key use large \(403\): choose another RATER_MODEL"),
        (Status(404, "no such model"), r"has no model 'large'.*404: no such model.*check RATER_MODEL and OPENAI_BASE_URL"),
        (Status(400, f"the prompt is too long for {KEY}"), r"refused a request for large \(400: the prompt is too long for \[key\]\)"),
        (Status(413, "too large"), r"refused a request for large \(413: too large\)"),
        (Status(302, headers={"location": "http://127.0.0.1:9/v1"}), r"sends requests on to another address \(302\)"),
        (Status(429, "quota", error_code="insufficient_quota"), r"no credit left \(429\)"),
    ],
)
def test_a_server_that_says_no_is_asked_once_and_the_sentence_names_what_to_mend(join: Join, status: Status, sentence: str) -> None:
    with LoopbackModel(lambda _: status) as server:
        connected = join(server)
        with pytest.raises(ModelRefused, match=rf"^{server.host} .*{sentence}"):
            connected.verdict()
        assert len(server.requests) == 1
        assert connected.ledger.spendings == []


@pytest.mark.parametrize(
    "raw",
    [
        Raw(b"<html>Welcome</html>", "text/html"),
        Raw(b'{"choices": [{"mess'),
        Raw(b"{}"),
        Raw(b"[]"),
        Raw(b"null"),
        Raw(b'{"choices": null}'),
        Raw(b'{"choices": []}'),
        Raw(b'{"choices": [{"index": 0, "message": null}]}'),
        Raw(b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": 7}}]}'),
        Raw(b'{"error": {"message": "overloaded"}}'),
        Raw(b"\xff\xfe\x00"),
    ],
)
def test_an_answer_that_is_no_chat_completion_is_broken(join: Join, raw: Raw) -> None:
    with LoopbackModel(lambda _: raw) as server, pytest.raises(ModelReplyBroken, match="no chat completion: check that OPENAI_BASE_URL"):
        join(server).verdict()


def test_the_key_is_in_no_error_and_no_log_even_where_the_server_repeats_it(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    codes = (302, 400, 401, 403, 404, 422, 429, 500)
    echoes: tuple[Reply, ...] = (
        *(Status(code, f"you sent Bearer {KEY}") for code in codes),
        Raw(f"<p>{KEY}</p>".encode(), "text/html"),
        Raw(f'{{"error": "{KEY}"}}'.encode()),
        Raw(f'{{"error": "{KEY}"}}'.encode(), code=400),
        Raw(KEY.encode(), "text/plain", code=400),
        Raw(f'data: {{"error": {{"message": "{KEY}"}}}}\n\n'.encode(), "text/event-stream"),
        Cut(),
    )
    for work in ("verdict", "words"):
        with LoopbackModel(in_turn(*echoes)) as server:
            connected = join(server, model_retries=0)
            for _ in echoes:
                with pytest.raises(ModelError) as caught:
                    getattr(connected, work)()
                assert KEY not in "".join(traceback.format_exception(caught.value))
            assert all(r.headers["authorization"].endswith(KEY) for r in server.received)
    assert KEY not in caplog.text
    assert KEY not in repr(connected.models) + repr(vars(connected.models)) + str(connected.settings)


def test_models_may_be_used_on_one_event_loop_after_another(join: Join) -> None:
    with LoopbackModel(lambda _: Json(FITS)) as server:
        connected = join(server)
        assert connected.verdict() == connected.verdict()
