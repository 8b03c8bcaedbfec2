"""All that a diagnosis looks at, read before anything is judged; None is what nobody has told or asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.admission_rules import Asked
from shared.domain.diagnosis.origins import Elsewhere, Page
from shared.domain.diagnosis.snippets import Snippet
from shared.domain.distribution import LeftOut
from shared.domain.refusals import SiteTokenCode
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import Tenant


@dataclass(frozen=True)
class Proof:
    """What became of a site token: nothing where it is good."""

    code: SiteTokenCode | None
    explanation: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the check of ACS."""

    passed: bool
    explanation: str
    fix: str = ""


@dataclass(frozen=True)
class Member:
    """Somebody who is to take conversations, with the reason for getting none."""

    id: str
    name: str
    reason: LeftOut | None = None


@dataclass(frozen=True)
class Facts:
    """`asked.tenant` is the administrator's own, whatever the widget key says: `key_tenant` is the key's.

    `is_other_kind`: the id is one of the other kind of contact. `public_url`: where this deployment is. `limited`: the
    rate limit that is used up now. `challenge_fault`: why the challenge cannot be verified. `members`: of a service, or
    the user alone. `previous_until`: until when the key before the present one works.
    """

    now: datetime
    asked: Asked
    reference: ContactReference | None = None
    widget_key: str | None = None
    key_tenant: Tenant | None = None
    snippet: Snippet | None = None
    page: Page | None = None
    public_url: str = ""
    is_other_kind: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    proof: Proof | None = None
    challenge_fault: str | None = None
    limited: str = ""
    slots_taken: int | None = None
    cap: int | None = None
    acs: tuple[Step, ...] | None = None
    last_event: datetime | None = None
    has_push: bool | None = None
    members: tuple[Member, ...] | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_service(self) -> bool:
        if self.reference is not None:
            return self.reference.kind is ContactKind.SERVICE
        return self.asked.contact is not None and self.asked.contact.service is not None

    @property
    def own_tenant(self) -> Tenant:
        if self.asked.tenant is None:
            raise ValueError("a diagnosis is of an administrator's tenant")
        return self.asked.tenant
