"""All calls of the management API: one line each, method, path, and the handler that answers.

A handler is named as text, so that nothing is imported before it is called. One HTTP function serves them all, since
every function costs time when an instance starts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from functions.manage_http import Handler, MethodNotAllowed

DOCUMENTS, WORKFLOWS, TENANT = "manage_documents", "manage_workflows", "manage_tenant"
SESSIONS, AGENTS, PRIVACY = "manage_sessions", "manage_agents", "manage_privacy"
DIAGNOSIS, PREVIEWS = "manage_diagnosis", "manage_previews"
KINDS = "{kinds:organizationUnits|domainTemplates|users|services|systemMessages|calendars|workflows}"
CONTACTS = "{kinds:services|users}"

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", "me", f"{DOCUMENTS}:me"),
    ("GET", "tenant", f"{DOCUMENTS}:read_one"),
    ("PUT", "tenant", f"{TENANT}:replace_tenant"),
    ("PATCH", "tenant", f"{TENANT}:patch_tenant"),
    ("POST", "tenant/check-acs", f"{TENANT}:check_acs"),
    ("POST", "tenant/widget-key/rotate", f"{TENANT}:rotate_widget_key"),
    ("POST", "tenant/site-secret", f"{TENANT}:generate_site_secret"),
    ("POST", "tenant/try-token", f"{TENANT}:try_token"),
    ("GET", "tenant/instant-messaging", f"{TENANT}:instant_messaging"),
    ("POST", "tenant/instant-messaging/test", f"{TENANT}:send_test_message"),
    ("GET", "licences", f"{TENANT}:licences"),
    ("GET", "schemas/{kind}", f"{DOCUMENTS}:schema"),
    ("POST", "validate", f"{DOCUMENTS}:validate"),
    ("GET", "audit", f"{DOCUMENTS}:audit"),
    ("POST", "workflows/lint", f"{WORKFLOWS}:lint"),
    ("POST", "workflows/simulate", f"{WORKFLOWS}:simulate"),
    ("GET", "workflows/{id}/versions", f"{WORKFLOWS}:versions"),
    ("GET", "workflows/{id}/versions/{number}", f"{WORKFLOWS}:version"),
    ("GET", "workflows/{id}/differences", f"{WORKFLOWS}:differences"),
    ("GET", "sessions", f"{SESSIONS}:list_sessions"),
    ("GET", "sessions.csv", f"{SESSIONS}:export"),
    ("GET", "sessions/{id}", f"{SESSIONS}:read_session"),
    ("POST", "sessions/{id}/end", f"{SESSIONS}:end_session"),
    ("GET", "agents", f"{AGENTS}:list_agents"),
    ("GET", "agents/{id}", f"{AGENTS}:read_agent"),
    ("POST", "agents/{id}/reset", f"{AGENTS}:reset_agent"),
    ("POST", "erase", f"{PRIVACY}:erase"),
    ("POST", "diagnose", f"{DIAGNOSIS}:diagnose"),
    ("GET", "diagnoses/{id}", f"{DIAGNOSIS}:look_up"),
    ("GET", f"{CONTACTS}/{{id}}/readiness", f"{DIAGNOSIS}:readiness"),
    ("GET", f"{CONTACTS}/{{id}}/origin", f"{DIAGNOSIS}:origin"),
    ("POST", f"{CONTACTS}/{{id}}/preview-links", f"{PREVIEWS}:make_preview_link"),
    ("POST", f"{CONTACTS}/{{id}}/preview-links/revoke", f"{PREVIEWS}:revoke_preview_links"),
    ("GET", KINDS, f"{DOCUMENTS}:list_documents"),
    ("POST", KINDS, f"{DOCUMENTS}:create_document"),
    ("GET", f"{KINDS}/{{id}}", f"{DOCUMENTS}:read_one"),
    ("PUT", f"{KINDS}/{{id}}", f"{DOCUMENTS}:replace_document"),
    ("PATCH", f"{KINDS}/{{id}}", f"{DOCUMENTS}:patch_document"),
    ("DELETE", f"{KINDS}/{{id}}", f"{DOCUMENTS}:delete_document"),
    ("GET", f"{KINDS}/{{id}}/references", f"{DOCUMENTS}:references"),
    ("GET", f"{KINDS}/{{id}}/notes", f"{DOCUMENTS}:notes"),
)


@dataclass(frozen=True)
class Found:
    """The handler of a call, and the named parts of its path."""

    handler: Handler
    parts: Mapping[str, str]


def find(method: str, path: str) -> Found | None:
    """Who answers; None where there is nothing at this path. Raises MethodNotAllowed."""
    allowed: list[str] = []
    for one, pattern, name in ROUTES:
        match = _pattern(pattern).fullmatch(path)
        if match is not None and one == method:
            return Found(_handler(name), match.groupdict())
        if match is not None:
            allowed.append(one)
    if allowed:
        raise MethodNotAllowed(method, allowed)
    return None


def _handler(name: str) -> Handler:
    module, _, function = name.partition(":")
    return cast(Handler, getattr(import_module(f"functions.{module}"), function))


def _pattern(text: str) -> re.Pattern[str]:
    if text not in _patterns:
        expression = re.sub(r"\{(\w+)(?::([^}]+))?\}", lambda found: f"(?P<{found[1]}>{found[2] or '[^/]+'})", text)
        _patterns[text] = re.compile(expression)
    return _patterns[text]


_patterns: dict[str, re.Pattern[str]] = {}
