"""Queries that read from a query: SQL's derived tables, for what takes several steps."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

NAME = "badger_rows"


class _Derived(BaseTable):
    """A query that stands in FROM, where otherwise a table does."""

    def __init__(self, query: Query, alias: str | None = NAME) -> None:
        super().__init__(NAME, alias)
        self.query = query

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.query.get_compiler(connection=connection).as_sql()
        return f"({sql}) {connection.ops.quote_name(self.table_alias)}", params

    def relabeled_clone(self, change_map: Any) -> Any:
        return _Derived(self.query, change_map.get(self.table_alias, self.table_alias))


def derived(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return a query of the rows of a query, with those of its columns that are annotations.

    What is a window function or a sum in ``rows`` is a plain column here, which can be grouped, added up and put into
    windows in turn. They are in no order, whichever the model has.
    """
    query = Query(rows.model)
    alias = query.join(_Derived(rows.query))
    selected = rows.query.annotation_select
    columns = {name: Col(alias, _column(rows.model, name), one.output_field) for name, one in selected.items()}
    found: QuerySet[Any, Any] = QuerySet(rows.model, query, rows.db).order_by().annotate(**columns).values(*columns)
    return found


def _column(model: type[Model], name: str) -> Field[Any, Any]:
    column: Any = Field()
    column.set_attributes_from_name(name)
    column.model = model  # which tells two columns of one name apart
    return column  # type: ignore[no-any-return]  # what Django sets on it, its types do not know
