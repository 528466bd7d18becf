"""What chat models put around code: Markdown fences, sentences, the tokens that end a turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

# Tokens of the usual tokenizers that a server should have taken away.
STOP_TOKEN = re.compile(
    r"<\|(?:endoftext|im_end|im_start|eot_id|end_of_text|end_of_turn|end|EOT|endofblock|assistant|user|system"
    r"|begin_of_text|start_header_id|end_header_id|fim_\w{1,12}|file_sep)\|>"
    r"|</?s>|<eos>|<bos>|<pad>|<(?:start|end)_of_turn>|\[/?INST\]|<\uff5cend\u2581of\u2581sentence\uff5c>"
)
# Possessive: blanks that could be taken twice would make a line of n of them cost n² steps.
FENCE = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w+#.-]{0,20}+)[^`\n]*+$", re.MULTILINE)
PYTHON = frozenset(("python", "py", "python3", "py3", "python2", "pycon"))
# A line at the margin that begins like a sentence, a heading or an item of a list, and not like code.
_BEGINNING = r"(?:[A-Z][A-Za-z'’]*(?:[ ,:!]|\.\s)|\d+[.)] |[-*•] |#{2,6} |\*\*|>>> )(?![=(\[.+*/%&|<>-])"
SENTENCE = re.compile(rf"^{_BEGINNING}", re.MULTILINE)
# Found faster: what it begins with is fixed, and most lines are told by their first character.
LATER_SENTENCE = re.compile(rf"\n(?=[A-Z\d\-*•#>]){_BEGINNING}")
CODE = re.compile(r"^(?:from|import|def|class|async def|@)\b|^@\w", re.MULTILINE)
MAX_SENTENCES = 8
MAX_BLOCKS = 50


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of code that a fence encloses. `language` is in lower case, "" where the fence names none."""

    code: str
    language: str


def has_stop_mark(text: str) -> bool:
    """Whether a text may hold such a token; quick, because every sample is asked.

    A single character is found several times as fast as two, and most texts lack it.
    """
    return (
        ("|" in text and "<|" in text)
        or ("]" in text and "INST]" in text)
        or (">" in text and ("s>" in text or "<pad>" in text or "_of_turn>" in text or "\uff5c>" in text))
    )


def has_fence_mark(text: str) -> bool:
    """Whether a text may hold a Markdown fence; as quick."""
    return ("`" in text and "```" in text) or ("~" in text and "~~~" in text)


def without_stop_tokens(text: str) -> str:
    """The text up to the first token that ends a turn; those at its very beginning are passed over."""
    start = 0
    while (found := STOP_TOKEN.search(text, start)) is not None:
        if text[start : found.start()].strip():
            return text[start : found.start()]
        start = found.end()
    return text[start:]


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a text in order.

    An answer that goes on from inside of a fence begins with code: what stands before the first fence is a
    block, too, unless it begins like a sentence. A block that is never closed goes to the end.
    """
    found: list[Block] = []
    fences = list(islice(FENCE.finditer(text), 2 * MAX_BLOCKS))
    if fences and _is_code(text[: fences[0].start()]):
        found.append(Block(text[: fences[0].start()], ""))
        fences = fences[1:] if not fences[0][2] else fences
    while fences:
        opening, *rest = fences
        closing = next((f for f in rest if _closes(f, opening)), None)
        inside = text[opening.end() : closing.start() if closing else len(text)]
        found.append(Block(inside.removeprefix("\n"), opening[2].lower()))
        fences = rest[rest.index(closing) + 1 :] if closing else []
    return found


def _closes(fence: re.Match[str], opening: re.Match[str]) -> bool:
    return not fence[2] and fence[1][0] == opening[1][0] and len(fence[1]) >= len(opening[1])


def _is_code(text: str) -> bool:
    return bool(text.strip()) and not SENTENCE.match(text.lstrip("\n"))


def from_first_code(text: str) -> str:
    """The text from its first line on that is an import, a definition or a decorator at the margin."""
    found = CODE.search(text)
    return text[found.start() :] if found else text


def before_sentences(text: str) -> Iterator[str]:
    """The text up to each of its first sentences at the margin, shortest first."""
    for count, found in enumerate(SENTENCE.finditer(text)):
        if count >= MAX_SENTENCES:
            return
        if text[: found.start()].strip():
            yield text[: found.start()]
