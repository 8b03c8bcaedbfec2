"""Log lines on stderr that a person can read: time, level, the function that speaks, text."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable


class FunctionName(logging.Filter):
    """Puts the name of the running function on each record, else that of the logger."""

    def __init__(self) -> None:
        super().__init__()
        self.of_running_function: Callable[[], str] = str

    def filter(self, record: logging.LogRecord) -> bool:
        record.speaker = self.of_running_function() or record.name
        return True


def configure(level: int) -> FunctionName:
    """Log everything of this level and above; `of_running_function` of what is returned is to be set later."""
    name = FunctionName()
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(name)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(speaker)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The engine and the storage client tell about each single call.
    for noisy in ("azure", "azure.functions", "aiohttp"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    return name
