"""Statements that are written once and carried out many times. No table is known here.

Measured: peewee takes longer to write one of our statements than SQLite to carry it out, and accepting a webhook is
little else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import peewee as pw


@dataclass(frozen=True)
class Gap:
    """Where a value goes that is only known when the statement is carried out. It is named like its column."""

    field: Any


def gap(field: Any) -> pw.Value:
    """What stands in a query instead of a value for this column."""
    return pw.Value(Gap(field), converter=False, unpack=False)


class Prepared:
    """A query with gaps, as SQL of its database."""

    def __init__(self, database: Any, query: Any) -> None:
        self._database = database
        self._sql, self._values = query.sql()

    def change(self, values: Mapping[str, Any]) -> int:
        """How many rows it concerned."""
        return int(self._database.rows_affected(self._carried_out(values)))

    def row(self, values: Mapping[str, Any]) -> Any:
        """The first row that it finds, with an attribute for each column; None when there is none."""
        cursor = self._carried_out(values)
        found = cursor.fetchone()
        names = [column[0] for column in cursor.description]
        cursor.close()
        return None if found is None else SimpleNamespace(**dict(zip(names, found, strict=True)))

    def _carried_out(self, values: Mapping[str, Any]) -> Any:
        return self._database.execute_sql(self._sql, [_filled(value, values) for value in self._values])


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    return value.field.db_value(values[value.field.name]) if isinstance(value, Gap) else value
