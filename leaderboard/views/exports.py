"""Tables as files: the rows that a page shows, with raw values, in the page's order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from leaderboard import latex
from leaderboard.middleware import NO_ADDRESS, current_request

# A cell that begins like this is a formula to a spreadsheet; an apostrophe makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Sequence[Mapping[str, Any]]


def table(form: str, name: str, rows: Rows, columns: Sequence[str] = ()) -> HttpResponse:
    """The rows as a file `name`.csv, `name`.json or `name`.tex; 400 for another form.

    `columns` are the keys of the rows, in order; needed only where there may be no row to take them from.
    Shares are fractions, and called pass@k, …_rate or …_share: LaTeX prints them in per cent. A figure's
    bounds stand beside it as …_low and …_high.
    """
    if form not in _WRITERS:
        known = f"{', '.join(list(_WRITERS)[:-1])} or {list(_WRITERS)[-1]}"
        return HttpResponse(f"format={form}: this table comes as {known}.", "text/plain", status=400)
    kind, write = _WRITERS[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    body = write(name, columns or (list(rows[0]) if rows else []), rows)
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)


def _csv(_name: str, columns: Sequence[str], rows: Rows) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([[_harmless(row[column]) for column in columns] for row in rows])
    return file.getvalue()


def _json(_name: str, _columns: Sequence[str], rows: Rows) -> str:
    return json.dumps([dict(row) for row in rows], indent=1, ensure_ascii=False, default=str)


def _latex(name: str, columns: Sequence[str], rows: Rows) -> str:
    """The caption says where the table is from: the page of the same rows, and the day."""
    day = timezone.localdate().isoformat()
    title = latex.escaped(name.replace("-", " ").capitalize())
    address = _page_address()
    caption = f"{title}. From {latex.link(address)}, {day}." if address else f"{title}, {day}."
    return latex.table(columns, rows, caption, name)


def _page_address() -> str:
    """Address of the page whose table is asked for: the request's, without the format. Empty: none."""
    request = current_request()
    if request is None or request.META.get(NO_ADDRESS):
        return ""
    query = request.GET.copy()
    query.pop("format", None)
    path = f"{request.path}?{query.urlencode(safe=',/')}" if query else request.path
    return request.build_absolute_uri(path)


def _harmless(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_WRITERS = {
    "csv": ("text/csv", _csv),
    "json": ("application/json", _json),
    "tex": ("application/x-tex", _latex),
}
