"""What Django mails to a site's ``ADMINS``, with the local variables of each frame."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler
from django.views.debug import SafeExceptionReporterFilter

from chatwidget import conversation, discretion, identity, tokens
from chatwidget.chatapi import errors
from chatwidget.identity import Identity
from tests.views.asking import ID, NEXT_ID, address

WORDS = "my card is 4111"


class Mails(AdminEmailHandler):
    """The mails, as they would go out."""

    def __init__(self) -> None:
        super().__init__(include_html=True)
        self.setLevel(logging.ERROR)
        self.sent: list[str] = []

    def send_mail(self, subject: Any, message: Any, *args: Any, **options: Any) -> None:
        self.sent.append(f"{subject}\n{message}\n{options['html_message']}")


@pytest.fixture
def mails():
    handler = Mails()
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield handler.sent
    logger.removeHandler(handler)


@pytest.fixture
def ways(widget, session):
    """Each way to send a message: what it does, and what it proves to be who it is."""
    http = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    token = tokens.issue(session)
    proof = identity.issue(Identity("ana"), widget)
    headers = {"HX-Request": "true", "X-Session-Token": token, "X-Chat-Identity": proof}
    headers["X-Chat-Start"] = NEXT_ID
    http.cookies[discretion.COOKIE] = token
    body = {"message": WORDS, "client_id": ID}
    mirrored = reverse("chatwidget:api-message", args=[session.pk])
    return {
        "page": lambda: http.post(address("messages", widget), body, headers=headers),
        "plain": lambda: http.post(address("plain", widget), body),
        "mirror": lambda: http.post(mirrored, body, "application/json", headers=headers),
        "files": lambda: http.post(address("files", widget), body, headers=headers),
    }, (WORDS, token, proof, ID, NEXT_ID)


@pytest.mark.parametrize("way", ["page", "plain", "mirror"])
def test_a_server_that_is_down_is_mailed_to_nobody_and_has_its_line_in_the_log(
    ways, api, mails, caplog, way
):
    api.fails["send"].append(errors.Unavailable(status=503, may_have_arrived=False))
    assert ways[0][way]().status_code == 503
    assert mails == []
    assert [record.name for record in caplog.records] == ["chatwidget"]
    assert "call=send kind=unavailable" in caplog.messages[0]


@pytest.mark.parametrize("way", ["page", "plain", "mirror", "files"])
def test_a_crash_is_mailed_without_what_the_visitor_wrote_and_proves(
    ways, widget, mails, monkeypatch, way
):
    def crash(*args: object, **options: object) -> None:
        """What is given stands in the frame's local variables."""
        raise RuntimeError("a fault of the site's own")

    widget.takes_files = True
    widget.save()
    monkeypatch.setattr(conversation, "send", crash)
    monkeypatch.setattr("chatwidget.uploads.read_form", crash)
    requests, private = ways
    assert requests[way]().status_code == (503 if way == "mirror" else 500)
    (mail,) = mails
    assert "a fault of the site" in mail
    assert "views/base.py" in mail or "api/views.py" in mail
    assert [text for text in private if text in mail] == []


@pytest.mark.parametrize("name", ["identity", "embed"])
def test_a_crash_elsewhere_is_mailed_without_what_the_browser_shows(
    widget, session, mails, monkeypatch, name
):
    def crash(*args: object, **options: object) -> None:
        raise RuntimeError("a fault of the site's own")

    monkeypatch.setattr(conversation, "active_widget", crash)
    http = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    token = http.cookies[discretion.COOKIE] = tokens.issue(session)
    proof = identity.issue(Identity("ana"), widget)
    http.get(address(name, widget), headers={"X-Chat-Identity": proof})
    (mail,) = mails
    assert "a fault of the site" in mail
    assert [text for text in (token, proof) if text in mail] == []


def test_the_site_s_own_filter_hides_what_it_hid(monkeypatch):
    class Own(SafeExceptionReporterFilter):
        def cleanse_setting(self, key: Any, value: Any) -> Any:
            return "hidden" if key == "theirs" else super().cleanse_setting(key, value)

    monkeypatch.setattr(discretion, "get_default_exception_reporter_filter", Own)
    made = discretion._filter.__wrapped__()
    said = {name: made.cleanse_setting(name, "said") for name in ("theirs", "open")}
    assert said == {"theirs": "hidden", "open": "said"}
    assert made.cleanse_setting(discretion.COOKIE, "said") == made.cleansed_substitute
