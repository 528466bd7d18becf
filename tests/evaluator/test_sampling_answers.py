"""A server's answer is read field by field: every refusal names the field, and nothing else comes out."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import InputError
from evaluator.sample_files.strict_json import FieldError
from evaluator.sampling.answers import completions_of
from evaluator.sampling.records import PAPER_STOPS, Kind
from evaluator.sampling.stops import cut, sendable
from evaluator.sampling.templates import TEMPLATES, PromptTemplate, default_template, template_of

SCORES = {"tokens": ["    return", " 1", "\n"], "token_logprobs": [-0.5, -1.0, -0.25]}
SOUND: dict[str, Any] = {
    "choices": [{"text": "    return 1\n", "finish_reason": "stop", "logprobs": SCORES}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 3},
}


def read(answer: object, stops: tuple[str, ...] = PAPER_STOPS) -> list[Any]:
    return completions_of(json.dumps(answer).encode(), stops)


def changed(**fields: object) -> dict[str, Any]:
    """SOUND with other fields in its choice."""
    answer = copy.deepcopy(SOUND)
    answer["choices"][0] |= fields
    return answer


def scored(tokens: object, values: object) -> dict[str, Any]:
    return changed(logprobs={"tokens": tokens, "token_logprobs": values})


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ([], "object"),
        ({}, "choices"),
        ({"choices": []}, "choices"),
        ({"choices": {"0": {}}}, "choices"),
        ({"choices": ["x"]}, "choices[0]"),
        ({"choices": [SOUND["choices"][0], {}]}, "choices[1].text"),
        (changed(text=None), "choices[0].text"),
        (changed(text=["x"]), "choices[0].text"),
        (changed(text="x" * 1_000_001), "choices[0].text"),
        (changed(message="x"), "choices[0].message"),
        (changed(message={"content": 3}), "choices[0].message.content"),
        (changed(logprobs=[]), "choices[0].logprobs"),
        (changed(logprobs={"content": ["x"]}), "choices[0].logprobs.content"),
        (changed(logprobs={"content": [{"token": 1, "logprob": -1}]}), "choices[0].logprobs"),
        (scored(["a"], [-1, -2]), "choices[0].logprobs"),
        (scored("ab", [-1, -2]), "choices[0].logprobs"),
        (scored(["a"], ["-1"]), "choices[0].logprobs"),
        (scored(["a"], [True]), "choices[0].logprobs"),
        (scored(["a"], [0.5]), "choices[0].logprobs"),
        (scored(["a"], [-1e300]), "choices[0].logprobs"),
        ({**SOUND, "usage": 3}, "usage"),
        ({**SOUND, "usage": {"prompt_tokens": -1}}, "usage.prompt_tokens"),
        ({**SOUND, "usage": {"completion_tokens": 1.5}}, "usage.completion_tokens"),
        ({**SOUND, "usage": {"completion_tokens": True}}, "usage.completion_tokens"),
        ({**SOUND, "usage": {"completion_tokens": 10**12}}, "usage.completion_tokens"),
    ],
)
def test_a_field_that_can_not_be_used_is_named(answer: object, named: str) -> None:
    with pytest.raises(FieldError) as refused:
        read(answer)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b'{"choices": [{"text": "a"}], "choices": []}',
        b'{"choices": [{"text": "a", "logprobs": {"token_logprobs": [NaN]}}]}',
        b'{"choices": [{"text": "a", "logprobs": {"token_logprobs": [-Infinity]}}]}',
        b'{"choices": ' + b"[" * 100_000,
        b'{"usage": {"prompt_tokens": ' + b"9" * 5000 + b"}}",
    ],
)
def test_bytes_that_are_no_strict_json_are_refused(body: bytes) -> None:
    with pytest.raises(FieldError):
        completions_of(body, ())


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_PLACES = [
    ("choices",),
    ("choices", 0),
    ("choices", 0, "text"),
    ("choices", 0, "message"),
    ("choices", 0, "finish_reason"),
    ("choices", 0, "logprobs"),
    ("choices", 0, "logprobs", "content"),
    ("choices", 0, "logprobs", "tokens"),
    ("choices", 0, "logprobs", "token_logprobs"),
    ("choices", 0, "logprobs", "token_logprobs", 1),
    ("usage",),
    ("usage", "prompt_tokens"),
]


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(_PLACES), value=_ANY)
def test_whatever_stands_in_a_field_nothing_but_a_refusal_or_sound_records_come_out(
    place: tuple[Any, ...], value: object
) -> None:
    answer: Any = copy.deepcopy(SOUND)
    inner = answer
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    try:
        found = read(answer)
    except FieldError:
        return
    for one in found:
        one.text.encode()
        assert one.sum_logprob is None or (math.isfinite(one.sum_logprob) and one.sum_logprob <= 0)
        assert one.prompt_tokens is None or one.prompt_tokens >= 0
        assert len(one.finish_reason) <= 40


def test_scores_count_the_tokens_that_begin_inside_of_the_kept_text() -> None:
    assert read(SOUND)[0].sum_logprob == -1.75
    (cut_short,) = read(SOUND, stops=(" 1",))
    assert (cut_short.text, cut_short.sum_logprob, cut_short.mean_logprob) == ("    return", -0.5, -0.5)
    (inside_a_token,) = read(SOUND, stops=("turn",))
    assert (inside_a_token.text, inside_a_token.sum_logprob) == ("    re", -0.5)


def test_a_token_at_the_end_that_has_no_text_does_not_count() -> None:
    (one,) = read(scored(["    return", " 1", "\n", ""], [-0.5, -1.0, -0.25, -3.0]))
    assert one.sum_logprob == -1.75


def test_scores_that_can_not_be_laid_over_a_cut_text_are_none() -> None:
    assert read(scored(["x", "y"], [-1, -1]), stops=("return",))[0].sum_logprob is None
    assert read(scored(["x", "y"], [-1, -1]))[0].sum_logprob == -2, "nothing was cut: all count"
    assert read(scored([], [-1, -1]))[0].sum_logprob == -2
    assert read(scored(["x", "y"], [None, -1]))[0].sum_logprob is None


def test_rounding_above_zero_is_zero() -> None:
    assert read(scored(["x"], [1e-7]))[0].sum_logprob == 0


def test_a_refusal_of_a_chat_is_an_empty_text() -> None:
    (one,) = read({"choices": [{"message": {"content": None, "refusal": "no"}, "finish_reason": "stop"}]})
    assert (one.text, one.sum_logprob, one.prompt_tokens) == ("", None, None)


def test_what_no_text_may_hold_is_replaced() -> None:
    (one,) = completions_of(b'{"choices": [{"text": "a\\u0000b\\ud800c"}]}', ())
    assert one.text == "a\ufffdb\ufffdc"


def test_a_finish_reason_is_a_word_or_unknown() -> None:
    for reason, kept in (("length", "length"), ("content_filter", "content_filter"), ("<b>", "unknown")):
        assert read(changed(finish_reason=reason))[0].finish_reason == kept
    assert read(changed(finish_reason=None))[0].finish_reason == "unknown"


def test_tokens_of_several_choices_are_shared_out_without_a_rest() -> None:
    answer = {
        **SOUND,
        "choices": SOUND["choices"] * 3,
        "usage": {"prompt_tokens": 7, "completion_tokens": 11},
    }
    found = read(answer)
    assert [one.completion_tokens for one in found] == [4, 4, 3]
    assert [one.prompt_tokens for one in found] == [7, 0, 0]


def test_the_text_ends_before_the_first_stop_sequence() -> None:
    assert cut("    return 1\nprint(2)\ndef f", PAPER_STOPS) == "    return 1"
    assert cut("    return 1\n", PAPER_STOPS) == "    return 1\n"
    assert cut("\ndef", ("\ndef",)) == ""
    assert sendable(PAPER_STOPS, 4) == list(PAPER_STOPS[:4])
    assert sendable(PAPER_STOPS, 0) == []


def test_templates_hold_the_prompt_as_it_is() -> None:
    prompt = 'def f(x):\n    """{prompt} {0} %s"""\n'
    for template in TEMPLATES:
        assert prompt in template.fill(prompt)
        assert template_of(template.slug) is template
    assert default_template(Kind.COMPLETIONS).fill(prompt) == prompt
    assert default_template(Kind.COMPLETIONS).stop == PAPER_STOPS
    assert default_template(Kind.CHAT).stop == ()


@pytest.mark.parametrize("text", ["", "no place", "{prompt} {prompt}", "{prompt}" + "x" * 20_001])
def test_a_template_without_one_place_for_the_prompt_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="template"):
        PromptTemplate("own", "Own", Kind.CHAT, text)
    with pytest.raises(InputError, match="as-it-is"):
        template_of("own")
