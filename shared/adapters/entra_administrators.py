"""Administrators by access tokens of Microsoft Entra ID: issuer, audience, signature, times, app roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.adapters.failures import bounded, of_connection, of_status
from shared.adapters.http_bodies import bounded_body
from shared.adapters.http_session import HttpSession
from shared.adapters.key_sets import KeySets
from shared.adapters.token_parts import read_token
from shared.domain.administrators import Administrator, Role
from shared.domain.errors import Refused, Unauthenticated
from shared.ports import ConfigStore

ALGORITHM = "RS256"
LEEWAY = 60
"""Seconds by which clocks may differ."""
LARGEST_SET = 256 * 1024
ROLES = {role.value[:1].upper() + role.value[1:]: role for role in Role}
"""The roles by the values of the app roles of the registration, such as `TenantAdministrator`."""


@dataclass(frozen=True)
class SignIn:
    """Whose tokens count, and for which application they have to be issued."""

    issuer: str
    audience: str
    keys_url: str


class EntraAdministrators:
    """The unit of an organization unit administrator is that of the user with the same object id."""

    def __init__(self, sign_in: SignIn, http: HttpSession, config: ConfigStore) -> None:
        self._sign_in = sign_in
        self._http = http
        self._config = config
        self._key_sets = KeySets(self._fetch)

    async def of(self, bearer_token: str) -> Administrator:
        try:
            parts = read_token(bearer_token)
            if parts.algorithm != ALGORITHM:
                raise Unauthenticated("access_token_algorithm", f"the access token is not signed with {ALGORITHM}")
            if not parts.key_id:
                raise Unauthenticated("access_token_key", "the access token has no `kid`")
            key = await self._key_sets.key(self._sign_in.keys_url, parts.key_id)
        except Refused as refusal:
            raise Unauthenticated(f"access_token_{refusal.code}", str(refusal)) from refusal
        if key.algorithm != ALGORITHM:
            raise Unauthenticated("access_token_key", f"the key that the access token names is not for {ALGORITHM}")
        claims = self._claims(bearer_token, key.key)
        roles = frozenset(ROLES[name] for name in _texts(claims.get("roles")) if name in ROLES)
        if not roles:
            raise Unauthenticated("access_token_roles", f"the access token has none of the roles {', '.join(ROLES)}")
        tenant_id, object_id = _text(claims, "tid"), _text(claims, "oid")
        name = str(claims.get("name") or claims.get("preferred_username") or object_id)[:200]
        return Administrator(object_id, name, tenant_id, roles, await self._unit(tenant_id, object_id, roles))

    async def _unit(self, tenant_id: str, object_id: str, roles: frozenset[Role]) -> str | None:
        if Role.ORGANIZATION_UNIT_ADMINISTRATOR not in roles:
            return None
        user = await self._config.user(tenant_id, object_id)
        return user.organization_unit_id if user else None

    def _claims(self, token: str, key: Any) -> Mapping[str, Any]:
        import jwt

        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._sign_in.audience,
                issuer=self._sign_in.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "nbf"]},
            )
        except jwt.PyJWTError as error:
            name = type(error).__name__
            raise Unauthenticated("access_token_invalid", f"the access token does not count here ({name})") from error
        return claims

    async def _fetch(self, url: str) -> bytes:
        what = "getting the keys of the administrators' issuer"

        async def call() -> bytes:
            async with self._http.open().get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise of_status(response.status, response.headers, what)
                return await bounded_body(response, LARGEST_SET, what)

        return await bounded(call, lambda error: of_connection(error, what), repeatable=True)


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise Unauthenticated("access_token_incomplete", f"the access token has no `{name}`")
    return value
