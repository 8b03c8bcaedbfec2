"""Conditions of what comes after the start: events, push, opening hours, and people who can answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from shared.domain.calendars import OpeningState, opens_at, state_at
from shared.domain.diagnosis.facts import Facts, Member
from shared.domain.distribution import LeftOut
from shared.domain.documents import Kind
from shared.domain.tenants import MessagingKind
from shared.domain.verdicts import Judgement, Setting, failed, not_judged, passed

MOST_NAMED = 5
RECENT = timedelta(days=7)
TRY_EVENTS = (
    "write a message in the preview, then look again; if none comes, check the Event Grid subscription of the ACS "
    "resource: docs/deploy.md, and the tenant's ACS resource id"
)
CHECK_EVENTS = (
    "if customers have written since, check the Event Grid subscription of the ACS resource: docs/deploy.md, and the "
    "tenant's ACS resource id"
)


def events(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "acs_resource_id")
    if facts.own_tenant.messaging is not MessagingKind.ACS:
        return passed("messages do not go through ACS", setting)
    last = facts.last_event
    if last is None:
        why = "no event of ACS has ever come; messages are found a minute late, by the visitor's page"
        return not_judged(why, setting, TRY_EVENTS)
    told = f"the last event of ACS came at {last:%Y-%m-%d %H:%M} UTC"
    if facts.now - last > RECENT:
        return not_judged(told, setting, CHECK_EVENTS)
    return passed(told, setting)


def push(facts: Facts) -> Judgement:
    if facts.has_push is None:
        return not_judged("it was not asked")
    if not facts.has_push:
        fix = "connect Azure SignalR Service: docs/deploy.md"
        return failed("SignalR is not configured: widgets ask at intervals", None, fix)
    return passed("SignalR is configured")


def opening_hours(facts: Facts) -> Judgement:
    contact = facts.asked.contact
    workflow = contact.workflow if contact else None
    if contact is None:
        return not_judged("no service or user is known")
    closed, looked = None, 0
    for activity in workflow.activities if workflow else ():
        named, second = activity.parameters.get("calendar"), activity.parameters.get("secondary_calendar")
        calendar = contact.calendars.get(named) if isinstance(named, str) else None
        secondary = contact.calendars.get(second) if isinstance(second, str) else None
        if calendar is None:
            continue
        looked += 1
        if state_at(calendar, facts.now, secondary).state is not OpeningState.OPEN and closed is None:
            closed = (calendar, opens_at(calendar, facts.now, secondary))
    if closed is not None:
        calendar, opens = closed
        when = f"; it opens at {opens:%Y-%m-%d %H:%M} ({calendar.time_zone})" if opens else ""
        setting = Setting(Kind.CALENDAR, calendar.id, "week")
        return failed(f"calendar '{calendar.name}' says closed now{when}", setting, "wait, or change the opening hours")
    return passed("every calendar of the workflow says open" if looked else "the workflow looks at no opening hours")


def members(facts: Facts) -> Judgement:
    if facts.members is None:
        return not_judged("nobody was looked at")
    if not facts.is_service:
        return passed("a user answers in person")
    setting = _setting(facts, "members")
    if not facts.members:
        return failed("nobody is there to take the tasks of this service", setting, "add members to the service")
    if all(member.reason is not None for member in facts.members):
        return failed("none of the members can take a task", setting, "see the conditions of members below")
    return passed(f"{len(facts.members)} members", setting)


def _everybody(reason: LeftOut, fix: str, field: str) -> Callable[[Facts], Judgement]:
    def judge(facts: Facts) -> Judgement:
        setting = _setting(facts, field)
        if facts.members is None:
            return not_judged("nobody was looked at")
        concerned = [member for member in facts.members if member.reason is reason]
        if concerned:
            return failed(_named(concerned), setting, fix)
        return passed("this holds for everybody" if facts.members else "there are no members", setting)

    return judge


def _named(members: list[Member]) -> str:
    shown = ", ".join(member.name or member.id for member in members[:MOST_NAMED])
    more = len(members) - MOST_NAMED
    return f"not so for {shown}" + (f" and {more} more" if more > 0 else "")


def _setting(facts: Facts, field: str) -> Setting:
    kind = Kind.SERVICE if facts.is_service else Kind.USER
    return Setting(kind, facts.reference.id if facts.reference else "", field)


members_known = _everybody(LeftOut.UNKNOWN_USER, "remove the member, or add the user", "members")
members_licensed = _everybody(LeftOut.NO_LICENCE, "assign an Instant Messaging licence to each", "members")
members_registered = _everybody(
    LeftOut.NOT_REGISTERED, "let each register with the chat bot in Teams: install the app once", "members"
)
