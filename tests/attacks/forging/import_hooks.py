# Tries: to answer every later import with a module of its own
# Must end: wrong_answer

import sys
import types


class Finder:
    def find_spec(self, name, path=None, target=None):
        sys.modules[name] = types.ModuleType(name)
        raise ImportError(name)


sys.meta_path.insert(0, Finder())
sys.modules["evaluator"] = sys.modules["judge"] = types.ModuleType("evaluator")


def solve(x):
    return True
