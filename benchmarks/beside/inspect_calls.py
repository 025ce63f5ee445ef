"""The calls of `evals_speed` made by inspect-ai: one task, a sample for each call, its own generate() and a scorer of its own.

`inspect_calls.py BASE_URL CALLS.json WIDTH FOLDER`, in an environment with inspect-ai, prints what it took as JSON; its log goes to FOLDER.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin


def main(base_url: str, calls: Path, width: int, folder: str) -> None:
    os.environ["INSPECT_DISPLAY"] = "none"
    from inspect_ai import Task, eval  # type: ignore[import-not-found]
    from inspect_ai.dataset import Sample  # type: ignore[import-not-found]
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser, get_model  # type: ignore[import-not-found]
    from inspect_ai.scorer import includes  # type: ignore[import-not-found]
    from inspect_ai.solver import generate  # type: ignore[import-not-found]

    def task(asked: list[dict[str, str]]) -> Task:
        messages = [[ChatMessageSystem(content=a["system"]), ChatMessageUser(content=a["user"])] for a in asked]
        return Task(dataset=[Sample(input=m, target='"level": 3') for m in messages], solver=generate(), scorer=includes())

    asked = json.loads(calls.read_text(encoding="utf-8"))
    model = get_model("openai-api/local/bench", base_url=base_url, api_key="none")
    eval(task(asked[:1]), model=model, max_connections=width, display="none", log_dir=folder)  # the first one loads what later ones have
    urllib.request.urlopen(urljoin(base_url, "/anew")).close()
    whole = task(asked)
    began, used = time.perf_counter(), time.process_time()
    log = eval(whole, model=model, max_connections=width, display="none", log_dir=folder)[0]
    run_s, cpu_s = time.perf_counter() - began, time.process_time() - used
    read = sum(sample.scores["includes"].value == "C" for sample in log.samples)
    print(json.dumps({"version": version("inspect-ai"), "run_s": run_s, "cpu_s": cpu_s, "read": read}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
