"""How much of the time of many live model calls is the evals' own, beside inspect-ai and deepeval making as many of the same length."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.calls_server import REPLY, CallsServer, Seen
from benchmarks.evals_calls import asked
from benchmarks.http import read_head
from benchmarks.server import ROOT
from benchmarks.table import Row, Table
from benchmarks.transcripts import settings_in

CALLS, WIDTH, DELAY_S = 400, 16, 1.0
AT_MOST = 1.05  # of the ideal
_BESIDE = ROOT / "benchmarks" / "beside"
_ENVIRONMENT = ROOT / ".cache" / "beside"
_TOOLS = {
    "inspect-ai": ["inspect_calls.py"],
    "deepeval": ["deepeval_calls.py"],
    "deepeval without its records": ["deepeval_calls.py", "--no-records"],
}


class NotMeasured(Exception):
    """A tool could not be had, or ended before it had made its calls; the message says why."""


class Ran(NamedTuple):
    """One side's run: what it says itself, what the server saw, and the seconds of its process with imports and all."""

    told: dict[str, Any]
    seen: Seen
    whole_s: float


async def evals_speed() -> Table:
    """One after the other, each with a server and a process of its own, and one call made already before the clock starts."""
    table = Table("evals_speed", f"{CALLS} live model calls of {DELAY_S:g} s, {WIDTH} at once: {_ideal_s():g} s where nothing is lost")
    table.notes.append("one after the other, each in a process of its own on a server of its own; imports and one first call are left out")
    table.notes.append("the run: eval() of inspect-ai and evaluate() of deepeval as they come, with the records they keep; telemetry off")
    table.notes.append("its calls: from the first request to the last reply by the server's clock; processor time: the client's in its run")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        bare = await _bare(_written(home))
        table.add("bare client: of the ideal", bare.told["run_s"] / _ideal_s(), "x", places=3)
        _counted(table, bare)
        _told(table, "evals", await _ours(home), AT_MOST)
        for tool, command in _TOOLS.items():
            try:
                ran = await _beside(command, home)
                _told(table, f"{tool} ({ran.told['version']})", ran)
            except NotMeasured as why:
                table.say(tool, f"not measured: {why}")
    return table


def _told(table: Table, who: str, ran: Ran, at_most: float | None = None) -> None:
    """The rows of one side."""
    run_s, took_s = ran.told["run_s"], ran.seen.took_s
    table.add(f"{who}: the run, of the ideal", run_s / _ideal_s(), "x", None if at_most is None else ("<=", at_most), places=3)
    table.say("  the run; its calls; the process, imports and all", f"{run_s:.2f} s; {took_s:.2f} s; {ran.whole_s:.1f} s")
    table.add("  processor time a call", ran.told["cpu_s"] / CALLS * 1000, "ms", places=1)
    _counted(table, ran)


def _counted(table: Table, ran: Ran) -> None:
    """Who made other calls than these has not been measured on them, and their row says so."""
    seen, read = ran.seen, ran.told["read"]
    right = seen.calls == read == CALLS and seen.most <= WIDTH
    goal = f"{CALLS}; {CALLS}; <= {WIDTH}"
    table.rows.append(Row("  calls at the server; replies read; most at once", f"{seen.calls}; {read}; {seen.most}", goal, right))


def _ideal_s() -> float:
    return CALLS / WIDTH * DELAY_S


def _written(home: Path) -> list[dict[str, str]]:
    """The calls that the evals make, for the others to make too: in `calls.json`."""
    made = asked(settings_in(home), CALLS)
    calls = [
        {"question": a.question, "criterion": a.criterion, "answer": a.answer, "system": a.filled.system, "user": a.filled.user}
        for a in made
    ]
    (home / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
    return calls


async def _measured(run: Callable[[CallsServer], Awaitable[dict[str, Any]]]) -> Ran:
    """One side's run on a fresh server."""
    with CallsServer(DELAY_S) as server:
        began = time.perf_counter()
        told = await run(server)
        whole_s = time.perf_counter() - began
        return Ran(told, await server.seen(), whole_s)


async def _bare(calls: Sequence[dict[str, str]]) -> Ran:
    """As many requests over plain sockets, each kept open: what the server and this machine take of the time."""

    async def run(server: CallsServer) -> dict[str, Any]:
        waiting = iter(calls)
        began = time.perf_counter()
        read = await asyncio.gather(*(_read_one_by_one(server.base_url, waiting) for _ in range(WIDTH)))
        return {"run_s": time.perf_counter() - began, "read": sum(read)}

    return await _measured(run)


async def _read_one_by_one(base_url: str, waiting: Iterator[dict[str, str]]) -> int:
    """How many right replies came over one connection, which takes call after call while there are any."""
    address = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    read = 0
    for call in waiting:
        messages = [{"role": role, "content": call[role]} for role in ("system", "user")]
        body = json.dumps({"model": "bench", "messages": messages}).encode()
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        told = await reader.readexactly(int((await read_head(reader))["content-length"]))
        read += json.loads(json.loads(told)["choices"][0]["message"]["content"]) == REPLY
    writer.close()
    return read


async def _ours(home: Path) -> Ran:
    """The run of the evals' own pool and the program's own model calls."""
    command = [sys.executable, "-m", "benchmarks.evals_calls"]
    return await _measured(lambda server: _ran([*command, server.base_url, str(CALLS), str(WIDTH)], home, ROOT))


async def _beside(script: Sequence[str], home: Path) -> Ran:
    """The run of a script with its options, in an environment of its own. Raises NotMeasured."""
    python = await asyncio.to_thread(_python_beside)
    name, *options = script
    command = [str(python), str(_BESIDE / name)]
    rest = [str(home / "calls.json"), str(WIDTH), str(home / name), *options]
    return await _measured(lambda server: _ran([*command, server.base_url, *rest], home, home))


async def _ran(command: Sequence[str], home: Path, where: Path) -> dict[str, Any]:
    """What a process prints in its last line of JSON. It is told nothing of this environment. Raises NotMeasured."""
    return await asyncio.to_thread(_printed, command, {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}, where)


def _printed(command: Sequence[str], environment: dict[str, str], where: Path) -> dict[str, Any]:
    patience_s = 120 + 10 * _ideal_s()
    try:
        done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, timeout=patience_s, check=False)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"no end within {patience_s:g} s") from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        why = (done.stderr.strip().splitlines() or ["it printed no figures"])[-1]
        raise NotMeasured(f"{Path(command[1]).name} ended with {done.returncode}: {why[:120]}")
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def _python_beside() -> Path:
    """The interpreter of the environment that the other tools live in, made anew where its requirements changed. Raises NotMeasured."""
    needs, made = _BESIDE / "requirements.txt", _ENVIRONMENT / "made.txt"
    python = _ENVIRONMENT / "bin" / "python"
    if python.exists() and made.is_file() and made.read_bytes() == needs.read_bytes():
        return python
    venv = [sys.executable, "-m", "venv", "--clear", str(_ENVIRONMENT)]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(needs)]
    if any(subprocess.run(command, capture_output=True, check=False).returncode for command in (venv, pip)):
        raise NotMeasured(f"{needs.relative_to(ROOT)} could not be installed")
    made.write_bytes(needs.read_bytes())
    return python
