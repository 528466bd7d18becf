"""Rules about data that builds objects when it is read."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import Level, Value
from evaluator.security.rule import Only, Rule, calls

_SAFE_LOADERS = ("SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader")
_PICKLES = (
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler().load",
    "pandas.read_pickle",
    "shelve.open",
    "jsonpickle.decode",
    "jsonpickle.loads",
    "jsonpickle.unpickler.decode",
    "joblib.load",
    "django.core.signing.loads",
)
_OWN = ("pickle.dumps()", "marshal.dumps()", "jsonpickle.encode()")


def _is_own(value: Value | None) -> bool:
    """What this program has just written itself."""
    return value is not None and (value.qual in _OWN or isinstance(value.const, bytes | str))


def _pickled(call: Call) -> str | None:
    if call.qual not in _PICKLES or call.name in ("read_pickle", "open"):
        if call.qual == "pandas.read_pickle" and call.level(call.argument(0), "pickle") >= Level.UNKNOWN:
            return "read_pickle() runs what the file tells it to."
        if call.qual == "shelve.open" and call.level(call.argument(0), "pickle") >= Level.PARAMETER:
            return "A shelf is made of pickles, which run what they tell."
        return None
    data = call.argument(0, "data", "file", "string", "filename")
    if data is None:
        data = call.receiver
    if _is_own(data) and call.name != "load":
        return None
    if data is not None and call.name != "load" and not _is_open(call, data):
        return None
    return f"{call.name}() runs what the data tells it to."


def _is_open(call: Call, data: Value) -> bool:
    """Whether anybody could have put something else there: it is neither signed nor checked."""
    was_read = "open()" in data.qual or "read" in data.qual
    return call.level(data, "pickle") >= Level.UNKNOWN or was_read


def _marshalled(call: Call) -> str | None:
    return None if _is_own(call.argument(0)) else f"marshal.{call.name}() trusts its data."


def _yaml(call: Call) -> str | None:
    if not call.is_a(
        "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.full_load"
    ):
        if call.is_a("yaml.full_load_all"):
            return "full_load_all() creates Python objects."
        return _ruamel(call)
    if call.name in ("unsafe_load", "unsafe_load_all"):
        return f"{call.name}() creates and calls whatever the document names."
    if isinstance(call.constant(0, "stream"), str | bytes):
        return None
    if call.name == "full_load":
        return "full_load() creates Python objects."
    loader = call.argument(1, "Loader")
    if loader is None:
        return "yaml.load() without a loader creates Python objects."
    names = [choice.qual.rpartition(".")[2] for choice in loader.choices()]
    if all(name in _SAFE_LOADERS for name in names) or (
        loader.roots and not any("Loader" in n for n in names)
    ):
        return None
    unsafe = any(name in ("Loader", "UnsafeLoader", "FullLoader", "CLoader", "CFullLoader") for name in names)
    return "This loader creates Python objects." if unsafe else None


def _ruamel(call: Call) -> str | None:
    if call.name == "YAML" and call.constant(0, "typ") in ("unsafe", "base_unsafe"):
        return "typ='unsafe' creates and calls whatever the document names."
    return None


def _model(call: Call) -> str | None:
    if call.is_a("torch.load"):
        only = call.kwargs.get("weights_only")
        if only is None or only.const is False:
            return "torch.load() unpickles the file, and so runs what it tells."
    if call.is_a("numpy.load") and call.kwargs.get("allow_pickle", Value()).const is True:
        return "numpy.load() with allow_pickle unpickles the file."
    if call.name == "load_model" and call.kwargs.get("safe_mode", Value()).const is False:
        return "load_model() without its safe mode runs code in the file."
    if call.is_a("torch.hub.load") and call.kwargs.get("trust_repo", Value()).const is True:
        return "The repository's code is run."
    if call.name == "from_pretrained" and call.kwargs.get("trust_remote_code", Value()).const is True:
        return "The repository's code is run."
    return None


_WHY = "Loading creates objects and calls functions that the data names, so data from outside runs code."
_UNSAFE = "import pickle\n\ndef load(data):\n    return pickle.loads(data)\n"

DESERIALISATION_RULES = (
    Rule(
        id="PB131",
        title="Pickle and its relatives",
        cwe=502,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why=_WHY,
        fix="Use JSON, or check a signature of the data before loading it.",
        insecure=_UNSAFE,
        secure="import json\n\ndef load(data):\n    return json.loads(data)\n",
        watches=(
            calls(
                "load loads read_pickle open decode",
                _pickled,
                Only(hints="pickle dill shelve joblib signing"),
            ),
        ),
    ),
    Rule(
        id="PB132",
        title="YAML that builds objects",
        cwe=502,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="A YAML document can name Python objects that loading it creates and calls.",
        fix="Use yaml.safe_load.",
        insecure="import yaml\n\ndef load(text):\n    return yaml.load(text, Loader=yaml.Loader)\n",
        secure="import yaml\n\ndef load(text):\n    return yaml.load(text, Loader=yaml.SafeLoader)\n",
        watches=(
            calls(
                "load load_all unsafe_load unsafe_load_all full_load full_load_all YAML",
                _yaml,
                Only(hints="yaml"),
            ),
        ),
    ),
    Rule(
        id="PB133",
        title="marshal",
        cwe=502,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="marshal is not made for data from outside: crafted bytes crash it, and loaded code may be run.",
        fix="Use JSON.",
        insecure="import marshal\n\ndef load(data):\n    return marshal.loads(data)\n",
        secure="import json\n\ndef load(data):\n    return json.loads(data)\n",
        watches=(
            calls(
                "load loads",
                lambda call: _marshalled(call) if call.qual.startswith("marshal.") else None,
                Only(needs="marshal"),
            ),
        ),
    ),
    Rule(
        id="PB134",
        title="Model file that runs code",
        cwe=502,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="Many forms of model files are pickles or bring code, which loading them runs.",
        fix="Use weights_only=True, safetensors, or formats without code.",
        insecure="import torch\n\ndef load(path):\n    return torch.load(path)\n",
        secure="import torch\n\ndef load(path):\n    return torch.load(path, weights_only=True)\n",
        watches=(
            calls(
                "load load_model from_pretrained",
                _model,
                Only(needs="torch numpy np load_model from_pretrained keras"),
            ),
        ),
    ),
)
