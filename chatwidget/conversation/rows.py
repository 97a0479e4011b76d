"""A session's row, read and written by statements that are put together once.

Django's ORM puts each statement together anew, which costs a message three times what the database
adapter takes. Values go through the model's fields all the same, both ways.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col

from chatwidget.models import ChatSession

META = ChatSession._meta
COLUMNS = {field.name: field.get_col(META.db_table) for field in META.concrete_fields}
ATTRIBUTES = [field.attname for field in META.concrete_fields]


def read(session_id: uuid.UUID) -> ChatSession:
    """Read the row where the last write is sure to be seen (design decision 10).

    Raises:
        ChatSession.DoesNotExist: there is none.
    """
    using = router.db_for_write(ChatSession)
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_select(using), list(_prepared({"id": session_id}, connection)))
        row = cursor.fetchone()
    if row is None:
        raise ChatSession.DoesNotExist
    values = list(row)
    for place, column in _converted(using):
        for convert in _converters(column, connection):
            values[place] = convert(values[place], column, connection)
    return ChatSession.from_db(using, ATTRIBUTES, values)


def update(
    session_id: uuid.UUID,
    expected: Mapping[str, object],
    columns: Mapping[str, object],
    *,
    counts: Sequence[str] = (),
) -> bool:
    """Write ``columns`` and add one to each of ``counts``, if the row is as ``expected``."""
    using = router.db_for_write(ChatSession)
    connection, where = connections[using], {"id": session_id, **expected}
    values = [*_prepared(columns, connection), *_prepared(where, connection)]
    with transaction.mark_for_rollback_on_error(using), connection.cursor() as cursor:
        cursor.execute(_update(using, tuple(columns), tuple(counts), tuple(where)), values)
        return bool(cursor.rowcount)


def _prepared(values: Mapping[str, object], connection: BaseDatabaseWrapper) -> Iterator[Any]:
    for name, value in values.items():
        yield COLUMNS[name].target.get_db_prep_save(value, connection)


# Of the model's own names alone: whatever anybody sent is a value.
@cache
def _select(using: str) -> str:
    columns = ", ".join(_quoted(using, name) for name in COLUMNS)
    return " ".join(("SELECT", columns, "FROM", _table(using), "WHERE", _equal(using, "id")))


@cache
def _update(using: str, columns: Sequence[str], counts: Sequence[str], where: Sequence[str]) -> str:
    given = ", ".join(
        [
            *(_equal(using, name) for name in columns),
            *(f"{_equal(using, name, _quoted(using, name))} + 1" for name in counts),
        ]
    )
    expected = " AND ".join(_equal(using, name) for name in where)
    return " ".join(("UPDATE", _table(using), "SET", given, "WHERE", expected))


def _table(using: str) -> str:
    return connections[using].ops.quote_name(META.db_table)


def _quoted(using: str, name: str) -> str:
    return connections[using].ops.quote_name(str(COLUMNS[name].target.column))


def _equal(using: str, name: str, value: str = "%s") -> str:
    return f"{_quoted(using, name)} = {value}"


@cache
def _converted(using: str) -> Sequence[tuple[int, Col]]:
    """The columns whose values the database's backend or the field makes something else of."""
    places = enumerate(COLUMNS.values())
    return [each for each in places if _converters(each[1], connections[using])]


def _converters(column: Col, connection: BaseDatabaseWrapper) -> Sequence[Callable[..., Any]]:
    return [
        *connection.ops.get_db_converters(column),
        *column.target.get_db_converters(connection),
    ]
