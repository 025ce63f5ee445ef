"""Small events for tests, and programs that run beside them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from interviewer.store import Event, NewEvent, Store

ROOT = Path(__file__).resolve().parents[2]

BEGUN = [NewEvent(kind="begun", body={"pack": "ml-pm"})]


def answered(text: str) -> NewEvent:
    return NewEvent(kind="answered", body={"text": text})


def says(*texts: str) -> Callable[[tuple[Event, ...]], Sequence[NewEvent]]:
    """A decision to record these answers whatever was said before."""
    return lambda _seen: [answered(text) for text in texts]


def answers(store: Store, interview: str) -> list[object]:
    return [event.body["text"] for event in store.events(interview, None) if event.kind == "answered"]


def program(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python on some code with arguments, `Store` and the above at hand."""
    head = "import os, signal, sys\nfrom interviewer.store import Store\nfrom tests.store.saying import BEGUN, says\n"
    command = [sys.executable, "-c", head + code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tell(programs: Sequence[subprocess.Popen[str]], line: str) -> list[str]:
    """Send a line to all programs at once; returns the line that each prints next."""
    for each in programs:
        assert each.stdin is not None
        each.stdin.write(f"{line}\n")
        each.stdin.flush()
    return [_next_line(each) for each in programs]


def _next_line(of: subprocess.Popen[str]) -> str:
    assert of.stdout is not None
    line = of.stdout.readline()
    assert line, of.communicate()[1]
    return line.strip()
