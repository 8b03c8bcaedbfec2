"""What happened in a simulation, in the order in which it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cli.output import table

if TYPE_CHECKING:
    from rich.table import Table

ACT, STEP, MESSAGE, TIMER, END = range(5)
"""What comes first where several things happen in the same moment."""


def shown(course: Mapping[str, Any], events: Sequence[Mapping[str, Any]] = ()) -> Table:
    """One line for each thing that happens: when, what, and which text; `events` are what people did."""
    acts = [(float(one["at"]), ACT, "event", _act(one)) for one in events]
    moments = sorted([*acts, *_moments(course)], key=lambda one: one[:2])
    return table(("at", "what", ""), [(_clock(at), what, text) for at, _, what, text in moments])


def _moments(course: Mapping[str, Any]) -> Iterator[tuple[float, int, str, str]]:
    for visit in course["path"]:
        yield visit["entered"], STEP, "activity", _visit(visit)
    for message in course["messages"]:
        about = f" ({message['event']})" if message.get("event") else ""
        yield message["at"], MESSAGE, f"to {message['to']}", f"{message['text']}{about}"
    end = course["end"]
    for name, times in _timers(course["timers"], end["at"] if end is not None else None).items():
        often = f", {len(times)} times until {_clock(times[-1])}" if len(times) > 1 else ""
        yield times[0], TIMER, "timer", f"{name}{often}"
    if end is not None:
        yield end["at"], END, "end", end["reason"] or ""


def _act(event: Mapping[str, Any]) -> str:
    about = (event.get("agentId"), event.get("text"), ", ".join(map(str, event.get("parameters") or ())))
    return " ".join([str(event["event"]), *(f"({one})" for one in about if one)])


def _visit(visit: Mapping[str, Any]) -> str:
    """An activity with the exit by which it was left, and when, if that took time."""
    if not visit.get("exit"):
        return str(visit["activity"])
    when = f" at {_clock(visit['left'])}" if visit["left"] != visit["entered"] else ""
    return f"{visit['activity']} → {visit['exit']}{when}"


def _timers(timers: Sequence[Mapping[str, Any]], end: float | None) -> dict[str, list[float]]:
    """The moments of each timer; those after the end change nothing any more."""
    found: dict[str, list[float]] = {}
    for one in timers:
        if end is None or one["at"] <= end:
            found.setdefault(one["timer"], []).append(one["at"])
    return found


def _clock(seconds: float) -> str:
    """Seconds as minutes and seconds: 1:05; tenths only where there are some."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}".removesuffix(".0") if rest % 1 else f"{int(minutes)}:{int(rest):02}"
