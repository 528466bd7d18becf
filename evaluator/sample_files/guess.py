"""What a sample file's name tells of the run, e.g. `codegen-16b-mono_T0.8_n100.jsonl.gz`."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_NAME_CHARACTERS = 255
EXTENSIONS = re.compile(r"(\.(gz|jsonl|json|ndjson|txt))+$", re.IGNORECASE)

# A setting starts the name or follows a separator, and ends at one. A bare letter needs a decimal point or
# underscores on both sides: "flan-t5" and "bigscience--T0_3B" are models.
_NUMBER = r"(\d{1,3}(?:\.\d{1,6})?)"
_DECIMAL = r"(\d\.\d{1,6})"
_START, _END = r"(?:^|(?<=[_\-. ]))", r"(?=$|[_\- ]|\.(?!\d))"
TEMPERATURE = re.compile(
    rf"{_START}temp(?:erature)?[_=-]?{_NUMBER}{_END}|{_START}t[=]?{_DECIMAL}{_END}|(?<=_)t[=]?(\d){_END}",
    re.IGNORECASE,
)
TOP_P = re.compile(
    rf"{_START}top[_-]?p[_=-]?{_NUMBER}{_END}|{_START}p[=]?{_DECIMAL}{_END}",
    re.IGNORECASE,
)
N = re.compile(
    rf"{_START}n[_-]?samples?[_=-]?(\d{{1,6}}){_END}|(?<=_)n[_=-]?(\d{{1,6}}){_END}",
    re.IGNORECASE,
)
PARAMETERS = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])", re.IGNORECASE)
PARAMETER_UNITS = {"b": 1_000_000_000, "m": 1_000_000}

BACKEND = re.compile(r"_(vllm|hf|openai|mistral|anthropic|google|bedrock|gptqmodel|ollama)$", re.IGNORECASE)
GENERIC_WORD = re.compile(
    r"(sample|completion|generation|solution|result|output|prediction|test)s?|human|humaneval|eval|evaluation|"
    r"evalplus|mbpp|data|file|upload|raw|final|sanitized|calibrated|copy|new|temp|tmp"
)


@dataclass(frozen=True, slots=True)
class FileNameGuess:
    """What the name really tells; None for the rest."""

    model: str | None = None
    organisation: str | None = None
    parameters: int | None = None  # number of weights, 16b → 16_000_000_000
    temperature: float | None = None  # 0 … 2
    top_p: float | None = None  # 0 < top_p ≤ 1
    n: int | None = None  # samples per problem, ≥ 1


def guess_from_name(file_name: str) -> FileNameGuess:
    """What a file name tells, given by hand or by EvalPlus (`org--model_backend_temp_0.0`). Never raises."""
    stem = EXTENSIONS.sub("", re.split(r"[/\\]", file_name)[-1][:MAX_NAME_CHARACTERS])
    temperature, top_p, n = TEMPERATURE.search(stem), TOP_P.search(stem), N.search(stem)
    settings = [match for match in (temperature, top_p, n) if match]
    name = stem[: min((match.start() for match in settings), default=len(stem))]
    organisation, model = _model(name)
    return FileNameGuess(
        model=model,
        organisation=organisation,
        parameters=_parameters(model),
        temperature=_within(temperature, 0, 2),
        top_p=_within(top_p, 1e-6, 1),
        n=int(value) if (value := _within(n, 1, 1_000_000)) else None,
    )


def _within(match: re.Match[str] | None, low: float, high: float) -> float | None:
    if match is None:
        return None
    value = float(next(group for group in match.groups() if group is not None))
    return value if low <= value <= high else None


def _model(name: str) -> tuple[str | None, str | None]:
    """`(organisation, model)` of the part of the name before its settings."""
    words = BACKEND.sub("", name.strip("_-. ")).split("_")
    while words and _is_generic(words[0]):
        words.pop(0)
    while words and _is_generic(words[-1]):
        words.pop()
    organisation, separator, model = "_".join(words).partition("--")
    if not separator:
        organisation, model = "", organisation
    return _text(organisation), _text(model)


def _is_generic(word: str) -> bool:
    """Whether a word tells of no model: "samples-2" and the empty word do not, "4" may."""
    parts = [part for part in re.split(r"[-. ()]+", word.lower()) if part]
    numbers = [part for part in parts if part.isdigit()]
    generic = [part for part in parts if GENERIC_WORD.fullmatch(part)]
    return not parts or (bool(generic) and len(generic) + len(numbers) == len(parts))


def _text(text: str) -> str | None:
    """The text if it can be a name: printable, with a letter in it."""
    text = text.strip("_-. ")
    return text if text.isprintable() and any(c.isalpha() for c in text) else None


def _parameters(model: str | None) -> int | None:
    found = PARAMETERS.findall(model or "")
    if len(found) != 1:
        return None  # none, or the name speaks of several models
    number, unit = found[0]
    return round(float(number) * PARAMETER_UNITS[unit.lower()])
