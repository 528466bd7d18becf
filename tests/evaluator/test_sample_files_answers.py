"""Chat answers become programs, and what is a program already is never touched."""

from __future__ import annotations

import gzip
import json
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.problem_sets import load_benchmark
from evaluator.records import Problem, Sample, TextKind, program_of
from evaluator.sample_files import ReadOptions, preview, read_all
from evaluator.sample_files.answers import (
    FENCE_REMOVED,
    INDENTATION_MENDED,
    PUT_AFTER_PROMPT,
    SENTENCES_REMOVED,
    STOP_TOKEN_REMOVED,
    WHOLE_PROGRAM,
    as_program,
)
from evaluator.sample_files.syntax import SyntaxReader

HUMANEVAL = load_benchmark("humaneval")
PROBLEMS = HUMANEVAL.problems
ADD = HUMANEVAL.by_task_id["HumanEval/53"]  # def add(x, y)
WHOLE = "def add(x: int, y: int):\n    return x + y\n"
BODY = "    return x + y\n"


def completion(text: str, problem: Problem = ADD) -> Sample:
    return Sample(problem.task_id, text, TextKind.COMPLETION, 1)


def solution(text: str, problem: Problem = ADD) -> Sample:
    return Sample(problem.task_id, text, TextKind.SOLUTION, 1)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.task_id)
def test_programs_are_not_touched(problem: Problem) -> None:
    body = problem.canonical_solution
    whole = problem.prompt + body
    for text in (
        body,
        "\n" + body,
        whole,
        body + "\n\ndef another():\n    return 1\n",
        body + "# Done. See above\n",
    ):
        sample = completion(text, problem)
        assert as_program(problem, sample) is sample
    for text in (whole, "import re\n" + whole, whole + f"\nprint({problem.entry_point})\n"):
        sample = solution(text, problem)
        assert as_program(problem, sample) is sample


DRESSINGS = {
    "fence": "```python\n{}```",
    "fence without a language": "```\n{}```\n",
    "sentences around a fence": "Sure! The code:\n\n```python\n{}```\n\nIt works as follows:\n1. It adds.\n",
    "fence of tildes": "~~~py\n{}~~~",
    "fence that is never closed": "Here you are:\n```python\n{}",
    "other blocks": "First:\n```bash\npip install x\n```\nThen:\n```python\n{}```\nOutput:\n```\n5\n```\n",
    "sentences without a fence": "Here is the function that you asked for:\n\n{}\n\nThis function does it.\n",
    "heading and list": "**Solution**\n\n{}\n\n- It takes no time.\n- It is right.\n",
    "end of turn": "{}<|im_end|>\n<|im_start|>user\nThanks",
    "begin of turn": "<|assistant|>\n{}</s>",
    "all of it": "<s> Sure:\n```python\n{}```\nHope this helps!<|eot_id|>",
}


@pytest.mark.parametrize("dressing", DRESSINGS.values(), ids=DRESSINGS)
@pytest.mark.parametrize("problem", PROBLEMS[::9], ids=lambda problem: problem.task_id)
def test_a_whole_function_is_found_in_an_answer(problem: Problem, dressing: str) -> None:
    whole = problem.prompt + problem.canonical_solution
    for sample in (completion(dressing.format(whole), problem), solution(dressing.format(whole), problem)):
        cleaned = as_program(problem, sample)
        assert cleaned.changes
        assert cleaned.text.strip() == whole.strip()
        assert SyntaxReader().defines(program_of(problem, cleaned).source, problem.entry_point)


@pytest.mark.parametrize("dressing", DRESSINGS.values(), ids=DRESSINGS)
@pytest.mark.parametrize("problem", PROBLEMS[::9], ids=lambda problem: problem.task_id)
def test_a_function_that_needs_the_prompts_imports_keeps_them(problem: Problem, dressing: str) -> None:
    """Models often leave the imports away, and the helpers that stand above the function."""
    start = problem.prompt.index(f"def {problem.entry_point}(")
    whole = problem.prompt[start:] + problem.canonical_solution
    source = program_of(problem, as_program(problem, completion(dressing.format(whole), problem))).source
    assert source.startswith(problem.prompt[:start])
    assert source.strip().endswith(whole.strip())


@pytest.mark.parametrize(
    ("text", "wanted", "changes"),
    [
        (BODY + "```\nThat is all.\n", BODY, (FENCE_REMOVED,)),  # the prompt had opened the fence
        (BODY + "\nThis function adds two numbers.\n", BODY + "\n", (SENTENCES_REMOVED,)),
        (BODY + "<|endoftext|>import os\nprint(1", BODY, (STOP_TOKEN_REMOVED,)),
        ("return x + y", "    return x + y", (INDENTATION_MENDED,)),
        ("   return x + y\n", "    return x + y\n", (INDENTATION_MENDED,)),
        (
            "if x:\n        return x\n    return y",
            "    if x:\n        return x\n    return y",
            (INDENTATION_MENDED,),
        ),
        (
            "if x:\n    return x\nreturn y\n",
            "    if x:\n        return x\n    return y\n",
            (INDENTATION_MENDED,),
        ),
        ("```python\nreturn x + y\n```", "    return x + y\n", (FENCE_REMOVED, INDENTATION_MENDED)),
        ("  def add(x, y):\n      return x\n", "def add(x, y):\n    return x\n", (INDENTATION_MENDED,)),
    ],
)
def test_what_was_done_is_named(text: str, wanted: str, changes: tuple[str, ...]) -> None:
    cleaned = as_program(ADD, completion(text))
    assert (cleaned.text, cleaned.kind, cleaned.changes) == (wanted, TextKind.COMPLETION, changes)


def test_a_function_that_can_not_follow_the_prompt_stands_alone() -> None:
    problem = Problem(
        "x/1", "import re\n\ndef helper(): return 1\n\ndef add(x, y):\n", "add", "", "    return x + y\n"
    )
    cleaned = as_program(problem, completion(WHOLE, problem))
    assert cleaned.kind is TextKind.SOLUTION
    assert cleaned.text == "import re\n\ndef helper(): return 1\n\n" + WHOLE
    assert cleaned.changes == (WHOLE_PROGRAM,)


def test_a_solution_that_is_only_a_body_is_put_after_the_prompt() -> None:
    cleaned = as_program(ADD, solution("```\nreturn x + y\n```"))
    assert cleaned.text == ADD.prompt + "    return x + y\n"
    assert cleaned.changes == (FENCE_REMOVED, PUT_AFTER_PROMPT)


def test_of_several_blocks_the_first_that_defines_the_function_is_taken() -> None:
    text = f"```python\nimport os\n```\nor\n```python\n{WHOLE}```\nbetter:\n```python\n{WHOLE}# again\n```"
    assert as_program(ADD, solution(text)).text == WHOLE
    text = "```python\ndef one():\n    return 1\n```\nand\n```python\nadd = lambda x, y: one()\n```"
    assert as_program(ADD, solution(text)).text.count("one") == 2


@pytest.mark.parametrize(
    "text",
    [
        "    return x +\n",  # the model's own fault
        "    return x + y\n\ndef another(",  # cut off by the token limit
        '"""Add two numbers.\n    """\n    return x + y\n',  # starts over with the docstring
        ' adds them.\n    """\n    return x + y\n',
        "I can't help with that.",
        "```python\n```",
        "",
        "\n \n",
    ],
)
def test_what_is_no_answer_with_a_program_in_it_stays_as_it_is(text: str) -> None:
    sample = completion(text)
    assert as_program(ADD, sample) is sample


def test_broken_code_in_a_fence_loses_the_fence_all_the_same() -> None:
    cleaned = as_program(ADD, solution("```python\ndef add(x, y)\n    return x\n```"))
    assert (cleaned.text, cleaned.changes) == ("def add(x, y)\n    return x\n", (FENCE_REMOVED,))


@pytest.mark.parametrize(
    "piece", ["-", "(", "[", "lambda:", "not ", "x.", "x[0]", "1+", "{", "f'{", "if x:\n ", "elif x:\n"]
)
def test_deep_and_long_texts_are_only_looked_at_within_bounds(piece: str) -> None:
    for count in (3000, 200_000):
        sample = solution("```\n" + piece * count + "\n```")
        assert as_program(ADD, sample).kind is TextKind.SOLUTION


def test_the_work_on_all_samples_of_a_file_is_bounded() -> None:
    reader = SyntaxReader(characters=1000)
    fenced = solution(f"```\n{WHOLE}```")
    cleaned = [as_program(ADD, fenced, reader).changes for _ in range(30)]
    assert cleaned[0] == (FENCE_REMOVED,)
    assert cleaned[-1] == ()
    assert reader.exhausted


def test_warnings_about_a_program_are_nobodys_business() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert SyntaxReader().defines("add = '\\d'\n", "add")


PIECES = [
    "```",
    "```python\n",
    "\n```\n",
    "~~~\n",
    WHOLE,
    BODY,
    ADD.prompt,
    "Sure! ",
    "\nThis is it.\n",
    "</s>",
]
PIECES += ["<|im_end|>", "def add(", '"""', "    ", "\t", "\r\n", "return", "(", "é", "# 1. x\n"]


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(PIECES) | st.text(max_size=5),
        max_size=12,
    ),
    kind=st.sampled_from(TextKind),
)
def test_any_text_is_cleaned_or_left_alone(pieces: list[str], kind: TextKind) -> None:
    sample = Sample(ADD.task_id, "".join(pieces), kind, 1, {"score": 1.0})
    cleaned = as_program(ADD, sample)
    assert (cleaned.changes == ()) is (cleaned is sample)
    assert (cleaned.task_id, cleaned.line, cleaned.rankers) == (sample.task_id, 1, sample.rankers)
    assert as_program(ADD, cleaned).text == cleaned.text or FENCE_REMOVED in cleaned.changes


def test_cleaning_is_shown_in_the_preview_and_can_be_switched_off(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    rows = [{"task_id": ADD.task_id, "completion": f"```python\n{WHOLE}```"}] * 3
    rows += [{"task_id": ADD.task_id, "completion": BODY}]
    path.write_text("\n".join(map(json.dumps, rows)))
    shown = preview(path, HUMANEVAL, path.name)
    assert shown.changes == ((FENCE_REMOVED, 3),)
    assert shown.first[0].changes == (FENCE_REMOVED,)
    assert shown.first[0].text == WHOLE
    assert shown.fenced == 3
    as_it_is = preview(path, HUMANEVAL, path.name, options=ReadOptions(clean=False))
    assert (as_it_is.changes, as_it_is.fenced) == ((), 3)
    assert as_it_is.first[0].text.startswith("```")


@pytest.mark.reference_data
def test_no_sample_of_a_code_model_is_touched(reference_data: Path) -> None:
    path = reference_data / "samples" / "codegen-16b-mono_T0.8_n100.jsonl.gz"
    found = read_all(path, HUMANEVAL).samples
    assert len(found) == 16_400
    assert found == read_all(path, HUMANEVAL, ReadOptions(clean=False)).samples


@pytest.mark.reference_data
@pytest.mark.parametrize("benchmark", ["humaneval", "mbpp"])
def test_no_sanitized_solution_is_touched(reference_data: Path, benchmark: str) -> None:
    problems = {"humaneval": "HumanEvalPlus.jsonl.gz", "mbpp": "MbppPlus.jsonl.gz"}[benchmark]
    known = load_benchmark("humaneval", reference_data / "problems" / problems, "base")
    paths = sorted((reference_data / "samples" / "evalplus_results").glob(f"{benchmark}__*"))
    assert len(paths) == 6
    touched = [sample for path in paths for sample in read_all(path, known).samples if sample.changes]
    assert touched == []


@pytest.mark.reference_data
def test_answers_of_chat_models_that_are_dressed_up_come_out_as_they_were(reference_data: Path) -> None:
    path = reference_data / "samples" / "chat" / "gpt4_final_500c_long.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert sum("def " in row["completion"] for row in rows) == 163  # the other one is a bare `pass`
    for row in rows:
        problem = HUMANEVAL.by_task_id[row["task_id"]]
        if "def " not in row["completion"]:
            continue
        for dressing in DRESSINGS.values():
            cleaned = as_program(problem, completion(dressing.format(row["completion"] + "\n"), problem))
            assert cleaned.text.strip() == row["completion"].strip()
