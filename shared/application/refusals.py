"""Diagnosis ids: what a refused page shows its developers, and what an administrator reads out of it.

Nothing is stored: the id is the refusal itself, sealed. So strangers can fill nothing, and no row is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.application.access import Access, require
from shared.application.diagnosis import Diagnosed, Diagnosis, Question
from shared.domain.administrators import Administrator, Role
from shared.domain.conflicts import RoleMissing
from shared.domain.contact_documents import contact_key
from shared.domain.diagnosis.origins import Page, read_page
from shared.domain.diagnosis.refusals import (
    LONGEST_ID,
    NO_TENANT,
    Refusal,
    read_refusal,
    refusal_bytes,
    tenant_digest,
)
from shared.domain.errors import InteractError, NotFound
from shared.domain.sessions import ContactReference
from shared.ports import Ports, SealPurpose

NO_ORIGIN = Page("", None, "the request named no Origin: it came from a program, or a browser without one")
UNKNOWN = "there is no diagnosis of this id; copy it from the console of the page"


@dataclass(frozen=True)
class LookedUp:
    """What was refused then, and how it is now."""

    refusal: Refusal
    now: Diagnosed


class Refusals:
    def __init__(self, ports: Ports, diagnosis: Diagnosis) -> None:
        self._ports, self._diagnosis = ports, diagnosis
        self._access = Access(ports.administration)

    async def seal(self, error: InteractError, widget_key: str, contact: ContactReference, origin: str) -> str:
        """The id of this refusal; `origin` is what the request says."""
        tenant = await self._ports.config.tenant_by_widget_key(widget_key)
        digest = tenant_digest(tenant.id if tenant is not None else None)
        refusal = Refusal(error.code, digest, widget_key, contact, origin, self._ports.clock.now())
        return self._ports.seals.seal(SealPurpose.DIAGNOSIS_ID, refusal_bytes(refusal))

    async def look_up(self, administrator: Administrator, diagnosis_id: str, public_url: str) -> LookedUp:
        """Raises NotFound for what is no id, is another tenant's, or about a contact that is not the administrator's.

        Where no tenant had the widget key, the id is of whoever has the contact; without one, of all who see the whole
        tenant: there is nothing in it that the page has not sent itself.
        """
        sealed = diagnosis_id if len(diagnosis_id) <= LONGEST_ID else ""
        refusal = read_refusal(self._ports.seals.open(SealPurpose.DIAGNOSIS_ID, sealed))
        if refusal.tenant not in (tenant_digest(administrator.tenant_id), NO_TENANT):
            raise NotFound(UNKNOWN)
        await self._check_sees(administrator, refusal.contact)
        page = read_page(refusal.origin) if refusal.origin else NO_ORIGIN
        question = Question(refusal.contact, refusal.widget_key or None, page, public_url=public_url)
        return LookedUp(refusal, await self._diagnosis.diagnose(administrator, question))

    async def _check_sees(self, administrator: Administrator, contact: ContactReference) -> None:
        try:
            await self._access.read(administrator, contact_key(contact))
        except NotFound:
            try:
                require(administrator, *Role)
            except RoleMissing:
                raise NotFound(UNKNOWN) from None
