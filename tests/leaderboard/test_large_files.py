"""Files as large as the site takes: what is read of them is held compressed, and comes out the same."""

from __future__ import annotations

import json
import random
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.problem_sets import load_benchmark
from evaluator.records import Detail, Judgement, Sample, TextKind, Verdict
from leaderboard.cell_blob import BlobWriter, CellContent, StoredProgram, StoredSample, pack, unpack
from leaderboard.models import Cell
from leaderboard.services import ingest as ingest_service
from leaderboard.services.digest_index import DIGEST_BYTES, DigestIndex, digest_of
from leaderboard.services.imports import ImportedCounts
from leaderboard.services.ingest import RunSetting, ingest
from leaderboard.services.reranking import reranked_rate
from leaderboard.services.sample_groups import Group, pack_file
from leaderboard.services.tally import tally
from tests.factories import tiny_benchmark

GOOD = Judgement(Verdict.PASSED, Detail(), 0.25)
BAD = Judgement(Verdict.EXCEPTION, Detail(message="ValueError: ü ☃", traceback=("line 2, in f",)), 0.5)


def drawn(samples: int, programs: int) -> CellContent:
    random.seed(samples)
    stored = [
        StoredProgram(f"def f(x):\n    return {random.random()}\n", random.choice((None, GOOD, BAD)))
        for _ in range(programs)
    ]
    rows = [
        StoredSample(
            random.randrange(programs), line, {"mean_logprob": random.random()}, ("fence",) * (line % 2)
        )
        for line in range(samples)
    ]
    return CellContent(stored, rows)


def written(content: CellContent) -> bytes:
    writer = BlobWriter()
    for program in content.programs:
        writer.add_program(program)
    for sample in content.samples:
        writer.add_sample(sample)
    return writer.finish()


@pytest.mark.parametrize(("samples", "programs"), [(1, 1), (200, 60), (900, 900)])
def test_a_cell_of_usual_size_is_written_as_it_always_was(samples: int, programs: int) -> None:
    content = drawn(samples, programs)
    assert written(content) == pack(content)


@pytest.mark.parametrize(("samples", "programs"), [(9_000, 3), (2, 9_000), (20_000, 20_000)])
def test_a_large_cell_written_in_pieces_is_the_same_cell(samples: int, programs: int) -> None:
    content = drawn(samples, programs)
    blob, whole = written(content), pack(content)
    assert zlib.decompress(blob) == zlib.decompress(whole)  # which looks at the checksum, too
    assert unpack(blob) == content
    assert len(blob) < 1.05 * len(whole)


def test_an_empty_cell_is_one_too() -> None:
    assert unpack(BlobWriter().finish()) == CellContent([], [])


@given(st.lists(st.integers(0, 300)))
def test_the_index_numbers_as_a_dict_would(keys: list[int]) -> None:
    index, known = DigestIndex(), dict[int, int]()
    for key in keys:
        assert index.number(digest_of(str(key))) == known.setdefault(key, len(known))
        assert len(index) == len(known)


def test_digests_that_begin_alike_are_told_apart() -> None:
    index = DigestIndex()
    digests = [bytes(DIGEST_BYTES - 2) + number.to_bytes(2, "big") for number in range(500)]
    assert [index.number(digest) for digest in digests] == list(range(500))
    assert [index.number(digest) for digest in digests] == list(range(500))


@pytest.mark.parametrize("scored", [0.0, 0.9, 1.0])
def test_imported_columns_are_those_of_the_whole_content(scored: float) -> None:
    random.seed(3)
    counts, content = ImportedCounts(), CellContent([], [])
    for line in range(200):
        judgement = random.choice((GOOD, BAD))
        rankers = {"mean_logprob": round(random.random(), 1)} if random.random() < scored else {}
        counts.add(judgement.verdict, rankers)
        content.programs.append(StoredProgram("x", judgement))
        content.samples.append(StoredSample(line, line, rankers))
    columns, told = counts.columns(200), tally(content)
    assert (columns.n, columns.c, columns.verdict_counts) == (told.n, told.c, dict(told.verdicts))
    assert columns.reranked == reranked_rate(content)
    assert (columns.reranked is None) is (scored < 1)


def test_a_group_counts_programs_that_differ_by_white_space_at_the_end_as_one() -> None:
    problem, group = load_benchmark("humaneval").problems[0], Group()
    for line, text in enumerate(("    return 1\n", "    return 1\n\n ", "    return 2"), 1):
        group.add(problem, Sample(problem.task_id, text, TextKind.COMPLETION, line))
    assert (group.n, group.programs) == (3, 2)
    assert [sample.program for sample in unpack(group.blob()).samples] == [0, 0, 1]


def test_a_file_takes_less_memory_than_its_size(tmp_path: Path) -> None:
    """Every number of every sample as an object of its own would take four times the file's size."""
    benchmark, path = load_benchmark("humaneval"), tmp_path / "large.jsonl"
    random.seed(1)
    with path.open("w") as file:
        for number in range(6_000):
            record = {"task_id": benchmark.problems[number % 3].task_id, "completion": f"    return {number}"}
            record |= {f"score_{place}": random.random() for place in range(32)}
            file.write(json.dumps(record) + "\n")
    pack_file(path, benchmark, "first.jsonl")  # what is loaded once is not counted
    tracemalloc.start()
    try:
        packed = pack_file(path, benchmark, "large.jsonl")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(group.n for group in packed.groups) == sum(group.programs for group in packed.groups) == 6_000
    assert peak < path.stat().st_size


@pytest.mark.django_db
def test_large_blobs_go_to_the_database_in_several_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_service, "_BYTES_PER_INSERT", 1)
    path = tmp_path / "s.jsonl"
    rows = [{"task_id": f"Tiny/{number % 2}", "completion": f"    return {number}"} for number in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = ingest(path, tiny_benchmark(), RunSetting("A"))
    assert [(cell.n, cell.programs) for cell in Cell.objects.filter(run=run).order_by("pk")] == [(3, 3)] * 2
