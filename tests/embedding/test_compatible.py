"""Vectors from a server, over real sockets."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from interviewer.embedding import Encoder, compatible_encoder
from interviewer.errors import ModelError, ModelRefused, ModelReplyBroken, ModelUnreachable, SetupError
from tests.embedding.serving import Answer, Embeddings, by_length, vectors

KEY = "sk-very-secret"
AT_ONCE = {"retry-after-ms": "1"}


def encoder_of(server: Embeddings, timeout_s: float = 9) -> Encoder:
    return compatible_encoder(server.base_url, KEY, "small-embedder", timeout_s)


def test_rows_are_of_length_one_and_in_the_order_asked() -> None:
    with Embeddings() as server:
        rows = encoder_of(server).encode(["aa", "b"])
    np.testing.assert_allclose(rows, [np.array([2, 1, 2]) / 3, np.array([1, 1, 2]) / 6**0.5], rtol=1e-6)
    assert rows.dtype == np.float32
    assert server.requests == [{"path": "/v1/embeddings", "input": ["aa", "b"], "model": "small-embedder", "encoding_format": "float"}]
    assert server.keys == [f"Bearer {KEY}"]


def test_many_texts_are_sent_sixty_four_at_a_time() -> None:
    with Embeddings() as server:
        rows = encoder_of(server).encode(["x" * n for n in range(1, 131)])
    assert [len(r["input"]) for r in server.requests] == [64, 64, 2]
    assert np.all(np.diff(rows[:, 0]) > 0)


def test_the_dimension_is_the_first_replys_and_is_asked_for_where_there_was_none() -> None:
    with Embeddings() as server:
        encoder = encoder_of(server)
        assert server.requests == []
        assert encoder.dimension == encoder.dimension == 3
        assert len(server.requests) == 1
        assert encoder.encode([]).shape == (0, 3)
        assert len(server.requests) == 1


def test_known_texts_are_asked_for_once() -> None:
    with Embeddings() as server:
        encoder = encoder_of(server)
        first = encoder.encode_known(["aa", "b"])
        np.testing.assert_array_equal(encoder.encode_known(["b", "aa"]), first[::-1])
    assert len(server.requests) == 1


def test_the_id_names_the_model_and_its_host_and_no_password() -> None:
    assert compatible_encoder("http://me:pass@127.0.0.1:9/v1", KEY, "m", 1).id == "m@127.0.0.1:9"


def test_a_busy_server_is_asked_twice_more() -> None:
    replies = iter([Answer({}, 429, headers=AT_ONCE), Answer({}, 503, headers=AT_ONCE)])
    with Embeddings(lambda request: next(replies, by_length(request))) as server:
        assert encoder_of(server).encode(["aa"]).shape == (1, 3)
    assert len(server.requests) == 3


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_server_that_stays_busy_is_unreachable(code: int) -> None:
    with Embeddings(lambda _: Answer({"error": {"message": KEY}}, code, headers=AT_ONCE)) as server:
        refused(server, ModelUnreachable, f"answered {code}, also after 2 retries")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (401, "mend OPENAI_API_KEY"),
        (403, "mend OPENAI_API_KEY"),
        (404, "mend EMBEDDING_MODEL or OPENAI_BASE_URL"),
        (400, "an embedding model"),
    ],
)
def test_a_server_that_refuses_is_named_with_what_to_mend(code: int, remedy: str) -> None:
    with Embeddings(lambda _: Answer({"error": {"message": f"your key {KEY} is bad"}}, code)) as server:
        refused(server, ModelRefused, f"refused with {code}: .*{remedy}")
    assert len(server.requests) == 1


BROKEN: list[Callable[[dict[str, Any]], Answer]] = [
    lambda _: Answer(b"<html>hello</html>"),
    lambda _: Answer({"object": "list"}),
    lambda _: Answer({"data": [{"index": 0, "embedding": "AAAA"}]}),
    lambda _: vectors([[1.0, 2.0]]),
    lambda _: vectors([[1.0, 2.0], [1.0]]),
    lambda _: vectors([[1.0, 2.0], [0.0, 0.0]]),
    lambda _: vectors([[], []]),
    lambda _: vectors([[1.0, float("nan")], [1.0, 2.0]]),
    lambda _: Answer([]),
]


@pytest.mark.parametrize("script", BROKEN, ids=["html", "no data", "text", "one short", "ragged", "zero", "empty", "nan", "list"])
def test_a_reply_that_is_no_embedding_is_broken(script: Callable[[dict[str, Any]], Answer]) -> None:
    with Embeddings(script) as server:
        refused(server, ModelReplyBroken, "can't be used")


def test_vectors_that_change_their_dimension_are_broken() -> None:
    rows = iter([[[1.0, 2.0], [2.0, 1.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]])
    with Embeddings(lambda _: vectors(next(rows))) as server:
        encoder = encoder_of(server)
        encoder.encode(["a", "b"])
        with pytest.raises(ModelReplyBroken, match="3 numbers where they had 2"):
            encoder.encode(["c", "d"])


def test_a_server_that_hangs_is_given_up_at_the_deadline() -> None:
    with Embeddings(lambda r: Answer(by_length(r).body, delay_s=20)) as server:
        began = time.monotonic()
        refused(server, ModelUnreachable, "did not answer in time", timeout_s=0.3)
        assert time.monotonic() - began < 15  # three tries of 0.1 s, and the client's pauses between them


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    with pytest.raises(ModelUnreachable, match="can't be reached"):
        compatible_encoder(url, KEY, "m", 1).encode(["a"])


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://127.0.0.1/v1", "http://", "nonsense"])
def test_a_url_that_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(SetupError, match="OPENAI_BASE_URL is no address of a server"):
        compatible_encoder(url, KEY, "m", 1)


def refused(server: Embeddings, kind: type[ModelError], says: str, timeout_s: float = 9) -> None:
    """Encoding two texts raises `kind` with a sentence that names host and model, and the key nowhere."""
    with pytest.raises(kind, match=says) as caught:
        encoder_of(server, timeout_s).encode(["aa", "b"])
    said = str(caught.value)
    assert "'small-embedder' at 127.0.0.1:" in said
    assert KEY not in "".join(traceback.format_exception(caught.value))
