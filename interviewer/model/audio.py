"""A server that hears and speaks by OpenAI's protocol (`/audio/transcriptions`, `/audio/speech`): OpenAI, speaches, LocalAI, a gateway.

openai is imported when the first request is made. No tokens are counted here: servers of speech bill seconds and characters, and
most tell neither, so the caps on tokens do not bound them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from interviewer.domain import Heard
from interviewer.errors import DeveloperError, ModelRefused, ModelReplyBroken, ModelUnreachable, SetupError
from interviewer.model.fit import fit_address, fit_key
from interviewer.model.patience import patiently, retry_after
from interviewer.model.place import Fault
from interviewer.model.sound import Odd, read_transcript, seconds_of, shape_of, whole_wav

if TYPE_CHECKING:
    import httpx2
    import openai

    from interviewer.settings import Settings

Sense = Literal["HEARING", "VOICE"]
_OPENAI = "https://api.openai.com/v1"
_NO_KEY = "no-key"  # local servers want the header and don't read it
_RETRIES = 1
_TIMED: Mapping[str, Any] = {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]}
_FORMS = ("response_format", "timestamp_granularities", "verbose_json")
_OURS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "transfer-encoding", "user-agent")


def hearing_server(settings: Settings) -> AudioServer | None:
    """The recogniser of these settings, by default model `whisper-1`; None unless HEARING_MODEL or HEARING_BASE_URL is set.

    Nothing is sent or imported yet. Raises SetupError where address or key can't be used.
    """
    told = _Told("HEARING", settings.hearing_base_url, settings.hearing_model, settings.hearing_api_key)
    return _server(told, settings, "whisper-1", "")


def voice_server(settings: Settings) -> AudioServer | None:
    """The voice of these settings, by default model `tts-1`; None unless VOICE_MODEL or VOICE_BASE_URL is set. Raises SetupError."""
    told = _Told("VOICE", settings.voice_base_url, settings.voice_model, settings.voice_api_key)
    return _server(told, settings, "tts-1", settings.voice_name)


class AudioServer:
    """One OpenAI-compatible server, for one event loop. Nothing is sent but the recording with its prompt, or the words to speak.

    `shared` says that the address is that of OPENAI_BASE_URL, or OpenAI's, so that errors name the right setting.
    """

    shared = False

    def __init__(self, base_url: str, key: SecretStr | None, model: str, voice: str, timeout_s: float) -> None:
        """`timeout_s` is the deadline of one call, its retry included."""
        self.host, self.model, self.voice = urlsplit(base_url).netloc.rpartition("@")[2], model, voice
        self._base_url, self._timeout_s = base_url, timeout_s
        self._key = (key.get_secret_value().strip() if key else "") or _NO_KEY
        self._plain = False
        self._client: openai.AsyncOpenAI | None = None

    async def transcribe(self, wav: bytes, prompt: str) -> Heard:
        """What is heard in a whole WAV, `prompt` naming words to expect; times and confidence None where the server tells none.

        Raises ModelError.
        """
        place = _Place(self.host, self.model, "HEARING", self.shared)
        if shape_of(wav) is None:
            raise DeveloperError("what is to be transcribed is no WAV")
        fields = {"model": self.model} | ({"prompt": prompt} if prompt.strip() else {})
        reply = await self._reply(place, lambda client: self._transcription(client, place, fields, wav))
        try:
            transcript = read_transcript(reply.content, reply.headers.get("content-type", ""))
        except Odd as odd:
            raise place.broken(str(odd)) from None
        named = f"{self.model} at {self.host}"
        return Heard(text=transcript.text.strip(), words=tuple(transcript.heard()), recogniser=named, seconds=seconds_of(wav))

    async def speak(self, text: str) -> bytes:
        """The text spoken, as a whole WAV whose header tells its true size. Raises ModelError."""
        place = _Place(self.host, self.model, "VOICE", self.shared)

        fields = {"model": self.model, "voice": self.voice, "input": text, "response_format": "wav"}

        reply = await self._reply(place, lambda client: _posted(client, place, fields))
        try:
            return whole_wav(reply.content)
        except Odd as odd:
            raise place.broken(str(odd)) from None

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.close()

    async def _transcription(self, client: openai.AsyncOpenAI, place: _Place, fields: dict[str, str], wav: bytes) -> httpx2.Response:
        """A reply with times of words; where the server refuses to give those, a plain one, from then on."""
        import openai

        if not self._plain:
            try:
                return await _posted(client, place, {**fields, **_TIMED}, wav)
            except openai.APIStatusError as error:
                if not _about_form(error):
                    raise
        plain = await _posted(client, place, fields, wav)
        self._plain = True
        return plain

    async def _reply(self, place: _Place, request: Callable[[openai.AsyncOpenAI], Awaitable[httpx2.Response]]) -> httpx2.Response:
        """What the server answers, within the deadline. Raises ModelError."""
        client = await self._connected()

        async def once() -> httpx2.Response:
            with self._understood(place):
                return await request(client)

        try:
            async with asyncio.timeout(self._timeout_s):
                return await patiently(once, _RETRIES, self._timeout_s)
        except Fault as fault:
            raise fault.error from None
        except TimeoutError:
            raise place.too_late(self._timeout_s) from None

    async def _connected(self) -> openai.AsyncOpenAI:
        if self._client is None:
            made = await asyncio.to_thread(self._connect)  # the first import takes over a second: not on the event loop
            self._client = self._client or made
        return self._client

    def _connect(self) -> openai.AsyncOpenAI:
        """A client that follows no redirect, since those would carry the candidate's voice to a host that nobody named."""
        import httpx2
        import openai

        async def ours_alone(request: httpx2.Request) -> None:  # openai adds headers, and with them keys, that the environment names
            for name in [n for n in request.headers if n.lower() not in _OURS]:
                del request.headers[name]
            request.headers["authorization"] = f"Bearer {self._key}"

        timeout = httpx2.Timeout(None, connect=self._timeout_s / (_RETRIES + 1))
        http = openai.DefaultAsyncHttpxClient(follow_redirects=False, timeout=timeout, event_hooks={"request": [ours_alone]})
        return openai.AsyncOpenAI(api_key=self._key, base_url=self._base_url, http_client=http, timeout=timeout, max_retries=0)

    @contextmanager
    def _understood(self, place: _Place) -> Iterator[None]:
        """Turn what a request can raise into a Fault. The cause is not chained: it may repeat the key."""
        import httpx2
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._status(error, place) from None
        except openai.APIConnectionError as error:
            refused = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
            raise Fault(place.no_connection() if refused else place.cut_off(), again=True) from None
        except (openai.OpenAIError, httpx2.HTTPError):
            raise Fault(place.cut_off(), again=True) from None

    def _status(self, error: openai.APIStatusError, place: _Place) -> Fault:
        code, said = error.status_code, _said(error)
        if (code in (408, 429) or code >= 500) and error.code != "insufficient_quota":
            fault = Fault(place.busy(code), again=True)
            fault.after_s = retry_after(error.response.headers.get("retry-after", ""))
            return fault
        return Fault(place.refused(code, said.replace(self._key, "[key]")[:200]))


@dataclass(frozen=True)
class _Place:
    """Where a call goes, and the sentences about what went wrong there. They name what to mend, and never a key."""

    host: str
    model: str
    sense: Sense
    shared: bool

    @property
    def path(self) -> str:
        return "/audio/transcriptions" if self.sense == "HEARING" else "/audio/speech"

    @property
    def address(self) -> str:
        return "OPENAI_BASE_URL" if self.shared else f"{self.sense}_BASE_URL"

    @property
    def key(self) -> str:
        return f"{self.sense}_API_KEY" + (" or OPENAI_API_KEY" if self.shared else "")

    def no_connection(self) -> ModelUnreachable:
        return ModelUnreachable(f"{self.host} can't be reached for {self.model}: is it running, and is {self.address} right?")

    def cut_off(self) -> ModelUnreachable:
        return ModelUnreachable(f"{self.host} broke off while {self.model} was answering: try again, or look at that server's log.")

    def too_late(self, seconds: float) -> ModelUnreachable:
        return ModelUnreachable(
            f"{self.model} at {self.host} did not finish within {seconds:g} s: raise MODEL_TIMEOUT_S, or choose another {self.sense}_MODEL."
        )

    def busy(self, code: int) -> ModelUnreachable:
        state = "has too much to do" if code == 429 else "has trouble of its own"
        return ModelUnreachable(f"{self.host} {state} ({code}) and did not answer for {self.model}: try again.")

    def broken(self, how: str) -> ModelReplyBroken:
        return ModelReplyBroken(
            f"the reply of {self.model} at {self.host} {how}: check {self.address} (most end in /v1), or choose another {self.sense}_MODEL."
        )

    def refused(self, code: int, said: str) -> ModelRefused:
        """The sentence for an answer that says no; `said` without the key in it."""
        if code in (401, 403):  # what servers say here may repeat a part of the key
            return ModelRefused(f"{self.host} does not let this key use {self.model} ({code}): check {self.key}.")
        if 300 <= code < 400:
            return ModelRefused(f"{self.host} sends requests on to another address ({code}): put that address in {self.address}.")
        told = f"{code}: {said}" if said else f"{code}"
        if code == 404:
            return ModelRefused(
                f"{self.host} has no model {self.model!r}, or no {self.path} there ({told}): check {self.sense}_MODEL and {self.address}."
            )
        return ModelRefused(f"{self.host} refused a request for {self.model} ({told}): check {self.sense}_MODEL and {self.address}.")


class _Told(NamedTuple):  # what the settings say of one sense
    sense: Sense
    base_url: str | None
    model: str | None
    key: SecretStr | None


def _server(told: _Told, settings: Settings, usual: str, voice: str) -> AudioServer | None:
    """The server for one sense; None where nothing is set for it. OPENAI_API_KEY goes only where OPENAI_BASE_URL says, or to OpenAI."""
    if not told.model and not told.base_url:
        return None
    address = f"{told.sense}_BASE_URL" if told.base_url else "OPENAI_BASE_URL"
    own_key = f"{told.sense}_API_KEY" if told.base_url else "OPENAI_API_KEY"
    base_url = fit_address(told.base_url or settings.openai_base_url or _OPENAI, address, like="http://127.0.0.1:8000/v1", key=own_key)
    own = fit_key(told.key, f"{told.sense}_API_KEY")
    key = own if own or told.base_url else fit_key(settings.openai_api_key, "OPENAI_API_KEY")
    if key is None and base_url == _OPENAI:
        raise SetupError(f"{told.sense}_MODEL is set, and no server that has it: set {told.sense}_BASE_URL, or OPENAI_API_KEY.")
    server = AudioServer(base_url, key, told.model or usual, voice, settings.model_timeout_s)
    server.shared = not told.base_url
    return server


async def _posted(client: openai.AsyncOpenAI, place: _Place, fields: Mapping[str, object], wav: bytes | None = None) -> httpx2.Response:
    """The reply as it came: openai would read its body without checking what it is."""
    import httpx2

    if wav is None:
        return await client.post(place.path, cast_to=httpx2.Response, body=fields)
    file, headers = ("file", ("answer.wav", wav, "audio/wav")), {"Content-Type": "multipart/form-data"}
    return await client.post(place.path, cast_to=httpx2.Response, body=fields, files=[file], options={"headers": headers})


def _said(error: openai.APIStatusError) -> str:
    """A server's words, on one line."""
    body: object = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = " ".join(str(inner[k]) for k in ("message", "detail", "param") if inner.get(k)) if isinstance(inner, dict) else inner
    return " ".join(str(body or "").split())


def _about_form(error: openai.APIStatusError) -> bool:
    """Whether a server says no to the form that was asked for, and not to the recording."""
    return error.status_code == 422 or (error.status_code == 400 and any(name in _said(error) for name in _FORMS))
