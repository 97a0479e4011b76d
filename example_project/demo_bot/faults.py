"""Goes wrong on purpose: what the commands of `help` do to the send itself."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from math import ceil

from django.http import HttpRequest

from example_project.demo_bot.calls import too_many
from example_project.demo_bot.reply import Reply
from example_project.demo_bot.store import Session
from example_project.demo_bot.wire import ServerError

PAUSE_SECONDS = 5


class Nonsense(ServerError):
    """An answer of HTML where JSON is due, and with 200 at that."""

    http_status = 200


def before_taking(session: Session, reply: Reply, now: datetime) -> None:
    """Fail a send whose message is not taken.

    Every other time only: sent again, the message goes through, so that one can watch both.
    """
    if reply.fault not in {"crash", "limit", "nonsense"}:
        return
    if reply.fault in session.faults_shown:
        session.faults_shown.remove(reply.fault)
        return
    session.faults_shown.add(reply.fault)
    if reply.fault == "limit":
        session.limited_until = now + timedelta(seconds=PAUSE_SECONDS)
        raise too_many(PAUSE_SECONDS)
    if reply.fault == "nonsense":
        raise Nonsense
    raise ServerError


def after_taking(request: HttpRequest, session: Session, reply: Reply) -> None:
    """Fail a send whose message was taken all the same."""
    if reply.fault == "expire":
        session.expired = True
    if reply.fault == "drop":
        hang_up(request)
        raise ServerError


def check_pause(session: Session, now: datetime) -> None:
    """Raise Problem (429) while a session waits out the `limit` command."""
    if session.limited_until and now < session.limited_until:
        raise too_many(ceil((session.limited_until - now).total_seconds()))


def hang_up(request: HttpRequest) -> None:
    """Close the connection without an answer, where the server lets us reach it.

    gunicorn hands the socket over; runserver's is below the stream that the body is read from.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        stream = request.META.get("wsgi.input")
        stream = getattr(getattr(stream, "_read", None), "__self__", stream)
        connection = getattr(getattr(stream, "raw", None), "_sock", None)
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
