"""What happened in a simulation, in the order in which it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cli.output import table

if TYPE_CHECKING:
    from rich.table import Table

STEP, MESSAGE, TIMER, END = range(4)
"""What comes first where several things happen in the same moment."""


def shown(course: Mapping[str, Any]) -> Table:
    """One line for each thing that happens: when, what, and which text."""
    moments = sorted(_moments(course), key=lambda one: one[:2])
    return table(("at", "what", ""), [(_clock(at), what, text) for at, _, what, text in moments])


def _moments(course: Mapping[str, Any]) -> Iterator[tuple[float, int, str, str]]:
    for visit in course["path"]:
        exit_name = f", leaves by {visit['exit']} at {_clock(visit['left'])}" if visit.get("exit") else ""
        yield visit["entered"], STEP, "activity", f"{visit['activity']}{exit_name}"
    for message in course["messages"]:
        about = f" ({message['event']})" if message.get("event") else ""
        yield message["at"], MESSAGE, f"to {message['to']}", f"{message['text']}{about}"
    for timer in course["timers"]:
        yield timer["at"], TIMER, "timer", timer["timer"]
    if course["end"] is not None:
        yield course["end"]["at"], END, "end", course["end"]["reason"] or ""


def _clock(seconds: float) -> str:
    """Seconds as minutes and seconds: 1:05; tenths only where there are some."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}".removesuffix(".0") if rest % 1 else f"{int(minutes)}:{int(rest):02}"
