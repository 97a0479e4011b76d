"""A logged-in visitor is known on their own site, and the next one never sees their chat."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_embed import chat, composer, open_chat

ADD = """
from django.contrib.auth import get_user_model
users = get_user_model()
for name in ("ada", "bob"):
    users.objects.filter(username=name).exists() or users.objects.create_user(
        name, password=name, first_name=name, is_staff=True
    )
"""

LISTEN = "() => { window.heard = new Promise((tell) => addEventListener('storage', tell)) }"


@pytest.fixture(autouse=True)
def no_icon(console):
    """A page that is a style sheet has no icon."""
    console.expect("404 (Not Found)")


@pytest.fixture(scope="module")
def people(site):
    """Those who may log in."""
    site.run(ADD)


@pytest.fixture
def adas(context, site, knowing):
    """A tab of Ada's, whose login is over; what serves her answered chat waits in `later`."""
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    open_chat(page)
    page.later = []
    page.route("**/later.js", lambda route: page.later.append(route))
    says(page, "For Ada alone")
    await_one(page, page.later)
    context.clear_cookies()
    return page


@pytest.fixture
def bobs(context, site, knowing, adas):
    """A tab of Bob's, who logs in after Ada; the question who he is waits in `who`."""
    page = context.new_page()
    log_in(page, site, "bob")
    embed(page, site, knowing)
    page.who = []
    page.route("**/identity/", lambda route: page.who.append(route))
    open_chat(page)
    await_one(page, page.who)
    return page


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


def await_one(page, routes):
    while not routes:
        page.wait_for_timeout(20)


def frame_of(page):
    return page.locator("chat-widget iframe").element_handle().content_frame()


def chats_of(page):
    chat(page).get_by_role("button", name="Your chats").click()
    expect(chat(page).get_by_role("dialog")).to_be_visible()
    return chat(page).get_by_role("dialog").get_by_role("list").first


def owner_of(site, widget):
    code = (
        "from chatwidget.models import ChatSession as S; "
        f"print([s.participant_name for s in S.objects.filter(widget__public_id='{widget}')"
        ".order_by('created_at')])"
    )
    return site.run(code)


def signed(site, widget, name):
    """What another site says of somebody."""
    code = (
        "from chatwidget.models import Widget; import jwt, time; "
        f"w = Widget.objects.get(public_id='{widget}'); w.set_identity_secret('k' * 40); w.save(); "
        f"c = dict(sub='{name}', name='{name}', aud='{widget}', exp=int(time.time()) + 300); "
        "print(jwt.encode(c, 'k' * 40, 'HS256'))"
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

    known = "**/identity/"
    with first.expect_response(known), second.expect_response(known):
        first.evaluate("ChatWidget.logout()")
    for tab in (first, second):
        tab.wait_for_timeout(500)  # for a history that should not come
        expect(chat(tab).get_by_role("log")).not_to_contain_text("My card number is 7")
        expect(composer(tab)).to_have_value("")

    context.clear_cookies()
    first = context.new_page()
    log_in(first, site, "bob")
    embed(first, site, knowing)
    open_chat(first)
    says(first, "Hello from Bob")
    expect(chat(first).get_by_role("log")).not_to_contain_text("My card number is 7")
    assert owner_of(site, knowing) == "['ada', 'bob']"


def test_without_a_word_from_the_page_another_login_sees_nothing_either(context, site, knowing):
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    open_chat(page)
    says(page, "For Ada alone")
    context.clear_cookies()
    adas, page = page, context.new_page()
    log_in(page, site, "bob")
    embed(page, site, knowing)
    open_chat(page)
    says(page, "Hello from Bob")
    expect(chat(page).get_by_role("log")).not_to_contain_text("For Ada alone")
    # Her tab, still open, is his from now on, and takes nothing from him.
    expect(chat(adas).get_by_role("log")).to_contain_text("Hello from Bob")
    expect(chat(adas).get_by_role("log")).not_to_contain_text("For Ada alone")
    says(page, "Still here")
    assert owner_of(site, knowing) == "['ada', 'bob']"


def test_before_it_is_known_who_opens_the_chat_nothing_of_it_is_asked_for(adas, bobs):
    frame = frame_of(bobs)
    asked = []
    bobs.on("request", lambda request: asked.append(request.url))
    frame.evaluate(LISTEN)
    adas.later[0].continue_()
    frame.evaluate("heard.then(() => {})")
    chat(bobs).get_by_role("button", name="Your chats").click()
    bobs.wait_for_timeout(500)
    expect(chat(bobs).get_by_role("dialog")).to_be_hidden()
    assert [url for url in asked if not url.endswith("/menu.js")] == []
    bobs.who[0].continue_()
    expect(chat(bobs).get_by_role("dialog")).to_be_visible()
    expect(chat(bobs).get_by_role("dialog")).not_to_contain_text("For Ada alone")


def test_what_an_earlier_ones_tab_still_loads_adds_nothing_to_the_chats_of_the_next(adas, bobs):
    adas.route("**/identity/", lambda route: None)
    with adas.expect_request("**/identity/"):
        bobs.who[0].continue_()
    with adas.expect_response("**/later.css"):
        adas.later[0].continue_()
    says(bobs, "Hello from Bob")
    chats = chats_of(bobs)
    expect(chats).to_contain_text("Hello from Bob")
    expect(chats).not_to_contain_text("For Ada alone")


def test_a_chat_from_before_a_login_elsewhere_goes_on_after_it(context, page, site, knowing):
    embed(page, site, knowing)
    open_chat(page)
    says(page, "Before the login")
    log_in(context.new_page(), site, "ada")
    frame = frame_of(page)
    with page.expect_event("framenavigated"):
        frame.evaluate(
            """() => {
                const now = Date.now();
                Date.now = () => now + 6 * 60 * 1000;
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    expect(chat(page).get_by_role("log")).to_contain_text("Before the login")
    says(page, "After the login")
    assert owner_of(site, knowing) == "['']"


def test_whom_no_page_names_sees_nothing_of_who_was_named_before(context, site, knowing):
    token = signed(site, knowing, "Ada")
    adas, page = context.new_page(), context.new_page()
    for tab in (adas, page):
        tab.goto(f"{site.other_url}/shop.html?widget={knowing}")
    adas.evaluate("(token) => ChatWidget.identify(token)", token)
    open_chat(adas)
    says(adas, "For Ada alone")
    open_chat(page)
    frame = frame_of(page)
    frame.evaluate(LISTEN)
    composer(adas).fill("A half-typed secret")
    frame.evaluate("heard.then(() => {})")
    says(page, "Whoever I am")
    expect(chat(page).get_by_role("log")).not_to_contain_text("For Ada alone")
    chats = chats_of(page)
    expect(chats).to_contain_text("Whoever I am")
    expect(chats).not_to_contain_text("For Ada alone")
    assert owner_of(site, knowing) == "['Ada', '']"


def test_who_is_named_in_one_tab_takes_nothing_from_who_is_in_another(context, site, knowing):
    tabs = {}
    for name in ("Ada", "Bob"):
        token = signed(site, knowing, name)
        tab = tabs[name] = context.new_page()
        tab.goto(f"{site.other_url}/shop.html?widget={knowing}")
        tab.evaluate("(token) => ChatWidget.identify(token)", token)
    for tab in tabs.values():
        open_chat(tab)
    says(tabs["Ada"], "Hello from Ada")
    expect(chats_of(tabs["Ada"])).to_contain_text("Hello from Ada")
    frame = frame_of(tabs["Ada"])
    frame.evaluate(LISTEN)
    says(tabs["Bob"], "Hello from Bob")
    frame.evaluate("heard.then(() => {})")
    says(tabs["Bob"], "Still here")
    assert owner_of(site, knowing) == "['Ada', 'Bob']"


def test_a_page_of_another_site_is_told_nobody(page, site, knowing):
    log_in(page, site, "ada")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.other_url}/shop.html?widget={knowing}")
    open_chat(page)
    says(page, "Hello from elsewhere")
    frame_of(page).evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    says(page, "Hello again")
    assert not [url for url in asked if url.endswith("/identity/")]


def test_what_a_page_asks_for_waits_until_it_is_known_who_is_here(context, site, knowing):
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    open_chat(page)
    says(page, "For Ada alone")
    composer(page).fill("A half-typed secret")
    context.clear_cookies()
    log_in(page, site, "bob")
    held: list[Route] = []
    page.route("**/identity/", lambda route: held.append(route))
    embed(page, site, knowing)
    page.evaluate("ChatWidget.open(); ChatWidget.newChat(); ChatWidget.send('From Bob')")
    expect(composer(page)).to_be_visible()
    await_one(page, held)
    held[0].continue_()
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("From Bob")
    expect(log.locator("form.message, .pending")).to_have_count(0)
    expect(composer(page)).to_have_value("")


def test_words_that_failed_go_with_whose_they_are(context, site, knowing, console):
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    token = signed(site, knowing, "Ada")
    address = f"{site.other_url}/shop.html?widget={knowing}"
    adas = context.new_page()
    adas.goto(address)
    adas.evaluate("(token) => ChatWidget.identify(token)", token)
    open_chat(adas)
    says(adas, "For Ada alone")
    adas.route("**/messages/", lambda route: route.abort())
    composer(adas).fill("A secret that failed")
    composer(adas).press("Enter")
    expect(chat(adas).get_by_role("button", name="Edit")).to_be_visible()
    composer(adas).fill("A half-typed secret")
    adas.close()

    page = context.new_page()
    held: list[Route] = []
    page.route("**/messages/", lambda route: held.append(route))
    page.goto(address)
    open_chat(page)
    page.evaluate("ChatWidget.send('Whoever I am')")
    await_one(page, held)
    page.goto(address)
    expect(composer(page)).to_have_value("Whoever I am")


def test_what_is_sent_before_it_is_known_who_is_here_is_theirs(adas, bobs, site, knowing):
    composer(bobs).fill("Hello from Bob")
    composer(bobs).press("Enter")
    log = chat(bobs).get_by_role("log")
    expect(log).to_contain_text("Hello from Bob")
    with bobs.expect_response("**/messages/"):
        bobs.who[0].continue_()
    expect(log.locator("form.message, .pending")).to_have_count(0)
    expect(log.locator(".own .text")).to_have_text(["Hello from Bob"])
    expect(log).not_to_contain_text("For Ada alone")
    expect(composer(bobs)).to_have_value("")
    assert owner_of(site, knowing) == "['ada', 'bob']"


def test_a_page_left_while_it_is_asked_who_is_here_loses_neither_words_nor_chat(
    context, site, knowing
):
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    open_chat(page)
    says(page, "For Ada alone")
    held: list[Route] = []
    page.route("**/identity/", lambda route: held.append(route))
    embed(page, site, knowing)
    await_one(page, held)
    composer(page).fill("My early words")
    composer(page).press("Enter")
    expect(chat(page).get_by_role("log")).to_contain_text("My early words")
    page.unroute_all()
    embed(page, site, knowing)
    expect(chat(page).get_by_role("log")).to_contain_text("For Ada alone")
    expect(composer(page)).to_have_value("My early words")
    composer(page).press("Enter")
    expect(chat(page).get_by_role("log").locator(".own .text")).to_have_text(
        ["For Ada alone", "My early words"]
    )


def test_what_waited_for_who_is_here_is_not_shown_to_the_one_before(
    context, adas, bobs, site, knowing
):
    composer(bobs).fill("Hello from Bob")
    composer(bobs).press("Enter")
    held: list[Route] = []
    bobs.route("**/messages/", lambda route: held.append(route))
    bobs.who[0].continue_()
    await_one(bobs, held)
    bobs.close()
    context.clear_cookies()
    page = context.new_page()
    log_in(page, site, "ada")
    embed(page, site, knowing)
    with page.expect_response("**/identity/"):
        open_chat(page)
    says(page, "Ada again")
    expect(composer(page)).to_have_value("")
    expect(chat(page).get_by_role("log")).not_to_contain_text("Hello from Bob")


@pytest.mark.parametrize(
    "answer",
    [{"status": 500}, {"status": 200, "body": "<h1>Log in</h1>"}],
    ids=["an error", "HTML"],
)
def test_a_site_that_does_not_say_who_it_is_is_one_line_for_its_developer(
    page, site, knowing, console, answer
):
    console.expect("Failed to load resource")
    words = "[chatwidget] identity/ doesn't say who is logged in"
    console.expect(words)
    page.route("**/identity/", lambda route: route.fulfill(**answer))
    embed(page, site, knowing)
    with page.expect_console_message(lambda line: words in line.text):
        open_chat(page)
    says(page, "Hello from nobody")


def test_before_the_chat_opens_nobody_asks_who_it_is(page, site, knowing):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    embed(page, site, knowing)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("/identity/")]
