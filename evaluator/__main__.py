"""The evaluator's command line: `python -m evaluator score SAMPLES --benchmark humaneval`."""

import sys

from evaluator.cli import main

if __name__ == "__main__":
    sys.exit(main())
