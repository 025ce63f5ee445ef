"""The real server in a process of its own, as `python app.py` starts it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.http import Connection

ROOT = Path(__file__).resolve().parent.parent
_READ_BY_THE_PROGRAM = ("OPENAI_", "INTERVIEWER_", "RATER_", "EMBEDDING_", "DATABASE_", "JUDGE_", "TOKENS_", "MODEL_")
START_S = 300


class Server:
    """`python app.py` on a free port with a data folder of its own. With `core`, it and all its threads stay on that core."""

    def __init__(self, data_dir: Path, core: int | None = None, **environment: str) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_READ_BY_THE_PROGRAM)}
        # Empty ones stand before a .env file of whoever runs this.
        none = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "EMBEDDING_MODEL": "", "DATABASE_URL": ""}
        self._environment = inherited | none | {"INTERVIEWER_DATA_DIR": str(data_dir)} | environment
        self._core = core
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{free_port()}"
        self.started_at = 0.0

    def start(self) -> Self:
        """Start it, and do not wait."""
        command = [sys.executable, "app.py", "--port", self.address.rsplit(":", 1)[1]]
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self._core is not None:
            os.sched_setaffinity(self._process.pid, {self._core})
        return self

    async def answers(self, path: str, every_s: float = 0.02) -> float:
        """Wait until GET `path` brings 200; seconds since the start."""
        while time.perf_counter() - self.started_at < START_S:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("the server ended before it answered")
            try:
                if (await Connection(self.address).get(path)).status == 200:
                    return time.perf_counter() - self.started_at
            except (OSError, asyncio.IncompleteReadError):
                pass
            await asyncio.sleep(every_s)
        raise RuntimeError(f"{path} did not answer within {START_S} s")

    @property
    def rss_mb(self) -> float:
        """Memory that it holds now, in megabytes (10^6 bytes), shared pages included."""
        return self._status("VmRSS") * 1024 / 1e6

    @property
    def private_mb(self) -> float:
        """Memory that is its own: without files that are mapped, such as the weights and the libraries."""
        return self._status("RssAnon") * 1024 / 1e6

    @property
    def cpu_s(self) -> float:
        """Processor time that it has used."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _status(self, name: str) -> int:
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
