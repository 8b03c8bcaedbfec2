"""The widget's budget."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.bench.widget_sizes import CHAT, LOADER, OPENED_CHAT_BYTES, PUSH, WidgetSizes, measure


def _sizes(**sizes: int) -> WidgetSizes:
    return WidgetSizes({LOADER: 2_000, CHAT: 20_000, PUSH: 9_000, "texts-en.js": 1_000, "texts-de.js": 2_000, **sizes})


def test_a_visitor_loads_the_texts_of_one_language() -> None:
    assert _sizes().opened_chat == 33_000


def test_a_loader_above_three_kilobytes_is_refused() -> None:
    assert _sizes(**{LOADER: 3_000}).excesses == []
    assert _sizes(**{LOADER: 3_001}).excesses == ["widget: loader of 3001 bytes, allowed 3000"]


def test_an_opened_chat_above_forty_kilobytes_is_refused() -> None:
    assert _sizes(**{PUSH: OPENED_CHAT_BYTES}).excesses


def test_files_count_compressed(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5_000)
    (tmp_path / "loader-1.js").write_bytes(b"a" * 5_000)
    (tmp_path / "push-1.js").write_bytes(noise)
    manifest = {LOADER: {"file": "loader-1.js"}, PUSH: {"file": "push-1.js"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    sizes = measure(tmp_path).sizes
    assert sizes[LOADER] < 100
    assert sizes[PUSH] > 5_000
