"""The time limit that people choose for a run, and how pages name it.

Two policies only, because runs compare under equal limits: the same seconds for every problem, or `auto`.
"""

from __future__ import annotations

from evaluator.records import Limits

DEFAULT_LIMITS = Limits()
AUTO = "auto"
# An account may make workers run programs for as long as this, times the wall factor where they sleep.
LEAST_SECONDS, MOST_SECONDS = 0.1, 30.0


def limits_from(text: str) -> Limits:
    """The limits for "auto", or for a number of CPU seconds. Raises ValueError, its message for people."""
    if text == AUTO:
        return Limits.auto()
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"“{text}” is neither a number of seconds nor auto") from None
    return fixed(seconds)


def fixed(seconds: float) -> Limits:
    """The limits with the same CPU seconds for every problem. Raises ValueError outside of the bounds."""
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:  # so written, it refuses nan as well
        raise ValueError(f"the limit must be between {LEAST_SECONDS:g} and {MOST_SECONDS:g} seconds")
    return Limits(cpu_seconds=seconds)


def limit_words(limits: Limits) -> str:
    """ "3 s of CPU time", or what follows the reference solution."""
    if limits.auto_factor is None:
        return f"{limits.cpu_seconds:g} s of CPU time"
    return (
        f"{limits.auto_factor:g} times the reference solution's time, "
        f"at least {limits.auto_floor:g} s, at most {limits.cpu_seconds:g} s"
    )


def limit_tag(limits: Limits) -> tuple[str, str] | None:
    """A short mark and its meaning for a run under other limits than the default; None under these."""
    if limits == DEFAULT_LIMITS:
        return None
    word = f"limit {limits.cpu_seconds:g} s" if limits.auto_factor is None else "limit auto"
    usual = limit_words(DEFAULT_LIMITS)
    if limit_words(limits) == usual:
        return "other limits", "Scored under other limits of memory or output: compare with care"
    return word, f"Time limit: {limit_words(limits)}. The usual one is {usual}: compare with care"
