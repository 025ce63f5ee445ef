"""The start: what the interview is to be about, and the interviews there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.bank import Wish
from interviewer.domain import Pack, Seniority
from interviewer.errors import CandidateError
from interviewer.interview import Kind, Started, Style
from interviewer.store import Listed
from interviewer.web.aloud.parts import start_html

BY_ITEMS, BY_MINUTES = "A number of questions", "A number of minutes"
MOST_FOCUS = 20_000
STYLES = [
    ("Coached: feedback after each question", Style.COACHED.value),
    ("Real: feedback at the end only", Style.REAL.value),
]
SENIORITIES = [
    ("Entering the role", Seniority.ENTERING.value),
    ("Experienced", Seniority.EXPERIENCED.value),
    ("Leading", Seniority.LEADING.value),
]


@dataclass(frozen=True)
class StartParts:
    """The components of the start."""

    section: gr.Column
    pack: gr.Dropdown
    rounds: gr.CheckboxGroup
    seniority: gr.Radio
    style: gr.Radio
    bound: gr.Radio
    items: gr.Slider
    minutes: gr.Slider
    focus: gr.Textbox
    begin: gr.Button
    past: gr.Dropdown
    past_links: gr.HTML
    open_past: gr.Button
    delete_past: gr.Button
    confirm: gr.Row
    confirm_delete: gr.Button
    keep: gr.Button
    past_section: gr.Column

    @property
    def wish(self) -> list[Any]:
        """The inputs that `read_wish` takes, in its order."""
        return [self.pack, self.rounds, self.seniority, self.style, self.bound, self.items, self.minutes, self.focus]


def build_start(packs: Sequence[Pack]) -> StartParts:
    """Lay the start out."""
    first = packs[0]
    with gr.Column(elem_id="start") as section:
        gr.Markdown("## Set up an interview")
        pack = gr.Dropdown(
            [(p.name, p.id) for p in packs], value=first.id, label="Role", elem_id="pack", visible=len(packs) > 1, interactive=True
        )
        rounds = gr.CheckboxGroup(
            round_choices(first),
            value=[],
            label="Rounds",
            info="Choose the kinds of interview to practise. None chosen means a mix of all.",
            elem_id="rounds",
        )
        with gr.Row():
            seniority = gr.Radio(SENIORITIES, value=Seniority.EXPERIENCED.value, label="Your seniority", elem_id="seniority")
            style = gr.Radio(STYLES, value=Style.COACHED.value, label="Style", elem_id="style")
        with gr.Row():
            bound = gr.Radio([BY_ITEMS, BY_MINUTES], value=BY_ITEMS, label="Length", elem_id="bound")
            items = gr.Slider(1, 12, value=3, step=1, label="Questions", elem_id="items")
            minutes = gr.Slider(5, 90, value=30, step=5, label="Minutes", elem_id="minutes", visible=False)
        gr.HTML(start_html(), elem_id="speech-start", padding=False)
        focus = gr.Textbox(
            label="Focus (optional)",
            info="A topic in your own words, such as ranking metrics, or a pasted job description. "
            "It steers which questions are drawn and is not kept.",
            lines=2,
            max_lines=8,
            max_length=MOST_FOCUS,
            elem_id="focus",
        )
        begin = gr.Button("Getting ready …", variant="primary", interactive=False, elem_id="begin")
        with gr.Column(visible=False, elem_id="past-section") as past_section:
            gr.Markdown("## Your interviews")
            past = gr.Dropdown(
                [], label="Interviews on this server that are yours", elem_id="past", interactive=True, allow_custom_value=True
            )
            with gr.Row():
                open_past = gr.Button("Open", elem_id="open-past")
                delete_past = gr.Button("Delete …", variant="stop", elem_id="delete-past")
            past_links = gr.HTML(elem_id="past-links")
            with gr.Row(visible=False) as confirm:
                confirm_delete = gr.Button("Yes, delete it and every word of it", variant="stop", elem_id="confirm-delete")
                keep = gr.Button("Keep it", elem_id="keep")
    bound.change(
        lambda chosen: (gr.update(visible=chosen == BY_ITEMS), gr.update(visible=chosen == BY_MINUTES)),
        bound,
        [items, minutes],
        api_visibility="private",
        api_name="length",
    )
    return StartParts(
        section, pack, rounds, seniority, style, bound, items, minutes, focus, begin, past, past_links,
        open_past, delete_past, confirm, confirm_delete, keep, past_section,
    )  # fmt: skip


def round_choices(pack: Pack) -> list[tuple[str, str]]:
    """The pack's rounds that have items, as choices."""
    with_items = {i.round for i in pack.items}
    return [(r.name, r.id) for r in pack.rounds if r.id in with_items]


def read_wish(values: Sequence[Any]) -> tuple[str, Wish, Style, str]:
    """Pack, wish, style and focus from what the page sent; raises CandidateError on what the page can't have sent."""
    pack, rounds, seniority, style, bound, items, minutes, focus = values
    try:
        wish = Wish(
            rounds=tuple(str(r) for r in rounds or ()),
            seniority=Seniority(seniority),
            items=int(items),
            minutes=float(minutes) if bound == BY_MINUTES else None,
        )
        return str(pack), wish, Style(style), str(focus or "")[:MOST_FOCUS]
    except (TypeError, ValueError) as error:
        raise CandidateError("The choices could not be read; reload the page and choose again.") from error


def past_choices(listed: Sequence[Listed], packs: Sequence[Pack]) -> list[tuple[str, str]]:
    """A line for each interview: when, what, and how far it got."""
    names = {p.id: {r.id: r.name for r in p.rounds} for p in packs}
    lines = []
    for one in listed:
        started = Started.model_validate(one.first.body)
        rounds = [names.get(started.pack, {}).get(r, r) for r in started.rounds]
        what = ", ".join(rounds) or "A mix of rounds"
        ended = "finished" if Kind.ENDED in one.kinds else "in progress"
        count = len(started.guide)
        lines.append((f"{one.began:%d %b %Y, %H:%M} UTC · {what} · {count} question{'s' * (count != 1)} · {ended}", one.id))
    return lines
