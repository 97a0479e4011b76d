"""Transcript, feedback, sound, dictation, reading aloud: each there where it is switched on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import (
    ANSWER,
    QUESTION,
    await_answer,
    button,
    composer,
    log,
    say,
    violations,
    violations_in_the_dark,
)
from tests.browser.running import Site

EXTRAS = {"asks_feedback": True, "offers_dictation": True, "reads_aloud": True}
KEPT = """
import json
from chatwidget.models import ChatSession
session = ChatSession.objects.filter(widget__public_id="{widget}").latest("created_at")
rows = session.feedback.order_by("pk")
print(json.dumps([[bool(row.answer), row.value, row.word] for row in rows]))
"""
# What headless Chromium doesn't offer: somebody who listens, and a voice.
LISTENER = """
window.SpeechRecognition = window.webkitSpeechRecognition = class {
    start() { window.listening = this; }
    // What was said last comes after the call, and the end after that.
    stop() { setTimeout(() => { this.hear(...window.said); this.finish(); }); }
    abort() { setTimeout(() => { this.onerror({ error: "aborted" }); this.finish(); }); }
    finish() { this.onend(); document.documentElement.dataset.heard = ""; }
    hear(...said) {
        window.said = said;
        this.onresult?.({ results: said.map((transcript) => [{ transcript }]) });
    }
};
"""
VOICE = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
    getVoices: () => [{}],
    cancel() { window.utterance?.dispatchEvent(new Event("end")); },
    speak(words) { window.utterance = words; window.spoken.push(words.text); },
}) });
"""
SOUND = """
window.AudioContext = class extends AudioContext {
    createOscillator() {
        const { dataset } = document.documentElement;
        dataset.played = Number(dataset.played ?? 0) + 1;
        return super.createOscillator();
    }
};
"""

# To Chromium, whatever Playwright evaluates is the visitor's own act.
UNTOUCHED = """
Object.defineProperty(navigator, "userActivation", { value: { hasBeenActive: false } });
"""


@pytest.fixture(scope="module")
def widget(site: Site) -> str:
    return site.make_widget(title="Extras", **EXTRAS)


def opened(page: Page, site: Site, widget: str) -> Page:
    page.goto(f"{site.url}/chatwidget/{widget}/")
    expect(composer(page)).to_be_focused()
    return page


@pytest.fixture
def chat(page: Page, site: Site, widget: str) -> Page:
    """A chat with one answer."""
    opened(page, site, widget)
    say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(button(page, "Good answer")).to_be_visible()
    return page


def menu(chat: Page) -> Locator:
    button(chat, "Your chats").click()
    dialog = chat.get_by_role("dialog", name="Your chats")
    expect(dialog.get_by_role("button", name="Save as text")).to_be_visible()
    return dialog


def kept(site: Site, widget: str) -> Any:
    return json.loads(site.run(KEPT.format(widget=widget)))


def test_a_widget_without_extras_loads_nothing_of_them(page: Page, site: Site):
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(site.page_url)
    say(page, QUESTION)
    with page.expect_response("**/later.css"):
        expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(button(page, "Good answer")).to_have_count(0)
    expect(button(page, "Dictate")).to_have_count(0)
    names = "attach|feedback|sound|dictate|aloud|tools|asking"
    assert not [url for url in seen if re.search(names, url)]


# Transcript


@pytest.mark.parametrize(
    ("name", "ending"), [("Save as text", "txt"), ("Save as web page", "html")]
)
def test_the_chat_is_saved_as_a_file(chat: Page, tmp_path: Path, name: str, ending: str):
    urls: list[str] = []
    chat.on("request", lambda request: urls.append(request.url))
    dialog = menu(chat)
    with chat.expect_download() as download:
        dialog.get_by_role("button", name=name).click()
    assert re.fullmatch(rf"extras-[\d-]+\.{ending}", download.value.suggested_filename)
    download.value.save_as(tmp_path / "chat")
    text = (tmp_path / "chat").read_text()
    assert QUESTION in text
    assert re.search(ANSWER, text)
    token = chat.evaluate("JSON.parse(Object.values(localStorage)[0]).token")
    assert token
    assert not [url for url in urls if token in url]


def test_the_chat_is_printed_whole(chat: Page):
    chat.evaluate("window.print = () => { document.body.dataset.printed = ''; }")
    menu(chat).get_by_role("button", name="Print").click()
    expect(chat.locator("body[data-printed]")).to_have_count(1)
    chat.emulate_media(media="print")
    expect(chat.locator("#paper")).to_contain_text(QUESTION)
    expect(chat.locator("#paper").get_by_text(QUESTION)).to_be_visible()
    expect(log(chat)).to_be_hidden()
    chat.emulate_media(media="screen")
    chat.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(chat.locator("#paper")).to_have_count(0)


def test_of_an_empty_chat_there_is_nothing_to_save(page: Page, site: Site, widget: str):
    dialog = menu(opened(page, site, widget))
    dialog.get_by_role("button", name="Save as text").click()
    expect(dialog.get_by_role("status")).to_have_text("There is nothing to save yet.")


def test_a_transcript_that_fails_says_so(chat: Page, console: Any):
    console.expect("ERR_FAILED")
    dialog = menu(chat)
    chat.route("**/transcript/*", lambda route: route.abort())
    dialog.get_by_role("button", name="Save as text").click()
    expect(dialog.get_by_role("status")).to_have_text(re.compile("That didn.t work."))


# Feedback


def test_an_answer_is_judged_with_a_word_and_the_mind_may_change(
    chat: Page, site: Site, widget: str
):
    group = chat.get_by_role("group", name="What do you think of this answer?")
    button(chat, "Good answer").press("Enter")
    expect(button(chat, "Good answer")).to_have_attribute("aria-pressed", "true")
    expect(group.get_by_role("status")).to_have_text("Thank you.")
    expect(button(chat, "Good answer")).to_be_focused()
    # It comes after the answer, and is no news.
    expect(group).to_have_attribute("aria-live", "off")
    button(chat, "Poor answer").press("Enter")
    expect(button(chat, "Good answer")).to_have_attribute("aria-pressed", "false")
    group.get_by_label("Anything to add?").fill("too <short>")
    group.get_by_label("Anything to add?").press("Enter")
    expect(group.get_by_label("Anything to add?")).to_be_hidden()
    expect(composer(chat)).to_be_focused()
    assert kept(site, widget) == [[True, -1, "too <short>"]]
    chat.reload()
    expect(button(chat, "Poor answer")).to_have_attribute("aria-pressed", "true")


def test_feedback_that_fails_says_so(chat: Page, console: Any):
    console.expect("ERR_FAILED")
    chat.route("**/feedback/", lambda route: route.abort())
    button(chat, "Good answer").click()
    group = chat.get_by_role("group", name="What do you think of this answer?")
    expect(group.get_by_role("status")).to_have_text(re.compile("That didn.t work. Try again."))
    expect(button(chat, "Good answer")).to_have_attribute("aria-pressed", "false")


def test_a_chat_is_rated_when_a_new_one_is_started(chat: Page, site: Site, widget: str):
    menu(chat).get_by_role("button", name="New chat").click()
    sure = chat.get_by_role("dialog", name="Start a new chat?")
    sure.get_by_role("button", name="New chat").click()
    rating = chat.get_by_role("dialog", name="How was this chat?")
    rating.get_by_role("button", name="Send").click()
    expect(rating.get_by_role("alert")).to_have_text(re.compile("Choose a number from 1"))
    rating.get_by_role("radio", name="4").check(force=True)
    rating.get_by_label("Anything to add?").fill("helpful")
    rating.get_by_role("button", name="Send").click()
    expect(rating).to_have_count(0)
    expect(composer(chat)).to_be_focused()
    assert kept(site, widget) == [[False, 4, "helpful"]]


def test_a_chat_that_has_ended_asks_once(chat: Page, site: Site, widget: str):
    ended = "from chatwidget.models import ChatSession as S; S.objects.update(state='ended')"
    site.run(ended)
    chat.reload()
    rate = log(chat).get_by_role("button", name="Rate this chat")
    rate.click()
    rating = chat.get_by_role("dialog", name="How was this chat?")
    rating.get_by_role("button", name="Not now").click()
    rate.click()
    rating.get_by_role("radio", name="5").check(force=True)
    rating.get_by_role("button", name="Send").click()
    expect(rate).to_have_count(0)
    assert kept(site, widget) == [[False, 5, ""]]
    chat.reload()
    expect(log(chat).get_by_text("This chat has ended.")).to_be_visible()
    expect(button(chat, "Good answer")).to_be_visible()
    expect(rate).to_have_count(0)


def test_a_page_that_stays_open_says_that_the_chat_has_ended(page: Page, site: Site):
    page.clock.install()
    page.goto(f"{site.url}/chatwidget/{site.make_widget()}/")
    with page.expect_request("**/later.css"):  # Asked for once the looks have their timer.
        say(page, QUESTION)
        expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    site.run(
        "from chatwidget.models import ChatSession as S; S.objects.update(state=S.State.ENDED)"
    )
    for _look in range(2):
        with page.expect_response("**/messages/?since=*"):
            page.clock.fast_forward(36_000)
    expect(log(page).get_by_text("This chat has ended.")).to_have_count(1)


def test_axe_finds_nothing_wrong(chat: Page):
    button(chat, "Good answer").click()
    expect(chat.get_by_label("Anything to add?")).to_be_visible()
    assert violations(chat) == []
    assert violations_in_the_dark(chat) == []
    chat.emulate_media(color_scheme="light")
    dialog = menu(chat)
    assert violations(chat) == []
    assert violations_in_the_dark(chat) == []
    chat.emulate_media(color_scheme="light")
    dialog.get_by_role("button", name="Rate this chat").click()
    expect(chat.get_by_role("dialog", name="How was this chat?")).to_be_visible()
    assert violations(chat) == []
    assert violations_in_the_dark(chat) == []


# Sound


def test_a_sound_is_off_until_it_is_switched_on_and_plays_in_one_tab(
    page: Page, site: Site, widget: str
):
    page.context.add_init_script(SOUND)
    opened(page, site, widget)
    say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(page.locator("html[data-played]")).to_have_count(0)
    switch = menu(page).get_by_role("switch", name="Sound when an answer comes")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator("html")).to_have_attribute("data-played", "2")
    page.keyboard.press("Escape")
    other = page.context.new_page()
    other.add_init_script(UNTOUCHED)
    with other.expect_response("**/sound.js"):
        opened(other, site, widget)
        expect(log(other).get_by_text(re.compile(ANSWER))).to_be_visible()
    say(page, "help")
    await_answer(page, "Ask me about the shop")
    expect(page.locator("html")).to_have_attribute("data-played", "4")
    expect(log(other).get_by_text("Ask me about the shop")).to_be_visible()
    switch = menu(page).get_by_role("switch", name="Sound when an answer comes")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(other.locator("html[data-played]")).to_have_count(0)


# Dictation


def hears(page: Page, *said: str) -> None:
    page.evaluate("(said) => window.listening.hear(...said)", list(said))


def test_dictation_writes_after_what_is_there(page: Page, site: Site, widget: str):
    page.context.add_init_script(LISTENER)
    opened(page, site, widget)
    composer(page).fill("Please:")
    dictate = button(page, "Dictate")
    dictate.click()
    expect(dictate).to_have_attribute("aria-pressed", "true")
    hears(page, "when are", " you open")
    expect(composer(page)).to_have_value("Please: when are you open")
    dictate.click()
    expect(dictate).to_have_attribute("aria-pressed", "false")
    expect(composer(page)).to_have_value("Please: when are you open")
    expect(composer(page)).to_be_focused()


def test_what_was_dictated_and_sent_does_not_come_back(page: Page, site: Site, widget: str):
    page.context.add_init_script(LISTENER)
    opened(page, site, widget)
    button(page, "Dictate").click()
    hears(page, "when are you open today")
    button(page, "Send").click()
    expect(page.locator("html[data-heard]")).to_have_count(1)
    expect(button(page, "Dictate")).to_have_attribute("aria-pressed", "false")
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(composer(page)).to_have_value("")


def test_dictation_goes_on_after_what_was_corrected_by_hand(page: Page, site: Site, widget: str):
    page.context.add_init_script(LISTENER)
    opened(page, site, widget)
    button(page, "Dictate").click()
    hears(page, "wen are you")
    composer(page).fill("When are you open? ")
    hears(page, "wen are you today")
    expect(composer(page)).to_have_value("When are you open? ")
    hears(page, "wen are you today", " it is order 4711")
    expect(composer(page)).to_have_value("When are you open? it is order 4711")


@pytest.mark.parametrize(
    ("error", "words"),
    [("not-allowed", "The microphone can.t be used here."), ("network", "Nothing was understood.")],
)
def test_dictation_that_fails_says_why(page: Page, site: Site, widget: str, error: str, words: str):
    page.context.add_init_script(LISTENER)
    opened(page, site, widget)
    button(page, "Dictate").click()
    page.evaluate("(error) => window.listening.onerror({ error })", error)
    expect(page.get_by_role("alert")).to_have_text(re.compile(words))


def test_a_browser_that_cannot_listen_or_speak_is_offered_neither(
    page: Page, site: Site, widget: str
):
    page.context.add_init_script(
        "delete window.webkitSpeechRecognition; delete window.SpeechRecognition;"
        "Object.defineProperty(window, 'speechSynthesis', { value: undefined });"
    )
    opened(page, site, widget)
    with page.expect_response("**/aloud.js"):
        say(page, QUESTION)
    expect(button(page, "Good answer")).to_be_visible()
    page.wait_for_timeout(200)
    expect(button(page, "Read aloud")).to_have_count(0)
    expect(button(page, "Dictate")).to_be_hidden()


def test_the_frame_is_lent_the_microphone_only_for_dictation(page: Page, site: Site, widget: str):
    page.goto(f"{site.other_url}/shop.html")
    for public_id in (widget, site.widget):
        page.evaluate(
            """(src) => { const tag = document.createElement("script"); tag.src = src;
                document.body.append(tag); }""",
            f"{site.url}/chatwidget/{public_id}/embed.js",
        )
    page.get_by_role("button", name="Open chat: Extras").click()
    expect(page.locator("iframe[title='Extras']")).to_have_attribute(
        "allow", "clipboard-write; microphone"
    )
    page.evaluate("(widget) => ChatWidget.widgets[widget].open()", site.widget)
    expect(page.locator("iframe[title='Lantern Books']")).to_have_attribute(
        "allow", "clipboard-write"
    )


# Reading aloud


def test_an_answer_is_read_aloud_until_it_is_stopped(page: Page, site: Site, widget: str):
    page.context.add_init_script(VOICE)
    opened(page, site, widget)
    say(page, QUESTION)
    aloud = button(page, "Read aloud")
    aloud.click()
    expect(aloud).to_have_attribute("aria-pressed", "true")
    expect(aloud).to_be_focused()
    expect(aloud).to_have_attribute("aria-live", "off")
    assert re.search(ANSWER, page.evaluate("window.spoken[0]"))
    aloud.click()
    expect(aloud).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.spoken.length") == 1
