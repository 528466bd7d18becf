"""What each format reads of a record, what it refuses, and how both are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import SampleFileError
from evaluator.records import Reported, Sample, TextKind
from evaluator.sample_files import (
    FORMATS,
    BadLine,
    ReadOptions,
    SampleStream,
    detect,
    preview,
    read_all,
)
from tests.evaluator.documents import ADD, CODE, HUMANEVAL, Write, faults, items


def entry(base: Any = "pass", plus: Any = "fail", **fields: Any) -> dict[str, Any]:
    return {"task_id": ADD.task_id, "solution": CODE, "base_status": base, "plus_status": plus, **fields}


def results(*entries: Any) -> dict[str, Any]:
    return {"date": "2024-08-08 17:18", "hash": "f", "eval": {ADD.task_id: list(entries)}, "pass_at_k": {}}


def lcb(**fields: Any) -> dict[str, Any]:
    return {"question_id": "9001", "code_list": ["a", "b"], **fields}


def lm_eval(text: Any = CODE, **fields: Any) -> dict[str, Any]:
    doc = {"task_id": ADD.task_id, "prompt": ADD.prompt}
    return {"doc_id": 1, "doc": doc, "filtered_resps": [text], "filter": "first", "doc_hash": "0", **fields}


def multipl_e(**fields: Any) -> dict[str, Any]:
    return {
        "name": "HumanEval_53_add",
        "language": "py",
        "prompt": "def add(x, y):\n",
        "stop_tokens": [],
        **fields,
    }


def test_human_evals_results_are_read_as_reported(write: Write) -> None:
    row = {"task_id": ADD.task_id, "completion": "    pass"}
    said = [
        {"passed": True, "result": "passed"},
        {"passed": False, "result": "timed out"},
        {"passed": "no"},
        {},
    ]
    found = [
        item.reported
        for item in items(write(*({**row, **verdict} for verdict in said)))
        if isinstance(item, Sample)
    ]
    assert found == [Reported(True, "passed"), Reported(False, "timed out"), None, None]


def test_a_json_list_of_records_is_read_as_lines_are(write: Write) -> None:
    path = write([{"task_id": ADD.task_id, "completion": "    pass"}, 7, {"task_id": ADD.task_id}])
    assert [type(item) for item in items(path)] == [Sample, BadLine, BadLine]
    assert faults(path) == [
        "element 2: a JSON object was expected, not a number",
        "element 3: completion: is missing",
    ]


def test_evalplus_results_hold_two_verdicts(write: Write) -> None:
    path = write(results(entry("pass", "pass"), entry("pass", "fail"), entry("fail", "fail")))
    base = [item.reported for item in items(path) if isinstance(item, Sample)]
    assert base == [Reported(True, "base pass"), Reported(True, "base pass"), Reported(False, "base fail")]
    plus = [item.reported for item in items(path, tests="plus") if isinstance(item, Sample)]
    assert [one and one.passed for one in plus] == [True, False, False]
    assert plus[1] == Reported(False, "base pass, plus fail")


def test_evalplus_results_without_plus_have_no_verdict_on_it(write: Write) -> None:
    path = write(results(entry("pass", None)))
    assert preview(path, HUMANEVAL, "x").reported == 1
    assert preview(path, HUMANEVAL, "x", options=ReadOptions(tests="plus")).reported == 0


def test_bigcodebenchs_results_have_one_status(write: Write) -> None:
    path = write(
        {
            "eval": {
                ADD.task_id: [{"solution": CODE, "status": "timeout"}, {"solution": CODE, "status": "pass"}]
            }
        }
    )
    found = [item.reported for item in items(path) if isinstance(item, Sample)]
    assert found == [Reported(False, "status timeout"), Reported(True, "status pass")]


def test_numbers_beyond_json_in_failed_inputs_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results(entry(plus_fail_tests=[[float("nan"), float("inf")]])), indent=2))
    assert len(read_all(path, HUMANEVAL).samples) == 1


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (results(entry(), 7), "problem 1: results[1]: an object was expected, not a number"),
        (results(entry(), {}), "problem 1: results[1].solution: is missing"),
        (results(entry(base=1)), "problem 1: results[0].base_status: a string was expected, not a number"),
        ({"eval": {"x": [entry()], "y": 7}}, "problem 2: results: an array was expected, not a number"),
    ],
)
def test_bad_entries_of_results_are_named(write: Write, document: Any, fault: str) -> None:
    assert faults(write(document)) == [fault]


def test_generations_without_ids_follow_the_benchmarks_order(write: Write) -> None:
    path = write([[CODE, CODE], None, [], [None, CODE]])
    found = read_all(path, HUMANEVAL)
    assert [sample.task_id for sample in found.samples] == ["HumanEval/0", "HumanEval/0", "HumanEval/3"]
    assert found.notes[1] == "1 problems have no samples (null)."
    assert [s.task_id for s in read_all(path, HUMANEVAL, ReadOptions(start=50)).samples][-1] == ADD.task_id
    assert faults(path, start=161) == ["element 4: HumanEval has 164 problems, none of index 164"]
    with pytest.raises(SampleFileError, match="say which benchmark"):
        list(SampleStream(path))


@pytest.mark.parametrize(
    ("element", "fault"),
    [
        ("x", "element 2: a JSON array was expected, not a string"),
        ([CODE, 7], "element 2: [1]: a string was expected, not a number"),
    ],
)
def test_bad_generations_are_named(write: Write, element: Any, fault: str) -> None:
    assert faults(write([[CODE], element])) == [fault]


def test_livecodebench_reports_with_what_its_metadata_says(write: Write) -> None:
    metadata = ['{"execution time": 0.1}', '{"error_message": "Wrong Answer"}']
    first, second = items(write([lcb(graded_list=[True, False], metadata=metadata)]))
    assert isinstance(first, Sample)
    assert first == Sample("9001", "a", TextKind.SOLUTION, 1, {}, Reported(True, "passed"))
    assert isinstance(second, Sample)
    assert second.reported == Reported(False, "Wrong Answer")
    [plain, _] = items(write([lcb()]))
    assert isinstance(plain, Sample)
    assert plain.reported is None
    [odd, _] = items(write([lcb(graded_list=[False, False], metadata=["{", None])]))
    assert isinstance(odd, Sample)
    assert odd.reported == Reported(False, "failed")


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (lcb(graded_list=[True]), "element 1: graded_list: 2 verdicts were expected, not 1"),
        (lcb(graded_list=[True, 1]), "element 1: graded_list[1]: true or false was expected, not a number"),
        (lcb(code_list=[None]), "element 1: code_list[0]: a string was expected, not null"),
        (lcb(question_id=7), "element 1: question_id: a string was expected, not a number"),
    ],
)
def test_bad_livecodebench_records_are_named(write: Write, record: Any, fault: str) -> None:
    assert faults(write([record])) == [fault]


def test_one_filter_of_lm_eval_is_read_and_named(write: Write) -> None:
    path = write(lm_eval("    one"), lm_eval("    two", filter="second"), lm_eval("    three"))
    assert [sample.text for sample in read_all(path, HUMANEVAL).samples] == ["    one", "    three"]
    assert "“first” was read, “second” (1 rows) left out" in read_all(path, HUMANEVAL).notes[0]
    assert [s.text for s in read_all(path, HUMANEVAL, ReadOptions(filter="second")).samples] == ["    two"]


def test_lm_evals_text_goes_on_unless_a_filter_put_the_prompt_before_it(write: Write) -> None:
    path = write(lm_eval("    return 1"), lm_eval([ADD.prompt + "    return 1"]))
    assert [s.kind for s in read_all(path, HUMANEVAL).samples] == [TextKind.COMPLETION, TextKind.SOLUTION]


def test_lm_evals_metric_is_a_verdict_where_there_is_one_sample(write: Write) -> None:
    path = write(lm_eval(**{"pass@1": 1.0}), lm_eval(pass_at_1=0), lm_eval([CODE, CODE], **{"pass@1": 1.0}))
    found = [s.reported and s.reported.passed for s in read_all(path, HUMANEVAL).samples]
    assert found == [True, False, None, None]


def test_lm_evals_numbers_of_mbpp_become_task_ids(write: Write) -> None:
    [item] = items(write(lm_eval(doc={"task_id": 11, "text": "…"})))
    assert isinstance(item, Sample)
    assert (item.task_id, item.kind) == ("Mbpp/11", TextKind.SOLUTION)


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (lm_eval(doc=None), "2: doc: is missing"),
        (lm_eval(doc={}), "2: doc.task_id: is missing"),
        (lm_eval(filtered_resps=7), "2: filtered_resps: an array was expected, not a number"),
        (lm_eval(7), "2: filtered_resps[0]: a string was expected, not a number"),
        (lm_eval(filter=["x"]), "2: filter: a name was expected"),
    ],
)
def test_bad_lm_eval_records_are_named(write: Write, record: Any, fault: str) -> None:
    assert faults(write(lm_eval(), record)) == [fault]


def test_multipl_es_completions_follow_its_own_prompt(write: Write) -> None:
    [item] = items(write(multipl_e(completions=["    return 1"])))
    assert isinstance(item, Sample)
    assert item.task_id == ADD.task_id
    assert (item.text, item.kind) == ("def add(x, y):\n    return 1", TextKind.SOLUTION)


def test_multipl_es_results_lose_the_tests_at_their_end(write: Write) -> None:
    result = {"program": CODE + "\nassert add(1, 1) == 2\n", "status": "Timeout"}
    [item] = items(write(multipl_e(tests="\nassert add(1, 1) == 2\n", results=[result])))
    assert isinstance(item, Sample)
    assert (item.text, item.reported) == (CODE, Reported(False, "Timeout"))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"language": "rs"}, "1: language: is “rs”; programs are judged here in Python (py) alone"),
        ({"name": "add"}, "1: name: a name such as HumanEval_0_… was expected, not “add”"),
        ({"completions": [1]}, "1: completions[0]: a string was expected, not a number"),
        ({"prompt": None}, "1: prompt: a string was expected, not null"),
    ],
)
def test_bad_multipl_e_records_are_named(write: Write, fields: Any, fault: str) -> None:
    assert faults(write(multipl_e(**{"completions": [CODE], **fields}))) == [fault]


def test_codets_prompt_names_the_problem_though_two_functions_share_a_name(write: Write) -> None:
    for task_id in ("HumanEval/53", "HumanEval/85"):  # both are called add
        prompt = HUMANEVAL.by_task_id[task_id].prompt.replace(">>>", "")
        [item] = items(write({"prompt": prompt, "samples": ["    return 1\n"]}))
        assert isinstance(item, Sample)
        assert (item.task_id, item.text) == (task_id, prompt + "    return 1\n")
    assert faults(write({"prompt": "def unknown(x):\n", "samples": []}, {"prompt": "x", "samples": []})) == [
        "1: prompt: HumanEval has no problem that asks for “unknown”",
        "2: prompt: holds no “def name(” that could tell the problem",
    ]


def test_a_guess_can_be_overruled_by_every_format(write: Write) -> None:
    path = write({"task_id": ADD.task_id, "completion": "    pass"})
    for fmt in FORMATS:
        assert detect(path, options=ReadOptions(format=fmt.name)) is fmt
        samples = [item for item in items(path, format=fmt.name) if isinstance(item, Sample)]
        assert len(samples) == (fmt.name == "human-eval")
    with pytest.raises(SampleFileError, match="no such format of sample files; known ones: human-eval, "):
        detect(path, options=ReadOptions(format="nothing"))


@pytest.mark.reference_data
def test_published_evalplus_results_keep_their_figures(reference_data: Path) -> None:
    folder = reference_data / "samples" / "evalplus_results"
    [path] = folder.glob("humaneval__meta-llama--Meta-Llama-3-8B-Instruct_*")
    for tests, passed in (("base", 105), ("plus", 94)):
        shown = preview(path, HUMANEVAL, path.name, options=ReadOptions(tests=tests))
        assert (shown.reported, shown.coverage.covered) == (164, 164)
        assert shown.reported_passed == passed
    assert round(105 / 164, 3) == 0.640
