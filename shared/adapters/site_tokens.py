"""Whom a site's token vouches for: its signature by PyJWT and the tenant's keys, then the rules of the domain."""

from __future__ import annotations

from collections.abc import Sequence

from shared.adapters.key_sets import KeySets
from shared.adapters.site_keys import SiteKey, key_of_secret, keys_of_pem
from shared.adapters.token_parts import TokenParts, read_token
from shared.domain.authorization import ALGORITHMS, KEY_SOURCES, KeySource
from shared.domain.errors import Refused, Rejected
from shared.domain.refusals import SiteTokenCode
from shared.domain.site_tokens import VerifiedCustomer, verified_customer
from shared.domain.tenants import Tenant
from shared.ports import Clock, Secrets


class JwtSiteTokens:
    """Which algorithms and keys are taken is the tenant's setting alone; of the token's header only `kid` chooses."""

    def __init__(self, clock: Clock, secrets: Secrets, key_sets: KeySets) -> None:
        self._clock = clock
        self._secrets = secrets
        self._key_sets = key_sets

    async def verify(self, tenant: Tenant, token: str) -> VerifiedCustomer:
        parts = read_token(token)
        source = tenant.site_tokens.key_source
        if source is None or source not in KEY_SOURCES.get(tenant.authorization, ()):
            raise Refused(SiteTokenCode.KEY_UNUSABLE, "the tenant's settings do not say what signs its site tokens")
        if parts.algorithm not in ALGORITHMS[source]:
            wanted = " or ".join(ALGORITHMS[source])
            raise Refused(SiteTokenCode.ALGORITHM, f"`alg` is {parts.algorithm[:40]!r}; it has to be {wanted}")
        keys = await self._keys(tenant, source, parts)
        if not any(_is_signed(token, key, parts.algorithm) for key in keys):
            raise Refused(SiteTokenCode.SIGNATURE, "the site token is not signed with the tenant's key")
        return verified_customer(parts.claims, tenant.authorization, tenant.site_tokens, self._clock.now())

    async def _keys(self, tenant: Tenant, source: KeySource, parts: TokenParts) -> Sequence[SiteKey]:
        settings = tenant.site_tokens
        if source is KeySource.PUBLIC_KEY:
            return keys_of_pem(settings.public_key)
        if source is KeySource.SECRET:
            references = [settings.secret, settings.previous_secret]
            return [await self._secret(tenant.id, reference) for reference in references if reference]
        if parts.key_id is None:
            raise Refused(
                SiteTokenCode.KEY_UNKNOWN, "the site token has no `kid`, which chooses among the issuer's keys"
            )
        return [await self._key_sets.key(settings.keys_address, parts.key_id)]

    async def _secret(self, tenant_id: str, reference: str) -> SiteKey:
        try:
            return key_of_secret(await self._secrets.get(tenant_id, reference))
        except Rejected as error:
            raise Refused(SiteTokenCode.KEY_UNUSABLE, f"the secret cannot be read: {error}") from error


def _is_signed(token: str, key: SiteKey, algorithm: str) -> bool:
    import jwt

    if key.algorithm != algorithm:
        return False
    try:
        jwt.PyJWS().decode(token, key.key, algorithms=[algorithm])
    except jwt.PyJWTError:
        return False
    return True
