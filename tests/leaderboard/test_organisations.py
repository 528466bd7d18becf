"""Organisations: made, joined by invitation, left; who may do what; what their members see."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leaderboard.errors import Refused
from leaderboard.models import AuditEntry, Membership, Organisation, Run
from leaderboard.services import organisations as service
from tests.leaderboard.run_data import scored_run, toy_benchmark

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    return {name: User.objects.create_user(name) for name in ("ada", "bob", "eve")}


@pytest.fixture
def lab(people: dict[str, User]) -> Organisation:
    """Ada's, with bob as a member."""
    made = service.make(people["ada"], "Code Lab")
    service.accept(service.invite(made, people["ada"], "bob", "member"))
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def membership(lab: Organisation, name: str) -> Membership:
    return lab.memberships.get(user__username=name)


def post(client: Client, address: str, **form: str) -> str:
    return client.post(address, form, follow=True).content.decode()


def test_who_makes_one_owns_it(people: dict[str, User]) -> None:
    client = signed_in(people["ada"])
    assert client.post("/organisations/", {"name": "Code Lab"})["Location"] == "/organisations/code-lab/"
    lab = Organisation.objects.get()
    assert (membership(lab, "ada").role, membership(lab, "ada").accepted_at is None) == ("owner", False)
    again = client.post("/organisations/", {"name": "code lab!"})
    assert again.status_code == 400
    assert "already" in again.content.decode()
    assert client.post("/organisations/", {"name": "研究"}).status_code == 400


def test_an_invitation_takes_the_consent_of_who_is_invited(
    lab: Organisation, people: dict[str, User]
) -> None:
    owner, eve = signed_in(people["ada"]), signed_in(people["eve"])
    page = post(owner, "/organisations/code-lab/invite/", user_name="EVE", role="member")
    assert "eve is invited" in page
    assert eve.get("/organisations/code-lab/").status_code == 404
    assert "Code Lab" in eve.get("/organisations/").content.decode()
    pk = membership(lab, "eve").pk
    assert signed_in(people["bob"]).post(f"/account/invitations/{pk}/accept/").status_code == 404
    post(eve, f"/account/invitations/{pk}/accept/")
    assert eve.get("/organisations/code-lab/").status_code == 200
    assert eve.post(f"/account/invitations/{pk}/decline/").status_code == 404  # it is none any more


def test_an_invitation_can_be_declined(lab: Organisation, people: dict[str, User]) -> None:
    made = service.invite(lab, people["ada"], "eve", "owner")
    post(signed_in(people["eve"]), f"/account/invitations/{made.pk}/decline/")
    assert not lab.memberships.filter(user=people["eve"]).exists()


@pytest.mark.parametrize(("name", "said"), [("nobody", "Nobody here"), ("bob", "is a member already")])
def test_an_invitation_that_makes_no_sense_is_refused(
    lab: Organisation, people: dict[str, User], name: str, said: str
) -> None:
    client = signed_in(people["ada"])
    answer = client.post("/organisations/code-lab/invite/", {"user_name": name, "role": "member"})
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_members_change_nothing_but_their_own_membership(lab: Organisation, people: dict[str, User]) -> None:
    bob, owners = signed_in(people["bob"]), membership(lab, "ada").pk
    form = {"user_name": "eve", "role": "owner"}
    assert bob.post("/organisations/code-lab/invite/", form).status_code == 403
    assert bob.post("/organisations/code-lab/delete/").status_code == 403
    assert bob.post(f"/organisations/code-lab/members/{owners}/remove/").status_code == 403
    own = membership(lab, "bob").pk
    assert bob.post(f"/organisations/code-lab/members/{own}/role/", {"role": "owner"}).status_code == 403
    assert lab.memberships.count() == 2
    assert bob.post(f"/organisations/code-lab/members/{own}/remove/")["Location"] == "/organisations/"
    assert lab.memberships.count() == 1


def test_a_membership_is_reached_by_its_own_organisation_only(
    lab: Organisation, people: dict[str, User]
) -> None:
    other = service.make(people["eve"], "Other")
    service.accept(service.invite(other, people["eve"], "bob", "member"))
    pk = membership(other, "bob").pk
    assert signed_in(people["ada"]).post(f"/organisations/code-lab/members/{pk}/remove/").status_code == 403
    assert Membership.objects.filter(pk=pk).exists()


def test_there_is_always_an_owner(lab: Organisation, people: dict[str, User]) -> None:
    ada = signed_in(people["ada"])
    own = membership(lab, "ada").pk
    for address in ("role/", "remove/"):
        page = post(ada, f"/organisations/code-lab/members/{own}/{address}", role="member")
        assert "last owner" in page
    service.invite(lab, people["ada"], "eve", "owner")  # invited owners are none yet
    with pytest.raises(Refused, match="last owner"):
        service.remove(membership(lab, "ada"), people["ada"])
    post(ada, f"/organisations/code-lab/members/{membership(lab, 'bob').pk}/role/", role="owner")
    post(ada, f"/organisations/code-lab/members/{own}/remove/")
    assert [row.user.username for row in lab.memberships.filter(role="owner", accepted_at__isnull=False)] == [
        "bob"
    ]


def test_owners_change_the_runs_of_their_organisation_and_members_do_not(
    lab: Organisation, people: dict[str, User], tmp_path: Path
) -> None:
    run = scored_run(tmp_path, toy_benchmark(), owner=people["bob"], visibility="private")
    Run.objects.update(organisation=lab)
    service.accept(service.invite(lab, people["ada"], "eve", "member"))
    for name, status in (("eve", 403), ("ada", 200), ("bob", 200)):
        assert signed_in(people[name]).get(f"/runs/{run.pk}/").status_code == 200
        assert signed_in(people[name]).get(f"/runs/{run.pk}/sharing/").status_code == status
    assert signed_in(people["eve"]).post(f"/runs/{run.pk}/delete/").status_code == 403
    assert signed_in(people["ada"]).post(f"/runs/{run.pk}/rescore/").status_code == 302


def test_deleting_one_gives_its_runs_back(lab: Organisation, people: dict[str, User], tmp_path: Path) -> None:
    benchmark = toy_benchmark()
    kept = scored_run(tmp_path, benchmark, owner=people["bob"], visibility="private")
    nobodys = scored_run(tmp_path, benchmark, visibility="private")
    Run.objects.update(organisation=lab)
    post(signed_in(people["ada"]), "/organisations/code-lab/delete/")
    kept.refresh_from_db()
    assert kept.organisation is None
    assert not Run.objects.filter(pk=nobodys.pk).exists()
    assert signed_in(people["ada"]).get(f"/runs/{kept.pk}/").status_code == 404


def test_an_owner_renames_it_and_its_address_stays(lab: Organisation, people: dict[str, User]) -> None:
    page = post(signed_in(people["ada"]), "/organisations/code-lab/rename/", name="Program Lab")
    assert "is called Program Lab now" in page
    assert "<h1>Program Lab</h1>" in page
    lab.refresh_from_db()
    assert (lab.slug, lab.name) == ("code-lab", "Program Lab")
    entry = AuditEntry.objects.earliest("-pk")
    told = (entry.actor_name, entry.action, entry.organisation_name, entry.detail)
    assert told == ("ada", "organisation-changed", "Program Lab", "renamed, was “Code Lab”")


def test_members_who_are_no_owners_do_not_rename_it(lab: Organisation, people: dict[str, User]) -> None:
    assert "/rename/" not in signed_in(people["bob"]).get("/organisations/code-lab/").content.decode()
    for name, status in (("bob", 403), ("eve", 404)):
        answer = signed_in(people[name]).post("/organisations/code-lab/rename/", {"name": "Taken"})
        assert answer.status_code == status
    lab.refresh_from_db()
    assert lab.name == "Code Lab"


def test_no_two_are_called_alike_or_have_each_others_address(
    lab: Organisation, people: dict[str, User]
) -> None:
    service.make(people["eve"], "Second Lab")
    ada = signed_in(people["ada"])
    for name in ("second lab", "Second-Lab!", "研究", ""):
        answer = ada.post("/organisations/code-lab/rename/", {"name": name})
        assert answer.status_code == 400
        assert "errorlist" in answer.content.decode()
    service.rename(lab, people["ada"], "Third Lab")
    for name in ("THIRD LAB", "Code Lab"):  # its name, and its address
        with pytest.raises(Refused, match="already"):
            service.make(people["eve"], name)
    service.rename(lab, people["ada"], "CODE LAB")  # its own address is free for itself
    service.rename(lab, people["ada"], "CODE LAB")  # the same name again is no change
    assert AuditEntry.objects.filter(detail__startswith="renamed").count() == 2


def test_what_happens_stands_on_the_audit_trail(lab: Organisation, people: dict[str, User]) -> None:
    service.set_role(membership(lab, "bob"), people["ada"], "owner")
    service.remove(membership(lab, "bob"), people["bob"])
    said = list(AuditEntry.objects.order_by("pk").values_list("actor_name", "about_name", "detail"))
    assert said == [
        ("ada", "", ""),
        ("ada", "bob", "invited as member"),
        ("bob", "bob", "joined"),
        ("ada", "bob", "is owner now"),
        ("bob", "bob", "left"),
    ]


def test_pages_ask_as_much_for_many_as_for_few(
    lab: Organisation,
    people: dict[str, User],
    tmp_path: Path,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    benchmark = toy_benchmark()
    for number in range(4):
        scored_run(tmp_path, benchmark, owner=people["bob"], visibility="private", model=f"M{number}")
        user = User.objects.create_user(f"u{number}")
        service.accept(service.invite(lab, people["ada"], user.username, "member"))
        service.make(people["ada"], f"Lab {number}")
    Run.objects.update(organisation=lab)
    client = signed_in(people["ada"])
    with django_assert_num_queries(7):  # session, user, organisation, members, runs, role, header
        client.get("/organisations/code-lab/")
    with django_assert_num_queries(4):  # session, user, memberships, header
        client.get("/organisations/")
