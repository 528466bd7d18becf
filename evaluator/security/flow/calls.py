"""What a call of somebody else's function answers, as far as that matters here."""

from __future__ import annotations

from evaluator.security.flow import texts
from evaluator.security.flow.events import Call
from evaluator.security.flow.folding import folded_method
from evaluator.security.flow.known import (
    HOLDER_METHODS,
    NORMALISERS,
    PASSES_ON,
    SAFE_METHODS,
    SANITIZER_NAME,
    SANITIZERS,
    TEXT_METHODS,
    is_source,
    is_source_call,
)
from evaluator.security.flow.library import LIBRARY, is_number
from evaluator.security.flow.operations import element_of
from evaluator.security.flow.values import (
    ANY,
    EVERYWHERE,
    FIXED,
    NOTHING,
    Level,
    Root,
    Value,
    built,
    constant,
    derived,
    joined,
    rooted,
)


def answer_of(call: Call) -> Value:
    """The value that the call gives."""
    result = _answer(call)
    return result if result.qual else result.but(qual=f"{call.qual}()")


def _answer(call: Call) -> Value:
    values = [*call.args, *call.kwargs.values()]
    qual = f"{call.qual}()"
    if is_source_call(call.qual, call.name) or is_source(call.qual, call.function.name):
        return rooted(qual + _first_constant(call), Level.SOURCE, qual)
    tags = SANITIZERS.get(call.qual) or SANITIZERS.get(".".join(call.qual.split(".")[-2:]))
    if tags is not None:
        return _sanitized(call, tags)
    special = LIBRARY.get(call.qual)
    if special is not None:
        return special(call)
    if PASSES_ON.match(call.qual):
        if call.name in NORMALISERS:
            return _normal(values, qual)
        return derived(values, qual)
    if call.receiver is not None:
        found = _method(call, call.receiver)
        if found is not None:
            return found
    if SANITIZER_NAME.search(call.name) and call.name not in ("safe_load", "safe_load_all"):
        return derived(values, qual).safe_for(ANY)
    return _unknown(call, values)


def _normal(values: list[Value], qual: str) -> Value:
    """A path without its "..": it still tells what it was put together from."""
    if len(values) == 1 and values[0].parts is not None:
        return values[0].but(qual=qual, safe=values[0].safe | {"normal"})
    return derived(values, qual).safe_for("normal")


def _unknown(call: Call, values: list[Value]) -> Value:
    """Of a function that isn't known: a new value, which nobody checked."""
    qual = f"{call.qual}()"
    if call.receiver is not None and not call.receiver.all_roots() and not any(v.all_roots() for v in values):
        return Value(qual=qual)
    if call.receiver is not None and call.receiver.level(ANY, frozenset()) is Level.SOURCE:
        return _from_source(call, call.receiver)
    return rooted(f"{qual}{_first_constant(call)}", Level.UNKNOWN, qual)


def _first_constant(call: Call) -> str:
    known = call.args[0].const if call.args else NOTHING
    return "" if known is NOTHING else f"[{known!r}]"[:80]


def _sanitized(call: Call, tags: tuple[str, ...]) -> Value:
    if call.name in ("int", "float", "round", "abs") and call.args and is_number(call.args[0]):
        return call.args[0]
    if call.qual == "django.utils.html.format_html":
        return (
            Value(qual=f"{call.qual}()", safe=EVERYWHERE)
            if call.args and call.args[0].is_constant
            else derived(call.args)
        )
    return derived([*call.args, *call.kwargs.values()], f"{call.qual}()").safe_for(*tags)


def _method(call: Call, receiver: Value) -> Value | None:
    """Methods of texts, containers and files, whatever object they are called on."""
    name = call.name
    if receiver.qual == "markupsafe.Markup()" and name in ("format", "join"):
        return derived([receiver, *call.args, *call.kwargs.values()]).safe_for("html")
    if receiver.qual == "sql.SQL()" and name in ("format", "join"):
        return receiver
    if name == "format":
        return texts.formatted(receiver, call.args, call.kwargs)
    if name == "format_map" and call.args:
        return texts.formatted(receiver, (), call.args[0].mapping or {"": call.args[0]})
    if name in ("substitute", "safe_substitute") and receiver.qual == "string.Template()" and receiver.items:
        return texts.substituted(receiver.items[0], call.args, call.kwargs)
    if name in ("match", "fullmatch", "search") and call.args:
        return derived(call.args, f"{call.qual}()")
    if name == "join" and len(call.args) == 1 and call.qual != "os.path.join":
        return texts.join(receiver, call.args[0])
    if receiver.options and name in (TEXT_METHODS | HOLDER_METHODS):
        answers = [_method(_on(call, choice), choice) for choice in receiver.options]
        return joined([answer for answer in answers if answer is not None])
    folded = folded_method(receiver, name, call.args)
    if folded is not NOTHING:
        return constant(folded)
    if name == "replace" and len(call.args) == 2:
        return _replaced(call, receiver)
    if name in SAFE_METHODS:
        return Value(receiver.all_roots(), qual=f"{call.qual}()", safe=EVERYWHERE)
    if name == "get" and receiver.mapping is not None:
        return _looked_up(call, receiver)
    if name in ("items", "keys") and receiver.mapping is not None and not receiver.all_roots():
        return FIXED
    if name in ("pop", "popitem") and receiver.items is not None:
        return element_of(receiver)
    if name in TEXT_METHODS or name in HOLDER_METHODS or name in NORMALISERS:
        return _handed_out(call, receiver)
    return None


def _on(call: Call, receiver: Value) -> Call:
    return Call(
        call.node,
        call.function,
        call.guards,
        call.name,
        call.qual,
        receiver,
        call.args,
        call.kwargs,
        call.target,
    )


def _handed_out(call: Call, receiver: Value) -> Value:
    qual = f"{call.qual}()"
    if receiver.parts is not None and call.name in ("strip", "rstrip", "lstrip", "encode", "decode", "lower"):
        return receiver
    if receiver.level(ANY, frozenset()) is Level.SOURCE:
        return _from_source(call, receiver)
    if call.name in NORMALISERS:
        return _normal([receiver], qual)
    if receiver.is_constant and not call.args:
        return FIXED
    made = derived([receiver], qual)
    if call.name in ("joinpath", "with_name"):
        return built(
            (receiver, *(part for argument in call.args for part in ("/", argument))), "pathlib.Path()"
        )
    return made


def _from_source(call: Call, receiver: Value) -> Value:
    """A method of a stranger's data: each field by its own name, so that a guard speaks of that one."""
    qual = f"{call.qual}()"
    key = call.args[0].const if call.args else NOTHING
    if call.name in TEXT_METHODS or key is NOTHING or not receiver.roots:
        return Value(receiver.all_roots(), qual=qual, safe=_kept_safe(call, receiver))
    roots = frozenset(Root(f"{root.key}.{key}"[:200], root.level) for root in receiver.roots)
    kind = call.kwargs.get("type")
    if kind is not None and kind.qual in ("int", "float", "bool"):
        return Value(roots, qual=qual, safe=EVERYWHERE)
    return Value(roots, qual=qual, safe=receiver.safe)


def _kept_safe(call: Call, receiver: Value) -> frozenset[str]:
    return receiver.safe | {"normal"} if call.name in NORMALISERS else receiver.safe


_DROPPED = {
    "\n": ("log", "header"),
    "\r": ("log", "header"),
    "..": ("path",),
    "/": ("path",),
    "<": ("html",),
    "'": ("xpath", "sql_quoted"),
    "(": ("ldap",),
    "\\": ("redirect",),
}


def _replaced(call: Call, receiver: Value) -> Value:
    old, new = call.args[0].const, call.args[1].const
    tags = _DROPPED.get(old, ()) if isinstance(old, str) and isinstance(new, str) and old not in new else ()
    return derived([receiver], f"{call.qual}()").safe_for(*tags)


def _looked_up(call: Call, receiver: Value) -> Value:
    """`table.get(key, default)` of a table that the program wrote."""
    mapping = receiver.mapping or {}
    key = call.args[0].const if call.args else NOTHING
    default = call.argument(1, "default")
    fallback = [] if default is None else [default]
    if isinstance(key, str):
        if key in mapping:
            return mapping[key]
        return joined(fallback) if fallback else FIXED
    found = [value.safe_for(ANY) if not value.is_constant else value for value in mapping.values()]
    return joined([*found, *fallback]) if found or fallback else FIXED
