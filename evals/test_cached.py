"""What saves time changes nothing: an output is used again only while nothing that it depends on has changed, and a text is read once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evals.bench import Place
from evals.cached import Cached, state_of
from evals.reading import Kept
from evals.values import Called, Output
from interviewer.embedding import Reading
from tests.rating.things import BagEncoder

CALLED = Called(key="key", role="rater", model="a-model", prompt_tokens=100, completion_tokens=20, seconds=1.5)
OUTPUT = Output(suite="ratings", key="ratings:a", cluster="an-item", made={"value": 1.5, "why": "a quote"}, calls=(CALLED,))


def checkout(folder: Path) -> tuple[Path, Place]:
    """What a checkout has that an output can depend on."""
    for name in ("interviewer/rating/embedded.py", "corpus/scale.yaml", "prompts/probe.md", "evals/cases/answers.yaml", "evals/test_x.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("before", encoding="utf-8")
    return folder, Place(folder / "corpus", folder / "prompts", None)


@pytest.mark.parametrize("name", ["interviewer/rating/embedded.py", "corpus/scale.yaml", "prompts/probe.md", "evals/cases/answers.yaml"])
def test_code_corpus_prompts_and_cases_are_part_of_the_state(tmp_path: Path, name: str) -> None:
    before = state_of(*checkout(tmp_path))
    (tmp_path / name).write_text("after", encoding="utf-8")
    assert state_of(tmp_path, Place(tmp_path / "corpus", tmp_path / "prompts", None)) != before


def test_a_test_a_report_and_a_run_are_not(tmp_path: Path) -> None:
    before = state_of(*checkout(tmp_path))
    (tmp_path / "evals" / "test_x.py").write_text("after", encoding="utf-8")
    for folder in ("runs/one", "report", "baseline"):
        (tmp_path / "evals" / folder).mkdir(parents=True)
        (tmp_path / "evals" / folder / "new.py").write_text("after", encoding="utf-8")
    assert state_of(*checkout(tmp_path)) == before


def test_an_output_is_found_again_in_its_state_alone(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "outputs.sqlite3"
    Cached(file, "one").keep([OUTPUT])
    assert Cached(file, "one").find("ratings:a") == OUTPUT
    assert Cached(file, "one").find("ratings:b") is None
    assert Cached(file, "two").find("ratings:a") is None
    Cached(file, "two").keep([OUTPUT])
    assert Cached(file, "one").find("ratings:a") is None, "what belongs to another state goes"


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "outputs.sqlite3"
    file.write_bytes(b"no database at all, and long enough to be taken for one" * 40)
    cached = Cached(file, "one")
    assert cached.find("ratings:a") is None
    cached.keep([OUTPUT])
    cached.keep([OUTPUT])
    assert cached.find("ratings:a") == OUTPUT


class Counting(BagEncoder):
    """Keeps what it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        self.asked += texts
        return super().read(texts)


def same(one: Reading, other: Reading) -> bool:
    return one.tokens == other.tokens and np.allclose(one.vector, other.vector) and np.allclose(one.vectors, other.vectors, atol=1e-3)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_text_is_read_once_ever_and_the_same_comes_back(tmp_path: Path, damaged: bool) -> None:
    file = tmp_path / "readings.sqlite3"
    if damaged:
        file.write_bytes(b"no database" * 200)
    first, second, texts = Counting(), Counting(), ["We asked them why.", "We asked them why.", "And then?"]
    kept = Kept(first, file)
    once, again = kept.read(texts), kept.read(texts)
    kept.close()
    assert first.asked == ["We asked them why.", "And then?"]
    later = Kept(second, file)
    found = later.read(texts)
    later.close()
    assert second.asked == []
    fresh = BagEncoder().read(texts)
    assert all(same(a, b) and same(a, c) and same(a, d) for a, b, c, d in zip(once, again, found, fresh, strict=True))
    assert np.allclose(later.encode_known(texts), np.stack([r.vector for r in fresh]))
