"""A line of log for what nobody foresaw."""

from __future__ import annotations

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import Http404
from django.test import RequestFactory

from chatwidget import crashes
from tests.views.asking import address, post

WORDS = "words-marked"


def fail(*_args, **_options):
    raise ConnectionError(WORDS)


def test_the_line_names_the_class_and_the_view_and_no_words(client, widget, monkeypatch, caplog):
    client.raise_request_exception = False
    monkeypatch.setattr("chatwidget.limits.count", fail)
    response = post(client, widget, WORDS)
    assert response.status_code == 500
    lines = [each.getMessage() for each in caplog.records if each.name == "chatwidget"]
    line = "unexpected error: kind=ConnectionError view=chatwidget:messages request=-"
    assert lines == [line]
    assert all(each.exc_info is None for each in caplog.records if each.name == "chatwidget")


@pytest.mark.parametrize("name", ["identity", "embed"])
def test_who_is_here_and_the_loader_have_their_line_too(client, widget, monkeypatch, caplog, name):
    client.raise_request_exception = False
    monkeypatch.setattr("chatwidget.conversation.active_widget", fail)
    headers = {"X-Chat-Identity": WORDS}
    assert client.get(address(name, widget), headers=headers).status_code == 500
    lines = [each.getMessage() for each in caplog.records if each.name == "chatwidget"]
    assert lines == [f"unexpected error: kind=ConnectionError view=chatwidget:{name} request=-"]


def test_of_a_request_that_no_address_took_the_line_names_no_view(caplog):
    crashes.note(ConnectionError(WORDS), RequestFactory().get("/"))
    assert caplog.messages == ["unexpected error: kind=ConnectionError view=- request=-"]


@pytest.mark.parametrize("error", [Http404(), TooManyFieldsSent()])
def test_what_the_asker_did_wrong_is_no_crash(caplog, error):
    crashes.note(error, RequestFactory().get("/"))
    assert caplog.messages == []
