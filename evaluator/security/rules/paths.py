"""Rules about paths from outside and archives."""

from __future__ import annotations

import re

from evaluator.records import Severity
from evaluator.security.flow.events import Call
from evaluator.security.flow.values import NOTHING, Level, Value
from evaluator.security.rule import Only, Rule, calls

# Calls whose first argument (or arguments, or object) is a path that is opened, changed or handed out.
_OPENERS = (
    "open io.open codecs.open os.open os.remove os.unlink os.rmdir os.removedirs os.rename os.replace "
    "os.listdir "
    "os.scandir os.mkdir os.makedirs os.startfile os.truncate os.symlink os.link shutil.rmtree shutil.copy "
    "shutil.copyfile shutil.copy2 shutil.move shutil.copytree flask.send_file send_file aiofiles.open "
    "gzip.open "
    "bz2.open lzma.open zipfile.ZipFile tarfile.open fastapi.responses.FileResponse django.http.FileResponse "
    "FileResponse linecache.getlines numpy.load pandas.read_csv bottle.static_file os.walk glob.glob "
    "PIL.Image.open "
    "Image.open web.FileResponse"
)
_OPENER_NAMES = frozenset(_OPENERS.split())
_PATH_METHODS = (
    "read_text read_bytes write_text write_bytes unlink open iterdir rmdir touch mkdir rename replace glob"
)
_SAVERS = "save save_as store"
_FILE_WORDS = "os path Path shutil open send_file FileResponse request pathlib codecs io gzip zipfile tarfile"
_LAST_NAMES = " ".join(sorted({name.rpartition(".")[2] for name in _OPENER_NAMES}))


def _opened(call: Call) -> list[Value]:
    if call.qual in _OPENER_NAMES or call.is_a("FileResponse", "send_file"):
        given = (
            [*call.args[:2]]
            if call.qual.startswith(("shutil.", "os.rename", "os.replace", "os.link"))
            else call.args[:1]
        )
        named = [
            call.kwargs[n]
            for n in ("path", "file", "filename", "filename_or_fp", "path_or_file", "src", "dst")
            if n in call.kwargs
        ]
        return [*given, *named]
    if call.name in _PATH_METHODS.split() and call.receiver is not None and _is_path(call.receiver):
        return [call.receiver]
    if call.name in _SAVERS.split() and call.receiver is not None and call.args:
        return [call.args[0]] if call.level(call.receiver, "path") is Level.SOURCE else []
    return []


def _is_path(value: Value) -> bool:
    return any(
        "Path()" in choice.qual or choice.qual.endswith(("resolve()", "absolute()"))
        for choice in value.choices()
    )


def _joined_in(choice: Value) -> bool:
    """Whether a fixed folder and something from outside were put together to a path."""
    parts = choice.parts
    if parts is None or len(parts) < 2:
        return choice.qual in ("os.path.join()", "pathlib.Path()", "os.path.normpath()")
    return True


def _traversal(call: Call) -> str | None:
    for value in _opened(call):
        for choice in value.choices():
            level = call.level(choice, "path")
            if level is Level.SOURCE:
                return f"{call.name}() is given a path that a stranger decides."
            if level is Level.PARAMETER and _joined_in(choice) and not _only_names_the_folder(call, choice):
                return (
                    f"{call.name}() is given a path with a part from outside that may lead out of its folder."
                )
    return None


def _only_names_the_folder(call: Call, choice: Value) -> bool:
    """`os.path.join(folder, "fixed.txt")`: the caller names the folder, and nothing inside of it."""
    parts = choice.parts or ()
    open_parts = [
        i
        for i, part in enumerate(parts)
        if isinstance(part, Value) and call.level(part, "path") > Level.UNKNOWN
    ]
    if not open_parts:
        return False
    if open_parts != [0]:
        return False
    rest = "".join(part for part in parts[1:] if isinstance(part, str))
    return rest.startswith(("/", ".", "_", "-")) or not rest


def _is_tar(value: Value) -> bool:
    return any(
        choice.qual.startswith(("tarfile.open()", "tarfile.TarFile", "$tar", "$archive", "$t.", "$tf"))
        or choice.qual in ("$t", "$tf")
        for choice in value.choices()
    )


_LISTED = re.compile(r"getmembers|getnames|infolist|namelist")  # their names were checked


def _unpacked(call: Call) -> str | None:
    if call.qual == "shutil.unpack_archive":
        if "filter" in call.kwargs or call.constant(2, "format") == "zip":
            return None
        return (
            "unpack_archive() writes where the names in the archive say."
            if call.level(call.argument(0, "filename"), "path") >= Level.PARAMETER
            else None
        )
    if call.receiver is None or not _is_tar(call.receiver):
        return None
    chosen = call.kwargs.get("filter")
    if chosen is not None:
        unsafe = (
            chosen.const in ("fully_trusted", None) and chosen.const is not NOTHING
        ) or "fully_trusted" in chosen.qual
        return "This filter lets every name through." if unsafe else None
    members = call.argument(1, "members") if call.name == "extractall" else call.argument(0, "member")
    if members is not None and _checked(call, members):
        return None
    if call.name == "extractall" and members is None and any(_LISTED.search(key) for key, _ in call.guards):
        return None
    return f"{call.name}() writes where the names in the archive say."


def _checked(call: Call, value: Value) -> bool:
    if value.const is not NOTHING:
        return True
    if call.name == "extractall" and value is not call.receiver:
        return True  # a list of members that somebody chose
    return call.level(value, "path") is Level.CONSTANT and bool(value.all_roots())


PATH_RULES = (
    Rule(
        id="PB141",
        title="Path with a part from outside",
        cwe=22,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="With ../ or a leading / in it the path leads to files that were never meant.",
        fix="Resolve the path and check that it is still inside of its folder, or take only its last part.",
        insecure=(
            "import os\n\ndef read(name):\n    with open(os.path.join('/srv/reports', name)) as file:\n"
            "        return file.read()\n"
        ),
        secure=(
            "from pathlib import Path\n\nFOLDER = Path('/srv/reports')\n\ndef read(name):\n"
            "    path = (FOLDER / name).resolve()\n    if not path.is_relative_to(FOLDER):\n"
            "        raise ValueError(name)\n    return path.read_text()\n"
        ),
        watches=(calls(f"{_LAST_NAMES} {_PATH_METHODS} {_SAVERS}", _traversal, Only(needs=_FILE_WORDS)),),
    ),
    Rule(
        id="PB142",
        title="Archive unpacked unchecked",
        cwe=22,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="Names such as ../../etc/cron.d/x in the archive are written outside of the target folder.",
        fix="Give extractall filter='data'.",
        insecure="import tarfile\n\ndef unpack(path, folder):\n    tarfile.open(path).extractall(folder)\n",
        secure=(
            "import tarfile\n\ndef unpack(path, folder):\n    tarfile.open(path).extractall(folder, "
            "filter='data')\n"
        ),
        watches=(calls("extractall extract unpack_archive", _unpacked),),
    ),
)
