"""Encrypting what is stored anew, in batches, while the site runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from chatwidget import crypto

BATCH = 500
PREFIX = "encrypted_"


def columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each column of the app that holds something encrypted."""
    for model in apps.get_app_config("chatwidget").get_models():
        for field in model._meta.concrete_fields:
            if field.name.startswith(PREFIX):
                yield model, field.name


def rekey(model: type[models.Model], column: str, *, dry: bool) -> Counter[str]:
    """Encrypt a column anew; return how many were "done", and how many no key "opens not".

    A row that changes meanwhile is left as it became: it has the new key already.
    """
    counts: Counter[str] = Counter()
    last: object = None
    while rows := _batch(model, column, last):
        with transaction.atomic():
            for pk, stored in rows:
                counts[_renew(model, column, pk, stored, dry=dry)] += 1
        last = rows[-1][0]
    return counts


def _batch(model: type[models.Model], column: str, last: object) -> list[tuple[object, str]]:
    rows = model._default_manager.exclude(**{column: ""}).order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.values_list("pk", column)[:BATCH])


def _renew(model: type[models.Model], column: str, pk: object, stored: str, *, dry: bool) -> str:
    try:
        anew = crypto.reencrypt(stored)
    except crypto.SecretUnreadable:
        return "unreadable"
    if not dry:
        model._default_manager.filter(pk=pk, **{column: stored}).update(**{column: anew})
    return "done"
