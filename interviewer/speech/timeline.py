"""An answer over time as one inline SVG: the waveform, pauses, fillers and hedges, on an axis of minutes.

It has no script, refers to nothing outside itself, and takes its colours from the text around it, so that it reads in light and in dark.
Nothing is told by colour alone: fillers are triangles below, hedges diamonds above, pauses bands with their length written in them.
"""

from __future__ import annotations

import html
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from interviewer.speech.delivery import Delivery, Said, clock

_WIDE, _HIGH = 800, 160
_LEFT, _RIGHT = 10, 790
_MIDDLE, _TALL = 82, 44  # the waveform's middle line, and how far it reaches
_ABOVE, _BELOW = 26, 136
_AXIS = 142
_COLUMNS = 390  # of the waveform: every second pixel
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)  # seconds between two ticks of the axis
_TICKS = 8
_ROOM = 24  # pixels that the length of a pause needs
_MOST = 60  # marks of a kind, and pauses, that are drawn, so that the drawing stays small
_NAMED = 20  # of a kind that are named to who cannot see the drawing
_QUIET = 1e-4  # a peak below which a recording is silence, and is not blown up to full height
_LOOK = "display:block;width:100%;max-width:800px;height:auto;color:inherit;font:12px system-ui,sans-serif"
_FILLER = "fill:var(--timeline-filler,#c2410c)"  # mid tones, which stand out on white and on black
_HEDGE = "fill:var(--timeline-hedge,#3b82f6)"


def timeline(samples: NDArray[np.float32] | None, delivery: Delivery) -> str:
    """The drawing for an answer of `delivery.seconds` seconds; `samples` are its recordings end to end, None where none was kept.

    Without samples the stretches of speech are bars in place of the waveform.
    """
    d = delivery
    body = [
        *_bands(d),
        _wave(samples, d) if samples is not None and len(samples) else _bars(d),
        *_marks(d.hedges, d, f"M{{x}} {_ABOVE}l5 5l-5 5l-5 -5z", _HEDGE),
        *_marks(d.fillers, d, f"M{{x}} {_BELOW - 9}l5 9h-10z", _FILLER),
        *_joins(d),
        *_axis(d),
        _key(d),
    ]
    title, told, shapes = html.escape(_title(d)), html.escape(_told(d)), "".join(body)
    name = f"timeline-{zlib.crc32(f'{title}{told}{shapes}'.encode()):08x}"  # another for each drawing on a page
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" aria-labelledby="{name} {name}-told" '
        f'viewBox="0 0 {_WIDE} {_HIGH}" style="{_LOOK}"><title id="{name}">{title}</title>'
        f'<desc id="{name}-told">{told}</desc>{shapes}</svg>'
    )


def _x(seconds: float, d: Delivery) -> float:
    """Where a time stands, never outside the axis."""
    share = min(1.0, max(0.0, seconds / d.seconds)) if d.seconds else 0.0
    return round(_LEFT + share * (_RIGHT - _LEFT), 1)


# --------------------------------------------------------------------------- shapes


def _wave(samples: NDArray[np.float32], d: Delivery) -> str:
    """The loudest sample of each column, as one closed line mirrored at the middle; the loudest of all has the full height."""
    columns = min(_COLUMNS, len(samples))
    edges = np.linspace(0, len(samples), columns, endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(np.abs(np.nan_to_num(samples)), edges)
    heights = np.minimum(1, peaks / max(float(peaks.max()), _QUIET)) * _TALL
    xs = _LEFT + (np.arange(columns) + 0.5) / columns * (_RIGHT - _LEFT)
    upper = " ".join(f"{x:.0f},{_MIDDLE - h:.0f}" for x, h in zip(xs, heights, strict=True))
    lower = " ".join(f"{x:.0f},{_MIDDLE + h:.0f}" for x, h in zip(xs[::-1], heights[::-1], strict=True))
    return f'<polygon points="{upper} {lower}" fill="currentColor" stroke="currentColor" opacity=".55"/>'


def _bars(d: Delivery) -> str:
    """The stretches of speech, in one path."""
    path = "".join(f"M{_x(a, d):g} {_MIDDLE - 14}H{_x(b, d):g}v28H{_x(a, d):g}z" for a, b in d.speech)
    return f'<path d="{path}" fill="currentColor" opacity=".55"/>' if path else ""


def _bands(d: Delivery) -> list[str]:
    """A dashed frame for each pause, with its length, which is left out where it has no room."""
    places = [(_x(p.start, d), _x(p.start + p.seconds, d), p.seconds) for p in (d.pauses or ())[:_MOST]]
    top, tall = _MIDDLE - _TALL, 2 * _TALL
    frames = [f'<rect x="{a:g}" y="{top}" width="{max(1.0, b - a):.1f}" height="{tall}"/>' for a, b, _ in places]
    lengths = [f'<text x="{(a + b) / 2:.1f}" y="{top + 13}">{seconds:.1f} s</text>' for a, b, seconds in places if b - a >= _ROOM]
    return [
        f'<g fill="currentColor" fill-opacity=".1" stroke="currentColor" stroke-opacity=".5" stroke-dasharray="3 2">{"".join(frames)}</g>',
        f'<g fill="currentColor" text-anchor="middle">{"".join(lengths)}</g>',
    ]


def _marks(said: Sequence[Said], d: Delivery, shape: str, look: str) -> list[str]:
    """A shape for each word whose time is known, with the word as its own title."""
    timed = [(s.word, s.start) for s in said if s.start is not None][:_MOST]
    paths = [
        f'<path d="{shape.format(x=f"{_x(start, d):g}")}"><title>{html.escape(f"{word} at {clock(start)}")}</title></path>'
        for word, start in timed
    ]
    return [f'<g style="{look}">{"".join(paths)}</g>']


def _joins(d: Delivery) -> list[str]:
    """A line from top to bottom where a later recording begins: the quiet around it is no pause."""
    path = "".join(f"M{_x(start, d):g} {_ABOVE}V{_AXIS}" for start in d.starts[1:])
    return [f'<path d="{path}" stroke="currentColor" stroke-width="2" class="join"/>'] if path else []


def _axis(d: Delivery) -> list[str]:
    """The line of time, with at most nine ticks in minutes and seconds."""
    step = next((s for s in _STEPS if d.seconds / s <= _TICKS), _STEPS[-1] * max(1, round(d.seconds / _STEPS[-1] / _TICKS)))
    shapes = [f'<path d="M{_LEFT} {_AXIS}H{_RIGHT}" stroke="currentColor" opacity=".7"/>']
    for seconds in range(0, int(d.seconds) + 1, step):
        x = _x(seconds, d)
        anchor = "start" if x < _LEFT + 12 else "end" if x > _RIGHT - 12 else "middle"
        shapes.append(f'<path d="M{x:g} {_AXIS}v4" stroke="currentColor"/>')
        shapes.append(f'<text x="{x:g}" y="{_HIGH - 2}" text-anchor="{anchor}" fill="currentColor">{clock(seconds)}</text>')
    return shapes


def _key(d: Delivery) -> str:
    more = ", line: next recording" if len(d.starts) > 1 else ""
    return (
        f'<text x="{_RIGHT}" y="10" text-anchor="end" fill="currentColor"><tspan style="{_HEDGE}">\u25c6</tspan> hedge, '
        f'<tspan style="{_FILLER}">\u25b2</tspan> filler, dashed: pause of a second or more{more}</text>'
    )


# --------------------------------------------------------------------------- in words


def _title(d: Delivery) -> str:
    return f"The answer over time, {clock(d.seconds)} minutes"


def _told(d: Delivery) -> str:
    """What the drawing shows, for who cannot see it."""
    lengths = [f"{s.seconds:.1f} seconds at {clock(s.start)}" for s in d.pauses or ()]
    pauses = "Pauses are not known" if d.pauses is None else f"Pauses of a second or more: {_listed(lengths)}"
    most = f". Of each kind, the first {_MOST} are drawn" if max(len(lengths), len(d.fillers), len(d.hedges)) > _MOST else ""
    return f"{pauses}. Fillers: {_placed(d.fillers)}. Hedges: {_placed(d.hedges)}{most}."


def _placed(said: Sequence[Said]) -> str:
    timed = [f"\u201c{s.word}\u201d at {clock(s.start)}" for s in said if s.start is not None]
    untimed = len(said) - len(timed)
    if untimed and not timed:
        return f"{untimed} whose time is not known"
    return f"{_listed(timed)}{f' and {untimed} whose time is not known' if untimed else ''}"


def _listed(every: Sequence[str]) -> str:
    """How many, and the first of them by name."""
    if not every:
        return "none"
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return f"{len(every)}, {', '.join(every[:_NAMED])}{more}"
