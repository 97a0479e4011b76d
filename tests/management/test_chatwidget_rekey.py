"""``chatwidget_rekey``: everything that is encrypted opens with the new key alone."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError

from chatwidget import conversation, crypto, tokens
from chatwidget.management import rekeying
from chatwidget.models import ChatServer, ChatSession
from chatwidget.servers import secret_of

OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))


@pytest.fixture
def old_key(settings):
    settings.CHATWIDGET = {**settings.CHATWIDGET, "ENCRYPTION_KEYS": [OLD]}


def rekey(**options: bool) -> str:
    stdout = io.StringIO()
    call_command("chatwidget_rekey", stdout=stdout, **options)
    return stdout.getvalue()


def use(settings, *keys: str) -> None:
    settings.CHATWIDGET = {**settings.CHATWIDGET, "ENCRYPTION_KEYS": list(keys)}


def test_the_old_key_can_go_and_chats_go_on(old_key, widget, api, settings):
    session = conversation.start(widget)
    token = tokens.issue(session)
    use(settings, NEW, OLD)
    said = rekey()
    assert "chat servers: 1 encrypted anew, 0 unreadable" in said
    assert "sessions: 1 encrypted anew, 0 unreadable" in said
    use(settings, NEW)
    assert secret_of(ChatServer.objects.get()) == "credential-marked"
    session = conversation.with_token(token, conversation.active_widget(widget.public_id))
    conversation.send(session, "Hello", client_id="c1")
    assert api.calls[-1][1]["session"].token == "remote-token-marked"


def test_a_site_moves_from_its_secret_key_to_keys_of_its_own(widget, api, settings):
    """As the check W002 asks: no credential is lost, no chat ends, and then the key may change."""
    token = tokens.issue(conversation.start(widget))
    use(settings, NEW)
    session = conversation.with_token(token, conversation.active_widget(widget.public_id))
    task = conversation.send(session, "Hello", client_id="c1")
    conversation.reply(session, task.id)
    assert "chat servers: 1 encrypted anew, 0 unreadable" in rekey()
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert secret_of(ChatServer.objects.get()) == "credential-marked"
    assert crypto.decrypt(ChatSession.objects.get().encrypted_remote_token) == "remote-token-marked"


def test_visitors_stay_logged_in_when_the_signing_key_changes(widget, api, settings):
    token = tokens.issue(conversation.start(widget))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    session = conversation.with_token(token, widget)
    conversation.send(session, "Hello", client_id="c1")


def test_a_dry_run_changes_nothing(old_key, server, settings):
    use(settings, NEW, OLD)
    assert "chat servers: 1 can be encrypted anew" in rekey(dry_run=True)
    use(settings, NEW)
    with pytest.raises(crypto.SecretUnreadable):
        secret_of(ChatServer.objects.get())


def test_what_no_key_opens_is_left_and_told(old_key, server, settings):
    before = ChatServer.objects.get().encrypted_credential
    use(settings, NEW)
    with pytest.raises(CommandError, match="No key opens 1"):
        rekey()
    assert ChatServer.objects.get().encrypted_credential == before


def test_more_than_a_batch_is_done_in_several(old_key, widget, settings, monkeypatch):
    monkeypatch.setattr(rekeying, "BATCH", 2)
    sessions = [
        ChatSession(widget=widget, encrypted_remote_token=crypto.encrypt(f"token-{number}"))
        for number in range(5)
    ]
    ChatSession.objects.bulk_create(sessions)
    use(settings, NEW, OLD)
    rekey()
    use(settings, NEW)
    opened = {crypto.decrypt(each.encrypted_remote_token) for each in ChatSession.objects.all()}
    assert opened == {f"token-{number}" for number in range(5)}


def test_every_encrypted_column_is_among_them():
    found = {(model.__name__, column) for model, column in rekeying.columns()}
    assert found == {
        ("ChatServer", "encrypted_credential"),
        ("ChatSession", "encrypted_remote_token"),
        ("Widget", "encrypted_identity_secret"),
    }
