"""The feedback at the end: the scorecard, the ratings with their evidence, and what to do next."""

from __future__ import annotations

import html
from dataclasses import dataclass

import gradio as gr

from interviewer.domain import Pack
from interviewer.feedback import Feedback, as_typed, quoted
from interviewer.interview import State


@dataclass(frozen=True)
class ToldParts:
    """The components of the feedback."""

    section: gr.Column
    status: gr.Markdown
    summary: gr.Markdown
    links: gr.HTML
    items: gr.Markdown
    answers: gr.Markdown
    delivery_box: gr.Accordion
    delivery: gr.HTML
    forget: gr.Button
    exemplars_box: gr.Accordion
    exemplars: gr.Markdown
    dispute_what: gr.Dropdown
    dispute_why: gr.Textbox
    dispute: gr.Button
    rate_again: gr.Button
    leave: gr.Button


def build_told() -> ToldParts:
    """Lay the feedback out."""
    with gr.Column(visible=False, elem_id="told") as section:
        status = gr.Markdown(elem_id="rating-status")
        summary = gr.Markdown(elem_id="summary", latex_delimiters=[], sanitize_html=True)
        links = gr.HTML(elem_id="links")
        items = gr.Markdown(elem_id="item-feedbacks", latex_delimiters=[], sanitize_html=True)
        with gr.Accordion("What you said, in full", open=False):
            answers = gr.Markdown(elem_id="answers", latex_delimiters=[], sanitize_html=True)
        with gr.Accordion("How you spoke (no part of any rating)", open=False, visible=False, elem_id="delivery-box") as delivery_box:
            delivery = gr.HTML(elem_id="delivery", padding=False)
        forget = gr.Button("Delete my recordings of this interview", visible=False, size="sm", variant="stop", elem_id="forget")
        with gr.Accordion("Strong answers to these questions, written as examples", open=False, visible=False) as exemplars_box:
            exemplars = gr.Markdown(elem_id="exemplars", latex_delimiters=[], sanitize_html=True)
        with gr.Accordion("This rating is wrong", open=False, elem_id="dispute-box"):
            gr.Markdown("Say which rating you think is wrong, and why. Your words are kept with the rating, and stand in the export.")
            dispute_what = gr.Dropdown([], label="Which rating", elem_id="dispute-what", interactive=True, allow_custom_value=True)
            dispute_why = gr.Textbox(label="Why it is wrong", lines=3, max_length=2_000, elem_id="dispute-why")
            dispute = gr.Button("Keep this with the rating", elem_id="dispute")
        with gr.Row():
            rate_again = gr.Button("Ask the model for its ratings again", visible=False, elem_id="rate-again")
            leave = gr.Button("Back to the start", variant="primary", elem_id="leave-told")
    return ToldParts(
        section, status, summary, links, items, answers, delivery_box, delivery, forget, exemplars_box, exemplars,
        dispute_what, dispute_why, dispute, rate_again, leave,
    )  # fmt: skip


def links_html(interview: str) -> str:
    """The downloads of one interview; each link checks who asks."""
    at = f"interviews/{html.escape(interview)}"
    return (
        f'<p class="downloads"><a href="{at}/feedback.md" download>Download the feedback (Markdown)</a> · '
        f'<a href="{at}/feedback.json" download>Feedback (JSON)</a> · '
        f'<a href="{at}/export.json" download>Everything that is kept (JSON)</a></p>'
    )


def strong_answers(pack: Pack, item_ids: tuple[str, ...]) -> str:
    """The strong exemplars of some items, as Markdown, each labelled as one. Empty where there are none."""
    parts = []
    for exemplar in pack.exemplars:
        if exemplar.item in item_ids and exemplar.intended == "strong":
            question = as_typed(pack.item(exemplar.item).question)
            said = f"Written as an example by {as_typed(exemplar.author)}; one strong answer of many."
            parts.append(f"**{question}**\n\n{quoted(exemplar.answer)}\n\n{said}")
    return "\n\n".join(parts)


def dispute_choices(state: State, feedback: Feedback) -> list[tuple[str, str]]:
    """Each rating that can be disputed: its words, and item and criterion as its value."""
    choices = []
    for number, item in enumerate(feedback.items, 1):
        if state.counting(item.item_id)[1] is None:
            continue
        for one in item.criteria:
            level = "unrated" if one.level is None else f"level {one.level}"
            choices.append((f"Question {number}: {one.name} ({level})", f"{item.item_id} {one.criterion}"))
    return choices
