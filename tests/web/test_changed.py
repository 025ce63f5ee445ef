"""An update touches what it names, and a handler still gets what it reads as the page last had it."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState

from interviewer.web.changed import ChangedOnly


class Page:
    """A page of four components, two of which its one handler reads."""

    def __init__(self) -> None:
        with ChangedOnly() as self.blocks:
            self.text, self.chat = gr.Markdown(), gr.Chatbot()
            self.box, self.list = gr.Textbox(), gr.Dropdown(["a", "b"])
            self.button = gr.Button()
            self.outputs = [self.text, self.chat, self.box, self.list, self.button]
            self.button.click(lambda *_: None, [self.box, self.list], self.outputs)
        self.session = SessionState(self.blocks)

    def sent(self, updates: Any) -> list[Any]:
        """What a handler's updates become on their way to the browser."""
        fn = next(iter(self.blocks.fns.values()))
        return asyncio.run(self.blocks.postprocess_data(fn, updates, self.session))


SKIPPED = {"__type__": "update"}


def test_what_an_update_does_not_name_is_left_alone() -> None:
    page = Page()
    before = dict(page.session.blocks_config.blocks)
    assert page.sent({page.text: gr.update(value="word", visible=True)}) == [
        {"__type__": "update", "value": "word", "visible": True}, SKIPPED, SKIPPED, SKIPPED, SKIPPED,
    ]  # fmt: skip
    assert all(page.session.blocks_config.blocks[key] is block for key, block in before.items())


def test_an_empty_update_changes_nothing() -> None:
    page = Page()
    assert page.sent({}) == [SKIPPED] * 5


def test_a_chat_is_sent_whole() -> None:
    page = Page()
    chat = page.sent({page.chat: [{"role": "user", "content": "Hello"}]})[1]
    (message,) = chat["value"]
    assert message["role"] == "user" and message["content"][0]["text"] == "Hello"


def test_what_a_handler_reads_is_kept_in_the_session_as_gradio_keeps_it() -> None:
    page = Page()
    sent = page.sent({page.list: gr.update(choices=["c", "d"], value="c"), page.box: "typed", page.button: gr.update(interactive=False)})
    assert sent[2] == "typed" and sent[3]["value"] == "c" and sent[4] == {"__type__": "update", "interactive": False}
    kept: Any = page.session.blocks_config.blocks[page.list._id]
    assert [value for _, value in kept.choices] == ["c", "d"]


def test_what_is_no_update_by_name_goes_gradios_own_way() -> None:
    page = Page()
    assert page.sent(["word", [], "typed", "a", "Press"])[2:4] == ["typed", "a"]
