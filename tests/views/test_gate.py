"""The gate: words, the form before the chat and consent, on the page and on its plain twin."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatwidget import identity, tokens
from chatwidget.chatapi import Consent, errors
from chatwidget.conversation import sessions
from chatwidget.identity import Identity
from chatwidget.models import ChatSession, Widget
from chatwidget.testing import fake_chat_api
from tests.fake_chatapi import FakeChatAPI
from tests.views.asking import address, get, post, words

FORM = {
    "asks_name": "optional",
    "asks_email": "required",
    "form_questions": [
        "topic* | Topic | choice | Orders; Returns",
        "more | More | long text",
        "adult | I am 18 | checkbox",
    ],
}
TERMS = {
    "consent_text": "We **keep** it.",
    "consent_link": "https://x.example/p",
    "consent_version": "1",
}
GOOD = {"name": "Ana", "email": "ana@x.example", "topic": "Orders", "more": "a\r\nb"}


@pytest.fixture
def asking(widget: Widget) -> Widget:
    return change(widget, **FORM)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Now, far from either end of the day."""
    now = timezone.now().replace(hour=12, minute=0)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def change(widget: Widget, **fields: object) -> Widget:
    Widget.objects.filter(pk=widget.pk).update(**fields)
    widget.refresh_from_db()
    return widget


def gate(client: Client, widget: Widget, token: str = "") -> Any:
    return get(client, address("gate", widget), token)


def enter(client: Client, widget: Widget, token: str = "", **fields: object) -> Any:
    headers = {"HX-Request": "true"} | ({"X-Session-Token": token} if token else {})
    return client.post(address("gate", widget), fields, headers=headers)


def starts(api: FakeChatAPI) -> list[Any]:
    """What was sent with each start."""
    return [sent for name, sent in api.calls if name == "start"]


def started(api: FakeChatAPI) -> Any:
    return starts(api)[0]


def as_html(response: Any) -> str:
    return " ".join(response.content.decode().split())


# The page


def test_a_widget_without_any_of_it_pays_nothing(client: Client, widget: Widget):
    page = as_html(client.get(address("page", widget)))
    sent = as_html(post(client, widget, "Hi"))
    for trace in ("gate", "notices.css", "banner", "opening", "oob"):
        assert trace not in page + sent, trace


def test_the_page_brings_the_form_and_its_styles(client: Client, asking: Widget):
    page = as_html(client.get(address("page", asking)))
    assert '<div id="gate" class="stands"' in page
    assert 'type="email" name="email"' in page
    assert 'autocomplete="email"' in page
    assert '<option value="Returns">Returns</option>' in page
    assert "<small>optional</small>" in page
    assert page.count("notices.css") == 1
    assert "style=" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_read_only": True}, "This chat can be read, and takes no messages"),
        ({"is_read_only": True, "read_only_words": "Moved <on>"}, "Moved &lt;on&gt;"),
        ({"hours": ["Mon closed"]}, "We\u2019re closed. You can leave a message."),
        ({"hours": ["Mon closed"], "closed_words": "Zzz"}, "Zzz"),
        ({"hours": ["Mon closed"], "takes_messages_closed": False}, "We\u2019re closed right now."),
    ],
)
def test_words_stand_where_nobody_may_write(client: Client, widget: Widget, fields, said):
    page = as_html(client.get(address("page", change(widget, **fields))))
    assert said in page
    assert ('class="stands"' in page) is ("You can leave" not in said and said != "Zzz")


@pytest.mark.parametrize("takes", [True, False])
def test_the_header_says_until_when_it_is_closed(client: Client, widget: Widget, noon, takes):
    opens = noon + timedelta(days=2)
    change(
        widget,
        subtitle="At your service",
        hours=[f"{opens:%a} 9:00-10:00"],
        hours_zone="UTC",
        takes_messages_closed=takes,
    )
    page = client.get(address("page", widget))
    said = f"Closed until {opens:%a} 09:00 UTC"
    assert said in words(page)
    assert f'<time datetime="{opens:%Y-%m-%d}T09:00:00+00:00">' in as_html(page)
    assert "At your service" not in words(page)
    assert f"We\u2019re closed until {opens:%a} 09:00 UTC ." in words(page)


def test_far_off_it_is_told_by_date_and_today_by_the_hour(client: Client, widget: Widget, noon):
    opens = noon + timedelta(days=40)
    change(widget, hours=["daily 9:00-10:00"], hours_zone="UTC")
    change(widget, holidays=[f"{noon - timedelta(days=1):%Y-%m-%d} to {opens:%Y-%m-%d}"])
    day = opens + timedelta(days=1)
    assert f"Closed until {day.day} {day:%b} 09:00 UTC" in words(
        client.get(address("page", widget))
    )
    change(widget, holidays=[], hours=[f"{noon:%a} 0:00-0:01", f"{noon:%a} 23:58-23:59"])
    assert "Closed until 23:58 UTC" in words(client.get(address("page", widget)))


def test_while_it_is_open_the_header_is_the_subtitle(client: Client, widget: Widget):
    change(widget, subtitle="At your service", hours=["daily 0:00-24:00"])
    page = client.get(address("page", widget))
    assert '<p id="opening">At your service</p>' in as_html(page)
    assert 'class="stands"' not in as_html(page)


@pytest.mark.parametrize("tone", ["info", "success", "warning", "danger"])
@pytest.mark.parametrize("place", ["top", "bottom"])
def test_a_banner_is_markdown_with_a_tone_and_a_place(client: Client, widget: Widget, tone, place):
    change(widget, banner="**Hi** <b>", banner_tone=tone, banner_place=place)
    page = as_html(client.get(address("page", widget)))
    assert f'<aside id="banner" class="banner {tone} {place}" aria-label="Notice">' in page
    assert "<strong>Hi</strong> &lt;b&gt;" in page
    change(widget, banner_until=timezone.now())
    page = as_html(client.get(address("page", widget)))
    assert re.search(r'<aside id="banner"[^>]* hidden>', page)
    assert "<strong>Hi" not in page


def test_what_was_true_when_the_page_opened_is_set_right_by_the_next_send(
    client: Client, widget: Widget, api: FakeChatAPI
):
    change(widget, banner="Hi", banner_until=timezone.now(), hours=["Mon closed"])
    sent = as_html(post(client, widget, "Hello"))
    assert re.search(r'<aside id="banner"[^>]* hx-swap-oob="true" hidden>', sent)
    assert '<p id="opening" hx-swap-oob="true">Closed</p>' in sent
    assert re.search(r'<div id="gate"[^>]* hx-swap-oob="true">', sent)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_read_only": True}, "read_only"),
        ({"hours": ["Mon closed"], "takes_messages_closed": False}, "closed"),
    ],
)
def test_a_send_after_that_is_refused_and_kept_and_the_gate_closes(
    client: Client, widget: Widget, api: FakeChatAPI, fields, code
):
    change(widget, **fields)
    response = post(client, widget, "Hello")
    assert response.status_code == 403
    assert response["X-Chat-Events"] == f"error:{code}"
    assert 'name="message" value="Hello"' in as_html(response)
    assert re.search(r'<div id="gate" class="stands"[^>]* hx-swap-oob', as_html(response))
    assert api.calls == []


# The form


def test_answers_travel_with_the_start(client: Client, asking: Widget, api: FakeChatAPI):
    response = enter(client, asking, **GOOD)
    assert response.status_code == 200
    assert response["X-Chat-Events"] == "session-started"
    assert 'class="stands"' not in as_html(response)
    start = started(api)
    assert start["participant_name"] == "Ana"
    assert start["session_data"] == {
        "email": "ana@x.example",
        "topic": "Orders",
        "more": "a\nb",
        "adult": False,
    }
    session = ChatSession.objects.get()
    assert session.participant_name == "Ana"
    assert post(client, asking, "Hi", token=response["X-Session-Token"]).status_code == 200
    assert "<form" not in as_html(gate(client, asking, response["X-Session-Token"]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "ana"}, "Type an email address, such as name@example.com."),
        ({"email": ""}, "This can&#x27;t be empty."),
        ({"topic": "Cakes"}, "Choose one of these."),
        ({"name": "x" * 321}, "This is too long. Shorten it."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    client: Client, asking: Widget, api: FakeChatAPI, wrong, said
):
    response = enter(client, asking, **{**GOOD, **wrong})
    page = as_html(response)
    (key,) = wrong
    assert response.status_code == 400
    assert said in page
    assert f'id="asked-{key}-fault"' in page
    assert re.search(f'aria-invalid="true" aria-describedby="asked-{key}-fault"', page)
    assert "b</textarea>" in page
    assert api.calls == []
    assert "X-Session-Token" not in response


@pytest.mark.parametrize(
    ("language", "label", "fault"),
    [("hi", "आपका ईमेल", "कोई ईमेल पता लिखें"), ("es", "Tu correo electrónico", "Escribe un correo")],
)
def test_the_form_speaks_the_chat_s_words_and_not_django_s(
    asking: Widget, api: FakeChatAPI, language, label, fault
):
    visitor = Client(headers={"Accept-Language": language})
    page = as_html(enter(visitor, asking, **{**GOOD, "email": "ana"}))
    assert label in page
    assert fault in page


def test_a_name_holds_no_control_characters(client: Client, asking: Widget, api: FakeChatAPI):
    enter(client, asking, **{**GOOD, "name": "A\x07na"})
    assert ChatSession.objects.get().participant_name == "Ana"


def test_a_form_sent_twice_starts_one_chat_and_may_say_it_anew(
    client: Client, asking: Widget, api: FakeChatAPI
):
    api.fails["start"].append(errors.Unavailable(may_have_arrived=False))
    fields = {**GOOD, "client_id": str(uuid.uuid4())}
    failed = enter(client, asking, **fields)
    assert failed.status_code == 503
    assert "reach the assistant" in words(failed)
    assert 'value="Ana"' in as_html(failed)
    assert enter(client, asking, **{**fields, "name": "Bob"}).status_code == 200
    assert enter(client, asking, **fields).status_code == 200
    assert ChatSession.objects.get().participant_name == "Bob"
    assert [call["participant_name"] for call in starts(api)] == ["Ana", "Bob"]


@pytest.mark.parametrize("fields", [{}, {"asks_email": "no", "form_questions": [], **TERMS}])
def test_a_chatbot_that_speaks_first_waits_for_the_form_and_the_consent(
    client: Client, asking: Widget, api: FakeChatAPI, fields
):
    change(asking, asks_name="no", has_seed_message=True, **fields)
    headers = {"HX-Request": "true"}
    response = client.post(address("messages", asking), {"start": "1"}, headers=headers)
    assert response.status_code == 403
    assert "X-Session-Token" not in response
    assert api.calls == []


def test_a_message_without_answers_waits_for_them(client: Client, asking: Widget, api: FakeChatAPI):
    response = post(client, asking, "Hi")
    assert response.status_code == 403
    assert response["X-Chat-Events"] == "error:introduction_required"
    assert response["X-Session-Token"] == ""
    assert 'value="Hi"' in as_html(response)
    assert re.search(r'<div id="gate" class="stands"[^>]* hx-swap-oob', as_html(response))
    assert api.calls == []


def test_the_chatbot_that_speaks_first_does_so_after_the_form(
    client: Client, asking: Widget, api: FakeChatAPI
):
    change(asking, has_seed_message=True)
    api.seed_task = "seed"
    assert 'id="seed"' not in as_html(client.get(address("page", asking)))
    entered = as_html(enter(client, asking, **GOOD))
    assert '<div hx-swap-oob="beforeend:#log"><div class="message pending"' in entered


def test_nobody_is_asked_twice_when_a_chat_has_expired(
    client: Client, asking: Widget, api: FakeChatAPI
):
    change(asking, **TERMS)
    token = enter(client, asking, **GOOD, version="site:1", agree="on")["X-Session-Token"]
    ChatSession.objects.update(state="expired")
    assert "<form" not in as_html(gate(client, asking, token))
    response = post(client, asking, "Hi", token=token)
    assert response.status_code == 200
    newest = ChatSession.objects.latest("created_at")
    assert (newest.participant_name, newest.answers["topic"]) == ("Ana", "Orders")
    assert [each["version"] for each in newest.agreements] == ["1"]
    change(asking, form_questions=["order | Order number"], consent_version="2")
    ChatSession.objects.update(state="expired")
    asked = as_html(gate(client, asking, response["X-Session-Token"]))
    assert "Order number" in asked
    assert "Your email" not in asked
    again = enter(client, asking, response["X-Session-Token"], version="site:2", agree="on")
    newest = ChatSession.objects.latest("created_at")
    assert tokens.read(again["X-Session-Token"]).session_id == newest.pk
    assert (newest.answers["email"], newest.answers["order"]) == ("ana@x.example", "")


def test_a_chat_that_is_gone_is_asked_anew(client: Client, asking: Widget, api: FakeChatAPI):
    assert "<form" in as_html(gate(client, asking, "garbage"))
    assert post(client, asking, "Hi", token="garbage").status_code == 403


def shown_by(client: Client, widget: Widget, who: Identity, **fields: object) -> Any:
    headers = {"HX-Request": "true", "X-Chat-Identity": identity.issue(who, widget)}
    url = address("gate", widget)
    return client.post(url, fields, headers=headers) if fields else client.get(url, headers=headers)


def test_what_is_proven_is_not_asked_and_wins(client: Client, asking: Widget, api: FakeChatAPI):
    change(asking, knows_users=True)
    who = Identity("7", "Ana Proven", {"email": "proven@x.example"})
    asked = as_html(shown_by(client, asking, who))
    assert "Topic" in asked
    assert "Your email" not in asked
    assert shown_by(client, asking, who, topic="Orders").status_code == 200
    start = started(api)
    assert start["participant_name"] == "Ana Proven"
    assert start["session_data"]["email"] == "proven@x.example"
    assert ChatSession.objects.get().is_identified
    nameless = shown_by(client, asking, Identity("8"), **GOOD)
    assert nameless.status_code == 200
    assert ChatSession.objects.latest("created_at").participant_name == "Ana"


def test_a_proof_that_proves_nobody_is_told(client: Client, asking: Widget):
    headers = {"HX-Request": "true", "X-Chat-Identity": "garbage"}
    response = client.get(address("gate", asking), headers=headers)
    assert response.status_code == 403
    assert "who you are" in words(response)


# Consent


def test_consent_is_asked_and_kept(client: Client, widget: Widget, api: FakeChatAPI):
    change(widget, **TERMS)
    page = as_html(client.get(address("page", widget)))
    assert "We <strong>keep</strong> it." in page
    assert '<a href="https://x.example/p" target="_blank" rel="noopener noreferrer">' in page
    refused = enter(client, widget, version="site:1")
    assert refused.status_code == 400
    assert "Tick this to go on." in words(refused)
    assert enter(client, widget, version="site:1", agree="on").status_code == 200
    (kept,) = ChatSession.objects.get().agreements
    assert (kept["by"], kept["version"]) == ("site", "1")


def test_a_text_that_changed_while_it_was_read_is_read_again(
    client: Client, widget: Widget, api: FakeChatAPI
):
    change(widget, **{**TERMS, "consent_version": "2"})
    refused = enter(client, widget, version="site:1", agree="on")
    assert refused.status_code == 400
    assert "has changed. Read it and agree again." in words(refused)
    assert api.calls == []


def test_a_new_version_is_asked_of_who_is_in_already(
    client: Client, widget: Widget, session: ChatSession, api: FakeChatAPI
):
    token = tokens.issue(session)
    change(widget, **TERMS)
    assert "We <strong>keep</strong> it." in as_html(gate(client, widget, token))
    entered = enter(client, widget, token, version="site:1", agree="on")
    assert entered.status_code == 200
    assert "X-Session-Token" not in entered
    assert api.count("start") == 0
    assert post(client, widget, "Hi", token=token).status_code == 200


@pytest.mark.parametrize("is_in", [True, False])
def test_a_kept_message_goes_on_with_the_consent(
    client: Client, widget: Widget, session: ChatSession, api: FakeChatAPI, is_in
):
    token = tokens.issue(session) if is_in else ""
    change(widget, **TERMS)
    refused = post(client, widget, "Hi", token=token)
    assert refused.status_code == 403
    assert api.calls == []
    assert '<input type="hidden" name="agree" value="site:1">' in as_html(refused)
    assert "We <strong>keep</strong> it." in as_html(refused)
    headers = {"HX-Request": "true"} | ({"X-Session-Token": token} if token else {})
    fields = {"message": "Hi", "client_id": str(uuid.uuid4()), "agree": "site:1"}
    assert client.post(address("messages", widget), fields, headers=headers).status_code == 200
    assert api.count("send") == 1
    assert ChatSession.objects.filter(agreements__0__version="1").count() == 1


def test_the_servers_own_consent_is_shown_and_the_message_goes_on(client: Client, widget: Widget):
    with fake_chat_api() as remote:
        remote.consent_text = "May **we**?"
        remote.consent_version = 7
        refused = post(client, widget, "Hi")
        assert refused.status_code == 403
        assert "May <strong>we</strong>?" in as_html(refused)
        again = re.search('name="client_id" value="(.*?)"', as_html(refused)).group(1)
        token = refused["X-Session-Token"]
        fields = {"message": "Hi", "client_id": again, "agree": "7"}
        headers = {"HX-Request": "true", "X-Session-Token": token}
        remote.consent_version, remote.consent_text = 8, "May we, longer?"
        stale = client.post(address("messages", widget), fields, headers=headers)
        assert stale.status_code == 409
        assert "May we, longer?" in words(stale)
        fields["agree"] = "8"
        assert client.post(address("messages", widget), fields, headers=headers).status_code == 200
        assert remote.received == ["Hi"]
    assert ChatSession.objects.get().agreements[0]["by"] == "server"


def test_behind_the_form_the_servers_consent_is_asked_too(client: Client, asking: Widget):
    with fake_chat_api() as remote:
        remote.consent_text = "May we?"
        entered = enter(client, asking, **GOOD)
        assert entered.status_code == 200
        assert "May we?" in words(entered)
        token = entered["X-Session-Token"]
        remote.consent_version = 2
        stale = enter(client, asking, token, version="1", agree="on")
        assert stale.status_code == 409
        assert enter(client, asking, token, version="2", agree="on").status_code == 200
        assert post(client, asking, "Hi", token=token).status_code == 200


# The plain twin


def plain(client: Client, widget: Widget, query: str = "", **fields: object) -> Any:
    url = address("plain", widget) + query
    return client.post(url, fields) if fields else client.get(url)


def test_the_plain_page_has_the_form_and_goes_on_from_it(
    client: Client, asking: Widget, api: FakeChatAPI
):
    change(asking, starter_questions=["Open?"], **TERMS)
    page = as_html(plain(client, asking))
    assert 'action="?enter"' in page
    assert "hx-post" not in re.search('<div id="gate".*?</form>', page).group()
    assert 'id="composer"' not in page
    assert "Open?" not in page
    wrong = plain(client, asking, "?enter", **{**GOOD, "email": "ana", "version": "site:1"})
    assert wrong.status_code == 400
    assert "Type an email address, such as" in words(wrong)
    assert 'value="Ana"' in as_html(wrong)
    right = plain(client, asking, "?enter", **GOOD, version="site:1", agree="on")
    assert right.status_code == 303
    page = as_html(plain(client, asking))
    assert 'id="composer"' in page
    assert "Your email" not in page
    assert plain(client, asking, message="Hi").status_code == 303
    assert api.count("start") == 1


def test_the_plain_page_keeps_a_message_that_comes_too_late(
    client: Client, widget: Widget, api: FakeChatAPI
):
    change(widget, is_read_only=True)
    assert 'id="composer"' not in as_html(plain(client, widget))
    refused = plain(client, widget, message="Hi")
    assert refused.status_code == 403
    assert ">Hi</textarea>" in as_html(refused)


def test_the_plain_page_sends_a_kept_message_with_the_consent(
    client: Client, widget: Widget, session: ChatSession, api: FakeChatAPI, monkeypatch: Any
):
    client.cookies["chatwidget_session"] = tokens.issue(session)
    api.fails["send"].append(errors.ConsentRequired(consent=Consent(True, 3, "May we?")))
    monkeypatch.setattr(api, "consent", lambda *call: None, raising=False)
    refused = plain(client, widget, message="Hi")
    assert refused.status_code == 403
    assert "May we?" in words(refused)
    assert 'form="composer" name="agree" value="3"' in as_html(refused)
    assert plain(client, widget, message="Hi", agree="3").status_code == 303
    assert sessions.refresh(session).agreements[0]["version"] == "3"


def test_a_paused_chat_says_it_in_the_sites_words(client: Client, widget: Widget):
    change(widget, is_active=False, paused_words="Back in May.")
    for name in ("page", "plain"):
        response = client.get(address(name, widget))
        assert response.status_code == 404
        assert "Back in May." in words(response)
