"""What the sampling pages send: a model, its server, how samples are drawn, and what it may cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from django import forms

from evaluator.records import Limits
from evaluator.sampling.records import PAPER_STOPS, Kind
from evaluator.sampling.templates import PLACE, TEMPLATES, default_template, template_of
from leaderboard.formatting import size_text
from leaderboard.forms.sampling_fields import StopsField, TemperaturesField, escaped
from leaderboard.forms.uploads import FIXED, RunSettingForm
from leaderboard.models import Benchmark, Organisation, Sampling, ServerKey
from leaderboard.queries.benchmarks import shown_benchmarks
from leaderboard.services.sampling_order import (
    MOST_PARALLEL,
    MOST_PER_MINUTE,
    MOST_PER_REQUEST,
    MOST_SAMPLES,
    MOST_SEED,
    MOST_TOKENS,
    Decoding,
    Key,
    SamplingOrder,
    Server,
    order_of,
)
from leaderboard.time_limit import AUTO, fixed

USUAL, OWN = "", "own"
_KINDS = (
    (Kind.COMPLETIONS.value, "completions: continues the prompt; for base models"),
    (Kind.CHAT.value, "chat: answers a message; for instruction-tuned models"),
)


def _count(label: str, most: int, help_text: str = "", **rest: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, help_text=help_text, **rest)


def _secret() -> forms.PasswordInput:
    """An input whose text never comes back."""
    return forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})


def _price(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=1e6, required=False)


class SamplingForm(forms.Form):
    """All of an order. What a run is asked for anyway (visibility, time limit …) is the upload form's."""

    benchmark = forms.TypedChoiceField(error_messages={"required": "Choose a benchmark."})
    address = forms.CharField(
        label="Address of the server",
        max_length=500,
        help_text="up to and with /v1, such as https://api.example.com/v1",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="What it is asked for", choices=_KINDS, initial=Kind.COMPLETIONS.value, widget=forms.RadioSelect
    )
    server_model = forms.CharField(
        label="The server’s name of the model",
        max_length=200,
        help_text="what it calls the model in requests",
    )
    key = forms.CharField(
        required=False,
        max_length=2000,
        help_text="kept encrypted, never shown again, deleted when all is drawn; empty if none is needed",
        widget=_secret(),
    )
    kept_key = forms.TypedChoiceField(label="Or a key that you keep here", required=False, empty_value=None)
    keep_as = forms.CharField(
        label="Keep this key as", required=False, max_length=60, help_text="a name; empty: it is not kept"
    )
    n = _count("Samples per problem (n)", MOST_SAMPLES, initial=20)
    temperatures = TemperaturesField(
        initial="0.2, 0.8", max_length=200, help_text="several make a sweep: each is a run of its own"
    )
    top_p = forms.FloatField(label="top_p", min_value=0.001, max_value=1, initial=0.95)
    max_tokens = _count("Most tokens of an answer", MOST_TOKENS, initial=512)
    seed = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SEED,
        help_text="for servers that take one: the same samples again; empty: none is sent",
    )
    stop = StopsField(
        label="Stop sequences",
        required=False,
        strip=False,
        initial="\n".join(map(escaped, PAPER_STOPS)),
        help_text="one a line, \\n is a line break; the Codex paper’s stand here, and are left out for chat",
    )
    template = forms.ChoiceField(
        label="What the model is sent",
        required=False,
        choices=[
            (USUAL, "the usual for what is asked"),
            *((template.slug, f"{template.title} ({template.kind})") for template in TEMPLATES),
            (OWN, "my own text"),
        ],
    )
    own_template = forms.CharField(
        label="Own text",
        required=False,
        strip=False,
        max_length=20_000,
        help_text=f"holds {PLACE} once, where the problem’s prompt goes",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"}),
    )
    system = forms.CharField(
        label="System message",
        required=False,
        max_length=4000,
        help_text="chat only",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    logprobs = forms.BooleanField(label="Ask for log-probabilities", required=False, initial=True)
    as_they_stand = forms.BooleanField(
        label="Take answers as they stand: Markdown fences and sentences around the code stay",
        required=False,
    )
    parallel = _count("Requests at the same time", MOST_PARALLEL, initial=4)
    per_minute = _count("Requests per minute", MOST_PER_MINUTE, "empty: no limit", required=False)
    per_request = _count(
        "Samples per request", MOST_PER_REQUEST, "servers that give fewer are asked again", initial=10
    )
    token_cap = _count("Spending cap, tokens", 10**12, "prompts and answers; empty: none", required=False)
    prompt_price = _price("Price per million prompt tokens")
    completion_price = _price("Price per million answer tokens")

    def __init__(
        self, *args: Any, keys: list[ServerKey], organisations: Iterable[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.benchmarks = {str(row.pk): row for row in shown_benchmarks()}
        _choose(self.fields["benchmark"], self.benchmarks, _labelled)
        self.keys = {str(row.pk): row for row in keys}
        _choose(self.fields["kept_key"], self.keys, _of_server, none="no kept key")
        for name in _OF_RUN:
            self.fields[name] = deepcopy(RunSettingForm.base_fields[name])
        self.fields["shared_with"].offer(organisations)  # type: ignore[attr-defined]

    def clean_system(self) -> str:
        return str(self.cleaned_data["system"]).strip()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("template") == OWN and PLACE not in said.get("own_template", ""):
            self.add_error("own_template", f"Write {PLACE} where the problem’s prompt goes.")
        if said.get("keep_as") and not said.get("key"):
            self.add_error("keep_as", "Type the key that is to be kept.")
        return said

    def key_given(self) -> Key:
        """The key as services take it."""
        return Key(self.cleaned_data["key"].strip(), self.cleaned_data["kept_key"])

    def order(self) -> SamplingOrder:
        """The cleaned values as services take them."""
        said = self.cleaned_data
        kind = Kind(said["kind"])
        prices = {name: said[name] for name in ("prompt_price", "completion_price")}
        limits = {name: said[name] for name in ("parallel", "per_minute", "per_request")}
        if kind is Kind.CHAT and said["stop"] == PAPER_STOPS:
            said = said | {"stop": ()}  # they would cut an answer at its first “def”
        names = ("n", "temperatures", "top_p", "max_tokens", "seed", "stop", "logprobs")
        draws = {name: said[name] for name in names}
        server = Server(said["address"].strip(), said["server_model"].strip(), kind, **limits, **prices)
        seconds = said["cpu_seconds"]
        return SamplingOrder(
            model_name=said["model_name"],
            server=server,
            decoding=Decoding(
                **draws, clean=not said["as_they_stand"], template=self._template(kind), system=said["system"]
            ),
            organisation=said["organisation"],
            parameters=said["parameters"],
            token_cap=said["token_cap"],
            visibility=said["visibility"],
            shared_with=said["shared_with"].slug if said["shared_with"] else "",
            note=said["note"],
            limits=Limits.auto() if said["cpu_limit"] == AUTO else fixed(seconds or Limits().cpu_seconds),
        )

    def _template(self, kind: Kind) -> str:
        chosen = self.cleaned_data["template"]
        if chosen == OWN:
            return str(self.cleaned_data["own_template"])
        return (template_of(chosen) if chosen else default_template(kind)).text

    @staticmethod
    def again(sampling: Sampling) -> dict[str, Any]:
        """Initial values that ask for the same once more; the key has to be given again."""
        order = order_of(sampling)
        decoding, server = order.decoding, order.server
        values: dict[str, Any] = {
            name: getattr(part, name)
            for part, names in ((order, _OF_ORDER), (server, _OF_SERVER), (decoding, _OF_DECODING))
            for name in names
        }
        slugs = {template.text: template.slug for template in TEMPLATES}
        known = slugs.get(decoding.template)
        limits = order.limits
        return values | {
            "benchmark": str(sampling.benchmark_id),
            "parameters": order.parameters and size_text(order.parameters),
            "server_model": server.model,
            "as_they_stand": not decoding.clean,
            "kind": server.kind.value,
            "temperatures": ", ".join(f"{one:g}" for one in decoding.temperatures),
            "stop": "\n".join(map(escaped, decoding.stop)),
            "template": known or OWN,
            "own_template": "" if known else decoding.template,
            "cpu_limit": FIXED if limits.auto_factor is None else AUTO,
            "cpu_seconds": limits.cpu_seconds,
        }


_OF_RUN = (
    "model_name",
    "organisation",
    "parameters",
    "visibility",
    "shared_with",
    "cpu_limit",
    "cpu_seconds",
    "note",
)
_OF_ORDER = ("model_name", "organisation", "token_cap", "visibility", "shared_with", "note")
_OF_SERVER = ("address", "parallel", "per_minute", "per_request", "prompt_price", "completion_price")
_OF_DECODING = ("n", "top_p", "max_tokens", "seed", "logprobs", "system")


class ResumeForm(forms.Form):
    """What may be changed when a sampling goes on."""

    key = forms.CharField(required=False, max_length=2000, widget=_secret())
    token_cap = _count("Spending cap, tokens", 10**12, required=False)


def _of_server(key: ServerKey) -> str:
    return f"{key.name} ({key.server or 'keep it anew'})"


def _labelled(benchmark: Benchmark) -> str:
    return f"{benchmark.name}, {benchmark.problem_count} problems"


def _choose(field: forms.Field, rows: Mapping[str, Any], label: Any, none: str = "") -> None:
    assert isinstance(field, forms.TypedChoiceField)
    empty = [("", none)] if none else []
    field.choices = [*empty, *((key, label(row)) for key, row in rows.items())]
    field.coerce = rows.__getitem__
