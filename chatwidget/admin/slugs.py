"""Slugs for widgets that come in or are copied: their own, or the first free one with a number."""

from __future__ import annotations

from itertools import chain, count

from chatwidget.models import Widget


def taken_slugs() -> set[str]:
    """Return the slugs of all widgets in lower case, as MariaDB tells no cases apart."""
    return {slug.lower() for slug in Widget.objects.values_list("slug", flat=True)}


def free_slug(slug: str, taken: set[str]) -> str:
    """Return ``slug``, or the first of it with a number that no widget has, and take it."""
    numbered = chain([slug], (f"{slug[:90]}-{number}" for number in count(2)))
    free = next(each for each in numbered if each.lower() not in taken)
    taken.add(free.lower())
    return free
