"""Tables and constraints only: reads are in `queries`, writes in `services`."""

from .api_token import ApiToken
from .audit import AuditEntry
from .benchmark import Benchmark, Problem
from .cell import Cell, CellFlag
from .finding_mark import FindingMark
from .kept_answer import KeptAnswer
from .model import Model
from .organisation import Membership, Organisation
from .run import Run
from .run_analysis import RunAnalysis
from .run_counts import RunCounts
from .run_flags import RunFlags
from .sampling import Draw, DrawnSamples, SamplerBeat, Sampling, ServerKey
from .sign_in import SignInFailures
from .upload import Upload
from .worker import WorkerBeat

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Benchmark",
    "Cell",
    "CellFlag",
    "Draw",
    "DrawnSamples",
    "FindingMark",
    "KeptAnswer",
    "Membership",
    "Model",
    "Organisation",
    "Problem",
    "Run",
    "RunAnalysis",
    "RunCounts",
    "RunFlags",
    "SamplerBeat",
    "Sampling",
    "ServerKey",
    "SignInFailures",
    "Upload",
    "WorkerBeat",
]
