"""Texts of samples that are made to cost more than their size: reading them stays linear."""

from __future__ import annotations

import tracemalloc

from evaluator.problem_sets import load_benchmark
from evaluator.records import Sample, TextKind
from evaluator.sample_files import chat_text
from evaluator.sample_files.answers import as_program
from evaluator.sample_files.rankers import rankers_of
from evaluator.sample_files.strict_json import parse_object

ADD = load_benchmark("humaneval").by_task_id["HumanEval/53"]
MIB = 1 << 20


def test_a_line_that_is_almost_a_fence_is_read_once() -> None:
    # Tried again from each of its blanks, this line would take an hour, and with it the whole web process.
    text = "```" + " " * MIB + "`\n"
    assert chat_text.blocks(text) == []
    assert as_program(ADD, Sample(ADD.task_id, text, TextKind.COMPLETION, 1)).text == text


def test_a_text_of_nothing_but_fences_takes_no_more_memory_than_itself() -> None:
    text = "```\n" * MIB
    tracemalloc.start()
    try:
        found = chat_text.blocks(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0 < len(found) <= chat_text.MAX_BLOCKS
    assert peak < 2 * len(text)


def test_samples_share_the_names_of_their_rankers() -> None:
    # A file may hold 32 of them in each of a million samples, and all its samples are in memory at once.
    lines = [f'{{"task_id": "HumanEval/53", "completion": "{n}", "a_ranker": {n}}}'.encode() for n in (1, 2)]
    first, second = (next(iter(rankers_of(parse_object(line)))) for line in lines)
    assert first is second
