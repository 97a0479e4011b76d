"""Files of messages: fetched with the credential, streamed to whoever holds our address of one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from functools import partial

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from chatwidget.chatapi import Download
from chatwidget.conversation import attachments
from chatwidget.problems import Problem
from chatwidget.views.base import missing, open_refusal, public
from chatwidget.views.headers import isolate


def _refusal(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A page for who follows the link, and JSON for a script that fetches the file."""
    preferred = request.get_preferred_type(["application/json", "text/html"])
    return (missing if preferred == "text/html" else open_refusal)(request, problem)


@public("GET", "HEAD", refuse=_refusal)
def attachment(request: HttpRequest, *, link: str) -> HttpResponseBase:
    """Give the file. Its address is what proves the visitor: a link can send no header."""
    opened = attachments.open_link(link)
    download = opened.download
    response = StreamingHttpResponse(_body(request, download), content_type=download.content_type)
    if download.size is not None:
        response["Content-Length"] = str(download.size)
    is_saved = download.content_type not in attachments.PICTURES
    disposition = content_disposition_header(is_saved, opened.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, no-store"
    # Scripts that got the address from the mirror may read what it leads to; nobody else has it.
    response["Access-Control-Allow-Origin"] = "*"
    return isolate(response)


def _body(request: HttpRequest, download: Download) -> Iterable[bytes] | AsyncIterator[bytes]:
    if request.method == "HEAD":
        download.close()
        return ()
    # Under ASGI Django would read the whole of an ordinary iterator into memory first.
    return _read_in_threads(download) if isinstance(request, ASGIRequest) else download


async def _read_in_threads(download: Download) -> AsyncIterator[bytes]:
    with closing(download):
        pieces = iter(download)
        read = sync_to_async(partial(next, pieces, b""), thread_sensitive=False)
        while piece := await read():
            yield piece
