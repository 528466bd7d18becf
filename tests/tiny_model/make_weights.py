"""Saves randomly initialised Llamas of two layers.

FOLDER/bytes: its tokens are bytes. FOLDER/words: tokens that hold the space before them, as Llama's do.
FOLDER/pickle: the first one as a pickle, FOLDER/code: with code of its own, FOLDER/mute: without a chat
template. It needs what requirements-local.txt installs.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SEED = 20210707
END = "<|end|>"
SPACE = "▁"
CHAT = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
CONTEXT = 512


def byte_tokenizer() -> Tokenizer:
    """256 bytes and the end of a text."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab=numbered(alphabet), merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    return plain


def word_tokenizer() -> Tokenizer:
    """Printable signs and a sign for the space; a text's first space is swallowed when it is decoded."""
    signs = [SPACE, "\n", *(chr(number) for number in range(33, 127))]
    plain = Tokenizer(models.BPE(vocab=numbered(signs), merges=[], unk_token=None))
    plain.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    plain.decoder = decoders.Metaspace(prepend_scheme="first")
    return plain


def numbered(signs: list[str]) -> dict[str, int]:
    return {sign: number for number, sign in enumerate([*signs, END])}


def model(vocabulary: int) -> LlamaForCausalLM:
    """Two layers of random numbers, far enough apart that its tokens differ in likelihood."""
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        initializer_range=0.3,
        bos_token_id=None,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    made = LlamaForCausalLM(config)
    made.lm_head.weight.data[-1] = 0  # the end is never the likeliest token
    return made


def save(folder: Path, plain: Tokenizer) -> None:
    words = PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token=END, pad_token=END, clean_up_tokenization_spaces=False
    )
    words.chat_template = CHAT
    words.save_pretrained(folder)
    model(len(words)).save_pretrained(folder)


def save_pickle(folder: Path) -> None:
    """The same numbers in a file that could run anything when it is opened."""
    weights = folder / "model.safetensors"
    torch.save(model(257).state_dict(), folder / "pytorch_model.bin")
    weights.unlink()


def save_code(folder: Path) -> None:
    """A model that says that it is made by its own code, which would leave a file behind."""
    described = json.loads((folder / "config.json").read_text())
    described |= {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModelForCausalLM": "own.M"}}
    (folder / "config.json").write_text(json.dumps(described))
    (folder / "own.py").write_text(f"open({str(folder / 'was-run')!r}, 'w')\n")


def make(folder: Path) -> None:
    save(folder / "bytes", byte_tokenizer())
    save(folder / "words", word_tokenizer())
    for name in ("pickle", "code", "mute"):
        shutil.copytree(folder / "bytes", folder / name)
    save_pickle(folder / "pickle")
    save_code(folder / "code")
    (folder / "mute" / "chat_template.jinja").unlink()
