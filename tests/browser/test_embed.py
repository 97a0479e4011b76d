"""The widget on pages of another site, as their visitors meet it."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, Route, expect

from tests.browser.chatting import stands_at

OPEN = "Open chat: Lantern Books"
CLOSE = "Close chat"
FAILED = "This didn't load. Check your connection and try again."
WEB_VIEW = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.230803.041; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.43 Mobile Safari/537.36"
)
# What apps leave out of the browser in which they show a page, or switch off.
BARE = """
    window.open = () => null;
    for (const name of ["BroadcastChannel", "Notification", "navigation"]) delete window[name];
    delete Navigator.prototype.userActivation;
"""
MOVING_BY = """(call) => {
    ChatWidget[call]();
    return document.querySelector("chat-widget").shadowRoot.getAnimations().length;
}"""


def launcher(page: Page, name: str = OPEN) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("chat-widget iframe")


def composer(page: Page) -> Locator:
    return chat(page).get_by_role("textbox", name="Message")


def window_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Lantern Books")


def visit(page: Page, site, name: str = "shop", widget: str = "") -> None:
    query = f"?widget={widget}" if widget else ""
    page.goto(f"{site.other_url}/{name}.html{query}")


def open_chat(page: Page) -> None:
    launcher(page).click()
    expect(composer(page)).to_be_focused()


def has_focus(page: Page) -> bool:
    """Whether the focus is in the widget, its frame included."""
    return bool(page.evaluate("document.activeElement.localName === 'chat-widget'"))


def test_the_launcher_stands_in_its_corner_and_says_what_it_does(page, site):
    visit(page, site)
    button = launcher(page)
    expect(button).to_be_visible()
    expect(button).to_have_attribute("aria-haspopup", "dialog")
    expect(button).to_have_attribute("aria-expanded", "false")
    size = page.viewport_size
    stands_at(button, x=size["width"] - 76, y=size["height"] - 76, width=56, height=56)


def test_before_an_act_there_is_one_request_no_storage_and_no_shift(context, page, site):
    requests = []
    page.add_init_script(
        """
        window.shifts = 0;
        new PerformanceObserver((list) => { shifts += list.getEntries().length; })
            .observe({ type: "layout-shift", buffered: true });
        """
    )
    page.on("request", lambda request: requests.append(request.url))
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    page.get_by_role("button", name="Buy").click()
    page.wait_for_load_state("networkidle")
    assert [url for url in requests if url.startswith(site.url)] == [
        f"{site.url}/chatwidget/{site.widget}/embed.js"
    ]
    assert context.storage_state() == {"cookies": [], "origins": []}
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("shifts") == 0


def test_a_click_opens_the_window_and_the_composer_takes_typing(page, site):
    visit(page, site)
    expect(window_of(page)).to_be_hidden()
    launcher(page).click()
    expect(composer(page)).to_be_focused()
    expect(window_of(page)).to_be_visible()
    page.keyboard.type("Hello")
    expect(composer(page)).to_have_value("Hello")
    expect(launcher(page, CLOSE)).to_have_attribute("aria-expanded", "true")


def test_the_launcher_works_by_keyboard(page, site):
    visit(page, site)
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(composer(page)).to_be_focused()


def test_pointing_at_the_launcher_warms_the_chat_and_shows_nothing(page, site):
    visit(page, site)
    launcher(page).hover()
    expect(composer(page)).to_be_attached()
    page.wait_for_load_state("networkidle")
    expect(window_of(page)).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_bot_that_speaks_first_waits_until_the_chat_is_open(page, site):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    widget = site.make_widget(title="Lantern Books", has_seed_message=True)
    page.clock.install()
    visit(page, site, widget=widget)
    launcher(page).hover()
    expect(composer(page)).to_be_attached()
    page.wait_for_load_state("networkidle")
    page.clock.fast_forward(3_000)  # longer than the chat waits for who is around it
    page.wait_for_timeout(300)
    assert {method for method, url in asked} == {"GET"}
    with page.expect_request(lambda request: request.method == "POST"):
        launcher(page).click()
    assert ("POST", f"{site.url}/chatwidget/{widget}/messages/") in asked


def test_escape_in_the_chat_closes_it_and_the_focus_returns(page, site):
    visit(page, site)
    open_chat(page)
    page.keyboard.press("Escape")
    expect(window_of(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_the_escape_that_ends_a_composition_closes_nothing(page, site):
    """Safari ends it before it tells of the key."""
    visit(page, site)
    open_chat(page)
    page.evaluate(
        """() => {
            window.heard = [];
            addEventListener("message", ({ data }) => heard.push(data.type));
        }"""
    )
    for code in (229, 27):
        composer(page).dispatch_event(
            "keydown", {"key": "Escape", "keyCode": code, "bubbles": True}
        )
    expect(window_of(page)).to_be_hidden()
    assert page.evaluate("heard.filter((type) => type === 'close').length") == 1


def test_escape_on_the_page_closes_the_chat(page, site):
    visit(page, site)
    open_chat(page)
    page.get_by_role("heading", name="A shop").click()
    page.keyboard.press("Escape")
    expect(window_of(page)).to_be_hidden()


def test_escape_in_a_field_of_the_page_is_the_pages_own(page, site):
    visit(page, site)
    open_chat(page)
    page.get_by_label("Search").focus()
    page.keyboard.press("Escape")
    expect(launcher(page, CLOSE)).to_be_visible()
    expect(page.get_by_label("Search")).to_be_focused()


def test_a_visitor_who_went_elsewhere_meanwhile_is_not_called_back(page, site):
    held = []
    visit(page, site)
    page.route(f"{site.page_url}?**", lambda route: held.append(route))
    launcher(page).click()
    page.get_by_label("Search").focus()
    page.wait_for_function("document.activeElement.localName === 'input'")
    held[0].continue_()
    expect(composer(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not has_focus(page)


def test_the_chats_own_button_closes_it(page, site):
    visit(page, site)
    open_chat(page)
    chat(page).get_by_role("button", name=CLOSE).click()
    expect(window_of(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_the_launcher_closes_it_again(page, site):
    visit(page, site)
    open_chat(page)
    launcher(page, CLOSE).click()
    expect(window_of(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_what_was_typed_is_there_when_it_opens_again(page, site):
    visit(page, site)
    open_chat(page)
    page.keyboard.type("Half a thou")
    page.keyboard.press("Escape")
    open_chat(page)
    expect(composer(page)).to_have_value("Half a thou")


def test_on_the_next_page_it_is_open_again_and_leaves_the_focus_alone(page, site):
    visit(page, site)
    open_chat(page)
    page.get_by_role("link", name="Another page").click()
    expect(composer(page)).to_be_visible()
    page.get_by_label("Search").focus()
    page.reload()
    expect(window_of(page)).to_be_visible()
    expect(composer(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not has_focus(page)


def test_once_closed_it_stays_closed_on_the_next_page(page, site):
    visit(page, site)
    open_chat(page)
    page.keyboard.press("Escape")
    # The key is the frame's, and its word to the page takes a moment.
    expect(launcher(page)).to_be_visible()
    page.reload()
    expect(launcher(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget iframe")).not_to_be_attached()


def test_a_page_with_a_strict_policy_is_not_offended(page, site):
    visit(page, site, "strict")
    open_chat(page)


def test_two_tags_draw_one_launcher(page, site):
    visit(page, site, "twice")
    page.wait_for_load_state("networkidle")
    expect(launcher(page)).to_have_count(1)


def test_a_tag_made_by_a_script_works(page, site):
    visit(page, site, "injected")
    open_chat(page)


def test_a_page_may_run_the_loader_by_itself_and_say_where_it_is_from(page, site):
    visit(page, site, "bundled")
    loader = page.request.get(f"{site.url}/chatwidget/{site.widget}/embed.js").text()
    page.add_script_tag(content=loader, type="module")
    expect(launcher(page)).to_be_visible()
    stands_at(launcher(page), x=20, y=20)
    open_chat(page)


def test_the_loader_alone_says_what_it_misses(page, site, console):
    console.expect("[chatwidget] Set ChatWidgetConfig.src.")
    visit(page, site, "shop", widget="99999999-9999-4999-8999-999999999999")
    console.expect("is unknown or paused: nothing drawn.")
    loader = page.request.get(f"{site.url}/chatwidget/{site.widget}/embed.js").text()
    page.add_script_tag(content=loader)
    page.wait_for_load_state("networkidle")
    assert len(console.lines) == 2
    expect(page.locator("chat-widget")).not_to_be_attached()


def test_a_paused_widget_draws_nothing_and_says_so(page, site, console):
    console.expect("is unknown or paused: nothing drawn.")
    paused = site.make_widget(is_active=False)
    visit(page, site, widget=paused)
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget")).not_to_be_attached()
    assert len(console.lines) == 1


def test_a_title_in_any_letters_is_the_windows_name(page, site):
    title = "</script> «&\"'» 书店 📚"
    visit(page, site, widget=site.make_widget(title=title))
    launcher(page, f"Open chat: {title}").click()
    expect(page.get_by_role("dialog", name=title)).to_be_visible()


def test_a_wrong_position_is_one_line_in_the_console_and_the_widgets_own_is_used(
    page, site, console
):
    console.expect('data-position="middle" is none of bottom-right')
    visit(page, site, "crowded")
    expect(launcher(page)).to_be_visible()
    assert len(console.lines) == 1


def test_the_pages_styles_do_not_reach_the_widget(page, site, console):
    console.expect("data-position")
    visit(page, site, "crowded")
    size = page.viewport_size
    stands_at(launcher(page), x=size["width"] - 76, y=size["height"] - 76, width=56, height=56)
    height = "document.documentElement.scrollHeight"
    before = page.evaluate(height)
    page.evaluate("ChatWidget.destroy()")
    assert page.evaluate(height) == before


@pytest.mark.parametrize("added", ["Object.prototype.extend", "Array.prototype.each"])
def test_a_page_that_adds_to_every_object_has_it_too(page, site, added):
    page.add_init_script(f"if (top === self) {added} = function () {{ return this; }}")
    visit(page, site)
    open_chat(page)


def test_on_a_phone_the_window_is_all_of_the_screen(new_context, site):
    page = new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce"
    ).new_page()
    visit(page, site)
    launcher(page).tap()
    expect(composer(page)).to_be_focused()
    stands_at(window_of(page), x=0, y=0, width=390, height=844)
    expect(launcher(page, CLOSE)).to_be_hidden()
    chat(page).get_by_role("button", name=CLOSE).click()
    expect(window_of(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_a_strangers_messages_are_ignored(page, site):
    visit(page, site, "hostile")
    open_chat(page)
    page.evaluate(
        """() => new Promise((resolve) => {
            addEventListener("message", ({ data }) => data === "done" && resolve());
            frames[0].attack();
        })"""
    )
    expect(launcher(page, CLOSE)).to_be_visible()
    opened = f"chatwidget:{site.widget}:open"
    assert page.evaluate("Object.keys(localStorage)") == [opened]


def test_the_chat_hears_the_page_around_it_and_nobody_else(page, site):
    visit(page, site, "hostile")
    open_chat(page)
    inside = next(frame for frame in page.frames if frame.url.startswith(site.page_url))
    inside.evaluate(
        """async () => {
            const { on } = await import(document.querySelector("script[type=module]").src);
            window.heard = [];
            on("closed", ({ by }) => heard.push(by));
        }"""
    )
    say = """({ from, by, widget }) => {
        const target = document.querySelector("chat-widget").shadowRoot.querySelector("iframe");
        const message = { chatwidget: widget, type: "closed", by };
        const sender = from ? frames[from - 1].eval("(to, what) => to.postMessage(what, '*')")
            : (to, what) => to.postMessage(what, "*");
        sender(target.contentWindow, message);
    }"""
    page.evaluate(say, {"from": 1, "by": "stranger", "widget": site.widget})
    page.evaluate(say, {"from": 0, "by": "another widget", "widget": "other"})
    page.evaluate(say, {"from": 0, "by": "page", "widget": site.widget})
    expect(composer(page)).to_be_focused()
    inside.wait_for_function("heard.length")  # the page's own comes last
    assert inside.evaluate("heard") == ["page"]


def test_a_chat_that_does_not_load_says_so_and_can_be_tried_again(page, site, console):
    console.expect("Failed to load resource")
    visit(page, site)
    page.route(f"{site.page_url}?**", lambda route: route.abort())
    launcher(page).click()
    expect(window_of(page).get_by_role("status")).to_have_text(FAILED)
    page.unroute(f"{site.page_url}?**")
    window_of(page).get_by_role("button", name="Try again").click()
    expect(composer(page)).to_be_focused()


def test_a_chat_that_failed_before_its_watch_came_says_so_too(page, site, console):
    console.expect("Failed to load resource")
    held: list[Route] = []
    page.route(f"{site.page_url}?**", lambda route: route.abort())
    page.route("**/more.js?**", lambda route: held.append(route))
    visit(page, site)
    with page.expect_event("requestfailed"):
        launcher(page).click()
    page.wait_for_function(
        "document.querySelector('chat-widget').shadowRoot.querySelector('iframe')"
        ".contentDocument === null"
    )
    held[0].continue_()
    expect(window_of(page).get_by_role("status")).to_have_text(FAILED)


def test_a_chat_that_never_answers_is_given_up_after_ten_seconds(page, site):
    page.clock.install()
    visit(page, site)
    page.route(f"{site.page_url}?**", lambda route: None)
    launcher(page).click()
    status = window_of(page).get_by_role("status")
    expect(status).to_have_text("Loading…")
    page.clock.fast_forward(9_000)
    expect(status).to_have_text("Loading…")
    page.clock.fast_forward(2_000)
    expect(status).to_have_text(FAILED)
    page.unroute_all(behavior="ignoreErrors")


def lose_all_at_the_first_act(context, page, site) -> None:
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: "more.js" in request.url):
        launcher(page).hover()


def test_a_launcher_opened_while_the_network_was_away_says_so_and_can_be_tried_again(
    context, page, site, console
):
    console.expect("Failed to load resource")
    lose_all_at_the_first_act(context, page, site)
    launcher(page).click()
    context.set_offline(False)
    expect(window_of(page).get_by_role("status")).to_have_text(FAILED)
    window_of(page).get_by_role("button", name="Try again").click()
    expect(composer(page)).to_be_focused()


def test_what_failed_before_it_was_seen_is_loaded_by_the_next_act(context, page, site, console):
    console.expect("Failed to load resource")
    lose_all_at_the_first_act(context, page, site)
    page.evaluate("ChatWidget.on('error', ({ detail }) => { window.lost = detail.code; })")
    context.set_offline(False)
    page.wait_for_function("window.lost === 'not_loaded'")
    open_chat(page)


def test_what_the_page_asks_of_a_closed_chat_waits_for_one_that_is_slow(page, site):
    held: list[Route] = []
    page.clock.install()
    page.route(f"{site.page_url}?**", lambda route: held.append(route))
    visit(page, site)
    with page.expect_request(f"{site.page_url}?**"):
        page.evaluate("ChatWidget.send('When are you open?')")
    expect(page.get_by_role("status", include_hidden=True)).to_have_text("Loading…")
    page.clock.fast_forward(11_000)
    held[0].continue_()
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")


def test_a_part_of_the_loader_that_was_lost_is_asked_for_by_the_next_act(page, site, console):
    console.expect("Failed to load resource")
    page.route("**/more.js?**", lambda route: route.abort())
    visit(page, site)
    launcher(page).click()
    expect(composer(page)).to_be_visible()
    page.unroute("**/more.js?**")
    page.evaluate("ChatWidget.send('When are you open?')")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")
    expect(composer(page)).to_be_focused()


def test_the_pages_script_can_open_close_and_destroy_it(page, site):
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    page.evaluate(
        """() => {
            window.heard = [];
            for (const type of ["ready", "open", "close"]) {
                addEventListener(`chatwidget:${type}`, (event) => heard.push(
                    `${event.target.localName} ${event.type}`));
            }
        }"""
    )
    page.evaluate("ChatWidget.open()")
    expect(composer(page)).to_be_focused()
    page.evaluate("ChatWidget.toggle()")
    expect(window_of(page)).to_be_hidden()
    page.evaluate("ChatWidget.toggle(); ChatWidget.close()")
    assert page.evaluate("heard") == [
        f"chat-widget chatwidget:{name}" for name in ("open", "close", "open", "close")
    ]
    page.evaluate("ChatWidget.destroy()")
    expect(page.locator("chat-widget")).not_to_be_attached()
    assert page.evaluate("window.ChatWidget === undefined")


def test_a_closed_launcher_leaves_to_the_first_act_what_only_an_open_chat_needs(page, site):
    page.add_init_script(
        """
        window.used = [];
        const { addEventListener: add } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
            if (this === window || this === document) used.push(type);
            add.call(this, type, ...rest);
        };
        const { getItem } = Storage.prototype;
        Storage.prototype.getItem = function (key) {
            used.push(this === localStorage ? "browser" : "tab");
            return getItem.call(this, key);
        };
        """
    )
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    assert set(page.evaluate("used")) == {"browser"}
    assert page.evaluate("customElements.get('chat-widget') === undefined")


def test_taken_out_it_listens_no_more_and_put_back_it_works(page, site):
    page.add_init_script(
        """
        window.listening = 0;
        for (const target of [window, document, visualViewport]) {
            const { addEventListener: add } = EventTarget.prototype;
            target.addEventListener = (type, callback, options = {}) => {
                if (options.signal) {
                    listening += 1;
                    options.signal.addEventListener("abort", () => { listening -= 1; });
                }
                add.call(target, type, callback, options);
            };
        }
        """
    )
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    page.evaluate("window.taken = document.querySelector('chat-widget')")
    open_chat(page)
    listening = page.evaluate("listening")
    assert listening == 5
    page.evaluate("taken.remove()")
    assert page.evaluate("listening") == 0
    page.evaluate("document.body.append(taken)")
    assert page.evaluate("listening") == listening
    expect(launcher(page, CLOSE)).to_be_visible()
    expect(composer(page)).to_be_visible()


def test_a_clone_that_a_router_left_is_replaced(page, site):
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    page.evaluate(
        """() => {
            const widget = document.querySelector("chat-widget");
            widget.replaceWith(widget.cloneNode(true));
            const again = document.createElement("script");
            again.src = document.querySelector("script[src*='embed.js']").src;
            document.body.append(again);
        }"""
    )
    expect(launcher(page)).to_have_count(1)
    open_chat(page)
    page.evaluate("ChatWidget.close()")
    expect(window_of(page)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_moves_for_those_only_who_want_motion(new_context, site, scheme):
    page = new_context(reduced_motion="reduce", color_scheme=scheme).new_page()
    visit(page, site)
    open_chat(page)
    assert page.evaluate(MOVING_BY, "close") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING_BY, "open") > 0


def test_nobody_prints_it(page, site):
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(launcher(page)).to_be_hidden()


def test_the_browser_without_storage_has_none(storageless_page, site):
    """What the next tests rest on."""
    storageless_page.goto(f"{site.other_url}/frame.html")
    frame = storageless_page.frames[1]
    error = "(() => { try { return String(localStorage) } catch (error) { return error.name } })()"
    assert frame.evaluate(error) == "SecurityError"


def test_a_conversation_goes_on_after_a_reload(embedding_page, site):
    page = embedding_page
    visit(page, site)
    open_chat(page)
    page.keyboard.type("When are you open?")
    page.keyboard.press("Enter")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    page.reload()
    expect(log).to_contain_text("When are you open?")
    expect(log).to_contain_text("we're open from")
    composer(page).fill("How much is shipping?")
    composer(page).press("Enter")
    expect(log).to_contain_text("How much is shipping?")
    expect(log).to_contain_text("We deliver to your door")


def test_the_host_page_keeps_the_chat_only_where_the_frame_cannot(embedding_page, site, request):
    page = embedding_page
    blocked = "blocked" in request.node.name
    visit(page, site)
    open_chat(page)
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("log")).to_contain_text("Hello")
    key = f"chatwidget:{site.widget}"
    kept = "(key) => localStorage.getItem(key) !== null"
    if blocked:
        page.wait_for_function(kept, arg=key)
    else:
        assert page.evaluate("Object.keys(localStorage)") == [f"{key}:open"]


def test_in_an_apps_web_view_a_conversation_goes_on(storageless_page, site):
    page = storageless_page
    page.context.new_cdp_session(page).send(
        "Network.setUserAgentOverride", {"userAgent": WEB_VIEW, "platform": "Linux armv81"}
    )
    page.add_init_script(BARE)
    visit(page, site)
    assert page.evaluate("[navigator.userAgent, typeof BroadcastChannel]") == [
        WEB_VIEW,
        "undefined",
    ]
    open_chat(page)
    page.keyboard.type("When are you open?")
    page.keyboard.press("Enter")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    page.reload()
    expect(log).to_contain_text("we're open from")
    page.evaluate("ChatWidget.close()")
    expect(window_of(page)).to_be_hidden()
