"""The source distributions of the Azure SDKs, fetched through pip as it is configured, never committed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".local" / "cache" / "sdists"


class SourceUnavailableError(Exception):
    """The source distribution is neither in the cache nor to be had through pip."""


@dataclass(frozen=True)
class SourceDistribution:
    """One release; `sha256` is the digest that PyPI shows for its source distribution."""

    project: str
    version: str
    sha256: str

    @property
    def file(self) -> Path:
        return CACHE / f"{self.project}-{self.version}.tar.gz"

    def unpack(self, directory: Path) -> Path:
        """The release's folder below `directory`; fetched first where the cache lacks it.

        Raises SourceUnavailableError where it cannot be had, or is not the published one.
        """
        if not self.file.exists():
            self._fetch()
        if hashlib.sha256(self.file.read_bytes()).hexdigest() != self.sha256:
            raise SourceUnavailableError(f"{self.file} is not the published source distribution: delete it")
        with tarfile.open(self.file) as archive:
            archive.extractall(directory, filter="data")
        return directory / f"{self.project}-{self.version}"

    def _fetch(self) -> None:
        # --no-binary names the project only, so that its build tools, which pip wants to see, may be wheels.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-binary", self.project, "--dest", str(CACHE), f"{self.project}=={self.version}"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            last = (run.stderr.strip() or "pip said nothing").splitlines()[-1]
            raise SourceUnavailableError(f"pip cannot download {self.project} {self.version}: {last}")


IDENTITY = SourceDistribution(
    "azure-communication-identity", "1.5.0", "d3186403395b78066ff30313ac119693694d2da9e0c76e9ac70eaa590dcb29e8"
)
CHAT = SourceDistribution(
    "azure-communication-chat", "1.3.0", "e2f9fb766776ba041d80a58a2906957af0b8ec42d611f006c70c6367eedcb4b1"
)
