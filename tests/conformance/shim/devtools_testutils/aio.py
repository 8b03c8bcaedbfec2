"""The asynchronous side of the test tools."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

AsyncTest = Callable[..., Coroutine[Any, Any, None]]


def recorded_by_proxy_async(test: AsyncTest) -> AsyncTest:
    return test
