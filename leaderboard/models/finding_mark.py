"""What reviewers said of findings. Nothing is overwritten: the latest mark stands, the others are history."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .benchmark import Problem
from .run import Run


class FindingMark(models.Model):
    """One person's word on one finding. Equal programs of other runs have the same finding, and its marks."""

    class Word(models.TextChoices):
        CONFIRMED = "confirmed", "confirmed"
        FALSE_ALARM = "false_alarm", "false alarm"

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="finding_marks")
    program = models.CharField(max_length=64, help_text="`Program.key`: problem and source text")
    # Where it was made. A run that not everybody sees keeps its marks to itself; null: the run is gone.
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="marks")
    rule = models.CharField(max_length=32)
    line = models.PositiveIntegerField(help_text="1-based, in the program's source")
    word = models.CharField(max_length=16, choices=Word)
    comment = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["problem", "program", "rule", "line"], name="mark_of_finding"),
            models.Index(fields=["rule"], name="mark_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} in line {self.line}: {self.word}"
