"""Sessions: lists, one session's timeline, the export, and the end of what is stuck. Imported in functions only."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from functions.manage_documents import BASE
from functions.manage_http import HEADERS, moment, query_number, query_text, reply
from functions.manage_languages import language_in
from shared import bootstrap
from shared.application.session_lists import SessionSelection
from shared.domain.errors import InvalidRequest
from shared.domain.history import Outcome
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.timeline_titles import effect_title

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.session_lines import SessionLine
    from shared.application.session_lists import SessionPage
    from shared.application.session_stories import SessionStory, TitledLine
    from shared.domain.administrators import Administrator
    from shared.ports import ThreadMessage

MOST, MOST_IN_CSV = 200, 1_000
STATES = {"running": True, "finished": False}
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for a formula."""
BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""
COLUMNS = (
    "session",
    "state",
    "outcome",
    "contactKind",
    "contactId",
    "contactName",
    "agentId",
    "agentName",
    "startedAt",
    "connectedAt",
    "endedAt",
    "waitSeconds",
    "handlingSeconds",
    "endReason",
    "transfers",
    "origin",
    "customerName",
    "customerEmail",
)


async def list_sessions(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """A page of sessions; as CSV where that is accepted."""
    if req.headers.get("accept", "").partition(";")[0].strip().lower() == "text/csv":
        return await export(req, who, parts)
    page = await _page(req, who, MOST)
    return reply({"items": [line_json(line) for line in page.items], "next": page.next})


async def export(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """A page of sessions as CSV; `Link` names the next one."""
    import azure.functions as func

    page = await _page(req, who, MOST_IN_CSV)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(line)] for line in page.items)
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="sessions.csv"'}
    if page.next is not None:
        query = urlencode({**req.params, "after": page.next})
        headers["Link"] = f'<{BASE}/sessions.csv?{query}>; rel="next"'
    body = (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8", "replace")
    return func.HttpResponse(body, mimetype="text/csv", charset="utf-8", headers=headers)


async def read_session(req: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """What happened in one session, in order."""
    language = language_in(req)
    return reply(story_json(await bootstrap.application().session_stories.read(who, parts["id"], language), language))


async def end_session(_: func.HttpRequest, who: Administrator, parts: Mapping[str, str]) -> func.HttpResponse:
    """End a session that runs; both sides are told."""
    return reply(line_json(await bootstrap.application().session_stories.end(who, parts["id"])))


def line_json(line: SessionLine) -> dict[str, Any]:
    """A session as lists show it."""
    customer, agent = line.customer, line.agent
    return {
        "id": line.session_id,
        "state": "running" if line.is_running else "finished",
        "phase": line.phase.value,
        "contact": {"kind": line.contact.kind.value, "id": line.contact.id, "name": line.contact_name},
        "agent": {"id": agent.id, "name": agent.display_name} if agent is not None else None,
        "startedAt": moment(line.started_at),
        "connectedAt": moment(line.connected_at),
        "endedAt": moment(line.ended_at),
        "waitSeconds": round(line.wait, 1),
        "handlingSeconds": round(line.handling, 1) if line.handling is not None else None,
        "outcome": line.outcome.value if line.outcome is not None else None,
        "endReason": line.end_reason.value if line.end_reason is not None else None,
        "transfers": line.transfers,
        "origin": line.origin or None,
        "customer": {"displayName": customer.display_name, "email": customer.email} if customer is not None else None,
    }


def story_json(story: SessionStory, language: str = "en") -> dict[str, Any]:
    """A session with all that is known of it but texts of persons, which are in `messages` where they are kept.

    Titles are in the language.
    """
    record, session, definition = story.record, story.record.session, story.record.definition
    presence, task = record.presence, session.task
    pending = {one.number for one in record.effects}
    doubtful = record.relay.doubtful if record.relay.doubts else 0
    messages = story.messages
    return {
        **line_json(story.line),
        "workflow": {"id": definition.workflow.id, "version": definition.workflow.version},
        "activity": session.position,
        "task": {"phase": task.phase.value, "queuedAt": moment(task.queued_at), "rounds": task.round} if task else None,
        "visitor": {"lastSeen": moment(presence.last_seen), "leaving": presence.leaving} if presence else None,
        "readUntil": moment(record.read_until),
        "deadlines": [{"id": one.id, "due": moment(one.due)} for one in session.deadlines],
        "pending": [
            {
                "number": one.number,
                "effect": one.effect.kind,
                "title": effect_title(one.effect.kind, language),
                "doubts": record.relay.doubts if one.number == doubtful else 0,
            }
            for one in record.effects
        ],
        "timeline": [_timeline_json(one, pending, language) for one in story.timeline],
        "omitted": story.omitted,
        "messages": None if messages is None else [_message_json(one, session.chat) for one in messages],
        "whyNoMessages": story.why_no_messages or None,
    }


def _timeline_json(line: TitledLine, pending: set[int], language: str) -> dict[str, Any]:
    details = {name: value for name, value in line.entry.details.items() if name not in ("way", "effects")}
    way = line.entry.details.get("way", ())
    effects = line.entry.details.get("effects", ())
    return {
        "at": moment(line.entry.at),
        "title": line.title,
        "what": line.entry.what,
        "details": details,
        "activities": [{"activity": activity, "exit": exit_name} for activity, exit_name in way],
        "effects": [
            {"number": number, "effect": kind, "title": effect_title(kind, language), "pending": number in pending}
            for number, kind in effects
        ],
    }


def _message_json(message: ThreadMessage, chat: Any) -> dict[str, Any]:
    is_ours = chat is not None and message.sender_id == chat.relay_id
    author = message.metadata.get("kind", "system") if is_ours else "customer"
    return {"at": moment(message.created_on), "author": author, "text": message.text}


async def _page(req: func.HttpRequest, who: Administrator, most: int) -> SessionPage:
    state = query_text(req, "state")
    if state and state not in STATES:
        raise InvalidRequest(f"is none of {', '.join(STATES)}", "state")
    selection = SessionSelection(
        running=STATES.get(state),
        contact=_contact(req),
        agent_id=query_text(req, "agentId"),
        outcome=_outcome(query_text(req, "outcome")),
        start=_time(req, "from"),
        end=_time(req, "to"),
        after=query_text(req, "after", 2_000) or None,
        top=query_number(req, "top", 50, (1, most)),
    )
    return await bootstrap.application().session_lists.page(who, selection)


def _contact(req: func.HttpRequest) -> ContactReference | None:
    service_id, user_id = query_text(req, "serviceId"), query_text(req, "userId")
    if service_id and user_id:
        raise InvalidRequest("give either serviceId or userId", "userId")
    if service_id:
        return ContactReference(ContactKind.SERVICE, service_id)
    return ContactReference(ContactKind.USER, user_id) if user_id else None


def _outcome(text: str) -> Outcome | None:
    if text and text not in list(Outcome):
        raise InvalidRequest(f"is none of {', '.join(Outcome)}", "outcome")
    return Outcome(text) if text else None


def _time(req: func.HttpRequest, name: str) -> datetime | None:
    """A day or a time; without a zone it is UTC."""
    text = query_text(req, name, 40)
    if not text:
        return None
    try:
        # A plus that was not encoded has become a blank on the way.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        is_usable = EARLIEST <= found <= LATEST
    except (ValueError, OverflowError):
        is_usable = False
    if not is_usable:
        raise InvalidRequest("must be a day or a time such as 2030-01-31 or 2030-01-31T09:00:00Z, from 2000 on", name)
    return found


def _row(line: SessionLine) -> list[object]:
    """The values of one line, in the order of the columns."""
    found = line_json(line)
    agent, customer = found["agent"] or {}, found["customer"] or {}
    return [
        found["id"],
        found["state"],
        found["outcome"],
        found["contact"]["kind"],
        found["contact"]["id"],
        found["contact"]["name"],
        agent.get("id"),
        agent.get("name"),
        found["startedAt"],
        found["connectedAt"],
        found["endedAt"],
        found["waitSeconds"],
        found["handlingSeconds"],
        found["endReason"],
        found["transfers"],
        found["origin"],
        customer.get("displayName"),
        customer.get("email"),
    ]


def _cell(value: object) -> object:
    """A text that a spreadsheet takes for nothing but a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
