"""Lunifico with its administrators, and calls of the management API as the host makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from functions.manage import manage
from shared import bootstrap
from shared.adapters.memory import MemoryAdministration, MemoryAdministrators, MemorySecrets
from shared.domain.administrators import Administrator, Role
from shared.domain.documents import DocumentKey, Kind
from shared.domain.organization_units import OrganizationUnit
from shared.workflow.lint import lint
from tests.functions.world import OWN_URL, SERVICE, TENANT, World

CARLA = Administrator("carla-id", "Carla", TENANT.id, frozenset({Role.TENANT_ADMINISTRATOR}))
OTTO = replace(CARLA, id="otto-id", name="Otto")
EUROPEAN = Administrator(
    "luisa-id", "Luisa", TENANT.id, frozenset({Role.ORGANIZATION_UNIT_ADMINISTRATOR}), organization_unit_id="europe"
)
READER = Administrator("mario-id", "Mario", TENANT.id, frozenset({Role.READER}))
WORKFLOWS = replace(READER, roles=frozenset({Role.WORKFLOW_ADMINISTRATOR}))
STRANGER = replace(CARLA, tenant_id="another")
TOKENS = {
    "carla": CARLA,
    "otto": OTTO,
    "european": EUROPEAN,
    "reader": READER,
    "workflows": WORKFLOWS,
    "stranger": STRANGER,
}
UNITS = (
    OrganizationUnit("root", "Lunifico"),
    OrganizationUnit("europe", "Europe", "root"),
    OrganizationUnit("france", "France", "europe"),
    OrganizationUnit("america", "America", "root"),
)


class Office:
    """A deployment whose administrators are known by the tokens of `TOKENS`."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.config.put(TENANT.id, *UNITS)
        self.administration = MemoryAdministration(world.config, lint, world.clock)
        self.administrators, self.secrets = MemoryAdministrators(TOKENS), MemorySecrets(home=TENANT.id)
        world.replace(
            administration=self.administration,
            administrators=self.administrators,
            secrets=self.secrets,
        )

    def use(self) -> None:
        """Put the world in place as it is now, after its ports were replaced."""
        bootstrap.use(self.world.application, self.world.surroundings)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "carla",
        headers: Mapping[str, str] | None = None,
    ) -> func.HttpResponse:
        """The answer to a call; a body that is not bytes is sent as JSON."""
        sent = {"host": urlsplit(OWN_URL).netloc, **(headers or {})}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        if body is not None:
            sent.setdefault("content-type", "application/json")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        url = f"{OWN_URL}/api/manage/v1/{path}"
        parts = urlsplit(url)
        request = func.HttpRequest(
            method,
            url,
            headers=sent,
            params=dict(parse_qsl(parts.query)),
            route_params={"path": parts.path.removeprefix("/api/manage/v1/")},
            body=raw,
        )
        response: func.HttpResponse = await manage(request)
        return response

    async def get(self, path: str, **options: Any) -> Any:
        """The JSON of a call that works."""
        response = await self.call("GET", path, **options)
        assert response.status_code == 200, response.get_body()
        return json.loads(response.get_body())

    async def create(self, kinds: str, body: Mapping[str, Any], **options: Any) -> Any:
        response = await self.call("POST", kinds, body, **options)
        assert response.status_code == 201, response.get_body()
        return json.loads(response.get_body())

    async def save(self, method: str, path: str, body: Mapping[str, Any], version: str, **options: Any) -> Any:
        """The JSON of a write in place of a version."""
        response = await self.call(method, path, body, headers={"if-match": f'"{version}"'}, **options)
        assert response.status_code == 200, response.get_body()
        return json.loads(response.get_body())

    async def problem(self, method: str, path: str, body: object = None, **options: Any) -> dict[str, Any]:
        """The problem of a call that is refused, with its status."""
        response = await self.call(method, path, body, **options)
        assert response.mimetype == "application/problem+json", response.get_body()
        found: dict[str, Any] = json.loads(response.get_body())
        assert found["status"] == response.status_code
        return found

    def stored(self, kind: Kind, document_id: str) -> Any:
        return self.world.config.documents[TENANT.id].get(DocumentKey(kind, document_id))


SALES: dict[str, Any] = {
    "id": "orders",
    "name": "Orders",
    "organizationUnitId": "europe",
    "licences": ["enterprise", "interact"],
    "modalities": {"instantMessaging": {"enabled": True, "workflowId": "chat"}},
    "interact": {"active": True, "modalities": ["instantMessaging"], "restrictAccess": True, "domainTemplateId": "web"},
    "members": [],
}
UNIT = {"id": "asia", "name": "Asia", "parentId": "root"}
ID_OF_SERVICE = SERVICE.id
