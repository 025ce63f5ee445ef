"""The calls of `evals_speed` made by deepeval: its evaluate() with a G-Eval, whose steps are given, so that each case is one call.

`deepeval_calls.py BASE_URL CALLS.json WIDTH FOLDER`, in an environment with deepeval, prints what it took as JSON; its files go to FOLDER.
With `--no-records` it keeps none: by default it reads and writes the record of the whole run after each case.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

_QUIET = {"DEEPEVAL_TELEMETRY_OPT_OUT": "1", "DEEPEVAL_DISABLE_DOTENV": "1", "DEEPEVAL_NO_INSPECT_PROMPT": "1"}


def main(base_url: str, calls: Path, width: int, folder: str, *options: str) -> None:
    os.environ.update(_QUIET)
    os.environ |= {"DEEPEVAL_HOME": folder, "DEEPEVAL_CACHE_FOLDER": folder}
    from deepeval import evaluate  # type: ignore[import-not-found]
    from deepeval.evaluate.configs import AsyncConfig, CacheConfig, DisplayConfig  # type: ignore[import-not-found]
    from deepeval.metrics import GEval  # type: ignore[import-not-found]
    from deepeval.models import LocalModel  # type: ignore[import-not-found]
    from deepeval.test_case import LLMTestCase, SingleTurnParams  # type: ignore[import-not-found]

    asked = json.loads(calls.read_text(encoding="utf-8"))
    cases = [LLMTestCase(input=a["question"], actual_output=a["answer"]) for a in asked]
    steps = [asked[0]["system"], asked[0]["criterion"]]
    both = [SingleTurnParams.INPUT, SingleTurnParams.ACTUAL_OUTPUT]
    model = LocalModel(model="bench", base_url=base_url, api_key="none")
    metric = GEval(name="criterion", evaluation_steps=steps, evaluation_params=both, model=model, threshold=0.2)

    def evaluated(some: list[Any]) -> Any:
        display = DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False)
        records = CacheConfig(write_cache="--no-records" not in options)
        at_once = AsyncConfig(max_concurrent=width)
        return evaluate(some, [metric], async_config=at_once, display_config=display, cache_config=records)

    evaluated(cases[:1])  # the first one loads what later ones have
    urllib.request.urlopen(urljoin(base_url, "/anew")).close()
    began, used = time.perf_counter(), time.process_time()
    results = evaluated(cases).test_results
    run_s, cpu_s = time.perf_counter() - began, time.process_time() - used
    read = sum(bool(result.success) for result in results)
    print(json.dumps({"version": version("deepeval"), "run_s": run_s, "cpu_s": cpu_s, "read": read}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
