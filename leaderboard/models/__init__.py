"""Tables and constraints only: reads are in `queries`, writes in `services`."""

from .benchmark import Benchmark, Problem
from .cell import Cell, CellFlag
from .finding_mark import FindingMark
from .model import Model
from .run import Run
from .run_analysis import RunAnalysis
from .run_counts import RunCounts
from .run_flags import RunFlags
from .sign_in import SignInFailures
from .upload import Upload
from .worker import WorkerBeat

__all__ = [
    "Benchmark",
    "Cell",
    "CellFlag",
    "FindingMark",
    "Model",
    "Problem",
    "Run",
    "RunAnalysis",
    "RunCounts",
    "RunFlags",
    "SignInFailures",
    "Upload",
    "WorkerBeat",
]
