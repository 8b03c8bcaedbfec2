"""Builds the deployment package: a zip with what the app needs in Azure and nothing else.

    python3 infra/package.py [--output FILE.zip | --directory DIR] [--telemetry]
    python3 infra/package.py --functions

The same sources give the same bytes, so that a package can be compared with the one that is deployed. Azure installs
what requirements.txt lists (remote build). Uses the standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = ("function_app.py", "host.json", "requirements.txt")
FOLDERS = ("functions", "shared", "widget/dist")
BUILT = "widget/dist/interact.js"
DEFAULT_OUTPUT = ".local/deploy/interact.zip"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name; a file's own time would change the package."""
READABLE = 0o100644 << 16
FUNCTION_NAME = re.compile(r"""\.function_name\(\s*(?:name\s*=\s*)?["']([^"']+)["']""")


TELEMETRY = "azure-monitor-opentelemetry==1.8.11"
"""What exports traces and metrics; only installed, and so only imported, where a deployment wants it."""


class PackageError(Exception):
    """The package cannot be built; the message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Build what the options ask for; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="infra/package.py", description="Builds the deployment package.")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--output", type=Path, help=f"the zip file; default: {DEFAULT_OUTPUT}")
    target.add_argument("--directory", type=Path, help="a folder instead of a zip, for azd; what is in it is replaced")
    target.add_argument("--functions", action="store_true", help="print the names of the functions and build nothing")
    parser.add_argument("--telemetry", action="store_true", help="with what exports OpenTelemetry to Azure Monitor")
    given = parser.parse_args(arguments)
    try:
        if given.functions:
            _say("\n".join(functions(given.root)))
        elif given.directory:
            _say(described(given.directory, *fill(given.root, given.directory, telemetry=given.telemetry)))
        else:
            output = given.output or given.root / DEFAULT_OUTPUT
            _say(described(output, *build(given.root, output, telemetry=given.telemetry)))
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def contents(root: Path) -> list[Path]:
    """Paths of all files of the package, relative to `root` and sorted; raises PackageError."""
    if not (root / BUILT).is_file():
        raise PackageError(f"{BUILT} is missing: build the widget first (make prepare)")
    missing = [name for name in FILES if not (root / name).is_file()]
    if missing:
        raise PackageError(f"missing: {', '.join(missing)}")
    found = [Path(name) for name in FILES]
    for folder in FOLDERS:
        found += _below(root, folder)
    return sorted(found, key=Path.as_posix)


def build(root: Path, output: Path, *, telemetry: bool = False) -> tuple[int, int]:
    """Write the zip; returns the number of its files and its size in bytes."""
    paths = contents(root)
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path.as_posix(), EARLIEST)
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, also where the package is built elsewhere
            archive.writestr(entry, content(root, path, telemetry=telemetry), compresslevel=9)
    unfinished.replace(output)
    return len(paths), output.stat().st_size


def fill(root: Path, directory: Path, *, telemetry: bool = False) -> tuple[int, int]:
    """Copy the package's files into a folder, whose content they replace; returns their number and size in bytes."""
    paths = contents(root)
    if directory.exists() and not (directory / "host.json").is_file() and any(directory.iterdir()):
        raise PackageError(f"{directory} holds something that is no package; name another folder")
    shutil.rmtree(directory, ignore_errors=True)
    for path in paths:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content(root, path, telemetry=telemetry))
    return len(paths), sum((directory / path).stat().st_size for path in paths)


def content(root: Path, path: Path, *, telemetry: bool) -> bytes:
    """A file as it goes into the package; with telemetry two of them differ."""
    found = (root / path).read_bytes()
    if telemetry and path.as_posix() == "requirements.txt":
        return found.rstrip() + f"\n{TELEMETRY}\n".encode()
    if telemetry and path.as_posix() == "host.json":
        return (json.dumps({**json.loads(found), "telemetryMode": "OpenTelemetry"}, indent=2) + "\n").encode()
    return found


def functions(root: Path) -> list[str]:
    """Names of all functions, as the code declares them; sorted."""
    sources = (path.read_text("utf-8") for path in sorted((root / "functions").rglob("*.py")))
    return sorted({name for source in sources for name in FUNCTION_NAME.findall(source)})


def described(target: Path, count: int, size: int) -> str:
    return f"{target}: {count} files, {size / 1024:,.0f} kB"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _below(root: Path, folder: str) -> Iterator[Path]:
    for path in (root / folder).rglob("*"):
        within = path.relative_to(root)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in within.parts):
            yield within


if __name__ == "__main__":
    sys.exit(main())
