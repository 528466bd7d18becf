"""Addresses of the site. One line per page; the views are in `leaderboard/views`, one file per page.

Names: home, board, problems, problem, model, figures; run, failures; upload, preview; account, sign-in,
sign-out, sign-up; healthz.
"""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
