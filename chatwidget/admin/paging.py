"""Lists over a million rows: nobody turns to page 10,000, and counting to it takes a second.

A late page costs the rows before it, so what is counted bounds that too.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

COUNTED = 5_000


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first :data:`COUNTED` rows; whoever looks for another row filters."""

    @cached_property
    def count(self) -> int:
        """The number of rows, as far as it is worth counting."""
        rows: Any = self.object_list
        return int(rows[:COUNTED].count())
