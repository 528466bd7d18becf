"""BigCodeBench 0.2.5's own `sanitize` and `write_jsonl` on answers to two made-up problems.

Run with the Python that has bigcodebench (its wheel, pqdm, tempdir, wget and tree-sitter are enough):
python bigcodebench_samples.py FOLDER
"""

import sys
from pathlib import Path

from bigcodebench.data import write_jsonl
from bigcodebench.sanitize import sanitize

PROMPTS = {
    "BigCodeBench/9001": 'import json\ndef task_func(text):\n    """The sum of a JSON list."""\n',
    "BigCodeBench/9002": 'import re\ndef task_func(text):\n    """The numbers in a text."""\n',
}
TESTS = {
    "BigCodeBench/9001": "def check(candidate):\n    assert candidate('[1, 2]') == 3\n",
    "BigCodeBench/9002": "def check(candidate):\n    assert candidate('a1b22') == [1, 22]\n",
}
BODIES = {
    "BigCodeBench/9001": ["    return sum(json.loads(text))\n", "    return len(json.loads(text))\n"],
    "BigCodeBench/9002": [
        "    return [int(n) for n in re.findall(r'\\d+', text)]\n",
        "    return re.findall(r'\\d+', text)\n",
    ],
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    rows = []
    for task_id, bodies in BODIES.items():
        for body in bodies:
            answer = f"Sure:\n```python\n{PROMPTS[task_id]}{body}```\n"
            rows.append(
                {"task_id": task_id, "solution": sanitize(answer, "task_func"), "raw_solution": answer}
            )
    name = "example--tiny-7b--main--bigcodebench-instruct--openai-0.8-2-sanitized_calibrated.jsonl"
    write_jsonl(str(folder / name), rows)
    problems = [
        {
            "task_id": task_id,
            "prompt": prompt,
            "entry_point": "task_func",
            "canonical_solution": BODIES[task_id][0],
            "test": TESTS[task_id],
        }
        for task_id, prompt in PROMPTS.items()
    ]
    write_jsonl(str(folder / "problems.jsonl"), problems)
