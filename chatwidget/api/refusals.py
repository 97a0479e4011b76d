"""Errors as the mirror answers them: one shape, ``{"error": words, "code": word}``, one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.utils.log import log_response
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from chatwidget import crashes, problems
from chatwidget.api import answers
from chatwidget.chatapi import ConsentRequired
from chatwidget.conversation.errors import AgreementMissing


def answer_to(error: Exception) -> Response | None:
    """Return the answer that ``error`` deserves, or ``None`` if it is a fault of the site."""
    if isinstance(error, problems.ERRORS):
        answer = _for_problem(problems.describe(error))
        if isinstance(error, ConsentRequired | AgreementMissing):
            answer.data |= answers.consent(error.consent)
        return answer
    if isinstance(error, exceptions.ValidationError):
        return _for_fields(error)
    if isinstance(error, exceptions.APIException):
        return _refusal(error.status_code, error.default_code, _words(error))
    return None


def unexpected(error: Exception, request: HttpRequest) -> Response:
    """Return the answer to what nobody foresaw, and tell the site, as Django does of a crash."""
    answer = _for_problem(problems.UNEXPECTED)
    crashes.note(error, request)
    got_request_exception.send(sender=None, request=request)
    log_response(
        "%s: %s",
        answer.reason_phrase,
        request.path,
        response=answer,
        request=request,
        exception=error,
    )
    return answer


def _for_problem(problem: problems.Problem) -> Response:
    answer = _refusal(problem.status, problem.code, str(problem.words))
    if problem.code == "bot_error":
        # Servers say so (fact 13), and clients of theirs look there.
        answer.data["status"] = "error"
    if problem.retry_after is not None:
        answer["Retry-After"] = str(problem.retry_after)
    return answer


def _for_fields(error: exceptions.ValidationError) -> Response:
    detail = cast(dict[str, object], error.detail)
    fields = {name: list(_texts(value)) for name, value in detail.items()}
    name, texts = next(iter(fields.items()))
    answer = _refusal(error.status_code, "invalid", f"{name}: {texts[0]}")
    answer.data["fields"] = fields
    return answer


def _texts(detail: object) -> Iterator[str]:
    if isinstance(detail, dict):
        detail = list(detail.values())
    if isinstance(detail, list):
        for part in detail:
            yield from _texts(part)
    else:
        yield str(detail)


def _words(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.UnsupportedMediaType):
        return _("Send JSON, as application/json; files go to upload/, as multipart/form-data.")
    return str(error.detail)


def _refusal(status: int, code: str, words: str) -> Response:
    return Response({"error": words, "code": code}, status=status)
