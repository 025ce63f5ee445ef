"""The server: FastAPI with the page mounted on it, a health check, and the downloads."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from interviewer.bank import sound_packs
from interviewer.domain import Pack
from interviewer.errors import InterviewerError, NotYours, SetupError
from interviewer.feedback import to_json, to_markdown
from interviewer.interview import Door, State, assemble, everything_kept
from interviewer.settings import Settings
from interviewer.web.aloud import Speech, add_speech
from interviewer.web.aloud.messages import MOST_BYTES
from interviewer.web.asker import COOKIE, Askers, CookieMiddleware, read_secret
from interviewer.web.handlers import Handlers
from interviewer.web.page import CSS, SCRIPTS, build_page
from interviewer.web.ready import Opening

log = logging.getLogger(__name__)
MOST_UPLOAD = "1mb"
FONT = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Liberation Sans", "sans-serif")  # none is fetched
FONT_MONO = ("ui-monospace", "Noto Sans Mono", "Liberation Mono", "monospace")


def build_app(settings: Settings, packs: Sequence[Pack], opening: Opening) -> FastAPI:
    """The application. The page is there at once; the door opens behind it. Raises SetupError where the data folder is no use."""
    askers = Askers(read_secret(settings.data_dir))
    speech = Speech(settings, opening, askers)
    app = FastAPI(title="Mock interview", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lambda _: _closing(speech))
    app.state.speech = speech
    _add_health(app, opening)
    _add_downloads(app, opening, askers)
    add_speech(app, speech)
    page = build_page(settings, packs, Handlers(opening, askers, speech.utterances), askers)
    script = "".join(f"<script>{path.read_text(encoding='utf-8')}</script>" for path in SCRIPTS)
    mounted = gr.mount_gradio_app(
        app, page, path="", server_name=settings.host, server_port=settings.port, footer_links=[], run_history=False, ssr_mode=False,
        enable_monitoring=False, max_file_size=MOST_UPLOAD, show_error=False, css_paths=[CSS], head=script,
        theme=gr.themes.Soft(font=FONT, font_mono=FONT_MONO),
    )  # fmt: skip
    mounted.add_middleware(CookieMiddleware, askers=askers)
    return cast(FastAPI, mounted)


@asynccontextmanager
async def _closing(speech: Speech) -> AsyncIterator[None]:
    yield
    await speech.aclose()


def _add_health(app: FastAPI, opening: Opening) -> None:
    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """200 when an interview can be begun, 503 with the stage or the fault before."""
        if opening.is_ready:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "failed" if opening.fault else "starting", "stage": opening.stage}, status_code=503)


def _add_downloads(app: FastAPI, opening: Opening, askers: Askers) -> None:
    async def of_asker(request: Request, interview: str, make: Callable[[Door, State], Awaitable[Response]]) -> Response:
        """A download for whoever owns the interview; for anybody else it is not there."""
        try:
            who = askers.candidate(request.cookies.get(COOKIE))
            door = await opening.door()
            return await make(door, await door.state(interview, who))
        except NotYours as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        except InterviewerError as error:
            return JSONResponse({"error": str(error)}, status_code=503)

    @app.get("/interviews/{interview}/feedback.md")
    async def markdown(request: Request, interview: str) -> Response:
        """The feedback as a document to keep."""

        async def make(door: Door, state: State) -> Response:
            feedback = await asyncio.to_thread(door.teller.feedback, state)
            title = f"Mock interview: {door.pack_of(state).name}"
            text = to_markdown(feedback, title=title, when=state.began, notices=state.notices)
            return _file(text, "text/markdown; charset=utf-8", f"interview-{state.began:%Y-%m-%d}.md")

        return await of_asker(request, interview, make)

    @app.get("/interviews/{interview}/feedback.json")
    async def json(request: Request, interview: str) -> Response:
        """The feedback as data."""

        async def make(door: Door, state: State) -> Response:
            return _json(to_json(await asyncio.to_thread(door.teller.feedback, state)), f"feedback-{state.began:%Y-%m-%d}.json")

        return await of_asker(request, interview, make)

    @app.get("/interviews/{interview}/export.json")
    async def export(request: Request, interview: str) -> Response:
        """Everything that is kept of the interview."""

        async def make(door: Door, state: State) -> Response:
            return _json(await asyncio.to_thread(everything_kept, door, state), f"interview-{state.began:%Y-%m-%d}.json")

        return await of_asker(request, interview, make)

    @app.get("/interviews/{interview}/recordings/{seq}.flac")
    async def recording(request: Request, interview: str, seq: int) -> Response:
        """One recording of the candidate's voice."""

        async def make(door: Door, state: State) -> Response:
            sound = await door.recording(interview, askers.candidate(request.cookies.get(COOKIE)), seq)
            return Response(sound, media_type="audio/flac", headers=_as_file(f"answer-{seq}.flac"))

        return await of_asker(request, interview, make)


def _json(value: Any, name: str) -> Response:
    response = JSONResponse(value)
    response.headers.update(_as_file(name))
    return response


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers=_as_file(name))


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff", "cache-control": "no-store"}


def serve(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Serve the page until told to stop; say its address when an interview can be begun. Raises AuthorError and SetupError."""
    packs = sound_packs(settings.corpus_dir)
    opening = Opening(lambda tell: assemble(settings, tell), at_once=False)  # else its imports would take turns with the page's
    listening = _listen(settings)
    app = build_app(settings, packs, opening)
    say(app.state.speech.told())
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, ws_max_size=MOST_BYTES))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listening.getsockname()[1]}"
    threading.Thread(target=_announce, args=(server, opening, address, say), daemon=True).start()
    server.run(sockets=[listening])
    if opening.fault:
        raise SetupError(f"The interviewer can't start: {opening.fault}")


def _listen(settings: Settings) -> socket.socket:
    """The socket that the page is served on. Raises SetupError where it can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        where = f"{settings.host} port {settings.port}"
        raise SetupError(f"{where} can't be listened on ({error.strerror}); stop what uses it, or choose with --port and --host") from error


def _announce(server: uvicorn.Server, opening: Opening, address: str, say: Callable[[str], None]) -> None:
    """Open the door once the page is served; tell how far that is, then the address, or why there is none."""
    while not (server.started or server.should_exit):
        time.sleep(0.02)
    if not server.should_exit:
        opening.start()
    told = ""
    while not server.should_exit:
        if opening.fault:
            server.should_exit = True
            return
        if opening.is_ready and server.started:
            say(f"The mock interview is ready at {address}")
            return
        if opening.stage != told:
            say(f"{opening.stage} …")
            told = opening.stage
        time.sleep(0.1)
