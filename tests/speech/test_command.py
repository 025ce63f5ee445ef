"""The command `hear`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interviewer.__main__ import BAD_INPUT, FINE, main
from interviewer.speech import hearing
from interviewer.speech.audio import RATE
from tests.speech.ears import ONE, needs_moonshine, noise, quiet

Hear = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hear:
    """Run the command with the embedded recogniser alone; its exit code and what it printed."""
    for name in ("HEARING_BASE_URL", "HEARING_MODEL", "HEARING_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(hearing, "installed", lambda: False)
    monkeypatch.chdir(tmp_path)

    def run(*args: object) -> tuple[int, str, str]:
        code = main(["hear", *map(str, args)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@needs_moonshine
def test_the_text_is_printed(hear: Hear) -> None:
    code, out, err = hear(ONE)
    assert (code, err) == (FINE, "") and out.casefold() == "i would check precision and recall before the launch.\n"


@needs_moonshine
def test_json_holds_the_text_the_words_and_the_recogniser_and_nothing_else(hear: Hear) -> None:
    code, out, _ = hear(ONE, "--json", "--terms", "precision, recall,")
    told = json.loads(out)
    assert code == FINE and set(told) == {"text", "words", "recogniser"} and told["recogniser"] == "moonshine tiny-en"
    assert all(set(word) == {"word", "start", "end", "confidence"} for word in told["words"])
    assert " ".join(word["word"] for word in told["words"]) == told["text"]


@needs_moonshine
@pytest.mark.parametrize("sound", [quiet(2), noise(2)], ids=["silence", "noise"])
def test_where_nothing_was_said_that_is_told(hear: Hear, tmp_path: Path, sound: np.ndarray) -> None:
    soundfile.write(tmp_path / "a.wav", sound, RATE)
    assert hear(tmp_path / "a.wav") == (BAD_INPUT, "", f"interviewer: {tmp_path / 'a.wav'}: nothing was said in it\n")


def test_a_file_that_cannot_be_heard_gets_one_sentence(hear: Hear, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no audio")
    code, out, err = hear(tmp_path / "a.wav")
    assert code == BAD_INPUT and out == "" and err.count("\n") == 1 and "is not audio" in err


def test_where_nothing_hears_the_remedy_is_told(hear: Hear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "place", lambda carried: None)
    code, out, err = hear(ONE)
    assert code == BAD_INPUT and out == "" and err.count("\n") == 1 and "-r weights.lock" in err
