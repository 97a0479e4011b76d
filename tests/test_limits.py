"""Rate limits: by address, chat and widget, to the last one, and by nothing made up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import conversation, limits
from chatwidget.limits import TooFast
from chatwidget.models import ChatSession, Widget
from chatwidget.testing import Answer, File, fake_chat_api
from tests.fixtures import make_widget

HTMX = {"HX-Request": "true"}


def stop_at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("chatwidget.limits.time", SimpleNamespace(time=lambda: seconds))


def allow(settings, **keys: object) -> None:
    none = {"ADDRESS_LIMIT": 0, "SESSION_LIMIT": 0, "WIDGET_LIMIT": 0}
    settings.CHATWIDGET = {**settings.CHATWIDGET, **none, **keys}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window ends in the middle of a test."""
    stop_at(monkeypatch, 1_000_000_020.0)


def admitted(widget: Widget, tries: int, session: ChatSession | None = None) -> int:
    done = 0
    for _try in range(tries):
        try:
            limits.admit(widget, session=session)
        except TooFast:
            continue
        done += 1
    return done


def test_an_address_may_send_so_many_and_another_as_many_again(widget, settings):
    allow(settings, ADDRESS_LIMIT=3)
    for address in ("192.0.2.1", "192.0.2.2"):
        with limits.asked_by({"REMOTE_ADDR": address}):
            assert admitted(widget, 5) == 3


def test_without_an_address_there_is_none_to_count(widget, settings):
    allow(settings, ADDRESS_LIMIT=1)
    assert admitted(widget, 5) == 5


def test_a_chat_may_take_so_many(session, settings):
    allow(settings, SESSION_LIMIT=2)
    assert admitted(session.widget, 5, session) == 2
    assert admitted(session.widget, 5) == 5


def test_a_widget_may_take_so_many(widget, server, settings):
    allow(settings, WIDGET_LIMIT=2)
    assert admitted(widget, 5) == 2
    assert admitted(make_widget(server), 5) == 2


@pytest.mark.parametrize("kind", ["address", "session", "widget"])
@pytest.mark.parametrize(("own", "expected"), [(1, 1), (0, 5), (None, 3)])
def test_a_widgets_own_number_goes_before_the_sites(session, settings, kind, own, expected):
    allow(settings, **{f"{kind.upper()}_LIMIT": 3})
    setattr(session.widget, f"{kind}_limit", own)
    with limits.asked_by({"REMOTE_ADDR": "192.0.2.1"}):
        assert admitted(session.widget, 5, session) == expected


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_chat_s_files_are_fetched_as_often_as_its_messages_may_bring_some(client, widget, method):
    Widget.objects.update(session_limit=2)
    with fake_chat_api() as remote:
        talk = conversation.start(widget)
        remote.answers_with(Answer("Here", files=(File("a.pdf", "application/pdf", b"x"),)))
        task = conversation.send(talk, "Please", client_id="c1")
        [file] = conversation.reply(talk, task.id).message.attachments
        link = conversation.linked(talk, file).address
        fetched = [getattr(client, method)(link).status_code for _time in range(25)]
        assert fetched == [200] * 20 + [429] * 5
        assert remote.count("download") == 20
        Widget.objects.update(session_limit=0)
        assert client.get(link).status_code == 200


def test_agreeing_is_counted_before_the_server_hears_of_it(widget, settings):
    allow(settings, SESSION_LIMIT=3)
    with fake_chat_api() as remote:
        talk = conversation.start(widget)
        for _time in range(3):
            conversation.record_consent(talk, 1)
        with pytest.raises(TooFast):
            conversation.record_consent(talk, 1)
    assert remote.count("consent") == 3


def test_a_counter_is_forgotten_when_its_minute_is_past(widget, settings, monkeypatch):
    allow(settings, WIDGET_LIMIT=1)
    kept = []

    def add(_store: object, _key: str, _value: int, timeout: int) -> bool:
        kept.append(timeout)
        return True

    monkeypatch.setattr(type(caches["default"]), "add", add)
    limits.admit(widget)
    assert kept == [2 * limits.WINDOW]


def test_the_next_minute_begins_anew_and_the_wait_ends_there(widget, settings, monkeypatch):
    allow(settings, WIDGET_LIMIT=1)
    stop_at(monkeypatch, 1_000_000_035.0)
    limits.admit(widget)
    with pytest.raises(TooFast) as refused:
        limits.admit(widget)
    assert refused.value.retry_after == 45
    assert str(refused.value) == "ask again in 45 s"
    stop_at(monkeypatch, 1_000_000_080.0)
    limits.admit(widget)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "10.9.9.9, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "made up", "192.0.2.1"),
        (2, "made up, 203.0.113.9", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9:41234", "203.0.113.9"),
        (1, "203.0.113.9:port", "192.0.2.1"),
        (1, "[2001:db8:1:2:3:4:5:6]:41234", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        (1, "[203.0.113.9", "192.0.2.1"),
    ],
)
def test_the_address_is_what_ones_own_proxies_saw(settings, proxies, forwarded, address):
    settings.CHATWIDGET = {"TRUSTED_PROXIES": proxies}
    meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}
    if not forwarded:
        del meta["HTTP_X_FORWARDED_FOR"]
    assert limits.address_of(meta) == address


def test_who_says_no_address_has_none():
    assert limits.address_of({}) == ""


@given(st.text(max_size=60))
def test_no_header_makes_another_address_than_the_last_proxys(header):
    meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": header}
    assert limits.address_of(meta) == "192.0.2.1"


@pytest.mark.parametrize("package", ["django.core.cache.backends.redis", "chatwidget.redis_cache"])
def test_64_at_once_are_counted_to_the_last_one_on_redis(redis_url, settings, package):
    shared = {"BACKEND": f"{package}.RedisCache", "LOCATION": redis_url, "KEY_PREFIX": package}
    settings.CACHES = {**settings.CACHES, "shared": shared}
    allow(settings, WIDGET_LIMIT=100, CACHE="shared")
    widget = Widget(pk=1)
    start = threading.Barrier(64)

    def send(_number: int) -> int:
        start.wait()
        try:
            return admitted(widget, 5)
        finally:
            for pool in vars(caches["shared"])["_cache"]._pools.values():
                pool.disconnect()

    with ThreadPoolExecutor(64) as pool:
        assert sum(pool.map(send, range(64))) == 100


def test_two_who_find_no_counter_are_both_counted(monkeypatch):
    store = caches["default"]
    monkeypatch.setattr(type(store), "add", lambda self, key, *_args: self.set(key, 1, 60) or False)
    assert limits.count("chatwidget:test", 60) == 2


@pytest.mark.parametrize("face", ["page", "plain", "api"])
def test_every_face_says_so_and_asks_the_server_nothing(widget, client, api, settings, face):
    allow(settings, ADDRESS_LIMIT=1)
    with limits.asked_by({"REMOTE_ADDR": "127.0.0.1"}):
        limits.admit(widget)
    if face == "page":
        address = reverse("chatwidget:messages", args=[widget.public_id])
        response = client.post(address, {"message": "Hello"}, headers=HTMX)
    elif face == "plain":
        address = reverse("chatwidget:plain", args=[widget.public_id])
        response = client.post(address, {"message": "Hello"})
    else:
        body = {"chatbot_id": str(widget.public_id)}
        address = reverse("chatwidget:api-start")
        response = client.post(address, body, content_type="application/json")
        assert response.json()["code"] == "too_many_messages"
        assert int(response["Retry-After"]) <= 60
    assert response.status_code == 429
    assert "Try again in a minute" in response.text
    assert api.calls == []
    assert not ChatSession.objects.exists()


def test_a_retry_of_what_was_sent_is_not_refused(session, api, settings):
    allow(settings, SESSION_LIMIT=1)
    task = conversation.send(session, "Hello", client_id="c1")
    assert conversation.send(session, "Hello", client_id="c1").id == task.id
    conversation.reply(session, task.id)
    with pytest.raises(TooFast):
        conversation.send(session, "And", client_id="c2")
