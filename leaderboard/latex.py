"""Tables for papers: rows with raw values as a LaTeX table with booktabs' rules.

Columns `x`, `x_low` and `x_high` become one, with ± where the interval lies evenly around the figure and
[low, high] where it does not. Figures that are shares or differences of shares by their name (pass@k, …_rate,
…_share, …_difference) are printed in per cent, as the pages do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leaderboard.formatting import figure_text
from leaderboard.visible import visible

Rows = Sequence[Mapping[str, Any]]

_MISSING = "--"
_SHARE = re.compile(r"(?:secure-)?pass@[a-z0-9]+|.*(?:^|[_ ])(?:rate|share|difference)|(?:passed_)?flagged")
_LINK = re.compile(r".*(?:^|_)(?:url|address)")
_ESCAPES = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    "−": "$-$",
    "≥": "$\\geq$",
    "≤": "$\\leq$",
    "→": "$\\to$",
    "∞": "$\\infty$",
    "\n": " ",
    "\r": " ",
    "\t": " ",
}
_IN_LINK = str.maketrans({"%": "\\%", "#": "\\#", "&": "\\&", "{": "\\%7B", "}": "\\%7D", "\\": "\\%5C"})
_TABLE = """\
% Needs \\usepackage{{booktabs}} and \\usepackage{{hyperref}}.
\\begin{{table}}
  \\centering
  \\caption{{{caption}}}
  \\label{{tab:{label}}}
  \\begin{{tabular}}{{{alignment}}}
    \\toprule
    {head} \\\\
    \\midrule
{body}
    \\bottomrule
  \\end{{tabular}}
\\end{{table}}
"""


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    share: bool  # a fraction, printed in per cent
    bounded: bool  # has its low and high beside it
    right: bool


def escaped(text: str) -> str:
    """Text that LaTeX prints as it stands; hidden characters are spelled out."""
    return "".join(_ESCAPES.get(character, character) for character in visible(text))


def link(address: str) -> str:
    """The address for hyperref's \\url, also inside of a caption."""
    return f"\\url{{{address.translate(_IN_LINK)}}}"


def table(columns: Sequence[str], rows: Rows, caption: str, label: str) -> str:
    """The rows as a floating table. `caption` is LaTeX; columns that are empty throughout are left out."""
    shown = [_column(key, rows) for key in columns if _wanted(key, columns, rows)]
    lines = [f"    {' & '.join(_cell(column, row) for column in shown)} \\\\" for row in rows]
    return _TABLE.format(
        caption=caption,
        label=label,
        alignment="".join("r" if column.right else "l" for column in shown),
        head=" & ".join(escaped(column.key) + (" (\\%)" if column.share else "") for column in shown),
        body="\n".join(lines),
    )


def _wanted(key: str, columns: Sequence[str], rows: Rows) -> bool:
    if any(key == f"{other}{end}" for other in columns for end in ("_low", "_high")):
        return False
    filled = any(row[key] not in (None, "") for row in rows)
    return not rows or (filled and not _LINK.fullmatch(key))


def _column(key: str, rows: Rows) -> _Column:
    values = [row[key] for row in rows if row[key] is not None]
    numbers = all(isinstance(value, int | float) for value in values)
    share = bool(_SHARE.fullmatch(key)) and numbers and any(isinstance(value, float) for value in values)
    bounded = all(f"{key}_low" in row and f"{key}_high" in row for row in rows) and bool(rows)
    return _Column(key, share, bounded, numbers)


def _cell(column: _Column, row: Mapping[str, Any]) -> str:
    value = row[column.key]
    if value is None or value == "":
        return _MISSING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escaped(str(value))
    low, high = (row[f"{column.key}{end}"] if column.bounded else None for end in ("_low", "_high"))
    if column.share:
        return _share(float(value), low, high)
    text = _number(value)
    return text if low is None or high is None else f"{text} [{_number(low)}, {_number(high)}]"


def _share(value: float, low: float | None, high: float | None) -> str:
    figure = figure_text(value, low, high)
    text = _number_text(f"{figure.whole}{figure.part}")
    if figure.interval.startswith("±"):
        return f"{text} $\\pm$ {figure.interval[1:]}"
    if low is None or high is None:
        return text
    return f"{text} [{_number_text(f'{low * 100:.1f}')}, {_number_text(f'{high * 100:.1f}')}]"


def _number(value: float) -> str:
    return _number_text(str(value) if isinstance(value, int) else f"{value:.4g}")


def _number_text(text: str) -> str:
    """A minus sign is one in mathematics alone; in text it is a hyphen."""
    return f"${text}$" if text.startswith("-") or "e" in text else text
