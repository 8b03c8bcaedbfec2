"""Sets up what every `make` target needs and skips what is up to date: .venv, Node packages, the built widget.

Runs before anything is installed, so it uses the standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

PYTHON_VERSIONS = ("3.13", "3.12", "3.11")
NODE_VERSION = 20
NPM_VERSION = 9
# Its package asks for 3.13, which is where Azure runs it; it works the same on the two versions before.
ENGINE_FOR_OLDER_PYTHON = "azure-functions-runtime==1.3.0"
NODE_PROJECTS = ("local", "widget")
STAMP = ".prepared-from"
NOT_SOURCES = {"node_modules", "dist", ".cache", "package", "tests"}
_PROBE = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"


class PreparationError(Exception):
    """Something is missing or failed; the message is for the person at the terminal."""


def main() -> int:
    """Prepare the checkout; the result is the exit code."""
    try:
        prepare(Path(__file__).resolve().parent.parent)
    except PreparationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def prepare(root: Path) -> None:
    """Bring the checkout up to date; raises PreparationError."""
    with _alone(root / ".local" / "prepare.lock"):
        _check_node()
        steps: list[Callable[[], None]] = [partial(_python_packages, root)]
        steps += [partial(_node_packages, root / name) for name in NODE_PROJECTS]
        with ThreadPoolExecutor() as pool:
            failures = [future.exception() for future in [pool.submit(step) for step in steps]]
        for failure in failures:
            if failure is not None:
                raise failure
        _widget(root / "widget")


def _check_node() -> None:
    """Node and npm in one go, so that whoever lacks both hears of both."""
    problems = []
    for tool, minimum in (("node", NODE_VERSION), ("npm", NPM_VERSION)):
        program = shutil.which(tool)
        # npm alone takes a quarter of a second to say its version, so its file says it.
        version = _npm_version(program) if tool == "npm" else _output_of(program, "--version")
        found = re.match(r"v?(\d+)\.", version)
        if program is None:
            problems.append(f"{tool} is missing: install Node.js {NODE_VERSION} or newer, which brings it")
        elif found is None or int(found[1]) < minimum:
            problems.append(f"{tool} {version or 'of unknown version'} is too old: {minimum} or newer is needed")
    if problems:
        raise PreparationError("\n".join(problems))


def _npm_version(program: str | None) -> str:
    if program is None:
        return ""
    description = Path(program).resolve().parent.parent / "package.json"
    if description.is_file():
        found = re.search(r'"version":\s*"([^"]+)"', description.read_text("utf-8"))
        if found:
            return found[1]
    return _output_of(program, "--version")


def _python_packages(root: Path) -> None:
    environment, requirements = root / ".venv", root / "requirements-dev.txt"
    python = environment / "bin" / "python"
    version = _version_of(environment) if python.exists() else ""
    if version and _is_current(environment, _wanted(version, requirements)):
        return
    if not version:
        interpreter, version = best_python()
        _say(f"Python {version}: making .venv")
        _run([interpreter, "-m", "venv", "--clear", str(environment)], root)
    _say("Python packages: installing what requirements-dev.txt lists")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*install, "--requirement", str(requirements)], root)
    if version != PYTHON_VERSIONS[0]:
        _run([*install, "--ignore-requires-python", "--no-deps", ENGINE_FOR_OLDER_PYTHON], root)
    _stamp(environment, _wanted(version, requirements))


def _version_of(environment: Path) -> str:
    """Such as 3.13, from the environment's own file, which is faster than to ask its interpreter."""
    file = environment / "pyvenv.cfg"
    found = (
        re.search(r"^version(?:_info)? = (\d+\.\d+)", file.read_text("utf-8"), re.MULTILINE) if file.is_file() else None
    )
    return found[1] if found else ""


def _wanted(version: str, requirements: Path) -> str:
    return f"{version} {ENGINE_FOR_OLDER_PYTHON} {requirements.read_text('utf-8')}"


def best_python() -> tuple[str, str]:
    """The newest interpreter that this project knows and that can make environments: program, version."""
    for wanted in PYTHON_VERSIONS:
        program = python_of(wanted)
        if program is not None:
            return program, wanted
    found = f"python3 is {sys.version_info[0]}.{sys.version_info[1]}"
    raise PreparationError(
        f"Python {', '.join(PYTHON_VERSIONS)} with its venv module is missing ({found}): "
        "install one of them (Debian: apt-get install python3 python3-venv)"
    )


def python_of(wanted: str) -> str | None:
    """The interpreter of a version such as 3.12 that can make environments; None where this machine has none."""
    home = Path.home() / ".pyenv" / "versions"
    for program in (shutil.which(f"python{wanted}"), *_newest_first(home, wanted), sys.executable):
        if program is not None and _output_of(program, "-c", _PROBE) == wanted:
            return program
    return None


def _newest_first(home: Path, wanted: str) -> list[str]:
    folders = sorted(home.glob(f"{wanted}.*"), key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.name)])
    return [str(folder / "bin" / "python3") for folder in reversed(folders)]


def _node_packages(folder: Path) -> None:
    lock = (folder / "package-lock.json").read_text("utf-8")
    if _is_current(folder / "node_modules", lock):
        return
    _say(f"Node packages of {folder.name}/: installing what package-lock.json lists")
    _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    _stamp(folder / "node_modules", lock)


def _widget(folder: Path) -> None:
    sources = _digest_of_sources(folder)
    # The build empties dist/, so a build by hand removes the stamp with it.
    if (folder / "dist" / "interact.js").exists() and _is_current(folder / "dist", sources):
        return
    _say("Widget: building")
    _run(["npm", "run", "--silent", "build"], folder)
    _stamp(folder / "dist", sources)


def _digest_of_sources(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(_files(folder)):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name not in NOT_SOURCES:
            yield from _files(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def _is_current(folder: Path, content: str) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == _fingerprint(content)


def _stamp(folder: Path, content: str) -> None:
    (folder / STAMP).write_text(_fingerprint(content), "utf-8")


def _fingerprint(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _run(command: Sequence[str], directory: Path) -> None:
    """Run a tool silently; what it said is shown where it fails."""
    result = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode != 0:
        raise PreparationError(
            f"{result.stdout.rstrip()}\n`{' '.join(command)}` in {directory} failed with exit code {result.returncode}"
        )


def _output_of(program: str | None, *arguments: str) -> str:
    """What a program prints; empty where it cannot run or fails."""
    if program is None:
        return ""
    try:
        result = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two targets that start at once would install over each other."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another make target is preparing this checkout: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    # Line and end at once: several say something at the same time.
    print(f"  {text}\n", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
