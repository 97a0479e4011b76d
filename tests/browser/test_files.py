"""Files in the window: chosen, dropped and pasted, refused in words, sent with a message, shown."""

from __future__ import annotations

import re
import zlib
from struct import pack
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.chatting import (
    REFUSED,
    await_answer,
    button,
    composer,
    log,
    say,
    violations,
)
from tests.browser.running import Site


def png(side: int = 40) -> bytes:
    """A picture of one colour (PNG, second edition)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x90\x70" * side) * side
    header = pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def file(name: str, content: bytes, kind: str = "text/plain") -> Any:
    return {"name": name, "mimeType": kind, "buffer": content}


PHOTO = file("photo.png", png(), "image/png")
NOTE = file("note.txt", b"hello")


@pytest.fixture(scope="module")
def widget(site: Site) -> str:
    return site.make_widget(takes_files=True, title="Files")


@pytest.fixture
def chat(page: Page, site: Site, widget: str) -> Page:
    page.goto(f"{site.url}/chatwidget/{widget}/")
    expect(composer(page)).to_be_focused()
    return page


def choose(chat: Page, *files: Any) -> None:
    """Open the panel and choose files, as a mouse does."""
    button(chat, "Attach files").click()
    with chat.expect_file_chooser() as chooser:
        chat.get_by_label("Choose files").click()
    chooser.value.set_files(list(files))


def tray(chat: Page) -> Locator:
    return chat.get_by_role("list", name="Files of your message")


def row(chat: Page, name: str) -> Locator:
    return tray(chat).get_by_role("listitem").filter(has_text=name)


def test_a_widget_without_files_loads_nothing_of_them(page: Page, site: Site):
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(site.page_url)
    expect(composer(page)).to_be_focused()
    expect(button(page, "Attach files")).to_have_count(0)
    assert not [url for url in seen if re.search("attach|asking", url)]


def test_the_limits_are_named_before_anything_is_chosen(chat: Page):
    button(chat, "Attach files").press("Enter")
    panel = chat.get_by_role("group", name="Attach files")
    expect(panel).to_contain_text(
        re.compile(r"Files: 10 at most, 50\.0.MB each\. Kinds: .*pdf, png")
    )
    expect(chat.get_by_label("Choose files")).to_be_focused()
    assert ".pdf" in (chat.get_by_label("Choose files").get_attribute("accept") or "")
    expect(chat.get_by_label("Take a photo")).to_be_hidden()
    chat.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button(chat, "Attach files")).to_be_focused()


def test_a_phone_offers_its_camera(new_context: Any, site: Site, widget: str):
    page = new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    phone = page.new_page()
    phone.goto(f"{site.url}/chatwidget/{widget}/")
    button(phone, "Attach files").tap()
    camera = phone.get_by_label("Take a photo")
    expect(camera).to_have_attribute("capture", "environment")
    expect(phone.get_by_text("Take a photo")).to_be_visible()


def test_files_go_with_the_message_and_are_shown_in_it(chat: Page):
    choose(chat, PHOTO, NOTE)
    expect(row(chat, "photo.png")).to_contain_text("Ready")
    expect(row(chat, "photo.png").locator("img")).to_have_attribute("src", re.compile("^data:"))
    expect(row(chat, "note.txt")).to_contain_text("5 bytes")
    say(chat, "What is this?")
    own = chat.locator(".own")
    expect(own.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(2)
    expect(log(chat).locator(".message:not(.own, .pending) .content")).to_be_visible()
    expect(tray(chat)).to_be_hidden()
    expect(own.locator("img")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), [("en", "1.9\xa0KB"), ("fr", "1,9\xa0Kio")])
def test_a_size_is_written_in_one_way(page: Page, site: Site, widget: str, language, size):
    page.goto(f"{site.url}/chatwidget/{widget}/?language={language}")
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"x" * 1900}
    page.locator("#attaching input").first.set_input_files(note)  # type: ignore[arg-type]
    expect(page.locator("#tray small")).to_have_text(size)
    expect(page.locator("#tray [data-state=done]")).to_be_visible()
    page.get_by_role("textbox").fill("return")
    page.get_by_role("textbox").press("Enter")
    for of in (".own", ".message:not(.own, .pending)"):
        expect(page.locator(f"{of} .files small")).to_have_text(size)


def test_files_that_the_bot_sends_show_with_name_size_and_a_preview_of_pictures(chat: Page):
    choose(chat, PHOTO, NOTE)
    for name in ("photo.png", "note.txt"):
        expect(row(chat, name)).to_contain_text("Ready")
    say(chat, "return")
    received = log(chat).locator(".message:not(.own)").get_by_role("list", name="Files")
    note, photo = (received.get_by_role("link", name=name) for name in ("note.txt", "photo.png"))
    expect(note).to_contain_text("5 bytes")
    expect(note.locator("img")).to_have_count(0)
    expect(photo.locator("img")).to_have_js_property("naturalWidth", 40)
    for link, text in ((note, b"hello"), (photo, PHOTO["buffer"])):
        href = link.evaluate("(link) => link.href")
        found = chat.context.request.get(href)
        assert found.body() == text
    assert violations(chat) == []


def test_words_are_not_needed_where_there_is_a_file(chat: Page):
    choose(chat, NOTE)
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    button(chat, "Send").click()
    expect(chat.locator(".own .text")).to_have_text("note.txt")


def test_a_file_without_words_waits_for_the_answer_without_any(chat: Page):
    say(chat, "slow 3")
    expect(chat.locator(".pending")).to_be_visible()
    choose(chat, NOTE)
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    button(chat, "Send").click(force=True)
    expect(composer(chat)).to_have_value("")
    await_answer(chat, "That took me 3 seconds.")
    button(chat, "Send").click()
    expect(log(chat).locator(".own .files").get_by_text("note.txt")).to_be_visible()


def test_each_bad_file_is_refused_in_words_and_the_rest_goes_on(chat: Page, console: Any):
    console.expect(REFUSED)
    choose(
        chat,
        file("empty.txt", b""),
        file("virus.exe", b"MZ"),
        file("lies.png", b"no picture", "image/png"),
        file("page.pdf", b"<html>", "text/html"),
        NOTE,
    )
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    expect(row(chat, "empty.txt")).to_contain_text("This file is empty")
    expect(row(chat, "virus.exe")).to_contain_text("This kind of file can't be sent here.")
    expect(row(chat, "lies.png")).to_contain_text("This is no picture")
    expect(row(chat, "page.pdf")).to_contain_text("This kind of file can't be sent here.")
    expect(button(chat, "Try again")).to_have_count(0)
    button(chat, "Remove virus.exe").click()
    expect(row(chat, "virus.exe")).to_have_count(0)
    say(chat, "Only the note")
    expect(chat.locator(".own .files li")).to_have_count(1)


def test_more_files_than_a_message_takes_wait_for_the_next(chat: Page):
    choose(chat, *[file(f"{number}.txt", b"x") for number in range(11)])
    expect(row(chat, "10.txt")).to_contain_text("A message takes no more files than 10.")
    expect(row(chat, "9.txt")).to_contain_text("Ready")


def test_of_two_files_one_fails_and_is_tried_again(chat: Page, console: Any):
    console.expect("ERR_FAILED")
    failures = iter([True])

    def fail_once(route: Route) -> None:
        if next(failures, False):
            route.abort()
        else:
            route.continue_()

    chat.route("**/files/", fail_once)
    choose(chat, file("first.txt", b"1"), file("second.txt", b"2"))
    expect(row(chat, "first.txt")).to_contain_text("work. Try again.")
    expect(row(chat, "second.txt")).to_contain_text("Ready")
    say(chat, "Both")
    expect(chat.get_by_role("alert")).to_have_text(re.compile("A file didn.t make it."))
    expect(composer(chat)).to_have_value("Both")
    button(chat, "Try again").click()
    expect(row(chat, "first.txt")).to_contain_text("Ready")
    button(chat, "Send").click()
    expect(chat.locator(".own .files li")).to_have_count(2)


def test_sending_waits_for_what_is_on_its_way_which_can_be_cancelled(chat: Page, console: Any):
    console.expect("ERR_FAILED")
    held: list[Route] = []
    chat.route("**/files/", lambda route: held.append(route))
    choose(chat, file("slow.txt", b"1"), NOTE)
    expect(row(chat, "slow.txt").get_by_role("progressbar", name="slow.txt")).to_be_visible()
    say(chat, "Here")
    expect(chat.get_by_role("alert")).to_have_text("Your message goes once the files are there.")
    chat.unroute("**/files/")
    button(chat, "Remove slow.txt").click()
    expect(chat.locator(".own .text")).to_have_text("Here")
    expect(chat.locator(".own .files li")).to_have_count(1)


def test_files_are_dropped_and_pasted(chat: Page):
    give = """([kind, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content], `${kind}.txt`, { type: "text/plain" }));
        const field = document.getElementById("typed");
        if (kind === "paste") {
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
            return;
        }
        for (const type of ["dragover", "drop"]) {
            const event = new DragEvent(type, { dataTransfer: data, bubbles: true });
            field.dispatchEvent(event);
        }
    }"""
    chat.evaluate(give, ["paste", "pasted"])
    chat.evaluate(give, ["drop", "dropped"])
    expect(row(chat, "paste.txt")).to_contain_text("Ready")
    expect(row(chat, "drop.txt")).to_contain_text("Ready")
    expect(chat.get_by_text("Drop files here")).to_be_hidden()


def test_a_message_that_fails_keeps_its_words_and_its_files(chat: Page, console: Any):
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    choose(chat, NOTE)
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    chat.route("**/messages/", lambda route: route.abort())
    say(chat, "With a note")
    button(chat, "Edit").click()
    expect(composer(chat)).to_have_value("With a note")
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    button(chat, "Send").click()
    chat.unroute("**/messages/")
    button(chat, "Try again").click()
    expect(chat.locator(".own:not(form) .files li")).to_have_count(1)


def test_files_of_a_chat_that_is_gone_are_sent_again(chat: Page, site: Site, console: Any):
    console.expect(REFUSED)
    choose(chat, NOTE)
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    gone = "from chatwidget.models import ChatSession as S; S.objects.update(state='expired')"
    site.run(gone)
    say(chat, "With a note")
    expect(chat.get_by_role("alert")).to_have_text(re.compile("The files had to be sent again."))
    expect(composer(chat)).to_have_value("With a note")
    expect(row(chat, "note.txt")).to_contain_text("Ready")
    button(chat, "Send").click()
    expect(chat.locator(".own:not(form) .files li")).to_have_count(1)


def test_it_works_in_a_frame_with_storage_blocked(embedding_page: Page, site: Site, widget: str):
    embedding_page.goto(f"{site.other_url}/shop.html")
    embedding_page.evaluate(
        """(src) => { const tag = document.createElement("script"); tag.src = src;
            document.body.append(tag); }""",
        f"{site.url}/chatwidget/{widget}/embed.js",
    )
    embedding_page.get_by_role("button", name="Open chat: Files").click()
    frame = embedding_page.frame_locator("iframe[title='Files']")
    frame.get_by_role("button", name="Attach files").click()
    with embedding_page.expect_file_chooser() as chooser:
        frame.get_by_label("Choose files").click()
    chooser.value.set_files([PHOTO])
    expect(frame.get_by_text("Ready")).to_be_visible()
    frame.get_by_role("textbox", name="Message").fill("Look")
    frame.get_by_role("textbox", name="Message").press("Enter")
    expect(frame.locator(".own:not(form) .files li")).to_have_count(1)


def test_a_chat_that_takes_work_starts_with_a_file_all_the_same(page: Page, site: Site):
    widget = site.make_widget(takes_files=True, start_work=8)
    page.goto(f"{site.url}/chatwidget/{widget}/")
    choose(page, NOTE)
    expect(row(page, "note.txt")).to_contain_text("Ready")
    say(page, "With a note")
    expect(page.locator(".own:not(form) .files li")).to_have_count(1)


def test_it_speaks_the_page_s_language(page: Page, site: Site, widget: str, console: Any):
    console.expect(REFUSED)
    page.goto(f"{site.url}/chatwidget/{widget}/?language=de")
    button(page, "Dateien anhängen").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Dateien auswählen").click()
    chooser.value.set_files([file("page.pdf", b"<html>", "text/html"), NOTE])
    files = page.get_by_role("list", name="Dateien Ihrer Nachricht")
    expect(files).to_contain_text("Dieser Dateityp kann hier nicht gesendet werden.")
    expect(files).to_contain_text("Bereit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_files(chat: Page, scheme: str):
    chat.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    choose(chat, PHOTO, file("empty.txt", b""))
    expect(row(chat, "photo.png")).to_contain_text("Ready")
    button(chat, "Attach files").click()
    assert violations(chat) == []
