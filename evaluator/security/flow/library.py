"""Functions of the standard library, and some others, with a meaning of their own for values."""

from __future__ import annotations

from collections.abc import Callable

from evaluator.security.flow import texts
from evaluator.security.flow.events import Call
from evaluator.security.flow.known import (
    SANITIZERS,
)
from evaluator.security.flow.operations import element_of, merged_mapping
from evaluator.security.flow.values import (
    EVERYWHERE,
    FIXED,
    Value,
    built,
    constant,
    derived,
    joined,
)


def is_number(value: Value) -> bool:
    """Whether it is a number that is known."""
    return isinstance(value.const, int | float)


def _path_join(call: Call) -> Value:
    return built([part for argument in call.args for part in ("/", argument)][1:], "os.path.join()")


def _new_path(call: Call) -> Value:
    made = _path_join(call)
    return made.but(qual="pathlib.Path()")


def _to_text(call: Call) -> Value:
    if not call.args:
        return constant("")
    value = call.args[0]
    return constant(str(value.const)[:1000]) if is_number(value) else value


def _same_things(call: Call) -> Value:
    return call.args[0] if call.args else Value(items=())


def _new_dict(call: Call) -> Value:
    base = call.args[0] if call.args else Value(mapping={}, qual="dict()")
    return merged_mapping(base, call.kwargs)


def _mapped(call: Call) -> Value:
    if len(call.args) < 2:
        return derived(call.args)
    function = call.args[0].qual
    if SANITIZERS.get(function) is not None:
        return derived(call.args[1:]).safe_for(*SANITIZERS[function])
    return call.args[1] if function in ("str", "repr") else derived(call.args[1:])


def _environment(call: Call) -> Value:
    default = call.argument(1, "default")
    return joined([FIXED, default]) if default is not None else FIXED


def _bytes_of(call: Call) -> Value:
    size = call.constant(0)
    if isinstance(size, int) and 0 <= size <= 4096:
        return constant(bytes(size))
    return call.args[0] if call.args else constant(b"")


def _decoded_constant(call: Call) -> Value:
    """Base64 or hexadecimal of a constant: still a constant, though which one does not matter."""
    given = call.constant(0)
    return constant(b"?" * min(len(given), 64)) if isinstance(given, str | bytes) else derived(call.args)


def _composed(call: Call) -> Value:
    """psycopg's sql.SQL: its own format and join escape what they are given."""
    return (
        derived(call.args, "sql.SQL()")
        if not call.args or not call.args[0].is_constant
        else FIXED.but(qual="sql.SQL()", safe=EVERYWHERE)
    )


def _pattern(call: Call) -> Value:
    return Value(items=tuple(call.args[:1]), qual="re.compile()")


def _template(call: Call) -> Value:
    return Value(items=tuple(call.args[:1]), qual="string.Template()")


def _picked(call: Call) -> Value:
    return element_of(call.args[0]) if call.args else FIXED


def _formatted_builtin(call: Call) -> Value:
    spec = call.constant(1)
    return texts.with_spec(call.args[0], spec if isinstance(spec, str) else "", "") if call.args else FIXED


LIBRARY: dict[str, Callable[[Call], Value]] = {
    "os.path.join": _path_join,
    "pathlib.Path": _new_path,
    "pathlib.PurePath": _new_path,
    "pathlib.PosixPath": _new_path,
    "str": _to_text,
    "list": _same_things,
    "tuple": _same_things,
    "sorted": _same_things,
    "reversed": _same_things,
    "iter": _same_things,
    "io.BytesIO": _same_things,
    "io.StringIO": _same_things,
    "typing.cast": lambda call: call.args[1] if len(call.args) > 1 else FIXED,
    "next": _picked,
    "random.choice": _picked,
    "dict": _new_dict,
    "map": _mapped,
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "bytes": _bytes_of,
    "bytearray": _bytes_of,
    "bytes.fromhex": _decoded_constant,
    "base64.b64decode": _decoded_constant,
    "binascii.unhexlify": _decoded_constant,
    "psycopg2.sql.SQL": _composed,
    "psycopg.sql.SQL": _composed,
    "sql.SQL": _composed,
    "re.compile": _pattern,
    "string.Template": _template,
    "format": _formatted_builtin,
    "set": lambda call: derived(call.args, "set()").but(items=call.args[0].items if call.args else ()),
    "frozenset": lambda call: derived(call.args, "set()").but(items=call.args[0].items if call.args else ()),
}
