from __future__ import annotations

import base64
import json
import time

import jwt
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory, override_settings
from django.urls import reverse

from chatwidget import identity
from chatwidget.identity import (
    Identity,
    IdentityChanged,
    IdentityError,
    IdentityExpired,
    IdentityInvalid,
    IdentityTooLong,
)
from tests.fixtures import make_widget

SECRET = "a-secret-of-the-shop-that-is-long-enough"
ADA = Identity("ada", "Ada Lovelace", {"plan": "gold"})


@pytest.fixture
def widget(widget):
    widget.set_identity_secret(SECRET)
    widget.save()
    return widget


def signed(widget, *, key=SECRET, algorithm="HS256", **changes):
    claims = {
        "sub": "ada",
        "name": "Ada Lovelace",
        "aud": str(widget.public_id),
        "exp": time.time() + 300,
        "attributes": {"plan": "gold"},
    } | changes
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key, algorithm=algorithm)


def test_what_this_site_signed_proves_who_it_is(widget):
    assert identity.read(identity.issue(ADA, widget), widget) == ADA


def test_it_is_for_one_widget(widget, server):
    with pytest.raises(IdentityInvalid):
        identity.read(identity.issue(ADA, widget), make_widget(server))


def test_it_ages(widget, monkeypatch):
    token = identity.issue(ADA, widget)
    later = time.time() + identity.MAX_AGE + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(IdentityExpired):
        identity.read(token, widget)


def test_a_jwt_of_another_site_proves_who_it_is(widget):
    assert identity.read(signed(widget), widget) == ADA


def test_a_name_and_attributes_may_be_left_out(widget):
    token = signed(widget, name=None, attributes=None)
    assert identity.read(token, widget) == Identity("ada")


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another-secret-that-is-long-enough-too"},
        {"algorithm": "HS512", "key": SECRET * 2},
        {"aud": "another"},
        {"aud": None},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
        {"name": "x" * 321},
        {"name": 7},
        {"attributes": ["x"]},
        {"attributes": {"x": "y" * 3000}},
    ],
)
def test_a_jwt_that_is_not_as_it_must_be_proves_nobody(widget, changes):
    with pytest.raises(IdentityInvalid):
        identity.read(signed(widget, **changes), widget)


def test_a_jwt_past_its_time_is_known_as_such(widget):
    with pytest.raises(IdentityExpired):
        identity.read(signed(widget, exp=time.time() - 60), widget)


def test_a_jwt_is_good_for_a_day_at_most(widget):
    day = 24 * 60 * 60
    assert identity.read(signed(widget, exp=time.time() + day), widget) == ADA
    assert identity.read(signed(widget, exp=str(int(time.time()) + day)), widget) == ADA
    for later in (day + 120, 10 * 365 * day):
        with pytest.raises(IdentityTooLong):
            identity.read(signed(widget, exp=time.time() + later), widget)
        with pytest.raises(IdentityTooLong):
            identity.read(signed(widget, exp=str(int(time.time() + later))), widget)


def test_a_jwt_without_a_signature_proves_nobody(widget):
    head, body, _signature = signed(widget).split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    for token in (f"{none}.{body}.", f"{head}.{body}.", "a.b.c", "x" * 5000, "plain", "a:b"):
        with pytest.raises(IdentityInvalid):
            identity.read(token, widget)


def test_a_widget_without_a_secret_believes_no_jwt(widget):
    token = signed(widget)
    widget.set_identity_secret("")
    with pytest.raises(IdentityInvalid):
        identity.read(token, widget)


def test_a_secret_that_no_key_opens_proves_nobody(widget):
    widget.encrypted_identity_secret = "unreadable"
    with pytest.raises(IdentityInvalid):
        identity.read(signed(widget), widget)


@pytest.mark.parametrize(
    "attributes", [{"at": object()}, {"all": float("inf")}, {"none": float("nan")}, None]
)
def test_attributes_are_small_json(attributes):
    assert Identity("ada", attributes={1: 2}).id == "ada"  # type: ignore[dict-item]
    with pytest.raises(IdentityInvalid):
        Identity("ada", attributes=attributes)


def test_a_mark_tells_people_and_widgets_apart_and_says_no_id(widget, server):
    marks = {
        identity.mark_of(Identity("zoe"), widget),
        identity.mark_of(Identity("bob"), widget),
        identity.mark_of(Identity("zoe"), make_widget(server)),
    }
    assert len(marks) == 3
    assert not any("zoe" in mark for mark in marks)
    assert identity.mark_of(None, widget) == ""


def test_a_chat_is_its_owners(session):
    session.is_identified = True
    session.participant_id = "ada"
    identity.require_owner(session, identity.issue(ADA, session.widget))
    for proof in ("", identity.issue(Identity("bob"), session.widget)):
        with pytest.raises(IdentityChanged):
            identity.require_owner(session, proof)
    with pytest.raises(IdentityError):
        identity.require_owner(session, "nonsense")


def test_a_chat_that_nobody_proved_goes_on_after_a_login(session):
    identity.require_owner(session, identity.issue(ADA, session.widget))
    identity.require_owner(session, "")


def who(client, widget, **headers):
    return client.get(reverse("chatwidget:identity", args=[widget.public_id]), headers=headers)


@pytest.fixture
def knowing(widget):
    widget.knows_users = True
    widget.save()
    return widget


def test_the_chat_is_told_who_is_logged_in(client, knowing, django_user_model):
    user = django_user_model.objects.create_user("ada", first_name="Ada", last_name="L.")
    client.force_login(user)
    response = who(client, knowing)
    told = response.json()
    assert identity.read(told["identity"], knowing) == Identity(str(user.pk), "Ada L.")
    assert told["mark"] == identity.mark_of(Identity(str(user.pk)), knowing)
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]
    assert "Access-Control-Allow-Origin" not in response


def test_nobody_is_nobody(client, knowing):
    assert who(client, knowing).json() == {"identity": None, "mark": ""}


def test_a_page_of_another_site_is_not_told(client, knowing):
    for place in ("cross-site", "same-site", "none"):
        assert who(client, knowing, **{"Sec-Fetch-Site": place}).status_code == 403
    assert who(client, knowing, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_widget_that_knows_no_users_does_not_ask(client, widget):
    assert who(client, widget).status_code == 404
    widget.is_active = False
    widget.save()
    assert who(client, widget).status_code == 404


def a_reader(request):
    return Identity("reader-7", "Reader", {"card": "blue"})


@pytest.mark.parametrize("setting", ["tests.test_identity.a_reader", a_reader])
def test_the_site_says_who_people_are(client, knowing, setting):
    with override_settings(CHATWIDGET={"IDENTITY": setting}):
        told = who(client, knowing).json()
    assert identity.read(told["identity"], knowing).attributes == {"card": "blue"}


def test_without_a_user_on_the_request_nobody_is_logged_in(rf: RequestFactory):
    request = rf.get("/")
    assert identity.from_user(request) is None
    request.user = AnonymousUser()
    assert identity.from_user(request) is None
    request.user = User(pk=3, username="ada")
    assert identity.from_user(request) == Identity("3", "ada")


def test_a_name_with_control_characters_is_shown_with_blanks(client, knowing, django_user_model):
    client.force_login(django_user_model.objects.create_user("ada", first_name="Ada\tMaria"))
    told = who(client, knowing).json()
    assert identity.read(told["identity"], knowing).name == "Ada Maria"


def test_whom_no_server_would_take_is_nobody_and_the_log_says_so(client, knowing, caplog):
    setting = {"IDENTITY": lambda _request: Identity("x" * 300)}
    with override_settings(CHATWIDGET=setting):
        assert who(client, knowing).json() == {"identity": None, "mark": ""}
    assert caplog.messages == ["identity refused: IDENTITY gave IdentityInvalid"]


def say(client, widget, text="Hello", **headers):
    url = reverse("chatwidget:messages", args=[widget.public_id])
    headers = {"HX-Request": "true", **headers}
    context = '{"url": "https://shop.example/a?b=c", "title": "T", "hidden": 1}'
    return client.post(url, {"message": text, "context": context}, headers=headers)


def look(client, widget, **headers):
    return client.get(reverse("chatwidget:messages", args=[widget.public_id]), headers=headers)


def test_a_session_is_started_for_who_was_proven(client, api, widget):
    response = say(client, widget, **{"X-Chat-Identity": identity.issue(ADA, widget)})
    assert response.status_code == 200
    assert response["X-Chat-Events"] == "session-started message-sent"
    session = widget.sessions.get()
    assert (session.participant_id, session.participant_name) == ("ada", "Ada Lovelace")
    assert session.is_identified


def test_whoever_comes_next_sees_nothing_of_it_and_starts_their_own(client, api, widget):
    ada = {"X-Chat-Identity": identity.issue(ADA, widget)}
    bob = {"X-Chat-Identity": identity.issue(Identity("bob"), widget)}
    token = {"X-Session-Token": say(client, widget, **ada)["X-Session-Token"]}
    assert "Hello" in look(client, widget, **ada, **token).content.decode()
    for proof, forgets in (({}, False), (bob, True)):
        response = look(client, widget, **proof, **token)
        assert "Hello" not in response.content.decode()
        assert response["HX-Reswap"] == "none"
        assert (response.get("X-Session-Token") == "") == forgets
        say(client, widget, "Another", **proof, **token)
    assert sorted(widget.sessions.values_list("participant_id", flat=True)) == ["", "ada", "bob"]


def test_a_token_that_was_left_behind_opens_it_by_no_other_way(client, api, widget):
    """No mirror, no fragment and no page without scripts shows a chat to whoever has its token."""
    ada = {"X-Chat-Identity": identity.issue(ADA, widget)}
    token = say(client, widget, **ada)["X-Session-Token"]
    session = widget.sessions.get()
    arguments = {
        "api-history": [session.pk],
        "api-task": [session.pk, session.task_id],
        "reply": [widget.public_id, session.task_id],
        "transcript": [widget.public_id],
    }
    for name, ids in arguments.items():
        address = reverse(f"chatwidget:{name}", args=ids)
        shown = {"X-Session-Token": token}
        bob = {"X-Chat-Identity": identity.issue(Identity("bob"), widget)}
        for proof, status in (({}, 403), (bob, 403), (ada, 200)):
            answer = client.get(address, headers={**shown, **proof})
            assert answer.status_code == status, name
            assert ("Hello" in answer.text) == (status == 200), name
    plain = reverse("chatwidget:plain", args=[widget.public_id])
    client.cookies["chatwidget_session"] = token
    response = client.get(plain)
    assert "Hello" not in response.text
    assert response.cookies["chatwidget_session"].value == ""


@pytest.mark.parametrize("watch", ["", "?watch=own"])
def test_an_answer_is_waited_for_while_the_page_brings_a_new_proof(client, api, widget, watch):
    ada = {"X-Chat-Identity": signed(widget)}
    shown = {"X-Session-Token": say(client, widget, **ada)["X-Session-Token"]}
    address = reverse("chatwidget:reply", args=[widget.public_id, widget.sessions.get().task_id])
    expired = {"X-Chat-Identity": signed(widget, exp=time.time() - 60)}
    response = client.get(address + watch, headers={**shown, **expired})
    assert response.status_code == 200
    assert response["X-Chat-Events"] == "error:identity_expired"
    assert "tries=1" in response.text
    assert "Hello" not in response.text
    assert "ask-again" not in response.text
    assert "Hello" in client.get(address, headers={**shown, **ada}).text


@pytest.mark.parametrize(
    ("exp", "code"),
    [(-60, "identity_expired"), (90_000, "identity_too_long"), (None, "identity_invalid")],
)
def test_a_proof_that_proves_nobody_starts_nothing(client, api, widget, exp, code):
    proof = signed(widget, exp=exp and time.time() + exp)
    response = say(client, widget, **{"X-Chat-Identity": proof})
    assert response.status_code == 403
    assert response["X-Chat-Events"] == f"error:{code}"
    assert not widget.sessions.exists()


def test_a_false_proof_opens_nobodys_chat(client, api, widget):
    token = say(client, widget, **{"X-Chat-Identity": identity.issue(ADA, widget)})
    headers = {"X-Chat-Identity": "a:b", "X-Session-Token": token["X-Session-Token"]}
    answer = look(client, widget, **headers)
    assert answer.status_code == 403
    assert "Hello" not in answer.content.decode()


def test_a_bot_that_speaks_first_does_not_speak_to_a_false_proof(client, api, widget):
    url = reverse("chatwidget:messages", args=[widget.public_id])
    headers = {"HX-Request": "true", "X-Chat-Identity": "a:b"}
    assert client.post(url, {"start": "1"}, headers=headers).status_code == 403
    assert not widget.sessions.exists()
