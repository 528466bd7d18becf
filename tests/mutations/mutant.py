"""One damaged sample file, drawn by seed and number: always the same one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.mutations.archive_damage import ARCHIVES
from tests.mutations.bytes_damage import BYTES
from tests.mutations.json_damage import damage_json
from tests.mutations.packing import CONTAINERS, Package
from tests.mutations.seeds import seeds

_FILE_NAMES = (
    "samples.jsonl",
    "example--tiny-7b_openai_temp_0.8.jsonl",
    "x" * 400 + ".jsonl",
    "caf\u00e9 \u202e.jsonl",
    "a\tb\n.jsonl",
    ".jsonl",
    "nul\x00.zip",
)
_OPTIONS: tuple[dict[str, Any], ...] = (
    {"clean": False},
    {"start": 100},
    {"start": 10**6},
    {"tests": "plus"},
    {"tests": "base"},
    {"filter": "create_test"},
    {"filter": "nothing"},
    {"model": "tiny-1b"},
    {"model": ""},
    *({"format": name} for name in ("human-eval", "evalplus", "bigcode", "codet", "counts", "lm-eval")),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """`damages` in the order in which they were done: "json: remove" …; `options`: what its uploader says."""

    number: int
    seed_name: str
    file_name: str
    damages: tuple[str, ...]
    options: dict[str, Any]
    content: bytes


def mutant(number: int, seed: int = 0) -> Mutant:
    rng = Random(f"{seed}:{number}")
    package = rng.choice(seeds())
    damages: list[str] = []
    if rng.random() < 0.25:
        package = _moved(package, rng)
        damages.append(f"packed: {package.container}")
    if rng.random() < 0.6:
        package = _with_damaged_content(package, damages, rng)
    if damages and ":" in damages[-1] and rng.random() < 0.65:
        data = package.packed()
    else:
        data = _damaged_package(package, damages, rng)
    options = rng.choice(_OPTIONS) if rng.random() < 0.1 else {}
    file_name = rng.choice(_FILE_NAMES) if rng.random() < 0.1 else package.members[0].name
    return Mutant(number, package.members[0].name, file_name, tuple(damages), options, data)


def _moved(package: Package, rng: Random) -> Package:
    """The package in another container; one that holds a single file takes the first member."""
    container = rng.choice(CONTAINERS)
    one = container in ("plain", "gzip", "zstd")
    return replace(package, container=container, members=package.members[: 1 if one else None])


def _with_damaged_content(package: Package, damages: list[str], rng: Random) -> Package:
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        index = rng.randrange(len(package.members))
        content = package.members[index].content
        found = damage_json(content, rng) if rng.random() < 0.7 else None
        if found is None:
            damage = rng.choice(BYTES)
            found = (damage.__name__, damage(content, rng))
            damages.append(f"bytes: {found[0]}")
        else:
            damages.append(f"json: {found[0]}")
        package = package.with_content(index, found[1])
    return package


def _damaged_package(package: Package, damages: list[str], rng: Random) -> bytes:
    if package.container == "plain" and rng.random() < 0.7:
        plain = rng.choice(BYTES)
        damages.append(f"bytes: {plain.__name__}")
        return plain(package.packed(), rng)
    damage = rng.choice(ARCHIVES)
    damages.append(f"container: {damage.__name__}")
    return damage(package, rng)
