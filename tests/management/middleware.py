"""What a site's own middleware may do to a page that is meant for everybody."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

GetResponse = Callable[[HttpRequest], HttpResponse]


def login(_get_response: GetResponse) -> GetResponse:
    return lambda _request: HttpResponseRedirect("/login/?next=/")


def frames(get_response: GetResponse) -> GetResponse:
    return _with_header(get_response, "X-Frame-Options", "DENY")


def policy(get_response: GetResponse) -> GetResponse:
    return _with_header(get_response, "Content-Security-Policy", "default-src 'self'")


def cookies(get_response: GetResponse) -> GetResponse:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.cookies["tracker"] = "1"
        return response

    return answer


def posts(get_response: GetResponse) -> GetResponse:
    return _refusing(get_response, lambda request: request.method == "POST", 403)


def scripts(get_response: GetResponse) -> GetResponse:
    return _refusing(get_response, lambda request: request.path.endswith(".js"), 500)


def _with_header(get_response: GetResponse, name: str, value: str) -> GetResponse:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response[name] = value
        return response

    return answer


def _refusing(
    get_response: GetResponse, matches: Callable[[HttpRequest], bool], status: int
) -> GetResponse:
    return lambda request: (
        HttpResponse(status=status) if matches(request) else get_response(request)
    )
