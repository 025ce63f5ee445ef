"""Who asks: an anonymous candidate, known by a signed cookie. Nothing else that a browser sends is believed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from filelock import FileLock
from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interviewer.errors import NotYours, SetupError

COOKIE = "candidate"
_YEAR_S = 365 * 24 * 3600
_LEAST_BYTES = 32


def read_secret(folder: Path) -> bytes:
    """The secret that cookies are signed with: made once, kept in the data folder, readable by its owner only.

    Programs that start side by side end up with the same one. Raises SetupError where it can't be kept or is broken.
    """
    path = folder / "secret"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(folder / "secret.lock", mode=0o600):
            if not path.exists():
                _write_whole(path, secrets.token_bytes(48))
            path.chmod(0o600)
            secret = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"{path}: can't be kept or read ({error.strerror}); set INTERVIEWER_DATA_DIR to a folder of yours, or remove the file"
        ) from error
    if len(secret) < _LEAST_BYTES:
        raise SetupError(f"{path}: the secret is broken ({len(secret)} bytes); remove the file, and candidates get new cookies")
    return secret


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that nobody ever sees half of, not even after a crash, and that nobody else may read."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class Askers:
    """Signs and checks the cookie that says who a candidate is."""

    def __init__(self, secret: bytes) -> None:
        self._signer = Signer(secret, salt="candidate")

    def new(self) -> str:
        """A cookie value for a candidate never seen before."""
        return self._signer.sign(secrets.token_urlsafe(18)).decode()

    def candidate(self, cookie: str | None) -> str:
        """The candidate behind a cookie; raises NotYours where there is none that we signed."""
        try:
            return self._signer.unsign(cookie or "").decode()
        except (BadSignature, UnicodeError):
            raise NotYours("This page no longer knows who you are (its cookie is missing). Allow cookies for it and reload.") from None


class CookieMiddleware:
    """Gives a cookie to every browser that opens a page without a valid one, and a new year to a valid one."""

    def __init__(self, app: ASGIApp, askers: Askers) -> None:
        self._app, self._askers = app, askers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)

        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def send_with_cookie(message: Message) -> None:
            # Only pages get one: files and API calls that come side by side must not each bring a new candidate.
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").lower().startswith("text/html"):
                    value = self._valid(HTTPConnection(scope)) or self._askers.new()
                    headers.append("set-cookie", f"{COOKIE}={value}; Path=/; Max-Age={_YEAR_S}; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        return await self._app(scope, receive, send_with_cookie)

    def _valid(self, connection: HTTPConnection) -> str | None:
        """The cookie that a browser came with, if it is one of ours."""
        cookie = connection.cookies.get(COOKIE)
        try:
            self._askers.candidate(cookie)
        except NotYours:
            return None
        return cookie
