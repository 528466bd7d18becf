"""Fields of their own for the sampling form: stop sequences and temperatures as people type them."""

from __future__ import annotations

from django import forms

from leaderboard.services.sampling_order import MOST_STOPS, MOST_TEMPERATURES

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}


def escaped(text: str) -> str:
    """A stop sequence as it is typed: line breaks as \\n."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def unescaped(text: str) -> str:
    """What was typed. Raises ValueError for a backslash before anything else than n, t, r or a backslash."""
    parts, letters = [], iter(text)
    for letter in letters:
        if letter != "\\":
            parts.append(letter)
            continue
        following = next(letters, "")
        if following not in _UNESCAPED:
            raise ValueError(f"“\\{following}” is none of \\n, \\t, \\r, \\\\")
        parts.append(_UNESCAPED[following])
    return "".join(parts)


class StopsField(forms.CharField):
    """Stop sequences, one a line, line breaks within as \\n."""

    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"})

    def to_python(self, value: object) -> tuple[str, ...]:  # type: ignore[override]
        lines = [line.rstrip("\r") for line in str(value or "").split("\n")]
        try:
            found = tuple(dict.fromkeys(unescaped(line) for line in lines if line))
        except ValueError as error:
            raise forms.ValidationError(f"Stop sequences: {error}.") from error
        if len(found) > MOST_STOPS:
            raise forms.ValidationError(f"Give {MOST_STOPS} stop sequences at most.")
        return found


class TemperaturesField(forms.CharField):
    """Numbers from 0 to 2, apart by commas or spaces; each once, rising."""

    def to_python(self, value: object) -> tuple[float, ...]:  # type: ignore[override]
        words = str(value or "").replace(",", " ").replace(";", " ").split()
        try:
            found = sorted({float(word) for word in words})
        except ValueError as error:
            raise forms.ValidationError("Give numbers with commas between, such as 0.2, 0.8.") from error
        if not all(0 <= number <= 2 for number in found):
            raise forms.ValidationError("A temperature is from 0 to 2.")
        if not 1 <= len(found) <= MOST_TEMPERATURES:
            raise forms.ValidationError(f"Give 1 to {MOST_TEMPERATURES} temperatures.")
        return tuple(found)
