"""Which benchmarks there are. Of each slug the newest loaded version is shown."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from leaderboard.models import Benchmark


def shown_benchmarks() -> QuerySet[Benchmark]:
    """The newest version of every benchmark, in the order they were first loaded."""
    newest = Benchmark.objects.filter(slug=OuterRef("slug")).order_by("-loaded_at", "-pk")
    return Benchmark.objects.filter(pk=Subquery(newest.values("pk")[:1])).order_by("loaded_at", "pk")


def default_benchmark() -> Benchmark | None:
    """The benchmark of the front page: the first that was loaded. None on an empty site."""
    return shown_benchmarks().first()


def benchmark_by_slug(slug: str) -> Benchmark | None:
    """The newest version of this slug."""
    return Benchmark.objects.filter(slug=slug).order_by("-loaded_at", "-pk").first()


def benchmark_names() -> list[dict[str, str]]:
    """`slug` and `name` of each, in the same order."""
    return [{"slug": slug, "name": name} for slug, name in shown_benchmarks().values_list("slug", "name")]
