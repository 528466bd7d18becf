"""Damaged sample files, one after the other, through the site's services and a real database.

    python benchmarks/mutated_uploads.py [--mutants 10000] [--seed 0] [--first 0]

Each is received (at once or in parts), looked at and ingested. What may come out is a whole run, or a
refusal that names its reason; after each the rows and the files of the site are counted. The table at the
end says what came of which damage. Exit code 1 where anything else came out.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

if TYPE_CHECKING:
    from tests.mutations.mutant import Mutant
    from tests.mutations.trial import Outcome

_MEMORY_BYTES = 3 << 30  # address space: a bomb that unpacks becomes a MemoryError, which is a crash
_SHOWN_REASONS = 40
_EVERY = 500


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="passboard-mutants-") as folder:
        _set_up_django(Path(folder))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        return _tried_out(arguments)


def _tried_out(arguments: argparse.Namespace) -> int:
    from django.contrib.auth.models import User

    from evaluator.problem_sets import load_benchmark
    from leaderboard.services import benchmarks
    from tests.mutations.mutant import mutant
    from tests.mutations.trial import FAILURES, Site

    site = Site(User.objects.create_user("uploader"), benchmarks.load(load_benchmark("humaneval")))
    table, failed, started = Table(), 0, time.monotonic()
    for number in range(arguments.first, arguments.first + arguments.mutants):
        damaged = mutant(number, arguments.seed)
        found = site.try_out(damaged)
        table.add(damaged, found)
        if found.kind in FAILURES:
            failed += 1
            print(
                f"mutant {number}, {', '.join(damaged.damages)}: {found.kind} ({found.stage})\n{found.text}\n"
            )
        if (number + 1 - arguments.first) % _EVERY == 0:
            print(f"{number + 1 - arguments.first:,} tried, {failed} failures", file=sys.stderr, flush=True)
    print(table.text(time.monotonic() - started))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{arguments.mutants:,} damaged files: {failed} failures; {peak:,} MiB at the most")
    return 1 if failed else 0


class Table:
    """Outcomes by damage, and the refusals' sentences without names and numbers."""

    def __init__(self) -> None:
        self.by_damage: dict[str, Counter[str]] = defaultdict(Counter)
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.slowest = (0.0, "")

    def add(self, mutant: Mutant, found: Outcome) -> None:
        self.kinds[found.kind] += 1
        name = f"mutant {mutant.number}, {', '.join(mutant.damages)}"
        self.slowest = max(self.slowest, (found.seconds, name))
        for damage in set(mutant.damages):
            self.by_damage[damage][found.kind] += 1
        if found.kind == "refused":
            self.reasons[_sentence(found.text, mutant.file_name)] += 1

    def text(self, seconds: float) -> str:
        kinds = [kind for kind, _ in self.kinds.most_common()]
        lines = [f"{'damage':<32}" + "".join(f"{kind:>13}" for kind in kinds)]
        for damage in sorted(self.by_damage):
            counts = self.by_damage[damage]
            lines.append(f"{damage:<32}" + "".join(f"{counts[kind]:>13,}" for kind in kinds))
        lines.append(f"{'all (one may have several)':<32}" + "".join(f"{self.kinds[k]:>13,}" for k in kinds))
        lines += ["", f"{len(self.reasons)} kinds of refusal, the commonest {_SHOWN_REASONS}:"]
        lines += [f"{count:>6,}  {reason}" for reason, count in self.reasons.most_common(_SHOWN_REASONS)]
        slow, name = self.slowest
        return "\n".join([*lines, "", f"{seconds:,.0f} s; the slowest one took {slow:.2f} s of CPU ({name})"])


def _sentence(text: str, file_name: str) -> str:
    """The refusal's first line with what varies left out."""
    line = text.replace(file_name, "FILE").splitlines()[0]
    line = re.sub(r"“[^”]*”", "“…”", line)
    return re.sub(r"\d[\d,.]*", "N", line)[:150]


def _set_up_django(folder: Path) -> None:
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        os.environ.pop(name, None)
    os.environ["PASSBOARD_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "leaderboard.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first one, to see it again")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
