"""What a person does in the page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from interviewer.bank import sound_packs
from tests.serving import ROOT, Server

PACK = sound_packs(ROOT / "corpus")[0]
STRONG = {i.id: " ".join(sentence for c in i.criteria for sentence in c.examples.high) for i in PACK.items}
ANSWER = "#answer textarea"


def open_page(page: Page, server: Server) -> None:
    page.goto(server.address)
    expect(page.locator("#begin")).to_be_enabled(timeout=60_000)


def begin(page: Page, *, rounds: list[str], items: int, coached: bool = True) -> None:
    for name in rounds:
        page.get_by_label(name, exact=True).check()
    page.get_by_label("Coached" if coached else "Real: feedback at the end only").check()
    number = page.locator("#items input[type=number]")
    number.fill(str(items))
    number.press("Tab")
    page.click("#begin")
    expect(page.locator(ANSWER)).to_be_visible()


def chat(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#chat .message").all_inner_texts()]


def answer(page: Page, text: str) -> None:
    """Send an answer and wait until the interviewer has said what comes next."""
    before = page.locator("#where:not([data-seq=''])").get_attribute("data-seq")
    page.fill(ANSWER, text)
    page.click("#send")
    page.wait_for_function(
        """before => {
            const seq = document.querySelector('#where')?.dataset.seq, shown = (id) => document.querySelector(id)?.checkVisibility();
            return (seq && seq !== before && shown('#answer')) || shown('#next') || shown('#summary');
        }""",
        arg=before,
        timeout=60_000,
    )


def end(page: Page) -> None:
    """End the interview, and say yes when asked."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#end")


def open_item(page: Page) -> str:
    """The id of the item whose question stands last in the chat."""
    asked = [i for i in PACK.items for text in chat(page) if i.question in " ".join(text.split())]
    return asked[-1].id


def download(page: Page, name: str) -> Any:
    """What stands behind a download link of the page, fetched with the page's own cookie."""
    link = page.locator(f"#links a[href$='{name}']").get_attribute("href")
    response = page.request.get(f"{page.url.split('?')[0].rstrip('/')}/{link}")
    assert response.ok, response.status
    return response.json() if name.endswith("json") else response.text()
