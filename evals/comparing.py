"""The two sides of a comparison: a stored run, the prompts of a folder or of a revision, or a model by its name."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from evals.bench import ROOT, Place
from evals.keeping import RUNS
from interviewer.errors import AuthorError

FORMS = "prompts@REVISION, a folder of prompts, model=NAME, or the name of a stored run"
_RECORDINGS = "evals/recordings"


class Side(NamedTuple):
    """What a side changes: where its prompts and its recordings lie, or its model; or the stored run that it is."""

    says: str
    place: Place = Place()
    recordings: Path = ROOT / _RECORDINGS
    model: str | None = None
    run: Path | None = None


@contextmanager
def side_of(told: str) -> Iterator[Side]:
    """The side that a text names; what a revision needs is unpacked for as long as it is used. Raises AuthorError naming the forms."""
    if told.startswith("model=") and len(told) > len("model="):
        yield Side(told, model=told.removeprefix("model="))
    elif told.startswith("prompts@"):
        with tempfile.TemporaryDirectory() as folder:
            revision = told.removeprefix("prompts@")
            _unpack(revision, Path(folder))
            yield Side(told, Place(prompts=Path(folder) / "prompts"), Path(folder) / _RECORDINGS)
    elif (RUNS / told / "run.json").is_file():
        yield Side(told, run=RUNS / told)
    elif Path(told).is_dir():
        yield Side(told, Place(prompts=Path(told).resolve()))
    else:
        raise AuthorError(f"{told!r} is no side of a comparison: write {FORMS}")


def _unpack(revision: str, folder: Path) -> None:
    """The prompts of a revision, and the recordings that it had."""
    for path in ("prompts", _RECORDINGS):
        told = subprocess.run(["git", "archive", "--format=tar", revision, path], cwd=ROOT, capture_output=True, check=False)
        if told.returncode == 0:
            with tarfile.open(fileobj=io.BytesIO(told.stdout)) as archive:
                archive.extractall(folder, filter="data")
        elif path == "prompts":
            why = told.stderr.decode("utf-8", "replace").strip().splitlines()
            raise AuthorError(f"prompts@{revision}: git has no prompts there ({why[0] if why else 'no reason given'})")
