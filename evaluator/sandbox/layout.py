"""Which files of this machine a cell may read: the standard library, its shared libraries, and the
packages that the benchmark names. Nothing else exists in there."""

from __future__ import annotations

import importlib
import marshal
import os
import sys
from collections.abc import Iterable
from typing import NamedTuple

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_DATA = ("/usr/share/zoneinfo",)


class Layout(NamedTuple):
    """`readable`: files and folders by absolute path. `hidden`: folders below them to cover.
    `links`: symbolic links to make, from path to target. `import_path` and then `package_path`: the
    program's sys.path."""

    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    import_path: tuple[str, ...]
    package_path: tuple[str, ...]


def plan(packages: Iterable[str]) -> Layout:
    """The layout for these third-party packages. Packages that aren't installed are left out.

    Found out in a process of its own: what is imported for it must not stay in the cell.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(writing, "wb") as pipe:
                marshal.dump(tuple(_plan(packages)), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        parts = marshal.load(pipe)  # our own process
    os.waitpid(pid, 0)
    return Layout(*parts)


def _plan(packages: Iterable[str]) -> Layout:
    places = _standard_places()
    library = os.path.realpath(places["stdlib"])
    dynamic = os.path.join(library, "lib-dynload")
    folders = [folder for name in packages for folder in _package_folders(name)]
    libraries = sorted(_shared_libraries(dynamic) - {""})
    data = [path for path in _DATA if os.path.isdir(path)]
    hidden = [os.path.join(library, name) for name in ("site-packages", "dist-packages")]
    return Layout(
        readable=(library, *folders, *libraries, *data),
        hidden=tuple(path for path in hidden if os.path.isdir(path)),
        links=tuple(_library_names(libraries)),
        import_path=(library, dynamic),
        package_path=tuple(dict.fromkeys(map(os.path.dirname, folders))),
    )


def _standard_places() -> dict[str, str]:
    import sysconfig  # half a megabyte with all that it imports

    return sysconfig.get_paths()


def _package_folders(name: str) -> list[str]:
    """The folder of an installed package, and the one with its bundled libraries."""
    for place in _site_folders():
        package = os.path.join(place, name)
        if os.path.isfile(os.path.join(package, "__init__.py")):
            bundled = f"{package}.libs"
            return [package, bundled] if os.path.isdir(bundled) else [package]
    return []


def _site_folders() -> list[str]:
    """Where third-party packages are, though this interpreter was started without `site`."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = os.path.dirname(os.path.dirname(sys.executable))
    places = _standard_places()
    folders = (
        f"{environment}/lib/{version}/site-packages",
        places["purelib"],
        places["platlib"],
        "/usr/lib/python3/dist-packages",
    )
    return [os.path.realpath(path) for path in folders if os.path.isdir(path)]


def _shared_libraries(dynamic: str) -> set[str]:
    """Shared libraries that the standard library's extension modules load, seen by loading them all."""
    for entry in os.listdir(dynamic) if os.path.isdir(dynamic) else []:
        name = entry.split(".")[0]
        if name.startswith(("_test", "_xx", "xx", "_tkinter")):
            continue
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    with open("/proc/self/maps") as maps:
        paths = {line.split(maxsplit=5)[5].strip() for line in maps if ".so" in line}
    return {
        path
        for path in paths
        if path.startswith("/") and not path.startswith(dynamic) and os.path.isfile(path)
    }


def _library_names(libraries: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The links by which the loader finds them: libsqlite3.so.0 → libsqlite3.so.0.8.6."""
    wanted = set(libraries)
    for folder in sorted({os.path.dirname(path) for path in wanted}):
        stems = tuple(os.path.basename(path).split(".so")[0] + ".so" for path in wanted)
        with os.scandir(folder) as entries:
            links = [entry.path for entry in entries if entry.name.startswith(stems) and entry.is_symlink()]
        yield from ((link, os.path.realpath(link)) for link in links if os.path.realpath(link) in wanted)
