"""What the page shows for a state: updates by the name of the component. Plain code; handlers send what this returns."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from interviewer.domain import Pack
from interviewer.feedback import answers_to_markdown, ratings_to_markdown, summary_to_markdown
from interviewer.interview import Door, State
from interviewer.web.aloud.delivered import delivery_html
from interviewer.web.start import past_choices
from interviewer.web.talk import messages, where_html
from interviewer.web.told import dispute_choices, links_html, strong_answers

Updates = dict[str, Any]


async def show(door: Door, state: State) -> Updates:
    """The whole page for an interview, wherever it is."""
    return await (show_told(door, state) if state.ended is not None else show_talk(door, state))


def show_start() -> Updates:
    """The start, with no interview open."""
    return {
        **_sections("start"),
        "interview": "",
        "seq": -1,
        "tick": gr.update(active=False),
        "where": "",
        "chat": [],
        "live": gr.update(value="", visible=False),
        "confirm": gr.update(visible=False),
    }


async def show_past(door: Door, candidate: str) -> Updates:
    """The list of a candidate's interviews."""
    listed = await door.interviews(candidate)
    choices = past_choices(listed, list(door.packs.values()))
    chosen = choices[0][1] if choices else None
    return {
        "past_section": gr.update(visible=bool(choices)),
        "past": gr.update(choices=choices, value=chosen),
        "past_links": links_html(chosen) if chosen else "",
    }


async def show_talk(door: Door, state: State) -> Updates:
    """The chat, with a question open or, in coached style, the feedback on the item that has just closed."""
    pack = door.pack_of(state)
    open_turn = state.open_turn
    resting = state.between_items and not state.reply_is_due
    updates: Updates = {
        **_sections("talk"),
        "interview": state.id,
        "seq": open_turn.seq if open_turn else -1,
        "where": where_html(state, pack),
        "chat": messages(state, pack),
        "live": gr.update(value="", visible=False),
        "asking": gr.update(visible=open_turn is not None),
        "rest": gr.update(visible=resting),
        "notice": notices(state),
        "tick": gr.update(active=False),
    }
    return updates | (await _show_rest(door, state, pack) if resting else {})


async def _show_rest(door: Door, state: State, pack: Pack) -> Updates:
    """The feedback on the item that has just closed, as far as it is rated."""
    item_id = state.turns[-1].item_id
    wanted = await asyncio.to_thread(strong_answers, pack, (item_id,))
    pending = item_id in door.pending(state)
    if state.counting(item_id)[1] is None and pending:
        feedback = "Rating your answer …"
    else:
        feedback = ratings_to_markdown(await door.item_feedback(state, item_id))
        feedback += "\n\nThe model's rating is on its way; it will take the place of this one. You need not wait." if pending else ""
    return {
        "item_feedback": feedback,
        "exemplar_box": gr.update(visible=bool(wanted)),
        "exemplar": wanted,
        "tick": gr.update(active=pending),
    }


async def show_told(door: Door, state: State) -> Updates:
    """The feedback at the end, as far as it is rated."""
    pack = door.pack_of(state)
    feedback = await asyncio.to_thread(door.teller.feedback, state)
    pending = door.pending(state)
    exemplars = strong_answers(pack, tuple(i.item_id for i in feedback.items))
    spoken = await delivery_html(door, state)
    choices = dispute_choices(state, feedback)
    faults = {r.fault for by in state.rated.values() if (r := by.get("model")) and r.fault}
    return {
        **_sections("told"),
        "interview": state.id,
        "seq": -1,
        "status": _status(len(pending), sorted(faults)),
        "summary": summary_to_markdown(feedback),
        "links": links_html(state.id),
        "items": "\n\n".join(ratings_to_markdown(i) for i in feedback.items),
        "answers": "\n\n".join(answers_to_markdown(i) for i in feedback.items),
        "delivery_box": gr.update(visible=bool(spoken)),
        "delivery": spoken,
        "forget": gr.update(visible=any(h.kept for t in state.turns for h in t.heard)),
        "exemplars_box": gr.update(visible=bool(exemplars)),
        "exemplars": exemplars,
        "dispute_what": gr.update(choices=choices, value=choices[0][1] if choices else None),
        "rate_again": gr.update(visible=bool(faults) and door.models is not None),
        "where": "",
        "notice": await usage(door, state),
        "tick": gr.update(active=bool(pending)),
    }


def notices(state: State) -> str:
    """What the candidate should know about a model that failed."""
    return "\n\n".join(f"{n} The written questions go on; nothing is lost." for n in state.notices[-1:])


async def usage(door: Door, state: State) -> str:
    """How many tokens the connected model used, if one is connected."""
    if door.models is None:
        return ""
    tokens = await asyncio.to_thread(door.store.spent, state.id)
    return f"Tokens that the model used for this interview: {tokens:,}."


def _status(pending: int, faults: list[str]) -> str:
    lines = []
    if pending:
        lines.append(f"**{pending} answer{'s are' if pending > 1 else ' is'} still being rated.** This page fills in by itself.")
    if faults:
        lines.append(
            f"The model could not rate everything: {faults[0]} Where it rated nothing of an answer, the embedded rater's ratings stand,"
            " named so; any other criterion that it could not rate is unrated."
        )
    return "\n\n".join(lines)


def _sections(shown: str) -> Updates:
    return {f"{name}_section": gr.update(visible=name == shown) for name in ("start", "talk", "told")}
