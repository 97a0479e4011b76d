"""A widget that asks for work: the visitor writes and is answered, and notices nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.chatting import QUESTION, REFUSED, button, log, say


def test_a_chat_starts_after_work_that_is_loaded_for_it_alone(page: Page, site):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/chatwidget/{site.make_widget(start_work=8)}/")
    say(page, QUESTION)
    expect(log(page)).to_contain_text("we're open from")
    say(page, QUESTION)
    expect(log(page).get_by_text("we're open from")).to_have_count(2)
    # The work of one start is enough for its chat.
    assert len([url for url in asked if url.endswith("/work/")]) == 1


def test_a_new_chat_takes_new_work(page: Page, site):
    page.goto(f"{site.url}/chatwidget/{site.make_widget(start_work=8)}/")
    for _ in range(2):
        say(page, QUESTION)
        expect(log(page)).to_contain_text("we're open from")
        button(page, "Your chats").click()
        button(page, "New chat").click()
        page.get_by_role("dialog").get_by_role("button", name="New chat").last.click()
        expect(log(page)).not_to_contain_text("we're open from")


def test_work_that_fails_is_told_and_the_message_can_be_sent_again(page: Page, site, console):
    console.expect(REFUSED)
    page.goto(f"{site.url}/chatwidget/{site.make_widget(start_work=8)}/")
    page.route("**/work/", lambda route: route.abort(), times=1)
    say(page, QUESTION)
    expect(log(page)).to_contain_text("This chat starts after a short calculation")
    button(page, "Try again").click()
    expect(log(page)).to_contain_text("we're open from")


# What browsers keep from pages of plain http (Secure Contexts).
PLAIN_HTTP = """
Object.defineProperty(Crypto.prototype, "subtle", { value: undefined });
delete Crypto.prototype.randomUUID;
Object.defineProperty(window, "isSecureContext", { value: false });
"""


def test_over_plain_http_the_work_cannot_be_done_and_the_visitor_reads_why(
    page: Page, site, console
):
    console.expect(REFUSED)
    page.add_init_script(PLAIN_HTTP)
    page.goto(f"{site.url}/chatwidget/{site.make_widget(start_work=8)}/")
    say(page, QUESTION)
    expect(log(page)).to_contain_text("over https")
    expect(log(page)).to_contain_text(QUESTION)


def test_over_plain_http_a_chat_that_takes_no_work_starts(page: Page, site):
    page.add_init_script(PLAIN_HTTP)
    page.goto(site.page_url)
    say(page, QUESTION)
    expect(log(page)).to_contain_text("we're open from")


def test_the_form_before_the_chat_starts_it_after_the_work(page: Page, site):
    widget = site.make_widget(start_work=8, asks_name="required")
    page.goto(f"{site.url}/chatwidget/{widget}/")
    page.get_by_label("Name").fill("Ana")
    button(page, "Start the chat").click()
    say(page, QUESTION)
    expect(log(page)).to_contain_text("we're open from")
