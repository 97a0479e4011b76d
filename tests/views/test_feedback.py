"""Feedback by the page's own view."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget import conversation, tokens
from chatwidget.models import ChatSession, Feedback, Widget
from chatwidget.testing import fake_chat_api
from tests.views.test_transcript import talk

__all__ = ["talk"]


@pytest.fixture
def remote():
    with fake_chat_api() as fake:
        yield fake


@pytest.fixture
def widget(widget: Widget) -> Widget:
    widget.asks_feedback = True
    widget.save()
    return widget


def give(widget: Widget, token: str = "", identity: str = "", **fields: Any) -> Any:
    headers = {"HX-Request": "true", "X-Session-Token": token, "X-Chat-Identity": identity}
    address = reverse("chatwidget:feedback", args=[widget.public_id])
    return Client().post(address, fields, headers=headers)


def answer_of(session: Any) -> str:
    said = conversation.history(session).messages
    return next(each.created_at for each in said if each.role == "assistant")


def test_an_answer_is_judged(widget, talk):
    token = tokens.issue(talk)
    at = answer_of(talk)
    kept = give(widget, token, at=at, liked="0", word=" too short ")
    assert (kept.status_code, kept["X-Chat-Events"]) == (204, "feedback-given")
    row = Feedback.objects.get()
    assert (row.session, row.answer, row.value, row.word) == (talk, at, -1, "too short")
    page = Client().get(
        reverse("chatwidget:messages", args=[widget.public_id]),
        headers={"HX-Request": "true", "X-Session-Token": token},
    )
    assert 'data-liked="-1"' in page.content.decode()
    assert "data-rated" not in page.content.decode()


def test_a_chat_is_rated(widget, talk):
    token = tokens.issue(talk)
    assert give(widget, token, stars="4").status_code == 204
    assert Feedback.objects.get().stars == 4
    page = Client().get(
        reverse("chatwidget:messages", args=[widget.public_id]),
        headers={"HX-Request": "true", "X-Session-Token": token},
    )
    assert "data-rated" in page.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"stars": "6"},
        {"stars": "0"},
        {"liked": "1"},
        {"at": "2026-01-01T00:00:00Z"},
        {"at": "x", "liked": "1"},
        {"at": "2026-01-01T00:00:00Z", "liked": "2"},
        {"stars": "3", "word": "x" * 501},
    ],
)
def test_what_is_no_feedback_is_refused(widget, talk, fields):
    assert give(widget, tokens.issue(talk), **fields).status_code == 400
    assert not Feedback.objects.exists()


def test_an_answer_that_was_never_given_cannot_be_judged(widget, talk):
    refused = give(widget, tokens.issue(talk), at="2026-01-01T00:00:00Z", liked="1")
    assert refused.status_code == 404
    assert refused.json() == {"error": "This chat has no such message.", "code": "task_unknown"}


def test_only_a_widget_that_asks_takes_it_and_only_of_its_own_visitors(widget, talk):
    assert give(widget, "", stars="4").status_code == 403
    ChatSession.objects.update(is_identified=True, participant_id="ana")
    widget.set_identity_secret("secret")
    widget.save()
    assert give(widget, tokens.issue(talk), "forged", stars="4").status_code == 403
    Widget.objects.update(asks_feedback=False)
    assert give(widget, tokens.issue(talk), stars="4").status_code == 400
    assert not Feedback.objects.exists()
