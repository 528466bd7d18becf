"""Addresses of the site. One line per page; the views are in `leaderboard/views`, one file per page."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
