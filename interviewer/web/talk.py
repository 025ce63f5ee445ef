"""The interview itself: the chat, the answer, and in coached style the feedback after each item."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from interviewer.domain import Pack
from interviewer.interview import MOST_CHARACTERS, State
from interviewer.web.aloud.parts import talk_html

SKIPPED = "(skipped)"


@dataclass(frozen=True)
class TalkParts:
    """The components of the interview."""

    section: gr.Column
    where: gr.HTML
    chat: gr.Chatbot
    live: gr.Markdown
    asking: gr.Column
    answer: gr.Textbox
    send: gr.Button
    clarify: gr.Button
    again: gr.Button
    skip: gr.Button
    end: gr.Button
    rest: gr.Column
    item_feedback: gr.Markdown
    exemplar_box: gr.Accordion
    exemplar: gr.Markdown
    next_item: gr.Button
    end_rest: gr.Button
    leave: gr.Button


def build_talk() -> TalkParts:
    """Lay the interview out."""
    with gr.Column(visible=False, elem_id="talk") as section:
        where = gr.HTML(elem_id="where-box")
        chat = gr.Chatbot(
            label="Interview", show_label=False, elem_id="chat", height="42vh", min_height=260, buttons=["copy"], allow_tags=False,
            sanitize_html=True, render_markdown=False, group_consecutive_messages=False, latex_delimiters=[], feedback_options=None,
            allow_file_downloads=False,
        )  # fmt: skip
        live = gr.Markdown(elem_id="live", visible=False, latex_delimiters=[], sanitize_html=True)
        with gr.Column() as asking:
            gr.HTML(talk_html(), elem_id="speech-box", padding=False)
            answer = gr.Textbox(
                label="Your answer",
                info="Enter starts a new line. Press Send, or Ctrl and Enter, when you are done.",
                lines=6,
                max_lines=20,
                max_length=MOST_CHARACTERS,
                elem_id="answer",
            )
            with gr.Row():
                send = gr.Button("Send answer", variant="primary", elem_id="send")
                clarify = gr.Button("Ask about the question", elem_id="clarify")
            with gr.Row():
                again = gr.Button("Say that again", size="sm", elem_id="again")
                skip = gr.Button("Skip this question", size="sm", elem_id="skip")
                end = gr.Button("End the interview", size="sm", elem_id="end")
        with gr.Column(visible=False, elem_id="rest") as rest:
            item_feedback = gr.Markdown(elem_id="item-feedback", latex_delimiters=[], sanitize_html=True)
            with gr.Accordion("Read a strong answer to this question", open=False, visible=False) as exemplar_box:
                exemplar = gr.Markdown(elem_id="exemplar", latex_delimiters=[], sanitize_html=True)
            next_item = gr.Button("Next question", variant="primary", elem_id="next")
            end_rest = gr.Button("End the interview", size="sm", elem_id="end-rest")
        leave = gr.Button("Back to the start (this interview is kept)", size="sm", variant="secondary", elem_id="leave")
    return TalkParts(
        section, where, chat, live, asking, answer, send, clarify, again, skip, end, rest, item_feedback, exemplar_box, exemplar,
        next_item, end_rest, leave,
    )  # fmt: skip


def messages(state: State, pack: Pack) -> list[dict[str, Any]]:
    """The chat as the state has it; every text is shown as it stands, never as markup."""
    said: list[dict[str, Any]] = []

    def say(role: str, text: str) -> None:
        said.append({"role": role, "content": html.escape(text, quote=False)})  # the chat takes what it is given for HTML

    for turn in state.turns:
        say("assistant", f"{heading(state, pack, turn.item_id)}\n\n{turn.question}" if turn.kind == "item" else turn.question)
        for remark in turn.remarks:
            if remark.asked:
                say("user", remark.asked)
            say("assistant", remark.said)
        if turn.answer is not None:
            say("user", turn.answer or "(empty)")
        elif turn.skipped:
            say("user", SKIPPED)
    return said


def heading(state: State, pack: Pack, item_id: str) -> str:
    """Which question this is, of how many, and of which round."""
    round_names: Mapping[str, str] = {r.id: r.name for r in pack.rounds}
    item = next((i for i in pack.items if i.id == item_id), None)
    number = state.started.guide.index(item_id) + 1 if item_id in state.started.guide else 0
    return f"Question {number} of {len(state.started.guide)}" + (f" · {round_names[item.round]}" if item else "")


def where_html(state: State, pack: Pack) -> str:
    """Where the interview is: for the eye, for the clock, and for the draft that the browser keeps."""
    turn = state.open_turn
    if turn is None:
        return f'<div id="where" data-interview="{html.escape(state.id)}" data-seq=""></div>'
    item = next((i for i in pack.items if i.id == turn.item_id), None)
    began = next(t.at for t in state.turns if t.item_id == turn.item_id)
    elapsed = (datetime.now(UTC) - began).total_seconds()
    minutes = item.minutes if item else 0
    data = {"interview": state.id, "seq": turn.seq, "elapsed": f"{elapsed:.0f}", "minutes": f"{minutes:g}"}
    attributes = " ".join(f'data-{name}="{html.escape(str(value))}"' for name, value in data.items())
    return (
        f'<div id="where" {attributes}>'
        f"<span>{html.escape(heading(state, pack, turn.item_id))}</span> "
        '<span id="clock" role="timer" aria-live="off" aria-label="Time on this question">'
        f"0:00 of about {minutes:g} minutes for this question</span></div>"
    )
