import asyncio
import time

import pytest

from interviewer.errors import ModelReplyBroken, ModelUnreachable
from tests.loopback import Body, Cut, Hang, LoopbackModel, Raw, Reply, Status, Stream, Text, in_turn
from tests.model.conftest import Join
from tests.model.kept import ASKED, KEY


def test_the_pieces_come_as_the_server_sends_them(join: Join) -> None:
    with LoopbackModel(lambda _: Stream(("How ", "did you ", "measure it?"))) as server:
        assert join(server).words() == ["How ", "did you ", "measure it?"]


def test_the_first_piece_is_there_long_before_the_last(join: Join) -> None:
    with LoopbackModel(lambda _: Stream(("a",) * 6, delay_s=0.05)) as server:
        connected = join(server)

        async def arrivals() -> list[float]:
            return [time.monotonic() async for _ in connected.models.stream("interviewer", ASKED, interview="i1")]

        times = connected.run(arrivals)
        assert times[-1] - times[0] > 0.2


def test_the_request_holds_the_prompt_the_roles_model_and_nothing_that_models_refuse(join: Join) -> None:
    with LoopbackModel(lambda _: Text("Well.")) as server:
        join(server).words()
        sent = server.received[0]
        assert sent.path == "/v1/chat/completions"
        assert sent.headers["authorization"] == f"Bearer {KEY}"
        assert sent.body == {
            "model": "small",
            "messages": [{"role": "system", "content": "You interview."}, {"role": "user", "content": "Ask about the metric."}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }


def test_braces_in_a_prompt_are_sent_as_they_stand(join: Join) -> None:
    with LoopbackModel(lambda _: Text("Well.")) as server:
        connected = join(server)
        braces = ASKED.model_copy(update={"user": "the candidate wrote {level} and {{x}}"})

        async def work() -> list[str]:
            return [p async for p in connected.models.stream("interviewer", braces, interview=None)]

        connected.run(work)
        assert server.requests[0]["messages"][1]["content"] == "the candidate wrote {level} and {{x}}"


def test_the_servers_own_count_is_written_down(join: Join) -> None:
    with LoopbackModel(lambda _: Text("Well then.", usage=(31, 5))) as server:
        connected = join(server)
        connected.words("i7")
        assert connected.ledger.spendings == [("i7", "interviewer", "small", 31, 5)]


def test_without_a_count_of_the_server_tokens_are_counted_here(join: Join) -> None:
    with LoopbackModel(lambda _: Text("Hello there, how are you?", usage=None)) as server:
        connected = join(server)
        connected.words()
        (_, _, _, prompt, completion) = connected.ledger.spendings[0]
        assert completion == 7  # Hello| there|,| how| are| you|?
        assert 8 <= prompt <= 20


def _no_stream_options(request: Body) -> Reply:
    if "stream_options" in request:
        return Status(400, "Unrecognized request argument supplied: stream_options")
    return Text("Well.", usage=None)


def test_a_server_that_refuses_stream_options_is_asked_without_and_ever_after(join: Join) -> None:
    with LoopbackModel(_no_stream_options) as server:
        connected = join(server)
        assert connected.words() == ["Well."]
        assert connected.words() == ["Well."]
        assert ["stream_options" in r for r in server.requests] == [True, False, False]


def test_a_stream_cut_before_its_first_word_is_asked_for_again(join: Join) -> None:
    with LoopbackModel(in_turn(Cut(), Text("Well."))) as server:
        assert join(server).words() == ["Well."]
        assert len(server.requests) == 2


@pytest.mark.parametrize("cut", [Cut(("One ", "two ")), Cut(("One ", "two "), quiet=True)], ids=["reset", "quietly"])
def test_a_stream_cut_after_some_text_is_unreachable_and_not_tried_again(join: Join, cut: Cut) -> None:
    with LoopbackModel(in_turn(cut, Text("never asked for"))) as server:
        connected, heard = join(server), []

        async def work() -> None:
            async for piece in connected.models.stream("interviewer", ASKED, interview="i1"):
                heard.append(piece)

        with pytest.raises(ModelUnreachable, match="broke off while small was answering"):
            connected.run(work)
        assert heard == ["One ", "two "]
        assert len(server.requests) == 1
        assert connected.ledger.spendings[0][4] == 3  # what came is counted


def test_an_error_told_within_the_stream_after_some_text_is_unreachable(join: Join) -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"One "}}]}\n\ndata: {"error":{"message":"out of memory"}}\n\n'
    with LoopbackModel(lambda _: Raw(body, "text/event-stream")) as server, pytest.raises(ModelUnreachable, match="broke off"):
        join(server).words()


def test_a_stream_that_stalls_ends_at_the_deadline(join: Join) -> None:
    with LoopbackModel(lambda _: Hang(("One ", "two "))) as server:
        connected = join(server, model_timeout_s=0.4)
        with pytest.raises(ModelUnreachable, match=r"did not finish within 0\.4 s: raise MODEL_TIMEOUT_S"):
            connected.words()
        assert 0.35 < connected.took_s < 4
        assert connected.ledger.spendings[0][4] == 3


def test_a_stream_that_trickles_for_ever_ends_at_the_deadline(join: Join) -> None:
    with LoopbackModel(lambda _: Stream(("a ",) * 200, delay_s=0.05)) as server:
        connected = join(server, model_timeout_s=0.4)
        with pytest.raises(ModelUnreachable):
            connected.words()
        assert 0.35 < connected.took_s < 4


def test_a_listener_who_leaves_early_pays_for_what_was_heard_and_ends_the_connection(join: Join) -> None:
    with LoopbackModel(lambda _: Stream(("a ",) * 100, delay_s=0.02)) as server:
        connected = join(server)

        async def work() -> None:
            words = connected.models.stream("interviewer", ASKED, interview="i1")
            assert await anext(words) == "a "
            await words.aclose()
            for _ in range(500):
                if server.hung_up:
                    break
                await asyncio.sleep(0.02)

        connected.run(work)
        assert server.hung_up == 1
        assert [c for *_, c in connected.ledger.spendings] == [2]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Text("Once upon a", finish="length"), "cut off for length"),
        (Text("Once upon a", finish="content_filter"), "content filter"),
        (Stream(()), "empty"),
        (Raw(b"<html>Hello</html>", "text/html"), "no chat completion.*most end in /v1"),
        (Raw(b"data: {bad\n\n", "text/event-stream"), "no chat completion"),
        (Raw(b"data: [1]\n\n", "text/event-stream"), "no chat completion"),
        (Raw(b"data: \xff\n\n", "text/event-stream"), "no chat completion"),
    ],
)
def test_words_that_are_no_whole_reply_are_broken(join: Join, reply: Reply, why: str) -> None:
    with LoopbackModel(lambda _: reply) as server, pytest.raises(ModelReplyBroken, match=why):
        join(server).words()
