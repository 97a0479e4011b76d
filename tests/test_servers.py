from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from chatwidget import crypto, servers
from chatwidget.chatapi import ChatAPI
from chatwidget.models import ChatServer, ChatSession

FERNET_KEY = urlsafe_b64encode(b"k" * 32).decode()


def test_a_client_gets_the_servers_credential(server: ChatServer) -> None:
    assert servers.secret_of(server) == "credential-marked"
    assert isinstance(servers.client_for(server), ChatAPI)


def test_a_secret_can_be_named_instead_of_stored(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.credential_env = "CHATAPI_KEY"
    monkeypatch.setenv("CHATAPI_KEY", "from-the-environment")
    assert servers.secret_of(server) == "from-the-environment"


def test_a_named_secret_that_is_not_set_is_said(server: ChatServer) -> None:
    server.credential_env = "CHATAPI_KEY_THAT_NOBODY_SET"
    with pytest.raises(servers.NotConfigured, match="CHATAPI_KEY_THAT_NOBODY_SET is not set"):
        servers.client_for(server)


@pytest.mark.parametrize("field", ["credential_env", "files_key_env"])
@pytest.mark.parametrize("held", [FERNET_KEY, "old-marked", "django-marked", "a, old-marked"])
def test_no_server_is_told_a_key_of_the_site_itself(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, settings: Any, field: str, held: str
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "django-marked", ["old-marked"]
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [FERNET_KEY.encode()]}
    server.set_credential("key")
    setattr(server, field, "CHATAPI_KEY")
    monkeypatch.setenv("CHATAPI_KEY", held)
    with pytest.raises(servers.NotConfigured, match="CHATAPI_KEY holds a key of this site") as told:
        servers.client_for(server)
    assert held not in str(told.value)


def test_files_can_have_a_key_of_their_own(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert servers.options_of(server)["files_key"] == ""
    server.files_key_env = "CHATAPI_FILES_KEY"
    monkeypatch.setenv("CHATAPI_FILES_KEY", "files-key-marked")
    assert servers.options_of(server)["files_key"] == "files-key-marked"


def test_a_secret_of_a_lost_key_is_said(server: ChatServer) -> None:
    with (
        override_settings(SECRET_KEY="another"),
        pytest.raises(servers.NotConfigured, match="ENCRYPTION_KEYS"),
    ):
        servers.client_for(server)


def test_a_session_is_known_to_the_server_by_its_id_and_token(session: ChatSession) -> None:
    ref = servers.session_ref(session)
    assert (ref.session_id, ref.token) == ("remote-session-marked", None)


def test_a_sessions_token_of_a_lost_key_is_said(session: ChatSession) -> None:
    session.encrypted_remote_token = crypto.encrypt("token-marked")
    assert servers.session_ref(session).token == "token-marked"
    with (
        override_settings(SECRET_KEY="another"),
        pytest.raises(servers.NotConfigured, match=f"{session.pk}.*ENCRYPTION_KEYS"),
    ):
        servers.session_ref(session)


def test_fetched_tokens_are_kept_encrypted_in_the_sites_cache() -> None:
    store = servers.SealedCache()
    assert store.get("token") is None
    store.set("token", "token-marked", 60)
    assert store.get("token") == "token-marked"
    assert "token-marked" not in str(cache.get("token"))
    with override_settings(SECRET_KEY="another"):
        assert store.get("token") is None
    store.delete("token")
    assert store.get("token") is None


def test_a_servers_own_timeouts_go_before_the_sites(server: ChatServer, settings: Any) -> None:
    settings.CHATWIDGET = {**settings.CHATWIDGET, "READ_TIMEOUT": 9}
    server.connect_timeout = 1.5
    timeouts = servers.client_for(server)._timeouts
    assert (timeouts.connect, timeouts.read) == (1.5, 9)
