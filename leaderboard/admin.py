"""The operator's view of the tables. What was measured is read only: it comes from scoring alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from leaderboard.models import Benchmark, Cell, Model, Problem, Run, Upload, WorkerBeat


class ReadOnly(admin.ModelAdmin):
    """Rows that only the site itself writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Benchmark)
class BenchmarkAdmin(ReadOnly):
    list_display = ["name", "slug", "problem_count", "version", "loaded_at"]


@admin.register(Problem)
class ProblemAdmin(ReadOnly):
    list_display = ["task_id", "entry_point", "benchmark", "position"]
    list_filter = ["benchmark"]
    list_select_related = ["benchmark"]
    search_fields = ["task_id", "entry_point"]


@admin.register(Model)
class ModelAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation", "parameters", "released", "synthetic"]
    list_filter = ["synthetic", "organisation"]
    search_fields = ["name", "organisation"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):
    list_display = ["id", "model", "benchmark", "source", "status", "temperature", "samples", "owner"]
    list_filter = ["source", "status", "visibility", "synthetic", "benchmark"]
    list_select_related = ["model", "benchmark", "owner"]
    search_fields = ["model__name", "owner__username", "file_name", "file_sha256"]
    date_hierarchy = "created_at"
    # What people said of a run may be corrected; what was measured may not.
    fields = ["model", "owner", "visibility", "temperature", "top_p", "note"]
    autocomplete_fields = ["model"]
    raw_id_fields = ["owner"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Cell)
class CellAdmin(ReadOnly):
    list_display = ["id", "run_id", "problem", "status", "n", "c", "programs", "judged", "attempts", "lease"]
    list_filter = ["status"]
    search_fields = ["=run__id", "problem__task_id"]
    exclude = ["blob"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cell]:
        return super().get_queryset(request).select_related("problem").defer("blob")

    @admin.display(description="lease until")
    def lease(self, cell: Cell) -> Any:
        return cell.lease_until


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    list_display = ["file_name", "owner", "benchmark", "size", "created_at"]
    list_select_related = ["owner", "benchmark"]
    readonly_fields = ["owner", "benchmark", "file_name", "path", "size", "preview"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnly):
    list_display = ["name", "seen_at", "sandbox_tier"]
