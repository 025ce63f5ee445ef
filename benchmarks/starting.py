"""How soon the page is served, beside the bare import of Gradio in the same run, and what the idle server holds in memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.server import Server
from benchmarks.sitting import interview
from benchmarks.table import Table, middle
from benchmarks.transcripts import settings_in
from interviewer.interview import open_library

RUNS = 3


async def start() -> Table:
    """Fresh processes, taking turns: `import gradio` alone, and the server until its page and its health check answer."""
    table = Table("start", "from the start of the process (s)")
    table.notes.append(f"medians of {RUNS}, fresh processes by turns; the index is built already")
    bare, page, ready = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        open_library(settings_in(Path(folder))).close()
        for _ in range(RUNS):
            bare.append(_bare_import())
            with Server(Path(folder)) as server:
                page.append(await server.answers("/"))
                ready.append(await server.answers("/healthz"))
    table.add("import gradio, alone", middle(bare), "s", places=1)
    table.add("the page is served", middle(page), "s", places=1)
    table.add("the page, as a multiple of the import", middle(page) / middle(bare), "x", ("<=", 1.3), places=2)
    table.add("an interview can be begun", middle(ready), "s", places=1)
    return table


def _bare_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import gradio"], check=True, env=os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"})
    return time.perf_counter() - began


async def memory() -> Table:
    """What the server holds when nobody is there."""
    table = Table("memory", "the idle server, encoder and index loaded (MB, 10^6 bytes, shared pages included)")
    with tempfile.TemporaryDirectory() as folder:
        open_library(settings_in(Path(folder))).close()
        with Server(Path(folder)) as server:
            await server.answers("/healthz")
            await asyncio.sleep(2)
            table.add("resident memory", server.rss_mb, "MB", ("<=", 500))
            table.add("  of it its own, without mapped files (weights, libraries)", server.private_mb, "MB")
            async for _ in interview(server, Path(folder), items=3):
                pass
            await asyncio.sleep(2)
            table.add("after an interview of 3 items over the page", server.rss_mb, "MB", ("<=", 500))
            table.add("  of it its own, without mapped files", server.private_mb, "MB")
    return table
