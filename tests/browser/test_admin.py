"""The admin as its user has it: a server, a widget, the code on the clipboard, a chat."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from example_project.demo_bot import conf as bot
from tests.browser.chatting import box_of, violations
from tests.browser.running import Site


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_from_a_new_server_to_a_code_to_copy_and_a_chat(admin, site):
    admin.goto(f"{site.url}/admin/chatwidget/chatserver/add/")
    admin.get_by_role("textbox", name="Name:").fill("Second server")
    admin.get_by_label("Base URL").fill(f"{site.url}/demo-bot/api/chat/")
    admin.get_by_label("Secret").fill(bot.EMBED_KEY)
    admin.get_by_label("Origin").fill(site.url)
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.locator(".messagelist")).to_contain_text("was added successfully")

    admin.goto(f"{site.url}/admin/chatwidget/widget/add/")
    admin.get_by_role("textbox", name="Name:").press_sequentially("Tea room")
    expect(admin.get_by_label("Slug")).to_have_value("tea-room")
    admin.get_by_label("Server", exact=False).first.select_option(label="Second server")
    admin.get_by_label("Chatbot id").fill(str(bot.CHATBOT_ID))
    admin.get_by_label("Welcome messages").fill("Tea or coffee?")
    admin.get_by_role("button", name="Save", exact=True).click()

    admin.get_by_role("button", name="Copy: Any page").click()
    expect(admin.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    code = copied(admin)
    assert re.fullmatch(
        rf'<script src="{site.url}/chatwidget/[\w-]+/embed.js" async></script>', code
    )
    admin.get_by_role("button", name="Copy: A link").click()
    expect(admin.get_by_role("status").filter(has_text="Copied")).to_have_count(2)
    admin.goto(copied(admin))
    expect(admin.get_by_text("Tea or coffee?")).to_be_visible()


def open_widget(admin: Page, site: Site) -> None:
    admin.goto(f"{site.url}/admin/chatwidget/widget/")
    admin.get_by_role("link", name="Lantern Books", exact=True).click()


def test_without_a_clipboard_the_code_is_selected(admin, site):
    open_widget(admin, site)
    admin.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    admin.get_by_role("button", name="Copy: A template of this site").click()
    expect(admin.get_by_role("status").filter(has_text="Selected")).to_be_visible()
    assert admin.evaluate("String(getSelection())").startswith("{% load chatwidget %}")


def test_the_colours_picker_and_text_follow_each_other(admin, site):
    open_widget(admin, site)
    text, picker = admin.get_by_label("Colour", exact=False).first, admin.get_by_label("Pick a")
    picker.fill("#aa3366")
    expect(text).to_have_value("#aa3366")
    text.fill("#123456")
    expect(picker).to_have_value("#123456")
    text.fill("green")
    expect(picker).to_have_value("#123456")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_a_widget_scrolls_one_way_only(admin, site, width):
    admin.set_viewport_size({"width": width, "height": 740})
    open_widget(admin, site)
    expect(admin.get_by_role("button", name="Copy: Any page")).to_be_visible()
    assert admin.evaluate("document.documentElement.scrollWidth") == width


def chat_frame(admin: Page) -> FrameLocator:
    """The chat page within the preview's page of nowhere."""
    host = admin.frame_locator(".chatwidget-stage iframe").last
    return host.frame_locator("iframe")


def test_a_new_admin_connects_tests_designs_previews_chats_and_sees_it_counted(admin, site):
    admin.goto(f"{site.url}/admin/chatwidget/chatserver/add/")
    expect(admin.get_by_label("Token URL")).to_be_hidden()
    admin.get_by_label("Credential", exact=False).first.select_option("client_credentials")
    expect(admin.get_by_label("Token URL")).to_be_visible()
    admin.get_by_label("Credential", exact=False).first.select_option("embed_key")
    admin.get_by_role("textbox", name="Name:").fill("Whole path")
    admin.get_by_label("Base URL").fill(f"{site.url}/demo-bot/")
    admin.get_by_label("Secret", exact=False).first.fill("wrong")
    admin.get_by_label("Origin").fill(site.url)
    admin.get_by_label("Chatbot id").fill(str(bot.CHATBOT_ID))
    admin.get_by_role("button", name="Save and test the connection").click()
    expect(admin.locator(".messagelist .error")).to_contain_text("embed key")
    admin.get_by_label("New secret").fill(bot.EMBED_KEY)
    admin.get_by_role("button", name="Save and test the connection").click()
    expect(admin.locator(".messagelist")).to_contain_text("It works: “")

    admin.goto(f"{site.url}/admin/chatwidget/widget/add/")
    admin.get_by_role("textbox", name="Name:").press_sequentially("Whole path")
    admin.get_by_label("Server", exact=False).first.select_option(label="Whole path")
    admin.get_by_label("Chatbot id").fill(str(bot.CHATBOT_ID))
    admin.get_by_label("Title", exact=False).first.fill("Seen at once")
    expect(chat_frame(admin).get_by_role("heading", name="Seen at once")).to_be_visible()
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_role("link", name="Usage", exact=True).last).to_be_visible()

    usage = admin.get_by_role("link", name="Usage", exact=True).last.get_attribute("href")
    admin.goto(admin.get_by_role("textbox", name="A link:").input_value())
    admin.get_by_label("Message", exact=True).fill("When are you open today?")
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("we're open from", exact=False)).to_be_visible()
    admin.goto(f"{site.url}{usage}")
    tile = admin.locator(".chatwidget-tiles div", has_text="Messages")
    expect(tile.locator("dd")).to_have_text("1")


def test_the_preview_follows_what_is_typed_the_screen_and_the_colours(admin, site):
    open_widget(admin, site)
    expect(chat_frame(admin).get_by_role("heading", name="Lantern Books")).to_be_visible()
    admin.get_by_label("Title", exact=False).first.fill("Another")
    expect(chat_frame(admin).get_by_role("heading", name="Another")).to_be_visible()
    expect(admin.get_by_label("Title", exact=False).first).to_be_focused()
    light = chat_frame(admin).locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    admin.get_by_role("radio", name="Dark").check()
    expect(admin.locator(".chatwidget-stage iframe")).to_have_count(1)
    expect(chat_frame(admin).get_by_role("heading", name="Another")).to_be_visible()
    expect(chat_frame(admin).locator("body")).not_to_have_css("background-color", light)
    admin.get_by_role("radio", name="Phone").check()
    expect(admin.locator(".chatwidget-stage")).to_have_css("width", "390px")
    expect(admin.get_by_text("to 1. Dark:", exact=False)).to_be_visible()


def test_the_preview_follows_a_change_within_half_a_second(admin, site):
    open_widget(admin, site)
    expect(chat_frame(admin).get_by_role("heading", name="Lantern Books")).to_be_visible()
    # Of the page's own time: the server's depends on what else the machine does.
    admin.clock.install()
    admin.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    for number in range(3):
        admin.get_by_label("Title", exact=False).first.fill(f"Title {number}")
        admin.clock.run_for(500)
        heading = chat_frame(admin).get_by_role("heading", name=f"Title {number}")
        expect(heading).to_be_visible()


def test_nothing_can_be_sent_from_the_preview(admin, site):
    open_widget(admin, site)
    expect(chat_frame(admin).get_by_role("heading", name="Lantern Books")).to_be_visible()
    expect(chat_frame(admin).locator("footer")).to_have_attribute("inert", "")


def test_sessions_are_filtered_by_widget_and_a_transcript_is_read(admin, site):
    admin.goto(site.page_url)
    admin.get_by_label("Message", exact=True).fill("When are you open today?")
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("we're open from", exact=False)).to_be_visible()
    admin.goto(f"{site.url}/admin/chatwidget/chatsession/")
    admin.get_by_label("widget", exact=True).select_option(label="Lantern Books")
    expect(admin).to_have_url(re.compile(r"\?widget=\d+"))
    admin.locator("#result_list tbody th a").first.click()
    admin.get_by_role("button", name="Read the transcript").click()
    expect(admin.get_by_text("When are you open today?")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    "path", ["usageday/", "chatserver/1/change/", "widget/import/", "widget/move/"]
)
def test_the_other_pages_scroll_one_way_only(admin, site, width, path):
    admin.set_viewport_size({"width": width, "height": 740})
    admin.goto(f"{site.url}/admin/chatwidget/{path}")
    assert admin.evaluate("document.documentElement.scrollWidth") == width


LONG_NAME = "Lantern" * 14
USED = """
from django.utils import timezone
from chatwidget.models import UsageDay, Widget
widget = Widget.objects.get(public_id="{widget}")
UsageDay.objects.create(widget=widget, day=timezone.localdate(), messages=9)
"""


def test_a_long_name_of_a_widget_takes_no_room_from_lists_and_numbers(admin, site):
    """The filter beside the sessions grows with no name, nor do the tables of usage."""
    site.run(USED.format(widget=site.make_widget(name=LONG_NAME)))
    admin.set_viewport_size({"width": 1280, "height": 740})
    admin.goto(f"{site.url}/admin/chatwidget/chatsession/")
    assert box_of(admin.locator("#changelist-filter"))["width"] < 300
    admin.set_viewport_size({"width": 320, "height": 740})
    admin.goto(f"{site.url}/admin/chatwidget/usageday/")
    expect(admin.get_by_role("link", name=LONG_NAME)).to_be_visible()
    assert admin.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("page", ["widget/add/", "widget/1/change/"])
def test_a_phone_has_a_way_to_the_preview_below_the_form(admin, site, page):
    admin.set_viewport_size({"width": 360, "height": 740})
    admin.goto(f"{site.url}/admin/chatwidget/{page}")
    heading = admin.get_by_role("heading", name="Preview")
    expect(heading).not_to_be_in_viewport()
    admin.get_by_role("link", name="Preview").click()
    expect(heading).to_be_in_viewport()
    admin.set_viewport_size({"width": 1280, "height": 740})
    expect(admin.get_by_role("link", name="Preview")).to_be_hidden()


# What Django's own templates bring along: links of breadcrumbs, a search box without a label.
DJANGOS_OWN = ('/admin/">', "/admin/chatwidget/", 'id="searchbar"', ">Show all<")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_wrong_that_is_ours(admin, site, scheme, width):
    admin.emulate_media(color_scheme=scheme)
    admin.set_viewport_size({"width": width, "height": 740})
    paths = ("chatserver/", "chatserver/add/", "chatserver/1/change/", "widget/", "widget/add/")
    more = ("widget/1/change/", "widget/import/", "widget/move/", "chatsession/", "usageday/")
    for path in (*paths, *more):
        admin.goto(f"{site.url}/admin/chatwidget/{path}")
        found = violations(admin)
        own = [(rule, [each for each in places if not is_djangos(each)]) for rule, places in found]
        assert not [each for each in own if each[1]], path


def is_djangos(html: str) -> bool:
    return any(mark in html for mark in DJANGOS_OWN)


def test_beside_the_preview_each_field_is_whole(admin, site):
    admin.set_viewport_size({"width": 1280, "height": 800})
    open_widget(admin, site)
    form = box_of(admin.locator("#widget_form"))
    for name in ("Name", "Chatbot id", "Pick a colour", "Welcome messages"):
        field = box_of(admin.get_by_label(name, exact=False).first)
        assert field["x"] + field["width"] <= form["x"] + form["width"], name


def test_the_servers_own_tag_is_pasted_read_and_saved_as_a_widget(admin, site):
    admin.goto(f"{site.url}/admin/chatwidget/widget/")
    admin.get_by_role("link", name="Move over").click()
    admin.get_by_label("HTML").fill("<p>Nothing here</p>")
    admin.get_by_role("button", name="Continue").click()
    expect(admin.get_by_text("There is no <open-chat-studio-widget> in it.")).to_be_visible()
    admin.get_by_label("HTML").fill(
        f'<open-chat-studio-widget chatbot-id="{bot.CHATBOT_ID}" api-base-url="{site.url}"'
        """ embed-key="k" header-text="Moved here" welcome-messages='["Hello from there."]'>"""
    )
    admin.get_by_role("button", name="Continue").click()
    left = admin.get_by_role("region", name="What is left to do")
    expect(left).to_contain_text("It belongs to the server")
    assert not [each for rule, nodes in violations(admin) for each in nodes if not is_djangos(each)]
    expect(chat_frame(admin).get_by_text("Hello from there.")).to_be_visible()
    admin.get_by_role("textbox", name="Name:").press_sequentially("Moved over")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_role("heading", name="Put it on a page")).to_be_visible()
    expect(admin.get_by_label("Title", exact=False).first).to_have_value("Moved here")
