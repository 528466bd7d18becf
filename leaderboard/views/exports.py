"""Tables as files: the rows that a page shows, with raw values, in the page's order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse

FORMATS = ("", "csv", "json")
# A cell that begins like this is a formula to a spreadsheet; an apostrophe makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Iterable[Mapping[str, Any]]


def export(form: str, name: str, columns: Sequence[str], rows: Rows) -> HttpResponse:
    """The rows as a file `name`.csv or `name`.json; `columns` are the keys of each row, in order."""
    body, kind = (_csv(columns, rows), "text/csv") if form == "csv" else (_json(rows), "application/json")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)


def _csv(columns: Sequence[str], rows: Rows) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([[_harmless(row[column]) for column in columns] for row in rows])
    return file.getvalue()


def _json(rows: Rows) -> str:
    return json.dumps(list(rows), indent=1, ensure_ascii=False, default=str)


def _harmless(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
