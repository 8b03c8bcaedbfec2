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

    It may be repeated, and goes on where it was; what was refused is tried again. Ends with 1 where something is left.
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
            sessions |= known | {one["id"]: {**one, "state": "erased", "reason": None, "left": []} for one in finished}
            count = Counter(report["erased"]) + Counter(place for one in finished for place in one["left"])
            erased += count
            advance(count["sessions"])
            idle = 0 if count.total() else idle + 1
            is_pending = any(one["state"] == "pending" for one in report["sessions"])
            # What was refused is refused again a moment later; whoever has mended it repeats the command.
            if report["complete"] or idle == (PATIENCE if is_pending else 1):
                break
            if is_pending:
                call.surroundings.pause(PAUSE)
    left = [one for one in sessions.values() if one["state"] != "erased"]
    whole = {**report, "erased": dict(erased), "sessions": list(sessions.values())}
    rows = [(PLACES.get(name, name), count) for name, count in erased.items() if count]
    shown: list[Any] = [table(("erased", "how many"), rows)] if rows else ["Nothing is kept of this address."]
    if left:
        shown.append(table(("session", "state", "why", "what is left"), [_left(one) for one in left]))
    call.output.result(whole, *shown)
    if rows:
        call.output.say("What remains:")
        for one in report["remains"]:
            call.output.say(f"  - {one}")
    for fix in dict.fromkeys(one["fix"] for one in left if one["fix"]):
        call.output.say(f"What was refused: {fix}.")
    if left or not report["complete"]:
        call.output.warn("It is not complete; repeat the command.")
        finish(ExitCode.FINDINGS)


def _left(one: dict[str, Any]) -> tuple[str, str, str, str]:
    return one["id"], one["state"], one["reason"], ", ".join(PLACES.get(place, place) for place in one["left"])
