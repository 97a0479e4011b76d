"""Starting a session on the server, once for a first message, however often that is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import router
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chatwidget import budgets, crypto, limits, signals, work
from chatwidget.conversation import admission, attempts, copies, versions
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import StartUnderWay
from chatwidget.conversation.sessions import refresh
from chatwidget.identity import Identity
from chatwidget.models import ChatSession, Widget
from chatwidget.servers import longest_call
from chatwidget.store import store


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a visitor said before the chat: a name, answers by their keys, and agreements kept."""

    name: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    agreements: Sequence[Mapping[str, object]] = ()

    @classmethod
    def of(cls, session: ChatSession) -> Introduction:
        """Return what was said before ``session``, for one that goes on where that ended."""
        own = [each for each in session.agreements if each["by"] == "site"]
        return cls(session.participant_name, session.answers, own)

    def with_more(self, name: str, answers: Mapping[str, object]) -> Introduction:
        """Return it with what was answered besides."""
        return Introduction(name or self.name, {**self.answers, **answers}, self.agreements)


def start(
    widget: Widget,
    *,
    participant_id: str = "",
    participant_name: str = "",
    is_identified: bool = False,
    session_data: Mapping[str, object] | None = None,
    version_number: int | None = None,
) -> ChatSession:
    """Start a session on the server and store it.

    Raises:
        ReadOnly, Closed: the widget takes nothing now.
        VersionRefused: the server gives nobody like this caller a version to choose.
        LimitReached: too many starts and messages for now, or the widget's budget is spent.
        WorkWanted: the widget asks for work, and none that counts came along.
        ChatAPIError: the server did not start one.
        NotConfigured: the server's record keeps it from being called.
    """
    _admit(widget)
    session = ChatSession(
        widget=widget,
        participant_id=participant_id,
        participant_name=participant_name,
        is_identified=is_identified,
    )
    return _start_remotely(session, session_data, version_number)


def start_once(
    widget: Widget,
    client_id: str,
    who: Identity | None = None,
    introduction: Introduction | None = None,
) -> ChatSession:
    """Return the session that the message ``client_id`` starts, the same one for each retry.

    The row is there before a byte goes out, so a retry of a first message that was answered
    into the void finds its session, and does not start another. ``client_id`` has to be
    unguessable: whoever knows it is given that session. ``who`` is the visitor, proven, and
    ``introduction`` what was said before the chat; a retry may say it anew.

    Raises:
        StartUnderWay: it is being started.
        What :func:`start` raises.
    """
    start_key = salted_hmac(
        "chatwidget.start", f"{widget.pk}:{client_id}", algorithm="sha256"
    ).hexdigest()
    if not _has_started(start_key):
        _admit(widget, client_id)
    owner = _owner(who, introduction or Introduction())
    session, is_new = ChatSession.objects.get_or_create(
        start_key=start_key, defaults={"widget": widget, **owner}
    )
    session.widget = widget
    if session.state != ChatSession.State.STARTING:
        return session
    if introduction and not is_new:
        _say_anew(session, owner)
    said = {key: said for key, said in session.answers.items() if said != "" and key != "name"}
    with _only_one(session):
        return _start_remotely(session, {**said, **(who.attributes if who else {})} or None)


@contextmanager
def _only_one(session: ChatSession) -> Iterator[None]:
    """Let one request start the chat: a message that is shown many times at once starts it once.

    Whoever read the row before it had started may come here after that, so the turn is given back
    only where nothing has started.
    """
    turn = f"chatwidget:starting:{session.start_key}"
    if not store().add(turn, 1, longest_call(session.widget.server)):
        raise StartUnderWay
    try:
        yield
    except Exception:
        store().delete(turn)
        raise


def _has_started(start_key: str) -> bool:
    # Started a moment ago, and a replica may not have heard of it.
    rows = ChatSession.objects.using(router.db_for_write(ChatSession)).filter(start_key=start_key)
    return rows.exclude(state=ChatSession.State.STARTING).exists()


def _owner(who: Identity | None, introduction: Introduction) -> dict[str, object]:
    said: dict[str, object] = {
        "participant_name": introduction.name,
        "answers": dict(introduction.answers),
        "agreements": list(introduction.agreements),
    }
    if who is None:
        return said
    name = who.name or introduction.name
    return {**said, "participant_id": who.id, "participant_name": name, "is_identified": True}


def _say_anew(session: ChatSession, owner: Mapping[str, object]) -> None:
    for name, value in owner.items():
        setattr(session, name, value)
    rows = ChatSession.objects.filter(pk=session.pk, state=ChatSession.State.STARTING)
    rows.update(**owner)


def _admit(widget: Widget, client_id: str = "") -> None:
    """Count a start as a message, before anything is stored or asked for it."""
    admission.require_writable(widget)
    limits.admit(widget)
    work.require(widget, client_id)
    budgets.require(widget)


def _start_remotely(
    session: ChatSession,
    session_data: Mapping[str, object] | None = None,
    version_number: int | None = None,
) -> ChatSession:
    with calling(session.widget, "start") as api, versions.asking_for(version_number):
        started = api.start(
            str(session.widget.chatbot_id),
            participant_remote_id=session.participant_id or None,
            participant_name=session.participant_name or None,
            session_data=session_data,
            version_number=version_number,
        )
    session.remote_id = started.session.session_id
    session.encrypted_remote_token = crypto.encrypt(started.session.token or "")
    session.state = ChatSession.State.ACTIVE
    session.last_active_at = timezone.now()
    if not _keep(session):
        return refresh(session)
    copies.begin(session, started.consent)
    signals.session_started.send_robust(ChatSession, session=session)
    if started.seed_message_task_id:
        attempts.adopt_seed(session, started.seed_message_task_id)
    return session


def _keep(session: ChatSession) -> bool:
    """Store what has started, unless a retry was faster: a message may be on its way there."""
    if session.start_key is None:
        session.save()
        return True
    rows = ChatSession.objects.filter(pk=session.pk, state=ChatSession.State.STARTING)
    columns = ("remote_id", "encrypted_remote_token", "state", "last_active_at")
    return bool(rows.update(**{name: getattr(session, name) for name in columns}))
