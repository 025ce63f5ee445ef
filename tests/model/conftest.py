"""What the tests of the model seam share: settings that point at loopback, and a ledger that keeps what it was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.settings import Settings
from tests.loopback import LoopbackModel
from tests.model.kept import KEY, Connected, KeptLedger

Join = Callable[..., Connected]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all, so that the encoding is unpacked once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def join(data_dir: Path) -> Join:
    """Connect to a loopback server, or to a base URL, with settings of one's own."""

    def made(server: LoopbackModel | str, ledger: KeptLedger | None = None, **told: object) -> Connected:
        base_url = server if isinstance(server, str) else server.base_url
        usual = {"interviewer_model": "small", "rater_model": "large", "judge_model": "other", "model_timeout_s": 5}
        place = {"interviewer_data_dir": data_dir, "openai_base_url": base_url, "openai_api_key": KEY}
        return Connected(Settings(_env_file=None, **{**usual, **place, **told}), ledger or KeptLedger())  # type: ignore[arg-type]

    return made
