"""Tables as files: the rows that a page shows, with raw values, in the page's order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse

# A cell that begins like this is a formula to a spreadsheet; an apostrophe makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Sequence[Mapping[str, Any]]


def table(form: str, name: str, rows: Rows, columns: Sequence[str] = ()) -> HttpResponse:
    """The rows as a file `name`.csv or `name`.json; 400 for another form.

    `columns` are the keys of the rows, in order; needed only where there may be no row to take them from.
    """
    if form not in _WRITERS:
        return HttpResponse(f"format={form}: this table comes as csv or json.", "text/plain", status=400)
    kind, write = _WRITERS[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    body = write(columns or (list(rows[0]) if rows else []), rows)
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)


def _csv(columns: Sequence[str], rows: Rows) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([[_harmless(row[column]) for column in columns] for row in rows])
    return file.getvalue()


def _json(columns: Sequence[str], rows: Rows) -> str:
    return json.dumps([dict(row) for row in rows], indent=1, ensure_ascii=False, default=str)


def _harmless(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_WRITERS = {"csv": ("text/csv", _csv), "json": ("application/json", _json)}
