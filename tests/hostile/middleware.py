"""What a site puts around every view: a policy of its own, and a replica that lags behind."""

from __future__ import annotations


def everybodys_policy(get_response):
    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
        response.headers.setdefault("Cache-Control", "public, max-age=600")
        return response

    return answer


def no_context(request):
    raise RuntimeError("The site's context processors were asked")


class ReplicaRouter:
    """The chat has a database of its own, and reads go to a replica that lags behind it."""

    def db_for_read(self, model, **hints):
        return "replica" if model._meta.app_label == "chatwidget" else "default"

    def db_for_write(self, model, **hints):
        return "chat" if model._meta.app_label == "chatwidget" else "default"

    def allow_relation(self, *args, **hints):
        return True
