"""A versioned set of problems, and its problems."""

from __future__ import annotations

from django.db import models

from evaluator import records


class Benchmark(models.Model):
    """One version of a problem set. The newest loaded version of a slug is the one that is shown."""

    slug = models.SlugField(max_length=64)
    version = models.CharField(max_length=64, help_text="sha256 over its problems")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500)
    url = models.URLField(blank=True)
    packages = models.JSONField(default=list, help_text="third-party packages that samples may import")
    problem_count = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(auto_now_add=True)
    board_key = models.CharField(
        max_length=32, default="", editable=False, help_text="new whenever a board of it changes; by triggers"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="benchmark_version_once")]
        ordering = ["slug", "-loaded_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.version[:8]})"

    def record(self) -> records.Benchmark:
        """The same benchmark as the evaluator knows it, with all its problems (one query)."""
        return records.Benchmark(
            slug=self.slug,
            name=self.name,
            description=self.description,
            url=self.url,
            problems=tuple(problem.record() for problem in self.problems.order_by("position")),
            packages=tuple(self.packages),
        )


class Problem(models.Model):
    """One problem of a benchmark; `position` is its place in the set, from 0."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    task_id = models.CharField(max_length=128)
    entry_point = models.CharField(max_length=128)
    prompt = models.TextField()
    test = models.TextField()
    canonical_solution = models.TextField()
    reference_verdict = models.CharField(
        max_length=16, blank=True, help_text="of the canonical solution; empty until a worker judged it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["benchmark", "task_id"], name="task_id_once_per_benchmark")
        ]
        ordering = ["benchmark", "position"]

    def __str__(self) -> str:
        return self.task_id

    def record(self) -> records.Problem:
        """The same problem as the evaluator knows it."""
        return records.Problem(
            self.task_id, self.prompt, self.entry_point, self.test, self.canonical_solution
        )
