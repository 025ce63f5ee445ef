"""Sound in and out of files and streams."""

from __future__ import annotations

import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interviewer.errors import CandidateError, FileError
from interviewer.speech.audio import RATE, Resampler, Samples, as_flac, as_wav, from_flac, read_audio


def tone(seconds: float, rate: int = RATE, hertz: float = 440) -> Samples:
    made: Samples = (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)
    return made


def hertz_of(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


@pytest.mark.parametrize(
    ("name", "rate"), [("a.wav", 16_000), ("a.wav", 48_000), ("a.flac", 44_100), ("a.ogg", 22_050), ("a.aiff", 16_000)]
)
def test_a_recording_is_read_at_sixteen_thousand_samples_a_second(tmp_path: Path, name: str, rate: int) -> None:
    soundfile.write(tmp_path / name, tone(2, rate), rate)
    samples = read_audio(tmp_path / name)
    assert samples.dtype == np.float32 and len(samples) == pytest.approx(2 * RATE, abs=2)
    assert hertz_of(samples) == pytest.approx(440, abs=1)


def test_channels_are_averaged(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "stereo.wav", np.stack([tone(1), np.zeros(RATE)], 1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(tmp_path / "stereo.wav"), tone(1) / 2, atol=1e-6)


def test_what_is_louder_than_can_be_is_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", 10 * tone(1), RATE, subtype="FLOAT")
    assert np.abs(read_audio(tmp_path / "loud.wav")).max() == 1


def refusal(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_audio(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ") and "\n" not in said
    return said


@pytest.mark.parametrize("content", [b"hello " * 1000, b"RIFF\x24\x00\x00\x00WAVEjunk", b"\x00" * 500, b"fLaC\x00"])
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    assert "is not audio" in refusal(tmp_path / "a.wav")


def test_an_empty_file_one_without_sound_a_folder_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    soundfile.write(tmp_path / "none.wav", tone(0), RATE)
    assert "is empty" in refusal(tmp_path / "empty.wav")
    assert "holds no sound" in refusal(tmp_path / "none.wav")
    assert "is no file" in refusal(tmp_path)
    assert "can't be read" in refusal(tmp_path / "missing.wav")


def test_eight_thousand_samples_a_second_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "phone.wav", np.stack([tone(1, 8000)] * 2, 1), 8000)
    assert "has 8000 samples a second" in refusal(tmp_path / "phone.wav")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_recording_that_breaks_off_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    soundfile.write(path, tone(4), RATE)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "breaks off" in refusal(path)


def test_a_wav_that_was_written_as_a_stream_is_read(tmp_path: Path) -> None:
    whole = as_wav(tone(1))
    (tmp_path / "a.wav").write_bytes(whole[:4] + b"\xff" * 4 + whole[8:40] + b"\xff" * 4 + whole[44:])
    assert len(read_audio(tmp_path / "a.wav")) == RATE


def test_two_hours_are_refused_before_they_are_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(120):
            file.writeframes(bytes(2 * RATE * 60))
    tracemalloc.start()
    assert "is 120 minutes long" in refusal(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_values_that_are_no_sound_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(RATE, np.nan), RATE, subtype="FLOAT")
    assert "no sound" in refusal(tmp_path / "a.wav")


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_a_stream_comes_out_the_same_however_it_is_cut(rate: int) -> None:
    pcm = (tone(2, rate) * 32767).astype("<i2").tobytes()
    odd = Resampler(rate)
    parts = [odd.feed(pcm[at : at + 961]) for at in range(0, len(pcm), 961)]
    whole = Resampler(rate)
    together = np.concatenate([whole.feed(pcm), whole.rest()])
    np.testing.assert_allclose(np.concatenate([*parts, odd.rest()]), together, atol=1e-5)
    assert len(together) == pytest.approx(2 * RATE, abs=2) and hertz_of(together) == pytest.approx(440, abs=1)
    assert sum(map(len, parts)) > 1.9 * RATE


@pytest.mark.parametrize("rate", [0, -1, 8000, 10_000_000])
def test_a_microphone_with_a_rate_that_cannot_be_used_is_refused(rate: int) -> None:
    with pytest.raises(CandidateError, match=f"gives {rate} samples"):
        Resampler(rate)


def test_a_flac_holds_what_the_wav_holds_in_less_room(tmp_path: Path) -> None:
    samples = tone(3)
    (tmp_path / "a.wav").write_bytes(as_wav(samples))
    np.testing.assert_array_equal(from_flac(as_flac(samples)), read_audio(tmp_path / "a.wav"))
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav"), samples, atol=1e-4)
    assert len(as_flac(samples)) < 0.8 * len(as_wav(samples))


@pytest.mark.parametrize("content", [b"", b"not audio", as_wav(tone(1))[:30]])
def test_a_kept_recording_that_was_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(FileError, match="can't be read any more"):
        from_flac(content)
