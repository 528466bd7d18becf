"""Chat answers → programs. A sample that is a program as it stands is never touched.

Decisions are made by syntax alone: of the texts that could be meant, the first one is taken that is valid
Python and defines the problem's entry point. Where none is, the sample stays as it is, or loses its fence.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evaluator.records import Problem, Sample, TextKind
from evaluator.sample_files import chat_text
from evaluator.sample_files.syntax import SyntaxReader

STOP_TOKEN_REMOVED = "stop token removed"
FENCE_REMOVED = "Markdown fence removed"
SENTENCES_REMOVED = "sentences around the code removed"
INDENTATION_MENDED = "indentation mended"
WHOLE_PROGRAM = "taken as a whole program"
PUT_AFTER_PROMPT = "put after the prompt"

MAX_CANDIDATES = 12
# How a function's body begins whose first indent was stripped: no sentence, and no docstring either.
BODY = re.compile(
    r"\s*(?:(?:return|if|for|while|try|with|raise|assert|yield|pass|import|from|def|class|global|nonlocal|del)\b"
    r"|[A-Za-z_][\w.]*[ \t]*(?:[=(\[,:]|[-+*/%&|^@]=)|#)"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that could be meant, and what was done to get at it."""

    text: str
    changes: tuple[str, ...]


def as_program(problem: Problem, sample: Sample, reader: SyntaxReader | None = None) -> Sample:
    """The sample with a program's text, what was done to it in `changes`; unchanged where it is one already.

    `kind` becomes SOLUTION where the text no longer continues the prompt. `reader` limits the work over many
    samples.
    """
    if not _odd(sample) or not _mendable(problem, sample):
        return sample
    syntax = reader or SyntaxReader()
    if _is_program(problem, sample, syntax):
        return sample
    return _mended(problem, sample, syntax) or sample


def _mended(problem: Problem, sample: Sample, syntax: SyntaxReader) -> Sample | None:
    tried: _Candidate | None = None
    for count, candidate in enumerate(_candidates(problem, sample.text)):
        if count >= MAX_CANDIDATES or syntax.exhausted:
            break
        for form in _forms(problem, sample, candidate):
            if form.text != sample.text and _is_program(problem, form, syntax):
                return form
        tried = tried or candidate
    if tried is not None and FENCE_REMOVED in tried.changes:
        return replace(sample, text=tried.text, changes=tried.changes)
    return None


def _odd(sample: Sample) -> bool:
    """Whether the text shows any of the marks that answers have and programs rarely do."""
    text = sample.text
    body = text.lstrip("\r\n")
    if sample.kind is TextKind.COMPLETION:
        odd_start = not body.startswith(("    ", "\t")) and bool(body)
    else:
        odd_start = body.startswith((" ", "\t")) or chat_text.SENTENCE.match(body) is not None
    return odd_start or _has_marks(text)


def _mendable(problem: Problem, sample: Sample) -> bool:
    """Whether anything could be done about an odd text; told before it is read as Python, the slow part."""
    text = sample.text
    return (
        sample.kind is TextKind.SOLUTION
        or _has_marks(text)
        or BODY.match(text) is not None
        or _definition(problem, text) is not None
    )


def _has_marks(text: str) -> bool:
    return (
        chat_text.has_fence_mark(text)
        or chat_text.has_stop_mark(text)
        or chat_text.LATER_SENTENCE.search(text) is not None
    )


def _is_program(problem: Problem, sample: Sample, syntax: SyntaxReader) -> bool:
    whole = sample.text if sample.kind is TextKind.SOLUTION else problem.prompt + sample.text
    return syntax.defines(whole, problem.entry_point)


def _candidates(problem: Problem, text: str) -> Iterator[_Candidate]:
    """Texts that could be meant, the likeliest first."""
    changes: tuple[str, ...] = ()
    rest = chat_text.without_stop_tokens(text)
    if rest != text:
        changes = (STOP_TOKEN_REMOVED,)
    fenced = [block for block in chat_text.blocks(rest) if block.code.strip()] if _fences(rest) else []
    if fenced:
        changes = (*changes, FENCE_REMOVED)
        for code in _codes(problem, fenced):
            yield _Candidate(code, changes)
            yield from _without_sentences(problem, code, changes)
        return
    yield _Candidate(rest, changes)
    yield from _without_sentences(problem, rest, changes)


def _codes(problem: Problem, fenced: Sequence[chat_text.Block]) -> Iterator[str]:
    """What the blocks of an answer could be, the likeliest first: the block that defines the entry point."""
    yield from (block.code for block in fenced if _definition(problem, block.code))
    python = [block.code for block in fenced if block.language in chat_text.PYTHON]
    python = python or [block.code for block in fenced if not block.language]
    if len(python) > 1:
        yield "\n".join(python)  # a helper in one block, what calls it in another
    yield from python


def _without_sentences(problem: Problem, text: str, changes: tuple[str, ...]) -> Iterator[_Candidate]:
    """The text up to a sentence; and from its first line of code on, if that is the whole function."""
    changes = (*changes, SENTENCES_REMOVED)
    for before in chat_text.before_sentences(text):
        yield _Candidate(before, changes)
    code = chat_text.from_first_code(text)
    if code != text and _definition(problem, code):
        yield _Candidate(code, changes)
        for before in chat_text.before_sentences(code):
            yield _Candidate(before, changes)


def _forms(problem: Problem, sample: Sample, candidate: _Candidate) -> Iterator[Sample]:
    """The ways in which a text can be part of a program."""
    text, changes = candidate.text, candidate.changes
    whole = _definition(problem, text) is not None
    if sample.kind is TextKind.SOLUTION:
        yield replace(sample, text=text, changes=changes)
        if (flat := textwrap.dedent(text)) != text:
            yield replace(sample, text=flat, changes=(*changes, INDENTATION_MENDED))
        if not whole and BODY.match(text):
            yield from _after_prompt(problem, sample, text, changes)
        return
    yield replace(sample, text=text, changes=changes)
    if whole:
        flat = textwrap.dedent(text)
        mended = (*changes, INDENTATION_MENDED) if flat != text else changes
        yield replace(sample, text=flat, changes=mended)
        source = _preamble(problem) + flat
        yield replace(sample, text=source, kind=TextKind.SOLUTION, changes=(*mended, WHOLE_PROGRAM))
    elif BODY.match(text):
        for body in _indented(text):
            yield replace(sample, text=body, changes=(*changes, INDENTATION_MENDED))


def _after_prompt(problem: Problem, sample: Sample, text: str, changes: tuple[str, ...]) -> Iterator[Sample]:
    """A solution that turns out to be a function's body."""
    for body in (text, *_indented(text)):
        yield replace(sample, text=problem.prompt + body, changes=(*changes, PUT_AFTER_PROMPT))


def _indented(text: str) -> Iterator[str]:
    """A function's body with four spaces before its first line, or before all of them."""
    body = text.lstrip("\r\n")
    yield "    " + body.lstrip(" \t")
    yield textwrap.indent(textwrap.dedent(body), "    ")


def _preamble(problem: Problem) -> str:
    """What stands in the prompt before the entry point: imports and helpers."""
    found = _definition(problem, problem.prompt)
    return problem.prompt[: found.start()] if found else ""


def _definition(problem: Problem, text: str) -> re.Match[str] | None:
    """Where the entry point's definition begins. Its pattern is made for texts that hold the name alone."""
    if problem.entry_point not in text:
        return None
    name = re.escape(problem.entry_point)
    return re.search(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{name}\b", text, re.MULTILINE)


def _fences(text: str) -> bool:
    return chat_text.FENCE.search(text) is not None
