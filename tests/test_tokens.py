from __future__ import annotations

import re

import pytest
from django.core import signing
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import tokens
from chatwidget.models import ChatSession


def test_a_token_proves_its_session_and_its_widget(session: ChatSession) -> None:
    claims = tokens.read(tokens.issue(session))
    assert claims == tokens.Claims(session.id, session.widget.public_id)


def test_a_token_holds_nothing_of_the_server(session: ChatSession) -> None:
    assert session.remote_id not in tokens.issue(session)


def test_a_token_fits_into_an_address_as_it_is(session: ChatSession) -> None:
    assert re.fullmatch(r"[\w:-]+", tokens.issue(session), re.ASCII)


def test_no_token_is_asked_for() -> None:
    with pytest.raises(tokens.TokenRequired) as caught:
        tokens.read("")
    assert caught.value.code == "session_token_required"


def test_an_old_token_has_expired(session: ChatSession) -> None:
    token = tokens.issue(session)
    with (
        override_settings(CHATWIDGET={"SESSION_MAX_AGE": -1}),
        pytest.raises(tokens.TokenExpired) as caught,
    ):
        tokens.read(token)
    assert caught.value.code == "session_expired"


def test_a_token_signed_before_a_key_rotation_is_still_good(session: ChatSession) -> None:
    with override_settings(SECRET_KEY="old"):
        token = tokens.issue(session)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert tokens.read(token).session_id == session.id


@pytest.mark.parametrize("value", ["", "x", "ä", "AAAA"])
def test_a_signed_value_of_another_shape_is_invalid(value: str) -> None:
    token = signing.TimestampSigner(salt=tokens.SALT).sign(value)
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(token)


@given(st.text(min_size=1))
def test_any_other_text_is_invalid(text: str) -> None:
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(text)
