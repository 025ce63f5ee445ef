"""Vectors from a server that speaks OpenAI's protocol (`/embeddings`): OpenAI, Ollama, llama.cpp, vLLM, LM Studio, a gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from interviewer.embedding.encoder import Encoder, Vectors
from interviewer.embedding.known import Known
from interviewer.errors import DeveloperError, ModelRefused, ModelReplyBroken, ModelUnreachable, SetupError

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import CreateEmbeddingResponse

_OPENAI = "https://api.openai.com/v1"
_BATCH = 64
_RETRIES = 2


def compatible_encoder(base_url: str | None, api_key: str, model: str, timeout_s: float) -> Encoder:
    """The encoder `model` of a server; `base_url` None means OpenAI's own. Sends nothing yet.

    `timeout_s` is the deadline of one request, its two retries included. Raises SetupError where the URL is none.
    """
    url = base_url or _OPENAI
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError("OPENAI_BASE_URL is no address of a server: write it like http://127.0.0.1:11434/v1.")
    return _Compatible(url, api_key, model, timeout_s / (_RETRIES + 1))


class _Compatible:
    """Errors name the host and the model, and never the key or what a server said, which may repeat it."""

    def __init__(self, url: str, api_key: str, model: str, timeout_s: float) -> None:
        self._url, self._key, self._model, self._timeout_s = url, api_key, model, timeout_s
        self._host = urlsplit(url).netloc.rpartition("@")[2]
        self.id = f"{model}@{self._host}"
        self._known = Known(self.id, None)
        self._client: OpenAI | None = None
        self._dimension: int | None = None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has; asks the server where no reply has told yet. Raises ModelError."""
        if self._dimension is None:
            self._batch(["dimension"])
        if self._dimension is None:
            raise DeveloperError("a reply came and told no dimension")
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), 64 texts a request. Raises ModelError."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.concatenate([self._batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)])

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """The same, each text asked for once a process."""
        return self._known.vectors(texts, self.encode)

    def _batch(self, texts: Sequence[str]) -> Vectors:
        rows = self._rows(self._reply([t.encode("utf-8", "replace").decode("utf-8") or " " for t in texts]), len(texts))
        before, self._dimension = self._dimension, rows.shape[1]
        if before not in (None, self._dimension):
            raise self._broken(f"its vectors have {self._dimension} numbers where they had {before}")
        return rows

    def _reply(self, texts: list[str]) -> CreateEmbeddingResponse:
        """What the server answers; its failures as ModelError."""
        import openai

        try:
            return self._connected().embeddings.create(model=self._model, input=texts, encoding_format="float")
        except openai.APITimeoutError:
            raise ModelUnreachable(f"{self._named} did not answer in time: see that it runs, or raise MODEL_TIMEOUT_S.") from None
        except openai.APIConnectionError:
            raise ModelUnreachable(f"{self._named} can't be reached: see that it runs and that OPENAI_BASE_URL is right.") from None
        except openai.APIStatusError as error:
            raise self._status(error.status_code) from None
        except (openai.OpenAIError, ValueError):
            raise self._broken("it is not the JSON of an embedding") from None

    def _rows(self, reply: CreateEmbeddingResponse, count: int) -> Vectors:
        """The reply's vectors in the order asked for, brought to length 1. Raises ModelReplyBroken where they are not all there."""
        try:
            found = sorted(reply.data, key=lambda d: d.index)
            rows = np.array([d.embedding for d in found], np.float32)
        except (AttributeError, TypeError, ValueError):
            raise self._broken("it is not the JSON of an embedding") from None
        if [d.index for d in found] != list(range(count)):
            raise self._broken(f"it holds {len(found)} vectors for {count} texts")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True) if rows.ndim == 2 and rows.shape[1] else np.zeros(1)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise self._broken("a vector in it is empty, zero or not finite")
        unit: Vectors = rows / lengths
        return unit

    def _status(self, code: int) -> ModelUnreachable | ModelRefused:
        if code == 429 or code >= 500:
            return ModelUnreachable(f"{self._named} answered {code}, also after {_RETRIES} retries: try again later.")
        mend = {401: "mend OPENAI_API_KEY", 403: "mend OPENAI_API_KEY", 404: "mend EMBEDDING_MODEL or OPENAI_BASE_URL"}
        return ModelRefused(f"{self._named} refused with {code}: {mend.get(code, 'see that EMBEDDING_MODEL names an embedding model')}.")

    def _broken(self, how: str) -> ModelReplyBroken:
        return ModelReplyBroken(f"the reply of {self._named} can't be used, {how}: see that EMBEDDING_MODEL names an embedding model.")

    @property
    def _named(self) -> str:
        return f"embedding model {self._model!r} at {self._host}"

    def _connected(self) -> OpenAI:
        """The client, made at first use: its import takes more than a second."""
        if self._client is None:
            from openai import OpenAI

            self._client = OpenAI(base_url=self._url, api_key=self._key or "none", timeout=self._timeout_s, max_retries=_RETRIES)
        return self._client
