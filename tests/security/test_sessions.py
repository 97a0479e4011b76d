"""Another's chat is closed: each address that opens one, with each token that is not its own."""

from __future__ import annotations

import logging
import math
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import override_settings
from django.utils import timezone

from chatwidget import tokens
from chatwidget.models import ChatSession, Widget
from chatwidget.testing import Answer, File
from tests.security.addresses import GUARDS, Guard, names
from tests.security.conftest import Visitor, call, everything

CALLS = (
    "api-message",
    "api-task",
    "api-history",
    "api-upload",
    "api-consent",
    "messages",
    "messages (send)",
    "files",
    "feedback",
    "transcript",
    "reply",
    "gate",
    "plain",
    "plain (send)",
)
# They can't go on with a token that is refused, so they begin a chat of the caller's own.
STARTING_AFRESH = ("messages (send)", "files", "plain (send)", "gate")
READING = ("api-task", "api-history", "messages", "transcript", "reply", "plain")
NAMING_NO_SESSION = ("messages", "feedback", "transcript", "plain", *STARTING_AFRESH)
Wrong = Callable[[Visitor, Visitor, Visitor], str]


def signed(session: str, widget: uuid.UUID, *, salt: str = tokens.SALT) -> str:
    """A token as the site makes it, of whatever it is told."""
    row = ChatSession(id=uuid.UUID(session), widget=Widget(public_id=widget))
    value = tokens.issue(row).split(":")[0]
    return signing.TimestampSigner(salt=salt).sign(value)


def aged(token: str) -> str:
    """The same token, signed eight days ago."""
    signer = signing.TimestampSigner(salt=tokens.SALT)
    value = token.split(":")[0]
    old = signing.b62_encode(int(time.time()) - 8 * 24 * 60 * 60)
    return f"{value}:{old}:{signer.signature(f'{value}:{old}')}"


def under_another_key(token: str) -> str:
    with override_settings(SECRET_KEY="another-key-of-another-site"):
        return signing.TimestampSigner(salt=tokens.SALT).sign(token.split(":")[0])


def flipped(token: str, place: int) -> str:
    """The token with one character changed."""
    other = "A" if token[place] != "A" else "B"
    return token[:place] + other + token[place + 1 :]


WRONG: Mapping[str, Wrong] = {
    "none": lambda alice, bob, carol: "",
    "blank": lambda alice, bob, carol: " ",
    "words": lambda alice, bob, carol: "let me in",
    "colons": lambda alice, bob, carol: "::",
    "the session's id": lambda alice, bob, carol: alice.session_id,
    "the task's id": lambda alice, bob, carol: alice.task_id,
    "the server's own token": lambda alice, bob, carol: "token-of-the-server",
    "of another visitor": lambda alice, bob, carol: bob.token,
    "of another widget's visitor": lambda alice, bob, carol: carol.token,
    "this session in another widget": lambda alice, bob, carol: signed(
        bob.session_id, carol.widget.public_id
    ),
    "of a session that never was": lambda alice, bob, carol: signed(
        str(uuid.uuid4()), alice.widget.public_id
    ),
    "too old": lambda alice, bob, carol: aged(alice.token),
    "of another site": lambda alice, bob, carol: under_another_key(alice.token),
    "signed for something else": lambda alice, bob, carol: signed(
        alice.session_id, alice.widget.public_id, salt="django.contrib.messages"
    ),
    "unsigned": lambda alice, bob, carol: alice.token.split(":")[0],
    "without its time": lambda alice, bob, carol: alice.token.rpartition(":")[0],
    "cut short": lambda alice, bob, carol: alice.token[:-1],
    "with more behind": lambda alice, bob, carol: alice.token + "A",
    "twice": lambda alice, bob, carol: f"{alice.token},{alice.token}",
    "first character changed": lambda alice, bob, carol: flipped(alice.token, 0),
    "last character of the session changed": lambda alice, bob, carol: flipped(alice.token, 20),
    "widget changed": lambda alice, bob, carol: flipped(alice.token, 30),
    "time changed": lambda alice, bob, carol: flipped(alice.token, alice.token.index(":") + 2),
    "signature changed": lambda alice, bob, carol: flipped(alice.token, len(alice.token) - 3),
    "signature of another": lambda alice, bob, carol: (
        alice.token.rpartition(":")[0] + ":" + bob.token.rpartition(":")[2]
    ),
    "huge": lambda alice, bob, carol: "A" * 5000,
    "surrogates": lambda alice, bob, carol: alice.token.replace(":", "\u00ad:", 1),
    "zero bytes": lambda alice, bob, carol: "AAAA:AAAA:AAAA",
    "a pickle": lambda alice, bob, carol: "gASVEAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOULg==",
    "JSON": lambda alice, bob, carol: '{"session_id":"' + alice.session_id + '"}',
}


def test_every_address_says_what_guards_it():
    unknown = set(names()) - set(GUARDS)
    assert not unknown, f"say in tests/security/addresses.py what guards {unknown}"


def test_every_address_that_opens_a_chat_is_in_the_matrix():
    guarded = {name for name in names() if GUARDS[name] in (Guard.TOKEN, Guard.COOKIE)}
    missing = guarded - {each.partition(" ")[0] for each in CALLS}
    assert not missing, f"say in tests/security how {missing} are called"


@pytest.mark.parametrize("name", CALLS)
def test_the_right_token_opens_it(name, alice):
    answer = call(name, alice, alice.token)
    assert answer.status_code in {200, 201, 202, 204, 303}
    if name in READING:
        assert alice.heard in everything(answer)


@pytest.mark.parametrize("name", CALLS)
def test_no_other_token_opens_it(name, alice, bob, carol):
    before = alice.claims
    for wrong, made in WRONG.items():
        token = made(alice, bob, carol)
        answer = call(name, alice, token)
        said = everything(answer)
        assert not [word for word in alice.words if word in said], wrong
        if token == bob.token and name in NAMING_NO_SESSION:
            continue  # It is Bob's own chat that is shown.
        assert not [word for word in (*bob.words, *carol.words) if word in said], wrong
        if name in STARTING_AFRESH:
            assert answer.status_code in {200, 303}, wrong
            assert alice.session_id not in said, wrong
        elif name != "plain":
            assert answer.status_code in {403, 404}, wrong
    assert alice.claims == before


@pytest.mark.parametrize("name", [name for name in CALLS if not name.startswith("api-")])
def test_the_token_of_one_widget_does_not_open_the_chat_at_another(name, alice, carol):
    answer = call(name, alice, alice.token, in_widget=carol.widget)
    assert not [word for word in alice.words if word in everything(answer)]


@pytest.mark.parametrize("where", ["query", "Authorization", "cookie", "another header"])
def test_a_token_counts_in_its_header_alone(where, alice):
    """Elsewhere it would be sent along by a browser, or written into logs and referrers."""
    http, url = alice.http, f"/chat/api/chat/{alice.session_id}/poll/"
    headers = {
        "Authorization": {"Authorization": f"Bearer {alice.token}"},
        "another header": {"X-Session-Token2": alice.token},
    }.get(where, {})
    if where == "cookie":
        http.cookies["X-Session-Token"] = http.cookies["chatwidget_session"] = alice.token
    query = {"session_token": alice.token, "token": alice.token} if where == "query" else None
    answer = http.get(url, query, headers=headers)
    assert answer.status_code == 403
    assert alice.heard not in everything(answer)


@pytest.mark.parametrize("name", [name for name in CALLS if name not in STARTING_AFRESH])
def test_a_deleted_session_is_closed_to_its_own_token(name, alice):
    """That is how a token is revoked."""
    token = alice.token
    alice.row.delete()
    answer = call(name, alice, token)
    assert not [word for word in alice.words if word in everything(answer)]
    if name != "plain":
        assert answer.status_code in {403, 404}


@pytest.mark.parametrize("name", ["api-task", "reply"])
def test_anothers_task_is_not_found_in_ones_own_chat(name, alice, bob):
    stranger = Visitor(
        bob.widget, bob.http, bob.session_id, bob.token, alice.task_id, bob.said, bob.heard
    )
    answer = call(name, stranger, bob.token)
    assert answer.status_code == 404
    assert alice.heard not in everything(answer)


def test_tokens_age(alice):
    ages = {"fresh": timedelta(days=6, hours=23), "stale": timedelta(days=7, hours=1)}
    opened = {}
    for name, age in ages.items():
        value = alice.token.split(":")[0]
        at = signing.b62_encode(int((timezone.now() - age).timestamp()))
        signature = signing.TimestampSigner(salt=tokens.SALT).signature(f"{value}:{at}")
        opened[name] = call("api-history", alice, f"{value}:{at}:{signature}").status_code
    assert opened == {"fresh": 200, "stale": 403}


def test_ids_cannot_be_guessed(widget):
    """122 random bits each: no two begin alike, and every one is of version 4."""
    ids = [ChatSession(widget=widget).id for _ in range(2000)]
    assert {each.version for each in ids} == {4}
    assert len(set(ids)) == len(ids)
    for place in (0, 3, 15):
        shares = Counter(each.bytes[place] for each in ids).values()
        entropy = -sum(n / len(ids) * math.log2(n / len(ids)) for n in shares)
        assert entropy > 7.5


def test_a_flood_of_wrong_tokens_is_cheap_and_fills_no_log(alice, caplog):
    caplog.set_level(logging.INFO)
    url = f"/chat/api/chat/{alice.session_id}/poll/"
    wrong = [flipped(alice.token, len(alice.token) - 1 - number % 20) for number in range(100)]
    refused = {alice.http.get(url, headers={"X-Session-Token": each}).status_code for each in wrong}
    assert refused == {403}
    assert len([each for each in caplog.records if each.levelno >= logging.INFO]) <= 1


def test_refusing_a_token_costs_a_third_of_a_millisecond_at_most(alice):
    wrong = [flipped(alice.token, number % len(alice.token)) for number in range(100)]
    took = []
    for _ in range(10):
        begun = time.thread_time()
        for token in wrong:
            with pytest.raises(tokens.TokenError):
                tokens.read(token)
        took.append(time.thread_time() - begun)
    assert min(took) / len(wrong) < 0.0003


def test_an_attachments_address_opens_its_own_file_alone(alice, remote, settings):
    remote.answers_with(Answer("Here.", files=(File("map.txt", "text/plain", b"file-marked"),)))
    sent = call("api-message", alice, alice.token).json()
    url = f"/chat/api/chat/{alice.session_id}/{sent['task_id']}/poll/"
    headers = {"X-Session-Token": alice.token}
    attachments = alice.http.get(url, headers=headers).json()["message"]["attachments"]
    link = urlsplit(attachments[0]["content_url"]).path
    assert b"".join(alice.http.get(link).streaming_content) == b"file-marked"
    sealed = link.rstrip("/").rpartition("/")[2]
    for place in (*range(0, len(sealed), 16), len(sealed) - 4):
        wrong = link.replace(sealed, flipped(sealed, place))
        assert alice.http.get(wrong).status_code in {403, 404}
    with override_settings(SECRET_KEY="another-key-of-another-site"):
        assert alice.http.get(link).status_code in {403, 404}
    alice.row.delete()
    assert alice.http.get(link).status_code == 404
