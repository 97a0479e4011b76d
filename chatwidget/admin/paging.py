"""Lists over a million rows: nobody turns to page 10,000, and counting to it takes a second.

A late page costs the rows before it, so what is counted bounds that too.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNTED = 5_000
# An action's confirmation brings a form field for each row, and Django takes a thousand.
MOST_AT_ONCE = 500


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first :data:`COUNTED` rows; whoever looks for another row filters."""

    @cached_property
    def count(self) -> int:
        """The number of rows, as far as it is worth counting."""
        rows: Any = self.object_list
        return int(rows[:COUNTED].count())

    @property
    def may_have_more(self) -> bool:
        """Whether the count ended before the rows did, or just with them."""
        return self.count >= COUNTED

    @property
    def is_for_one_action(self) -> bool:
        """Whether an action may be offered for all rows, those of other pages too."""
        return self.count <= MOST_AT_ONCE


class ShortList(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of a long list: "select all" takes no row that was neither counted nor shown."""

    paginator = ShortPaginator
    show_full_result_count = False

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **options: Any
    ) -> Any:
        """Act on the marked rows alone where there are many."""
        if queryset[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            queryset = queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        return super().response_action(request, queryset, *args, **options)
