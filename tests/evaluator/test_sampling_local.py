"""Completions of local weights: a tiny model, randomly initialised and saved by the test, really loaded."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import WeightsUnusable
from evaluator.sampling.caller import Caller
from evaluator.sampling.client import draw
from evaluator.sampling.guard import Reach
from evaluator.sampling.local import load
from evaluator.sampling.records import Endpoint, Kind, SamplingRequest
from tests.code_map import ROOT
from tests.needs import local_python, need
from tests.tiny_model.process import tiny_process
from tests.tiny_model.serve_process import ServeProcess, serve_process

OFFLINE = {
    **os.environ,
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": str(ROOT),
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
}
PROMPT = "def add(a, b):\n"

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def python() -> Path:
    found = local_python()
    need(
        "torch and transformers",
        found is not None,
        "`scripts/setup local-test` gets them, 4 GB in .venv-local",
    )
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ask(python: Path) -> Iterator[Ask]:
    """Asks the process that draws; see weights_process.py."""
    with subprocess.Popen(
        [python, "-m", "tests.tiny_model.weights_process"],
        cwd=ROOT,
        env=OFFLINE,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        to, back = process.stdin, process.stdout

        def ask(**order: Any) -> dict[str, Any]:
            to.write(json.dumps(order) + "\n")
            to.flush()
            answered: dict[str, Any] = json.loads(back.readline())
            return answered

        yield ask


@pytest.fixture(scope="module")
def weights(ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of tiny weights; see make_weights.py."""
    folder = tmp_path_factory.mktemp("weights")
    ask(make=str(folder))
    return folder


def drawn(ask: Ask, folder: Path, kind: str = "completions", **request: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(
        draw=str(folder), kind=kind, request={"prompt": PROMPT, "stop": [], **request}
    )["found"]
    return found


def test_a_cold_draw_is_what_transformers_itself_generates(ask: Ask, weights: Path) -> None:
    (one,) = drawn(ask, weights / "bytes", temperature=0, max_tokens=40)
    peer = ask(peer=str(weights / "bytes"), prompt=PROMPT, max_tokens=40)
    assert one["text"] == peer["text"]
    assert one["sum_logprob"] == pytest.approx(peer["sum_logprob"], abs=1e-3)
    assert one["mean_logprob"] == pytest.approx(one["sum_logprob"] / 40)
    assert (one["finish_reason"], one["completion_tokens"]) == ("length", 40)


def test_the_same_seed_draws_the_same_whatever_is_drawn_beside_it(ask: Ask, weights: Path) -> None:
    many = drawn(ask, weights / "bytes", n=10, seed=5, max_tokens=20)
    assert len({one["text"] for one in many}) == 10
    assert [one["text"] for one in drawn(ask, weights / "bytes", n=10, seed=5, max_tokens=20)] == [
        one["text"] for one in many
    ]
    (ninth,) = drawn(ask, weights / "bytes", n=1, seed=13, max_tokens=20)
    assert ninth["text"] == many[8]["text"]
    assert [one["prompt_tokens"] for one in many] == [len(PROMPT)] + [0] * 9


def test_tokens_are_drawn_as_often_as_the_model_finds_them_likely(ask: Ask, weights: Path) -> None:
    found = drawn(ask, weights / "words", n=400, seed=1, temperature=1, top_p=1, max_tokens=1)
    often = Counter(one["text"] for one in found if one["text"])
    likely = {one["text"]: math.exp(one["sum_logprob"]) for one in found if one["text"]}
    assert len(often) > 10
    for text, times in often.most_common(6):
        assert times / 400 == pytest.approx(likely[text], abs=0.06)
    narrow = drawn(ask, weights / "words", n=100, seed=1, temperature=1, top_p=0.2, max_tokens=1)
    nucleus, mass = set(), 0.0
    for text, share in sorted(likely.items(), key=lambda pair: -pair[1]):
        if mass < 0.2:
            nucleus.add(text)
        mass += share
    assert {one["text"] for one in narrow} == nucleus


def test_a_text_ends_before_its_stop_sequence_and_scores_only_what_is_kept(ask: Ask, weights: Path) -> None:
    (whole,) = drawn(ask, weights / "words", temperature=0, max_tokens=30)
    stop = whole["text"][4:6]
    (cut,) = drawn(ask, weights / "words", temperature=0, max_tokens=30, stop=[stop])
    kept = whole["text"].index(stop)
    assert (cut["text"], cut["finish_reason"]) == (whole["text"][:kept], "stop")
    assert cut["completion_tokens"] == kept + 2
    (short,) = drawn(ask, weights / "words", temperature=0, max_tokens=kept)
    assert cut["sum_logprob"] == pytest.approx(short["sum_logprob"])


def test_the_first_space_of_a_completion_is_not_swallowed(ask: Ask, weights: Path) -> None:
    # After these two letters the tiny model finds a space likeliest.
    (one,) = drawn(ask, weights / "words", prompt="dz", temperature=0, max_tokens=4)
    assert one["text"].startswith(" ")


def test_a_chat_goes_through_the_template_of_the_model(ask: Ask, weights: Path) -> None:
    asked = {"temperature": 0, "max_tokens": 10, "system": "# Python\n"}
    (chat,) = drawn(ask, weights / "bytes", kind="chat", **asked)
    (plain,) = drawn(ask, weights / "bytes", **{**asked, "prompt": "# Python\n" + PROMPT})
    assert (chat["text"], chat["prompt_tokens"]) == (plain["text"], plain["prompt_tokens"])


def test_the_context_is_never_overrun(ask: Ask, weights: Path) -> None:
    (one,) = drawn(ask, weights / "bytes", prompt="x" * 500, temperature=0, max_tokens=100)
    assert one["completion_tokens"] <= 12
    refused = ask(draw=str(weights / "bytes"), request={"prompt": "x" * 512})
    assert "512 tokens" in refused["refused"]


@pytest.mark.parametrize(
    ("folder", "kind", "said"),
    [
        ("pickle", "completions", "safetensors"),
        ("code", "completions", "never run"),
        ("mute", "chat", "no chat template"),
        ("nothing-there", "completions", "folder"),
    ],
)
def test_weights_that_can_not_be_used_are_refused_with_the_reason(
    ask: Ask, weights: Path, folder: str, kind: str, said: str
) -> None:
    answered = ask(draw=str(weights / folder), kind=kind, request={"prompt": PROMPT})
    assert said in answered["refused"]
    assert not (weights / "code" / "was-run").exists()


@pytest.fixture(scope="module")
def server(python: Path, weights: Path) -> Iterator[ServeProcess]:
    """`transformers serve` with the same weights: nobody's code but Hugging Face's."""
    with serve_process(python, weights / "bytes", OFFLINE) as process:
        yield process


@pytest.mark.parametrize("kind", [Kind.COMPLETIONS, Kind.CHAT])
def test_the_same_weights_behind_a_real_server_complete_the_same(
    ask: Ask, weights: Path, server: ServeProcess, kind: Kind
) -> None:
    request = SamplingRequest(PROMPT, n=2, temperature=0, top_p=1, max_tokens=30, stop=("\x1a",))
    (local,) = drawn(ask, weights / "bytes", temperature=0, max_tokens=30, stop=["\x1a"])
    with Caller(Reach.of("127.0.0.1")) as caller:
        found = draw(Endpoint(server.base_url, server.model, kind), request, caller)
    assert [one.text for one in found] == [local["text"]] * 2
    assert [one.prompt_tokens for one in found] == [len(PROMPT)] * 2
    assert found[0].sum_logprob is None, "this server gives none"


def test_scores_that_come_over_the_wire_are_those_of_the_weights(
    ask: Ask, python: Path, weights: Path
) -> None:
    request = SamplingRequest(PROMPT, n=3, temperature=1, top_p=0.9, max_tokens=20, seed=2, stop=("X",))
    same = {"n": 3, "temperature": 1, "top_p": 0.9, "max_tokens": 20, "seed": 2, "stop": ["X"]}
    local = drawn(ask, weights / "words", **same)
    options = ("--weights", str(weights / "words"))
    with (
        tiny_process(*options, python=python, model="tiny-weights") as server,
        Caller(Reach.of("127.0.0.1")) as caller,
    ):
        found = draw(Endpoint(server.base_url, server.model), request, caller)
    assert [one.text for one in found] == [one["text"] for one in local]
    assert [one.sum_logprob for one in found] == pytest.approx([one["sum_logprob"] for one in local])


def test_without_torch_it_is_said_what_to_install() -> None:
    if importlib.util.find_spec("torch") is not None:
        pytest.skip("torch is installed here")
    with pytest.raises(WeightsUnusable, match="scripts/setup local"):
        load(str(ROOT))


@pytest.mark.parametrize(
    "name", ["../etc/passwd", "/no/such/folder", "a/b/c", "", "https://hf.co/a/b", "a b"]
)
def test_names_that_are_neither_folder_nor_hub_name_are_refused(name: str) -> None:
    with pytest.raises(WeightsUnusable, match="organisation/model"):
        load(name)
