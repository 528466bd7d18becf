"""Commands of `python -m evaluator`. Adding one: copy the smallest module here, and one line in COMMANDS.

Exit codes: 0 done, 1 our own fault (sandbox, worker), 2 the input can't be used, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from evaluator.cli import doctor, problems, rerun, scan, score
from evaluator.errors import EvaluatorError, InputError

COMMANDS = (score, rerun, scan, problems, doctor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evaluator", description=__doc__.splitlines()[0])
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(subparsers)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except EvaluatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return 130
