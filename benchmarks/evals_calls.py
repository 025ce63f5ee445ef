"""The evals' own side of `evals_speed`: ratings of many answers on one criterion, through the pool and the program's own model calls.

`python -m benchmarks.evals_calls BASE_URL COUNT WIDTH` prints what it took as JSON.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from benchmarks.http import Connection
from benchmarks.transcripts import answers_of, settings_in, shipped_pack
from evals.pool import Pool
from evals.running import APART_S
from interviewer.domain import Turn
from interviewer.interview.assemble import RunLedger
from interviewer.model.models import Models
from interviewer.prompts import Filled, load_calls
from interviewer.rating.by_model import Judgement, described, transcript
from interviewer.settings import Settings


class Asked(NamedTuple):
    """One judgement that is asked for."""

    question: str
    criterion: str
    answer: str
    filled: Filled


def asked(settings: Settings, count: int) -> list[Asked]:
    """So many judgements of one criterion, each of another answer, in the words of the shipped prompt."""
    pack, prompt = shipped_pack(settings), load_calls(settings.prompts_dir)["rate_criterion"]
    item = pack.items[0]
    criterion = described(item, item.criteria[0])
    made = []
    for n, answer in enumerate(itertools.islice(answers_of(pack), count)):
        told = f"Answer {n}. {answer}"
        turns = [Turn(question=item.question, answer=told)]
        filled = prompt.fill(question=item.question, criterion=criterion, answers=transcript(item, turns))
        made.append(Asked(item.question, criterion, told, filled))
    return made


async def _measured(settings: Settings, width: int, calls: Sequence[Asked]) -> dict[str, float]:
    """Seconds from the first piece of work to the last reply read, and of the processor meanwhile; and how many replies were read."""
    models = Models(settings, RunLedger())

    async def judged(seed: int, filled: Filled) -> Judgement:
        return await models.structured("rater", filled, Judgement, interview=None, seed=seed)

    await judged(0, calls[0].filled)  # the first call loads what all later ones have
    await Connection(str(settings.openai_base_url)).get("/anew")
    began, used = time.perf_counter(), time.process_time()
    replies = await Pool(width, APART_S).each([partial(judged, n, call.filled) for n, call in enumerate(calls)])
    run_s, cpu_s = time.perf_counter() - began, time.process_time() - used
    await models.aclose()
    return {"run_s": run_s, "cpu_s": cpu_s, "read": sum(reply.level == 3 for reply in replies)}


def main(base_url: str, count: int, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connected = {"openai_base_url": base_url, "openai_api_key": SecretStr("none"), "tokens_per_day": 0}
        settings = settings_in(Path(folder)).model_copy(update=connected)
        print(json.dumps(asyncio.run(_measured(settings, width, asked(settings, count)))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
