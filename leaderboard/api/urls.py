"""Addresses under /api/v1/."""

from __future__ import annotations

from leaderboard.api.site import made

API = made()
urlpatterns = API.addresses()
