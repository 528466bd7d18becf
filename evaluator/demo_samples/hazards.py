"""Insecure idioms that still work, and the few programs that strain a limit."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.demo_samples.reference import Edit, Reference

# Put in front of the body. Each costs its limit once, and some verdict would otherwise never be seen.
LOOP = "    index = 0\n    while True:\n        index = (index + 1) % 1000\n"
STRAINS: dict[str, str] = {
    "endless loop": LOOP,
    "allocation": "    table = [0] * 10 ** 10\n",
    "flood": "    return '#' * 10 ** 7\n",
    "exit": "    import os\n    os._exit(1)\n",
    "process": "    import subprocess\n    subprocess.run('clear', shell=True)\n",
}

# The same for idioms that change nothing and that a security scanner has something to say about. Arguments
# are numbers, texts, lists and the like: what repr shows of them is what eval reads.
_IDIOMS: dict[str, str] = {
    "weak hash": "    import hashlib\n    cache_key = hashlib.md5(repr({name}).encode()).hexdigest()\n",
    "evaluated copy": "    {name} = eval(repr({name}))\n",
    "unpickled": (
        "    import base64\n    import pickle\n    stored = base64.b64encode(pickle.dumps({name}))\n"
        "    {name} = pickle.loads(base64.b64decode(stored))\n"
    ),
    "temporary name": "    import tempfile\n    scratch = tempfile.mktemp()\n",
    "password": "    password = 'hunter2-hunter2'\n",
}


def strained(body: str, kind: str) -> str:
    """The body behind one of STRAINS."""
    return STRAINS[kind] + body


def insecure(reference: Reference) -> Iterator[tuple[Edit, ...]]:
    """Edits after which the program works as before and a security scanner has something to say."""
    first, _ = reference.whole_lines(reference.statements[0])
    for name in reference.arguments[:1]:
        for kind, text in _IDIOMS.items():
            yield (Edit(kind, first, first, text.format(name=name)),)
