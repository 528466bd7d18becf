"""The operator's view of the tables. What was measured is read only: it comes from scoring alone.

Blobs and secrets are on no page here, and lists don't read them. What is deleted here is deleted by the
site's services, so that files, cells and names go with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import BinaryField, Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest

from leaderboard import models
from leaderboard.errors import Refused
from leaderboard.models.run import new_link_key
from leaderboard.services import deletion, organisations, runs, tokens, uploads
from leaderboard.services.audit import Action, note

_SECRETS = {"secret", "digest", "link_key", "lease_token"}
_LONG = {"body", "preview", "order", "dry_run", "data", "flags", "clean", "said"}

_OVERRIDES = {URLField: {"assume_scheme": "https"}}


class Table(admin.ModelAdmin):
    """Rows that only the site itself writes, without what is secret, binary or long."""

    show_full_result_count = False
    list_per_page = 50
    formfield_overrides = _OVERRIDES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*(super().get_exclude(request, obj) or ()), *self._left_out()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer(*self._left_out())

    def _left_out(self) -> list[str]:
        fields = self.model._meta.concrete_fields
        names = _SECRETS | _LONG
        return [field.name for field in fields if field.name in names or isinstance(field, BinaryField)]


class Deletable(Table):
    """Rows that go by a service. What goes with them is not listed first: it may be thousands of cells."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        names = [str(one) for one in objs]
        kept = [str(one) for one in objs if not self.has_delete_permission(request, one)]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), kept

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        try:
            self.take_away(request.user, obj)
        except Refused as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for one in queryset:
            self.delete_model(request, one)

    def take_away(self, actor: Any, obj: Any) -> None:
        obj.delete()


@admin.register(models.Benchmark)
class BenchmarkAdmin(Table):
    list_display = ["name", "slug", "problem_count", "version", "loaded_at"]


@admin.register(models.Problem)
class ProblemAdmin(Table):
    list_display = ["task_id", "entry_point", "benchmark", "position"]
    list_filter = ["benchmark"]
    list_select_related = ["benchmark"]
    search_fields = ["task_id", "entry_point"]


@admin.register(models.Model)
class ModelAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation", "parameters", "released", "synthetic"]
    list_filter = ["synthetic"]
    search_fields = ["name", "organisation"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = _OVERRIDES

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it goes with its last run

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note(request.user, Action.MODEL_CHANGED, model=obj, detail=", ".join(form.changed_data))


@admin.register(models.Run)
class RunAdmin(Deletable):
    list_display = ["id", "model", "benchmark", "source", "status", "visibility", "samples", "owner"]
    list_filter = ["source", "status", "visibility", "synthetic", "benchmark"]
    list_select_related = ["model", "benchmark", "owner"]
    search_fields = ["model__name", "owner__username", "organisation__name", "file_name", "file_sha256"]
    date_hierarchy = "created_at"
    # What people said of a run may be corrected; what was measured may not.
    fields = ["model", "owner", "organisation", "visibility", "temperature", "top_p", "note"]
    autocomplete_fields = ["model"]
    raw_id_fields = ["owner", "organisation"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        published = obj is not None and obj.source == models.Run.Source.PUBLISHED
        return not published and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: models.Run, form: ModelForm, change: bool) -> None:
        changed = list(form.changed_data)
        if "visibility" in changed and obj.visibility == models.Run.Visibility.UNLISTED:
            obj.link_key = new_link_key()
            changed.append("link_key")
        if changed:
            obj.save(update_fields=changed)
            note(request.user, Action.RUN_CHANGED, run=obj, detail=", ".join(form.changed_data))

    def take_away(self, actor: Any, obj: models.Run) -> None:
        runs.delete(obj, actor)


@admin.register(models.Cell)
class CellAdmin(Table):
    list_display = ["id", "run_id", "problem", "status", "n", "c", "programs", "judged", "attempts", "lease"]
    list_filter = ["status"]
    list_select_related = ["problem"]
    search_fields = ["=run__id", "problem__task_id"]
    ordering = ["-pk"]

    @admin.display(description="lease until")
    def lease(self, cell: models.Cell) -> Any:
        return cell.lease_until


@admin.register(models.Upload)
class UploadAdmin(Deletable):
    list_display = ["file_name", "owner", "benchmark", "size", "received", "ready", "created_at"]
    list_select_related = ["owner", "benchmark"]
    search_fields = ["file_name", "owner__username"]

    def take_away(self, actor: Any, obj: models.Upload) -> None:
        uploads.discard(obj)


@admin.register(models.ApiToken)
class ApiTokenAdmin(Table):
    list_display = ["beginning", "user", "name", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["beginning", "name", "user__username"]
    actions = ["revoke"]

    @admin.action(description="Revoke the chosen tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.ApiToken]) -> None:
        for token in queryset.select_related("user"):
            tokens.revoke(token, request.user)  # type: ignore[arg-type]


class MembershipInline(admin.TabularInline):
    model = models.Membership
    fields = readonly_fields = ["user", "role", "invited_at", "accepted_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Organisation)
class OrganisationAdmin(Deletable):
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "memberships__user__username"]
    inlines = [MembershipInline]

    def take_away(self, actor: Any, obj: models.Organisation) -> None:
        organisations.delete(obj, actor)


@admin.register(models.AuditEntry)
class AuditEntryAdmin(Table):
    list_display = ["at", "actor_name", "action", "run_number", "model_name", "detail", "on_board"]
    list_filter = ["action", "on_board"]
    search_fields = ["actor_name", "about_name", "model_name", "organisation_name", "=run_number"]


@admin.register(models.FindingMark)
class FindingMarkAdmin(Deletable):
    list_display = ["rule", "word", "problem", "line", "author", "run_id", "created_at"]
    list_filter = ["word"]
    list_select_related = ["problem", "author"]
    search_fields = ["rule", "comment", "author__username"]


@admin.register(models.ServerKey)
class ServerKeyAdmin(Deletable):
    list_display = ["name", "owner", "server", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]


@admin.register(models.Sampling)
class SamplingAdmin(Table):
    list_display = ["id", "owner", "benchmark", "status", "created_at", "failures", "not_before"]
    list_filter = ["status"]
    list_select_related = ["owner", "benchmark"]
    search_fields = ["owner__username"]


@admin.register(models.Draw)
class DrawAdmin(Table):
    list_display = ["id", "sampling_id", "run_id", "n", "drawn", "status", "requests", "lease_until"]
    list_filter = ["status"]
    search_fields = ["=run__id", "=sampling__id"]


@admin.register(models.SignInFailures)
class SignInFailuresAdmin(Deletable):
    list_display = ["key", "count", "until"]


@admin.register(models.WorkerBeat)
class WorkerBeatAdmin(Table):
    list_display = ["name", "seen_at", "sandbox_tier"]


@admin.register(models.SamplerBeat)
class SamplerBeatAdmin(Table):
    list_display = ["name", "seen_at"]


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(Deletable, UserAdmin):
    """Accounts: names, mail, rights. Deleting one deletes all that is its own."""

    list_display: Sequence[str] = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]
    search_fields = ["username", "email"]
    has_add_permission = UserAdmin.has_add_permission
    has_change_permission = UserAdmin.has_change_permission

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note(request.user, Action.ACCOUNT_CHANGED, detail=", ".join(form.changed_data))

    def take_away(self, actor: Any, obj: User) -> None:
        deletion.delete_account(obj)


@admin.register(models.CellFlag, models.RunAnalysis, models.RunCounts, models.RunFlags, models.DrawnSamples)
class PartAdmin(Table):
    """What belongs to one row of another table: its words would ask for that row, each time."""

    list_display = ["pk"]
    ordering = ["-pk"]


@admin.register(models.KeptAnswer)
class KeptAnswerAdmin(Table):
    list_display = ["pk", "owner", "status", "created_at"]
    list_select_related = ["owner"]
