"""Whole interviews, as a person sits them: in Chromium, on the real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shoot
from tests.browser.person import ANSWER, PACK, STRONG, answer, begin, chat, download, end, open_item, open_page
from tests.loopback import Body, Json, LoopbackModel, Reply, Status, Stream, said_to
from tests.serving import Server

pytestmark = pytest.mark.browser

# --------------------------------------------------------------------------- no model


def test_an_interview_with_no_model_from_start_to_feedback(page: Page, server: Server) -> None:
    open_page(page, server)
    expect(page.locator("#privacy")).to_contain_text("Your words go nowhere")
    shoot(page, "start")
    begin(page, rounds=["Metrics and experimentation", "Explain it"], items=2)
    typed: list[str] = []

    # A draft survives a refresh; a question to the interviewer has an answer and is not rated.
    page.fill(ANSWER, "A draft that is not sent yet")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator(ANSWER)).to_have_value("A draft that is not sent yet", timeout=30_000)
    item = PACK.item(open_item(page))
    page.fill(ANSWER, item.facts[0].asks)
    page.click("#clarify")
    expect(page.locator("#chat")).to_contain_text(item.facts[0].says)

    for _ in range(8):
        if page.locator("#next").is_visible():
            expect(page.locator("#item-feedback")).to_contain_text("of 5", timeout=20_000)
            shoot(page, "coached-feedback")
            page.click("#next")
            expect(page.locator(ANSWER)).to_be_visible(timeout=20_000)
        if not page.locator(ANSWER).is_visible():
            break
        already = len(typed)
        text = "Let me begin with what I did on the weekend, which I liked a lot." if already == 0 else STRONG[open_item(page)]
        text = text.replace("\n", " ").strip()
        answer(page, text)
        if page.locator(ANSWER).is_visible():
            expect(page.locator(ANSWER)).to_have_value("")
        typed.append(text)
        shoot(page, "interview")

    expect(page.locator("#summary")).to_contain_text("What to work on first", timeout=60_000)
    expect(page.locator("#rating-status")).not_to_contain_text("still being rated", timeout=60_000)
    shoot(page, "feedback")
    kept = download(page, "export.json")
    asked = [t["question"] for t in kept["turns"] if t["kind"] == "item"]
    assert asked == [PACK.item(i).question for i in kept["guide"]] and len(asked) == 2
    assert any(t["kind"] == "probe" for t in kept["turns"])
    answers = {t["seq"]: t["answer"] for t in kept["turns"]}
    assert [a for a in answers.values() if a] == typed
    quotes = [(e["seq"], e["quote"]) for r in kept["ratings"] for c in r["ratings"] for e in c["evidence"]]
    assert quotes and all(quote in answers[seq] for seq, quote in quotes)
    assert any((c["level"] or 0) > 1 for r in kept["ratings"] for c in r["ratings"])
    shown = page.locator("#item-feedbacks").inner_text()
    assert any(quote in " ".join(shown.split()) for _, quote in quotes)
    assert "A machine rated these answers" in download(page, "feedback.md")


def test_an_answer_is_shown_as_typed_whatever_is_in_it(page: Page, server: Server) -> None:
    open_page(page, server)
    begin(page, rounds=["Explain it"], items=1, coached=False)
    hostile = "<img src=x onerror=\"document.title='taken'\"><b>bold</b> [link](javascript:alert(1)) **stars** \u202eright to left"
    answer(page, hostile)
    assert any("<b>bold</b>" in text and "**stars**" in text for text in chat(page))
    page.click("#end")  # Chromium says no to the question that comes, as nobody answers it
    expect(page.locator("#answer textarea")).to_be_visible()
    end(page)
    expect(page.locator("#summary")).to_be_visible(timeout=30_000)
    assert page.locator("#item-feedbacks b, #item-feedbacks img, #chat img[src='x']").count() == 0
    assert page.title() == "Mock interview"


def test_two_tabs_and_a_second_send_keep_each_answer_once(page: Page, server: Server) -> None:
    open_page(page, server)
    begin(page, rounds=["Explain it"], items=1, coached=False)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(ANSWER)).to_be_visible(timeout=30_000)
    answer(page, "From the first tab: I would say it with an example that she knows from her own team.")
    other.fill(ANSWER, "From the second tab, too late.")
    other.click("#send")
    expect(other.locator("#notice")).to_contain_text("no longer open", timeout=20_000)
    expect(other.locator(ANSWER)).to_have_value("From the second tab, too late.")
    texts = " ".join(chat(other))
    assert texts.count("From the first tab") == 1 and "From the second tab" not in texts


def test_past_interviews_are_listed_opened_and_deleted(page: Page, server: Server) -> None:
    open_page(page, server)
    begin(page, rounds=["Explain it"], items=1, coached=False)
    page.click("#leave")
    expect(page.locator("#past")).to_be_visible(timeout=20_000)
    page.click("#open-past")
    expect(page.locator(ANSWER)).to_be_visible(timeout=20_000)
    page.click("#leave")
    page.click("#delete-past")
    page.click("#confirm-delete")
    expect(page.locator("#notice")).to_contain_text("deleted", timeout=20_000)
    expect(page.locator("#past")).to_be_hidden()


def test_the_page_fits_a_phone_and_works_from_the_keyboard(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, server)
    begin(page, rounds=["Explain it"], items=1, coached=False)
    expect(page.locator(ANSWER)).to_be_focused()
    page.keyboard.type("Typed without a mouse: imagine a pupil who learns last year's exam by heart.")
    before = page.locator("#where").get_attribute("data-seq")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("before => document.querySelector('#where')?.dataset.seq !== before", arg=before)
    expect(page.locator(ANSWER)).to_be_focused()
    page.keyboard.type("And on with it.")
    expect(page.locator(ANSWER)).to_have_value("And on with it.")
    shoot(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    buttons = "[...document.querySelectorAll('button')].filter(b => b.checkVisibility())"
    names = page.evaluate(f"{buttons}.map(b => (b.innerText || b.ariaLabel || b.title).trim())")
    assert all(names), names
    assert page.locator("#notice").get_attribute("role") == "status"
    end(page)
    expect(page.locator("#summary table").first).to_be_visible(timeout=30_000)
    shoot(page, "phone-feedback")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --------------------------------------------------------------------------- kill -9


def test_an_interview_goes_on_after_the_server_was_killed_in_the_middle(page: Page, server: Server) -> None:
    open_page(page, server)
    begin(page, rounds=["Explain it"], items=1)
    answer(page, "First answer, before the kill: it has learned the examples by heart instead of the rule behind them.")
    before = [t for t in chat(page) if "before the kill" in t]
    server.restart_after_kill()
    # The page that stayed open sends its answer to the new process.
    expect(page.locator(ANSWER)).to_be_visible()
    if page.locator("#where").get_attribute("data-seq"):
        answer(page, "Second answer, after the kill, from the page that stayed open: so on new customers it guesses.")
    page.reload()
    page.wait_for_selector(f"{ANSWER}, #summary")
    page.wait_for_timeout(500)
    texts = page.locator("main").inner_text()
    assert before and "before the kill" in texts
    assert "after the kill" in texts
    shoot(page, "after-kill")


# --------------------------------------------------------------------------- with a model


class Interviewer:
    """A model that words probes to what was said and rates at a fixed level, quoting the candidate."""

    def __call__(self, request: Body) -> Reply:
        if "response_format" not in request:
            said = said_to(request).split("<candidate-words ")[1].split(">")[1].split()
            return Stream(tuple(f"{word} " for word in f"You said {' '.join(said[:4])} and what came of it then?".split()), delay_s=0.03)
        names = request["response_format"].get("json_schema", {}).get("schema", {}).get("properties", {})
        if "level" not in names:
            return Json({"strength": "You named what you would do.", "work_on": "Say what it costs."})
        words = said_to(request).split("[answer 1]")[1].split("\n")[0].split("</candidate")[0].split()
        quote = " ".join(words[:6])
        return Json({"points": ["one"], "quotes": [quote], "level": 3, "cannot_tell": None, "rationale": "One part is met."})


def test_an_interview_with_a_model_that_streams(page: Page, data_dir: Path, database: str) -> None:
    with LoopbackModel(Interviewer()) as model:
        told = {"OPENAI_BASE_URL": model.base_url, "INTERVIEWER_MODEL": "small", "RATER_MODEL": "large", "DATABASE_URL": database}
        with Server(data_dir, **told) as server:
            open_page(page, server)
            expect(page.locator("#privacy")).to_contain_text(model.host)
            begin(page, rounds=["Explain it"], items=1)
            answer(page, "Imagine a pupil who learns last year's answers and then meets a new exam.")
            assert any(text.startswith("You said Imagine a pupil who") for text in chat(page)), chat(page)
            shoot(page, "model-probe")
            for _ in range(3):
                if not page.locator(ANSWER).is_visible():
                    break
                answer(page, "Then he fails, and that is what our model does with customers it has not seen.")
            expect(page.locator("#summary")).to_contain_text("What to work on first", timeout=60_000)
            expect(page.locator("#rating-status")).not_to_contain_text("still being rated", timeout=60_000)
            kept = download(page, "export.json")
            assert kept["ratings"][0]["rater"] == "model" and kept["ratings"][0]["prompt_hash"]
            assert {c["level"] for c in kept["ratings"][0]["ratings"]} == {3}
            assert kept["usage"]
            shoot(page, "model-feedback")


def test_a_model_that_goes_away_in_the_middle_leaves_the_interview_going(page: Page, data_dir: Path, database: str) -> None:
    with LoopbackModel(Interviewer()) as model:
        told = {"OPENAI_BASE_URL": model.base_url, "MODEL_RETRIES": "0", "MODEL_TIMEOUT_S": "5", "DATABASE_URL": database}
        with Server(data_dir, **told) as server:
            open_page(page, server)
            begin(page, rounds=["Explain it"], items=1)
            model.script = lambda _: Status(500, "out of order")
            answer(page, "Imagine a pupil who learns last year's answers and then meets a new exam.")
            item = PACK.item(open_item(page))
            assert chat(page)[-1] in {p for c in item.criteria for p in c.probes}
            expect(page.locator("#notice")).to_contain_text("nothing is lost")
            shoot(page, "model-gone")
            end(page)
            expect(page.locator("#summary")).to_be_visible(timeout=60_000)
            expect(page.locator("#rating-status")).to_contain_text("could not rate", timeout=60_000)
            kept = download(page, "export.json")
            by_model = [r for r in kept["all_ratings"] if r["rater"] == "model"]
            assert by_model and all(c["level"] is None and c["reason"] for r in by_model for c in r["ratings"])
