from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.test import override_settings

from chatwidget import crypto

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_encrypted_comes_back_and_is_not_readable() -> None:
    stored = crypto.encrypt("secret-marked")
    assert "secret-marked" not in stored
    assert crypto.decrypt(stored) == "secret-marked"


def test_nothing_stays_nothing() -> None:
    assert crypto.encrypt("") == ""
    assert crypto.decrypt("") == ""


def test_a_rotated_secret_key_still_opens_through_its_fallback() -> None:
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        stored = crypto.encrypt("secret")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert crypto.decrypt(stored) == "secret"


def test_encryption_keys_take_the_place_of_the_secret_key() -> None:
    with override_settings(CHATWIDGET={"ENCRYPTION_KEYS": [OLD]}):
        stored = crypto.encrypt("secret")
    assert Fernet(OLD).decrypt(stored.encode()) == b"secret"
    with override_settings(CHATWIDGET={"ENCRYPTION_KEYS": [NEW, OLD]}):
        assert crypto.decrypt(stored) == "secret"


def test_a_site_that_gets_keys_of_its_own_still_opens_what_it_stored_before() -> None:
    with override_settings(CHATWIDGET={}):
        stored = crypto.encrypt("secret")
    with override_settings(CHATWIDGET={"ENCRYPTION_KEYS": [NEW]}):
        assert crypto.decrypt(stored) == "secret"
        anew = crypto.reencrypt(stored)
    assert Fernet(NEW).decrypt(anew.encode()) == b"secret"


def test_a_secret_whose_key_is_gone_is_an_error_that_says_so() -> None:
    with override_settings(CHATWIDGET={"ENCRYPTION_KEYS": [OLD]}):
        stored = crypto.encrypt("secret")
        assert crypto.decrypt(stored) == "secret"  # which is remembered for this key alone
    with (
        override_settings(CHATWIDGET={"ENCRYPTION_KEYS": [NEW]}),
        pytest.raises(crypto.SecretUnreadable, match="ENCRYPTION_KEYS"),
    ):
        crypto.decrypt(stored)
