"""The app on a port of loopback, for tests that use it over HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from interviewer.settings import read_settings
from interviewer.web.aloud import Speech
from interviewer.web.app import build_app
from interviewer.web.ready import Opening
from tests.rooms import Room, pack


class Site:
    """The app on a small pack; `speech` is what its pages hear and speak with."""

    def __init__(self, folder: Path) -> None:
        self.room = Room(folder)
        settings = read_settings(interviewer_data_dir=folder, openai_api_key=None, openai_base_url=None)
        app = build_app(settings, [pack()], Opening(lambda _: self.room.door))
        self.speech: Speech = app.state.speech
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    def _serve(self) -> None:
        with asyncio.Runner() as runner:
            self.loop = runner.get_loop()
            runner.run(self.server.serve())

    def visitor(self) -> httpx.Client:
        """A browser with a cookie of its own."""
        client = httpx.Client(base_url=self.address, timeout=30)
        assert client.get("/").status_code == 200
        return client

    def call(self, client: httpx.Client, name: str, data: list[Any]) -> str:
        """Call a handler as its page does; everything that it sends back."""
        begun = client.post(f"/gradio_api/call/{name}", json={"data": data})
        if begun.status_code != 200:
            return begun.text
        return client.get(f"/gradio_api/call/{name}/{begun.json()['event_id']}").text
