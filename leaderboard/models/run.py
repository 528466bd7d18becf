"""One model on one benchmark with one sampling setting: the row of a leaderboard."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from .benchmark import Benchmark
from .model import Model
from .organisation import Organisation


def new_link_key() -> str:
    """128 random bits, which the address of an unlisted run holds (`leaderboard.run_links`)."""
    return secrets.token_urlsafe(16)


class Run(models.Model):
    class Source(models.TextChoices):
        UPLOADED = "uploaded", "uploaded"
        SAMPLED = "sampled", "sampled here"  # drawn from a model server by `services.sampling`
        PUBLISHED = "published", "published"  # figures from a paper, no samples

    class VerdictsFrom(models.TextChoices):
        MEASURED = "measured", "measured here"
        IMPORTED = "imported", "imported: another harness's, from the file"

    class Visibility(models.TextChoices):
        PUBLIC = "public", "public: on the board"
        UNLISTED = "unlisted", "unlisted: who has the link sees it"
        PRIVATE = "private", "private: only you see it, and its organisation"

    class Status(models.TextChoices):
        QUEUED = "queued", "queued"
        RUNNING = "running", "being scored"
        DONE = "done", "scored"
        CANCELLED = "cancelled", "cancelled"

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="runs")
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="runs")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    source = models.CharField(max_length=16, choices=Source)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PUBLIC)
    link_key = models.CharField(max_length=32, default=new_link_key, editable=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    synthetic = models.BooleanField(default=False, help_text="demo data: labelled wherever it is shown")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    # How the model was sampled. Null: unknown.
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="prompt format, stop tokens …")
    # Of samples that were drawn here, all of how: `services.sampling_order.told_of_run`.
    sampling = models.ForeignKey(
        "leaderboard.Sampling", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    sampled_as = models.JSONField(default=dict, help_text="n, stop sequences, prompt template …")

    # What its uploader said of the model and the model's owner did not: {"organisation": "Acme",
    # "parameters": 7000000000}. Shown with the run, as the uploader's word.
    said_of_model = models.JSONField(default=dict, blank=True)

    # What was measured, written when the last cell ends (and from the paper for published rows).
    # figures: {"1": {"value": 0.2881, "low": 0.21, "high": 0.36, "printed": "28.81"}}; fractions, by k.
    figures = models.JSONField(default=dict)
    # reranked: pass@1 of the sample of highest mean_logprob, {"value", "low", "high"}; {} where unknown.
    reranked = models.JSONField(default=dict)
    verdict_counts = models.JSONField(default=dict, help_text="samples by verdict")
    samples = models.PositiveIntegerField(default=0)
    programs = models.PositiveIntegerField(default=0, help_text="distinct programs")
    problems_covered = models.PositiveIntegerField(default=0)
    n_min = models.PositiveIntegerField(default=0, help_text="fewest samples of any problem: largest k")
    n_max = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0, help_text="samples with a security finding")
    passed_flagged = models.PositiveIntegerField(default=0, help_text="samples that pass and have a finding")

    # security: {"flagged": {"value", "low", "high"}, "passed_flagged": …, "secure": {"1": …}}; fractions.
    # Findings that the task asks for are left out. rules_version: "" where not all of it is scanned yet.
    security = models.JSONField(default=dict)
    rules_version = models.CharField(max_length=32, blank=True, db_index=True)
    rescan_until = models.DateTimeField(null=True, blank=True, help_text="the lease of who scans it again")

    # Imported ones were never run here, and are labelled wherever their numbers are shown.
    verdicts_from = models.CharField(
        max_length=16, choices=VerdictsFrom, default=VerdictsFrom.MEASURED, help_text="who says what passed"
    )
    # How it was scored: verdicts are comparable only under equal limits and judge.
    limits = models.JSONField(default=dict)
    judge_version = models.CharField(max_length=32, blank=True)
    sandbox_tier = models.CharField(max_length=16, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_format = models.CharField(max_length=32, blank=True)
    file_options = models.JSONField(default=dict, help_text="how it was told to be read")
    changes = models.JSONField(
        default=dict, help_text="samples by what was done to their text to make programs"
    )
    left_out = models.PositiveIntegerField(default=0, help_text="samples of unknown task ids")
    judge_anew = models.BooleanField(default=False, help_text="take no verdict over from other runs")
    taken_over = models.PositiveIntegerField(
        default=0, help_text="programs whose verdict another run had already"
    )

    # The re-run check, made after a run is scored (`services.recheck`). recheck: {"programs": 152,
    # "flips": 1, "flipped": [[task_id, program, verdict before, after]], "at": …, "judge_version": …}
    recheck = models.JSONField(default=dict)
    recheck_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="when it may be taken; null: none is wanted"
    )
    recheck_attempts = models.PositiveSmallIntegerField(default=0)

    # Where a published row stands. method: "pass@k", "mean log-probability reranking", …
    citation = models.JSONField(default=dict)
    where = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["benchmark", "visibility", "status"], name="run_board")]

    def __str__(self) -> str:
        return f"{self.model} · {self.benchmark} · run {self.pk}"

    @property
    def has_counts_only(self) -> bool:
        """Whether its file told how many samples passed, and held none of them."""
        return self.verdicts_from == self.VerdictsFrom.IMPORTED and not self.programs
