"""Guesses from file names: only what the name really tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.sample_files import FileNameGuess, guess_from_name

G = FileNameGuess
BILLION = 1_000_000_000


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("codegen-16b-mono_T0.8_n100.jsonl.gz", G("codegen-16b-mono", None, 16 * BILLION, 0.8, None, 100)),
        (
            "meta-llama--Meta-Llama-3-8B-Instruct_vllm_temp_0.0.jsonl",
            G("Meta-Llama-3-8B-Instruct", "meta-llama", 8 * BILLION, 0.0),
        ),
        ("gpt-4_temp_0.2_topp_0.95.jsonl", G("gpt-4", temperature=0.2, top_p=0.95)),
        (
            "humaneval__mistralai--Mistral-7B-Instruct-v0.2_vllm_temp_0.0-sanitized_eval_results.json.gz",
            G("Mistral-7B-Instruct-v0.2", "mistralai", 7 * BILLION, 0.0),
        ),
        (
            "deepseek-ai--deepseek-coder-6.7b-instruct_hf_temp_0.8-sanitized.jsonl",
            G("deepseek-coder-6.7b-instruct", "deepseek-ai", 6_700_000_000, 0.8),
        ),
        ("starcoder2-15b_t0.2_p0.95_n20.jsonl", G("starcoder2-15b", None, 15 * BILLION, 0.2, 0.95, 20)),
        ("codegen-350M-mono-t0.6.jsonl", G("codegen-350M-mono", None, 350_000_000, 0.6)),
        ("m_temperature=1.0_top_p=0.9_n=5.jsonl", G("m", None, None, 1.0, 0.9, 5)),
        ("m_T=0.8_top-p_1_n_samples_200.jsonl", G("m", None, None, 0.8, 1.0, 200)),
        ("m_T1_n10.jsonl", G("m", None, None, 1.0, None, 10)),
        ("humaneval_gpt-j-6B_samples.jsonl", G("gpt-j-6B", None, 6 * BILLION)),
        ("samples_gpt-4.jsonl", G("gpt-4")),
        ("T0.8_n10_model.jsonl", G(None, None, None, 0.8, None, 10)),
        ("Mixtral-8x7B.jsonl", G("Mixtral-8x7B")),
        ("Qwen3-30B-A3B.jsonl", G("Qwen3-30B-A3B", None, 30 * BILLION)),
        ("distilled-7B-from-70B.jsonl", G("distilled-7B-from-70B")),
        ("vicuna-13B-1.1-GPTQ-4bit-128g.jsonl", G("vicuna-13B-1.1-GPTQ-4bit-128g", None, 13 * BILLION)),
        ("flan-t5_samples.jsonl", G("flan-t5")),
        ("bigscience--T0_3B.jsonl", G("T0_3B", "bigscience", 3 * BILLION)),
        ("gpt_4.jsonl", G("gpt_4")),
        (r"C:\fakepath\phi-2_T0.2.jsonl", G("phi-2", temperature=0.2)),
        ("../../etc/phi-2_T0.2.jsonl", G("phi-2", temperature=0.2)),
        ("m_T9.5_p1.5_n0.jsonl", G("m")),
        ("samples.jsonl", G()),
        ("humaneval_samples (2).jsonl.gz", G()),
        ("samples_T0.8.jsonl", G(temperature=0.8)),
        ("20241105.jsonl", G()),
        (".jsonl", G()),
        ("", G()),
    ],
)
def test_a_name_tells_what_it_tells(name: str, guess: FileNameGuess) -> None:
    assert guess_from_name(name) == guess


@given(st.text(alphabet=st.sampled_from("tTpPn_-.=0123456789bBx/\\ \n\x00é\ud800"), max_size=400) | st.text())
def test_any_name_gives_a_guess_within_bounds(name: str) -> None:
    guess = guess_from_name(name)
    assert guess.temperature is None or 0 <= guess.temperature <= 2
    assert guess.top_p is None or 0 < guess.top_p <= 1
    assert guess.n is None or guess.n >= 1
    assert guess.parameters is None or guess.parameters >= 0
    for text in (guess.model, guess.organisation):
        assert text is None or (text.isprintable() and text.strip())
