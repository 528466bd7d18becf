"""Samples that the site draws itself: what was asked of which server, and how far that is."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .benchmark import Benchmark


class ServerKey(models.Model):
    """A key of a model server that its owner keeps here. `secret` is encrypted (`services.secrets`).

    `server`: where alone it is sent, such as https://api.example.com. Who may draw samples with it must not
    be able to have it sent to a server of their own.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="server_keys")
    name = models.CharField(max_length=60)
    server = models.CharField(max_length=300, blank=True, help_text="empty: of before keys had one")
    secret = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="server_key_name_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Sampling(models.Model):
    """One request for samples: a run for each temperature. `order` is all that was asked, without a key.

    Its form is that of `services.sampling_order.SamplingOrder`. What limits it holds for all workers
    together: its row is locked while work is given out.
    """

    class Status(models.TextChoices):
        TRYING = "trying", "dry run"
        READY = "ready", "waits for its start"
        DRAWING = "drawing", "draws samples"
        PAUSED = "paused", "paused"
        DONE = "done", "drawn"
        CANCELLED = "cancelled", "cancelled"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="samplings")
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="samplings")
    status = models.CharField(max_length=16, choices=Status)
    order = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    # Encrypted, and gone as soon as it is not needed any more; or one that its owner keeps.
    secret = models.TextField(blank=True)
    server_key = models.ForeignKey(ServerKey, null=True, blank=True, on_delete=models.SET_NULL)

    # dry_run: {"answers": [{"task_id", "text", "program", …}], "error": "", "seconds": 1.2}; {} before.
    dry_run = models.JSONField(default=dict)
    lease_token = models.CharField(max_length=32, blank=True, help_text="of the worker that does the dry run")
    lease_until = models.DateTimeField(null=True, blank=True)

    # Why it is paused, or what went wrong last.
    said = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True, blank=True, help_text="its key goes some days after that")
    failures = models.PositiveIntegerField(default=0, help_text="in a row, with no answer between")
    failing_since = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True, help_text="the server asked to wait until then")
    next_request_at = models.DateTimeField(null=True, blank=True, help_text="first free place of the rate")

    other_prompt_tokens = models.PositiveBigIntegerField(
        default=0, help_text="of the dry run, and of requests that brought nothing that is kept"
    )
    other_completion_tokens = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"sampling {self.pk} ({self.status})"


class Draw(models.Model):
    """One problem of a sampled run: the unit of work. `drawn` of its `n` samples are stored."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"

    sampling = models.ForeignKey(Sampling, on_delete=models.CASCADE, related_name="draws")
    run = models.ForeignKey("leaderboard.Run", on_delete=models.CASCADE, related_name="draws")
    cell = models.OneToOneField("leaderboard.Cell", on_delete=models.CASCADE, related_name="draw")
    n = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)

    drawn = models.PositiveIntegerField(default=0)
    cut_short = models.PositiveIntegerField(default=0, help_text="samples that ended at max_tokens")
    requests = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    estimated = models.BooleanField(default=False, help_text="the server counted no tokens: we guessed")
    reserved = models.PositiveBigIntegerField(default=0, help_text="tokens that the open request may take")

    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sampling", "status"], name="draw_due")]

    def __str__(self) -> str:
        return f"{self.drawn} of {self.n} of cell {self.cell_id}"


class DrawnSamples(models.Model):
    """What one request brought, until the problem has its n samples and its cell is made of them."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="batches")
    first = models.PositiveIntegerField(help_text="number of its first sample, from 0")
    blob = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "first"], name="drawn_once")]
        ordering = ["draw", "first"]

    def __str__(self) -> str:
        return f"samples from {self.first} of draw {self.draw_id}"


class SamplerBeat(models.Model):
    """When a machine's sampling worker last said that it is there."""

    name = models.CharField(max_length=255, unique=True, help_text="host name")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
