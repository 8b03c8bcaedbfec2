"""`audit`: who changed what and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from cli import kinds
from cli.call import Call, Commands
from cli.errors import Unusable
from cli.names import find
from cli.output import table

commands = Commands("")

UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MOST_FIELDS = 6
SERVERS_OWN = frozenset({"version", "changedAt", "changedBy"})


@commands.command("audit")
def audit(
    call: Call,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Only this kind, such as service or tenant.", autocompletion=kinds.kinds),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", metavar="NAME", help="Only this document (id or name); needs --kind.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only by administrators with this in their name or id.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only from then on: 90m, 12h, 7d, 2w, or a date such as 2030-01-31."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, metavar="NUMBER", help="At most so many.")] = 50,
) -> None:
    """Show who changed what and when, the newest first.

    With --json each entry has the document before and after.
    """
    if name is not None and kind is None:
        raise Unusable("--id says which document, and needs --kind", "add --kind, such as --kind service")
    earliest = _moment(since, datetime.fromtimestamp(call.surroundings.now(), UTC)) if since else None
    api = call.api
    wanted = kinds.kind_of(kind) if kind else None
    document_id = _id(call, wanted, name) if name is not None and wanted is not None else None
    entries = _chosen(api.pages("audit", kind=wanted, id=document_id), by, earliest)
    found = [entry for entry, _ in zip(entries, range(most), strict=False)]
    rows = [
        (_shown(one["at"]), one["by"]["name"], one["what"], one["kind"], _name(one), ", ".join(_fields(one)))
        for one in found
    ]
    call.output.result({"items": found}, table(("when (UTC)", "who", "what", "kind", "document", "fields"), rows))
    if not found:
        call.output.say("No changes found.")


def _id(call: Call, kind: str, name: str) -> str:
    """The id that a name stands for; what is not there any more can be named by its id only."""
    from cli.errors import NothingFound

    if kind == "tenant":
        return name
    try:
        return str(find(call.api, kinds.collection_of(kind), name)["id"])
    except NothingFound:
        return name


def _chosen(entries: Iterator[dict[str, Any]], by: str | None, earliest: datetime | None) -> Iterator[dict[str, Any]]:
    """Those that fit; the log is read no further than to the earliest that may."""
    for one in entries:
        if earliest is not None and datetime.fromisoformat(one["at"]) < earliest:
            return
        who = one["by"]
        if by is None or by.casefold() in f"{who['name']}\n{who['id']}".casefold():
            yield one


def _moment(text: str, now: datetime) -> datetime:
    number, unit = text[:-1], text[-1:]
    if number.isascii() and number.isdecimal() and unit in UNITS and len(number) < 7:
        return now - timedelta(seconds=int(number) * UNITS[unit])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"--since {text} is no time", "write 90m, 12h, 7d, 2w, or a date such as 2030-01-31") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _shown(at: str) -> str:
    return at.partition(".")[0].replace("T", " ")


def _name(entry: Mapping[str, Any]) -> str:
    document = entry.get("after") or entry.get("before") or {}
    return str(document.get("name") or document.get("displayName") or entry["id"])


def _fields(entry: Mapping[str, Any]) -> list[str]:
    """The fields that a change has touched, one level below those that hold others; or what else was done."""
    if entry.get("details"):
        return [f"{name} {value}" for name, value in entry["details"].items() if value]
    before, after = entry.get("before"), entry.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    found = list(_different(before, after))
    more = len(found) - MOST_FIELDS
    return [*found[:MOST_FIELDS], f"{more} more"] if more > 0 else found


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for field in dict.fromkeys([*before, *after]):
        old, new = before.get(field), after.get(field)
        if field in SERVERS_OWN or old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from (f"{field}.{inner}" for inner in dict.fromkeys([*old, *new]) if old.get(inner) != new.get(inner))
        else:
            yield field
