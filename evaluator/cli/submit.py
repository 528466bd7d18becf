"""`python -m evaluator submit FILE --site URL`: send samples to a Passboard site, follow the scoring."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator.cli.options import (
    add_reading_options,
    add_scoring_options,
    chosen_benchmark,
    chosen_limits,
    chosen_reading,
)
from evaluator.cli.progress import ProgressBar
from evaluator.errors import EvaluatorError, InputError
from evaluator.sample_files import ReadOptions, guess_from_name, read_all
from evaluator.submit.calls import Calls, Document
from evaluator.submit.local import Scoring, score_here, write_verdicts
from evaluator.submit.report import figure_lines, preview_lines
from evaluator.submit.site import Site
from evaluator.submit.submission import Parcel, Submission
from evaluator.submit.token import VARIABLE, token_from

_NO_WORKER = "No worker is seen at the site: the run waits in its queue. Ctrl-C stops waiting, not the run."
_UNENCRYPTED = "warning: the token travels unencrypted; use https:// outside of your own machine"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="samples, in any form that the site reads")
    _add_site_options(parser)
    _add_run_options(parser)
    add_reading_options(parser)
    parser.add_argument("--counts-of", metavar="MODEL", help="counts of several models: which one's")
    add_scoring_options(parser)
    parser.add_argument("--score", action="store_true", help="score on this machine; submit the verdicts")
    parser.add_argument("--preview", action="store_true", help="only show what the site finds; make no run")
    parser.add_argument("--no-wait", action="store_true", help="end once the run is queued")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, the run as the API has it"
    )


def _add_site_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the site")
    group.add_argument("--site", required=True, metavar="URL", help="such as https://board.example.org")
    group.add_argument("--token-file", type=Path, metavar="FILE", help="a file that holds your token")
    group.add_argument(
        "--token", help=f"the token itself, seen by everybody on this machine; better: {VARIABLE} or a file"
    )
    group.add_argument("--ca-file", type=Path, metavar="PEM", help="certificate of your own authority")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument("--model", metavar="NAME", help="default: what the file's name tells")
    group.add_argument("--organisation", metavar="NAME", help="who made the model")
    group.add_argument("--parameters", metavar="7B", help="how many weights")
    group.add_argument("--temperature", type=float, help="default: what the file's name tells")
    group.add_argument("--top-p", type=float, help="default: what the file's name tells")
    group.add_argument("--visibility", choices=("public", "unlisted", "private"), default="public")
    group.add_argument(
        "--share-with",
        metavar="ORGANISATION",
        help="one that you have joined, by its slug: its members see the run",
    )
    group.add_argument("--note", help="prompt format, stop tokens, anything a reader should know")
    group.add_argument(
        "--verdicts",
        choices=("measure", "import"),
        default="measure",
        help="measure: the site runs every sample; import: it takes the file's own verdicts, and says so",
    )


def run(arguments: argparse.Namespace) -> int:
    """Send, confirm, follow, print; the exit code."""
    site = Site(
        arguments.site,
        token_from(arguments.token, arguments.token_file),
        ca_file=arguments.ca_file,
        tell=_say,
    )
    if site.is_open_text:
        _say(_UNENCRYPTED)
    with tempfile.TemporaryDirectory() as folder:
        parcel = _parcel(arguments)
        if arguments.score:
            parcel = _scored(arguments, parcel, Path(folder))
        submission = Submission(Calls(site), parcel, site.address)
        try:
            return _submitted(arguments, submission)
        except KeyboardInterrupt:
            _say(_stopped(submission))
            return 130


def _submitted(arguments: argparse.Namespace, submission: Submission) -> int:
    submission.recover()
    if not submission.run:
        preview = _sent(submission)
        if arguments.preview:
            submission.discard()
            return _printed(arguments, preview, "")
        run = submission.confirm(submission.parcel.setting)
        _say(f"run {run['id']}: {run['page']}")
        if arguments.no_wait:
            return _printed(arguments, run, run["page"])
    else:
        _say(f"run {submission.run} was made of this file before: it is followed, and not made again")
    with ProgressBar("samples") as bar:
        run = submission.follow(bar.update, lambda: _say(_NO_WORKER))
    if run["status"] != "done":
        raise EvaluatorError(f"The run was {run['status']} at the site: {run['page']}")
    return _printed(arguments, run, "\n".join([*figure_lines(run), "", str(run["page"])]))


def _sent(submission: Submission) -> Document:
    """The file at the site; its preview, which is told as well."""
    if submission.resumed:
        _say("this file was begun to be sent before: going on there")
    with ProgressBar("bytes") as bar:
        upload = submission.send(bar.update)
    preview: Document = upload["preview"]
    for line in preview_lines(preview):
        _say(f"  {line}")
    return preview


def _parcel(arguments: argparse.Namespace) -> Parcel:
    said = {
        "model_name": arguments.model,
        "organisation": arguments.organisation,
        "parameters": arguments.parameters,
        "temperature": arguments.temperature,
        "top_p": arguments.top_p,
        "shared_with": arguments.share_with,
        "note": arguments.note,
    }
    setting = _guessed(arguments.file.name) | {key: value for key, value in said.items() if value is not None}
    if "model_name" not in setting and not arguments.preview:
        raise InputError(f"--model: the name “{arguments.file.name}” doesn't tell which model it is")
    setting |= {"visibility": arguments.visibility, "verdicts": arguments.verdicts}
    if arguments.cpu_limit is not None and arguments.cpu_limit.auto_factor is not None:
        setting["cpu_limit"] = "auto"
    elif arguments.cpu_limit is not None:
        setting |= {"cpu_limit": "fixed", "cpu_seconds": arguments.cpu_limit.cpu_seconds}
    return Parcel(
        arguments.file, arguments.file.name, arguments.benchmark, setting, _options(arguments).as_dict()
    )


def _options(arguments: argparse.Namespace) -> ReadOptions:
    return replace(chosen_reading(arguments), model=arguments.counts_of)


def _scored(arguments: argparse.Namespace, parcel: Parcel, folder: Path) -> Parcel:
    """The parcel with a file of programs and their verdicts in the place of the samples."""
    benchmark = chosen_benchmark(arguments)
    file = read_all(parcel.path, benchmark, _options(arguments))
    scoring = Scoring(benchmark, chosen_limits(arguments, benchmark), arguments.workers)
    with ProgressBar("programs") as bar:
        scores = score_here(scoring, file, bar.update)
    target = folder / "verdicts.jsonl.gz"
    write_verdicts(benchmark, file, scores, target)
    setting = {**parcel.setting, "verdicts": "import"}
    return replace(parcel, path=target, setting=setting, options={})


def _guessed(file_name: str) -> dict[str, Any]:
    """What the file's name tells of the run."""
    guess = guess_from_name(file_name)
    known = {
        "model_name": guess.model,
        "organisation": guess.organisation,
        "parameters": None if guess.parameters is None else str(guess.parameters),
        "temperature": guess.temperature,
        "top_p": guess.top_p,
    }
    return {name: value for name, value in known.items() if value is not None}


def _stopped(submission: Submission) -> str:
    if submission.run:
        return (
            f"stopped waiting: the site goes on with run {submission.run}; the same command follows it again"
        )
    return "stopped: what was sent is kept for a day; the same command goes on there"


def _printed(arguments: argparse.Namespace, document: Document, text: str) -> int:
    print(json.dumps(document) if arguments.json else text)
    return 0


def _say(text: str) -> None:
    """A line of its own, in the place of a progress bar that is being drawn."""
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(f"{clear}{text}", file=sys.stderr, flush=True)
