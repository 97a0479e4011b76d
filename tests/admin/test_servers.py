"""Chat servers in the admin: above all, that a secret goes in and never comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from chatwidget import health
from chatwidget.chatapi import CallBudget, errors
from chatwidget.models import ChatServer
from chatwidget.servers import secret_of
from tests.admin.conftest import field_errors
from tests.chatapi.conftest import Server, http

ADD = "admin:chatwidget_chatserver_add"
LIST = "admin:chatwidget_chatserver_changelist"
SECRET = "credential-marked"


def form(**changes: str) -> dict[str, str]:
    """A server's form, as filled in for an API key."""
    filled = {
        "name": "Remote",
        "base_url": "https://remote-host-marked.example",
        "scheme": "api_key",
        "credential": "",
        "credential_env": "",
        "origin": "",
    }
    return filled | changes


def page(server: ChatServer) -> str:
    return reverse("admin:chatwidget_chatserver_change", args=[server.pk])


def test_a_server_is_added_with_its_secret_encrypted(admin_client):
    response = admin_client.post(
        reverse(ADD),
        form(base_url="https://Chat.Example.com/api/chat/", credential=SECRET),
    )
    assert response.status_code == 302
    server = ChatServer.objects.get()
    assert server.base_url == "https://chat.example.com"
    assert SECRET not in server.encrypted_credential
    assert secret_of(server) == SECRET


def test_no_page_of_the_admin_holds_the_secret(admin_client, server, session):
    admin_client.post(page(server), form(name="Renamed"))
    admin_client.post(page(server), form(credential=SECRET, base_url="nonsense"))
    paths = [
        reverse("admin:index"),
        reverse("admin:app_list", args=["chatwidget"]),
        reverse(LIST),
        reverse(ADD),
        page(server),
        reverse("admin:chatwidget_chatserver_history", args=[server.pk]),
        reverse("admin:chatwidget_chatserver_delete", args=[server.pk]),
        reverse("admin:chatwidget_widget_changelist"),
        reverse("admin:chatwidget_widget_change", args=[session.widget.pk]),
        reverse("admin:chatwidget_chatsession_changelist"),
        reverse("admin:chatwidget_chatsession_change", args=[session.pk]),
    ]
    for path in paths:
        response = admin_client.get(path)
        assert response.status_code == 200
        assert SECRET not in response.text
        assert server.encrypted_credential not in response.text
        assert "remote-session-marked" not in response.text
    assert all(SECRET not in entry.change_message for entry in LogEntry.objects.all())


def test_a_refused_form_does_not_give_the_typed_secret_back(admin_client):
    response = admin_client.post(reverse(ADD), form(base_url="nonsense", credential=SECRET))
    assert SECRET not in response.text
    assert field_errors(response.text).keys() == {"base_url"}


def test_an_error_report_does_not_hold_the_typed_secret(admin_client, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr(ChatServer, "save", fail)
    reports = []
    monkeypatch.setattr(
        "django.utils.log.AdminEmailHandler.send_mail",
        lambda self, subject, message, *args, **options: reports.append(message),
    )
    admin_client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ADMINS", [("A", "a@example.com")])
        admin_client.post(reverse(ADD), form(credential=SECRET))
    assert reports
    assert all(SECRET not in report for report in reports)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"encrypted_credential": "gAAAA"}, "Set"),
        ({"credential_env": "CHATAPI_KEY"}, "Read from CHATAPI_KEY"),
        ({}, "Not set"),
    ],
)
def test_list_and_page_say_whether_there_is_a_secret(admin_client, fields, words):
    server = ChatServer.objects.create(name="A", base_url="https://a.example", **fields)
    assert f'field-secret">{words}</td>' in admin_client.get(reverse(LIST)).text
    assert f'<div class="readonly">{words}</div>' in admin_client.get(page(server)).text


def test_nothing_typed_keeps_the_secret(admin_client, server):
    assert admin_client.post(page(server), form(name="Renamed")).status_code == 302
    server.refresh_from_db()
    assert (server.name, secret_of(server)) == ("Renamed", SECRET)


def test_a_typed_secret_replaces_the_stored_one(admin_client, server):
    admin_client.post(page(server), form(credential="another"))
    server.refresh_from_db()
    assert secret_of(server) == "another"


def test_a_stored_secret_is_removed_where_the_scheme_needs_none(admin_client, server):
    admin_client.post(page(server), form(scheme="none"))
    server.refresh_from_db()
    assert server.encrypted_credential == ""


def test_naming_a_variable_removes_the_stored_secret(admin_client, server):
    admin_client.post(page(server), form(credential_env="CHATAPI_KEY"))
    server.refresh_from_db()
    assert (server.encrypted_credential, server.credential_env) == ("", "CHATAPI_KEY")


def test_removing_the_secret_of_a_scheme_that_needs_one_is_refused(admin_client, server):
    response = admin_client.post(page(server), form(remove_credential="on"))
    assert field_errors(response.text).keys() == {"credential"}
    server.refresh_from_db()
    assert secret_of(server) == SECRET


def test_removing_the_secret_goes_with_a_change_to_no_secret(admin_client, server):
    admin_client.post(page(server), form(remove_credential="on", scheme="none"))
    server.refresh_from_db()
    assert server.encrypted_credential == ""


def test_another_address_wants_the_secret_again(admin_client, server):
    elsewhere = "https://elsewhere.example"
    response = admin_client.post(page(server), form(base_url=elsewhere))
    assert field_errors(response.text) == {
        "credential": "The address changed: type the secret again for it."
    }
    server.refresh_from_db()
    assert server.base_url != elsewhere
    response = admin_client.post(page(server), form(base_url=elsewhere, credential="another"))
    assert response.status_code == 302
    server.refresh_from_db()
    assert (server.base_url, secret_of(server)) == (elsewhere, "another")


def test_the_same_address_written_otherwise_keeps_the_secret(admin_client, server):
    response = admin_client.post(page(server), form(base_url=f"{server.base_url}/api/chat/"))
    assert response.status_code == 302


def test_a_secret_that_no_key_opens_has_to_be_typed_again(admin_client, server):
    server.encrypted_credential = Fernet(Fernet.generate_key()).encrypt(b"lost").decode()
    server.save()
    response = admin_client.post(page(server), form())
    assert field_errors(response.text).keys() == {"credential"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, {"credential"}),
        ({"scheme": "none", "credential": "key"}, {"credential"}),
        ({"credential": "key", "credential_env": "CHATAPI_KEY"}, {"credential_env"}),
        ({"scheme": "embed_key", "credential": "key"}, {"origin"}),
        ({"scheme": "embed_key", "credential": "k", "origin": "shop.example"}, {"origin"}),
        ({"scheme": "basic", "credential": "key"}, {"scheme"}),
        ({"credential": "ключ"}, {"credential"}),
        ({"credential": "key", "base_url": "http://10.0.0.1"}, {"base_url"}),
        ({"credential": "key", "base_url": ""}, {"base_url"}),
        ({"credential": "key", "name": ""}, {"name"}),
    ],
)
def test_wrong_input_is_refused_beside_its_field(admin_client, settings, changes, fields):
    settings.CHATWIDGET = {}
    response = admin_client.post(reverse(ADD), form(**changes))
    assert field_errors(response.text).keys() == fields
    assert not ChatServer.objects.exists()


def test_an_origin_is_stored_as_browsers_write_it(admin_client):
    origin = "https://Shop.example:443/"
    admin_client.post(reverse(ADD), form(scheme="embed_key", credential="key", origin=origin))
    assert ChatServer.objects.get().origin == "https://shop.example"


def test_a_server_that_widgets_use_is_not_deleted(admin_client, widget):
    path = reverse("admin:chatwidget_chatserver_delete", args=[widget.server.pk])
    response = admin_client.post(path, {"post": "yes"})
    assert "would require deleting the following protected related objects" in response.text
    assert ChatServer.objects.exists()


def test_who_may_only_look_sees_that_there_is_a_secret_and_no_field_for_it(make_admin, server):
    response = make_admin("view_chatserver").get(page(server))
    assert response.status_code == 200
    assert '<div class="readonly">Set</div>' in response.text
    assert 'name="credential"' not in response.text
    assert "remove_credential" not in response.text


def test_who_may_only_look_changes_nothing(make_admin, server):
    client = make_admin("view_chatserver")
    assert client.post(page(server), form(credential="another")).status_code == 403
    server.refresh_from_db()
    assert secret_of(server) == SECRET


TEST_BOT = "22222222-2222-4222-8222-222222222222"


def attempt(client, path: str, **changes: str):
    """Save and test; the messages that follow."""
    sent = form(test_chatbot_id=TEST_BOT, _test="1", **changes)
    response = client.post(path, sent, follow=True)
    return [(each.level_tag, str(each)) for each in response.context["messages"]][-1]


def test_a_connection_is_tried_with_what_was_just_saved(admin_client, api):
    level, words = attempt(admin_client, reverse(ADD), credential=SECRET)
    assert level == "success"
    assert words.startswith("Remote: It works: “Remote bot” answers, in ")
    assert api.calls == [("start", {"chatbot_id": TEST_BOT})]
    server = ChatServer.objects.get()
    assert "answered" in admin_client.get(page(server)).text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.AccessDenied(status=401, hint="Choose client credentials."), "Choose client"),
        (errors.AccessDenied(status=403, hint="Type another origin."), "Type another origin."),
        (errors.NotFound(status=404), "No such chatbot"),
        (errors.BadResponse(status=200), "no Chat API"),
        (errors.Unavailable(reason="TLS failed"), "TLS certificate"),
        (errors.Unavailable(reason="name not found"), "name isn't known"),
        (errors.Unavailable(reason="address not public"), "ALLOW_PRIVATE_SERVERS"),
        (errors.Unavailable(reason="connection failed"), "can't be reached"),
        (errors.TimedOut(reason="no answer in time"), "in time"),
        (errors.RateLimited(status=429), "no more calls"),
    ],
)
def test_each_failure_of_a_try_says_what_to_do(admin_client, server, api, error, words):
    api.fails["start"].append(error)
    level, said = attempt(admin_client, page(server))
    assert level == "error"
    assert words in said
    html = admin_client.get(reverse(LIST)).text
    assert f"({error.kind})" in html
    assert SECRET not in html


def test_a_server_that_cannot_be_called_says_why(admin_client, monkeypatch):
    monkeypatch.delenv("CHATAPI_NOBODY_SET_THIS", raising=False)
    level, words = attempt(admin_client, reverse(ADD), credential_env="CHATAPI_NOBODY_SET_THIS")
    assert level == "error"
    assert "CHATAPI_NOBODY_SET_THIS is not set" in words


def test_without_a_chatbot_nothing_is_tried(admin_client, server, api):
    response = admin_client.post(page(server), form(_test="1"), follow=True)
    assert "type the id of a chatbot" in response.text
    assert api.calls == []


def test_what_is_refused_is_not_tried(admin_client, server, api):
    sent = form(_test="1", test_chatbot_id=TEST_BOT, base_url="nonsense")
    response = admin_client.post(page(server), sent)
    assert field_errors(response.text).keys() == {"base_url"}
    assert api.calls == []


def test_the_chatbot_to_try_is_that_of_a_widget(admin_client, widget):
    form_ = admin_client.get(page(widget.server)).context["adminform"].form
    assert form_["test_chatbot_id"].value() == str(widget.chatbot_id)


def test_the_calls_that_a_chat_may_still_make_are_shown(admin_client, server):
    assert "The server doesn&#x27;t say" in admin_client.get(page(server)).text
    health.note_budget(server.pk, CallBudget(limit=300, remaining=12, reset_in=60))
    assert "12 of 300, for one chat" in admin_client.get(page(server)).text


def test_a_variable_is_one_that_the_site_offers(admin_client, settings):
    for name in ("SECRET_KEY", "DATABASE_URL", "path"):
        response = admin_client.post(reverse(ADD), form(credential_env=name))
        assert "CHATAPI_*" in field_errors(response.text)["credential_env"]
    settings.CHATWIDGET = {**settings.CHATWIDGET, "CREDENTIAL_VARIABLES": ["BOT_KEY"]}
    assert admin_client.post(reverse(ADD), form(credential_env="BOT_KEY")).status_code == 302


def test_the_variable_of_the_files_key_is_one_that_the_site_offers(admin_client):
    response = admin_client.post(reverse(ADD), form(files_key_env="SECRET_KEY"))
    assert "CHATAPI_*" in field_errors(response.text)["files_key_env"]


@pytest.mark.parametrize("field", ["credential_env", "files_key_env"])
def test_a_variable_that_holds_a_key_of_the_site_is_refused(
    admin_client, monkeypatch, settings, field
):
    monkeypatch.setenv("CHATAPI_KEY", settings.SECRET_KEY)
    response = admin_client.post(reverse(ADD), form(**{field: "CHATAPI_KEY"}))
    assert "a key of this site itself" in field_errors(response.text)[field]
    assert not ChatServer.objects.exists()


def test_a_variable_that_an_operator_named_may_stay(admin_client, server):
    server.credential_env, server.encrypted_credential = "OPERATORS_KEY", ""
    server.save()
    response = admin_client.post(page(server), form(name="New", credential_env="OPERATORS_KEY"))
    assert response.status_code == 302


def test_client_credentials_are_stored_with_their_own_fields(admin_client):
    sent = form(scheme="client_credentials", credential=SECRET)
    response = admin_client.post(reverse(ADD), sent)
    assert field_errors(response.text).keys() == {"token_url", "client_id"}
    own = {"token_url": "https://auth.example/token/", "client_id": "site", "scope": "chat:start"}
    assert admin_client.post(reverse(ADD), sent | own).status_code == 302
    server = ChatServer.objects.get()
    assert (server.token_url, server.client_id) == ("https://auth.example/token/", "site")


def test_a_stored_client_secret_is_not_sent_to_another_token_url(admin_client):
    own = {"token_url": "https://auth.example/token/", "client_id": "site", "scope": "chat:start"}
    sent = form(scheme="client_credentials", credential=SECRET, **own)
    admin_client.post(reverse(ADD), sent)
    moved = sent | {"credential": "", "token_url": "https://evil.example/token/"}
    response = admin_client.post(page(ChatServer.objects.get()), moved)
    assert "type the secret again" in field_errors(response.text)["credential"]


def test_the_last_change_of_a_secret_is_told(admin_client, server):
    before = ChatServer.objects.get().credential_changed_at
    assert "Secret changed" in admin_client.get(page(server)).text
    admin_client.post(page(server), form(name="Renamed"))
    assert ChatServer.objects.get().credential_changed_at == before
    admin_client.post(page(server), form(credential="another"))
    assert ChatServer.objects.get().credential_changed_at not in (before, None)


def test_list_and_page_are_there_where_the_cache_is_gone(admin_client, server, settings):
    gone = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        **settings.CACHES,
        "chat": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": gone},
    }
    settings.CHATWIDGET = {"CACHE": "chat"}
    words = "Not known: the cache doesn&#x27;t answer"
    assert admin_client.get(reverse(LIST)).text.count(words) == 1
    assert admin_client.get(page(server)).text.count(words) == 2


def test_enter_saves_and_tests_nothing(admin_client, server):
    """It presses the first button of a form (HTML, "implicit submission")."""
    html = admin_client.get(page(server)).text
    buttons = re.findall(r'<input type="submit"[^>]* name="(\w+)"', html)
    assert (buttons[0], buttons[-1]) == ("_save", "_test")


def test_a_popup_offers_no_test_whose_outcome_nobody_would_read(admin_client, db):
    assert 'name="_test"' in admin_client.get(reverse(ADD)).text
    assert 'name="_test"' not in admin_client.get(reverse(ADD), {"_popup": "1"}).text


def test_who_may_only_look_has_no_test(make_admin, server):
    assert 'name="_test"' not in make_admin("view_chatserver").get(page(server)).text


def test_timeouts_are_refused_where_they_make_no_sense(admin_client):
    response = admin_client.post(reverse(ADD), form(credential=SECRET, read_timeout="0"))
    assert field_errors(response.text).keys() == {"read_timeout"}


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(admin_client, server, admin_user):
    opened = admin_client.get(page(server)).context["seen"]
    first = form(name="First", chatwidget_seen=opened)
    assert admin_client.post(page(server), first).status_code == 302
    for _try in range(2):
        response = admin_client.post(page(server), form(name="Second", chatwidget_seen=opened))
        assert f"{admin_user} saved this while you were editing it" in response.text
        assert f'name="chatwidget_seen" value="{opened}"' in response.text
    assert ChatServer.objects.get().name == "First"


def test_of_a_change_from_elsewhere_nobody_is_blamed(admin_client, server):
    response = admin_client.post(page(server), form(chatwidget_seen="another"))
    assert "Somebody saved this" in response.text


def test_a_server_is_paused_and_resumed_at_one_click(admin_client, widget, client):
    switch = reverse("admin:chatwidget_chatserver_switch", args=[widget.server.pk])
    assert client.get(widget.get_absolute_url()).status_code == 200
    response = admin_client.post(switch, follow=True)
    assert "1 is paused." in response.text
    assert ">Resume<" in response.text
    assert client.get(widget.get_absolute_url()).status_code == 404
    admin_client.post(switch)
    assert client.get(widget.get_absolute_url()).status_code == 200
    assert LogEntry.objects.filter(change_message="Paused.").count() == 1


def test_a_switch_is_no_link_and_not_for_everybody(admin_client, make_admin, server):
    switch = reverse("admin:chatwidget_chatserver_switch", args=[server.pk])
    assert admin_client.get(switch).status_code == 405
    nowhere = reverse("admin:chatwidget_chatserver_switch", args=[server.pk + 1])
    assert admin_client.post(nowhere).status_code == 403
    assert make_admin("view_chatserver").post(switch).status_code == 403
    assert ChatServer.objects.get().is_active


def test_several_are_paused_and_resumed_from_the_list(admin_client, server):
    for action, active in (("pause", False), ("resume", True)):
        admin_client.post(reverse(LIST), {"action": action, "_selected_action": [server.pk]})
        assert ChatServer.objects.get().is_active is active


def test_a_server_that_widgets_use_is_not_deleted_and_they_are_listed(admin_client, widget):
    path = reverse("admin:chatwidget_chatserver_delete", args=[widget.server.pk])
    response = admin_client.post(path, {"post": "yes"})
    assert response.status_code == 403 or "Shop" in response.text
    assert "Shop" in admin_client.get(path).text
    assert ChatServer.objects.exists()


def test_the_chatbot_that_was_tried_is_offered_again(admin_client, server, api):
    api.fails["start"].append(errors.NotFound(status=404))
    attempt(admin_client, page(server))
    form_ = admin_client.get(page(server)).context["adminform"].form
    assert form_["test_chatbot_id"].value() == TEST_BOT


STARTED = {
    "session_id": "s1",
    "session_token": "t1",
    "chatbot": {"id": TEST_BOT, "name": "Remote bot", "url": "", "versions": []},
    "participant": {"identifier": "", "remote_id": ""},
}
TOKEN = http(200, {"access_token": "fetched", "token_type": "Bearer", "expires_in": 3600})
REFUSED = http(401, {"error": "invalid_client"})
DENIED = http(401, {"error": "Authentication required", "code": "chat_access_denied"})
KEY = {"scheme": "embed_key", "credential": SECRET, "origin": "https://shop.example"}
CLIENT = {
    "scheme": "client_credentials",
    "credential": SECRET,
    "client_id": "site",
    "scope": "chat:start",
}


@pytest.fixture
def remote() -> Iterator[Server]:
    """A server on a socket, so that the client and its errors are the real ones."""
    remote = Server()
    yield remote
    remote.stop()


@pytest.mark.parametrize(
    ("fields", "token", "start", "words"),
    [
        (CLIENT, TOKEN, http(201, STARTED), "It works: “Remote bot” answers"),
        (CLIENT, REFUSED, None, "The token URL refuses the client. Check the client id"),
        (CLIENT, http(404, {}), None, "There is nothing at the token URL."),
        (CLIENT, http(200, "<html>", "text/html"), None, "gives no token. Check the address."),
        (CLIENT, TOKEN, DENIED, "doesn't take the fetched token."),
        (KEY, None, DENIED, "doesn't know this embed key"),
        (KEY, None, http(403, {"detail": "No."}), "choose client credentials."),
        (
            {"scheme": "none"},
            None,
            DENIED,
            "an origin that the chatbot's channel allows, or client",
        ),
        ({"credential": SECRET}, None, DENIED, "starts no chat for an API key"),
        ({"credential": SECRET}, None, http(404, {"detail": "No."}), "No such chatbot"),
        ({"credential": SECRET}, None, http(302, "", location="/login"), "no Chat API"),
        ({"credential": SECRET}, None, None, "can't be reached"),
    ],
)
def test_a_try_over_http_says_what_to_do(admin_client, remote, fields, token, start, words):
    """Which credential is wanted, and what is wrong with the client's own, is told apart."""
    remote.answer = lambda request, _sock: token if request.target == "/o/token/" else start
    own = {"token_url": f"{remote.url}/o/token/"} if fields is CLIENT else {}
    level, said = attempt(admin_client, reverse(ADD), base_url=remote.url, **fields, **own)
    assert words in said
    assert level == ("success" if "It works" in words else "error")
    assert SECRET not in said
    starts = [each for each in remote.requests if each.target == "/api/chat/start/"]
    if fields is CLIENT and start:
        assert starts[0].headers["authorization"] == "Bearer fetched"
