"""The exception tree of the evaluator, drawn once.

EvaluatorError
├── InputError              what the user gave can't be used: exit code 2, HTTP 4xx
│   ├── ProblemSetError     a benchmark is unknown, damaged or not the pinned one
│   ├── SubmissionRefused   a site says no to what was submitted
│   └── SampleFileError     a sample file is unreadable or has bad lines
├── StatisticsError         a figure was asked for that does not exist (k > n, no problems)
├── SamplingError           completions could not be drawn from a model
│   ├── EndpointRefused     the address is not allowed, or the server says no: asking again won't help
│   ├── EndpointBusy        too many requests, server errors, lost connections: ask again later
│   └── WeightsUnusable     local weights are missing, unsafe or too much for what is installed
├── SiteUnreachable         a site can't be reached, or is out of order: the submission goes on later
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


class SubmissionRefused(InputError):
    """A site says no. `status` is the HTTP status of its answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SiteUnreachable(EvaluatorError):
    """A site can't be reached or is out of order. `may_pass`: trying again may help, after `seconds`."""

    def __init__(self, message: str, *, may_pass: bool = False, seconds: float | None = None) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.seconds = seconds


class StatisticsError(EvaluatorError):
    """A figure was asked for that does not exist for these data."""


class SamplingError(EvaluatorError):
    """Completions could not be drawn. No message holds a key or more than a little of what a server said.

    `prompt_tokens`, `completion_tokens`: what the server says that its useless answer took; 0 where it says
    nothing.
    """

    prompt_tokens = 0
    completion_tokens = 0


class EndpointRefused(SamplingError):
    """Asking again won't help: an address that is not allowed, a wrong key, an unknown model, nonsense.

    `status` is the server's HTTP status, None where it was not asked or its answer made no sense.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class EndpointBusy(SamplingError):
    """Asking again later may help. `retry_after`: seconds that the server asks for, None if it says none."""

    def __init__(self, message: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class WeightsUnusable(SamplingError):
    """Local weights can't be used. The message says what is missing or wrong, and what to do."""


class SecurityScanError(EvaluatorError):
    """The security scanner itself failed."""


class SandboxError(EvaluatorError):
    """The sandbox failed, not the program in it."""


class SandboxUnavailable(SandboxError):
    """No acceptable isolation on this machine. The message names what is missing and how to get it."""


class CellBroken(SandboxError):
    """A cell died or broke the protocol."""
