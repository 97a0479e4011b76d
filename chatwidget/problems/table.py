"""The one table of errors: what each is, for a person and for a program.

The words are ours, never the server's.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from chatwidget import identity, limits, overload, tokens, work
from chatwidget.chatapi import errors as remote
from chatwidget.conversation import errors as local
from chatwidget.problems import files
from chatwidget.problems.problem import Problem
from chatwidget.servers import NotConfigured

EXPIRED = _("This chat has expired. Start a new one to go on.")
UNPROVEN = _("We couldn't confirm who you are. Reload the page and try again.")
TROUBLE = _("We can't reach the assistant right now. Your message is kept. Try again.")
MANY = _("Many messages are on their way right now. Yours is kept. Try again in a moment.")
BAD_RESPONSE = Problem(HTTPStatus.BAD_GATEWAY, "bad_response", TROUBLE)
# What nobody foresaw: no 500, which says of a reply that the bot failed and asking again is vain.
UNEXPECTED = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "site_error", TROUBLE)

# The first row whose class fits is taken, so leaves stand before their parents.
TABLE: tuple[tuple[type[Exception], Problem], ...] = (
    (
        tokens.TokenRequired,
        Problem(
            HTTPStatus.FORBIDDEN,
            "session_token_required",
            _(
                "Send the session_token of the start as X-Session-Token. For clients that know "
                "the session id alone, switch on “Seed clients” on the widget's page in the admin."
            ),
            starts_afresh=True,
        ),
    ),
    (
        tokens.TokenExpired,
        Problem(HTTPStatus.FORBIDDEN, "session_expired", EXPIRED, starts_afresh=True),
    ),
    (
        tokens.TokenInvalid,
        Problem(
            HTTPStatus.FORBIDDEN,
            "session_token_invalid",
            _("This session token is not valid for this chat. Start a new one to go on."),
            starts_afresh=True,
        ),
    ),
    (identity.IdentityExpired, Problem(HTTPStatus.FORBIDDEN, "identity_expired", UNPROVEN)),
    (identity.IdentityTooLong, Problem(HTTPStatus.FORBIDDEN, "identity_too_long", UNPROVEN)),
    (
        identity.IdentityMissing,
        Problem(
            HTTPStatus.FORBIDDEN,
            "identity_required",
            _("This chat knows people by a proof: send it as X-Chat-Identity, or name nobody."),
        ),
    ),
    (identity.IdentityError, Problem(HTTPStatus.FORBIDDEN, "identity_invalid", UNPROVEN)),
    (
        local.SessionExpired,
        Problem(HTTPStatus.FORBIDDEN, "session_expired", EXPIRED, starts_afresh=True),
    ),
    (
        local.SessionUnknown,
        Problem(
            HTTPStatus.NOT_FOUND,
            "session_unknown",
            _("There is no such chat. Start a new one to go on."),
            starts_afresh=True,
        ),
    ),
    (
        local.SessionOver,
        Problem(
            HTTPStatus.BAD_REQUEST,
            "session_ended",
            _("This chat has ended. Start a new one to go on."),
            starts_afresh=True,
        ),
    ),
    (
        local.WidgetPaused,
        Problem(
            HTTPStatus.NOT_FOUND,
            "widget_unavailable",
            _("This chat isn't available at the moment."),
        ),
    ),
    (
        local.ReadOnly,
        Problem(
            HTTPStatus.FORBIDDEN,
            "read_only",
            _("This chat can be read, and takes no messages at the moment."),
        ),
    ),
    (
        local.Closed,
        Problem(
            HTTPStatus.FORBIDDEN,
            "closed",
            _("We're closed right now. Come back when we're open."),
        ),
    ),
    (
        local.IntroductionMissing,
        Problem(
            HTTPStatus.FORBIDDEN,
            "introduction_required",
            _("A few questions first. Your message is kept."),
        ),
    ),
    (
        local.AgreementStale,
        Problem(
            HTTPStatus.CONFLICT,
            "consent_stale",
            _("What we ask you to agree to has changed. Read it and agree again."),
        ),
    ),
    (
        local.AgreementMissing,
        Problem(
            HTTPStatus.FORBIDDEN,
            "consent_required",
            _("We ask for your consent first. Your message is kept."),
        ),
    ),
    (
        local.TaskUnknown,
        Problem(HTTPStatus.NOT_FOUND, "task_unknown", _("This chat has no such message.")),
    ),
    (
        local.MessageBlank,
        Problem(HTTPStatus.BAD_REQUEST, "message_blank", _("Type a message first.")),
    ),
    (
        local.BodyTooLong,
        Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", _("This is too long. Shorten it.")
        ),
    ),
    (
        local.StartUnderWay,
        Problem(
            HTTPStatus.CONFLICT,
            "message_under_way",
            _("This chat is just being started. Try again in a moment."),
        ),
    ),
    (
        local.MessageUnderWay,
        Problem(
            HTTPStatus.CONFLICT,
            "message_under_way",
            _("The last answer is still on its way. Your message is kept. Try again in a moment."),
        ),
    ),
    (
        local.ClientIdReused,
        Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            _("This Idempotency-Key came before with another message. Use a new one."),
        ),
    ),
    (
        local.VersionRefused,
        Problem(
            HTTPStatus.FORBIDDEN,
            "version_refused",
            _("This version of the chatbot can't be had here. Leave version_number out."),
        ),
    ),
    *files.ROWS,
    (
        limits.TooFast,
        Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_messages",
            _("That was quick. Your message is kept. Try again in a minute."),
        ),
    ),
    (
        work.WorkWanted,
        Problem(
            HTTPStatus.FORBIDDEN,
            "work_required",
            _(
                "This chat starts after a short calculation in your browser, and it is missing. "
                "Your message is kept. Try again, with JavaScript on and over https."
            ),
        ),
    ),
    (
        local.Unconfirmed,
        Problem(
            HTTPStatus.BAD_GATEWAY,
            "message_unconfirmed",
            _("We couldn't confirm that this arrived. Send it again?"),
        ),
    ),
    (
        local.ReplyOverdue,
        Problem(
            HTTPStatus.GATEWAY_TIMEOUT,
            "reply_overdue",
            _("No answer came in time. Your message is kept. Try again."),
        ),
    ),
    (
        NotConfigured,
        Problem(HTTPStatus.BAD_GATEWAY, "not_configured", TROUBLE),
    ),
    (remote.TimedOut, Problem(HTTPStatus.GATEWAY_TIMEOUT, "server_timeout", TROUBLE)),
    (
        remote.RateLimited,
        Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", MANY),
    ),
    (
        local.HistoryUnderWay,
        Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "server_busy",
            _("Your earlier messages are being loaded. Try again in a moment."),
        ),
    ),
    (overload.TooManyAtOnce, Problem(HTTPStatus.SERVICE_UNAVAILABLE, "server_busy", MANY)),
    (remote.Unavailable, Problem(HTTPStatus.SERVICE_UNAVAILABLE, "server_unavailable", TROUBLE)),
    (remote.AccessDenied, Problem(HTTPStatus.BAD_GATEWAY, "access_denied", TROUBLE)),
    (
        remote.ConsentStale,
        Problem(
            HTTPStatus.CONFLICT,
            "consent_stale",
            _("What the assistant asks you to agree to has changed. Read it and agree again."),
        ),
    ),
    (
        remote.ConsentRequired,
        Problem(
            HTTPStatus.FORBIDDEN,
            "consent_required",
            _("The assistant asks for your consent first. Your message is kept."),
        ),
    ),
    (remote.NotFound, BAD_RESPONSE),
    (remote.BadResponse, BAD_RESPONSE),
    (remote.Rejected, BAD_RESPONSE),
    (remote.ChatAPIError, Problem(HTTPStatus.BAD_GATEWAY, "server_error", TROUBLE)),
)

# What a refusal means depends on the call (named as in the log): a poll that the server refuses is
# nothing that the visitor could change.
BY_CALL: Mapping[tuple[type[Exception], str], Problem] = {
    (remote.NotFound, "start"): Problem(HTTPStatus.BAD_GATEWAY, "chatbot_unknown", TROUBLE),
    (remote.Rejected, "start"): Problem(
        HTTPStatus.BAD_REQUEST,
        "start_rejected",
        _("The assistant can't start this chat as it is set up. Tell the site's owner."),
    ),
    (remote.Rejected, "consent"): Problem(
        HTTPStatus.BAD_REQUEST,
        "consent_rejected",
        _("The assistant didn't take this consent. Send the form_version_id that it asks for."),
    ),
    (remote.Rejected, "upload"): Problem(
        HTTPStatus.BAD_REQUEST,
        "upload_rejected",
        _("The assistant didn't take this file. Send another one."),
    ),
    (remote.NotFound, "download"): Problem(
        HTTPStatus.NOT_FOUND, "file_gone", _("This file is no longer there.")
    ),
    (remote.Rejected, "send"): Problem(
        HTTPStatus.BAD_REQUEST,
        "message_rejected",
        _("The assistant didn't take this message. Change it and try again."),
    ),
}
