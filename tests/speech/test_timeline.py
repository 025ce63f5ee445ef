from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewer.domain import Heard, HeardWord
from interviewer.speech.delivery import Delivery, delivery
from interviewer.speech.timeline import timeline

RATE = 16_000
SVG = "{http://www.w3.org/2000/svg}"


def spoken(seconds: float) -> NDArray[np.float32]:
    """A second of noise, then half a second of nothing, and so on."""
    at = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(1).standard_normal(len(at))
    return np.where(at % 1.5 < 1, noise / 4, 0).astype(np.float32)


def told(text: str = "Um, I think it is late.", seconds: float = 60.0, pauses: int = 3, timed: bool = True) -> Delivery:
    """The delivery of an answer with so many pauses of two seconds, its words spread evenly over it."""
    step = seconds / (pauses + 1)
    speech = tuple((n * step, (n + 1) * step - (2 if n < pauses else 0)) for n in range(pauses + 1))
    every = text.split()
    words = tuple(HeardWord(word=w, start=n * seconds / len(every)) for n, w in enumerate(every)) if timed else ()
    return delivery([Heard(text=text, words=words, recogniser="a test", seconds=seconds, speech=speech)], [1.0], 3)


def texts(drawing: str, tag: str) -> list[str]:
    return ["".join(e.itertext()) for e in ET.fromstring(drawing).iter(f"{SVG}{tag}")]


def test_the_drawing_is_one_image_with_a_title_and_a_description() -> None:
    root = ET.fromstring(timeline(spoken(60), told()))
    named = {e.get("id"): e for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")}
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == list(named)
    title, description = (e.text or "" for e in named.values())
    assert "1:00" in title
    assert "Pauses of a second or more: 3, 2.0 seconds at 0:13" in description
    assert "Fillers: 1, \u201cUm\u201d at 0:00" in description
    assert "Hedges: 1, \u201cI think\u201d at 0:10" in description


def test_pauses_are_framed_where_they_are_and_carry_their_length() -> None:
    d = told(seconds=60, pauses=2)
    root = ET.fromstring(timeline(None, d))
    frames = [(float(e.get("x") or 0), float(e.get("width") or 0)) for e in root.iter(f"{SVG}rect")]
    assert frames == [pytest.approx((10 + 780 * 18 / 60, 26), abs=0.2), pytest.approx((10 + 780 * 38 / 60, 26), abs=0.2)]
    assert texts(timeline(None, d), "text").count("2.0 s") == 2


def test_a_line_stands_where_a_later_recording_begins() -> None:
    heard = Heard(text="It is late.", recogniser="a test", seconds=30, speech=((1.0, 29.0),))
    drawing = timeline(None, delivery([heard, heard], [1.0, 1.0], 3))
    assert '<path d="M400 26V142"' in drawing
    assert 'class="join"' not in timeline(None, delivery([heard], [1.0], 3))


def test_the_waveform_is_high_where_it_is_loud() -> None:
    samples = np.concatenate([np.zeros(RATE, np.float32), np.full(RATE, 0.5, np.float32)])
    polygon = next(ET.fromstring(timeline(samples, told(seconds=2, pauses=0))).iter(f"{SVG}polygon"))
    points = [tuple(map(float, p.split(","))) for p in (polygon.get("points") or "").split()]
    heights = {x: abs(y - 82) for x, y in points}
    assert max(h for x, h in heights.items() if x < 395) == 0
    assert min(h for x, h in heights.items() if x > 405) == 44


@pytest.mark.parametrize("samples", [None, np.zeros(0, np.float32)])
def test_without_samples_the_stretches_of_speech_are_bars(samples: NDArray[np.float32] | None) -> None:
    drawing = timeline(samples, told(pauses=2))
    assert "<polygon" not in drawing
    bars = max((e.get("d") or "" for e in ET.fromstring(drawing).iter(f"{SVG}path")), key=lambda d: d.count("z"))
    assert bars.count("z") == 3


def test_silence_and_broken_samples_are_drawn_without_a_number_that_is_none() -> None:
    for samples in (np.zeros(RATE, np.float32), np.full(3, np.nan, np.float32), np.array([np.inf, -1, 0], np.float32)):
        drawing = timeline(samples, told())
        assert "nan" not in drawing and "inf" not in drawing


def test_an_answer_of_no_length_is_drawn() -> None:
    drawing = timeline(None, delivery([], [], 3))
    assert "Pauses are not known" in ET.fromstring(drawing).find(f"{SVG}desc").text  # type: ignore[union-attr, operator]


def test_words_without_a_time_are_told_and_not_drawn() -> None:
    drawing = timeline(None, told(timed=False))
    assert "Fillers: 1 whose time is not known" in drawing
    assert len(texts(drawing, "title")) == 1


def test_what_was_said_is_shown_as_said() -> None:
    d = told()
    hostile = d.fillers[0].model_copy(update={"word": "<script>alert('&')</script>\"{id}"})
    drawing = timeline(None, d.model_copy(update={"fillers": (hostile,)}))
    assert "<script" not in drawing
    assert "<script>alert('&')</script>\"{id} at 0:00" in texts(drawing, "title")


def test_the_drawing_has_no_script_and_refers_to_nothing_outside_itself() -> None:
    drawing = timeline(spoken(60), told())
    assert not re.search(r"<script|<foreignObject|<image|<use|<style|href|url\(|@import|\son\w+=", drawing)
    assert re.findall(r"https?://[^\"]+", drawing) == ["http://www.w3.org/2000/svg"]


def test_a_key_says_what_the_marks_are() -> None:
    assert "\u25c6 hedge, \u25b2 filler, dashed: pause of a second or more" in texts(timeline(None, told()), "text")


def test_colours_follow_the_page() -> None:
    drawing = timeline(spoken(60), told())
    fills = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing))
    assert fills == {"currentColor"}
    assert all(style.startswith(("display:", "fill:var(--timeline-")) for style in re.findall(r'style="([^"]+)"', drawing))


@pytest.mark.parametrize("seconds", [0.5, 5, 61, 300, 3600])
def test_the_axis_has_few_ticks_and_begins_at_nought(seconds: float) -> None:
    ticks = [t for t in texts(timeline(None, told(seconds=seconds, pauses=0)), "text") if ":" in t]
    assert ticks[0] == "0:00"
    assert 1 <= len(ticks) <= 9


def test_nothing_lies_outside_the_drawing() -> None:
    late = told().model_copy(update={"seconds": 30.0})  # words and pauses after the end
    root = ET.fromstring(timeline(None, late))
    assert all(0 <= float(e.get("x") or 0) + float(e.get("width") or 0) <= 800.1 for e in root.iter(f"{SVG}rect"))
    assert all(0 <= float(e.get("x") or 0) <= 800 for e in root.iter(f"{SVG}text"))


def test_five_minutes_full_of_fillers_stay_under_thirty_kilobytes() -> None:
    full = told("um I think so uh maybe " * 100, seconds=300, pauses=60)
    assert len(full.fillers) == 200
    assert len(timeline(spoken(300), full).encode()) < 30_000


def test_two_drawings_on_a_page_do_not_share_an_id() -> None:
    one, other = (set(re.findall(r' id="([^"]+)"', timeline(None, told(seconds=s)))) for s in (60, 61))
    assert len(one) == 2
    assert not one & other
