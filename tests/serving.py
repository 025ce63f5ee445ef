"""The real server in a process of its own, as `python app.py` starts it, for tests that use it from outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r"ready at (http://\S+)")
START_S = 180


class Server:
    """`python app.py` on a free port of loopback, with a data folder of its own. `printed` keeps what it said."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "INTERVIEWER_", "RATER_", "EMBEDDING_", "DATABASE_"))
        }
        self._environment = inherited | {"INTERVIEWER_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"} | environment
        self.printed: list[str] = []
        self.address = ""
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def start(self, port: int = 0) -> Self:
        """Start it and wait until an interview can be begun."""
        self._ready.clear()
        command = [sys.executable, "app.py", "--port", str(port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        if not self._ready.wait(START_S) or not self.address:
            self.kill()
            raise AssertionError("the server did not start:\n" + "".join(self.printed[-30:]))
        return self

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def restart_after_kill(self) -> None:
        """Kill it without warning and start it again on the same port."""
        port = self.port
        self.kill()
        self.start(port)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.printed.append(line)
            if found := _ADDRESS.search(line):
                self.address = found[1]
                self._ready.set()
        self._ready.set()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
