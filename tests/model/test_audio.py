"""Hearing and speaking by a server of one's own, over real sockets."""

from __future__ import annotations

import asyncio
import io
import struct
import subprocess
import sys
import traceback
import wave
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from pydantic import SecretStr

from interviewer.domain import Heard
from interviewer.errors import DeveloperError, ModelError, ModelRefused, ModelReplyBroken, ModelUnreachable, SetupError
from interviewer.model.audio import AudioServer, hearing_server, voice_server
from interviewer.model.sound import seconds_of
from interviewer.settings import Settings
from tests.loopback import closed_port
from tests.model.sounding import Answer, Script, Sent, Sounding, error, wav_of

KEY, OTHER = "sk-very-secret", "sk-of-openai"
SPOKEN = wav_of(0.5)
TIMED = {
    "text": " We track recall.",
    "duration": 2.0,
    "words": [
        {"word": "We", "start": 0.1, "end": 0.3},
        {"word": " track", "start": 0.3, "end": 0.7},
        {"word": "recall", "start": 1.2, "end": 1.9},
    ],
    "segments": [{"id": 0, "start": 0.0, "end": 1.0, "avg_logprob": -0.2}, {"id": 1, "start": 1.0, "end": 2.0, "avg_logprob": -1.4}],
}


def server_at(url: str, timeout_s: float = 20, key: str | None = KEY) -> AudioServer:
    return AudioServer(url, SecretStr(key) if key else None, "some-model", "nova", timeout_s)


def heard(server: AudioServer, prompt: str = "", times: int = 1) -> Heard:
    async def work() -> Heard:
        try:
            return [await server.transcribe(wav_of(2), prompt) for _ in range(times)][-1]
        finally:
            await server.aclose()

    return asyncio.run(work())


def spoken(server: AudioServer, text: str = "Good morning.") -> bytes:
    async def work() -> bytes:
        try:
            return await server.speak(text)
        finally:
            await server.aclose()

    return asyncio.run(work())


def settings(**told: object) -> Settings:
    none: dict[str, object] = {"openai_api_key": None, "openai_base_url": None}
    return Settings(_env_file=None, **{**none, **told})  # type: ignore[arg-type]


def always(answer: Answer) -> Script:
    return lambda _: answer


# --------------------------------------------------------------------------- hearing


def test_words_come_with_their_times_and_those_of_a_failed_segment_are_unsure() -> None:
    with Sounding(always(Answer(TIMED))) as server:
        told = heard(server_at(server.base_url), "AUC, recall")
    assert (told.text, told.recogniser, told.seconds) == ("We track recall.", f"some-model at {server.host}", 2.0)
    assert [(w.word, w.start, w.end, w.confidence, w.unsure) for w in told.words] == [
        ("We", 0.1, 0.3, None, False),
        ("track", 0.3, 0.7, None, False),
        ("recall", 1.2, 1.9, None, True),
    ]


def test_only_the_recording_the_prompt_and_the_form_of_the_reply_are_sent() -> None:
    with Sounding(always(Answer(TIMED))) as server:
        heard(server_at(server.base_url), "AUC, recall")
    (sent,) = server.sent
    assert sent.path == "/v1/audio/transcriptions"
    assert sent.fields == {
        "model": "some-model",
        "prompt": "AUC, recall",
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["word", "segment"],
        "file": wav_of(2),
    }
    assert sent.headers["authorization"] == f"Bearer {KEY}"


def test_no_terms_mean_no_prompt() -> None:
    with Sounding(always(Answer(TIMED))) as server:
        heard(server_at(server.base_url), "  ")
    assert "prompt" not in server.sent[0].fields


@pytest.mark.parametrize("place", ["words", "segments"])
def test_probabilities_are_kept_wherever_the_server_tells_them(place: str) -> None:
    words = [
        {"word": "recall", "start": 0.0, "end": 0.5, "probability": 0.31},
        {"word": "fell", "start": 0.5, "end": 1, "probability": 0.9},
    ]
    told = {"text": "recall fell"} | ({"words": words} if place == "words" else {"segments": [{"start": 0, "end": 1, "words": words}]})
    with Sounding(always(Answer(told))) as server:
        assert [(w.confidence, w.unsure) for w in heard(server_at(server.base_url)).words] == [(0.31, True), (0.9, False)]


REFUSALS = [
    error(400, "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'", "response_format"),
    error(400, "unknown field timestamp_granularities"),
    Answer({"detail": [{"loc": ["body", "x"], "msg": "extra"}]}, 422),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["form", "granularities", "422"])
def test_a_server_that_refuses_times_is_asked_plainly_once_and_from_then_on(refusal: Answer) -> None:
    def script(sent: Sent) -> Answer:
        return refusal if "response_format" in sent.fields else Answer({"text": "We track recall."})

    with Sounding(script) as server:
        told = heard(server_at(server.base_url), "AUC", times=2)
    assert [(w.word, w.start, w.end, w.confidence, w.unsure) for w in told.words] == [
        (w, None, None, None, False) for w in ("We", "track", "recall.")
    ]
    assert ["response_format" in s.fields for s in server.sent] == [True, False, False]
    assert all(s.fields["prompt"] == "AUC" for s in server.sent)


def test_a_recording_that_is_refused_does_not_cost_the_times_of_the_next() -> None:
    answers = chain([Answer({}, 422), Answer({}, 422)], repeat(Answer(TIMED)))
    with Sounding(lambda _: next(answers)) as server:
        audio = server_at(server.base_url)
        with pytest.raises(ModelRefused, match=r"\(422\)"):
            heard(audio)
        assert heard(audio).words[0].end == 0.3


def test_a_plain_text_is_heard_and_silence_has_no_words() -> None:
    with Sounding(always(Answer(b"We track recall.\n", content_type="text/plain; charset=utf-8"))) as server:
        assert heard(server_at(server.base_url)).text == "We track recall."
    with Sounding(always(Answer({"text": " ", "words": [], "segments": []}))) as server:
        assert (heard(server_at(server.base_url)).text, heard(server_at(server.base_url)).words) == ("", ())


ODD = [
    Answer(b"<html>Welcome</html>", content_type="text/html"),
    Answer({"error": "none"}),
    Answer(["We track recall."]),
    Answer({"text": 5}),
    Answer({"text": "x", "words": [{"word": "x", "start": "soon"}]}),
    Answer(b'{"text": "x", "words": [{"word": "x", "start": NaN}]}'),
    Answer({"text": "x", "words": [{"word": "x", "probability": 4}]}),
    Answer(b""),
]


@pytest.mark.parametrize("odd", ODD, ids=["html", "no text", "list", "number", "time", "nan", "probability", "empty"])
def test_a_reply_that_is_no_transcription_is_broken(odd: Answer) -> None:
    with Sounding(always(odd)) as server:
        fails(server_at(server.base_url), ModelReplyBroken, "is no transcription: check HEARING_BASE_URL")


def test_what_is_no_wav_is_never_sent() -> None:
    async def work() -> None:
        with pytest.raises(DeveloperError):
            await server_at("http://127.0.0.1:9/v1").transcribe(b"ID3...", "")

    asyncio.run(work())


# --------------------------------------------------------------------------- speaking


def test_a_sentence_is_asked_for_as_wav_and_nothing_else_is_sent() -> None:
    with Sounding(always(Answer(SPOKEN, content_type="audio/wav"))) as server:
        assert spoken(server_at(server.base_url)) == SPOKEN
    (sent,) = server.sent
    assert sent.path == "/v1/audio/speech"
    assert sent.fields == {"model": "some-model", "voice": "nova", "input": "Good morning.", "response_format": "wav"}


UNKNOWN = [(b"\xff" * 4, b"\xff" * 4), (b"\0" * 4, b"\0" * 4), (b"\xff\xff\xff\x7f", b"\xdb\xff\xff\x7f")]


@pytest.mark.parametrize("sizes", UNKNOWN, ids=["all ones", "zero", "signed"])
def test_the_sizes_of_a_streamed_wav_are_mended(sizes: tuple[bytes, bytes]) -> None:
    streamed = SPOKEN[:4] + sizes[0] + SPOKEN[8:40] + sizes[1] + SPOKEN[44:] + b"\0"  # and half a frame too much
    with Sounding(always(Answer(streamed, content_type="audio/wav"))) as server:
        told = spoken(server_at(server.base_url))
    assert told == SPOKEN
    with wave.open(io.BytesIO(told)) as opened:
        assert opened.getnframes() == 8000


def test_a_wav_lasts_as_long_as_its_bytes_in_whatever_encoding() -> None:
    shape = struct.pack("<HHIIHH", 3, 2, 24_000, 24_000 * 8, 8, 32)  # floats, two channels
    floats = b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<I", len(shape)) + shape + b"data" + struct.pack("<I", 96_000) + bytes(96_000)
    assert (seconds_of(SPOKEN), seconds_of(floats)) == (0.5, 0.5)
    assert seconds_of(SPOKEN[:44] + bytes(8000)) == 0.25, "what was cut off does not last"
    assert seconds_of(b"ID3") == 0


NO_WAV = {
    "is no WAV": [b"ID3\x04" + bytes(100), b"", b'{"text": "hello"}', SPOKEN[:30], SPOKEN[:12] + SPOKEN[36:]],
    "was cut off": [SPOKEN[:-100]],
    "without sound": [SPOKEN[:40] + bytes(4)],
}


@pytest.mark.parametrize(("says", "body"), [(says, body) for says, bodies in NO_WAV.items() for body in bodies])
def test_what_is_no_whole_wav_is_broken(says: str, body: bytes) -> None:
    with Sounding(always(Answer(body, content_type="audio/wav"))) as server:
        fails(server_at(server.base_url), ModelReplyBroken, f"{says}.*check VOICE_BASE_URL.*VOICE_MODEL", speaks=True)


# --------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("answer", "kind", "sentence", "asked"),
    [
        (error(401, f"Incorrect API key provided: {KEY}"), ModelRefused, r"\(401\): check VOICE_API_KEY\.$", 1),
        (error(403, f"{KEY} has no right"), ModelRefused, r"\(403\): check VOICE_API_KEY", 1),
        (error(404, "no such model"), ModelRefused, r"or no /audio/speech there \(404: no such model\): check VOICE_MODEL", 1),
        (error(400, f"bad voice for {KEY}"), ModelRefused, r"\(400: bad voice for \[key\]\)", 1),
        (Answer(b"", 302, headers={"location": "http://127.0.0.1:9/v1"}), ModelRefused, "another address .*in VOICE_BASE_URL", 1),
        (Answer({}, 429, headers={"retry-after": "0"}), ModelUnreachable, r"has too much to do \(429\)", 2),
        (Answer({}, 503, headers={"retry-after": "0"}), ModelUnreachable, r"has trouble of its own \(503\)", 2),
        (Answer(cut=True), ModelUnreachable, "broke off while some-model was answering", 2),
    ],
)
def test_a_fault_names_host_model_and_remedy(answer: Answer, kind: type[ModelError], sentence: str, asked: int) -> None:
    with Sounding(always(answer)) as server:
        fails(server_at(server.base_url), kind, sentence, speaks=True)
    assert len(server.sent) == asked


def test_a_server_that_comes_round_speaks() -> None:
    answers: Iterator[Answer] = chain([Answer({}, 503)], repeat(Answer(SPOKEN)))
    with Sounding(lambda _: next(answers)) as server:
        assert spoken(server_at(server.base_url)) == SPOKEN


def test_a_server_that_hangs_is_left_at_the_deadline() -> None:
    with Sounding(always(Answer(hangs=True))) as server:
        fails(server_at(server.base_url, timeout_s=0.4), ModelUnreachable, r"within 0\.4 s: raise MODEL_TIMEOUT_S")


def test_a_closed_port_is_unreachable() -> None:
    fails(server_at(closed_port()), ModelUnreachable, "can't be reached for some-model: is it running, and is HEARING_BASE_URL right")


def fails(server: AudioServer, kind: type[ModelError], says: str, speaks: bool = False) -> None:
    """The call raises `kind` with a sentence that names host and model, and the key nowhere."""
    with pytest.raises(kind, match=says) as caught:
        spoken(server) if speaks else heard(server)
    assert server.host in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


# --------------------------------------------------------------------------- settings


def test_without_settings_of_their_own_there_are_neither_server() -> None:
    assert hearing_server(settings(openai_api_key=OTHER)) is None
    assert voice_server(settings(openai_api_key=OTHER, hearing_model="whisper-1")) is None


def test_a_model_alone_is_asked_of_the_models_server_and_an_address_alone_for_the_usual_model() -> None:
    made = hearing_server(settings(openai_api_key=OTHER, hearing_model="gpt-4o-transcribe"))
    assert made and (made.host, made.model) == ("api.openai.com", "gpt-4o-transcribe")
    own, voice = (
        hearing_server(settings(hearing_base_url="http://127.0.0.1:9/v1")),
        voice_server(settings(voice_base_url="http://127.0.0.1:9/v1")),
    )
    assert own and voice and (own.host, own.model, voice.model, voice.voice) == ("127.0.0.1:9", "whisper-1", "tts-1", "alloy")


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        ({"voice_base_url": ""}, OTHER),
        ({"voice_base_url": "", "voice_api_key": KEY}, KEY),
        ({"voice_base_url": "own"}, "no-key"),
        ({"voice_base_url": "own", "voice_api_key": " "}, "no-key"),
        ({"voice_base_url": "own", "voice_api_key": KEY}, KEY),
    ],
)
def test_the_key_for_models_goes_to_no_server_of_ones_own(told: dict[str, str], sent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OTHER)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", OTHER)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"Authorization: Bearer {OTHER}\nX-Other: {OTHER}")
    monkeypatch.setenv("OPENAI_ORG_ID", OTHER)
    with Sounding(always(Answer(SPOKEN))) as server:
        own = server.base_url if told["voice_base_url"] else None
        shared = closed_port() if own else server.base_url
        made = voice_server(settings(openai_api_key=OTHER, openai_base_url=shared, voice_model="m", **(told | {"voice_base_url": own})))
        assert made
        spoken(made)
    headers = server.sent[0].headers
    assert headers["authorization"] == f"Bearer {sent}"
    assert OTHER not in "".join(value for name, value in headers.items() if name != "authorization")


def test_errors_of_the_models_server_name_its_settings() -> None:
    url = closed_port()
    made = hearing_server(settings(openai_base_url=url, hearing_model="some-model"))
    assert made
    with pytest.raises(ModelUnreachable, match="is OPENAI_BASE_URL right"):
        heard(made)


def test_openai_without_a_key_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(SetupError, match=r"HEARING_MODEL is set, .*set HEARING_BASE_URL, or OPENAI_API_KEY"):
        hearing_server(settings(hearing_model="whisper-1"))


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://127.0.0.1/v1", "http://", "http://127.0.0.1:port/v1", "http://[::1/v1"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(SetupError, match="VOICE_BASE_URL is no address of a server"):
        voice_server(settings(voice_base_url=url))


def test_passwords_and_odd_keys_are_refused_and_not_repeated() -> None:
    with pytest.raises(SetupError, match="HEARING_BASE_URL has a user name or password") as caught:
        hearing_server(settings(hearing_base_url="https://me:hunter2@model.test/v1"))
    assert "hunter2" not in str(caught.value)
    with pytest.raises(SetupError, match="HEARING_API_KEY has a character in place 4") as odd:
        hearing_server(settings(hearing_base_url="https://model.test/v1", hearing_api_key="sk- secret"))
    assert "secret" not in str(odd.value)


def test_making_a_server_imports_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from interviewer.model.audio import voice_server; from interviewer.settings import Settings\n"
        "assert voice_server(Settings(_env_file=None, voice_base_url='http://127.0.0.1:9/v1'))\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & {'langchain_core', 'openai', 'httpx2', 'tiktoken'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
