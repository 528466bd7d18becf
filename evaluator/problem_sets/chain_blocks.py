"""The building blocks of the generated benchmark `chains`, and the texts that they are tried on.

A block is one small change of a string: how a docstring asks for it, and the expression that does it. Each is
defined on every text, so that blocks can follow each other in any order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

SHORT_TEXTS = ("", "Oh no!")  # beside them, sentences
_SENTENCE_WORDS = range(11, 17)


@dataclass(frozen=True)
class Block:
    """`wording` completes "First, …" or "Then …"; `code` is an expression of the variable `text`."""

    wording: str
    code: str

    @cached_property
    def apply(self) -> Callable[[str], str]:
        function: Callable[[str], str] = eval(f"lambda text: {self.code}")  # ours, from the table below
        return function


BLOCKS = (
    Block("delete every small letter e.", "text.replace('e', '')"),
    Block("put an underscore in the place of every space.", "text.replace(' ', '_')"),
    Block("turn all letters into small ones.", "text.lower()"),
    Block(
        "cut off the first two and the last two characters; nothing is left of four or fewer.", "text[2:-2]"
    ),
    Block(
        "delete all vowels: a, e, i, o and u, small and capital.",
        "''.join(letter for letter in text if letter not in 'aeiouAEIOU')",
    ),
    Block(
        "leave out every third character: the third, the sixth, and so on.",
        "''.join(letter for place, letter in enumerate(text, 1) if place % 3)",
    ),
    Block(
        "keep only the first half of the characters; the middle one of an odd number goes, too.",
        "text[:len(text) // 2]",
    ),
    Block(
        "let the two halves change places; the middle character of an odd number stays in the middle.",
        "text[(len(text) + 1) // 2:] + text[len(text) // 2:(len(text) + 1) // 2] + text[:len(text) // 2]",
    ),
    Block("write all characters in the opposite order.", "text[::-1]"),
    Block(
        "write the words, which are what white space separates, in the opposite order with single spaces.",
        "' '.join(reversed(text.split()))",
    ),
    Block(
        "add the word plum after each word; words are what white space separates, join all by single spaces.",
        "' '.join(word + ' plum' for word in text.split())",
    ),
    Block(
        "make every second character a capital: the second, the fourth, and so on.",
        "''.join(letter.upper() if place % 2 else letter for place, letter in enumerate(text))",
    ),
    Block(
        "delete all full stops, commas, question marks and exclamation marks.",
        "''.join(letter for letter in text if letter not in '.,?!')",
    ),
)

_WORDLIST = (
    "amber basket candle Denver early feather Greta hollow island jumper kettle Lena marble never Oslo "
    "pepper quiet river sunset tender under velvet winter yellow zebra apple bridge cellar door eleven "
    "forest green harbour iron joke keeper letter meadow night orange Peter queen ribbon seven there"
)
_WORDS = tuple(_WORDLIST.split())
_ENDS = ("", "", "", ",", "", "!", "", "?", "", ".")


def digest(*parts: object) -> int:
    """A number that depends on these parts alone: the same on every machine and in every Python."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8])


def sentence(*key: object) -> str:
    """A line of words, some with a punctuation mark behind them, that this key stands for."""
    count = _SENTENCE_WORDS[digest("count", *key) % len(_SENTENCE_WORDS)]
    words = [_WORDS[digest("word", place, *key) % len(_WORDS)] for place in range(count)]
    ends = [_ENDS[digest("end", place, *key) % len(_ENDS)] for place in range(count)]
    return " ".join(f"{word}{end}" for word, end in zip(words, ends, strict=True))


def changed(blocks: Sequence[Block], text: str) -> str:
    """The text after these blocks, one after the other."""
    for block in blocks:
        text = block.apply(text)
    return text
