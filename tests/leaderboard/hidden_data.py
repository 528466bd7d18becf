"""A site with things that most readers must not see, each marked by a word that stands nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.models import (
    ApiToken,
    AuditEntry,
    Benchmark,
    Cell,
    Membership,
    Model,
    Organisation,
    Run,
    Sampling,
    ServerKey,
    Upload,
)
from leaderboard.services import marks, organisations, sharing, tokens, uploads
from tests.leaderboard.run_data import EVAL, Drawn, passed, raised, scored_run, wrong

PUBLIC, UNLISTED, PRIVATE, SHARED = "plainword", "hushunlisted", "hushprivate", "hushshared"
LAB, UPLOAD, TOKEN, SAMPLING, KEY = "hushlab", "hushupload", "hushtoken", "hushsampling", "hushkey"
SECRETS = (UNLISTED, PRIVATE, SHARED, LAB, UPLOAD, TOKEN, SAMPLING, KEY)
NAMES = ("ada", "eve", "mia", "root")


@dataclass
class Site:
    """`runs` by their word. Ada owns all of it; mia is a member of her organisation, eve is a stranger."""

    benchmark: Benchmark
    users: dict[str, User]
    tokens: dict[str, str]
    runs: dict[str, Run]
    lab: Organisation | None = None
    upload: Upload | None = None
    sampling: Sampling | None = None
    key: ServerKey | None = None


def public_site(folder: Path, benchmark: Benchmark) -> Site:
    """What everybody sees."""
    users = {name: User.objects.create_user(name, password="x", is_staff=name == "root") for name in NAMES}
    made = {
        name: tokens.make(user, f"{name}'s", ApiToken.Scope.values, None).text for name, user in users.items()
    }
    site = Site(benchmark, users, made, {})
    site.runs[PUBLIC] = marked_run(folder, site, PUBLIC, "public")
    other = marked_run(folder, site, "eveswords", "public")
    Run.objects.filter(pk=other.pk).update(owner=users["eve"])
    return site


def hide_things(folder: Path, site: Site) -> None:
    """What ada hides: runs, an organisation, an upload, a token, a sampling and its key."""
    ada = site.users["ada"]
    site.lab = organisations.make(ada, LAB)
    organisations.accept(organisations.invite(site.lab, ada, "mia", "member"))
    organisations.invite(site.lab, site.users["eve"], "root", "member")
    for word, visibility in ((UNLISTED, "unlisted"), (PRIVATE, "private"), (SHARED, "private")):
        site.runs[word] = marked_run(folder, site, word, visibility)
    sharing.share(site.runs[SHARED], ada, "private", site.lab)
    file = SimpleUploadedFile(f"{UPLOAD}.jsonl", b'{"task_id": "Toy/0", "completion": "    return 5\\n"}\n')
    site.upload = uploads.receive(ada, file, site.benchmark)
    tokens.make(ada, TOKEN, ["read"], None)
    site.key = ServerKey.objects.create(owner=ada, name=KEY, server=f"https://{KEY}.org", secret=KEY)
    site.sampling = Sampling.objects.create(
        owner=ada, benchmark=site.benchmark, status="ready", order={"model": SAMPLING}, said=SAMPLING
    )


def marked_run(folder: Path, site: Site, word: str, visibility: str) -> Run:
    """A scored run of ada's that bears the word wherever a run can: model, code, answer, note, file, mark."""
    ada = site.users["ada"]
    run = scored_run(
        folder, site.benchmark, drawn(word), owner=ada, visibility=visibility, model=f"{word}-7B"
    )
    Run.objects.filter(pk=run.pk).update(note=word, file_name=f"{word}.jsonl")
    Model.objects.filter(pk=run.model_id).update(organisation=f"{word} labs")
    cell = Cell.objects.select_related("problem", "run").get(run=run, problem__task_id="Toy/0")
    marks.mark(cell, marks.Marked(_flagged(cell), EVAL.rule, EVAL.line), "confirmed", ada, word)
    run.refresh_from_db()
    return run


def drawn(word: str) -> dict[str, list[Drawn]]:
    flagged = wrong(f"    return '{word} f'\n", f"'{word} f'")
    return {
        "Toy/0": [
            wrong(f"    return '{word}'\n", f"'{word}'", times=2),
            raised(f"    return {word}\n", "NameError", f"name '{word}' is not defined"),
            Drawn(flagged.completion, flagged.judgement, findings=(EVAL,), rankers={"mean_logprob": -0.5}),
        ],
        "Toy/1": [passed(f"    return a + b  # {word}\n", times=3), wrong("    return a\n", "2")],
        "Toy/2": [passed(times=4)],
    }


def state(site: Site, reader: str) -> dict[str, list[tuple[object, ...]]]:
    """All that is ada's, row by row; but for the reader's own membership, which is the reader's to end."""
    ada = site.users["ada"].pk
    rows = {
        "runs": Run.objects.filter(owner=ada),
        "cells": Cell.objects.filter(run__owner=ada).defer("blob"),
        "uploads": Upload.objects.filter(owner=ada),
        "organisations": Organisation.objects.filter(pk=site.lab and site.lab.pk),
        "members": Membership.objects.filter(organisation=site.lab).exclude(user__username=reader),
        "samplings": Sampling.objects.filter(owner=ada),
        "keys": ServerKey.objects.filter(owner=ada),
        "account": User.objects.filter(pk=ada),
    }
    found = {name: sorted(query.values_list(), key=repr) for name, query in rows.items()}
    live = site.users["ada"].api_tokens.order_by("pk")
    found["tokens"] = list(live.values_list("pk", "name", "scopes", "revoked_at", "expires_at"))
    found["audit"] = list(AuditEntry.objects.filter(actor=ada).values_list("pk", "detail"))
    return found


def _flagged(cell: Cell) -> int:
    from leaderboard.cell_blob import unpack

    programs = unpack(cell.blob).programs
    return next(index for index, program in enumerate(programs) if program.findings)
