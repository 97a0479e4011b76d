"""Changes of many rows by one statement, which Django's own signals don't tell of."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.dispatch import Signal

Row = TypeVar("Row", bound=models.Model)

#: Sent by the model, with ``using``: rows of it were changed.
rows_updated = Signal()


class Telling(models.QuerySet[Row]):
    """Rows whose ``update`` is told of, as a save is."""

    def update(self, **columns: Any) -> int:
        """Change the rows, and tell."""
        number = super().update(**columns)
        rows_updated.send(self.model, using=self.db)
        return number
