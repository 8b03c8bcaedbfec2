"""Preview links: made and revoked by whoever may change the contact, good for an hour at most, for one contact only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.application.access import Access
from shared.application.admission import Caller, let_in, open_pass
from shared.application.diagnosis import Diagnosed, Diagnosis, Question
from shared.application.session_stories import audited
from shared.domain.administrators import Administrator, Role, may_change
from shared.domain.conflicts import RoleMissing
from shared.domain.contact_documents import contact_key
from shared.domain.diagnosis.condition import Area
from shared.domain.diagnosis.origins import Page
from shared.domain.errors import InvalidRequest
from shared.domain.previews import MINUTES, PreviewPass, pass_bytes
from shared.domain.sessions import ContactReference
from shared.ports import AuditAction, Ports, SealPurpose

SHOWN = frozenset({Area.START})
"""What somebody with a link learns: whether a session would begin. Who works for the company is not for them."""


@dataclass(frozen=True)
class PreviewLink:
    sealed: str
    given: PreviewPass


class PreviewLinks:
    def __init__(self, ports: Ports, diagnosis: Diagnosis) -> None:
        self._ports, self._diagnosis = ports, diagnosis
        self._access = Access(ports.administration)

    async def make(self, administrator: Administrator, reference: ContactReference, minutes: int) -> PreviewLink:
        """Raises NotFound, RoleMissing, or InvalidRequest."""
        low, high = MINUTES
        if not low <= minutes <= high:
            raise InvalidRequest(f"must be from {low} to {high} minutes", "minutes")
        await self._require(administrator, reference)
        expires = self._ports.clock.now() + timedelta(minutes=minutes)
        tenant_id = administrator.tenant_id
        series = await self._ports.preview_series.current(tenant_id, reference.key)
        given = PreviewPass(tenant_id, reference.key, administrator.id, administrator.name, expires, series)
        return PreviewLink(self._ports.seals.seal(SealPurpose.PREVIEW_PASS, pass_bytes(given)), given)

    async def revoke(self, administrator: Administrator, reference: ContactReference) -> datetime:
        """No link of the contact that was made before the time returned lets anybody in any more, whoever made it.

        Conversations that have begun go on. Raises NotFound, RoleMissing.
        """
        await self._require(administrator, reference)
        details = {"what": "previewLinks"}
        entry = audited(self._ports, administrator, AuditAction.REVOKED, contact_key(reference), details)
        # Written down before, so that nothing is done that is not in the log.
        await self._ports.administration.record(administrator.tenant_id, entry)
        # The time from before, too: a link that is made right after the new series has begun is good.
        since = self._ports.clock.now()
        await self._ports.preview_series.begin(administrator.tenant_id, reference.key, self._ports.ids.new())
        return since

    async def _require(self, administrator: Administrator, reference: ContactReference) -> None:
        stored = await self._access.read(administrator, contact_key(reference))
        if not may_change(administrator, stored.document, await self._access.units(administrator)):
            raise RoleMissing("preview links let others in: they are for whoever may change the service or user")

    def read(self, sealed: str) -> PreviewPass:
        """What a pass says, whether or not it still counts; raises Refused for what is none."""
        return open_pass(self._ports, sealed)

    async def diagnose(
        self, caller: Caller, tenant_id: str, reference: ContactReference, page: Page, public_url: str
    ) -> Diagnosed:
        """What a page would get, for the holder of a pass; raises Refused, or NotFound."""
        given = await let_in(self._ports, caller, tenant_id, reference)
        tenant = await self._ports.config.tenant(tenant_id)
        widget_key = tenant.widget_key if tenant is not None else None
        question = Question(reference, widget_key, page, public_url=public_url)
        found = await self._diagnosis.diagnose(_as_maker(given), question)
        shown = tuple(one for one in found.judged if one.condition.area in SHOWN)
        return Diagnosed(question, found.name, shown)


def _as_maker(given: PreviewPass) -> Administrator:
    """Who has made the link has seen the contact; nothing else is asked for it."""
    roles = frozenset({Role.READER})
    return Administrator(given.administrator_id, given.administrator_name, given.tenant_id, roles)
