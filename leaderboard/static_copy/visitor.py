"""Asks the site for its own pages, inside of this process, as a visitor without an account."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest

from leaderboard.middleware import NO_ADDRESS


class NotAnswered(Exception):
    """The site didn't answer with a page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`file_name`: of a download, else empty."""

    body: bytes
    file_name: str


class Visitor:
    """`site` is the public address of the site ("https://board.example.org"), empty where it has none."""

    def __init__(self, site: str = "") -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._site = urlsplit(site)

    def get(self, address: str) -> Answer:
        """What the site answers to this path and query. Raises NotAnswered for all but a page."""
        # Not through WSGI: its signals close the database's connections after each request.
        response = self._handler.get_response(WSGIRequest(self._environ(address)))
        if response.status_code != 200:
            raise NotAnswered(f"{address} was answered with {response.status_code}")
        disposition = response.get("Content-Disposition", "")
        return Answer(response.content, disposition.partition('filename="')[2].rstrip('"'))

    def _environ(self, address: str) -> dict[str, Any]:
        path, _, query = address.partition("?")
        host = self._site.netloc or _known_host()
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": host,
            "SERVER_NAME": host.partition(":")[0],
            "SERVER_PORT": "443" if self._site.scheme == "https" else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": self._site.scheme or "http",
            "wsgi.input": io.BytesIO(),
            NO_ADDRESS: not self._site.netloc,
        }


def _known_host() -> str:
    """A host name that the site answers to."""
    allowed = [name for name in settings.ALLOWED_HOSTS if "*" not in name and not name.startswith(".")]
    return allowed[0] if allowed else "localhost"
