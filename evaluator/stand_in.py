"""What a test calls instead of the program: asks for outcomes, and never makes one up."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluator.remote import Remote, packed, packed_values
from evaluator.sandbox import steps
from evaluator.sandbox.values_in import Opaque, decode
from evaluator.sandbox.values_out import encode
from evaluator.shown import folded, shown, shown_call

MARSHAL_VERSION = 2  # later ones encode how often an object is referenced: equal values would differ
_LARGEST_RECORDED = 1 << 26  # bytes of what a reference solution returns

Answer = Callable[[int], Any]


class Unanswered(BaseException):
    """The test asks for the outcome of a planned call that is not there (yet). No test may catch it."""


class OffPlan(BaseException):
    """The test makes a call that was not planned; `calls` are all calls up to and with it."""

    def __init__(self, calls: Sequence[bytes]) -> None:
        super().__init__()
        self.calls = tuple(calls)


class StandIn:
    """For the entry point. `answer(i)` returns or raises what call i did."""

    def __init__(self, calls: Sequence[bytes], answer: Answer) -> None:
        self.calls = calls
        self.answer = answer
        self.made = 0
        self.last_value: Any = None
        self.interrupted: BaseException | None = None
        self.explaining = False  # the test has failed, only the text of its message is wanted

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._uninterrupted(
            lambda: self._answered(marshal.dumps((arguments, keywords), MARSHAL_VERSION))
        )

    def _uninterrupted(self, asked: Callable[[], Any]) -> Any:
        try:
            return asked()
        except Exception:
            raise
        except BaseException as interruption:
            self.interrupted = interruption  # a test with a bare `except` must not swallow it
            raise

    def _answered(self, call: bytes) -> Any:
        if self.explaining:
            return self.answer(self.calls.index(call, 0, self.made))  # ValueError: no reason for a new call
        index = self.made
        if index >= len(self.calls) or self.calls[index] != call:
            raise OffPlan([*self.calls[:index], call])
        self.made = index + 1
        self.last_value = self.answer(index)
        return self.last_value


class KeepingStandIn(StandIn):
    """For the entry point of a test that needs objects: they stay where they are, and are asked in steps.

    `answer(i)` returns (result, arguments as step i left them or None). The entry point is kept result 0,
    what step i returned is kept result i + 1.
    """

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._ask("call", 0, "", tuple(map(packed, arguments)), packed_values(keywords))

    def _ask(
        self, operation: str, target: int, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        step = marshal.dumps((operation, target, name, arguments, keywords), MARSHAL_VERSION)
        result, left = self._uninterrupted(lambda: self._answered(step))
        for given, after in zip((*arguments, *keywords.values()), left or (), strict=False):
            _change(given, after)
        if isinstance(result, Opaque):
            result = Remote(self._ask, self.made, result.name)
        self.last_value = result
        return result


class Recorder(KeepingStandIn):
    """Listens to a test that is put to the reference solution, which needs no sandbox."""

    def __init__(self, reference: Callable[..., Any]) -> None:
        self.recorded: list[bytes] = []
        super().__init__(self.recorded, self._done)
        self._results: list[Any] = [reference]

    def _answered(self, call: bytes) -> Any:
        self.recorded.append(call)
        return super()._answered(call)

    def _done(self, index: int) -> Any:
        step = marshal.loads(self.recorded[index])  # ours, and a fresh copy
        self._results.append(None)
        self._results[-1] = steps.perform(step, self._results[:-1])
        return decode(encode((self._results[-1], steps.left(step)), _LARGEST_RECORDED))


def call_text(entry_point: str, calls: Sequence[bytes], index: int) -> str:
    """Call `index` as one would type it; a step as what is done to the call that returned its object."""
    parts = marshal.loads(calls[index])  # ours: written by StandIn
    if len(parts) == 2:
        return shown_call(entry_point, *parts)
    # One after the other, each once: an object may have come about in thousands of steps, and a program
    # that returns it where a number is expected may double their number with each.
    texts = {0: entry_point}
    for number in sorted(_steps_behind(calls, index)):
        texts[number + 1] = folded(_step_text(marshal.loads(calls[number]), texts))
    return texts[index + 1]


def _steps_behind(calls: Sequence[bytes], index: int) -> set[int]:
    """Step `index`, and all whose results it is done to, directly or not."""
    found, waiting = set(), [index]
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found.add(number)
        _, target, _, arguments, keywords = marshal.loads(calls[number])
        results = [target, *map(steps.kept_index, (*arguments, *keywords.values()))]
        waiting += [result - 1 for result in results if result]  # 0 is the entry point, None no result
    return found


def _step_text(step: steps.Step, texts: Mapping[int, str]) -> str:
    """`texts`: of the kept results that it names."""
    operation, target, name, arguments, keywords = step

    def given(argument: Any) -> Any:
        number = steps.kept_index(argument)
        return argument if number is None else _Text(texts[number])

    of, values = texts[target], tuple(map(given, arguments))
    if operation == "call":
        return shown_call(of, values, {key: given(value) for key, value in keywords.items()})
    return _FORMS[operation].format(of, name, *map(shown, values))


class _Text(str):
    """Text whose repr is itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_FORMS = {
    "get": "{0}.{1}",
    "set": "{0}.{1} = {2}",
    "item": "{0}[{2}]",
    "set_item": "{0}[{2}] = {3}",
    "delete_item": "del {0}[{2}]",
    "in": "{2} in {0}",
    **{name: f"{name}({{0}})" for name in ("len", "bool", "str", "repr", "list")},
    **{
        name: f"{{0}} {sign} {{2}}"
        for name, sign in zip(
            ("eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul"),
            ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*"),
            strict=True,
        )
    },
}


def _change(given: Any, after: Any) -> None:
    """What the program did to an argument happens to the test's own, too."""
    if type(given) is not type(after) or type(given) not in (list, dict, set, bytearray):
        return
    if isinstance(given, dict | set):
        given.clear()
        given.update(after)
    else:
        given[:] = after
