"""Rules about text that becomes Python code, a template or the choice of what is run."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Level
from evaluator.security.rule import Only, Rule, calls
from evaluator.security.words import words

_EVALUATORS = words("eval builtins.eval __builtins__.eval pandas.eval numexpr.evaluate")
_EXECUTORS = words("exec builtins.exec __builtins__.exec execfile runpy.run_path code.interact timeit.timeit")


def _evaluated(call: Call) -> str | None:
    text = call.argument(0, "expression", "source", "expr", "ex")
    if text is None or call.qual not in _EVALUATORS or call.level(text, "code") < Level.UNKNOWN:
        return None
    return f"{call.name}() of a text that is not a constant."


def _executed(call: Call) -> str | None:
    text = call.argument(0, "object", "source", "stmt")
    if text is None or call.level(text, "code") < Level.UNKNOWN:
        return None
    if call.qual == "compile" and call.constant(2, "mode") is not NOTHING:
        return "compile() of a text that is not a constant." if text.qual != "ast.parse()" else None
    if call.qual in _EXECUTORS or call.is_a(
        "InteractiveInterpreter().runsource", "InteractiveInterpreter().runcode"
    ):
        return f"{call.name}() of a text that is not a constant."
    return None


def _imported(call: Call) -> str | None:
    name = call.argument(0, "name")
    if name is None or not call.is_a(
        "importlib.import_module", "__import__", "import_string", "import_module"
    ):
        return None
    wanted = Level.SOURCE if name.parts is not None else Level.PARAMETER
    return "The module to import is chosen from outside." if call.level(name, "name") >= wanted else None


def _looked_up(call: Call) -> str | None:
    name = call.argument(1)
    if call.qual != "getattr" or name is None or name.parts is not None:
        return None
    return (
        "A stranger names the attribute that is used." if call.level(name, "name") is Level.SOURCE else None
    )


def _template(call: Call) -> str | None:
    text = call.argument(0, "source", "template", "template_string", "text")
    if text is None:
        return None
    receiver = call.receiver.qual if call.receiver is not None else ""
    known = call.is_a(
        "flask.render_template_string",
        "jinja2.Template",
        "mako.template.Template",
        "django.template.Template",
    )
    from_text = call.name == "from_string" and "Sandbox" not in receiver
    if not known and not from_text and call.qual != "render_template_string":
        return None
    if call.level(text, "template") < Level.PARAMETER:
        return None
    return f"{call.name}() takes text from outside as a template, whose expressions are run."


CODE_RULES = (
    Rule(
        id="PB121",
        title="eval of a text",
        cwe=95,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Whoever can influence the expression runs any Python code with the rights of this program.",
        fix="Use ast.literal_eval for literals, and a small parser for arithmetic.",
        insecure="def value(text):\n    return eval(text)\n",
        secure="import ast\n\ndef value(text):\n    return ast.literal_eval(text)\n",
        watches=(calls("eval evaluate", _evaluated),),
    ),
    Rule(
        id="PB122",
        title="exec or compile of a text",
        cwe=95,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Whoever can influence the text runs any Python code with the rights of this program.",
        fix="Call the function that is wanted, or look it up in a dictionary of allowed ones.",
        insecure="def run(code):\n    exec(code)\n",
        secure="def run(name, actions):\n    return actions[name]()\n",
        watches=(calls("exec execfile compile run_path runsource runcode interact", _executed),),
    ),
    Rule(
        id="PB123",
        title="Module or attribute chosen from outside",
        cwe=470,
        severity=Severity.MEDIUM,
        confidence=Severity.MEDIUM,
        why="Importing runs a module's code, and attributes include what was never meant to be called.",
        fix="Look the name up in a dictionary of what may be used.",
        insecure="import importlib\n\ndef plugin(name):\n    return importlib.import_module(name).run()\n",
        secure=(
            "import importlib\n\nPLUGINS = {'csv': 'exports.as_csv'}\n\ndef plugin(name):\n"
            "    return importlib.import_module(PLUGINS[name]).run()\n"
        ),
        watches=(
            calls("import_module __import__ import_string", _imported),
            calls("getattr", _looked_up, Only(needs="request input argv")),
        ),
    ),
    Rule(
        id="PB124",
        title="Template from outside",
        cwe=1336,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="A template engine runs the expressions in its text, and they reach the whole interpreter.",
        fix="Keep templates constant and give the values to render(), or use jinja2's SandboxedEnvironment.",
        insecure=(
            "from flask import render_template_string, request\n\ndef hello():\n"
            "    return render_template_string('Hello ' + request.args['name'])\n"
        ),
        secure=(
            "from flask import render_template_string, request\n\ndef hello():\n"
            "    return render_template_string('Hello {{ name }}', name=request.args['name'])\n"
        ),
        watches=(calls("render_template_string Template from_string", _template),),
    ),
)
