"""Where the token of a submission comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import InputError
from evaluator.submit.token import token_from


def test_the_token_comes_from_a_file_an_option_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("pb_file\n")
    monkeypatch.setenv("PASSBOARD_TOKEN", "pb_environment")
    assert token_from("pb_option", file) == "pb_file"
    assert token_from("pb_option", None) == "pb_option"
    assert token_from(None, None) == "pb_environment"


@pytest.mark.parametrize(
    "make", [lambda path: path / "absent", lambda path: path, lambda path: _written(path, b"\xff\n\n")]
)
def test_a_token_file_that_holds_none_is_refused_by_name(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    file = make(tmp_path)
    with pytest.raises(InputError, match=str(file)):
        token_from(None, file)


def test_without_a_token_it_says_where_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PASSBOARD_TOKEN", raising=False)
    with pytest.raises(InputError, match="account's page"):
        token_from(None, None)


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "token"
    path.write_bytes(content)
    return path
