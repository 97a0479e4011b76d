"""Moving over from the server's own widget: what a page says of it becomes a form to save."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget.admin import pasted
from chatwidget.admin.counterparts import move
from chatwidget.models import Widget
from tests.fixtures import make_widget

MOVE = "admin:chatwidget_widget_move"
CHATBOT = "183312ac-cbe5-4c91-9e7b-d9df96b088e4"
PAGE = f"""<!doctype html><html><head><style>
:root {{ --brand: #ffffff; }}
open-chat-studio-widget.ours {{ position: fixed; right: 24px; bottom: auto;
  --send-button-bg-color: #a36; --chat-z-index: 40; --chat-window-width: 30%;
  --input-bg-color: red }}
</style></head><body>
<!-- <open-chat-studio-widget chatbot-id="old"></open-chat-studio-widget> -->
<open-chat-studio-widget class="ours" chatbot-id={CHATBOT} CHATBOT-ID="second"
  api-base-url='https://remote-host-marked.example/' embed-key="key-marked" data-widget-version=1
  header-text="Ask &amp; learn" button-text="Ask us" button-shape="round" position="left"
  welcome-messages="['Hello.', 'How are you?']" starter-questions='["It&#39;s late?"]'
  language="pt" allow-attachments="true" disabled="false" banner-message="Away" user-id="u1"
  banner-style="error" banner-position="bottom" visible="true" kiosk></open-chat-studio-widget>
<script>
  const it = document.querySelector("open-chat-studio-widget");
  it.pageContext = {{ a: 1 }}; it.authTokenProvider = f; it.pageContext = {{}};
  it.addEventListener("ocs:message:received", f); it.addEventListener("ocs:new", f);
</script>"""


def moved(html: str) -> tuple[dict[str, Any], dict[str, str]]:
    found = move(pasted.read(html))
    return dict(found.values), {note.name: str(note.words) for note in found.notes}


def tag(attributes: str) -> str:
    return f"<open-chat-studio-widget {attributes}></open-chat-studio-widget>"


def test_what_has_a_counterpart_fills_a_widgets_fields(server):
    values, _notes = moved(PAGE)
    assert {**values, "chatbot_id": str(values["chatbot_id"])} == {
        "server": server.pk,
        "chatbot_id": CHATBOT,
        "title": "Ask & learn",
        "label": "Ask us",
        "radius": 16,
        "position": "bottom-left",
        "welcome_messages": ["Hello.", "How are you?"],
        "starter_questions": ["It's late?"],
        "language": "pt",
        "takes_files": True,
        "is_read_only": False,
        "banner": "Away",
        "banner_tone": "danger",
        "banner_place": "bottom",
        "accent": "#aa3366",
        "z_index": 40,
        "offset_x": 24,
    }


def test_what_has_none_is_named_with_what_to_do_instead(server):
    _values, notes = moved(PAGE)
    assert list(notes) == [
        "embed-key",
        "user-id",
        "visible",
        "kiosk",
        "--chat-window-width, --input-bg-color",
        "ocs:message:received",
        "ocs:new",
        "pageContext",
        "authTokenProvider",
    ]
    assert "chatwidget:message-received" in notes["ocs:message:received"]
    assert notes["kiosk"] == notes["ocs:new"] == "There is nothing like it here."
    assert "setContext" in notes["pageContext"]


@pytest.mark.parametrize(
    ("attributes", "name", "words"),
    [
        ('chatbot-id="{{ id }}"', "chatbot-id: {{ id }}", "valid UUID"),
        (f'header-text="{"a" * 61}"', f"header-text: {'a' * 61}", "at most 60"),
        ('position="center"', "position: center", "not a valid choice"),
        ('language="ita"', "language: ita", "not a valid choice"),
        ('welcome-messages="Hello, you"', "welcome-messages: Hello, you", "one entry a line"),
        ('starter-questions="[1, [["', "starter-questions: [1, [[", "one entry a line"),
        ('starter-questions="7"', "starter-questions: 7", "one entry a line"),
        ('style="--button-background-color:#12"', "--button-background-color: #12", "#1f6f5c"),
        ('style="--chat-z-index: top"', "--chat-z-index: top", "integer"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_and_says_why(server, attributes, name, words):
    values, notes = moved(tag(f"api-base-url=https://remote-host-marked.example {attributes}"))
    assert values == {"server": server.pk}
    assert list(notes) == [name]
    assert words in notes[name]


@pytest.mark.parametrize("address", ["", "api-base-url=https://else.example", "api-base-url='?'"])
def test_a_server_that_is_not_here_has_to_be_added(server, address):
    values, notes = moved(tag(f"{address} header-text='' button-shape"))
    assert values == {}
    assert "Add it first." in notes["api-base-url"]


def test_of_several_the_first_counts_and_the_others_are_counted(server):
    values, notes = moved(tag("header-text=One") + "<p>" + tag("header-text=Two"))
    assert values["title"] == "One"
    assert "has 2" in notes["open-chat-studio-widget"]


def test_scripts_of_a_page_that_are_about_something_else_are_none_of_ours(server):
    _values, notes = moved(tag("") + "<script>it.userId = 1</script>")
    assert list(notes) == ["api-base-url"]


def test_a_style_names_more_than_one_colour_and_the_buttons_comes_first(server):
    style = "--message-user-bg-color:#111111;--send-button-bg-color:red"
    values, _notes = moved(tag(f'style="{style};--button-background-color:#fff"'))
    assert values["accent"] == "#111111"


def paste(client: Client, html: str) -> Any:
    return client.post(reverse(MOVE), {"html": html})


def test_the_form_of_a_new_widget_is_filled_in_and_nothing_is_saved(admin_client, server):
    response = paste(admin_client, PAGE)
    html = response.text
    assert f'action="{reverse("admin:chatwidget_widget_add")}"' in html
    assert 'value="Ask &amp; learn"' in html
    assert "Hello.\nHow are you?" in html
    assert "What is left to do" in html
    assert "key-marked" not in html
    assert not Widget.objects.exists()


def filled(client: Client, html: str) -> dict[str, Any]:
    """What a browser sends of the form that a move filled, as it is."""
    response = paste(client, html)
    assert '<input type="hidden" name="chatwidget_moved" value="1">' in response.text
    form = response.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    sent = {name: each for name, each in values.items() if each is not None and each is not False}
    return {**sent, "chatwidget_moved": "1"}


NAMED = {"name": "Moved", "slug": "moved"}
TOLD = "There is nothing like it here."


def test_what_is_left_to_do_is_told_until_the_widgets_page_has_shown_it(admin_client, server):
    sent = filled(admin_client, PAGE)
    add = reverse("admin:chatwidget_widget_add")
    for _try in range(2):
        refused = admin_client.post(add, sent)
        assert refused.status_code == 200
        assert TOLD in refused.text
        assert "Nothing is saved yet." in refused.text
    other = make_widget(server, name="Other")
    saved = admin_client.post(add, {**sent, **NAMED})
    page = reverse("admin:chatwidget_widget_change", args=[other.pk])
    assert TOLD not in admin_client.get(page).text
    shown = admin_client.get(saved["Location"]).text
    assert TOLD in shown
    assert "Nothing is saved yet." not in shown
    assert TOLD not in admin_client.get(saved["Location"]).text


def test_a_widget_that_was_not_moved_is_told_nothing_of_an_earlier_move(admin_client, server):
    sent = filled(admin_client, PAGE)
    del sent["chatwidget_moved"]
    add = reverse("admin:chatwidget_widget_add")
    assert TOLD not in admin_client.post(add, sent).text
    saved = admin_client.post(add, {**sent, **NAMED})
    assert TOLD not in admin_client.get(saved["Location"]).text


def test_a_session_that_is_over_loses_the_notes_and_no_widget(admin_client, server):
    sent = filled(admin_client, PAGE)
    session = admin_client.session
    del session["chatwidget_moved"]
    session.save()
    add = reverse("admin:chatwidget_widget_add")
    assert TOLD not in admin_client.post(add, sent).text
    assert admin_client.post(add, {**sent, **NAMED}).status_code == 302


def test_the_filled_form_saves_once_it_has_a_name(admin_client, server):
    response = admin_client.post(
        reverse("admin:chatwidget_widget_add"), {**filled(admin_client, PAGE), **NAMED}
    )
    assert response.status_code == 302, response.context["adminform"].form.errors
    widget = Widget.objects.get()
    assert (widget.title, widget.accent, widget.server) == ("Ask & learn", "#aa3366", server)


def test_a_tag_of_which_all_comes_over_says_so(admin_client, server):
    html = tag(f"chatbot-id={CHATBOT} api-base-url=https://remote-host-marked.example")
    assert "All of it came over." in paste(admin_client, html).text


def test_markup_in_values_stays_text(admin_client, server):
    html = tag("header-text='<script>alert(1)</script>' x<y='<img src=x>' a&#60;b=1")
    html += tag("") + '<script>"open-chat-studio-widget"; "ocs:<b>"</script>'
    said = paste(admin_client, html).text
    assert "<script>alert(1)" not in said
    assert "&lt;script&gt;alert(1)" in said
    assert "<img src=x>" not in said


NONSENSE = {
    "nothing": "",
    "no tag": "<p>open-chat-studio-widget</p>",
    "another": "<open-chat-studio-widgets a=1>",
    "comment": f"<!-- {tag('a=1')}",
    "binary": "\x00\ufffd<<<>",
    "json": '{"a": 1}',
}


@pytest.mark.parametrize("html", NONSENSE.values(), ids=NONSENSE)
def test_what_has_no_tag_is_refused_in_words_and_kept(admin_client, server, html):
    response = paste(admin_client, html)
    assert response.context["form"].errors
    assert "Please correct the error below." in response.text


T = "<open-chat-studio-widget "
ENDLESS = {
    "comments": "<!---->" * 100_000,
    "tags": T * 30_000,
    "quotes": f'{T}a="' * 30_000,
    "blanks": T + " " * 700_000,
    "attributes": T + "a " * 350_000,
    "rules": "open-chat-studio-widget {" * 30_000,
    "names": "open-chat-studio-widget" * 30_000,
    "declarations": f'{T}style="{"a" * 700_000}"',
    "events": "ocs:a" * 140_000,
}


@pytest.mark.parametrize("html", ENDLESS.values(), ids=ENDLESS)
def test_a_text_that_was_made_to_take_long_is_read_as_quickly(html):
    assert pasted.read(html).tags in (0, 1, 30_000)


def test_more_than_a_page_has_is_refused(admin_client, server):
    response = paste(admin_client, "a" * 1_000_001)
    assert "at most 1000000" in str(response.context["form"].errors)


def test_the_list_leads_there_for_those_who_may_add(admin_client, make_admin, widget):
    assert reverse(MOVE) in admin_client.get(reverse("admin:chatwidget_widget_changelist")).text
    assert "or the tag alone" in admin_client.get(reverse(MOVE)).text
    client = make_admin("view_widget")
    assert client.get(reverse(MOVE)).status_code == 403
    assert paste(client, PAGE).status_code == 403
    assert reverse(MOVE) not in client.get(reverse("admin:chatwidget_widget_changelist")).text
