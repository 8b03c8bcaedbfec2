"""`erase`: forget a customer, with a report of what was erased where."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from cli.call import Call, Commands, finish
from cli.errors import ExitCode
from cli.output import table

commands = Commands("")

MOST_CALLS = 200
PAUSE = 3.0
"""Seconds in which another host may finish what it does."""
PATIENCE = 10
"""So many calls in a row that erase nothing are enough."""
PLACES = {
    "sessions": "rows of sessions",
    "history": "the history",
    "index": "rows by which the address led to sessions",
    "acsThreads": "threads in Azure Communication Services",
    "acsIdentities": "identities in Azure Communication Services",
    "nativeThreads": "threads in our own storage",
    "nativeIdentities": "identities in our own storage",
}


@commands.command("erase")
def erase(
    call: Call,
    email: Annotated[str, typer.Argument(help="The customer's e-mail address.", metavar="EMAIL")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a customer everywhere; conversations that run are ended first.

    It may be repeated, and goes on where it was. Ends with 1 where something is left.
    """
    call.confirm(f"Erase all that is kept of {email}, and end running conversations? This cannot be undone.", yes)
    sessions: dict[str, Any] = {}
    report: dict[str, Any] = {}
    erased: Counter[str] = Counter()
    idle = 0
    with call.output.progress("erasing") as advance:
        for _ in range(MOST_CALLS):
            report = call.api.post("erase", {"email": email})
            known = {one["id"]: one for one in report["sessions"]}
            # What was being erased, and is found no more, was erased meanwhile.
            finished = [one for one in sessions.values() if one["state"] == "pending" and one["id"] not in known]
            sessions |= known | {one["id"]: {**one, "state": "erased", "reason": None} for one in finished}
            count = Counter(report["erased"]) + _counted(finished)
            erased += count
            advance(count["sessions"])
            idle = 0 if count["sessions"] else idle + 1
            if report["complete"] or idle == PATIENCE:
                break
            if any(one["state"] == "pending" for one in report["sessions"]):
                call.surroundings.pause(PAUSE)
    left = [one for one in sessions.values() if one["state"] != "erased"]
    whole = {**report, "erased": dict(erased), "sessions": list(sessions.values())}
    rows = [(PLACES.get(name, name), count) for name, count in erased.items() if count]
    shown: list[Any] = [table(("erased", "how many"), rows)] if rows else ["Nothing is kept of this address."]
    if left:
        shown.append(table(("session", "state", "why"), [(one["id"], one["state"], one["reason"]) for one in left]))
    call.output.result(whole, *shown)
    if rows:
        call.output.say("What remains:")
        for one in report["remains"]:
            call.output.say(f"  - {one}")
    if left or not report["complete"]:
        call.output.warn("It is not complete; repeat the command.")
        finish(ExitCode.FINDINGS)


def _counted(sessions: list[dict[str, Any]]) -> Counter[str]:
    """How much was erased where, of sessions that others have finished."""
    count: Counter[str] = Counter()
    for one in sessions:
        count.update(["sessions", "history", "index"])
        if one["transport"]:
            count.update([f"{one['transport']}Threads", f"{one['transport']}Identities"])
    return count
