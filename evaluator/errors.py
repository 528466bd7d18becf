"""The exception tree of the evaluator, drawn once.

EvaluatorError
├── InputError              what the user gave can't be used: exit code 2, HTTP 4xx
│   ├── ProblemSetError     a benchmark is unknown, damaged or not the pinned one
│   └── SampleFileError     a sample file is unreadable or has bad lines
├── StatisticsError         a figure was asked for that does not exist (k > n, no problems)
├── SecurityScanError       the scanner broke or is missing, not the code that it scanned
└── SandboxError            our own fault, never a verdict about a program
    ├── SandboxUnavailable  this machine offers no isolation that we accept
    └── CellBroken          a cell died or broke the protocol; its programs are judged again elsewhere
"""


class EvaluatorError(Exception):
    """Root of everything that this package raises on purpose."""


class InputError(EvaluatorError):
    """What the user gave can't be used. The message says what, where, and what to do."""


class ProblemSetError(InputError):
    """A benchmark is unknown, damaged, or its content is not the pinned one."""


class SampleFileError(InputError):
    """A sample file can't be used. The message names the file, and the line and field where known."""


class StatisticsError(EvaluatorError):
    """A figure was asked for that does not exist for these data."""


class SecurityScanError(EvaluatorError):
    """The security scanner itself failed."""


class SandboxError(EvaluatorError):
    """The sandbox failed, not the program in it."""


class SandboxUnavailable(SandboxError):
    """No acceptable isolation on this machine. The message names what is missing and how to get it."""


class CellBroken(SandboxError):
    """A cell died or broke the protocol."""
