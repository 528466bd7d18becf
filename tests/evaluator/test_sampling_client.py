"""Completions from a real server: the same ones, whatever the server can and can't do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from evaluator.errors import EndpointBusy, EndpointRefused
from evaluator.problem_sets.catalog import load_benchmark
from evaluator.sampling.caller import Caller
from evaluator.sampling.client import draw, draw_some, draws
from evaluator.sampling.guard import Reach
from evaluator.sampling.records import PAPER_STOPS, Completion, Endpoint, Kind, SamplingRequest
from evaluator.sampling.stops import cut
from evaluator.sampling.templates import default_template
from tests.tiny_model.drawing import Wish
from tests.tiny_model.process import TinyProcess, tiny_process
from tests.tiny_model.word_model import WordModel

REACH = Reach.of("127.0.0.1")
PROMPT = load_benchmark("humaneval").problems[4].prompt
MODEL = WordModel()
HOT = SamplingRequest(PROMPT, n=5, temperature=1.3, top_p=1.0, max_tokens=120, seed=40)


@pytest.fixture(scope="module")
def server() -> Iterator[TinyProcess]:
    with tiny_process() as process:
        yield process


@pytest.fixture(autouse=True)
def sound(server: TinyProcess) -> None:
    server.sound()


@pytest.fixture(scope="module")
def usual(server: TinyProcess) -> list[Completion]:
    """What HOT draws from a server that can everything."""
    with Caller(REACH) as caller:
        return draw(endpoint(server), HOT, caller)


@pytest.fixture
def caller() -> Iterator[Caller]:
    with Caller(REACH) as one:
        yield one


def endpoint(server: TinyProcess, kind: Kind = Kind.COMPLETIONS) -> Endpoint:
    return Endpoint(server.base_url, server.model, kind)


def asked_by(server: TinyProcess, before: int) -> list[dict[str, object]]:
    """The bodies of the questions since there were `before`."""
    return [one["body"] for one in server.asked()[-(server.count() - before) :]]


def test_completions_are_those_of_the_model_with_their_log_probabilities(usual: list[Completion]) -> None:
    assert len(usual) == 5
    assert len({one.text for one in usual}) > 1
    for place, one in enumerate(usual):
        drawn = MODEL.draw(Wish(PROMPT, 120, 1.3, 1.0, PAPER_STOPS[:4], 40 + place))
        assert one.text == cut("".join(drawn.tokens), PAPER_STOPS)
        kept = [
            value for place, value in enumerate(drawn.logprobs) if begins_in(drawn.tokens, place, one.text)
        ]
        assert one.sum_logprob == pytest.approx(sum(kept))
        assert one.mean_logprob == pytest.approx(sum(kept) / len(kept))


def begins_in(tokens: tuple[str, ...], place: int, text: str) -> bool:
    return len("".join(tokens[:place])) < len(text)


def test_several_completions_are_one_question(caller: Caller, server: TinyProcess) -> None:
    before = server.count()
    draw(endpoint(server), HOT, caller)
    (body,) = asked_by(server, before)
    assert body == {
        "model": "tiny-words",
        "prompt": PROMPT,
        "max_tokens": 120,
        "temperature": 1.3,
        "n": 5,
        "stop": list(PAPER_STOPS[:4]),
        "seed": 40,
        "logprobs": 1,
    }


@pytest.mark.parametrize(
    ("dialect", "wrong_questions"),
    [({"many": False}, 1), ({"ignores_n": True}, 0)],
    ids=["refuses", "ignores"],
)
def test_a_server_without_n_is_asked_singly_and_once_in_vain(
    caller: Caller,
    server: TinyProcess,
    usual: list[Completion],
    dialect: dict[str, bool],
    wrong_questions: int,
) -> None:
    server.speak(**dialect)
    before = server.count()
    assert without_counts(draw(endpoint(server), HOT, caller)) == without_counts(usual)
    assert server.count() - before == 5 + wrong_questions
    draw(endpoint(server), HOT, caller)
    assert server.count() - before == 10 + wrong_questions


def without_counts(found: list[Completion]) -> list[Completion]:
    return [replace(one, prompt_tokens=None, completion_tokens=None) for one in found]


def test_tokens_add_up_to_what_the_server_counted(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    assert sum(one.prompt_tokens or 0 for one in usual) == MODEL.count(PROMPT)
    server.speak(many=False)
    single = draw(endpoint(server), HOT, caller)
    assert sum(one.prompt_tokens or 0 for one in single) == 5 * MODEL.count(PROMPT)
    counted = sum(one.completion_tokens or 0 for one in single)
    assert counted == sum(one.completion_tokens or 0 for one in usual) > 0


@pytest.mark.parametrize("dialect", ["keeps_stop", "ignores_stop"])
def test_the_text_is_cut_at_the_first_stop_sequence_whatever_the_server_does(
    caller: Caller, server: TinyProcess, usual: list[Completion], dialect: str
) -> None:
    server.speak(**{dialect: True})
    found = draw(endpoint(server), HOT, caller)
    assert [one.text for one in found] == [one.text for one in usual]
    for one, other in zip(found, usual, strict=True):
        assert one.sum_logprob == pytest.approx(other.sum_logprob)


def test_a_server_that_takes_no_stop_sequences_is_asked_without(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    server.speak(most_stops=0)
    found = draw(endpoint(server), HOT, caller)
    assert [one.text for one in found] == [one.text for one in usual]


def test_what_follows_a_cut_counts_as_stopped_and_not_as_too_long(
    caller: Caller, server: TinyProcess
) -> None:
    server.speak(ignores_stop=True)
    uncut = draw(endpoint(server), replace(HOT, stop=(), max_tokens=60), caller)
    assert "length" in {one.finish_reason for one in uncut}
    for one in draw(endpoint(server), replace(HOT, stop=("\n",), max_tokens=60), caller):
        assert "\n" not in one.text
        assert one.finish_reason == "stop"


def test_log_probabilities_are_read_in_the_shape_of_chats_as_well(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    server.speak(chat_logprobs_everywhere=True)
    assert draw(endpoint(server), HOT, caller) == usual


def test_a_server_without_log_probabilities_is_asked_without(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    server.speak(logprobs=False)
    before = server.count()
    found = draw(endpoint(server), HOT, caller)
    assert [(one.text, one.sum_logprob) for one in found] == [(one.text, None) for one in usual]
    assert server.count() - before == 2


def test_a_chat_is_asked_by_a_message_and_answers_with_its_scores(
    caller: Caller, server: TinyProcess
) -> None:
    template = default_template(Kind.CHAT)
    request = replace(HOT, prompt=template.fill(PROMPT), stop=template.stop, system="You write Python.", n=2)
    before = server.count()
    found = draw(endpoint(server, Kind.CHAT), request, caller)
    (body,) = asked_by(server, before)
    assert body["messages"] == [
        {"role": "system", "content": "You write Python."},
        {"role": "user", "content": template.fill(PROMPT)},
    ]
    for one in found:
        assert f"```python\n{PROMPT}" in one.text
        assert one.sum_logprob is not None
        assert one.sum_logprob < 0


def test_a_chat_model_that_wants_another_name_for_the_length_gets_it(
    caller: Caller, server: TinyProcess
) -> None:
    server.speak(new_length=True)
    before = server.count()
    assert len(draw(endpoint(server, Kind.CHAT), HOT, caller)) == 5
    assert [body.get("max_completion_tokens") for body in asked_by(server, before)] == [None, 120]


def test_a_completion_that_reached_its_length_says_so(caller: Caller, server: TinyProcess) -> None:
    (one,) = draw(endpoint(server), replace(HOT, n=1, max_tokens=3, stop=()), caller)
    assert (one.finish_reason, one.completion_tokens) == ("length", 3)


def test_a_cold_model_says_the_same_each_time(caller: Caller, server: TinyProcess) -> None:
    found = draw(endpoint(server), replace(HOT, temperature=0.0, seed=None), caller)
    assert len({one.text for one in found}) == 1


def test_what_came_before_an_error_is_kept(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    server.speak(ignores_n=True)
    server.fault("status", status=500, after=2)
    kept: list[Completion] = []
    with pytest.raises(EndpointBusy):
        kept.extend(draws(endpoint(server), HOT, caller))
    assert [one.text for one in kept] == [one.text for one in usual[:2]]


def test_one_answer_brings_what_the_server_gives_at_a_time(
    caller: Caller, server: TinyProcess, usual: list[Completion]
) -> None:
    assert draw_some(endpoint(server), HOT, caller) == usual
    server.speak(many=False)
    before = server.count()
    (one,) = draw_some(endpoint(server), HOT, caller)
    assert (one.text, server.count() - before) == (usual[0].text, 2)
    draw_some(endpoint(server), HOT, caller)
    assert server.count() - before == 3


def test_threads_share_a_caller_without_mixing_their_answers(caller: Caller, server: TinyProcess) -> None:
    requests = [replace(HOT, n=1, seed=seed, max_tokens=30, stop=()) for seed in range(32)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda request: draw(endpoint(server), request, caller)[0], requests))
    for seed, one in enumerate(found):
        drawn = MODEL.draw(Wish(PROMPT, 30, 1.3, 1.0, (), seed))
        assert one.text == "".join(drawn.tokens)


def test_a_killed_server_is_busy_and_after_its_restart_the_rest_is_drawn(
    caller: Caller, usual: list[Completion]
) -> None:
    with tiny_process() as server:
        first = draw(endpoint(server), replace(HOT, n=2), caller)
        server.kill()
        with pytest.raises(EndpointBusy, match=r"reached|cut"):
            draw(endpoint(server), HOT, caller)
        server.start()
        rest = draw(endpoint(server), replace(HOT, n=3, seed=42), caller)
    assert [one.text for one in first + rest] == [one.text for one in usual]


def test_without_a_caller_only_the_public_internet_is_reached(server: TinyProcess) -> None:
    before = server.count()
    with pytest.raises(EndpointRefused, match="private"):
        draw(endpoint(server), HOT)
    assert server.count() == before


def test_headers_that_belong_to_the_connection_are_not_for_endpoints(
    caller: Caller, server: TinyProcess
) -> None:
    own = replace(endpoint(server), headers=(("X-Title", "Passboard"),))
    draw(own, replace(HOT, n=1), caller)
    assert server.asked()[-1]["headers"]["x-title"] == "Passboard"
    for name in ("Host", "content-length", "Transfer-Encoding", "cookie"):
        with pytest.raises(EndpointRefused, match="headers"):
            draw(replace(own, headers=((name, "x"),)), HOT, caller)


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"max_tokens": 0}, {"temperature": -0.1}, {"top_p": 0}, {"stop": ("",)}]
)
def test_requests_that_mean_nothing_are_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        replace(HOT, **wrong)
