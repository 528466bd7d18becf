"""Two programs beside each other: which lines, and which words of them, differ."""

from __future__ import annotations

import time

import pytest

from leaderboard.code_difference import DifferenceLine, code_difference


def told(lines: list[DifferenceLine]) -> list[str]:
    signs = {"same": " ", "removed": "-", "added": "+", "folded": "…"}
    return [f"{signs[line.kind]}{''.join(piece.text for piece in line.pieces)}" for line in lines]


def changed(lines: list[DifferenceLine]) -> list[str]:
    return [piece.text for line in lines for piece in line.pieces if piece.kind == "changed"]


def test_changed_lines_stand_beside_equal_ones_with_their_words_marked() -> None:
    lines = code_difference("def f(x):\n    return x - 1\n", "def f(x):\n    return x + 1\n")
    assert told(lines) == [" def f(x):", "-    return x - 1", "+    return x + 1"]
    assert changed(lines) == ["-", "+"]
    assert [(line.left, line.right) for line in lines] == [(1, 1), (2, 0), (0, 2)]


def test_lines_of_one_program_alone_are_removed_or_added() -> None:
    lines = code_difference("a\nb\nc\n", "a\nc\nd\n")
    assert told(lines) == [" a", "-b", " c", "+d"]
    assert [(line.left, line.right) for line in lines] == [(1, 1), (2, 0), (3, 2), (0, 3)]


def test_equal_lines_far_from_a_change_are_folded() -> None:
    same = "".join(f"x{number}\n" for number in range(20))
    lines = code_difference(f"{same}a\n{same}b\n{same}", f"{same}c\n{same}d\n{same}")
    assert told(lines) == [
        *["…17 equal lines", " x17", " x18", " x19", "-a", "+c", " x0", " x1", " x2"],
        *["…14 equal lines", " x17", " x18", " x19", "-b", "+d", " x0", " x1", " x2", "…17 equal lines"],
    ]
    assert (lines[-2].left, lines[-2].right) == (45, 45)


@pytest.mark.parametrize(("left", "right"), [("a\nb\n", "a\nb\n"), ("a\r\nb", "a\nb\n\n"), ("", "\n")])
def test_equal_programs_differ_in_nothing(left: str, right: str) -> None:
    assert code_difference(left, right) == []


def test_every_line_of_both_programs_is_there_unless_folded() -> None:
    left, right = "a\n\nb\nc\n", "\na\nx\n\nc\ny\n"
    lines = code_difference(left, right)
    assert [line.left for line in lines if line.left] == [1, 2, 3, 4]
    assert [line.right for line in lines if line.right] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a\n" * 40_000, "b\n" * 40_000),
        ("x = 1\ny = 2\n" * 700, "y = 2\nz = 3\n" * 700),
        ("w " * 100_000, "v " * 100_000),
    ],
)
def test_large_programs_are_compared_in_no_time_and_cut(left: str, right: str) -> None:
    start = time.process_time()
    lines = code_difference(left, right)
    assert time.process_time() - start < 3
    assert len(lines) <= 1_001


def test_hidden_characters_are_spelled_out() -> None:
    assert told(code_difference("a = '\u202e'\n", "a = ''\n"))[0] == "-a = '\\u202e'"
