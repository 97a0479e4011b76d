"""Consent: what the site and its server ask the participant to agree to (fact 28 for the server's).

Each agreement is kept with its session: whose it is, the version, the text as it was shown, and
when. The site's own comes first, and looks to clients as a server's does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.db import router, transaction
from django.utils import timezone

from chatwidget import limits
from chatwidget.chatapi import Consent, errors
from chatwidget.conversation import copies, sessions
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import AgreementMissing, AgreementStale
from chatwidget.models import ChatSession, Widget
from chatwidget.servers import session_ref

# Marks versions that are the site's own among those of servers.
OWN = "site:"
NUMBER = re.compile(r"[0-9]{1,18}")


def own_of(widget: Widget) -> Consent | None:
    """Return what the widget itself asks, ``None`` for nothing."""
    if not widget.consent_text:
        return None
    text = "\n\n".join(filter(None, (widget.consent_text, widget.consent_link)))
    return Consent(True, f"{OWN}{widget.consent_version}", text)


def asked(session: ChatSession) -> Consent | None:
    """Return what is asked of the participant now, ``None`` for nothing.

    What the server asks is known from the start and the last look.
    """
    return standing(session, copies.load(session).consent)


def standing(session: ChatSession, remote: Consent | None) -> Consent | None:
    """Return the site's own consent while that is not given, and then what the server says."""
    return missing(session.widget, session.agreements) or remote


def missing(widget: Widget, agreements: Sequence[Mapping[str, object]]) -> Consent | None:
    """Return what the widget itself asks, if it isn't among ``agreements``."""
    own = own_of(widget)
    if own is None or any(_is_of(each, own) for each in agreements):
        return None
    return own


def require(session: ChatSession) -> None:
    """Let pass who has agreed to what the site asks; the server sees to its own.

    Raises:
        AgreementMissing: the participant has not.
    """
    own = missing(session.widget, session.agreements)
    if own is not None:
        raise AgreementMissing(own)


def record(session: ChatSession, form_version_id: int | str) -> None:
    """Keep that the participant agrees, and tell the server if it asked; again does no harm.

    Raises:
        AgreementStale: what the site asks was changed; the error holds the new text.
        ConsentStale: what the server asks was changed; the error holds the new form.
        SessionOver, SessionExpired: the session takes nothing more.
        LimitReached: it asks the server too often.
        ChatAPIError: the server did not take it.
    """
    sessions.require_open(session)
    if str(form_version_id).startswith(OWN):
        _record_own(session, str(form_version_id))
        return
    shown = copies.load(session).consent
    limits.admit(session.widget, session=session)
    try:
        with calling(session.widget, "consent", session) as api:
            api.consent(session_ref(session), form_version_id)
    except errors.ConsentStale as error:
        note(session, error)
        raise
    given = Consent(required=False, form_version_id=form_version_id)
    copies.keep_consent(session, given)
    text = shown.text if shown and shown.form_version_id == form_version_id else ""
    _keep(session, "server", str(form_version_id), text)


def agree(session: ChatSession, version: str) -> None:
    """Keep that the participant agrees to ``version``, as a form of our pages writes it.

    Raises:
        What :func:`record` raises.
    """
    shown = asked(session)
    if shown is not None and str(shown.form_version_id) == version:
        record(session, shown.form_version_id or version)
    else:
        record(session, int(version) if NUMBER.fullmatch(version) else version)


def note(session: ChatSession, error: errors.ConsentRequired) -> None:
    """Keep the form that the server refused with: it is what the participant is shown next."""
    if error.consent is not None:
        copies.keep_consent(session, error.consent)


def _record_own(session: ChatSession, version: str) -> None:
    own = own_of(session.widget)
    if own is None:
        return
    if version != own.form_version_id:
        raise AgreementStale(own)
    _keep(session, "site", version.removeprefix(OWN), own.text)


def _is_of(agreement: Mapping[str, object], own: Consent) -> bool:
    version = str(own.form_version_id).removeprefix(OWN)
    return (agreement["by"], agreement["version"]) == ("site", version)


def _keep(session: ChatSession, by: str, version: str, text: str) -> None:
    """Add an agreement to those of the session, the first time it is given."""
    kept = {"by": by, "version": version, "text": text, "at": timezone.now().isoformat()}
    with transaction.atomic(using=router.db_for_write(ChatSession)):
        rows = ChatSession.objects.select_for_update().filter(pk=session.pk)
        earlier = rows.values_list("agreements", flat=True).get()
        known = any((each["by"], each["version"]) == (by, version) for each in earlier)
        session.agreements = earlier if known else [*earlier, kept]
        if not known:
            rows.update(agreements=session.agreements)
