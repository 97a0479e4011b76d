"""Work before a start: done once for each chat, and by nothing but trying."""

from __future__ import annotations

import time
import uuid
from itertools import count
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from chatwidget import work
from chatwidget.models import ChatSession, Widget
from tests.fixtures import make_widget

HTMX = {"HX-Request": "true"}


@pytest.fixture
def dear(widget: Widget) -> Widget:
    """A widget whose chats take work to start."""
    widget.start_work = Widget.Work.LIGHT
    widget.save()
    return widget


def solve(challenge: str, bits: int = Widget.Work.LIGHT) -> str:
    number = next(str(n) for n in count() if work.is_solved(challenge, str(n), bits))
    return f"{challenge}.{number}"


def start(widget: Widget, shown: str = "") -> Any:
    body = {"chatbot_id": str(widget.public_id)}
    url, headers = reverse("chatwidget:api-start"), {work.HEADER: shown} if shown else {}
    return Client().post(url, body, "application/json", headers=headers)


def say(widget: Widget, client_id: str, shown: str) -> Any:
    url = reverse("chatwidget:messages", args=[widget.public_id])
    fields = {"message": "Hello", "client_id": client_id}
    return Client().post(url, fields, headers={**HTMX, work.HEADER: shown})


def test_a_widget_that_asks_for_no_work_starts_at_once(widget, api):
    assert start(widget).status_code == 201


def test_a_paused_widget_says_so_to_any_page_in_its_own_words(dear):
    Widget.objects.update(is_active=False, paused_words="Back in May.")
    answer = Client().get(reverse("chatwidget:work", args=[dear.public_id]))
    assert answer.status_code == 404
    assert answer.json() == {"error": "Back in May.", "code": "widget_unavailable"}
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_who_has_done_the_work_starts_a_chat(dear, api):
    url = reverse("chatwidget:work", args=[dear.public_id])
    answer = Client().get(url)
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = answer.json()
    assert (found["bits"], found["rounds"]) == (8, 1000)
    assert start(dear, solve(found["challenge"])).status_code == 201


def test_without_work_nothing_is_asked_of_the_server(dear, api):
    answer = start(dear)
    assert answer.status_code == 403
    assert answer.json()["code"] == "work_required"
    assert api.calls == []
    assert not ChatSession.objects.exists()


def test_work_starts_one_chat(dear, api):
    shown = solve(work.challenge(dear))
    assert [start(dear, shown).status_code for _ in range(2)] == [201, 403]


def test_a_retry_of_the_same_message_shows_the_same_work(dear, api):
    shown, first = solve(work.challenge(dear)), str(uuid.uuid4())
    assert [say(dear, first, shown).status_code for _ in range(2)] == [200, 200]
    assert ChatSession.objects.count() == 1
    refused = say(dear, str(uuid.uuid4()), shown)
    assert refused.status_code == 403
    assert refused.headers["X-Chat-Events"] == "error:work_required"
    assert "Hello" in refused.text


def test_work_for_another_widget_too_old_or_made_up_does_not_count(dear, api):
    other = make_widget(dear.server, start_work=Widget.Work.LIGHT)
    value = work.challenge(dear).split(":")[0]
    stamp = signing.b62_encode(int(time.time()) - work.MAX_AGE - 1)
    signature = signing.TimestampSigner(salt=work.SALT).signature(f"{value}:{stamp}")
    wrong = ["-", ".", "x.1", f"{'A' * 300}.1", f"{work.challenge(dear)}."]
    solved = [work.challenge(other), f"{value}:{stamp}:{signature}", work.challenge(dear)[:-1]]
    for shown in (*wrong, *map(solve, solved)):
        assert start(dear, shown).status_code == 403, shown
    assert api.calls == []


def test_a_wrong_number_does_not_count(dear, api):
    challenge = work.challenge(dear)
    number = next(n for n in count() if not work.is_solved(challenge, str(n), dear.start_work))
    assert start(dear, f"{challenge}.{number}").status_code == 403


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_nothing_else_reads_as_work(text):
    with work.shown_by({"HTTP_X_CHAT_WORK": text}), pytest.raises(work.WorkWanted):
        work.require(Widget(start_work=Widget.Work.LIGHT))


def test_each_bit_doubles_the_tries():
    challenge = "any"
    solved = [
        sum(work.is_solved(challenge, str(number), bits) for number in range(400))
        for bits in (1, 2)
    ]
    assert 170 < solved[0] < 230
    assert 75 < solved[1] < 125


def test_the_plain_page_says_that_it_cannot_start_a_chat(dear, client, api):
    url = reverse("chatwidget:plain", args=[dear.public_id])
    assert "switch JavaScript on" in client.get(url).text
    refused = client.post(url, {"message": "Hello", "client_id": str(uuid.uuid4())})
    assert refused.status_code == 403
    assert "Hello" in refused.text
    assert api.calls == []


def test_a_page_without_work_loads_nothing_for_it(widget, client):
    url = widget.get_absolute_url()
    assert "work.js" not in client.get(url).text
    Widget.objects.update(start_work=Widget.Work.LIGHT)
    assert "work.js" in client.get(url).text
