"""What ``chatwidget_doctor`` looks at: what no system check can know without trying it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from zoneinfo import available_timezones

from django.apps import apps
from django.core.cache import caches
from django.core.checks import run_checks
from django.db import Error, connections, router
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.urls import NoReverseMatch

from chatwidget import crypto
from chatwidget.chatapi import errors, hint
from chatwidget.conf import conf
from chatwidget.management.passage import obstacles
from chatwidget.models import ChatServer, Widget
from chatwidget.servers import NotConfigured, client_for

TYPE_IT = "type the secret again in the admin"
SET_IT = "set it again with manage.py chatwidget_secret"


class Level(Enum):
    """How a thing is; the value is what begins its line."""

    OK = "ok"
    NOTE = "note"
    BAD = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that was looked at, how it is, and what to do if it is bad."""

    level: Level
    subject: str
    words: str


def widgets_to_examine(wanted: str | None) -> Sequence[Widget]:
    """Return every active widget, or the one with that public id or slug, paused or not.

    Raises:
        LookupError: there is none; the words name what was asked for.
    """
    widgets = Widget.objects.select_related("server")
    if not wanted:
        return list(widgets.filter(is_active=True))
    found = list(widgets.filter(Q(slug=wanted) | _with_public_id(wanted)))
    if not found:
        raise LookupError(f"There is no widget “{wanted}”. Give a public id or a slug.")
    return found


def _with_public_id(text: str) -> Q:
    try:
        return Q(public_id=uuid.UUID(text))
    except ValueError:
        return Q()


def examine(wanted: str | None) -> Iterator[Finding]:
    """Yield what is found, one after the other; wrong settings, and tables that are not, end it.

    Raises:
        LookupError: there is no widget that is ``wanted``.
    """
    settings = list(_settings())
    yield from settings
    if any(finding.level is Level.BAD for finding in settings):
        return
    yield _cache()
    database = _database()
    yield database
    if database.level is Level.BAD:
        return
    widgets = widgets_to_examine(wanted)
    yield from _keys()
    yield from _widgets(widgets)


def _settings() -> Iterator[Finding]:
    found = run_checks([apps.get_app_config("chatwidget")], include_deployment_checks=True)
    messages = [
        each for each in found if str(each.id).startswith("chatwidget.") and not each.is_silenced()
    ]
    for message in messages:
        level = Level.BAD if message.is_serious() else Level.NOTE
        yield Finding(level, "settings", f"{message.msg} {message.hint} ({message.id})")
    if not messages:
        yield Finding(Level.OK, "settings", "Nothing to mend.")


def _cache() -> Finding:
    alias, token = conf.cache, uuid.uuid4().hex
    try:
        caches[alias].set("chatwidget:doctor", token, 60)
        kept = caches[alias].get("chatwidget:doctor") == token
    except Exception as error:  # Each backend has errors of its own.
        words = f"“{alias}” doesn't answer ({type(error).__name__}). Check CACHES."
        return Finding(Level.BAD, "cache", words)
    if not kept:
        return Finding(Level.BAD, "cache", f"“{alias}” forgets at once. Name one that keeps.")
    return Finding(Level.OK, "cache", f"“{alias}” keeps what it is given.")


def _database() -> Finding:
    try:
        executor = MigrationExecutor(connections[router.db_for_write(Widget)])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes("chatwidget"))
    except Error as error:
        said = next(iter(str(error).splitlines()), "")
        words = f"It doesn't answer ({type(error).__name__}: {said}). Check DATABASES."
        return Finding(Level.BAD, "database", words)
    if plan:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _back in plan)
        words = f"Not applied yet: {names}. Run manage.py migrate."
        return Finding(Level.BAD, "migrations", words)
    return Finding(Level.OK, "database", "It answers, and every migration of the app is applied.")


def _keys() -> Iterator[Finding]:
    secrets = [
        *((*stored, TYPE_IT) for stored in _stored(ChatServer, "encrypted_credential")),
        *((*stored, SET_IT) for stored in _stored(Widget, "encrypted_identity_secret")),
    ]
    closed = [(name, again) for name, secret, again in secrets if not _opens(secret)]
    for name, again in closed:
        words = (
            f"The secret of “{name}” can't be opened. Put the key it was encrypted under "
            f"back into CHATWIDGET['ENCRYPTION_KEYS'], or {again}."
        )
        yield Finding(Level.BAD, "keys", words)
    if not closed:
        yield Finding(Level.OK, "keys", f"All stored secrets open ({len(secrets)}).")


def _stored(model: type[ChatServer] | type[Widget], column: str) -> Iterable[tuple[str, str]]:
    """Return the name and the secret of each row that has one, and nothing else of it."""
    return model._default_manager.exclude(**{column: ""}).values_list("name", column)


def _opens(secret: str) -> bool:
    try:
        crypto.decrypt(secret)
    except crypto.SecretUnreadable:
        return False
    return True


def _widgets(widgets: Sequence[Widget]) -> Iterator[Finding]:
    if not widgets:
        words = "None is active. Add one in the admin, or with manage.py chatwidget_add."
        yield Finding(Level.NOTE, "widgets", words)
    for widget in widgets:
        yield _widget(widget)


def _widget(widget: Widget) -> Finding:
    subject = f"widget “{widget.name}”"
    try:
        widget.get_absolute_url()
        started = client_for(widget.server).start(str(widget.chatbot_id))
    except NoReverseMatch:
        words = "Add path('chatwidget/', include('chatwidget.urls')) to the site's urls.py."
        return Finding(Level.BAD, subject, words)
    except NotConfigured as error:
        return Finding(Level.BAD, subject, f"{error} Mend the server's page in the admin.")
    except errors.ChatAPIError as error:
        return Finding(Level.BAD, subject, f"{hint(error)} ({error})")
    if widget.hours_zone and widget.hours_zone not in available_timezones():
        words = f"Its time zone {widget.hours_zone} is unknown here: the site's own counts. "
        return Finding(Level.BAD, subject, words + "Choose another on its page in the admin.")
    found = obstacles(widget) if widget.is_active and widget.server.is_active else []
    if found:
        return Finding(Level.BAD, subject, " ".join(found))
    return Finding(Level.OK, subject, f"“{started.chatbot.name}” at {widget.server} answers.")
