"""What a visitor downloads, compressed as servers do it: the loader, and all that an opened chat needs.

The limits, in bytes, are those of `npm run sizes` (widget/scripts/sizes.mjs), which `make check` runs; they are the
widget's own promise: a loader of 3 kB, an opened chat of 40 kB.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.hosts import ROOT

DIST = ROOT / "widget" / "dist"
LOADER, CHAT, PUSH, TEXTS = "interact.js", "chat.js", "signalr.js", "texts-"
LOADER_BYTES = 3_000
OPENED_CHAT_BYTES = 40_000


@dataclass(frozen=True)
class WidgetSizes:
    """Bytes by name; a visitor loads the texts of one language, of which the largest count."""

    sizes: Mapping[str, int]

    @property
    def loader(self) -> int:
        return self.sizes[LOADER]

    @property
    def opened_chat(self) -> int:
        texts = max(size for name, size in self.sizes.items() if name.startswith(TEXTS))
        return sum(self.sizes[name] for name in (LOADER, CHAT, PUSH)) + texts

    @property
    def excesses(self) -> list[str]:
        """A sentence for each limit that is broken."""
        measured = (("loader", self.loader, LOADER_BYTES), ("opened chat", self.opened_chat, OPENED_CHAT_BYTES))
        return [f"widget: {name} of {size} bytes, allowed {limit}" for name, size, limit in measured if size > limit]


def measure(dist: Path = DIST) -> WidgetSizes:
    """Compress the built widget; raises FileNotFoundError where it is not built."""
    manifest = json.loads((dist / "manifest.json").read_text("utf-8"))
    return WidgetSizes(
        {name: len(gzip.compress((dist / entry["file"]).read_bytes(), 9)) for name, entry in manifest.items()}
    )
