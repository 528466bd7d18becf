"""Draws from local weights in a process of its own, the one that has torch: a JSON line in, a JSON line out.

{"make": folder} → {}: saves tiny weights there; see make_weights.py
{"draw": folder, "kind": …, "request": {…}} → {"found": [completion, …]} or {"refused": "…"}
{"peer": folder, "prompt": …, "max_tokens": …} → {"text": …, "sum_logprob": …}: the same, greedily, by
transformers' own `generate` and one pass over the whole text.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from evaluator.errors import WeightsUnusable
from evaluator.sampling.local import load
from evaluator.sampling.records import Kind, SamplingRequest
from tests.tiny_model.make_weights import make


def answer(order: dict[str, Any]) -> dict[str, Any]:
    if "make" in order:
        make(Path(order["make"]))
        return {}
    if "peer" in order:
        return peer(order["peer"], order["prompt"], order["max_tokens"])
    wanted = order["request"]
    request = SamplingRequest(**{**wanted, "stop": tuple(wanted.get("stop", ()))})
    try:
        weights = load(order["draw"], device="cpu")
        return {
            "found": [asdict(one) for one in weights.draws(request, Kind(order.get("kind", "completions")))]
        }
    except WeightsUnusable as error:
        return {"refused": str(error)}


def peer(folder: str, prompt: str, max_tokens: int) -> dict[str, Any]:
    weights = load(folder, device="cpu")
    given = torch.tensor([weights.tokenizer(prompt)["input_ids"]])
    with torch.inference_mode():
        whole = weights.model.generate(given, do_sample=False, max_new_tokens=max_tokens)
        logits = weights.model(whole).logits[0, given.shape[1] - 1 : -1].double()
    new = whole[0, given.shape[1] :]
    logprobs = torch.log_softmax(logits, dim=-1).gather(1, new.unsqueeze(1))
    return {"text": weights.tokenizer.decode(new), "sum_logprob": logprobs.sum().item()}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
