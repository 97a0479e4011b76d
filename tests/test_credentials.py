"""Which secret goes with which scheme."""

from __future__ import annotations

from typing import Any

import pytest

from chatwidget.credentials import faults

ORIGIN = "https://shop.example"


def fields(scheme, *, secret="", variable="", origin=""):
    return set(faults(scheme=scheme, secret=secret, variable=variable, origin=origin))


@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        ("none", {}),
        ("api_key", {"secret": "key"}),
        ("api_key", {"variable": "CHATAPI_KEY"}),
        ("bearer", {"secret": "token"}),
        ("embed_key", {"secret": "key", "origin": ORIGIN}),
        ("embed_key", {"variable": "CHATAPI_KEY", "origin": ORIGIN}),
    ],
)
def test_what_a_scheme_needs_is_enough(scheme, given):
    assert fields(scheme, **given) == set()


@pytest.mark.parametrize("scheme", ["api_key", "bearer", "embed_key"])
def test_a_scheme_with_a_secret_needs_one(scheme):
    assert fields(scheme, origin=ORIGIN) == {"credential"}


@pytest.mark.parametrize("scheme", ["api_key", "bearer", "embed_key"])
def test_a_secret_is_stored_or_named_not_both(scheme):
    found = fields(scheme, secret="key", variable="CHATAPI_KEY", origin=ORIGIN)
    assert found == {"credential_env"}


def test_the_scheme_without_a_secret_takes_none():
    assert fields("none", secret="key") == {"credential"}
    assert fields("none", variable="CHATAPI_KEY") == {"credential_env"}


def test_an_embed_key_needs_an_origin():
    assert fields("embed_key", secret="key") == {"origin"}
    assert fields("embed_key") == {"credential", "origin"}


def test_a_secret_that_no_header_can_carry_is_refused_without_being_repeated():
    found = faults(scheme="api_key", secret="marked\nsecret", variable="", origin="")
    assert found.keys() == {"credential"}
    assert "marked" not in found["credential"]


@pytest.mark.parametrize("missing", ["token_url", "client_id"])
def test_client_credentials_need_to_know_where_and_who(missing):
    options = {"token_url": "https://auth.example/token/", "client_id": "site"}
    given: Any = {"scheme": "client_credentials", "secret": "s", "variable": "", "origin": ""}
    assert faults(**given, options=options) == {}
    assert faults(**given, options=options | {missing: ""}).keys() == {missing}
    assert faults(**given).keys() == options.keys()
