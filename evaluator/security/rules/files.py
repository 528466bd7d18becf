"""Rules about temporary files and permissions."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Value
from evaluator.security.rule import Only, Rule, calls


def _temporary_name(call: Call) -> str | None:
    return f"{call.name}() only makes up a name, which another account may take first."


_SHARED_FOLDER = re.compile(r"^(?:/tmp/|/var/tmp/|/dev/shm/)[^\0]")


def _known_text(part: str | Value) -> str:
    if isinstance(part, str):
        return part
    return "/tmp" if part.qual == "tempfile.gettempdir()" else "?"


def _fixed_temporary(call: Call) -> str | None:
    if call.qual not in (
        "open",
        "io.open",
        "os.open",
        "codecs.open",
        "sqlite3.connect",
    ) and call.name not in (
        "write_text",
        "write_bytes",
        "mkdir",
        "makedirs",
        "FileHandler",
    ):
        return None
    value = (
        call.receiver
        if call.name in ("write_text", "write_bytes")
        else call.argument(0, "file", "path", "name")
    )
    if value is None:
        return None
    mode = call.constant(1, "mode")
    if call.qual == "open" and (mode is NOTHING or not isinstance(mode, str) or not set(mode) & set("wax+")):
        return None
    for choice in value.choices():
        text = "".join(_known_text(part) for part in choice.text_parts())
        if _SHARED_FOLDER.match(text):
            return "A file of a name that can be guessed is written in a folder that all accounts share."
    return None


def _mode(call: Call) -> str | None:
    if call.qual == "os.umask":
        mask = call.constant(0)
        return (
            "Files are made writable for everybody."
            if isinstance(mask, int) and mask & 0o002 == 0 and mask < 0o20
            else None
        )
    position = {
        "os.chmod": 1,
        "os.fchmod": 1,
        "os.lchmod": 1,
        "os.mkdir": 1,
        "os.makedirs": 1,
        "os.mkfifo": 1,
        "os.open": 2,
    }.get(call.qual)
    if position is None:
        if call.name not in ("chmod", "mkdir", "touch") or call.receiver is None:
            return None
        position = 0
    value = call.argument(position, "mode")
    if value is None or (call.name in ("mkdir", "touch") and position == 0 and "mode" not in call.kwargs):
        return None
    for mode in value.constants():
        if isinstance(mode, int) and not isinstance(mode, bool) and mode & 0o022:
            return f"The mode {mode & 0o7777:#o} lets other accounts change it."
        if isinstance(mode, int) and mode & 0o044 and _keeps_secrets(call):
            return f"The mode {mode & 0o7777:#o} lets other accounts read a secret."
    return None


def _keeps_secrets(call: Call) -> bool:
    value = call.argument(0, "path") if call.qual.startswith("os.") else call.receiver
    if value is None or call.name == "mkdir":
        return False
    text = "".join(part for part in value.text_parts() if isinstance(part, str)) + value.qual
    text += " ".join(root.key for root in value.all_roots())
    return (
        re.search(
            r"secret|private|passw|credential|token|id_rsa|\.pem|key(?:file|_file|_path|s?$|\.|\b)",
            text,
            re.IGNORECASE,
        )
        is not None
    )


_CHMOD = re.compile(
    r"\bchmod\s+(?:-\w+\s+)*(?:[0-7]{0,2}[0-7][2367][0-7]\b|[0-7]{0,2}[0-7][0-7][2367]\b"
    r"|[ugoa]*[oa][ugoa]*\+[rx]*w|\+w)"
)


def _chmod_command(call: Call) -> str | None:
    command = call.argument(0, "args", "command")
    if command is None:
        return None
    words = [item.const for item in command.items] if command.items else [command.const]
    text = " ".join(word for word in words if isinstance(word, str))[:1000]
    if not text and command.parts:
        text = "".join(part if isinstance(part, str) else "x" for part in command.parts)
    return "The command lets other accounts change the file." if _CHMOD.search(text) else None


FILE_RULES = (
    Rule(
        id="PB143",
        title="Temporary file by name",
        cwe=377,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Between the choice of the name and its use another account can create the file, or a link.",
        fix="Use tempfile.mkstemp or NamedTemporaryFile.",
        insecure="import tempfile\n\ndef scratch():\n    return open(tempfile.mktemp(), 'w')\n",
        secure="import tempfile\n\ndef scratch():\n    return tempfile.NamedTemporaryFile('w')\n",
        watches=(calls("mktemp tempnam tmpnam", _temporary_name),),
    ),
    Rule(
        id="PB144",
        title="Fixed name in a shared temporary folder",
        cwe=377,
        severity=Severity.LOW,
        confidence=Severity.MEDIUM,
        why="Another account can create the file or a link of that name first.",
        fix="Let tempfile choose the name.",
        insecure="def save(text):\n    with open('/tmp/report.txt', 'w') as file:\n        "
        "file.write(text)\n",
        secure=(
            "import tempfile\n\ndef save(text):\n    with tempfile.NamedTemporaryFile('w', delete=False) "
            "as file:\n"
            "        file.write(text)\n"
        ),
        watches=(
            calls(
                "open write_text write_bytes connect FileHandler",
                _fixed_temporary,
                Only(hints="/tmp /shm gettempdir"),
            ),
        ),
    ),
    Rule(
        id="PB145",
        title="Permissive file mode",
        cwe=732,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Other accounts of the machine may change the file, or read a secret in it.",
        fix="Give rights to the owner only: 0o600, or 0o700 for what is run.",
        insecure="import os\n\ndef share(path):\n    os.chmod(path, 0o777)\n",
        secure="import os\n\ndef keep(path):\n    os.chmod(path, 0o600)\n",
        watches=(
            calls(
                "chmod fchmod lchmod mkdir makedirs mkfifo umask open touch",
                _mode,
                Only(needs="chmod fchmod lchmod mkdir makedirs mkfifo umask touch O_CREAT"),
            ),
            calls(
                "system run call check_call check_output Popen getoutput", _chmod_command, Only(needs="chmod")
            ),
        ),
    ),
)
