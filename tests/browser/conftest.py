"""A real Chromium on the real server. Skipped where either is missing, except in CI, where missing is a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Server

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
SHOTS = Path(__file__).resolve().parents[2] / "artifacts"

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    if os.environ.get("MUST_DRIVE_BROWSER"):
        raise
    collect_ignore_glob = ["test_*.py"]


if "collect_ignore_glob" not in globals():

    @pytest.fixture(scope="module")  # its event loop has to end before tests that run loops of their own
    def chromium() -> Iterator[Browser]:
        if not Path(CHROMIUM).exists():
            if os.environ.get("MUST_DRIVE_BROWSER"):
                pytest.fail(f"no Chromium at {CHROMIUM}")
            pytest.skip(f"no Chromium at {CHROMIUM}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()

    @pytest.fixture
    def page(chromium: Browser) -> Iterator[Page]:
        """A fresh browser profile, watched: no request may leave loopback."""
        context = chromium.new_context(viewport={"width": 1100, "height": 900})
        strangers: list[str] = []
        context.on(
            "request", lambda r: None if "://127.0.0.1" in r.url or r.url.startswith(("data:", "blob:")) else strangers.append(r.url)
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page
        context.close()
        assert strangers == [], "the page asked hosts other than its own"


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the session, so that the index is built once; each test has a database of its own."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'interviews.db'}"


@pytest.fixture(scope="session")
def running(data_dir: Path) -> Iterator[Server]:
    """The product with no model and no network, started once."""
    with Server(data_dir) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The same, which must not print a traceback; each test is a candidate of its own, since it brings no cookie."""
    before = len(running.printed)
    yield running
    printed = running.printed[before:]
    assert not [line for line in printed if "Traceback" in line], "".join(printed)


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot in artifacts/."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
