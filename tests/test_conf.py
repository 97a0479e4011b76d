from __future__ import annotations

import pytest
from django.test import override_settings

from chatwidget.conf import DEFAULTS, conf


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_every_key_has_a_property_that_gives_its_default(key: str) -> None:
    with override_settings(CHATWIDGET={}):
        assert getattr(conf, key.lower()) == DEFAULTS[key]


def test_a_site_without_the_dict_gets_the_defaults(settings: object) -> None:
    del settings.CHATWIDGET  # type: ignore[attr-defined]
    assert conf.message_max_length == DEFAULTS["MESSAGE_MAX_LENGTH"]


def test_values_follow_the_settings_at_once() -> None:
    with override_settings(CHATWIDGET={"MESSAGE_MAX_LENGTH": 7}):
        assert conf.message_max_length == 7
    assert conf.message_max_length == DEFAULTS["MESSAGE_MAX_LENGTH"]


def test_public_url_loses_its_slash() -> None:
    with override_settings(CHATWIDGET={"PUBLIC_URL": "https://www.example.com/"}):
        assert conf.public_url == "https://www.example.com"
