"""The contenders that people write: "d" calls requests.post each time, "e" keeps one Session,
"i" is e with what ours does too: the chat's row, its token, and a limit in the cache.
"""

from __future__ import annotations

import hmac
from typing import Any

import requests
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from bench.proxy.models import Bot, Chat
from bench.proxy.settings import CONTENDER, UPSTREAMS

SESSION = requests.Session()
SESSION.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))
SESSION.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=64))
KEY = {"X-api-key": "key"}


class Naive(APIView):
    """Contender d."""

    permission_classes = (AllowAny,)
    http: Any = requests

    def post(self, request: Request, upstream: str, rest: str) -> Response:
        """Hand a message on."""
        answer = self.http.post(_url(upstream, rest), json=request.data, headers=KEY, timeout=15)
        return Response(answer.json(), status=answer.status_code)

    def get(self, _request: Request, upstream: str, rest: str) -> Response:
        """Hand a poll on."""
        answer = self.http.get(_url(upstream, rest), headers=KEY, timeout=15)
        return Response(answer.json(), status=answer.status_code)


class Pooled(Naive):
    """Contender e."""

    http = SESSION


class ByChat(SimpleRateThrottle):
    rate = "100000/min"
    scope = "chat"

    def get_cache_key(self, _request: Request, view: Any) -> str:
        """Count by the chat."""
        return f"chat:{view.kwargs['rest'].partition('/')[0]}"


class Guarded(Pooled):
    """Contender i."""

    throttle_classes = (ByChat,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let pass who has the chat's token, while its bot is active."""
        super().initial(request, *args, **kwargs)
        chat = get_object_or_404(Chat, pk=kwargs["rest"].partition("/")[0])
        bot = get_object_or_404(Bot, pk=chat.bot_id)  # type: ignore[attr-defined]  # not installed in mypy's settings
        token = request.headers.get("X-Session-Token", "")
        if not bot.is_active or not hmac.compare_digest(token, chat.token):
            raise PermissionDenied


def _url(upstream: str, rest: str) -> str:
    return f"{UPSTREAMS[upstream]}/api/chat/{rest}"


VIEWS = {"naive": Naive, "pooled": Pooled, "guarded": Guarded}
urlpatterns = [path("<str:upstream>/<path:rest>", VIEWS[CONTENDER].as_view())]
