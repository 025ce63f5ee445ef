"""The WebSocket that pages connect to, and who may."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket

from interviewer.errors import CandidateError, InterviewerError
from interviewer.web.aloud.page import Page
from interviewer.web.aloud.shared import Speech
from interviewer.web.asker import COOKIE

_MOST_PAGES = 4  # of one candidate


def add_speech(app: FastAPI, speech: Speech) -> None:
    """The route that pages connect to."""

    @app.websocket("/speech")
    async def spoken(socket: WebSocket) -> None:
        await socket.accept()
        try:
            who = _who(socket, speech)
        except InterviewerError as error:
            await socket.send_json({"is": "fault", "says": str(error)})
            await socket.close(code=4403)
            return
        speech.pages[who] = speech.pages.get(who, 0) + 1
        page = Page(socket, who, speech)
        try:
            await page.run()
        finally:
            await page.aclose()
            speech.pages[who] -= 1
            if not speech.pages[who]:
                del speech.pages[who]


def _who(socket: WebSocket, speech: Speech) -> str:
    """The candidate behind a connection. Raises NotYours and CandidateError: another site's page may not use the cookie."""
    origin = socket.headers.get("origin")
    if origin and urlsplit(origin).netloc != socket.headers.get("host"):
        raise CandidateError(f"A page of {urlsplit(origin).netloc or origin} may not listen here.")
    who = speech.askers.candidate(socket.cookies.get(COOKIE))
    if speech.pages.get(who, 0) >= _MOST_PAGES:
        raise CandidateError(f"{_MOST_PAGES} pages of yours are connected already; close one to speak here.")
    return who
