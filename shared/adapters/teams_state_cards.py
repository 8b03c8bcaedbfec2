"""The agents' cards about themselves: status, help, waiting tasks; and those that answer a pressed button.

Buttons answer with a verb and data: `on`, `off`, `ready`, `available`, `status`, `tasks` {} · `pick_up` {session}.
`view` in the data says which card the button stands on, as its answer takes that card's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.adapters import teams_cards
from shared.adapters.teams_elements import Card, Element, button, card, facts, heading, paragraph, refreshed, rows_of
from shared.adapters.teams_text import shortened
from shared.domain.agent_commands import WORDS
from shared.domain.agent_texts import agent_text
from shared.domain.distribution import LeftOut
from shared.ports import StatusView, TaskLine, TasksView

NAME_LENGTH = 60
STATUS: Mapping[str, str] = {"view": "status"}
MINUTE, HOUR = 60, 3_600


def status(view: StatusView, language: str = "en") -> Card:
    """How an agent stands, whether new tasks come, and what can be changed."""
    verdict = _verdict(view.reason, language)
    count = agent_text("of", language, count=view.conversations, most=view.capacity)
    standing = facts(
        (agent_text("duty", language), agent_text("on_duty" if view.on_duty else "off_duty", language)),
        (agent_text("in_teams", language), agent_text(f"presence_{view.presence.value}", language)),
        (agent_text("conversations", language), count),
    )
    body = [
        heading(agent_text("status_title", language)),
        paragraph(verdict),
        standing,
        *_flags(view, language),
        *_services(view, language),
    ]
    return card(f"{agent_text('status_title', language)}: {verdict}", body, _changes(view, language))


def help_card(language: str = "en", said: str = "") -> Card:
    """All commands, as words and as buttons; `said` stands first."""
    title = agent_text("help_title", language)
    explained = [(_words(command.value), agent_text(f"help_{command.value}", language)) for command in WORDS]
    body = [
        *([paragraph(said)] if said else []),
        heading(title),
        paragraph(agent_text("help_intro", language)),
        facts(*explained),
    ]
    verbs = (("status", "status"), ("go_on_duty", "on"), ("go_off_duty", "off"), ("tasks", "tasks"))
    actions = [button(agent_text(key, language), verb, {}) for key, verb in verbs]
    return card(said or title, body, actions)


def tasks(view: TasksView, language: str = "en") -> Card:
    """The tasks that wait to be picked up, first in line first; the card asks for itself anew when it is opened."""
    title = agent_text("tasks_title", language)
    more = [paragraph(agent_text("and_more", language, count=view.more), isSubtle=True)] if view.more else []
    listed = [_task(task, language) for task in view.tasks] or [paragraph(agent_text("nobody_waits", language))]
    body = [heading(title), *([paragraph(view.said, weight="Bolder")] if view.said else []), *listed, *more]
    refresh = agent_text("refresh", language)
    content = card(f"{title}: {view.said or len(view.tasks)}", body, [button(refresh, "tasks", {})])
    return refreshed(content, refresh, "tasks", [view.account])


class TeamsCards:
    """The cards that answer commands and pressed buttons (the port AgentCards)."""

    def closed_invitation(
        self, customer_name: str, outcome: str, taken_by: str | None, language: str
    ) -> Mapping[str, Any]:
        return teams_cards.closed_invitation(customer_name, outcome, taken_by, language)

    def closed_conversation(self, customer_name: str, text: str) -> Mapping[str, Any]:
        return teams_cards.closed_conversation(customer_name, text)

    def notice(self, text: str) -> Mapping[str, Any]:
        return teams_cards.notice(text)

    def status(self, view: StatusView, language: str) -> Mapping[str, Any]:
        return status(view, language)

    def help(self, language: str, said: str = "") -> Mapping[str, Any]:
        return help_card(language, said)

    def tasks(self, view: TasksView, language: str) -> Mapping[str, Any]:
        return tasks(view, language)


def _verdict(reason: LeftOut | None, language: str) -> str:
    if reason is None:
        return agent_text("selectable", language)
    return agent_text("not_selectable", language, reason=agent_text(f"reason_{reason.value}", language))


def _flags(view: StatusView, language: str) -> list[Element]:
    shown = [
        agent_text(key, language)
        for key, holds in (("flag_missed", view.missed), ("flag_ringing", view.ringing))
        if holds
    ]
    flags = [paragraph(text) for text in shown]
    if view.after_call_until is not None:
        # Only the client knows the agent's time zone; this text is all our own, so it is not escaped.
        text = agent_text("flag_after_call", language, time=_client_time(view.after_call_until))
        flags.append({"type": "TextBlock", "wrap": True, "text": text})
    return flags


def _services(view: StatusView, language: str) -> list[Element]:
    if not view.services:
        return [paragraph(agent_text("no_services", language), isSubtle=True)]
    title = paragraph(agent_text("services", language), weight="Bolder")
    return [title, facts(*((service.name, _new_tasks(service.reason, language)) for service in view.services))]


def _new_tasks(reason: LeftOut | None, language: str) -> str:
    return agent_text(f"reason_{reason.value}" if reason else "service_selectable", language)


def _changes(view: StatusView, language: str) -> list[Element]:
    """Only what would change something."""
    wanted = (
        ("available_again", "available", view.missed),
        ("ready", "ready", view.after_call_until is not None),
        ("go_off_duty", "off", view.on_duty),
        ("go_on_duty", "on", not view.on_duty),
        ("tasks", "tasks", True),
    )
    return [button(agent_text(key, language), verb, STATUS) for key, verb, is_wanted in wanted if is_wanted]


def _task(task: TaskLine, language: str) -> Element:
    name = shortened(task.customer_name, NAME_LENGTH)
    tooltip = agent_text("pick_up_of", language, customer=name)
    data = {"session": task.session_id}
    pick_up = button(agent_text("pick_up", language), "pick_up", data, style="positive", tooltip=tooltip)
    words = [paragraph(name, weight="Bolder"), paragraph(_waits(task, language), isSubtle=True, spacing="None")]
    return {"type": "Container", "separator": True, "items": [*words, *rows_of([pick_up])]}


def _waits(task: TaskLine, language: str) -> str:
    service, seconds = shortened(task.service_name, NAME_LENGTH), max(0, task.seconds)
    if seconds < MINUTE:
        return agent_text("waits_seconds", language, service=service, count=seconds)
    if seconds < HOUR:
        return agent_text("waits_minutes", language, service=service, count=seconds // MINUTE)
    hours, rest = divmod(seconds, HOUR)
    return agent_text("waits_hours", language, service=service, hours=hours, minutes=rest // MINUTE)


def _words(command: str) -> str:
    return next(" / ".join(words) for name, words in WORDS.items() if name.value == command)


def _client_time(moment: datetime) -> str:
    return "{{TIME(" + f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" + ")}}"
