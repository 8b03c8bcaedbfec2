"""The files of the widget as they were built: read once, compressed once, named exactly.

Only what a scan of the directory has found can be asked for, so that no path leads anywhere else.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import azure.functions as func

DIST = Path(__file__).parents[1] / "widget" / "dist"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
HASHED = re.compile(r"assets/[^/]+-[A-Z0-9]{8}\.js\Z")
"""Names that change with their content."""
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"


@dataclass
class File:
    """A file's bytes by content encoding ("" = as it is); gzip is made at its first use."""

    name: str
    content: bytes
    digest: str
    encoded: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_hashed(self) -> bool:
        return HASHED.search(self.name) is not None

    def encoding_for(self, accepted: str) -> str:
        """The best encoding that the client takes; a weight of 0 refuses one."""
        offered = _accepted(accepted)
        if "br" in offered and "br" in self.encoded:
            return "br"
        return "gzip" if "gzip" in offered else ""

    def bytes_as(self, encoding: str) -> bytes:
        if not encoding:
            return self.content
        if encoding not in self.encoded:
            self.encoded[encoding] = gzip.compress(self.content, 9, mtime=0)
        return self.encoded[encoding]


@functools.cache
def files_of(directory: Path) -> dict[str, File]:
    """All files below a directory by their path in it; `name.br` and `name.gz` are encodings of `name`."""
    found = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    files = {
        name: File(name, content, hashlib.sha256(content).hexdigest()[:32])
        for name, content in found.items()
        if Path(name).suffix in TYPES
    }
    for suffix, encoding in ((".br", "br"), (".gz", "gzip")):
        for name, file in files.items():
            if name + suffix in found:
                file.encoded[encoding] = found[name + suffix]
    return files


def served(file: File, request: func.HttpRequest) -> func.HttpResponse:
    """The file, or 304 where the client has it; any page may load it, and no page may take it for another type."""
    encoding = file.encoding_for(request.headers.get("accept-encoding", ""))
    tag = f'"{file.digest}{"-" + encoding if encoding else ""}"'
    headers = {
        "ETag": tag,
        "Cache-Control": FOREVER if file.is_hashed else SHORTLY,
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if _knows(request.headers.get("if-none-match", ""), tag):
        return func.HttpResponse(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return func.HttpResponse(
        file.bytes_as(encoding), mimetype=TYPES[Path(file.name).suffix], charset="utf-8", headers=headers
    )


def _accepted(header: str) -> set[str]:
    weighed = (part.strip().lower().partition(";") for part in header.split(","))
    return {name.strip() for name, _, weight in weighed if not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)}


def _knows(header: str, tag: str) -> bool:
    return tag in {known.strip().removeprefix("W/") for known in header.split(",")}
