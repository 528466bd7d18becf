"""Damaged sample files, one after the other, through the site's services and a real database.

    python benchmarks/mutated_uploads.py [--mutants 10000] [--seed 0] [--first 0] [--processes CORES]

Each is received (at once or in parts), looked at and ingested. What may come out is a whole run, or a
refusal that names its reason; after each the rows and the files of the site are counted. Every process is a
site of its own, with its own database and folder; what becomes of a file doesn't depend on which one takes
it. The table at the end says what came of which damage. Exit code 1 where anything else came out.
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
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

if TYPE_CHECKING:
    from tests.mutations.trial import Site

_MEMORY_BYTES = 3 << 30  # address space: a bomb that unpacks becomes a MemoryError, which is a crash
_SHOWN_REASONS = 40
_EVERY = 500
_BATCH = 20
_IN_HAND = "in-hand"  # a file of each process's folder: the number of its mutant
_open: list[tuple[Site, Path]] = []  # the one site of a process, and its folder


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one mutant. `seconds` of CPU time."""

    number: int
    damages: tuple[str, ...]
    file_name: str
    kind: str
    stage: str
    text: str
    failed: bool
    seconds: float

    def __str__(self) -> str:
        return f"mutant {self.number}, {', '.join(self.damages)}"


def main() -> int:
    arguments = _arguments()
    table, tried, failed, started = Table(), 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="passboard-mutants-") as folder:
        try:
            for found in _all_tried(arguments, Path(folder)):
                table.add(found)
                tried += 1
                if found.failed:
                    failed += 1
                    print(f"{found}: {found.kind} ({found.stage})\n{found.text}\n", flush=True)
                if tried % _EVERY == 0:
                    print(f"{tried:,} tried, {failed} failures", file=sys.stderr, flush=True)
        except BrokenProcessPool:
            failed += 1
            in_hand = sorted(path.read_text() for path in Path(folder).glob(f"*/{_IN_HAND}"))
            print(f"a process died; mutants in hand: {', '.join(in_hand) or 'none yet'}\n", flush=True)
    print(table.text(time.monotonic() - started))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(
        f"{tried:,} of {arguments.mutants:,} damaged files in {arguments.processes} processes: "
        f"{failed} failures; {peak:,} MiB at the most in one of them"
    )
    return 1 if failed or tried < arguments.mutants else 0


def _all_tried(arguments: argparse.Namespace, folder: Path) -> Iterator[Tried]:
    """Whatever the processes bring, as it comes."""
    numbers = range(arguments.first, arguments.first + arguments.mutants)
    batches = [numbers[at : at + _BATCH] for at in range(0, len(numbers), _BATCH)]
    with ProcessPoolExecutor(
        arguments.processes, get_context("spawn"), initializer=_open_site, initargs=(folder,)
    ) as pool:
        for batch in as_completed([pool.submit(_batch_tried, batch, arguments.seed) for batch in batches]):
            yield from batch.result()


def _open_site(parent: Path) -> None:
    """In a process of its own: an empty site."""
    folder = Path(tempfile.mkdtemp(dir=parent))
    _set_up_django(folder)
    from django.contrib.auth.models import User

    from evaluator.problem_sets import load_benchmark
    from leaderboard.services import benchmarks
    from tests.mutations.trial import Site

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    site = Site(User.objects.create_user("uploader"), benchmarks.load(load_benchmark("humaneval")))
    _open.append((site, folder))


def _batch_tried(numbers: range, seed: int) -> list[Tried]:
    from tests.mutations.mutant import mutant
    from tests.mutations.trial import FAILURES

    ((site, folder),) = _open
    tried = []
    for number in numbers:
        (folder / _IN_HAND).write_text(str(number))
        damaged = mutant(number, seed)
        found = site.try_out(damaged)
        tried.append(
            Tried(
                number,
                damaged.damages,
                damaged.file_name,
                found.kind,
                found.stage,
                found.text,
                failed=found.kind in FAILURES,
                seconds=found.seconds,
            )
        )
    return tried


class Table:
    """Outcomes by damage, and the refusals' sentences without names and numbers."""

    def __init__(self) -> None:
        self.by_damage: dict[str, Counter[str]] = defaultdict(Counter)
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.slowest = (0.0, "")

    def add(self, tried: Tried) -> None:
        self.kinds[tried.kind] += 1
        self.slowest = max(self.slowest, (tried.seconds, str(tried)))
        for damage in set(tried.damages):
            self.by_damage[damage][tried.kind] += 1
        if tried.kind == "refused":
            self.reasons[_sentence(tried.text, tried.file_name)] += 1

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
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--processes", type=int, default=cores, help="default: one for each core")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
