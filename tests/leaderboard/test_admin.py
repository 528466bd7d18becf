"""The operator's administration: everything is there, nothing secret is, and what goes, goes as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.models import ApiToken, AuditEntry, Cell, Organisation, Run, ServerKey, Upload
from leaderboard.services import organisations
from tests.leaderboard.hidden_data import LAB, PRIVATE, PUBLIC, Site, hide_things, marked_run, public_site
from tests.leaderboard.run_data import toy_benchmark

pytestmark = pytest.mark.django_db
INSIDE_OTHERS = {"Membership"}  # shown on the page of its organisation


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = public_site(tmp_path, toy_benchmark())
    hide_things(tmp_path, made)
    return made


@pytest.fixture
def operator(site: Site) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def tables() -> list[type]:
    return [*apps.get_app_config("leaderboard").get_models(), User]


def pages(site: Site) -> list[str]:
    """Lists, and the pages of every row: change, history, deletion."""
    found = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        for pk in model._default_manager.values_list("pk", flat=True)[:8]:
            found += [reverse(f"{name}_{page}", args=[pk]) for page in ("change", "history", "delete")]
    return found


def test_every_table_has_its_place() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert {model.__name__ for model in tables()} - registered == INSIDE_OTHERS


def test_no_page_holds_a_secret_or_a_blob(site: Site, operator: Client) -> None:
    secrets = [token.digest for token in ApiToken.objects.all()] + list(site.tokens.values())
    secrets += [run.link_key for run in Run.objects.all()]
    secrets += [user.password for user in User.objects.all()]
    ServerKey.objects.update(secret="never-shown-key")
    site.sampling.secret = "never-shown-either"  # type: ignore[union-attr]
    site.sampling.save()  # type: ignore[union-attr]
    secrets += ["never-shown-key", "never-shown-either", repr(bytes(Cell.objects.all()[0].blob))[2:40]]
    seen = 0
    for page in pages(site):
        response = operator.get(page)
        assert response.status_code in (200, 403), page
        html = response.content.decode()
        assert not [secret for secret in secrets if secret in html], page
        seen += response.status_code == 200
    assert seen > 80


def test_lists_ask_as_much_for_many_rows_as_for_few(site: Site, operator: Client, tmp_path: Path) -> None:
    def queries() -> dict[str, int]:
        counts = {}
        for model in admin.site._registry:
            page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            operator.get(page)  # content types are remembered
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert operator.get(page).status_code == 200
            counts[model.__name__] = len(asked)
            assert not [one["sql"] for one in asked if '"blob"' in one["sql"]], page
        return counts

    few = queries()
    for number in range(4):
        marked_run(tmp_path, site, f"more{number}", "public")
        User.objects.create_user(f"more{number}")
    many = queries()
    assert {name: count for name, count in many.items() if count > few[name]} == {}
    assert max(many.values()) <= 10


@pytest.mark.parametrize("reader", ["", "eve", "root"])
def test_it_is_for_who_was_given_the_right(site: Site, reader: str) -> None:
    client = Client()
    if reader:
        client.force_login(site.users[reader])
    for page in pages(site):
        answer = client.get(page)
        assert answer.status_code == (403 if reader == "root" else 302), page


def confirm(client: Client, name: str, pk: object, status: int = 302) -> None:
    page = reverse(f"admin:{name}_delete", args=[pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"post": "yes"}).status_code == status


def test_deleting_a_run_takes_its_cells_and_notes_it(site: Site, operator: Client) -> None:
    run = site.runs[PRIVATE]
    with CaptureQueriesContext(connection) as asked:
        operator.get(reverse("admin:leaderboard_run_delete", args=[run.pk]))
    assert not [one["sql"] for one in asked if '"blob"' in one["sql"]]
    confirm(operator, "leaderboard_run", run.pk)
    assert not Cell.objects.filter(run_id=run.pk).exists()
    assert AuditEntry.objects.get(action="run-deleted", run_number=run.pk).actor_name == "boss"


def test_deleting_several_goes_the_same_way(site: Site, operator: Client) -> None:
    chosen = [site.runs[PRIVATE].pk, site.runs[PUBLIC].pk]
    action = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    operator.post(reverse("admin:leaderboard_run_changelist"), action)
    assert not Run.objects.filter(pk__in=chosen).exists()
    assert AuditEntry.objects.filter(action="run-deleted", run_number__in=chosen).count() == 2


def test_deleting_an_account_takes_all_that_is_its_own(site: Site, operator: Client) -> None:
    ada, path = site.users["ada"], Path(Upload.objects.get().path)
    confirm(operator, "auth_user", ada.pk, 403)  # the last owner of an organisation with other members
    assert User.objects.filter(pk=ada.pk).exists()
    organisations.remove(site.lab.memberships.get(user=site.users["mia"]), ada)  # type: ignore[union-attr]
    confirm(operator, "auth_user", ada.pk)
    assert not User.objects.filter(pk=ada.pk).exists()
    assert not Run.objects.exclude(owner=site.users["eve"]).exists()
    assert not Organisation.objects.filter(slug=LAB).exists()
    assert path.exists()  # goes with the commit, which a test never comes to


def test_a_change_is_on_the_audit_trail(site: Site, operator: Client) -> None:
    run = site.runs[PRIVATE]
    before = run.link_key
    form = {"model": run.model_id, "owner": run.owner_id, "visibility": "unlisted", "note": "other"}
    assert operator.post(reverse("admin:leaderboard_run_change", args=[run.pk]), form).status_code == 302
    run.refresh_from_db()
    assert (run.visibility, run.note) == ("unlisted", "other")
    assert run.link_key != before
    entry = AuditEntry.objects.filter(action="run-changed", run_number=run.pk).first()
    assert entry is not None
    assert "visibility" in entry.detail


def test_what_was_measured_can_not_be_changed(site: Site, operator: Client) -> None:
    run = site.runs[PUBLIC]
    form = {"model": run.model_id, "visibility": "public", "figures": '{"1": {"value": 1.0}}', "samples": "9"}
    operator.post(reverse("admin:leaderboard_run_change", args=[run.pk]), form)
    again = Run.objects.get(pk=run.pk)
    assert (again.figures, again.samples) == (run.figures, run.samples)
    cell = Cell.objects.filter(run=run)[0]
    assert (
        operator.post(reverse("admin:leaderboard_cell_change", args=[cell.pk]), {"c": "9"}).status_code == 403
    )


def test_tokens_are_revoked_there(site: Site, operator: Client) -> None:
    token = ApiToken.objects.filter(user=site.users["ada"])[0]
    action = {"action": "revoke", "_selected_action": [token.pk]}
    operator.post(reverse("admin:leaderboard_apitoken_changelist"), action)
    token.refresh_from_db()
    assert token.revoked_at is not None
