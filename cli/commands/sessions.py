"""`sessions`: what runs, what has run, what happened in one, and the end of what is stuck."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from cli.api import Api, at
from cli.call import Call, Commands
from cli.errors import Unusable
from cli.names import find
from cli.output import facts, table

commands = Commands("sessions", "Look at sessions, and end those that are stuck.")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PAGE_OF_CSV = 1_000


class State(StrEnum):
    """Which sessions."""

    RUNNING = "running"
    FINISHED = "finished"


class Outcome(StrEnum):
    """How a session went."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    DECLINED = "declined"
    MESSAGE_LEFT = "messageLeft"
    DISCONNECTED = "disconnected"
    ENDED_BY_ADMINISTRATOR = "endedByAdministrator"
    FAILED = "failed"


StateOption = Annotated[State | None, typer.Option(help="Only those that run, or have ended.", show_default=False)]
OutcomeOption = Annotated[Outcome | None, typer.Option(help="Only those that went like this.", show_default=False)]
Service = Annotated[str | None, typer.Option(help="Only those of this service.", show_default=False)]
User = Annotated[str | None, typer.Option(help="Only those of this user, contacted in person.", show_default=False)]
Agent = Annotated[str | None, typer.Option(help="Only those of this agent.", show_default=False)]
From = Annotated[
    str | None, typer.Option("--from", help="Ended on this day or later; a year back if left out.", show_default=False)
]
To = Annotated[str | None, typer.Option("--to", help="Ended before this day.", show_default=False)]
Most = Annotated[int, typer.Option(min=1, help="At most so many.")]
SessionId = Annotated[str, typer.Argument(help="Its id, as sessions list shows it.", metavar="ID")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@commands.command("list")
def list_sessions(
    call: Call,
    state: StateOption = None,
    outcome: OutcomeOption = None,
    service: Service = None,
    user: User = None,
    agent: Agent = None,
    begin: From = None,
    end: To = None,
    most: Most = 50,
) -> None:
    """List sessions: those that run, then those that have ended, the newest first.

    For instance: interact sessions list --state running --service Sales
    """
    query = _query(call.api, state, outcome, service, user, agent, begin, end)
    items = list(call.api.pages("sessions", most=most + 1, unreadable=None, **query))
    shown, is_cut = items[:most], len(items) > most
    columns = ("started", "state", "with", "agent", "wait", "handled", "id")
    call.output.result({"items": shown, "complete": not is_cut}, table(columns, (_row(one) for one in shown)))
    if is_cut:
        call.output.warn(f"There are more than {most}; see --from, --to and --most.")
    elif not shown:
        call.output.say("No sessions found.")


@commands.command("show")
def show_session(call: Call, session: SessionId) -> None:
    """Show what happened in a session, in order.

    What was written is shown where Store Conversation Context Data is on.
    """
    found = call.api.get(at("sessions", session))
    lines = [(one["at"], one["title"], _technical(one)) for one in found["timeline"]]
    lines += [(one["at"], f"{one['author']}: {one['text']}", "") for one in found["messages"] or ()]
    # A message comes before the line that tells of it.
    lines.sort(key=lambda line: (line[0], bool(line[2])))
    shown = table(("at", "what happened", "technical"), [(_clock(when), what, more) for when, what, more in lines])
    call.output.result(found, facts(_facts(found)), shown, *_pending(found))
    if found["omitted"]:
        call.output.warn(f"{found['omitted']} older lines are left out.")


@commands.command("end")
def end_session(call: Call, session: SessionId, yes: Yes = False) -> None:
    """End a session that runs; customer and agent are told.

    One that has ended stays as it is.
    """
    found = call.api.get(at("sessions", session))
    if found["state"] == "running":
        began = _moment(found["startedAt"])
        call.confirm(f"End the session with {found['contact']['name']} that began {began}?", yes)
    ended = call.api.post(at("sessions", session, "end"))
    how = "It was ended." if found["state"] == "running" else f"It had ended before: {ended['endReason']}."
    call.output.result(ended, how)


@commands.command("export")
def export_sessions(
    call: Call,
    csv: Annotated[Path, typer.Option("--csv", help="The file that is written; - for stdout.", metavar="FILE")],
    state: StateOption = None,
    outcome: OutcomeOption = None,
    service: Service = None,
    user: User = None,
    agent: Agent = None,
    begin: From = None,
    end: To = None,
) -> None:
    """Write sessions to a CSV file, page by page.

    For instance: interact sessions export --csv january.csv --from 2030-01-01 --to 2030-02-01
    """
    to_stdout = str(csv) == "-"
    if to_stdout and call.output.json:
        raise Unusable("stdout cannot be CSV and JSON", "name a file in --csv")
    query = _query(call.api, state, outcome, service, user, agent, begin, end)
    if to_stdout:
        stdout = typer.get_binary_stream("stdout")
        for page in _pages_of_csv(call.api, query):
            stdout.write(page)
        return
    # A file that is there is a whole one.
    beside = csv.with_name(f"{csv.name}.part")
    size = 0
    try:
        with beside.open("wb") as file, call.output.progress("exporting") as advance:
            for page in _pages_of_csv(call.api, query):
                size += file.write(page)
                advance()
        os.replace(beside, csv)
    except OSError as error:
        raise Unusable(f"{csv} cannot be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    call.output.result({"file": str(csv), "bytes": size}, f"Written to {csv}.")


def _query(
    api: Api,
    state: State | None,
    outcome: Outcome | None,
    service: str | None,
    user: str | None,
    agent: str | None,
    begin: str | None,
    end: str | None,
) -> dict[str, str | None]:
    return {
        "state": state,
        "outcome": outcome,
        "serviceId": find(api, "services", service)["id"] if service else None,
        "userId": find(api, "users", user)["id"] if user else None,
        "agentId": find(api, "users", agent)["id"] if agent else None,
        "from": begin,
        "to": end,
    }


def _pages_of_csv(api: Api, query: Mapping[str, str | None]) -> Iterator[bytes]:
    """The whole as CSV: the columns are named once."""
    after: str | None = None
    while True:
        asked = {**query, "top": PAGE_OF_CSV, "after": after}
        response = api.send("GET", "sessions.csv", query=asked, headers={"Accept": "text/csv"})
        body = response.content
        yield body if after is None else body.removeprefix(BYTE_ORDER_MARK).partition(b"\r\n")[2]
        link = response.headers.get("Link", "").partition(">")[0].lstrip("<")
        following = parse_qs(urlsplit(link).query).get("after")
        if not following:
            return
        after = following[0]


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    agent = one["agent"] or {}
    state = one["phase"] if one["state"] == "running" else one["outcome"]
    seconds = _seconds(one["waitSeconds"]), _seconds(one["handlingSeconds"])
    return (_moment(one["startedAt"]), state, one["contact"]["name"], agent.get("name"), *seconds, one["id"])


def _facts(found: Mapping[str, Any]) -> dict[str, Any]:
    customer, agent, visitor = found["customer"], found["agent"], found["visitor"]
    shown = {
        "session": found["id"],
        "with": f"{found['contact']['name']} ({found['contact']['kind']})",
        "state": found["phase"] if found["state"] == "running" else found["outcome"],
        "started": _moment(found["startedAt"]),
        "ended": f"{_moment(found['endedAt'])} ({found['endReason']})" if found["endedAt"] else None,
        "agent": agent["name"] if agent else None,
        "wait": _seconds(found["waitSeconds"]),
        "handled": _seconds(found["handlingSeconds"]),
        "customer": f"{customer['displayName']} <{customer['email']}>" if customer else None,
        "page": found["origin"],
        "page last heard of": _moment(visitor["lastSeen"]) if visitor else None,
        "workflow": f"{found['workflow']['id']}, version {found['workflow']['version']}",
        "stands at": found["activity"],
        "messages": found["whyNoMessages"],
    }
    return {name: value for name, value in shown.items() if value not in (None, "")}


def _pending(found: Mapping[str, Any]) -> list[Any]:
    rows = [(one["number"], one["title"], one["doubts"] or "") for one in found["pending"]]
    return [table(("number", "still to be done", "in doubt"), rows)] if rows else []


def _technical(line: Mapping[str, Any]) -> str:
    """What stands behind a line: the event, the activities, the effects with their numbers."""
    way = " → ".join(
        f"{one['activity']}.{one['exit']}" if one["exit"] else one["activity"] for one in line["activities"]
    )
    effects = ", ".join(
        f"{one['number']} {one['effect']}{' (pending)' if one['pending'] else ''}" for one in line["effects"]
    )
    return "; ".join(part for part in (line["what"], way, effects) if part)


def _moment(text: str | None) -> str:
    return (text or "").partition(".")[0].replace("T", " ")


def _clock(text: str) -> str:
    return text.partition("T")[2].removesuffix("Z")


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
