"""The one page: its parts laid out, and each button wired to its method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import gradio as gr

from interviewer.domain import Pack
from interviewer.settings import Settings
from interviewer.web.asker import Askers
from interviewer.web.changed import ChangedOnly
from interviewer.web.handlers import Handlers, told_plainly
from interviewer.web.start import build_start, round_choices
from interviewer.web.talk import build_talk
from interviewer.web.told import build_told
from interviewer.web.view import Updates

_FOLDER = Path(__file__).parent
CSS = _FOLDER / "page.css"
SCRIPTS = (_FOLDER / "page.js", _FOLDER / "aloud.js")
LIMITS = _FOLDER / "limits.md"
_READ_ADDRESS = "() => new URLSearchParams(location.search).get('interview') || ''"
LOOK_EVERY_S = 1.5
READY_EVERY_S = 0.5


def build_page(settings: Settings, packs: Sequence[Pack], handlers: Handlers, askers: Askers) -> gr.Blocks:
    """The page, ready to be mounted. Builds no model, no index and no encoder."""
    with ChangedOnly(title="Mock interview", delete_cache=(600, 3600), analytics_enabled=False) as page:
        gr.Markdown("# Mock interview")
        gr.Markdown(_where_words_go(settings), elem_id="privacy")
        with gr.Accordion("What happens with your words, and what a rating is", open=False):
            gr.Markdown(_what_is_kept(settings))
        with gr.Accordion("What a rating is not, and how far it can be trusted", open=False):
            gr.Markdown(LIMITS.read_text(encoding="utf-8"), elem_id="limits")
        notice = gr.Markdown(elem_id="notice", sanitize_html=True, latex_delimiters=[])
        start, talk, told = build_start(packs), build_talk(), build_told()
        interview, seq = gr.Textbox("", visible=False), gr.Number(-1, visible=False, precision=0)
        tick, getting_ready = gr.Timer(LOOK_EVERY_S, active=False), gr.Timer(READY_EVERY_S, active=False)
        parts = {
            **{k: v for k, v in vars(start).items() if k not in ("section", "items")},
            **{k: v for k, v in vars(talk).items() if k not in ("section", "leave")},
            **{k: v for k, v in vars(told).items() if k not in ("section", "leave")},
            **{"start_section": start.section, "talk_section": talk.section, "told_section": told.section},
            **{"notice": notice, "interview": interview, "seq": seq, "tick": tick, "getting_ready": getting_ready},
        }
        outputs = list(dict.fromkeys(parts.values()))

        def mapped(updates: Updates) -> dict[Any, Any]:
            return {parts[name]: value for name, value in updates.items()}

        def wire(event: Callable[..., Any], name: str, inputs: Sequence[Any] = (), **more: Any) -> None:
            event(
                told_plainly(handlers, getattr(handlers, name), askers, mapped),
                inputs=list(inputs),
                outputs=outputs,
                api_name=more.pop("api_name", name),
                api_visibility="private",
                show_progress=more.pop("show_progress", "hidden"),
                **more,
            )

        here = [interview, seq]
        wire(page.load, "arrive", [interview], js=_READ_ADDRESS)
        wire(getting_ready.tick, "arrive", [interview], js=_READ_ADDRESS, api_name="arrive_when_ready")
        wire(tick.tick, "look", [interview])
        wire(start.begin.click, "begin", start.wish)
        wire(start.open_past.click, "open_past", [start.past])
        wire(start.past.input, "choose_past", [start.past])
        wire(start.delete_past.click, "delete_past", [start.past])
        wire(start.confirm_delete.click, "confirm_delete", [start.past])
        wire(start.keep.click, "keep")
        wire(talk.send.click, "send", [*here, talk.answer])
        wire(talk.clarify.click, "clarify", [*here, talk.answer])
        wire(talk.again.click, "again", here)
        wire(talk.skip.click, "skip", here)
        wire(talk.end.click, "end", [interview])
        wire(talk.end_rest.click, "end", [interview], api_name="end_rest")
        wire(talk.next_item.click, "next_item", [interview])
        wire(talk.leave.click, "leave")
        wire(told.leave.click, "leave", api_name="leave_told")
        wire(told.dispute.click, "dispute", [interview, told.dispute_what, told.dispute_why])
        wire(told.rate_again.click, "rate_again", [interview])
        wire(told.forget.click, "forget_recordings", [interview])
        if len(packs) > 1:
            choices = {p.id: round_choices(p) for p in packs}
            start.pack.input(
                lambda chosen: gr.update(choices=choices.get(chosen, []), value=[]),
                start.pack,
                start.rounds,
                api_visibility="private",
                api_name="rounds",
            )
    page.max_threads = 400  # every running event takes one, waiting ones too
    page.queue(default_concurrency_limit=None, max_size=500)
    return cast(gr.Blocks, page)


def _where_words_go(settings: Settings) -> str:
    """Which host sees what is typed, and what a connected model would add."""
    voice = _where_the_voice_goes(settings)
    if settings.model_host:
        return voice + (
            f"Your answers are sent to **{settings.model_host}**, where a language model words the follow-up questions "
            f"({settings.model_for('interviewer')}) and rates what you said ({settings.model_for('rater')}). A machine rates, not a person."
        )
    here = "What you say is rated" if voice else "Your words go nowhere: everything runs"
    return voice + (
        f"{here} on the machine that serves this page. A machine rates, not a person. "
        "No language model is connected; with one, follow-up questions would be worded to what you say, and ratings would read "
        "your answer as a whole (README: Connecting a model)."
    )


def _where_the_voice_goes(settings: Settings) -> str:
    """Which hosts hear the candidate and speak for the interviewer, if any do."""
    hears = f"If you speak, your voice is sent to **{settings.hearing_host}**, which writes it down. " if settings.hearing_host else ""
    speaks = f"The interviewer's words are sent to **{settings.voice_host}**, which speaks them. " if settings.voice_host else ""
    return hears + speaks


def _what_is_kept(settings: Settings) -> str:
    """What is kept, where, how to remove it, and what a rating is not."""
    where = (
        "in the database that this server was told to use" if settings.database_url else "in a file on the machine that serves this page"
    )
    return (
        f"**Kept:** your answers, the questions, the ratings and what you say about them, {where}, until you delete the interview. "
        "If you speak, the words that were heard are kept with your answer; your voice is kept only if you tick so, until you delete "
        "the recordings or the interview. "
        "What you type and have not sent stays in this browser. A focus text is used to draw the questions and is not kept. "
        "A cookie tells this server which interviews are yours; there is no account and no name.\n\n"
        "**A rating** compares your words with a written description of each level, and quotes what it rests on. "
        "It can be wrong: if you think that it is, say so under *This rating is wrong*. It says nothing about your personality and "
        "nothing about whether anyone would hire you. The built-in rater compares meanings sentence by sentence: it sees what you "
        "talked about more surely than whether it is right, and where it rates low, about half of its quotes miss the point. "
        "*Unrated* is not a low rating; it says that nothing could be judged, and why."
    )
