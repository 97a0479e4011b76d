"""A logged-in visitor is known on their own site, and the next one never sees their chat."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_embed import chat, composer, open_chat

ADD = """
from django.contrib.auth import get_user_model
users = get_user_model()
for name in ("ada", "bob"):
    users.objects.filter(username=name).exists() or users.objects.create_user(
        name, password=name, first_name=name, is_staff=True
    )
"""


@pytest.fixture(autouse=True)
def no_icon(console):
    """A page that is a style sheet has no icon."""
    console.expect("404 (Not Found)")


@pytest.fixture(scope="module")
def people(site):
    """Those who may log in."""
    site.run(ADD)


@pytest.fixture
def knowing(site, people):
    """A widget that knows who is logged in to its site, and has no chats yet."""
    return site.make_widget(title="Lantern Books", knows_users=True)


def log_in(page, site, name):
    page.goto(f"{site.url}/admin/login/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"username": name, "password": name, "csrfmiddlewaretoken": token}
    page.request.post(
        f"{site.url}/admin/login/?next=/embed-demo/", form=form, headers={"Referer": site.url}
    )


def embed(page, site, widget):
    """A page of the site itself with the widget."""
    page.goto(f"{site.url}/static/lantern/lantern.css")
    page.evaluate("() => { document.body.textContent = '' }")
    page.add_script_tag(url=f"{site.url}/chatwidget/{widget}/embed.js")
    expect(page.locator("chat-widget")).to_be_attached()


def owner_of(site, widget):
    code = (
        "from chatwidget.models import ChatSession as S; "
        f"print([s.participant_name for s in S.objects.filter(widget__public_id='{widget}')"
        ".order_by('created_at')])"
    )
    return site.run(code)


def says(page, text):
    composer(page).fill(text)
    composer(page).press("Enter")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text(text)
    expect(log.locator("form.message, .pending")).to_have_count(0)


def test_the_next_one_at_the_same_computer_sees_nothing_in_any_tab(context, site, knowing, console):
    # A tab that was asking for news is told that this chat is no longer its own.
    console.expect("403 (Forbidden)")
    first, second = context.new_page(), context.new_page()
    log_in(first, site, "ada")
    for tab in (first, second):
        embed(tab, site, knowing)
    open_chat(first)
    says(first, "My card number is 7")
    open_chat(second)
    expect(chat(second).get_by_role("log")).to_contain_text("My card number is 7")
    composer(second).fill("A half-typed secret")

    first.evaluate("ChatWidget.logout()")
    for tab in (first, second):
        expect(chat(tab).get_by_role("log")).not_to_contain_text("My card number is 7")
        expect(composer(tab)).to_have_value("")

    context.clear_cookies()
    first = context.new_page()
    log_in(first, site, "bob")
    embed(first, site, knowing)
    open_chat(first)
    expect(chat(first).get_by_role("log")).not_to_contain_text("My card number is 7")
    says(first, "Hello from Bob")
    assert owner_of(site, knowing) == "['ada', 'bob']"


def test_without_a_word_from_the_page_another_login_sees_nothing_either(context, site, knowing):
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    open_chat(page)
    says(page, "For Ada alone")
    context.clear_cookies()
    page = context.new_page()
    log_in(page, site, "bob")
    embed(page, site, knowing)
    open_chat(page)
    expect(composer(page)).to_be_visible()
    expect(chat(page).get_by_role("log")).not_to_contain_text("For Ada alone")


def test_a_page_of_another_site_is_told_nobody(page, site, knowing):
    log_in(page, site, "ada")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.other_url}/shop.html?widget={knowing}")
    open_chat(page)
    says(page, "Hello from elsewhere")
    assert not [url for url in asked if url.endswith("/identity/")]


def test_before_the_chat_opens_nobody_asks_who_it_is(page, site, knowing):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    embed(page, site, knowing)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("/identity/")]
