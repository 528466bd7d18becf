"""Rules about commands: text that a shell, a remote machine or the system runs."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Level, Value
from evaluator.security.rule import Only, Rule, calls
from evaluator.security.words import words

_SUBPROCESS = "run call Popen check_output check_call create_subprocess_shell subprocess_shell"
_SHELLS = words("sh bash zsh dash ksh ash csh cmd cmd.exe powershell powershell.exe pwsh su")
_SHELL_FLAGS = frozenset({"-c", "/c", "/C", "-lc", "-ic", "-Command", "-command", "-ec", "-xc", "/k"})
_INTERPRETERS = words("python python3 perl ruby node php")
_INTERPRETER_FLAGS = frozenset({"-c", "-e", "-r", "--eval"})
_SHELL_CALLS = (
    "os.system",
    "os.popen",
    "os.popen2",
    "os.popen3",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
    "popen2.popen2",
    "posix.system",
    "pexpect.run",
    "pexpect.spawn",
    "pty.spawn",
)
_REMOTE = re.compile(
    r"(?:^|[.$])(?:c|ctx|context|conn|connection|fabric|invoke|api|remote|ssh|host|client)$", re.IGNORECASE
)
_SUBPROCESS_HOME = re.compile(r"^(?:subprocess|asyncio|\$?\w*subprocess)\b|^(?:run|call)$")


def _command(call: Call) -> Value | None:
    return call.argument(0, "args", "cmd", "command", "popenargs")


def _through_shell(call: Call) -> str | None:
    command = _command(call)
    if command is None or not call.is_a(*_SHELL_CALLS):
        return None
    if (
        call.name in ("spawn", "run")
        and command.parts is None
        and call.level(command, "shell") < Level.SOURCE
    ):
        return None
    if call.level(command, "shell") < Level.UNKNOWN:
        return None
    return f"{call.name}() runs a command through the shell that is not a constant."


def _shell_true(call: Call) -> str | None:
    command, shell = _command(call), call.kwargs.get("shell")
    if command is None or shell is None:
        return None
    if not any(bool(constant) for constant in shell.constants() if isinstance(constant, bool | int)):
        return None
    if call.level(command, "shell") < Level.UNKNOWN:
        return None
    return f"{call.name}() runs a command with shell=True that is not a constant."


def _items(call: Call) -> list[Value]:
    command = _command(call)
    if call.name.startswith(("exec", "spawn", "create_subprocess_exec", "posix_spawn")):
        flat: list[Value] = []
        for value in call.args:
            flat += value.items if value.items is not None else (value,)
        return flat
    if command is None:
        return []
    return [item for choice in command.choices() for item in (choice.items or ())]


def _shell_in_list(call: Call) -> str | None:
    items = _items(call)
    for index, item in enumerate(items[:-1]):
        program = _program(item)
        flags = (
            _SHELL_FLAGS if program in _SHELLS else _INTERPRETER_FLAGS if program in _INTERPRETERS else None
        )
        if flags is None:
            continue
        for place in range(index + 1, len(items) - 1):
            if items[place].const in flags and call.level(items[place + 1], "shell") >= Level.UNKNOWN:
                return f"{program} {items[place].const} is given a command that is not a constant."
    return None


def _program(item: Value) -> str:
    return item.const.rsplit("/", 1)[-1] if isinstance(item.const, str) else ""


def _ssh_in_list(call: Call) -> str | None:
    items = _items(call)
    if len(items) < 3 or _program(items[0]) != "ssh":
        return None
    for item in items[2:]:
        if item.parts is not None and call.level(item, "shell") >= Level.PARAMETER:
            return "ssh hands its last arguments to a shell on the other machine."
    if items[-1].const is NOTHING and call.level(items[-1], "shell") >= Level.PARAMETER and len(items) > 2:
        return "ssh hands its last arguments to a shell on the other machine."
    return None


def _remote(call: Call) -> str | None:
    command = _command(call)
    if command is None or call.level(command, "shell") < Level.PARAMETER:
        return None
    if call.name == "exec_command":
        return "exec_command() runs its text in a shell on the other machine."
    receiver = call.receiver.qual if call.receiver is not None else ""
    built = any(choice.parts is not None for choice in command.choices())
    if built and (
        _REMOTE.search(receiver) or call.is_a("fabric.run", "invoke.run", "api.run", "api.sudo", "api.local")
    ):
        return f"{call.name}() runs its text in a shell."
    return None


def _strangers_program(call: Call) -> str | None:
    command = _command(call)
    if command is None or not _SUBPROCESS_HOME.search(call.qual):
        return None
    for choice in command.choices():
        first = choice.items[0] if choice.items else None if choice.items is not None else choice
        if first is None or (first is choice and (choice.parts or choice.mapping)):
            continue
        if call.level(first, "program") is Level.SOURCE:
            return "A stranger chooses which program is run."
    return None


SHELL_RULES = (
    Rule(
        id="PB111",
        title="Shell command that is not a constant",
        cwe=78,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The shell interprets every character of the command, so a value can bring its own commands.",
        fix="Use subprocess.run with a list of arguments.",
        insecure="import os\n\ndef ping(host):\n    command = 'ping -c 1 ' + host\n    return "
        "os.system(command)\n",
        secure=(
            "import subprocess\n\ndef ping(host):\n"
            "    return subprocess.run(['ping', '-c', '1', '--', host], check=True)\n"
        ),
        watches=(
            calls(
                "system popen popen2 popen3 getoutput getstatusoutput create_subprocess_shell spawn run",
                _through_shell,
            ),
        ),
    ),
    Rule(
        id="PB112",
        title="subprocess with shell=True",
        cwe=78,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The shell interprets every character of the command, so a value can bring its own commands.",
        fix="Give the program and its arguments as a list, without shell=True.",
        insecure=(
            "import subprocess\n\ndef size(path):\n    options = {'shell': True, 'text': True}\n"
            "    return subprocess.check_output(f'du -s {path}', **options)\n"
        ),
        secure=(
            "import subprocess\n\ndef size(path):\n    options = {'text': True}\n"
            "    return subprocess.check_output(['du', '-s', '--', path], **options)\n"
        ),
        watches=(calls("", _shell_true, Only(needs="shell")),),
    ),
    Rule(
        id="PB113",
        title="Command given to a shell or interpreter by an argument",
        cwe=78,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="sh -c and its like interpret the text after them, just as shell=True does.",
        fix="Call the program itself with a list of arguments.",
        insecure="import subprocess\n\ndef run(line):\n    subprocess.run(['/bin/sh', '-c', 'ls ' + line])\n",
        secure="import subprocess\n\ndef run(path):\n    subprocess.run(['/bin/ls', '--', path])\n",
        watches=(
            calls(
                _SUBPROCESS + " execl execle execlp execv execve execvp spawnl spawnlp spawnv spawnvp"
                " create_subprocess_exec posix_spawn",
                _shell_in_list,
            ),
        ),
    ),
    Rule(
        id="PB114",
        title="Remote command that is not a constant",
        cwe=78,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="The other machine's shell interprets the text, so a value can bring its own commands.",
        fix="Put shlex.quote around every value.",
        insecure="def free(client, path):\n    return client.exec_command(f'df {path}')\n",
        secure=(
            "import shlex\n\ndef free(client, path):\n"
            "    return client.exec_command('df ' + shlex.quote(path))\n"
        ),
        watches=(calls("exec_command run sudo local", _remote), calls(_SUBPROCESS, _ssh_in_list)),
    ),
    Rule(
        id="PB115",
        title="Program chosen from outside",
        cwe=78,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="Whoever names the program to run needs no shell to do harm.",
        fix="Look the program up in a dictionary of allowed ones.",
        insecure=(
            "import subprocess\nfrom flask import request\n\ndef tool():\n"
            "    return subprocess.check_output(request.args['cmd'].split())\n"
        ),
        secure=(
            "import subprocess\nfrom flask import request\n\nTOOLS = {'date': ['/bin/date']}\n\ndef tool():\n"
            "    return subprocess.check_output(TOOLS[request.args['cmd']])\n"
        ),
        watches=(calls(_SUBPROCESS, _strangers_program),),
    ),
)
