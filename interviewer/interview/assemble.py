"""Put the parts of a door together from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from interviewer.bank import sound_packs
from interviewer.domain import Item, ItemRating, Turn
from interviewer.embedding import Encoder, Reader, compatible_encoder, embedded_encoder
from interviewer.errors import SetupError
from interviewer.interview.door import Door
from interviewer.interview.measuring import Rate
from interviewer.library import Library
from interviewer.model import connect
from interviewer.prompts import load_calls
from interviewer.rating import EmbeddedRater, ModelRater
from interviewer.settings import Settings
from interviewer.store import Store

Progress = Callable[[str], None]


def assemble(settings: Settings, say: Progress = lambda _: None) -> Door:
    """A door with its store, packs, encoder, index and, where one is connected, its model. Takes seconds; `say` tells how far it is.

    Raises AuthorError or SetupError with the remedy.
    """
    packs, prompts = sound_packs(settings.corpus_dir), load_calls(settings.prompts_dir)
    make_data_folder(settings)
    store = Store.open(settings.store_url)
    say("loading the sentence encoder")
    encoder = rater_encoder(settings)
    library = Library.open(settings.data_dir / "index", index_encoder(settings, encoder), packs, progress=_counting(say))
    return Door(
        store=store,
        packs=packs,
        library=library,
        encoder=encoder,
        prompts=prompts,
        models=connect(settings, store),
        rater_draws=settings.rater_draws,
    )


def open_library(settings: Settings, say: Progress = lambda _: None) -> Library:
    """The index alone, brought up to date. Raises AuthorError or SetupError with the remedy."""
    make_data_folder(settings)
    encoder = index_encoder(settings, rater_encoder(settings))
    return Library.open(settings.data_dir / "index", encoder, sound_packs(settings.corpus_dir), progress=_counting(say))


def rater_of(name: str, settings: Settings) -> Rate:
    """The rater of `rate`, without store or index. Raises SetupError where the model rater is asked for and no model is connected."""
    make_data_folder(settings)
    if name == "embedded":
        embedded = EmbeddedRater(rater_encoder(settings))

        async def by_embedded(item: Item, turns: Sequence[Turn]) -> ItemRating:
            return await asyncio.to_thread(embedded.rate, item, turns)

        return by_embedded
    models = connect(settings, RunLedger())
    if models is None:
        raise SetupError(
            "--rater model needs a model: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own (README: Connecting a model)"
        )
    by_model = ModelRater(models, load_calls(settings.prompts_dir)["rate_criterion"], draws=settings.rater_draws)

    async def rate(item: Item, turns: Sequence[Turn]) -> ItemRating:
        return await by_model.rate(item, turns, interview=None)

    return rate


class RunLedger:
    """Counts the tokens of one run of `rate`, which belongs to no interview."""

    def __init__(self) -> None:
        self._tokens = 0

    def spend(self, interview: str | None, role: str, model: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Add what one call used."""
        self._tokens += prompt_tokens + completion_tokens

    def spent(self, interview: str) -> int:
        """No interview, no tokens of one."""
        return 0

    def spent_today(self) -> int:
        """What this run used."""
        return self._tokens


def make_data_folder(settings: Settings) -> None:
    """The folder that everything kept lies under, made private to its owner. Raises SetupError where it can't be made."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SetupError(f"{settings.data_dir}: can't be made ({error.strerror}); set INTERVIEWER_DATA_DIR to a folder of yours") from error


def rater_encoder(settings: Settings) -> Reader:
    """The embedded sentence encoder that the raters use."""
    return embedded_encoder(settings.encoder_threads, settings.data_dir / "vectors")


def index_encoder(settings: Settings, embedded: Encoder) -> Encoder:
    """The encoder of the index: the server's EMBEDDING_MODEL where one is named, else the embedded one."""
    if not (settings.embedding_model and settings.has_model):
        return embedded
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return compatible_encoder(settings.openai_base_url, key, settings.embedding_model, settings.model_timeout_s)


def _counting(say: Progress) -> Callable[[int, int], None]:
    return lambda done, total: say(f"building the index: {done} of {total}")
