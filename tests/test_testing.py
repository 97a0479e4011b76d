"""The fake, asked by the app's own client. What servers answer is compared in ``conformance``."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.core.cache import caches

from chatwidget import conversation, servers, usage
from chatwidget.chatapi import (
    ApiKey,
    Bearer,
    ChatAPI,
    ClientCredentials,
    EmbedKey,
    FileToSend,
    MemoryStore,
    SessionCookie,
    errors,
)
from chatwidget.conversation import replies
from chatwidget.models import ChatSession, UsageDay
from chatwidget.store import store
from chatwidget.testing import Answer, FakeChatAPI, File, Response, fake_chat_api
from chatwidget.testing.plugin import chatwidget_api  # noqa: F401  (a fixture)
from chatwidget.usage import counting
from tests.conftest import new_cache
from tests.fixtures import make_widget
from tests.views.asking import address

CHATBOT = str(uuid.uuid4())
BASE = "https://chat.example.com/prefix"


def client(fake: FakeChatAPI, **options) -> ChatAPI:
    return ChatAPI(BASE, transport=fake.transport, **options)


@pytest.fixture
def fake() -> FakeChatAPI:
    return FakeChatAPI()


@pytest.fixture
def api(fake: FakeChatAPI) -> ChatAPI:
    return client(fake)


@pytest.fixture
def session(api: ChatAPI):
    return api.start(CHATBOT).session


def contents(api: ChatAPI, session, **options) -> list[str]:
    return [message.content for message in api.poll_session(session, **options).messages]


def test_a_message_is_echoed_and_both_are_in_the_history(fake, api, session):
    task = api.send(session, " Hello ", context={"page": "/"})
    assert api.poll_task(session, task).message.content == "Echo: Hello"
    assert contents(api, session) == ["Hello", "Echo: Hello"]
    assert fake.received == ["Hello"]
    assert fake.sessions[session.session_id].context == {"page": "/"}


def test_a_reply_may_be_asked_for_again_at_once(server, monkeypatch):
    monkeypatch.setattr(replies, "SOONEST", 60)
    monkeypatch.setattr(replies, "REST_SECONDS", 60)
    with fake_chat_api() as fake:
        talk = conversation.start(make_widget(server))
        fake.answers_with(Answer("Yes.", polls=3))
        task = conversation.send(talk, "Hello", client_id="c1")
        fake.fail("poll_task", errors.NotFound(status=404))
        with pytest.raises(errors.NotFound):
            conversation.reply(talk, task.id)
        states = [conversation.reply(talk, task.id).status for _time in range(4)]
    assert states == ["processing", "processing", "processing", "complete"]


def test_the_fake_stands_in_for_every_server_until_its_context_ends(server):
    with fake_chat_api(dialect="2025-10") as fake:
        started = servers.client_for(server).start(CHATBOT)
        assert (started.session.token, fake.count("start")) == (None, 1)
    assert servers.transport is None


def test_the_fixture_is_the_fake_that_the_site_calls(server, chatwidget_api):  # noqa: F811
    servers.client_for(server).start(CHATBOT)
    assert [call.name for call in chatwidget_api.calls] == ["start"]
    assert chatwidget_api.calls[0].json == {"chatbot_id": CHATBOT}


def test_answers_are_given_in_the_order_they_were_lined_up_and_then_the_usual_one(
    fake, api, session
):
    fake.answer = Answer("As ever")
    fake.answers_with("First")
    fake.answers_with(Answer("Second"))
    tasks = [api.send(session, "Hello") for _ in range(3)]
    said = [api.poll_task(session, task).message.content for task in tasks]
    assert said == ["First", "Second", "As ever"]


def test_an_answer_takes_its_time_by_the_fakes_clock(fake, api, session):
    fake.answers_with(Answer("Done", seconds=60, progress="Looking"))
    task = api.send(session, "Hello")
    poll = api.poll_task(session, task)
    assert (poll.status, poll.message.content) == ("processing", "Looking")
    assert contents(api, session) == ["Hello"]
    fake.forward(60)
    assert api.poll_task(session, task).message.content == "Done"


def test_an_answer_takes_as_many_polls_as_it_is_told(fake, api, session):
    fake.answers_with(Answer(polls=2))
    task = api.send(session, "Hello")
    assert contents(api, session) == ["Hello"]
    statuses = [api.poll_task(session, task).status for _ in range(3)]
    assert statuses == ["processing", "processing", "complete"]
    assert contents(api, session) == ["Hello", "Echo: Hello"]


def test_an_answer_may_never_come(fake, api, session):
    fake.answers_with(Answer(never=True))
    task = api.send(session, "Hello")
    fake.forward(10**6)
    assert api.poll_task(session, task).status == "processing"


@pytest.mark.parametrize(
    ("answer", "status"), [(Answer(fails="Ouch"), 500), (Answer(refuses="Ouch"), 400)]
)
@pytest.mark.parametrize(("dialect", "kept"), [("2026-08", 2), ("2025-10", 0)])
def test_a_bot_fails_and_the_history_tells_it_in_the_words_of_its_dialect(
    answer, status, dialect, kept
):
    fake = FakeChatAPI(dialect=dialect)
    api = client(fake)
    session = api.start(CHATBOT).session
    fake.answers_with(answer)
    task = api.send(session, "Hello")
    with pytest.raises(errors.BotError) as caught:
        api.poll_task(session, task)
    assert (caught.value.status, caught.value.text) == (status, "Ouch")
    assert len(contents(api, session)) == kept


def test_what_is_not_kept_is_answered_and_not_in_the_history(fake, api, session):
    fake.answers_with(Answer("You may not", in_history=False))
    task = api.send(session, "Hello")
    assert api.poll_task(session, task).message.content == "You may not"
    assert contents(api, session) == []


def test_the_history_lags(fake, api, session):
    fake.history_lag = 30
    task = api.send(session, "Hello")
    assert (contents(api, session), api.poll_task(session, task).status) == ([], "processing")
    fake.forward(30)
    assert contents(api, session) == ["Hello", "Echo: Hello"]


def test_the_older_dialect_keeps_a_message_with_its_answer():
    fake = FakeChatAPI(dialect="2025-10")
    api = client(fake)
    session = api.start(CHATBOT).session
    fake.answers_with(Answer(seconds=5, progress="Looking"))
    task = api.send(session, "Hello")
    assert api.poll_task(session, task).message is None
    assert contents(api, session) == []
    fake.forward(5)
    assert contents(api, session) == ["Hello", "Echo: Hello"]


def test_the_history_comes_in_pages_and_after_a_moment(fake, api, session):
    for text in "abc":
        api.send(session, text)
    everything = api.poll_session(session).messages
    page = api.poll_session(session, since=everything[1].created_at, limit=3)
    assert (page.messages, page.has_more) == (everything[2:5], True)
    with pytest.raises(errors.Rejected):
        api.poll_session(session, since="yesterday")
    assert contents(api, session, since="2020-01-01T00:00:00") == [
        message.content for message in everything
    ]


def test_the_bot_speaks_of_its_own_accord(fake, api, session):
    fake.says("By the way")
    assert contents(api, session) == ["By the way"]


def test_a_call_fails_once_for_each_time_it_was_told(fake, api):
    fake.fail("start", errors.Unavailable(status=503))
    fake.fail("start", Response(200, "<h1>Hello</h1>"))
    with pytest.raises(errors.Unavailable) as caught:
        api.start(CHATBOT)
    assert caught.value.call == "POST start"
    with pytest.raises(errors.BadResponse):
        api.start(CHATBOT)
    api.start(CHATBOT)
    assert fake.count("start") == 3


def test_a_call_fails_until_it_is_healed(fake, api, session):
    fake.always_fail("send", errors.RateLimited(retry_after=5))
    fake.fail("poll_session", errors.TimedOut())
    for _ in range(2):
        with pytest.raises(errors.RateLimited):
            api.send(session, "Hello")
    assert fake.received == []
    fake.heal()
    api.send(session, "Hello")
    assert len(contents(api, session)) == 2


def test_an_answer_is_lost_though_the_message_arrived(fake, api, session):
    fake.fail("send", errors.TimedOut(), arrived=True)
    with pytest.raises(errors.TimedOut):
        api.send(session, "Hello")
    assert contents(api, session) == ["Hello", "Echo: Hello"]


@pytest.mark.parametrize(
    ("happens", "error"),
    [
        (FakeChatAPI.end_sessions, errors.SessionEnded),
        (FakeChatAPI.expire_sessions, errors.SessionRefused),
        (FakeChatAPI.forget_sessions, errors.SessionRefused),
    ],
)
def test_sessions_come_to_their_end(happens, error, fake, api, session):
    happens(fake)
    with pytest.raises(error):
        api.send(session, "Hello")


def test_an_ended_session_can_be_read(fake, api, session):
    fake.end_sessions()
    assert api.poll_session(session).session_status == "ended"


@pytest.mark.parametrize(
    ("headers", "right", "wrong"),
    [
        ({"X-api-key": "key"}, ApiKey("key"), ApiKey("other")),
        ({"Authorization": "Bearer key"}, Bearer("key"), Bearer("other")),
        ({"Cookie": "sessionid=key"}, SessionCookie("key"), SessionCookie("other")),
        (
            {"X-Embed-Key": "key", "Origin": "https://a.example"},
            EmbedKey("key", "https://a.example"),
            EmbedKey("key", "https://b.example"),
        ),
    ],
)
def test_a_start_needs_the_credential_that_is_required(headers, right, wrong):
    fake = FakeChatAPI(requires=headers)
    assert client(fake, credential=right).start(CHATBOT).session.token
    for credential in (wrong, None):
        with pytest.raises(errors.AccessDenied):
            client(fake, credential=credential).start(CHATBOT)


def test_client_credentials_get_a_token(fake):
    fake.requires = {"Authorization": f"Bearer {fake.access_token}"}
    credential = ClientCredentials(
        "https://chat.example.com/o/token/", "id", "secret", store=MemoryStore()
    )
    client(fake, credential=credential).start(CHATBOT)
    assert [call.name for call in fake.calls] == ["token", "start"]


def test_a_session_without_a_token_wants_the_embed_key(fake):
    fake.gives_token = False
    fake.requires = {"X-Embed-Key": "key", "Origin": "https://a.example"}
    api = client(fake, credential=EmbedKey("key", "https://a.example"))
    session = api.start(CHATBOT).session
    assert (session.token, bool(api.send(session, "Hello"))) == (None, True)
    with pytest.raises(errors.SessionRefused):
        client(fake).send(session, "Hello")


def test_there_are_only_the_chatbots_that_it_was_told_of(fake, api):
    fake.chatbot_ids = {CHATBOT}
    assert api.start(CHATBOT).chatbot.name == "Fake bot"
    with pytest.raises(errors.NotFound):
        api.start(str(uuid.uuid4()))


def test_a_version_may_be_asked_for_where_that_is_allowed(fake, api):
    with pytest.raises(errors.AccessDenied):
        api.start(CHATBOT, version_number=1)
    fake.allows_versions = True
    assert api.start(CHATBOT, version_number=1).session.token


def test_a_seed_message_is_answered():
    fake = FakeChatAPI(dialect="2025-10")
    fake.seed = "Say hello"
    api = client(fake)
    started = api.start(CHATBOT)
    poll = api.poll_task(started.session, started.seed_message_task_id or "")
    assert poll.message.content == "Echo: Say hello"


def test_consent_is_asked_for_and_recorded(fake, api):
    fake.consent_text, fake.consent_version = "May we?", 7
    started = api.start(CHATBOT)
    assert (started.consent.required, started.consent.text) == (True, "May we?")
    for call in (
        lambda: api.send(started.session, "Hello"),
        lambda: api.upload(started.session, [FileToSend("a.txt", "text/plain", 1, [b"a"])]),
    ):
        with pytest.raises(errors.ConsentRequired) as caught:
            call()
        assert caught.value.consent == started.consent
    with pytest.raises(errors.ConsentStale):
        api.consent(started.session, 6)
    api.consent(started.session, 7)
    consent = api.poll_session(started.session).consent
    assert (consent.required, consent.text) == (False, "")
    assert api.send(started.session, "Hello")


def test_a_session_may_make_as_many_calls_as_it_is_told(fake, api, session):
    fake.limit = 2
    api.send(session, "Hello")
    budget = api.poll_session(session).budget
    assert (budget.limit, budget.remaining) == (2, 0)
    with pytest.raises(errors.RateLimited) as caught:
        api.send(session, "Hello")
    assert 0 < (caught.value.retry_after or 0) <= 300
    fake.forward(300)
    assert api.send(session, "Hello")


def test_files_go_up_and_come_down_again(fake, session):
    fake.requires = {"X-api-key": "key"}
    api = client(fake, credential=ApiKey("key"))
    body = bytes(range(256)) * 300
    (file,) = api.upload(session, [FileToSend("a.csv", "text/csv", len(body), [body])])
    assert (file.name, file.size, file.content_type) == ("a.csv", len(body), "text/csv")
    fake.answers_with(Answer(files=(File("b.bin", "application/x-b", body),)))
    api.send(session, "See", attachment_ids=[file.id])
    asked, answered = api.poll_session(session).messages
    for attachment, kind in ((asked.attachments[0], "csv"), (answered.attachments[0], "x-b")):
        with api.download(attachment.content_url) as download:
            assert b"".join(download) == body
            assert download.content_type.endswith(kind)
    with pytest.raises(errors.AccessDenied):
        client(fake).download(asked.attachments[0].content_url)


def test_a_file_is_too_large_or_not_there(fake, api, session):
    fake.answers_with(Answer(files=(File("b.txt", content=b"12345"),)))
    api.poll_task(session, api.send(session, "See"))
    link = api.poll_session(session).messages[-1].attachments[0].content_url
    with pytest.raises(errors.TooLarge):
        b"".join(api.download(link, max_bytes=4))
    with pytest.raises(errors.NotFound):
        api.download(link.replace("/1/", "/2/"))


def test_an_upload_over_50_megabytes_is_refused(api, session, monkeypatch):
    monkeypatch.setattr("chatwidget.testing.uploads.MOST_BYTES", 2)
    with pytest.raises(errors.Rejected, match="400"):
        api.upload(session, [FileToSend("a.txt", "text/plain", 3, [b"abc"])])


def test_the_older_dialect_falls_over_a_history_with_a_file():
    fake = FakeChatAPI(dialect="2025-10")
    api = client(fake)
    session = api.start(CHATBOT).session
    fake.answers_with(Answer(files=(File("b.txt"),)))
    api.send(session, "See")
    with pytest.raises(errors.Unavailable):
        api.poll_session(session)


def test_no_two_messages_have_one_time_though_many_threads_send(fake, api, session):
    threads = [threading.Thread(target=api.send, args=(session, "Hello")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [message.created_at for message in api.poll_session(session).messages]
    assert len(set(times)) == len(times) == 16


def test_an_answer_that_is_larger_than_the_call_may_be_is_refused(fake, api, session):
    fake.answers_with("a" * 1000)
    api.send(session, "Hello")
    with pytest.raises(errors.TooLarge):
        api.poll_session(session, max_bytes=1000)


def test_an_address_that_the_contract_does_not_have_is_not_found(api, session, fake):
    with pytest.raises(errors.NotFound):
        api.download("/api/experiments/")
    assert [call.name for call in fake.calls] == ["start", ""]


@pytest.mark.parametrize(
    ("misspell", "right"),
    [
        (lambda fake: fake.fail("poll", errors.TimedOut()), "poll_task, poll_session"),
        (lambda fake: fake.always_fail("message", errors.TimedOut()), "start, send"),
        (lambda fake: fake.count("consents"), "consent"),
        (lambda fake: setattr(fake, "dialect", "2026-8"), "2025-10, 2026-08"),
        (lambda fake: type(fake)(dialect="2024"), "'2024': say one of 2025-10"),
    ],
)
def test_a_name_that_is_none_is_refused_and_the_right_ones_are_named(fake, misspell, right):
    with pytest.raises(ValueError, match=right):
        misspell(fake)
    assert fake.dialect == "2026-08"


@pytest.fixture
def as_for_users(monkeypatch):
    """The fake with a cache of its own, as others' tests have it."""
    monkeypatch.setattr("chatwidget.testing.fresh.new_cache", new_cache)


@pytest.mark.usefixtures("as_for_users")
def test_each_fake_starts_with_a_site_that_knows_nothing(client, widget, settings):
    """As where a database gives the widgets of all tests the same id."""
    settings.CHATWIDGET = {"ADDRESS_LIMIT": 2, "SERVER_FAILURES": 1}
    widget.daily_budget = 1
    widget.save()
    kept = list(caches["default"]._cache)  # type: ignore[attr-defined]
    for _test in range(2):
        with fake_chat_api() as fake:
            client.post(address("plain", widget), {"message": "Hello"})
            assert fake.received == ["Hello"]
            talk = ChatSession.objects.latest("created_at")
            assert talk.task_id
            conversation.reply(talk, talk.task_id)
            assert store().get(f"chatwidget:pacing:{widget.pk}")[0] == 1
            fake.always_fail("start", errors.Unavailable(status=503))
            client.cookies.clear()
            client.post(address("plain", widget), {"message": "Hello"})
    assert list(caches["default"]._cache) == kept  # type: ignore[attr-defined]


@pytest.mark.usefixtures("as_for_users")
def test_a_test_counts_usage_and_writes_none(client, widget, monkeypatch):
    monkeypatch.setattr(counting, "FLUSH_SECONDS", -1)
    for writes in (False, True):
        with fake_chat_api():
            client.post(address("plain", widget), {"message": "Hello"})
            counting.flush_if_due()
            assert counting._pending
            if writes:
                usage.flush()
        assert not counting._pending
        assert UsageDay.objects.exists() is writes
