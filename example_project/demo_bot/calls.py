"""What all endpoints share: the memory, the count of calls, and how answers become HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from example_project.demo_bot.limits import RateLimits
from example_project.demo_bot.store import Store
from example_project.demo_bot.wire import JSON, Problem, ServerError

store = Store()
rate_limits = RateLimits()

CRASH_PAGE = (
    "\n<!DOCTYPE html>\n<html><head><title>Server Error (500)</title></head>"
    "<body><h1>Server Error (500)</h1></body></html>"
)

Endpoint = Callable[..., "tuple[int, JSON] | HttpResponse"]


def endpoint(view: Endpoint) -> Callable[..., HttpResponse]:
    """Make a view of a function that returns a status with JSON, or raises what went wrong.

    Callers prove themselves by headers, never by cookies, so there is nothing for CSRF to guard.
    """

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _respond(view, request, *args, **kwargs)
        for name, value in getattr(request, "rate_limit_headers", {}).items():
            response[name] = value
        return response

    return wrapper


def _respond(view: Endpoint, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        answer = view(request, *args, **kwargs)
    except Problem as problem:
        return _problem(problem)
    except ServerError as error:
        return HttpResponse(CRASH_PAGE, status=error.http_status)
    if isinstance(answer, HttpResponse):
        return answer
    status, body = answer
    return JsonResponse(body, status=status)


def _problem(problem: Problem) -> HttpResponse:
    response = JsonResponse(problem.body, status=problem.http_status)
    if problem.http_status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if "available_in" in problem.body:
        response["Retry-After"] = str(problem.body["available_in"])
    return response


def counted(request: HttpRequest, bucket: str, *, enforced: bool = False) -> None:
    """Count the call; raises Problem (429) over the limit, where that is enforced."""
    count = rate_limits.count(bucket)
    request.rate_limit_headers = count.headers  # type: ignore[attr-defined]
    if enforced and count.exceeded:
        raise too_many(count.reset)


def too_many(seconds: int) -> Problem:
    """The answer to a caller who is to wait for that many seconds."""
    return Problem(429, {"detail": "Rate limit exceeded.", "available_in": seconds})


def base_url(request: HttpRequest) -> str:
    """Where the bot is mounted, built from the Host that was asked, as the real servers do."""
    path = reverse("demo_bot:start").removesuffix("api/chat/start/")
    return request.build_absolute_uri(path)
