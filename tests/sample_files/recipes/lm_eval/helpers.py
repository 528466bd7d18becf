"""What lm-evaluation-harness's humaneval task has, without its metric from the hub."""

import subprocess
import sys


def _passes(program):
    try:
        command = [sys.executable, "-c", program]
        return subprocess.run(command, timeout=3, capture_output=True, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def pass_at_k(references, predictions, k=None):
    right = [[_passes(p + "\n" + r) for p in ps] for ps, r in zip(predictions, references, strict=True)]
    return {"pass@1": sum(sum(x) / len(x) for x in right) / len(right)}


def build_predictions(resps, docs):
    return [[doc["prompt"] + r for r in resp] for resp, doc in zip(resps, docs, strict=True)]


def until_fence(resps, docs):
    return [
        [doc["prompt"] + r.partition("```")[0] for r in resp] for resp, doc in zip(resps, docs, strict=True)
    ]
