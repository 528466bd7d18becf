"""The failure browser: groups of identical failure, one of them opened, and the way through them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evaluator.records import Detail, Judgement, Verdict
from leaderboard.models import Run
from leaderboard.queries.failures import cell_of, groups_of
from leaderboard.services.runs import rescore
from tests.leaderboard.run_data import (
    HOSTILE,
    MIXED,
    Drawn,
    passed,
    raised,
    scored_run,
    toy_benchmark,
    wrong,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark())


def page(client: Client, run: Run, task_id: str = "Toy/0", query: str = "") -> str:
    response = client.get(f"/runs/{run.pk}/problems/{task_id}/{query}")
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def grouped(folder: Path, drawn: list[Drawn]) -> list[tuple[str, int, int]]:
    run = scored_run(folder, toy_benchmark(1), {"Toy/0": drawn})
    cell = cell_of(run, "Toy/0")
    assert cell is not None
    return [(group.verdict, group.samples, len(group.programs)) for group in groups_of(cell)]


def test_programs_that_fail_alike_are_one_group(tmp_path: Path) -> None:
    drawn = [wrong("    return 1\n", "1", times=2), wrong("    return 2 - 1\n", "1")]
    assert grouped(tmp_path, drawn) == [("wrong_answer", 3, 2)]


@pytest.mark.parametrize(
    "other",
    [
        wrong("    return 2\n", "2"),
        wrong("    return 1 # other call\n", "1", call="add(1, 1)"),
        raised("    return x\n", "NameError", "name 'x' is not defined"),
    ],
)
def test_another_value_call_or_exception_is_another_group(tmp_path: Path, other: Drawn) -> None:
    assert len(grouped(tmp_path, [wrong("    return 1\n", "1"), other])) == 2


def test_exceptions_group_by_type_and_message_wherever_they_were_raised(tmp_path: Path) -> None:
    drawn = [
        raised("    return x\n", "NameError", "name 'x' is not defined", line=3),
        raised("    a = 1\n    return x\n", "NameError", "name 'x' is not defined", line=4),
        raised("    return y\n", "NameError", "name 'y' is not defined"),
    ]
    assert grouped(tmp_path, drawn) == [("exception", 2, 2), ("exception", 1, 1)]


def test_order_of_sets_and_noise_of_floats_make_no_difference(tmp_path: Path) -> None:
    drawn = [
        wrong("    return {1, 2}\n", "{1, 2}"),
        wrong("    return {2, 1}\n", "{2, 1}"),
        wrong("    return 0.3\n", "0.3"),
        wrong("    return 0.1 + 0.2\n", "0.30000000000000004"),
    ]
    assert grouped(tmp_path, drawn) == [("wrong_answer", 2, 2), ("wrong_answer", 2, 2)]


def test_addresses_in_memory_make_no_difference(tmp_path: Path) -> None:
    drawn = [
        wrong(f"    return object() # {number}\n", f"<object object at 0x7f00{number}a0>")
        for number in (1, 2)
    ]
    assert grouped(tmp_path, drawn) == [("wrong_answer", 2, 2)]


def test_the_largest_failing_group_comes_first_and_passed_ones_last(tmp_path: Path) -> None:
    drawn = [passed(times=9), wrong("    return 1\n", "1"), wrong("    return 2\n", "2", times=3)]
    groups = grouped(tmp_path, drawn)
    assert groups == [("wrong_answer", 3, 1), ("wrong_answer", 1, 1), ("passed", 9, 1)]


def test_the_page_opens_with_the_largest_failing_group_and_its_call(client: Client, run: Run) -> None:
    html = page(client, run)
    assert "4 samples, ending in 3 ways" in html
    assert "<code>add(2, 3)</code>" in html
    assert "<del>-1</del>" in html
    assert "<ins>5</ins>" in html
    assert "It ran and returned something that a check refused." in html


def test_an_asked_program_is_opened_and_its_failing_line_is_marked(client: Client, run: Run) -> None:
    html = page(client, run, query="?program=1")
    assert "NameError: name &#x27;c&#x27; is not defined" in html
    assert '<div class="row failing"' in html
    assert '<span class="remark">exception</span>' in html
    assert "line 3, in add" in html


def test_findings_are_marked_with_rule_and_weakness(client: Client, run: Run) -> None:
    html = page(client, run, query="?finding=S307")
    assert "S307 · CWE-95" in html
    assert '<div class="row flagged"' in html
    assert "eval of &lt;b&gt;text&lt;/b&gt;" in html
    assert "1 sample, ending in 1 way" in html
    assert "mean_logprob -0.5" in html


def test_a_verdict_filter_shows_only_its_groups(client: Client, run: Run) -> None:
    html = page(client, run, query="?verdict=exception")
    assert "1 sample, ending in 1 way" in html
    assert "NameError" in html
    empty = page(client, run, query="?verdict=timeout")
    assert "No sample here matches" in empty


def test_unknown_filters_and_programs_show_the_page(client: Client, run: Run) -> None:
    for query in ("?program=999", "?program=x", "?verdict=nonsense", "?finding=%00", f"?finding={'x' * 99}"):
        page(client, run, query=query)


def test_hostile_code_values_and_messages_are_text(client: Client, tmp_path: Path) -> None:
    evil = "</pre></code><script>alert(1)</script>"
    detail = Detail(evil, call=evil, actual=evil, expected=evil + " ", line=3, traceback=(evil,))
    drawn = {
        "Toy/0": [
            Drawn(HOSTILE, Judgement(Verdict.WRONG_ANSWER, detail, 0.0)),
            raised("    x\n", evil, evil),
        ]
    }
    run = scored_run(tmp_path, toy_benchmark(1), drawn)
    for query in ("?program=0", "?program=1"):
        html = page(client, run, query=query)
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html


def test_hidden_characters_are_spelled_out_and_surrogates_break_nothing(
    client: Client, tmp_path: Path
) -> None:
    detail = Detail("a\ud800b", call="add('\u202e')", actual="'\udfff'", expected="5")
    drawn = {"Toy/0": [Drawn("    return '\u202e'\n", Judgement(Verdict.WRONG_ANSWER, detail, 0.0))]}
    html = page(client, scored_run(tmp_path, toy_benchmark(1), drawn))
    assert "a\\ud800b" in html
    assert "\u202e" not in html
    assert "\\u202e" in html


def test_keys_lead_to_the_next_failing_problem_and_to_the_next_one(client: Client, tmp_path: Path) -> None:
    drawn = {
        "Toy/0": [wrong("    return 0\n", "0")],
        "Toy/1": [passed()],
        "Toy/2": [raised("    return q\n", "NameError", "q")],
    }
    run = scored_run(tmp_path, toy_benchmark(), drawn)
    html = page(client, run)
    assert f'<a href="/runs/{run.pk}/problems/Toy/2/" data-next>' in html
    assert f'<a href="/runs/{run.pk}/problems/Toy/1/" data-key="n"' in html
    assert "data-previous" not in html
    last = page(client, run, "Toy/2", "?verdict=exception")
    assert "data-previous" not in last  # no problem before it has an exception
    assert f'<a href="/runs/{run.pk}/problems/Toy/1/" data-key="p"' in last


def test_a_filter_by_rule_leads_to_the_next_flagged_problem(client: Client, tmp_path: Path) -> None:
    drawn = {**MIXED, "Toy/2": [Drawn("    eval('1')\n", passed().judgement, 4, MIXED["Toy/0"][2].findings)]}
    run = scored_run(tmp_path, toy_benchmark(), drawn)
    html = page(client, run, query="?finding=S307")
    assert f'<a href="/runs/{run.pk}/problems/Toy/2/?finding=S307" data-next>' in html


def test_the_prompt_is_folded_out_of_the_code_and_line_numbers_go_on(client: Client, run: Run) -> None:
    html = page(client, run)
    assert "Lines 1 to 2 are the prompt" in html
    assert html.index("Lines 1 to 2") < html.index('<span class="no" aria-hidden="true">3</span>')


def test_the_program_downloads_as_text(client: Client, run: Run) -> None:
    response = client.get(f"/runs/{run.pk}/problems/Toy/0/?program=2&format=py")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.decode().endswith(HOSTILE)
    assert client.get(f"/runs/{run.pk}/problems/Toy/0/?program=77&format=py").status_code == 404


def test_a_problem_without_samples_leads_back_to_the_run(client: Client, run: Run) -> None:
    response = client.get(f"/runs/{run.pk}/problems/Toy/77/")
    assert response.status_code == 404
    assert f'href="/runs/{run.pk}/"' in response.content.decode()


def test_old_verdicts_are_not_shown_while_a_run_is_scored_again(client: Client, run: Run) -> None:
    rescore(run)
    html = page(client, run)
    assert "not scored yet" in html
    assert "<del>-1</del>" not in html


def test_a_constant_number_of_queries(
    client: Client, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = {f"Toy/{number}": [wrong(f"    return {n}\n", str(n)) for n in range(30)] for number in range(20)}
    small = scored_run(tmp_path, toy_benchmark(2), {"Toy/0": many["Toy/0"][:1]})
    for run in (small, scored_run(tmp_path, toy_benchmark(20), many)):
        # The run, the cell, its neighbours, the problem in all runs, the header's benchmarks.
        with django_assert_num_queries(5):
            page(client, run)


def test_only_the_opened_program_is_highlighted(client: Client, tmp_path: Path) -> None:
    long = "".join(f"    x = {line}  # a line of a long program\n" for line in range(300))
    drawn = {"Toy/0": [wrong(f"{long}    return {n}\n", str(n)) for n in range(100)]}
    run = scored_run(tmp_path, toy_benchmark(1), drawn)
    assert page(client, run).count("a line of a long program") == 300


def test_the_most_frequent_program_of_a_group_is_opened(client: Client, tmp_path: Path) -> None:
    drawn = {"Toy/0": [wrong("    return 1 # rare\n", "1"), wrong("    return 1 # often\n", "1", times=3)]}
    html = page(client, scored_run(tmp_path, toy_benchmark(1), drawn))
    assert "# often" in html
    assert "# rare" not in html
