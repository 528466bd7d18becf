"""What a model is asked: how a problem's prompt becomes the text that is sent."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator.errors import InputError
from evaluator.sampling.records import PAPER_STOPS, Kind

PLACE = "{prompt}"
MAX_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A text with `{prompt}` where the problem's prompt goes.

    `stop`: the stop sequences that fit it. Those of the paper would end a chat's answer at its first `def`.
    """

    slug: str
    title: str
    kind: Kind
    text: str
    system: str = ""  # chat only
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.text.count(PLACE) != 1:
            raise InputError(f"A prompt template must hold {PLACE} exactly once.")
        if len(self.text) + len(self.system) > MAX_LENGTH:
            raise InputError(f"A prompt template may have {MAX_LENGTH:,} characters.")

    def fill(self, prompt: str) -> str:
        """The template with this prompt in its place; braces elsewhere mean nothing."""
        before, after = self.text.split(PLACE)
        return before + prompt + after


TEMPLATES: tuple[PromptTemplate, ...] = (
    PromptTemplate(
        "as-it-is", "The prompt as it is, to be continued", Kind.COMPLETIONS, PLACE, stop=PAPER_STOPS
    ),
    PromptTemplate(
        "complete-function",
        "Ask for the whole function in one Python block",
        Kind.CHAT,
        "Complete the following Python function. Answer with the whole function, its imports included, "
        "in one Python code block and nothing else.\n\n```python\n{prompt}\n```\n",
    ),
    PromptTemplate(
        "continue-only",
        "Ask for the rest of the function only",
        Kind.CHAT,
        "Continue this Python code. Answer with the missing lines only, indented as they have to be, "
        "in one Python code block and nothing else.\n\n```python\n{prompt}```\n",
    ),
)


def default_template(kind: Kind) -> PromptTemplate:
    """The first template of this kind."""
    return next(template for template in TEMPLATES if template.kind == kind)


def template_of(slug: str) -> PromptTemplate:
    """Raises InputError for a slug that is not in the catalog."""
    for template in TEMPLATES:
        if template.slug == slug:
            return template
    known = ", ".join(template.slug for template in TEMPLATES)
    raise InputError(f"No prompt template {slug[:80]!r}. There are: {known}")
