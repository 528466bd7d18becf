"""Security pages: what is counted, explained, filtered, marked and taken away as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evaluator.records import Finding, Severity
from evaluator.security import RULES
from leaderboard.cell_blob import pack, unpack
from leaderboard.models import FindingMark, Run, RunFlags
from leaderboard.queries.marks import precisions
from leaderboard.services import runs as service
from leaderboard.views.security_programs import snippet
from tests.leaderboard.run_data import Drawn, passed, scored_run, toy_benchmark, wrong

pytestmark = pytest.mark.django_db

# Two rules of those that there are, of different severity and weakness.
GRAVE = next(rule for rule in RULES.values() if rule.severity is Severity.HIGH)
MILD = next(rule for rule in RULES.values() if rule.severity is Severity.MEDIUM and rule.cwe != GRAVE.cwe)
EVAL = Finding(GRAVE.id, GRAVE.cwe, GRAVE.severity, Severity.MEDIUM, 3, "eval of <b>text</b>")
HASH = Finding(MILD.id, MILD.cwe, MILD.severity, Severity.HIGH, 3, "a weak hash")
RISKY = "    return eval('a + b')  # <script>\n"
WEAK = "    return hashlib.md5(a)\n"


def flagged(text: str, finding: Finding, times: int = 1, *, right: bool = True) -> Drawn:
    judgement = (passed() if right else wrong("", "1")).judgement
    return Drawn(text, judgement, times, (finding,))


DRAWN: Mapping[str, Sequence[Drawn]] = {
    "Toy/0": [flagged(RISKY, EVAL, 2), passed(times=2)],
    "Toy/1": [flagged(WEAK, HASH, 3, right=False), passed(times=1)],
    "Toy/2": [passed(times=4)],
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return scored_run(tmp_path, toy_benchmark(), DRAWN)


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def test_a_run_shows_shares_secure_pass_at_k_rules_and_weaknesses(client: Client, run: Run) -> None:
    html = page(client, f"/runs/{run.pk}/security/")
    part = '<span class="part">'
    assert f"75{part}.0" in html  # pass@1: (4/4 + 1/4 + 4/4) / 3
    assert f"58{part}.3" in html  # secure-pass@1: (2/4 + 1/4 + 4/4) / 3
    assert "<dd>16.7 " in html  # pass and are flagged
    assert "<dd>41.7 " in html  # flagged: (2/4 + 3/4) / 3
    assert f"https://cwe.mitre.org/data/definitions/{GRAVE.cwe}.html" in html
    assert f"CWE-{MILD.cwe}" in html


def test_flagged_lines_are_marked_and_explained_as_text(client: Client, run: Run) -> None:
    html = page(client, f"/runs/{run.pk}/security/")
    assert '<div class="row flagged">' in html
    assert "<script>" not in html
    assert "eval of &lt;b&gt;text&lt;/b&gt;" in html
    assert "Mend:" in html
    assert f'href="/runs/{run.pk}/problems/Toy/0/?program=0"' in html


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_flagged_lines_are_those_of_the_compiler(end: str) -> None:
    source = end.join(["a = '\u2028'", "b = '\x0c'", "c = 1", "return eval(a)", "d = 1", "e = 2", "f = 3"])
    shown = snippet(source, [replace(EVAL, line=4)])
    assert [line["line"].number for line in shown] == [2, 3, 4, 5, 6]
    assert [line["line"].number for line in shown if line["kind"]] == [4]
    assert "eval" in shown[2]["line"].html
    assert [line["gap"] for line in shown] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        (f"rule={GRAVE.id}", "Toy/0", "Toy/1"),
        (f"cwe={MILD.cwe}", "Toy/1", "Toy/0"),
        ("severity=high", "Toy/0", "Toy/1"),
        ("only=passing", "Toy/0", "Toy/1"),
        ("q=md5", "Toy/1", "Toy/0"),
        ("q=toy/0", "Toy/0", "Toy/1"),
    ],
)
def test_the_address_filters(client: Client, run: Run, query: str, shown: str, hidden: str) -> None:
    html = page(client, f"/runs/{run.pk}/security/?{query}", **{"hx-request": "true"})
    assert "<html" not in html
    assert f"problems/{shown}/" in html
    assert f"problems/{hidden}/" not in html


def test_an_unknown_filter_is_no_error_and_an_empty_answer_says_what_to_do(client: Client, run: Run) -> None:
    page(client, f"/runs/{run.pk}/security/?cwe=x&severity=worst&only=odd&page=-3&sort=nothing")
    assert "No finding matches" in page(client, f"/runs/{run.pk}/security/?rule=S999")


def test_what_the_task_asks_for_is_shown_on_demand(client: Client, run: Run) -> None:
    stored = RunFlags.objects.get()
    stored.flags = [[*flag[:4], flag[1] == GRAVE.id] for flag in stored.flags]
    stored.save()
    cell = run.cells.get(problem__task_id="Toy/0")
    cell.blob = pack(replace(unpack(cell.blob), asked_for=(GRAVE.id,)))
    cell.save()
    html = page(client, f"/runs/{run.pk}/security/")
    assert "problems/Toy/0/" not in html
    html = page(client, f"/runs/{run.pk}/security/?only=asked")
    assert "asked for" in html
    assert "problems/Toy/0/" in html


def test_findings_as_files(client: Client, run: Run) -> None:
    address = f"/runs/{run.pk}/security/"
    rows = list(csv.DictReader(io.StringIO(page(client, f"{address}?format=csv"))))
    assert [(row["task_id"], row["rule"], row["samples"], row["line"]) for row in rows] == [
        ("Toy/0", GRAVE.id, "2", "3"),
        ("Toy/1", MILD.id, "3", "3"),
    ]
    assert rows[0]["code"].startswith("return eval(")
    assert [row["rule"] for row in json.loads(page(client, f"{address}?format=json&only=passing"))] == [
        GRAVE.id
    ]
    log = json.loads(page(client, f"{address}?format=sarif"))
    (result, _) = log["runs"][0]["results"]
    assert log["version"] == "2.1.0"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert (
        log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == GRAVE.id
    )
    rules = json.loads(page(client, f"{address}?format=json&table=rules&sort=passed"))
    assert [(row["rule"], row["samples"], row["passed"]) for row in rules] == [
        (MILD.id, 3, 0),
        (GRAVE.id, 2, 2),
    ]
    page(client, f"{address}?format=xml", 400)


def test_a_benchmark_compares_models_and_rules(client: Client, tmp_path: Path, run: Run) -> None:
    clean = {task: [passed(times=4)] for task in DRAWN}
    better = scored_run(tmp_path, toy_benchmark(), clean, model="Careful-1B")
    html = page(client, "/benchmarks/toy/security/")
    assert html.index("Careful-1B") < html.index("Toy-1B")
    assert "\N{MINUS SIGN}41.7" in html  # paired, on the same three problems
    assert f'href="/runs/{run.pk}/security/?rule={GRAVE.id}"' in html
    rows = json.loads(page(client, "/benchmarks/toy/security/?table=models&format=json"))
    assert [row["run"] for row in rows] == [better.pk, run.pk]
    assert rows[1]["difference_low"] < rows[1]["difference"] < rows[1]["difference_high"]
    assert "problems/Toy/0/" not in page(client, f"/benchmarks/toy/security/?run={better.pk}")
    assert html.index("Toy-1B, T 0.8") > 0


def test_other_people_s_runs_are_counted_for_nobody_else(client: Client, tmp_path: Path) -> None:
    owner = User.objects.create_user("ada")
    run = scored_run(tmp_path, toy_benchmark(), DRAWN, owner=owner, visibility="private", model="Hidden-1B")
    assert "Hidden-1B" not in page(client, "/benchmarks/toy/security/")
    page(client, f"/runs/{run.pk}/security/", 404)
    assert client.post(f"/runs/{run.pk}/security/marks/Toy/0/").status_code == 302  # to the sign-in
    client.force_login(User.objects.create_user("eve"))
    assert mark(client, run).status_code == 404
    client.force_login(owner)
    assert "Hidden-1B" in page(client, "/benchmarks/toy/security/")


def mark(client: Client, run: Run, word: str = "confirmed", **changed: object) -> object:
    sent = {"program": 0, "rule": GRAVE.id, "line": 3, "word": word, "comment": "seen <i>"} | changed
    return client.post(f"/runs/{run.pk}/security/marks/Toy/0/", sent)


def test_marks_are_added_shown_and_counted_the_latest_one_stands(client: Client, run: Run) -> None:
    client.force_login(User.objects.create_user("ada"))
    assert "hx-post" in page(client, f"/runs/{run.pk}/security/")
    back = f"/runs/{run.pk}/security/?rule={GRAVE.id}"
    assert mark(client, run, next=back)["Location"] == back
    assert precisions()[GRAVE.id].value == 1.0
    client.force_login(User.objects.create_user("bob"))
    mark(client, run, "false_alarm")
    assert FindingMark.objects.count() == 2  # the first one is history
    precision = precisions()[GRAVE.id]
    assert (precision.confirmed, precision.marked) == (0, 1)
    html = page(client, f"/runs/{run.pk}/security/")
    assert "false alarm</b> by bob" in html
    assert "confirmed by ada" in html
    assert "seen &lt;i&gt;" in html
    assert "0 of 1 marked finding confirmed" in html


def test_equal_programs_of_another_run_carry_the_same_mark(client: Client, tmp_path: Path, run: Run) -> None:
    client.force_login(User.objects.create_user("ada"))
    mark(client, run)
    other = scored_run(tmp_path, toy_benchmark(), DRAWN, model="Other-1B")
    assert "confirmed</b> by ada" in page(client, f"/runs/{other.pk}/security/")


def test_the_failure_browser_explains_findings_and_takes_marks(client: Client, run: Run) -> None:
    address = f"/runs/{run.pk}/problems/Toy/0/?program=0"
    html = page(client, address)
    assert GRAVE.title in html
    assert "hx-post" not in html.split('<ul class="findings">')[1]  # nobody is signed in
    client.force_login(User.objects.create_user("ada"))
    html = page(client, address)
    assert f'action="/runs/{run.pk}/security/marks/Toy/0/"' in html
    assert 'hx-select="unset"' in html  # around it, answers are cut down to the samples
    marked = mark(client, run, next=address)
    assert marked["Location"] == address
    assert "confirmed</b> by ada" in page(client, address)


def test_htmx_gets_the_marks_of_the_finding_alone(client: Client, run: Run) -> None:
    client.force_login(User.objects.create_user("ada"))
    sent = {"program": 0, "rule": GRAVE.id, "line": 3, "word": "false_alarm"}
    response = client.post(f"/runs/{run.pk}/security/marks/Toy/0/", sent, headers={"hx-request": "true"})
    html = response.content.decode()
    assert html.lstrip().startswith('<div class="marks"')
    assert "false alarm</b> by ada" in html
    assert "csrfmiddlewaretoken" in html


def test_equal_programs_of_several_runs_are_shown_once(client: Client, tmp_path: Path, run: Run) -> None:
    scored_run(tmp_path, toy_benchmark(), DRAWN, model="Other-1B")
    html = page(client, "/benchmarks/toy/security/")
    assert html.count('aria-label="Toy/0, 4 samples"') == 1
    assert "Other-1B, T 0.8</a>" in html


def test_a_mark_of_nothing_is_refused(client: Client, run: Run) -> None:
    client.force_login(User.objects.create_user("ada"))
    for changed in ({"line": 2}, {"rule": MILD.id}, {"program": 7}):
        mark(client, run, **changed)
    assert mark(client, run, "perhaps").status_code == 400
    assert mark(client, run, line=0).status_code == 400
    assert not FindingMark.objects.exists()


def test_a_mark_leads_nowhere_else(client: Client, run: Run) -> None:
    client.force_login(User.objects.create_user("ada"))
    assert mark(client, run, next="https://evil.example/")["Location"] == f"/runs/{run.pk}/security/"


def test_a_mark_needs_the_csrf_token(run: Run) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("ada"))
    assert mark(client, run).status_code == 403


def test_a_run_that_is_scored_again_shows_no_findings_of_before(client: Client, run: Run) -> None:
    service.rescore(run)
    html = page(client, f"/runs/{run.pk}/security/")
    assert "not scored yet" in html
    assert "No finding matches" in html


def test_query_counts(
    client: Client, tmp_path: Path, run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        scored_run(tmp_path, toy_benchmark(), DRAWN, model=f"Toy-{number}")
    with django_assert_num_queries(7):
        page(client, f"/runs/{run.pk}/security/")
    with django_assert_num_queries(9):
        page(client, "/benchmarks/toy/security/")
