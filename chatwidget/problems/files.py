"""What can be wrong with a file, on its way to the server or back: rows of the table of errors."""

from __future__ import annotations

from http import HTTPStatus

from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatwidget.conf import conf
from chatwidget.conversation import errors as local
from chatwidget.conversation.files import MOST_FILES
from chatwidget.problems.problem import Problem


def _size() -> str:
    words = gettext("These files are too large. Send %(size)s or less at a time.")
    return words % {"size": filesizeformat(conf.upload_max_bytes)}


def _kinds() -> str:
    if not conf.upload_types:
        return gettext("Files can't be sent here.")
    kinds = ", ".join(conf.upload_types)
    return gettext("This kind of file can't be sent here. Send one of %(kinds)s.") % {
        "kinds": kinds
    }


def _number() -> str:
    words = gettext("These are too many files. Send %(number)d or fewer at a time.")
    return words % {"number": MOST_FILES}


ROWS: tuple[tuple[type[Exception], Problem], ...] = (
    (
        local.FilesRefused,
        Problem(HTTPStatus.FORBIDDEN, "files_refused", _("Files can't be sent here.")),
    ),
    (
        local.FormInvalid,
        Problem(
            HTTPStatus.BAD_REQUEST,
            "invalid_form",
            _("The body is no valid multipart/form-data. Send the files as “files”."),
        ),
    ),
    (
        local.FormBrokeOff,
        Problem(HTTPStatus.BAD_REQUEST, "invalid_form", _("The body broke off. Send it again.")),
    ),
    (
        local.LengthMissing,
        Problem(
            HTTPStatus.LENGTH_REQUIRED,
            "length_required",
            _("Send the body's length as Content-Length."),
        ),
    ),
    (
        local.FileEmpty,
        Problem(
            HTTPStatus.BAD_REQUEST,
            "file_empty",
            _("This file is empty (0 bytes). Choose another one."),
        ),
    ),
    (
        local.FilesMissing,
        Problem(HTTPStatus.BAD_REQUEST, "files_missing", _("Send one file or more, as “files”.")),
    ),
    (
        local.TooManyFiles,
        Problem(HTTPStatus.BAD_REQUEST, "too_many_files", lazy(_number, str)()),
    ),
    (
        local.FilesTooLarge,
        Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "files_too_large", lazy(_size, str)()),
    ),
    (
        local.FileTypeRefused,
        Problem(HTTPStatus.BAD_REQUEST, "file_type_refused", lazy(_kinds, str)()),
    ),
    (
        local.FileUnknown,
        Problem(
            HTTPStatus.BAD_REQUEST,
            "file_unknown",
            _("This chat has no such file. Upload it again."),
        ),
    ),
    (
        local.LinkExpired,
        Problem(
            HTTPStatus.FORBIDDEN,
            "link_expired",
            _("This link to a file has expired. Load the chat again for a new one."),
        ),
    ),
    (
        local.LinkInvalid,
        Problem(HTTPStatus.NOT_FOUND, "link_invalid", _("There is no file at this address.")),
    ),
)
