"""The results as one table for people and as a JSON document for tools."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from shared.settings import VERSION
from tests.bench.cold_starts import ColdStarts
from tests.bench.costs import Costs
from tests.bench.growth_times import FEW, LIMIT, MANY, Growth
from tests.bench.import_times import ImportTimes
from tests.bench.memory_use import MemoryUse
from tests.bench.message_times import MessageTimes
from tests.bench.session_times import StartTimes as SessionStartTimes
from tests.bench.start_times import StartTimes
from tests.bench.times import Times
from tests.bench.widget_sizes import LOADER_BYTES, OPENED_CHAT_BYTES, WidgetSizes

Row = Sequence[str]
CALLS = "the calls"
LATENCY = ("p50 ms", "p95 ms", "p99 ms", "per s", "failed")


@dataclass(frozen=True)
class Results:
    """What was measured; None or empty where it was not asked for. `load` is the machine's before the first part."""

    load: float
    costs: Costs | None = None
    sessions: Sequence[SessionStartTimes] = ()
    messages: Sequence[MessageTimes] = ()
    imports: ImportTimes | None = None
    sizes: WidgetSizes | None = None
    starts: StartTimes | None = None
    growth: Sequence[Growth] = ()
    memory: MemoryUse | None = None
    cold: ColdStarts | None = None

    @property
    def excesses(self) -> list[str]:
        """A sentence for each broken limit; counts, sizes and ratios have limits, and times have none."""
        counted = self.costs.excesses if self.costs else []
        grown = [excess for growth in self.growth for excess in growth.excesses]
        return [*counted, *(self.sizes.excesses if self.sizes else []), *grown]


def lines(results: Results) -> Iterator[str]:
    """The table, section by section, and what is wrong at the end."""
    yield f"{os.cpu_count()} cores, load {results.load:.1f} before, Python {platform.python_version()}"
    for title, header, rows in _sections(results):
        yield ""
        yield from _table(title, header, rows)
    yield ""
    yield from [f"ABOVE THE LIMIT  {excess}" for excess in results.excesses] or ["All limits are kept."]


def document(results: Results) -> dict[str, Any]:
    """All numbers by section; a row is an object with the table's headings as names."""
    sections = {
        title: [dict(zip(("name", *header), row, strict=True)) for row in rows]
        for title, header, rows in _sections(results)
    }
    machine = {"cores": os.cpu_count(), "load": round(results.load, 2), "python": platform.python_version()}
    return {"version": VERSION, "machine": machine, "excesses": results.excesses, "sections": sections}


def _sections(results: Results) -> Iterator[tuple[str, Row, list[Row]]]:
    if results.costs:
        yield "Costs, counted", ("table", "queue", "outbound", CALLS), list(_costs(results.costs))
    if results.sessions:
        yield "Starting a session", (*LATENCY, "ratio"), list(_sessions(results.sessions))
    if results.messages:
        yield "Relayed messages", LATENCY, list(_messages(results.messages))
    if results.growth:
        yield f"With {FEW} and with {MANY:,} of each stored", ("ms", "ms", "ratio"), list(_growth(results.growth))
    if results.memory:
        yield "Memory of the host", ("MB",), list(_memory(results.memory))
    if results.imports:
        yield "Import", ("ms", "CPU ms"), list(_imports(results.imports))
    if results.cold:
        yield "Start of a host", ("median s", "longest s"), list(_cold(results.cold))
    if results.sizes:
        yield "Widget, gzip", ("bytes", "limit"), list(_sizes(results.sizes))
    if results.starts:
        yield "python -m local until ready", ("s",), list(_starts(results.starts))


def _costs(costs: Costs) -> Iterator[Row]:
    for cost in costs.costs:
        bill, limit = cost.typical, cost.limit
        yield (
            cost.name,
            _against(bill.table_transactions, limit.table_transactions),
            _against(bill.queue_messages, limit.queue_messages),
            _against(bill.outbound_calls, limit.outbound_calls),
            bill.items() or "nothing",
        )
    talk = costs.talk
    yield f"a talk of {talk.seconds:.0f} s", "", _against(talk.queue_messages, talk.allowed), "", ""
    yield "queue listener", "", "", "", f"{costs.polls_per_second:.1f} polls a second"


def _sessions(times: Sequence[SessionStartTimes]) -> Iterator[Row]:
    for one in times:
        yield f"session, {one.workers} at a time", *_latency(one.sessions), f"{one.ratio:.1f}"
        yield f"empty function of a second host, {one.workers} at a time", *_latency(one.empty), "1"


def _messages(times: Sequence[MessageTimes]) -> Iterator[Row]:
    for one in times:
        yield f"customer to agent, {one.conversations} at a time", *_latency(one.to_agent)
        yield f"agent to customer, {one.conversations} at a time", *_latency(one.to_customer)


def _growth(several: Sequence[Growth]) -> Iterator[Row]:
    for one in several:
        times = (f"{median(seconds) * 1000:.1f}" for seconds in (one.few, one.many))
        yield one.name, *times, f"{one.ratio:.2f} {'≤' if one.ratio <= LIMIT else '>'} {LIMIT}"


def _memory(use: MemoryUse) -> Iterator[Row]:
    yield "before", f"{use.before:.0f}"
    yield f"after {use.messages:,} messages, {use.failures} of them failed", f"{use.after:.0f}"


def _imports(times: ImportTimes) -> Iterator[Row]:
    for name, spent in (("azure.functions", times.theirs), (f"function_app, ratio {times.ratio:.2f}", times.ours)):
        yield name, f"{spent.clock * 1000:.0f}", f"{spent.cpu * 1000:.0f}"
    for name, milliseconds in times.heaviest:
        yield f"  {name}", f"{milliseconds:.1f}", ""


def _cold(times: ColdStarts) -> Iterator[Row]:
    for name, seconds in (
        ("empty app, until its first answer", times.empty),
        ("this app, until it takes connections", times.listening),
        (f"this app, until the first token, ratio {times.ratio:.2f}", times.token),
    ):
        yield name, f"{median(seconds):.2f}", f"{max(seconds):.2f}"


def _sizes(sizes: WidgetSizes) -> Iterator[Row]:
    yield "loader", str(sizes.loader), f"≤ {LOADER_BYTES}"
    yield "an opened chat", str(sizes.opened_chat), f"≤ {OPENED_CHAT_BYTES}"


def _starts(times: StartTimes) -> Iterator[Row]:
    yield "first start", f"{times.first:.1f}"
    yield f"later starts, median of {len(times.later)}", f"{times.median:.1f}"


def _latency(times: Times) -> Row:
    percentiles = (f"{seconds * 1000:.1f}" for seconds in (times.p50, times.p95, times.p99))
    return *percentiles, f"{times.per_second:.1f}", str(times.failures)


def _against(found: int, allowed: int | None) -> str:
    return f"{found}" if allowed is None else f"{found} ≤ {allowed}" if found <= allowed else f"{found} > {allowed}"


def _table(title: str, header: Row, rows: Sequence[Row]) -> Iterator[str]:
    everything = [(title, *header), *rows]
    widths = [max(len(row[column]) for row in everything) for column in range(len(header) + 1)]
    for row in everything:
        cells = zip(row, widths, (title, *header), strict=True)
        yield "  ".join(_cell(text, width, heading in (title, CALLS)) for text, width, heading in cells).rstrip()


def _cell(text: str, width: int, is_words: bool) -> str:
    return text.ljust(width) if is_words else text.rjust(width)
