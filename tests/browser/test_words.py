"""What the admin says to visitors, as they meet it: framed, alone, small, dark, without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.chatting import (
    REFUSED,
    button,
    composer,
    log,
    say,
    violations,
    violations_in_the_dark,
)
from tests.browser.running import Site

FORM: dict[str, object] = {
    "form_words": "So that we can help:",
    "asks_name": "optional",
    "asks_email": "required",
    "form_questions": ["topic* | Topic | choice | Orders; Returns", "more | More | long text"],
    "consent_text": "We keep what you write.",
    "consent_link": "https://www.example.com/privacy",
    "consent_version": "1",
}
FOREVER = {"hours": ["Mon closed"]}
CONSENT = {"consent_text": "Agree to **this**.", "consent_version": "1"}


@pytest.fixture(scope="module")
def widgets(site: Site) -> dict[str, str]:
    """A widget for each thing that may be said, by its name."""
    opens = datetime.now(UTC) + timedelta(days=2)
    made: dict[str, dict[str, object]] = {
        "form": FORM,
        "banner": {"banner": "Parcels are **late**.", "banner_tone": "warning"},
        "bottom": {"banner": "Fine.", "banner_tone": "success", "banner_place": "bottom"},
        "closed": {
            "hours": [f"{opens:%a} 9:00-10:00"],
            "hours_zone": "UTC",
            "takes_messages_closed": False,
        },
        "leave": {**FOREVER, "starter_questions": ["Open?"]},
        "read_only": {"is_read_only": True, "read_only_words": "We moved."},
    }
    return {name: site.make_widget(title=name, **fields) for name, fields in made.items()}


def page_of(site: Site, widget: str) -> str:
    return f"{site.url}/chatwidget/{widget}/"


# The site's process shares no cache with ours: it learns of a change within five seconds.
UNTIL_IT_SAYS = """async ([address, words]) => {
    while (!(await (await fetch(address)).text()).includes(words)) {
        await new Promise((done) => setTimeout(done, 250));
    }
}"""


def set_fields(page: Page, site: Site, widget: str, fields: str, *, said: str) -> None:
    """Set them behind the page's back, and wait until the gate says ``said``."""
    code = f"from chatwidget.models import Widget as W\nW.objects.filter(public_id='{widget}')"
    site.run(f"{code}.update({fields})")
    page.evaluate(UNTIL_IT_SAYS, [f"{page_of(site, widget)}gate/", said])


def fill(page: Page | FrameLocator) -> None:
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Email").fill("ana@example.com")
    page.get_by_role("combobox", name="Topic").select_option("Returns")
    page.get_by_role("checkbox", name="I agree").check()


def test_the_form_lets_in_and_is_not_asked_again(page: Page, site, widgets, console):
    console.expect(REFUSED)
    page.goto(page_of(site, widgets["form"]))
    expect(page.get_by_text("So that we can help:")).to_be_visible()
    expect(composer(page)).to_be_hidden()
    page.get_by_label("Name").fill("Ana")
    button(page, "Start the chat").click()
    expect(page.get_by_label("Email")).to_be_focused()
    expect(page.get_by_label("Email")).to_have_accessible_description("This can't be empty.")
    expect(page.get_by_label("Name")).to_have_value("Ana")
    expect(page.get_by_text("Tick this to go on.")).to_be_visible()
    fill(page)
    button(page, "Start the chat").click()
    expect(composer(page)).to_be_focused()
    say(page, "hello")
    expect(log(page).locator(".message:not(.own, .pending)")).to_have_count(1)
    page.reload()
    expect(composer(page)).to_be_visible()
    expect(page.get_by_role("form", name="Before the chat")).to_have_count(0)
    button(page, "Your chats").click()
    button(page, "New chat").click()
    button(page, "New chat").last.click()
    expect(page.get_by_role("form", name="Before the chat")).to_be_visible()


def test_the_form_works_in_a_frame_by_keyboard(page: Page, site, widgets):
    page.goto(f"{site.other_url}/shop.html")
    source = page_of(site, widgets["form"])
    page.set_content(f'<iframe title="Chat" src="{source}" width=400 height=700></iframe>')
    frame = page.frame_locator("iframe")
    fill(frame)
    frame.get_by_role("checkbox", name="I agree").press("Enter")
    expect(frame.get_by_role("textbox", name="Message")).to_be_visible()


def test_what_was_typed_stays_when_the_network_is_away(page: Page, site, widgets, console):
    console.expect("ERR_")
    console.expect("htmx:")  # It says of each request what became of it.
    page.goto(page_of(site, widgets["form"]))
    fill(page)
    page.route("**/gate/", lambda route: route.abort())
    button(page, "Start the chat").click()
    expect(page.get_by_role("alert").filter(has_text="Connection lost")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Ana")
    page.unroute("**/gate/")
    button(page, "Start the chat").click()
    expect(composer(page)).to_be_visible()


def test_a_consent_that_changed_stops_a_message_which_then_goes_on(page: Page, site, console):
    console.expect(REFUSED)
    widget = site.make_widget(title="Consent", **CONSENT)
    page.goto(page_of(site, widget))
    page.get_by_role("checkbox", name="I agree").check()
    button(page, "Continue").click()
    expect(composer(page)).to_be_visible()
    fields = "consent_version='2', consent_text='Agree to more.'"
    set_fields(page, site, widget, fields, said="Agree to more.")
    say(page, "hello there")
    expect(log(page).get_by_text("Agree to more.")).to_be_visible()
    assert violations(page) == []
    button(page, "Agree and send").click()
    expect(log(page).locator(".message:not(.own, .pending)")).to_have_count(1)
    expect(log(page).get_by_text("hello there")).to_have_count(1)


def test_closing_while_the_page_is_open_keeps_what_was_sent(page: Page, site, console):
    console.expect(REFUSED)
    widget = site.make_widget(title="Closing", hours=["daily 0:00-24:00"], banner="Soon.")
    page.goto(page_of(site, widget))
    expect(page.get_by_role("complementary", name="Notice")).to_be_visible()
    fields = "hours=['Mon closed'], takes_messages_closed=False, banner_until='2020-01-01T00:00Z'"
    set_fields(page, site, widget, fields, said="closed right now.")
    say(page, "too late")
    expect(log(page).get_by_text("We're closed right now.")).to_be_visible()
    expect(log(page).get_by_text("too late")).to_be_visible()
    expect(page.get_by_role("banner").get_by_text("Closed")).to_be_visible()
    expect(page.get_by_role("complementary", name="Notice")).to_be_hidden()
    expect(composer(page)).to_be_hidden()


def test_what_was_filled_in_stays_when_the_gate_is_asked_for_anew(page: Page, site):
    opens = datetime.now(UTC) + timedelta(days=2)
    hours = {"hours": [f"{opens:%a} 9:00-10:00"], "hours_zone": "UTC"}
    page.clock.install()
    page.goto(page_of(site, site.make_widget(**FORM, **hours)))
    page.get_by_label("Email").fill("ana@example.com")
    page.get_by_label("Topic").select_option("Returns")
    page.get_by_label("I agree").check()
    page.get_by_label("More").press_sequentially("My parcel has not come, and")
    with page.expect_response("**/gate/"):
        page.clock.fast_forward(72 * 3_600_000)
    expect(page.locator("#gate.known form")).to_be_visible()
    expect(page.get_by_label("More")).to_be_focused()
    expect(page.get_by_label("More")).to_have_value("My parcel has not come, and")
    expect(page.get_by_label("Email")).to_have_value("ana@example.com")
    expect(page.get_by_label("Topic")).to_have_value("Returns")
    expect(page.get_by_label("I agree")).to_be_checked()


def test_it_is_told_in_the_visitors_own_time_until_when_it_is_closed(new_context, site, widgets):
    page = new_context(locale="en-GB", timezone_id="Asia/Kathmandu").new_page()
    page.goto(page_of(site, widgets["closed"]))
    expect(page.get_by_role("banner").get_by_text("Closed until")).to_contain_text("14:45")
    expect(composer(page)).to_be_hidden()


def test_where_a_message_may_be_left_the_words_stand_above_it(page: Page, site, widgets):
    page.goto(page_of(site, widgets["leave"]))
    expect(page.get_by_text("You can leave a message.")).to_be_visible()
    button(page, "Open?").click()
    expect(log(page).locator(".message:not(.own, .pending)")).to_have_count(1)


def test_the_form_works_without_scripts(new_context, site, widgets, console):
    console.expect(REFUSED)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(page_of(site, widgets["form"]) + "plain/")
    page.get_by_label("Name").fill("Ana")
    button(page, "Start the chat").click()
    expect(page.get_by_label("Name")).to_have_value("Ana")
    fill(page)
    button(page, "Start the chat").click()
    composer(page).fill("hello")
    button(page, "Send").click()
    expect(log(page).get_by_text("hello").first).to_be_visible()


@pytest.mark.parametrize("where", ["?language=ar", "plain/"])
@pytest.mark.parametrize("name", ["form", "banner", "bottom", "closed", "leave", "read_only"])
def test_axe_finds_nothing_wrong_and_nothing_is_wider_than_320_pixels(
    new_context, site, widgets, name: str, where: str
):
    settings = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}
    page = new_context(**settings).new_page()
    page.goto(page_of(site, widgets[name]) + where)
    if name == "form":
        expect(page.get_by_role("form").first).to_be_visible()
    assert violations(page) == []
    assert violations_in_the_dark(page) == []
    assert page.locator("html").evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0


def test_a_paused_chat_has_words_of_its_own(page: Page, site, console):
    console.expect(REFUSED)
    widget = site.make_widget(is_active=False, paused_words="Back in May.")
    page.goto(page_of(site, widget))
    expect(page.get_by_text(re.compile("Back in May"))).to_be_visible()
