"""Settings: the only reader of the environment (and of a `.env` file in the working folder).

Names in the environment are the field names in capitals; see README.md for what each one does.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from interviewer.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"  # where the wheel puts corpus/ and prompts/
_ROOT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Optional = Annotated[str | None, BeforeValidator(_blank_is_absent)]


class Settings(BaseSettings):
    """What the program was told. Build it once, at the entry, and hand it down."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    interviewer_data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("interviewer", appauthor=False)),
        description="everything that is kept lies under this folder",
    )
    database_url: Optional = Field(default=None, description="SQLAlchemy URL; default: SQLite in the data folder")
    interviewer_host: str = "127.0.0.1"
    interviewer_port: int = Field(default=7860, ge=0, le=65535)
    interviewer_corpus_dir: Path = _ROOT / "corpus"
    interviewer_prompts_dir: Path = _ROOT / "prompts"

    openai_api_key: SecretStr | None = None
    openai_base_url: Optional = None
    interviewer_model: Optional = None
    rater_model: Optional = None
    judge_model: Optional = None
    embedding_model: Optional = None
    model_timeout_s: float = Field(default=60, gt=0, description="deadline of one model call, retries included")
    model_retries: int = Field(default=2, ge=0, le=10)
    rater_draws: int = Field(default=1, ge=1, le=9, description="how often a model is asked for each rating; the median counts")
    hearing_base_url: Optional = Field(default=None, description="an OpenAI-compatible server with /audio/transcriptions")
    hearing_model: Optional = Field(default=None, description="its model; alone, it is asked of the server of OPENAI_BASE_URL or OpenAI")
    hearing_api_key: SecretStr | None = None
    voice_base_url: Optional = Field(default=None, description="an OpenAI-compatible server with /audio/speech")
    voice_model: Optional = Field(default=None, description="its model; alone, it is asked of the server of OPENAI_BASE_URL or OpenAI")
    voice_name: str = "alloy"
    voice_api_key: SecretStr | None = None
    tokens_per_interview: int = Field(default=200_000, ge=0)
    tokens_per_day: int = Field(default=2_000_000, ge=0)
    encoder_threads: int = Field(default=2, ge=1, le=64)

    @property
    def data_dir(self) -> Path:
        """The folder that everything kept lies under."""
        return self.interviewer_data_dir

    @property
    def host(self) -> str:
        """The address that the page is served at."""
        return self.interviewer_host

    @property
    def port(self) -> int:
        """The port that the page is served at; 0 takes a free one."""
        return self.interviewer_port

    @property
    def corpus_dir(self) -> Path:
        """Where scale and packs lie."""
        return self.interviewer_corpus_dir

    @property
    def prompts_dir(self) -> Path:
        """Where the prompt files lie."""
        return self.interviewer_prompts_dir

    @property
    def has_model(self) -> bool:
        """Whether a model is connected: a key, or the address of a server."""
        key = self.openai_api_key.get_secret_value().strip() if self.openai_api_key else ""
        return bool(key or self.openai_base_url)

    @cached_property
    def model_host(self) -> str | None:
        """The host that words are sent to, or None where they go nowhere."""
        if not self.has_model:
            return None
        return self._host_of(None)

    @property
    def hearing_host(self) -> str | None:
        """The host that the candidate's voice is sent to, or None where it goes nowhere."""
        return self._host_of(self.hearing_base_url) if self.hearing_base_url or self.hearing_model else None

    @property
    def voice_host(self) -> str | None:
        """The host that speaks the interviewer's words, or None where they are spoken here."""
        return self._host_of(self.voice_base_url) if self.voice_base_url or self.voice_model else None

    def _host_of(self, named: str | None) -> str:
        """The host of an address, else that of the model server, else OpenAI's; without user and password."""
        url = named or self.openai_base_url
        return urlsplit(url).netloc.rpartition("@")[2] if url else "api.openai.com"

    def model_for(self, role: str) -> str:
        """The model's name for a role: `interviewer`, `rater` or `judge`."""
        named = {"interviewer": self.interviewer_model, "rater": self.rater_model, "judge": self.judge_model}
        return named[role] or ("gpt-4.1-mini" if role == "interviewer" else "gpt-4.1")

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'interviews.db'}"


def read_settings(**told: object) -> Settings:
    """Settings from the environment, `.env` and what is passed; raises SetupError with place and remedy."""
    try:
        return Settings(**told)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
        raise SetupError(f"{name}={first.get('input')!r} can't be used: {first['msg']}. Mend it in the environment or in .env.") from error
