"""An instance starts fast: importing an adapter imports nothing heavy, and clients are made at first use."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from datetime import UTC

import shared.adapters
from shared.adapters.system import SystemClock, SystemIds

HEAVY = ("azure", "aiohttp", "pydantic", "jwt", "cryptography", "msal")


def test_importing_the_adapters_imports_nothing_heavy() -> None:
    modules = [module.name for module in pkgutil.walk_packages(shared.adapters.__path__, "shared.adapters.")]
    assert "shared.adapters.tables_sessions" in modules
    program = f"import sys, {', '.join(modules)}; import json; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(ran.stdout)}
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_the_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_ids_have_128_bits_and_differ() -> None:
    ids = {SystemIds().new() for _ in range(100)}
    assert len(ids) == 100
    assert {len(one) for one in ids} == {32}
