"""Who asks is whoever holds a cookie that this program signed; only pages bring one."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from itsdangerous import Signer
from starlette.types import Message, Receive, Scope, Send

from interviewer.errors import NotYours, SetupError
from interviewer.web.asker import COOKIE, Askers, CookieMiddleware, read_secret

SECRET = b"a secret of forty characters, for tests."
ASKERS = Askers(SECRET)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --------------------------------------------------------------------------- the secret


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "deeper"
    first = read_secret(folder)
    assert len(first) >= 32 and first == read_secret(folder) == (folder / "secret").read_bytes()
    assert mode_of(folder / "secret") == 0o600 and mode_of(folder) == 0o700


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    assert read_secret(tmp_path / "a") != read_secret(tmp_path / "b")


def test_a_secret_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    read_secret(tmp_path)
    (tmp_path / "secret").chmod(0o644)
    read_secret(tmp_path)
    assert mode_of(tmp_path / "secret") == 0o600


def test_a_loose_umask_opens_nothing(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        read_secret(tmp_path / "data")
    finally:
        os.umask(before)
    assert all(mode_of(p) == 0o600 for p in (tmp_path / "data").iterdir())


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31])
def test_a_broken_secret_is_refused_with_the_remedy_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SetupError, match=rf"secret is broken \({len(content)} bytes\); remove the file") as caught:
        read_secret(tmp_path)
    assert str(tmp_path) in str(caught.value) and (tmp_path / "secret").read_bytes() == content


def test_what_a_crash_left_half_written_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_bytes(b"half")
    assert len(read_secret(tmp_path)) >= 32
    assert not (tmp_path / "secret.new").exists()


def test_programs_that_start_side_by_side_have_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(read_secret, [tmp_path / "data"] * 16))) == 1


def test_a_folder_that_can_t_be_used_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "odd" / "secret").mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "odd"):
        with pytest.raises(SetupError, match="set INTERVIEWER_DATA_DIR to a folder of yours"):
            read_secret(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_t_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SetupError, match="set INTERVIEWER_DATA_DIR"):
        read_secret(tmp_path)


# --------------------------------------------------------------------------- the cookie


def test_a_cookie_names_its_candidate_and_no_two_are_the_same() -> None:
    cookies = {ASKERS.new() for _ in range(50)}
    candidates = {ASKERS.candidate(c) for c in cookies}
    assert len(cookies) == len(candidates) == 50 and all(len(c) >= 20 for c in candidates)


def test_a_cookie_is_known_to_every_process_with_the_same_secret_and_to_no_other() -> None:
    cookie = ASKERS.new()
    assert Askers(SECRET).candidate(cookie) == ASKERS.candidate(cookie)
    with pytest.raises(NotYours):
        Askers(SECRET + b"!").candidate(cookie)


def forged() -> list[str | None]:
    """Cookies that were never signed here."""
    real = ASKERS.new()
    name, _, signature = real.rpartition(".")
    other = ASKERS.new().rpartition(".")[2]
    return [
        None,
        "",
        ".",
        "ada",
        name,
        f"{name}.",
        f".{signature}",
        f"ada.{signature}",
        f"{name}.{other}",
        f"{name}.{signature[:-2]}",
        f"{name[:-1]}.{signature}",
        f"{real}.{signature}",
        real.swapcase(),
        f"{name}.é",
        "\ud800.x",
        Signer(SECRET).sign("ada").decode(),
        Signer(SECRET, salt="other").sign("ada").decode(),
        Signer(b"", salt="candidate").sign("ada").decode(),
    ]


@pytest.mark.parametrize("number", range(len(forged())))
def test_a_cookie_that_was_not_signed_here_names_nobody(number: int) -> None:
    with pytest.raises(NotYours, match="Allow cookies for it and reload"):
        ASKERS.candidate(forged()[number])


# --------------------------------------------------------------------------- the middleware

HTML = [(b"content-type", b"text/html; charset=utf-8")]


class App:
    """An ASGI app that answers with its headers and keeps what it was asked."""

    def __init__(self, headers: Sequence[tuple[bytes, bytes]] | None) -> None:
        self.headers = headers
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        start: Message = {"type": "http.response.start", "status": 200}
        if self.headers is not None:
            start["headers"] = list(self.headers)
        await send(start)
        await send({"type": "http.response.body", "body": b"<p>"})


def asked(
    headers: Sequence[tuple[bytes, bytes]] | None = HTML,
    *,
    cookie: str | None = None,
    method: str = "GET",
    scheme: str = "http",
    kind: str = "http",
) -> list[str]:
    """One request; the cookies that it brought back."""
    sent: list[Message] = []
    app = App(headers)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": kind, "path": "/", "query_string": b"", "scheme": scheme}
    scope["headers"] = [] if cookie is None else [(b"cookie", f"theme=dark; {COOKIE}={cookie}".encode("latin-1"))]
    if kind == "http":
        scope["method"] = method
    asyncio.run(CookieMiddleware(app, ASKERS)(scope, receive, send))
    assert app.scopes == [scope] and sent[-1]["body"] == b"<p>"
    return [value.decode() for name, value in sent[0].get("headers", []) if name == b"set-cookie"]


def test_a_page_gives_a_new_browser_a_cookie_that_scripts_can_t_read() -> None:
    (told,) = asked()
    cookie = SimpleCookie(told)[COOKIE]
    assert ASKERS.candidate(cookie.value)
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/", "Lax", True, "")
    assert int(cookie["max-age"]) > 30 * 24 * 3600


def test_over_https_the_cookie_goes_over_https_only() -> None:
    (told,) = asked(scheme="https")
    assert SimpleCookie(told)[COOKIE]["secure"] is True


def test_a_browser_that_is_known_keeps_its_cookie_for_another_year() -> None:
    cookie = ASKERS.new()
    (told,) = asked(cookie=cookie)
    assert SimpleCookie(told)[COOKIE].value == cookie
    assert int(SimpleCookie(told)[COOKIE]["max-age"]) > 360 * 24 * 3600


@pytest.mark.parametrize(
    "cookie", ["", "ada", "ada.é", Askers(b"of another house, as long as it has to be").new()], ids=["none", "unsigned", "odd", "another's"]
)
def test_a_browser_with_a_cookie_that_is_not_ours_gets_a_new_one(cookie: str) -> None:
    (told,) = asked(cookie=cookie)
    assert ASKERS.candidate(SimpleCookie(told)[COOKIE].value) not in cookie or not cookie


@pytest.mark.parametrize(
    "headers", [[(b"content-type", b"application/json")], [(b"content-type", b"text/css")], [(b"x-other", b"text/html")], [], None]
)
def test_what_is_no_page_brings_no_cookie(headers: Sequence[tuple[bytes, bytes]] | None) -> None:
    assert asked(headers) == []


def test_a_page_is_known_however_its_type_is_written() -> None:
    assert len(asked([(b"content-type", b"Text/HTML")])) == 1


def test_the_pages_own_cookies_stay() -> None:
    told = asked([*HTML, (b"set-cookie", b"theme=dark")])
    assert told[0] == "theme=dark" and len(told) == 2


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "PUT"])
def test_only_the_reading_of_a_page_brings_a_cookie(method: str) -> None:
    assert asked(method=method) == []


def test_what_is_no_request_passes_untouched() -> None:
    assert asked(kind="websocket") == []
    assert asked(kind="lifespan") == []
