"""Widgets in the admin: lists as lines, the code to copy, what is refused and where."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from chatwidget import usage
from chatwidget.admin import publishing, sections
from chatwidget.management.roles import ROLES
from chatwidget.models import ChatSession, UsageDay, Widget
from tests.admin.conftest import as_sent, field_errors
from tests.fixtures import make_widget

ADD = "admin:chatwidget_widget_add"
LIST = "admin:chatwidget_widget_changelist"
BOT = "22222222-2222-4222-8222-222222222222"


def form(server_id: int, **changes: str) -> dict[str, str]:
    """A widget's form, as filled in, with the defaults in what is left alone."""
    filled = as_sent(Widget()) | {
        "name": "Lantern",
        "slug": "lantern",
        "is_active": "on",
        "server": str(server_id),
        "chatbot_id": BOT,
        "title": "Ask us",
        "subtitle": "",
        "accent": "#1f6f5c",
        "position": "bottom-left",
        "welcome_messages": "Hello.\r\n\r\n  How can we help? \r\n",
        "starter_questions": "When are you open?",
        "allowed_origins": "https://WWW.example.com/\r\nhttps://*.example.com",
    }
    return filled | changes


def page(widget: Widget) -> str:
    return reverse("admin:chatwidget_widget_change", args=[widget.pk])


def textareas(html: str) -> dict[str, str]:
    found = re.findall(
        r'<textarea[^>]*\b(?:name|id)="([\w-]+)"[^>]*>\n?(.*?)</textarea>', html, re.S
    )
    return {name: unescape(text) for name, text in found}


def test_a_widget_is_added_and_its_page_with_the_code_comes_next(admin_client, server):
    response = admin_client.post(reverse(ADD), form(server.pk), follow=True)
    widget = Widget.objects.get()
    assert response.redirect_chain == [(page(widget), 302)]
    assert textareas(response.text)["chatwidget-script"] == (
        f'<script src="http://testserver/chat/{widget.public_id}/embed.js" async></script>'
    )


def test_lines_become_lists_without_blanks(admin_client, server):
    admin_client.post(reverse(ADD), form(server.pk))
    widget = Widget.objects.get()
    assert widget.welcome_messages == ["Hello.", "How can we help?"]
    assert widget.starter_questions == ["When are you open?"]
    assert widget.allowed_origins == ["https://www.example.com", "https://*.example.com"]


def test_lists_may_be_empty(admin_client, server):
    empty = {"welcome_messages": "", "starter_questions": " \r\n", "allowed_origins": ""}
    admin_client.post(reverse(ADD), form(server.pk, **empty))
    widget = Widget.objects.get()
    assert (widget.welcome_messages, widget.starter_questions, widget.allowed_origins) == ([],) * 3


def test_an_origin_given_twice_is_kept_once(admin_client, server):
    twice = "https://a.example\nhttps://A.example:443"
    admin_client.post(reverse(ADD), form(server.pk, allowed_origins=twice))
    assert Widget.objects.get().allowed_origins == ["https://a.example"]


def test_lists_are_shown_as_lines(admin_client, server):
    widget = make_widget(server, welcome_messages=["Hello.", "A “b” & <c>"])
    response = admin_client.get(page(widget))
    assert textareas(response.text)["id_welcome_messages"] == "Hello.\nA “b” & <c>"
    assert "&quot;Hello." not in response.text


def test_saving_unchanged_changes_nothing(admin_client, server):
    widget = make_widget(server, welcome_messages=["Hello.", "And"], allowed_origins=["*"])
    form_ = admin_client.get(page(widget)).context["adminform"].form
    data = {name: form_[name].value() for name in form_.fields}
    sent = {key: value for key, value in data.items() if value is not None and value is not False}
    response = admin_client.post(page(widget), sent)
    assert response.status_code == 302
    assert "No fields changed" in str(
        admin_client.get(reverse("admin:chatwidget_widget_history", args=[widget.pk])).text
    )
    changed = Widget.objects.get()
    assert (changed.welcome_messages, changed.allowed_origins) == (["Hello.", "And"], ["*"])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"chatbot_id": "my-bot"}, {"chatbot_id": "Enter a valid UUID."}),
        (
            {"accent": "green"},
            {"accent": "Type a colour as # and six hexadecimal digits, such as #1f6f5c."},
        ),
        ({"name": ""}, {"name": "This field is required."}),
        ({"server": ""}, {"server": "This field is required."}),
        ({"position": "middle"}, {"position": "Select a valid choice. middle is not"}),
        ({"slug": "with blanks"}, {"slug": "Enter a valid “slug”"}),
        (
            {"allowed_origins": "example.com\nhttps://a.example\nftp://b.example"},
            {"allowed_origins": "“example.com” is not an origin"},
        ),
    ],
)
def test_wrong_input_is_refused_beside_its_field(admin_client, server, changes, errors):
    response = admin_client.post(reverse(ADD), form(server.pk, **changes))
    [(field, words)] = errors.items()
    found = field_errors(response.text)
    assert found.keys() == {field}
    assert words in found[field]
    assert "nonfield" not in response.text
    assert not Widget.objects.exists()


def test_each_wrong_origin_is_named(admin_client, server):
    lines = "example.com\nhttps://a.example\nftp://b.example"
    response = admin_client.post(reverse(ADD), form(server.pk, allowed_origins=lines))
    words = field_errors(response.text)["allowed_origins"]
    assert "“example.com”" in words
    assert "“ftp://b.example”" in words
    assert "“https://a.example”" not in words
    assert textareas(response.text)["id_allowed_origins"] == lines


def test_a_slug_that_is_taken_is_refused(admin_client, server):
    make_widget(server, slug="lantern")
    response = admin_client.post(reverse(ADD), form(server.pk))
    assert field_errors(response.text).keys() == {"slug"}


def test_the_colour_has_a_picker_beside_the_text(admin_client, server):
    html = admin_client.get(page(make_widget(server, accent="#336699"))).text
    assert re.search(r'<input type="text" name="accent" value="#336699"', html)
    picker = re.search(r'<input type="color"[^>]*>', html).group()
    assert 'value="#336699"' in picker
    assert 'data-chatwidget-colour="id_accent"' in picker
    assert 'aria-label="Pick a colour"' in picker


def test_the_page_has_each_code_to_copy_and_a_button_for_it(admin_client, server, settings):
    settings.CHATWIDGET = {"PUBLIC_URL": "https://shop.example"}
    widget = make_widget(server, slug="lantern")
    html = admin_client.get(page(widget)).text
    address = f"https://shop.example/chat/{widget.public_id}/"
    found = textareas(html)
    assert found["chatwidget-script"] == f'<script src="{address}embed.js" async></script>'
    assert found["chatwidget-template"] == '{% load chatwidget %}{% chat_widget "lantern" %}'
    assert found["chatwidget-link"] == address
    for name in ("script", "template", "link"):
        assert f'data-chatwidget-copy="chatwidget-{name}"' in html


def test_a_widget_that_is_being_added_has_no_code_yet(admin_client):
    assert "data-chatwidget-copy" not in admin_client.get(reverse(ADD)).text


def test_the_page_runs_no_inline_script(admin_client, widget):
    html = admin_client.get(page(widget)).text
    section = html[html.index("chatwidget-snippets") :]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", section)
    assert not re.search(r"\son[a-z]+=", section)


def test_the_list_switches_widgets_on_and_off(admin_client, widget):
    admin_client.post(
        reverse(LIST),
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(widget.pk),
            "initial-form-0-is_active": "True",
            "_save": "Save",
        },
    )
    widget.refresh_from_db()
    assert not widget.is_active


def test_the_list_leaves_alone_what_somebody_else_switched_meanwhile(admin_client, server):
    paused, other = make_widget(server, name="A"), make_widget(server, name="B")
    rows = admin_client.get(reverse(LIST)).context["cl"].formset
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for row in rows:
        sent[f"{row.prefix}-id"] = str(row.instance.pk)
        sent[row.add_initial_prefix("is_active")] = "True"
    assert all(f'name="{name}"' in admin_client.get(reverse(LIST)).text for name in sent)
    sent["form-0-is_active"] = "on"
    Widget.objects.filter(pk=paused.pk).update(is_active=False)
    admin_client.post(reverse(LIST), sent)
    # The first was on as the page showed it, and was not touched; the second was switched off.
    assert set(Widget.objects.values_list("pk", "is_active")) == {
        (paused.pk, False),
        (other.pk, False),
    }


def test_the_list_links_to_each_chat(admin_client, widget):
    html = admin_client.get(reverse(LIST)).text
    assert (
        f'<a href="/chat/{widget.public_id}/" target="_blank" rel="noopener">Open chat</a>' in html
    )


def test_the_list_takes_as_many_queries_for_many_widgets(
    admin_client, server, django_assert_max_num_queries
):
    for _number in range(30):
        make_widget(server)
    with django_assert_max_num_queries(9):
        admin_client.get(reverse(LIST))


def test_the_page_links_to_the_chat_at_this_site(admin_client, widget):
    html = admin_client.get(page(widget)).text
    assert f'<a href="/chat/{widget.public_id}/" class="viewsitelink">' in html


def test_a_site_without_the_apps_addresses_is_told_what_to_do(admin_client, widget, settings):
    settings.ROOT_URLCONF = "tests.admin.bare_urls"
    assert "Include chatwidget.urls" in admin_client.get(page(widget)).text
    assert "Open chat" not in admin_client.get(reverse(LIST)).text


def test_deleting_a_widget_names_its_few_sessions(admin_client, session):
    path = reverse("admin:chatwidget_widget_delete", args=[session.widget.pk])
    assert str(session.pk) in admin_client.get(path).text
    admin_client.post(path, {"post": "yes"})
    assert not Widget.objects.exists()


@pytest.mark.parametrize("days", [1, 101])
def test_a_widget_that_was_used_is_deleted_with_its_usage(admin_client, widget, days):
    """Nobody may delete usage; that must not keep a widget for ever."""
    first = date(2026, 1, 1)
    UsageDay.objects.bulk_create(
        UsageDay(widget=widget, day=first + timedelta(days=each)) for each in range(days)
    )
    path = reverse("admin:chatwidget_widget_delete", args=[widget.pk])
    assert "have permission" not in admin_client.get(path).text
    admin_client.post(path, {"post": "yes"})
    assert not Widget.objects.exists()
    assert not UsageDay.objects.exists()


@pytest.fixture
def busy_widget(widget):
    """A widget with too many sessions to name."""
    ChatSession.objects.bulk_create(ChatSession(widget=widget) for _number in range(101))
    return widget


def test_deleting_a_widget_counts_many_sessions(
    admin_client, busy_widget, django_assert_max_num_queries
):
    path = reverse("admin:chatwidget_widget_delete", args=[busy_widget.pk])
    with django_assert_max_num_queries(6):
        html = admin_client.get(path).text
    assert "Sessions: 101" in html
    assert str(ChatSession.objects.first().pk) not in html
    admin_client.post(path, {"post": "yes"})
    assert not ChatSession.objects.exists()


def test_who_may_not_delete_sessions_may_not_delete_a_widget_with_many(make_admin, busy_widget):
    client = make_admin("view_widget", "delete_widget")
    path = reverse("admin:chatwidget_widget_delete", args=[busy_widget.pk])
    assert "doesn't have permission to delete" in unescape(client.get(path).text)
    assert client.post(path, {"post": "yes"}).status_code == 403
    assert Widget.objects.exists()


def test_who_may_only_look_sees_lines_and_can_copy(make_admin, server):
    widget = make_widget(server, welcome_messages=["Hello.", "How <are> you?"])
    html = make_admin("view_widget").get(page(widget)).text
    assert "Hello.<br>How &lt;are&gt; you?" in html
    assert "data-chatwidget-copy" in html
    assert 'name="welcome_messages"' not in html


@pytest.mark.parametrize(
    ("right", "link"), [("view_usageday", ">Usage<"), ("view_chatsession", ">Sessions<")]
)
def test_a_widgets_page_leads_only_to_where_one_may_go(make_admin, server, right, link):
    html = make_admin("view_widget", right).get(page(make_widget(server))).text
    tools = [each for each in (">Usage<", ">Sessions<") if f"{each}/a>" in html]
    assert tools == [link]


def test_who_may_add_and_not_look_goes_to_the_admin_after_adding(make_admin, server):
    client = make_admin("add_widget")
    response = client.post(reverse(ADD), form(server.pk))
    assert response.url == reverse("admin:index")


def test_allowed_origins_are_told_what_they_mean_and_how_often_they_were_used(admin_client, server):
    allowed = ["https://a.example", "https://*.b.example", "http://c.example", "*"]
    widget = make_widget(server, allowed_origins=allowed)
    for page_ in ("https://a.example/", "https://www.b.example/tea", "https://a.example/x"):
        usage.count(widget.pk, f"pages:{page_}")
    usage.flush()
    found = admin_client.get(page(widget)).context["origins"]
    assert [(each.pattern, each.opened) for each in found] == [
        ("https://a.example", 2),
        ("https://*.b.example", 1),
        ("http://c.example", 0),
        ("*", 3),
    ]
    words = [each.note for each in found]
    assert words[0] == "Exactly this site."
    assert "not b.example itself" in words[1]
    assert "Without https" in words[2]
    assert "Any site" in words[3]


def test_the_pages_where_it_was_opened_are_listed(admin_client, widget):
    assert "Not opened yet" in admin_client.get(page(widget)).text
    usage.count(widget.pk, "pages:https://shop.example/<tea>")
    usage.flush()
    html = admin_client.get(page(widget)).text
    assert "Opened on 1 page in the last 30 days" in html
    assert "https://shop.example/&lt;tea&gt;" in html


def test_the_link_has_a_qr_code(admin_client, widget):
    svg = admin_client.get(page(widget)).context["qr_code"]
    address = f"http://testserver{widget.get_absolute_url()}"
    assert svg == publishing.qr_code(address) != publishing.qr_code(address + "x")
    assert svg.startswith("<svg")


def test_every_field_has_a_section_even_one_that_is_new(monkeypatch):
    monkeypatch.setattr(sections, "ORDER", sections.ORDER[:2])
    *_known, (title, options) = sections.sections()
    assert str(title) == "More"
    assert "daily_budget" in options["fields"]
    assert "name" not in options["fields"]


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(admin_client, make_admin, server):
    widget = make_widget(server)
    other = make_admin("view_widget", "change_widget")
    opened = {client: client.get(page(widget)).context["seen"] for client in (admin_client, other)}
    first = form(server.pk, title="First", chatwidget_seen=opened[other])
    assert other.post(page(widget), first).status_code == 302
    second = form(server.pk, title="Second", chatwidget_seen=opened[admin_client])
    response = admin_client.post(page(widget), second)
    assert "saved this while you were editing it" in response.text
    assert Widget.objects.get().title == "First"


def test_a_widget_is_found_by_the_id_that_a_log_line_has(admin_client, widget, server):
    other = make_widget(server, name="Other")
    found = admin_client.get(reverse(LIST), {"q": f" {widget.public_id} "}).text
    assert page(widget) in found
    assert page(other) not in found
    assert page(other) in admin_client.get(reverse(LIST), {"q": "othe"}).text


def test_each_box_of_the_list_says_which_widget_it_switches(admin_client, widget):
    html = admin_client.get(reverse("admin:chatwidget_widget_changelist")).text
    assert f'aria-label="{widget.name} is active"' in html


@pytest.mark.parametrize("readers", [False, True])
def test_who_may_read_transcripts_may_open_chats_to_whoever_knows_their_ids(
    make_admin, widget, readers
):
    rights = [*ROLES["Chat widget managers"], *(["read_transcript"] if readers else [])]
    client = make_admin(*rights)
    sent = as_sent(widget) | {"title": "Ask us", "allows_seed_clients": "on"}
    assert client.post(page(widget), sent).status_code == 302
    widget.refresh_from_db()
    assert (widget.title, widget.allows_seed_clients) == ("Ask us", readers)
