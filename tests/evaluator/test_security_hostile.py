"""Hostile sources: every one has an outcome, in little time, and what stands beside it is found."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from evaluator.security.own_engine import read_with_rules

BEHIND = "\neval(zz)\nos.system('ls ' + zz)\n"
# CPU seconds, and many times what each needs: it is the square of something that this catches.
_MOST_SECONDS = 6.0

SOURCES = {
    "brackets": "[" * 50_000,
    "closed brackets": "(" * 20_000 + ")" * 20_000,
    "signs": "x = " + "-" * 50_000 + "1",
    "calls": "x = f" + "()" * 30_000,
    "lambdas": "x = " + "lambda: " * 10_000 + "1",
    "attributes": "x = a" + ".b" * 30_000,
    "a long sum": "x = " + "+".join(["'a'"] * 20_000),
    "a long or": "x = " + " or ".join(["a"] * 4_000),
    "blocks": "".join(" " * i + "if x:\n" for i in range(95)) + " " * 96 + "pass",
    "elifs": "if x: pass\n" + "elif x: pass\n" * 1_500,
    "elifs that do not parse": "if x pass\n" + "elif x: pass\n" * 1_000,
    "nulls": "\0" * 1_000,
    "control characters": "".join(map(chr, range(1, 32))),
    "lone surrogates": "x = '\ud800'\ny = '\udfff'",
    "byte order marks": "\ufeff" * 3,
    "a huge number": "x = " + "9" * 20_000,
    "a huge power": "x = 9 ** 9 ** 9 ** 9",
    "a huge product": "x = 'a' * 10 ** 12\ny = b'a' * (1 << 60)",
    "a huge width": "x = '%1000000000d' % 5\ny = '{:1000000000}'.format(5)",
    "doubling": "x = 'a'\n" + "x = x + x\n" * 60,
    "doubling of a parameter": "def f(x):\n" + " x = x + x\n" * 200 + " os.system(x)\n",
    "a line of statements": "x = 1;" * 50_000,
    "a line of megabytes": "x = '" + "a" * 2_000_000 + "'",
    "an open text": "x = ''\n'''" + "a" * 100_000 + "'''",
    "quotes": ("'" * 99 + "\n") * 500,
    "an f-string": "x = f'" + "{a}" * 5_000 + "'",
    "calls of calls": "".join(f"def f{i}(x):\n    return f{i + 1}(x) + f{i + 1}(x)\n" for i in range(200)),
    "recursion": "def f(x):\n  return f(f(f(x)))\n" * 50,
    "continued lines": "\\\n" * 20_000,
    "patterns": "import re\nre.match('"
    + "(a+)+" * 300
    + "', x)\nre.match('"
    + "(" * 900
    + ")" * 900
    + "', x)",
    "comprehensions": "x = " + "[a for a in " * 90 + "b" + "]" * 90,
    "lines that do not parse": "def f(:\n" * 3_000,
    "brackets that stay open": "x = (\n" * 3_000,
    "a long statement": "q = 'SELECT '\n" + "q += 'a' + x\n" * 3_000 + "c.execute(q)",
    "many branches": "".join(f"if a{i}:\n x{i % 50} = y\nelse:\n x{i % 50} = z\n" for i in range(1_000)),
    "many guards": "".join(f"if a{i} not in A:\n raise B\n" for i in range(1_000)),
    "a key without end": "api_key = '" + "a-" * 50_000 + "'",
    "addresses": "x = '" + "a://" * 20_000 + ":@'",
    "carriage returns": "\r" * 20_000,
    "cases": "match x:\n" + " case 1: pass\n" * 1_000,
    "arguments": "f(" + ",".join(f"a{i}=1" for i in range(5_000)) + ")",
}


@pytest.mark.parametrize("hostile", SOURCES.values(), ids=SOURCES)
def test_what_stands_behind_it_is_found_in_time(hostile: str) -> None:
    started = time.process_time()
    (reading,) = read_with_rules([hostile + BEHIND])
    assert time.process_time() - started < _MOST_SECONDS
    assert {"PB111", "PB121"} <= {finding.rule for finding in reading.findings}
    assert reading.how in ("parsed", "line by line")


def test_what_is_too_long_says_so() -> None:
    (reading,) = read_with_rules(["eval(x)\n" + "#" * (5 << 20)])
    assert (reading.how, reading.findings) == ("not scannable", ())
    assert "longer than" in reading.why


def test_what_takes_too_many_steps_keeps_what_was_found() -> None:
    calls = "".join(f"def f{i}(x):\n    return {'+'.join([f'f{i + 1}(x)'] * 40)}\n" for i in range(40))
    (reading,) = read_with_rules([f"eval(zz)\n{calls}f0(1)\n"])
    assert [finding.rule for finding in reading.findings] == ["PB121"]
    assert "in part" in reading.why


UNPARSEABLE = {
    "cut off": 'def f(cur, n):\n    cur.execute("SELECT * FROM t WHERE n = \'" + n',
    "cut off in a text": "def f(cur, n):\n    cur.execute(\"SELECT * FROM t WHERE n = '\" + n)\n    x = 'abc",
    "missing colon": "def f(cur, n)\n    q = \"SELECT * FROM t WHERE n = '%s'\" % n\n    cur.execute(q)\n",
    "python 2": (
        "def f(cur, n):\n    print 'x'\n"
        "    cur.execute(\"SELECT * FROM t WHERE n = '%s'\" % n)\n    print n\n"
    ),
    "prose before": (
        "Here is the code:\n\ndef f(cur, n):\n    cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n"
    ),
    "fences": "```python\ndef f(cur, n):\n    cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n```\n",
    "wrong indentation": "def f(cur, n):\n    if n:\n  cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n",
    "unclosed bracket": (
        "def f(cur, n):\n    x = foo(\n    cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n"
    ),
    "newer quotes": 'def f(cur, d):\n    cur.execute(f"SELECT * FROM t WHERE n = \'{d["n"]}\'")\n',
    "a fault far below": (
        "def f(cur, n):\n    cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n\ndef g(:\n    pass\n"
    ),
    "tabs and spaces": "def f(cur, n):\n\tx = 1\n        cur.execute(f\"SELECT * FROM t WHERE n = '{n}'\")\n",
    "over two lines": (
        'def f(cur, n)\n    cur.execute("SELECT * FROM t "\n        "WHERE n = \'" + n + "\'")\n'
    ),
}
GUARDED = """
def f(cur, n)
    if n not in ALLOWED:
        raise ValueError(n)
    elif n == "x":
        return None
    try:
        m = int(n)
    except ValueError:
        return None
    cur.execute(f"SELECT {n} FROM t WHERE m = {m}")
"""


@pytest.mark.parametrize("source", UNPARSEABLE.values(), ids=UNPARSEABLE)
def test_what_does_not_parse_is_read_line_by_line(source: str) -> None:
    (reading,) = read_with_rules([source])
    assert reading.how == "line by line"
    assert 89 in {finding.cwe for finding in reading.findings}


def test_guards_hold_where_the_program_does_not_parse() -> None:
    (reading,) = read_with_rules([GUARDED])
    assert (reading.how, reading.findings) == ("line by line", ())


def test_damaged_programs_break_nothing() -> None:
    """Pieces of functions cut out, doubled and mixed, by a seed."""
    pairs = json.loads(Path(__file__).with_name("security_pairs.json").read_text())
    texts = [pair[side] for pair in pairs for side in ("insecure", "secure")]
    draw = random.Random(5)
    damaged = []
    for _ in range(400):
        text, other = draw.choice(texts), draw.choice(texts)
        cut, start = draw.randrange(len(text)), draw.randrange(len(other))
        middle = draw.choice(["", "(", "'", "\n", "**", "None", "f'{", other[start : start + 60]])
        damaged.append(text[:cut] + middle + text[cut + draw.randrange(8) :])
    assert {reading.how for reading in read_with_rules(damaged)} <= {"parsed", "line by line", "skimmed"}
