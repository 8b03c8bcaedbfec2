"""Preview links: an administrator lets somebody try the widget of one contact for a while, whatever is restricted.

The pass of a link takes the place of the page's origin and of a site token, and of nothing else: licences, caps, rate
limits and the challenge count as they always do.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from shared.domain.errors import Refused
from shared.domain.refusals import PreviewCode

LONGEST_LIFE = timedelta(hours=1)
MINUTES = (1, 60)
LONGEST_PASS = 1_500
"""Characters as it travels; ours have some 400."""


@dataclass(frozen=True)
class PreviewPass:
    """Who lets in whom: the administrator, the tenant, the contact (`service:id`), and until when.

    It counts as long as its `series` is the contact's; another one begins where the links are revoked.
    """

    tenant_id: str
    contact_key: str
    administrator_id: str
    administrator_name: str
    expires: datetime
    series: str


def pass_bytes(given: PreviewPass) -> bytes:
    return json.dumps({**asdict(given), "expires": int(given.expires.timestamp())}).encode()


def read_pass(content: bytes | None) -> PreviewPass:
    """The pass in what was unsealed; raises Refused for anything else."""
    try:
        fields = json.loads(content or b"")
        return PreviewPass(**{**fields, "expires": datetime.fromtimestamp(fields["expires"], UTC)})
    except (ValueError, TypeError, KeyError):
        raise Refused(PreviewCode.INVALID, "the pass was not made here, or was changed; make a new link") from None


def check_pass(given: PreviewPass, tenant_id: str, contact_key: str, now: datetime, *, in_preview: bool) -> None:
    """Raises Refused unless the pass is for this contact, now, and used on our own preview page.

    Whether it was revoked is to be asked as well: `check_series`.
    """
    if now >= given.expires or given.expires - now > LONGEST_LIFE:
        raise Refused(PreviewCode.EXPIRED, "the preview link is over; make a new one")
    if (given.tenant_id, given.contact_key) != (tenant_id, contact_key):
        raise Refused(PreviewCode.FOREIGN, "the preview link was made for another service or user")
    if not in_preview:
        raise Refused(PreviewCode.ORIGIN, "a preview link works on the preview page of this deployment only")


def check_series(given: PreviewPass, current: str) -> None:
    """Raises Refused where the contact's links were revoked since this one was made."""
    if given.series != current:
        raise Refused(PreviewCode.REVOKED, "the preview link was revoked; make a new one")
