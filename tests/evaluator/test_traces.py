"""What the interpreter's libraries keep of one program changes nothing for the next one in its process."""

from __future__ import annotations

import pytest

from evaluator.evaluate import Evaluator
from tests.evaluator.test_host import LISTS, program, told

pytestmark = pytest.mark.sandbox

# (before, then): what comes then is judged as alone, though libraries keep what they made for either.
PAIRS = {
    "typing": ("typing.List[1]", "str(typing.List[True])"),
    "unions": ("typing.List[typing.Union[str, int]]", "str(typing.List[typing.Union[int, str]])"),
    "patterns": ("re.compile('a', 2)", "re.compile('a', 2.0)"),
    "secrets": ("re.findall('SECRET', '')", "'SECRET' in '{0.__globals__[_cache]}'.format(re.findall)"),
    "depth": ("1", "deep(0)"),
    "an iterator that ends": ("1", "steps()"),
    "room": ("[bytes(1000) for i in range(3 * 10 ** 4)]", "len([0] * (118 << 20))"),
}
HELPERS = (
    "import re, typing\n"
    "def deep(i):\n    try: return deep(i + 1)\n    except RecursionError: return i\n"
    "def down(i): return 0 if i == 0 else down(i - 1)\n"
    "def steps():\n    for i in range(900, 1000):\n        down(i)\n        yield i\n"
)


@pytest.mark.parametrize(("before", "then"), PAIRS.values(), ids=PAIRS)
def test_no_librarys_table_tells_a_program_of_another(
    sharing: Evaluator, apart: Evaluator, before: str, then: str
) -> None:
    helpers = HELPERS if then in ("deep(0)", "steps()") else "import re, typing\n"
    first = program(f"import re, typing\n{before}\ndef solve(x): return x\n", LISTS)
    second = program(f"{helpers}def solve(x): return {then}\n", LISTS)
    together = list(sharing.judge(LISTS, [first, second, first, second]))
    assert [told(one) for one in together] == [told(one) for one in apart.judge(LISTS, [first, second] * 2)]
