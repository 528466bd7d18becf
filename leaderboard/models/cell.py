"""One run × one problem: the unit of work, of storage and of reading at once (design: data)."""

from __future__ import annotations

from django.db import models

from .benchmark import Problem
from .run import Run


class Cell(models.Model):
    """Counts for pages, a lease for workers, and one compressed blob with everything else.

    The blob is written by `leaderboard.cell_blob.pack` and read by `unpack`.
    """

    class Status(models.TextChoices):
        DRAWING = "drawing"  # its samples are not drawn yet: `n` and `programs` are what is to come
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="cells")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="cells")
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)

    n = models.PositiveIntegerField(help_text="samples drawn")
    c = models.PositiveIntegerField(default=0, help_text="samples passed")
    programs = models.PositiveIntegerField(help_text="distinct programs")
    judged = models.PositiveIntegerField(default=0, help_text="programs judged so far, for progress")
    verdict_counts = models.JSONField(default=dict, help_text="samples by verdict")
    # What the task itself asks for (its reference solution has the same finding) is left out of both.
    flagged = models.PositiveIntegerField(default=0, help_text="samples with a finding")
    passed_flagged = models.PositiveIntegerField(default=0, help_text="samples that pass and have one")
    reranked = models.FloatField(
        null=True, help_text="pass@1 of the sample of highest mean_logprob; null: not every sample has one"
    )
    cpu_seconds = models.FloatField(default=0)
    blob = models.BinaryField()
    # Which failures it shares with other cells of its problem, told without opening blobs; written by
    # `leaderboard.behaviour.pack_behaviours`. Null: not judged since that is written.
    behaviours = models.BinaryField(null=True)

    # The lease. A worker writes only where its token still stands.
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "problem"], name="cell_once")]
        indexes = [models.Index(fields=["status", "lease_until"], name="cell_due")]

    def __str__(self) -> str:
        return f"{self.problem} of run {self.run_id}"


class CellFlag(models.Model):
    """How many samples of a cell a security rule flags: answers questions without opening blobs."""

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=32)
    count = models.PositiveIntegerField()
    passed = models.PositiveIntegerField(default=0, help_text="those of them that pass")
    asked_for = models.BooleanField(default=False, help_text="the reference solution has this finding, too")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "rule"], name="rule_once_per_cell")]

    def __str__(self) -> str:
        return f"{self.rule} × {self.count}"
