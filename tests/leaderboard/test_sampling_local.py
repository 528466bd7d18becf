"""Weights on the site's own machine: offered by the operator, drawn by a worker that has torch."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from leaderboard.errors import SamplingRefused
from leaderboard.models import Cell
from leaderboard.services import sampling
from leaderboard.services.sampling_order import LOCAL
from tests.code_map import ROOT
from tests.leaderboard.sampling_data import asker, draw_all, order_for
from tests.leaderboard.workers import environment
from tests.needs import local_python, need

pytestmark = pytest.mark.django_db(transaction=True)

_DRAW = """
import django
django.setup()
from leaderboard.models import Sampling
from leaderboard.services.sampling_drawing import draw_next
while Sampling.objects.get().status == "drawing":
    draw_next(Sampling.objects.get().pk)
"""
_MAKE = """
import sys
from pathlib import Path
from tests.tiny_model.make_weights import make
make(Path(sys.argv[1]))
"""


def test_only_weights_that_the_operator_offers_are_drawn_from(settings: Any) -> None:
    with pytest.raises(SamplingRefused, match="It offers: none") as refused:
        sampling.start(*asker(1), order_for(LOCAL, model="/etc"))
    assert refused.value.field == "server_model"
    settings.SAMPLING_LOCAL_MODELS = ["lab/model"]
    row = sampling.start(*asker(1), order_for(LOCAL, model="lab/model"))
    settings.SAMPLING_LOCAL_MODELS = []
    draw_all(row)  # asked again where it is drawn
    assert row.status == "paused"
    assert "It offers: none" in row.said


def test_a_worker_without_torch_says_how_to_get_it(settings: Any) -> None:
    settings.SAMPLING_LOCAL_MODELS = ["lab/model"]
    row = sampling.start(*asker(1), order_for(LOCAL, model="lab/model"))
    draw_all(row)
    assert row.status == "paused"
    assert "scripts/setup local" in row.said


def test_a_tiny_model_is_drawn_from_and_its_run_says_so(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = local_python()
    need("torch and transformers", python is not None, "`scripts/setup local-test` gets them, 4 GB")
    # The worker's other packages are this environment's: that one has torch alone.
    path = os.pathsep.join((str(ROOT), sysconfig.get_paths()["purelib"]))
    offline = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    weights = str(tmp_path / "bytes")
    subprocess.run([str(python), "-c", _MAKE, str(tmp_path)], cwd=ROOT, env=os.environ | offline, check=True)
    settings.SAMPLING_LOCAL_MODELS = [weights]
    monkeypatch.setenv("SAMPLING_LOCAL_MODELS", weights)
    row = sampling.start(*asker(1), order_for(LOCAL, model=weights, n=3, max_tokens=8))
    command = [str(python), "-c", _DRAW]
    subprocess.run(command, cwd=ROOT, env=environment() | offline | {"PYTHONPATH": path}, check=True)
    row.refresh_from_db()
    assert (row.status, row.said) == ("done", "")
    assert Cell.objects.get().n == 3
    run = row.runs.get()
    assert run.sampled_as["local"]
    assert run.draws.get().completion_tokens > 0
