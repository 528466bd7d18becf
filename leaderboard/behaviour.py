"""What a program did, told so that the same failure is recognised in other samples, runs and models.

Two programs behave alike when they end with the same verdict in the same failing call, with the same value
or the same exception. Left out of the comparison is what differs from one execution, machine or limit to the
next and says nothing about the program: memory addresses, the program's line numbers, the last digits of
floats, the order of sets and dicts, how large the limit was.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.cell_blob import CellContent

# Digits of a float that count: rounding errors of a few additions lie below, wrong answers above.
_DIGITS = 9
_KEY_BYTES = 8
# Raised whenever keys change for the same judgement: stored ones of another version are made again.
_VERSION = 1
_STORED = np.dtype([("key", "<u8"), ("verdict", "u1"), ("samples", "<u4")])
_VERDICTS = tuple(Verdict)

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
_LINE = re.compile(r"\bline \d+")
_FLOAT = re.compile(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?(?![\w.])")
# Texts without any of these are their own normal form; most are.
_TO_NORMALISE = re.compile(r"[{.]|\b(?:at 0x|frozenset|\d+e[+-]?\d)")
_BY_LIMIT = (Verdict.TIMEOUT, Verdict.MEMORY_LIMIT, Verdict.OUTPUT_LIMIT)


def behaviour_key(judgement: Judgement) -> int:
    """The same 64-bit number for programs that behave alike, whatever run, process or machine judged them.

    `detail.expected` takes no part: it follows from the call. All that pass are alike.
    """
    parts = (judgement.verdict.value, *_outcome(judgement.verdict, judgement.detail))
    text = json.dumps(parts, ensure_ascii=True).encode()
    return int.from_bytes(blake2b(text, digest_size=_KEY_BYTES).digest(), "little")


def normalised_value(text: str) -> str:
    """A value's `repr`, or a call's text, with floats rounded, sets and dicts in order, addresses left out.

    "{2, 1}" → "{1, 2}", "[0.30000000000000004]" → "[0.3]", "<f at 0x7f31c>" → "<f at 0x…>". Text that is no
    Python expression, such as a value that was cut off, keeps its order.
    """
    if not _TO_NORMALISE.search(text):
        return text
    text = _ADDRESS.sub("at 0x…", text)
    try:
        tree = _Ordered().visit(ast.parse(text, mode="eval"))
        return ast.unparse(tree)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return _FLOAT.sub(lambda found: _rounded(float(found[0])), text)


def normalised_message(text: str) -> str:
    """An exception's message without addresses, line numbers of the program and the last digits of floats."""
    text = _LINE.sub("line …", _ADDRESS.sub("at 0x…", text))
    return _FLOAT.sub(lambda found: _rounded(float(found[0])), text)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A way to fail, and how many samples of a cell fail in it."""

    key: int
    verdict: Verdict
    samples: int


def pack_behaviours(content: CellContent) -> bytes:
    """Bytes for `Cell.behaviours`: the failures of a judged cell, the most frequent first."""
    ends = [_failing_end(program.judgement) for program in content.programs]
    counts = Counter(end for sample in content.samples if (end := ends[sample.program]) is not None)
    rows = sorted(((*end, samples) for end, samples in counts.items()), key=lambda row: (-row[2], row[0]))
    return bytes([_VERSION]) + np.array(rows, dtype=_STORED).tobytes()


def unpack_behaviours(packed: bytes | memoryview | None) -> list[Behaviour] | None:
    """What `pack_behaviours` was given. None where nothing is stored, or by another version's rules."""
    if packed is None or not len(packed) or packed[0] != _VERSION:
        return None
    rows = np.frombuffer(packed, dtype=_STORED, offset=1).tolist()
    return [Behaviour(key, _VERDICTS[verdict], samples) for key, verdict, samples in rows]


def _failing_end(judgement: Judgement | None) -> tuple[int, int] | None:
    if judgement is None or judgement.verdict in (Verdict.PASSED, Verdict.EVALUATOR_ERROR):
        return None
    return behaviour_key(judgement), _VERDICTS.index(judgement.verdict)


def _outcome(verdict: Verdict, detail: Detail) -> tuple[str, ...]:
    """What tells this end from others of the same verdict."""
    if verdict is Verdict.PASSED:
        return ()
    call = normalised_value(detail.call or "")
    if verdict in _BY_LIMIT:
        return (call,)
    if detail.exception is None and detail.actual is not None:
        return (call, normalised_value(detail.actual))
    return (call, detail.exception or "", normalised_message(detail.message))


class _Ordered(ast.NodeTransformer):
    """Floats rounded, sets and dicts sorted by what they hold."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            return ast.Constant(float(f"{node.value:.{_DIGITS}g}") + 0.0)
        if isinstance(node.value, complex):
            return ast.Constant(complex(0, float(f"{node.value.imag:.{_DIGITS}g}")))
        return node

    def visit_Set(self, node: ast.Set) -> ast.expr:
        self.generic_visit(node)
        return ast.Set(sorted(node.elts, key=ast.unparse))

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        self.generic_visit(node)
        pairs = sorted(
            zip(node.keys, node.values, strict=True), key=lambda pair: ast.unparse(pair[0]) if pair[0] else ""
        )
        return ast.Dict([key for key, _ in pairs], [value for _, value in pairs])


def _rounded(value: float) -> str:
    return repr(float(f"{value:.{_DIGITS}g}"))
