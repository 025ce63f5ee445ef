"""The connection to a model server: LangChain's ChatOpenAI, and its many ways to fail turned into faults.

The only module that imports LangChain and openai (over two seconds), so it is imported when the first call is made.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, contextmanager
from functools import cache
from typing import Any

import httpx2
import langchain_core.tracers.langchain  # noqa: F401  LangChain would import it in the first call, on the event loop
import langsmith
import openai
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from interviewer.model.asking import Ask, Shape
from interviewer.model.budget import Reply
from interviewer.model.coalesced import coalesce
from interviewer.model.patience import retry_after
from interviewer.model.place import Fault, Place

# LangChain and openai read a body without checking what it is: whatever these raise there, it was no chat completion.
_ODD_BODY = (ValueError, LookupError, TypeError, AttributeError)


class Wire:
    """One pool of connections to one server, for one event loop."""

    def __init__(self, base_url: str, key: SecretStr, connect_s: float, names: Iterable[str]) -> None:
        trace_nothing()
        self._base_url, self._key = base_url, key
        self._timeout = httpx2.Timeout(None, connect=connect_s)
        # Redirects would carry the candidate's words to a host that nobody named.
        self._http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=self._timeout, verify=_trusted(), event_hooks={"response": [coalesce]}
        )
        self._chats = {name: self._chat(name) for name in names}

    async def aclose(self) -> None:
        await self._http.aclose()

    async def whole(self, ask: Ask, shape: Shape, reply: Reply) -> None:
        """Fill `reply` with a whole answer. Raises Fault."""
        messages, fields = ask.in_shape(shape)
        if "response_format" in fields:  # straight to the body: the SDK's own parsing drops a reply that was cut off, and its usage
            fields["extra_body"] = {"response_format": fields.pop("response_format")}
        with self._understood(ask.place):
            message = await self._chats[ask.place.model].ainvoke(messages, **fields)
            _note(message, reply)
            reply.text = str(message.text)

    async def pieces(self, ask: Ask, shape: Shape, reply: Reply) -> AsyncGenerator[str]:
        """The answer's text as it arrives, kept in `reply` too. Raises Fault, also where the end is missing."""
        messages, fields = ask.in_shape(shape)
        chunks = self._chats[ask.place.model].astream(messages, stream_usage="stream_options" in shape.extras, **fields)
        with self._understood(ask.place):
            async with aclosing(chunks) as open_chunks:  # type: ignore[type-var]
                async for chunk in open_chunks:
                    _note(chunk, reply)
                    if piece := str(chunk.text):
                        reply.text += piece
                        yield piece
        if reply.finish is None:
            raise Fault(ask.place.cut_off(), again=True, sent=True)

    def _chat(self, model: str) -> ChatOpenAI:
        """A chat model by its name. All that it would take from the environment is told to it."""

        async def key() -> str:  # a function, so that no client for plain calls is built beside the one that waits
            return self._key.get_secret_value()

        return ChatOpenAI(
            model=model,
            base_url=self._base_url,
            api_key=key,
            http_async_client=self._http,
            timeout=self._timeout,
            max_retries=0,
            use_responses_api=False,
            output_version="v0",
            cache=False,
            stream_chunk_timeout=None,
        )

    @contextmanager
    def _understood(self, place: Place) -> Iterator[None]:
        """Turn whatever a request can raise into a Fault. The cause is not chained: it may repeat the key."""
        try:
            yield
        except openai.APIStatusError as error:
            raise self._status(error, place) from None
        except openai.APIConnectionError as error:
            raise self._connection(error, place) from None
        except (openai.OpenAIError, httpx2.HTTPError):  # an error told within the stream
            raise Fault(place.cut_off(), again=True, sent=True) from None
        except _ODD_BODY:
            raise Fault(place.not_a_completion(), sent=True) from None

    def _status(self, error: openai.APIStatusError, place: Place) -> Fault:
        code = error.status_code
        busy = (code in (408, 429) or code >= 500) and error.code != "insufficient_quota"
        after_s = retry_after(error.response.headers.get("retry-after", "")) if busy else None
        complaint = self._without_key(_complaint(error.body))
        fault = Fault(place.busy(code, after_s) if busy else place.refused(code, complaint[:200], error.code), again=busy)
        fault.code, fault.after_s, fault.complaint = code, after_s, complaint
        return fault

    def _connection(self, error: openai.APIConnectionError, place: Place) -> Fault:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, httpx2.HTTPError):
            cause = cause.__cause__
        if cause is None or isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
            why = self._without_key(str(cause or "")) or "the connection timed out"
            return Fault(place.no_connection(why[:120]), again=True)
        return Fault(place.cut_off(), again=True, sent=True)

    def _without_key(self, text: str) -> str:
        key = self._key.get_secret_value()
        return text.replace(key, "[key]") if len(key) > 3 else text


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once (30 ms) for all event loops."""
    return httpx2.create_ssl_context()


def trace_nothing() -> None:
    """Forbid LangChain to report calls to a tracing service, whatever the environment asks for."""
    langsmith.configure(enabled=False)
    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):  # with tracing off, LangChain refuses to run while one of them is set
        os.environ.pop(name, None)


def _complaint(body: object) -> str:
    """The words in which a server says no, on one line; empty where there are none."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = " ".join(str(inner[k]) for k in ("message", "detail", "param") if inner.get(k)) if isinstance(inner, dict) else inner
    return " ".join(str(body or "").split())


def _note(message: AIMessage, reply: Reply) -> None:
    """Keep why a message ended and what the server says that it took."""
    reply.finish = message.response_metadata.get("finish_reason") or reply.finish
    usage: Any = message.usage_metadata
    if usage and usage["input_tokens"]:
        reply.usage = (usage["input_tokens"], usage["output_tokens"])
