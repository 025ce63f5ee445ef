"""What suites work with: the pack, the prompts, the product's raters and door, and one place that its model calls go through."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from evals.reading import Kept
from evals.wires import Tape
from interviewer.bank import sound_packs
from interviewer.domain import Pack
from interviewer.embedding import Reader, embedded_encoder
from interviewer.interview import Door
from interviewer.interview.remembering import Remembering
from interviewer.library import Library
from interviewer.model import Models, Sends
from interviewer.prompts import Prompt, load_calls
from interviewer.rating import EmbeddedRater, ModelRater
from interviewer.settings import Settings
from interviewer.store import Store

ROOT = Path(__file__).resolve().parents[1]
Carries = Callable[[str, Callable[[], Sends]], Sends]  # what carries a suite's requests, from its name and the usual connection


class Place(NamedTuple):
    """Where the product under test keeps its data and prompts, and where the evals keep what saves time (None: nowhere)."""

    corpus: Path = ROOT / "corpus"
    prompts: Path = ROOT / "prompts"
    cache: Path | None = ROOT / ".cache" / "evals"


class Nothing:
    """A ledger that writes nothing down: a run's calls are counted where they pass."""

    def spend(self, interview: str | None, role: str, model: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Nothing."""

    def spent(self, interview: str) -> int:
        """Nothing."""
        return 0

    def spent_today(self) -> int:
        """Nothing."""
        return 0


class Bench:
    """Built once for a run; `carries` is None where no model stands behind it. Close it at the end."""

    def __init__(self, settings: Settings, place: Place, tape: Tape, carries: Carries | None) -> None:
        self.settings, self.place, self.tape = settings, place, tape
        self._carries = carries
        self._models: list[Models] = []
        self._open = ExitStack()
        self._folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))

    async def aclose(self) -> None:
        """Let go of every connection, and remove what the run kept for itself."""
        for models in self._models:
            await models.aclose()
        self._open.close()

    @cached_property
    def pack(self) -> Pack:
        """The first pack of the corpus."""
        return sound_packs(self.place.corpus)[0]

    @cached_property
    def prompts(self) -> Mapping[str, Prompt]:
        """The prompts under test."""
        return load_calls(self.place.prompts)

    @cached_property
    def encoder(self) -> Reader:
        """The embedded encoder, which remembers what it read."""
        file = self.place.cache and self.place.cache / "readings.sqlite3"
        kept = Kept(embedded_encoder(self.settings.encoder_threads, self.place.cache), file)
        self._open.callback(kept.close)
        return kept

    @cached_property
    def library(self) -> Library:
        """The index of the pack's notes; items are not searched for here."""
        notes_only = self.pack.model_copy(update={"items": (), "exemplars": ()})
        library = Library.open(self._folder / "index", self.encoder, [notes_only])
        self._open.callback(library.close)
        return library

    @cached_property
    def embedded(self) -> EmbeddedRater:
        """The embedded rater as interviews use it."""
        return EmbeddedRater(Remembering(self.encoder))

    def models(self, suite: str) -> Models | None:
        """The models that a suite's calls go to, through what carries this run's requests."""
        if (carries := self._carries) is None:
            return None
        self._models.append(Models(self.settings, Nothing(), lambda connect: carries(suite, connect)))
        return self._models[-1]

    def model_rater(self, suite: str, draws: int = 1) -> ModelRater | None:
        """The model rater with the prompts under test."""
        models = self.models(suite)
        if models is None:
            return None
        return ModelRater(models, self.prompts["rate_criterion"], self.prompts["find_mistakes"], draws=draws)

    def door(self, suite: str, *, model: bool) -> Door:
        """A door with a store of its own."""
        store = Store.open(f"sqlite:///{self._folder / f'{suite}-{model}.db'}")
        self._open.callback(store.close)
        models = self.models(suite) if model else None
        return Door(
            store=store,
            packs=[self.pack],
            library=self.library,
            encoder=self.encoder,
            prompts=self.prompts,
            models=models,
            rater_draws=self.settings.rater_draws,
        )
