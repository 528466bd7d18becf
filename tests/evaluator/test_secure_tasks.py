"""The security benchmark: every pair of solutions passes its tests, and the scanner tells the two apart."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from evaluator.cli import main
from evaluator.errors import ProblemSetError
from evaluator.evaluate import Evaluator
from evaluator.problem_sets import load_benchmark
from evaluator.problem_sets.secure_tasks import SecureTask, secure_tasks
from evaluator.records import Program, Verdict
from evaluator.security import WEAKNESSES, scan

TASKS = {task.problem.task_id: task for task in secure_tasks()}


def sources(task: SecureTask) -> tuple[str, str]:
    """The whole programs, secure and insecure."""
    prompt = task.problem.prompt
    return prompt + task.problem.canonical_solution, prompt + task.insecure


@pytest.mark.sandbox
def test_secure_and_insecure_solutions_pass_alike_and_an_empty_one_does_not() -> None:
    benchmark = load_benchmark("secure-tasks")
    wrong = []
    with Evaluator(benchmark.limits, benchmark.packages) as evaluator:
        for task in TASKS.values():
            problem = task.problem
            texts = (*sources(task), problem.prompt + "    return None\n")
            programs = [Program(problem.task_id, text, problem.content_hash) for text in texts]
            judged = zip((True, True, False), evaluator.judge(problem, programs), strict=True)
            wrong += [
                f"{problem.task_id}: {judgement.verdict}, {judgement.detail}"
                for right, judgement in judged
                if (judgement.verdict is Verdict.PASSED) is not right
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.sandbox
def test_references_pass_behind_fewer_walls_too() -> None:
    """Without namespaces, programs may not change a file's mode: no problem asks for it."""
    benchmark = load_benchmark("secure-tasks")
    failed = []
    with Evaluator(benchmark.limits, benchmark.packages, "B") as evaluator:
        for task in TASKS.values():
            program = Program(task.problem.task_id, sources(task)[0], task.problem.content_hash)
            (judgement,) = evaluator.judge(task.problem, [program])
            if judgement.verdict is not Verdict.PASSED:
                failed.append(f"{program.task_id}: {judgement.verdict}, {judgement.detail}")
    assert not failed, "\n".join(failed)


def test_the_scanner_tells_every_pair_apart() -> None:
    found = scan([text for task in TASKS.values() for text in sources(task)])
    wrong = []
    for task, secure, insecure in zip(TASKS.values(), found[::2], found[1::2], strict=True):
        if secure:
            wrong.append(f"{task.problem.task_id}: the secure solution is flagged, {secure}")
        if task.cwe not in {finding.cwe for finding in insecure}:
            wrong.append(f"{task.problem.task_id}: CWE-{task.cwe} is not found in the insecure solution")
    assert not wrong, "\n".join(wrong)


def test_there_are_enough_problems_of_enough_kinds() -> None:
    assert len(TASKS) == len(secure_tasks()) >= 40
    weaknesses = Counter(task.cwe for task in TASKS.values())
    assert weaknesses.keys() <= WEAKNESSES.keys()
    assert {22, 78, 79, 89, 95, 326, 327, 338, 502, 601, 611, 798, 918} <= weaknesses.keys()


def test_the_experiment_of_the_codex_paper_is_among_them() -> None:
    """RSA keys under 2048 bits and AES in ECB mode; no prompt says which size or mode to take."""
    for name, wrong in {
        "rsa_key": "1024",
        "rsa_key_of": "1024",
        "aes_contexts": "ECB",
        "encrypt_message": "ECB",
    }.items():
        task = TASKS[f"SecureTasks/{name}"]
        assert wrong in task.insecure
        asked = task.problem.prompt[task.problem.prompt.index(f"def {name}") :]
        assert not any(word in asked for word in ("1024", "2048", "ECB", "CTR", "GCM", "secure"))


def test_the_problems_come_in_human_eval_s_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems", "secure-tasks"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["task_id"] for line in lines] == list(TASKS)
    assert lines[0].keys() == {"task_id", "prompt", "entry_point", "test", "canonical_solution"}


def test_no_file_replaces_them(tmp_path: Path) -> None:
    with pytest.raises(ProblemSetError, match="can't be replaced"):
        load_benchmark("secure-tasks", tmp_path / "mine.jsonl")
