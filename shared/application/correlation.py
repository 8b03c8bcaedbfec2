"""What the running code is about: session, event, effect. Every line of our logs, and every trace, says so.

Nothing but ids and names of our own: what people have written is never part of it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

OURS = ("shared", "functions")
"""Loggers whose lines are marked."""
LONGEST = 128
NOTHING: Mapping[str, str] = MappingProxyType({})

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=NOTHING)


@contextmanager
def about(**names: str) -> Iterator[None]:
    """What happens inside is about these, beside what it was about before."""
    given = {name: _plain(value) for name, value in names.items()}
    token = _about.set({**_about.get(), **given})
    _mark_trace(given)
    try:
        yield
    finally:
        _about.reset(token)


def current() -> Mapping[str, str]:
    """What the running code is about."""
    return _about.get()


def mark_logs() -> None:
    """From now on lines of ours end with what they are about, and records have it in `interact_…`."""
    before = logging.getLogRecordFactory()
    if isinstance(before, _Marked):
        return
    logging.setLogRecordFactory(_Marked(before))


class _Marked:
    """Makes records by the factory before it."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, name: str, *arguments: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._before(name, *arguments, **named)
        found = _about.get()
        if found and name.partition(".")[0] in OURS:
            for each, value in found.items():
                setattr(record, f"interact_{each}", value)
            marks = " ".join(f"{each}={value}" for each, value in found.items())
            record.msg = f"{record.msg} [{marks.replace('%', '%%') if record.args else marks}]"
        return record


def _mark_trace(given: Mapping[str, str]) -> None:
    """Where the platform has brought OpenTelemetry along its span is told; it is never imported from here."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return
    span = trace.get_current_span()
    for name, value in given.items():
        span.set_attribute(f"interact.{name}", value)


def _plain(value: str) -> str:
    """Without line ends and controls, and not longer than an id: some come from elsewhere."""
    return "".join(sign if sign.isprintable() and sign != "]" else "?" for sign in str(value)[:LONGEST])
