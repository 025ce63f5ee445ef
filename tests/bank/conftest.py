from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank.small import Corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)
