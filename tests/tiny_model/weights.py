"""The tiny server's model where it has weights: drawn by the evaluator's own decoding."""

from __future__ import annotations

from evaluator.sampling.decoding import Row, Rules, decode
from evaluator.sampling.local import load
from tests.tiny_model.drawing import Drawn, Wish


class WeightsModel:
    name = "tiny-weights"

    def __init__(self, folder: str) -> None:
        self._weights = load(folder, device="cpu")

    def count(self, text: str) -> int:
        return len(self._weights.tokenizer(text)["input_ids"])

    def draw(self, wish: Wish) -> Drawn:
        tokenizer, model = self._weights.tokenizer, self._weights.model
        rules = Rules(
            wish.temperature, wish.top_p, wish.max_tokens, wish.stop, frozenset((tokenizer.eos_token_id,))
        )
        row = Row(wish.seed)
        decode(model, tokenizer(wish.prompt)["input_ids"], [row], rules, tokenizer.decode)
        tokens = tuple(tokenizer.decode([token]) for token in row.tokens)
        return Drawn(tokens, tuple(row.logprobs), row.finish_reason)
