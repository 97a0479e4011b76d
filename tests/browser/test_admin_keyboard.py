"""The admin by keyboard alone: each control in the order of the page, seen, and worked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PAGES = (
    "chatserver/",
    "chatserver/add/",
    "chatserver/1/change/",
    "chatserver/1/delete/",
    "widget/",
    "widget/add/",
    "widget/1/change/",
    "widget/import/",
    "chatsession/",
    "usageday/",
)
# What a keyboard has to come to: of a group of radios, one.
NUMBER_CONTROLS = """() => {
  for (const each of document.querySelectorAll("#content details")) each.open = true;
  const all = [...document.querySelectorAll(
    "#content :is(a[href], button, input, select, textarea, summary, [tabindex])")];
  const shown = all.filter((each) =>
    each.tabIndex >= 0 && !each.disabled && each.type !== "hidden"
    && each.checkVisibility({ visibilityProperty: true }));
  const stops = shown.filter((each) => each.type !== "radio" || each.checked);
  stops.forEach((each, number) => { each.dataset.stop = number; });
  window.visited = [];
  window.unseen = [];
  document.addEventListener("focusin", ({ target }) => {
    if (!target.dataset.stop) return;
    window.visited.push(Number(target.dataset.stop));
    const { outlineStyle, boxShadow } = getComputedStyle(target);
    if (outlineStyle === "none" && boxShadow === "none") window.unseen.push(target.outerHTML);
  });
  return stops.length;
}"""


def test_tab_comes_to_each_control_in_order_and_shows_where_it_is(admin, site):
    for path in PAGES:
        admin.goto(f"{site.url}/admin/chatwidget/{path}")
        assert_worked_by_tab(admin, path)


def assert_worked_by_tab(admin: Page, path: str) -> None:
    number = admin.evaluate(NUMBER_CONTROLS)
    admin.locator("a.skip-to-content-link").focus()
    admin.keyboard.press("Enter")
    visited: list[int] = []
    for _batch in range(2 + number // 10):
        for _press in range(10):
            admin.keyboard.press("Tab")
        visited = admin.evaluate("window.visited")
        if number - 1 in visited:
            break
    assert list(dict.fromkeys(visited)) == list(range(number)), path
    assert admin.evaluate("window.unseen") == [], path


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there."""
    wanted = target.element_handle()
    for _press in range(250):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => wanted === document.activeElement", wanted):
            return
    pytest.fail(f"Tab never comes to {target}")


def preview(page: Page) -> Any:
    frame = page.frame_locator(".chatwidget-stage iframe").last
    return frame.frame_locator("iframe").get_by_role("heading").first


def test_a_widget_is_worded_previewed_copied_and_paused_without_a_mouse(admin, site):
    public_id = site.make_widget(name="By keyboard", title="By keyboard")
    admin.goto(f"{site.url}/admin/chatwidget/widget/?q={public_id}")
    reach(admin, admin.get_by_role("link", name="By keyboard", exact=True))
    admin.keyboard.press("Enter")

    reach(admin, admin.get_by_role("button", name="Copy: A link"))
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    reach(admin, admin.get_by_label("Title", exact=False).first)
    admin.keyboard.insert_text("Typed")
    expect(preview(admin)).to_have_text("Typed")

    reach(admin, admin.get_by_label("Starter questions"))
    admin.keyboard.press("Control+End")
    admin.keyboard.type("First?\nSecond?\nThird?")
    for key in ("Home", "Shift+ArrowUp", "Delete"):  # the second goes
        admin.keyboard.press(key)
    reach(admin, admin.locator("summary", has_text="Language"))
    admin.keyboard.press("Enter")
    reach(admin, admin.get_by_label("Text", exact=True).first)
    admin.keyboard.type("Send")
    admin.keyboard.press("Tab")
    admin.keyboard.type("Go")

    reach(admin, admin.get_by_role("radio", name="Desktop"))
    admin.keyboard.press("ArrowRight")
    expect(admin.locator(".chatwidget-stage")).to_have_attribute("data-screen", "phone")
    reach(admin, admin.get_by_role("radio", name="Light"))
    admin.keyboard.press("ArrowRight")
    expect(admin.get_by_role("radio", name="Dark")).to_be_checked()

    reach(admin, admin.get_by_role("button", name="Save and continue editing"))
    admin.keyboard.press("Enter")
    expect(admin.locator(".messagelist")).to_contain_text("was changed successfully")
    expect(admin.get_by_label("Starter questions")).to_have_value("First?\nThird?")
    expect(admin.get_by_label("Your words", exact=True).first).to_have_value("Go")
    reach(admin, admin.get_by_role("button", name="Pause"))
    admin.keyboard.press("Enter")
    expect(admin.locator(".messagelist")).to_contain_text("1 is paused.")


def test_a_charts_table_opens_and_scrolls_without_a_mouse(admin, site):
    admin.set_viewport_size({"width": 320, "height": 740})
    admin.goto(f"{site.url}/admin/chatwidget/usageday/")
    reach(admin, admin.locator("summary", has_text="The same as a table").first)
    admin.keyboard.press("Space")
    table = admin.get_by_role("region", name="Usage by day")
    expect(table).to_be_visible()
    reach(admin, table)
    admin.keyboard.press("ArrowRight")
    admin.wait_for_function("region => region.scrollLeft > 0", arg=table.element_handle())


def test_a_deletion_is_called_off_without_a_mouse(admin, site):
    here = f"{site.url}/admin/chatwidget/widget/1/change/"
    admin.goto(here)
    reach(admin, admin.get_by_role("link", name="Delete", exact=True))
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("heading", name="Delete", exact=True)).to_be_visible()
    reach(admin, admin.get_by_role("link", name="No, take me back"))
    admin.keyboard.press("Enter")
    expect(admin).to_have_url(here)
