"""The identity operations: users and their access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.acs import limits
from local.acs.bodies import CreateIdentityBody, IssueTokenBody, parse
from local.acs.identifiers import new_user_id
from local.acs.moments import now_milliseconds, to_iso
from local.acs.operations import Answer, Call, Operation
from local.acs.state import Identity, State
from local.acs.tokens import DEFAULT_MINUTES, TokenIssuer

API_VERSION = "2023-10-01"


@dataclass(frozen=True)
class IdentityOperations:
    state: State
    issuer: TokenIssuer

    def operations(self) -> list[Operation]:
        one = "/identities/{user_id}"
        return [
            Operation("createIdentity", "POST", "/identities", API_VERSION, limits.CREATE_IDENTITY, self.create),
            Operation("deleteIdentity", "DELETE", one, API_VERSION, limits.DELETE_IDENTITY, self.delete),
            Operation(
                "issueAccessToken", "POST", one + "/:issueAccessToken", API_VERSION, limits.ISSUE_TOKEN, self.issue
            ),
            Operation(
                "revokeAccessTokens",
                "POST",
                one + "/:revokeAccessTokens",
                API_VERSION,
                limits.REVOKE_TOKENS,
                self.revoke,
            ),
        ]

    def create(self, call: Call) -> Answer:
        body = parse(CreateIdentityBody, call.body)
        identity = Identity(new_user_id(self.issuer.immutable_resource_id))
        result: dict[str, Any] = {"identity": {"id": identity.id}}
        if body.create_token_with_scopes:
            result["accessToken"] = self._token(identity, body.create_token_with_scopes, body.expires_in_minutes)
        self.state.add(identity)
        return Answer(201, result)

    def issue(self, call: Call) -> Answer:
        body = parse(IssueTokenBody, call.body)
        identity = self.state.identity(call.path["user_id"])
        return Answer(200, self._token(identity, body.scopes, body.expires_in_minutes))

    def revoke(self, call: Call) -> Answer:
        identity = self.state.identity(call.path["user_id"])
        identity.generation += 1
        self.state.changed(identity)
        return Answer(204)

    def delete(self, call: Call) -> Answer:
        self.state.drop(self.state.identity(call.path["user_id"]))
        return Answer(204)

    def _token(self, identity: Identity, scopes: Sequence[str], minutes: int | None) -> dict[str, str]:
        lifetime = DEFAULT_MINUTES if minutes is None else minutes
        token, expires = self.issuer.issue(identity.id, identity.generation, scopes, lifetime, now_milliseconds())
        return {"token": token, "expiresOn": to_iso(expires)}
