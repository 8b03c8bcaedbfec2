"""Every error of Interact, in one tree.

    InteractError
    ├── Refused                 403  a rule of the configuration says no
    ├── Unauthenticated         401  who calls could not be proven
    ├── InvalidRequest          400  the body or a field of it cannot be used
    │   ├── PayloadTooLarge     413
    │   └── UnsupportedMedia    415
    ├── NotFound                404
    ├── SessionEnded            410
    ├── Conflict                409  the same key was used for something else
    ├── NotReady                503  settings are missing or wrong
    ├── InvalidConfiguration    422  a document breaks a rule; carries all findings
    │   └── InUse               409  others refer to the document (see `conflicts`, also for the next ones)
    ├── RoleMissing             403  the administrator's roles do not reach so far
    ├── ChangedMeanwhile        412  somebody else changed the document since it was read
    ├── VersionMissing          428  a write has to name the version that it replaces
    ├── IdTaken, NotConnected   409  there is such a document; there is no such connection
    └── PortError                    what adapters report
        ├── VersionConflict          somebody else wrote first: read again
        ├── AlreadyExists            the row is there already
        ├── NotSent                  surely without effect; may be tried again after `retry_after`
        ├── OutcomeUnknown           perhaps with effect
        └── Rejected                 surely without effect, and trying again is no use
            └── Unreadable           what was stored or delivered does not fit its type

`code` is stable and exact: it is for administrators and for logs. `visitor_code` is all that a web page learns.
The codes of what is `Refused` stand in `refusals`, in the order in which the rules are asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from shared.domain.refusals import PreviewCode, RefusalCode, SiteTokenCode

LONGEST_PLACE = 100
PLACES_NAMED = 10


class VisitorCode(StrEnum):
    """The six answers that a visitor can get."""

    NOT_ALLOWED = "not_allowed"
    OFFLINE = "offline"
    BUSY = "busy"
    ENDED = "ended"
    INVALID = "invalid"
    TRY_AGAIN = "try_again"


class InteractError(Exception):
    """The root: anything that Interact says no to, in words that tell what to do."""

    status: ClassVar[int] = 500
    visitor_code: ClassVar[VisitorCode] = VisitorCode.TRY_AGAIN
    code: str = "internal_error"
    diagnosis: str = ""
    """The id by which an administrator finds out more, where one was given to the page."""


class Refused(InteractError):
    """A rule of the configuration does not let this widget in."""

    status = 403
    visitor_code = VisitorCode.NOT_ALLOWED

    def __init__(self, code: RefusalCode | SiteTokenCode | PreviewCode, explanation: str) -> None:
        super().__init__(explanation)
        self.code = code.value


class Unauthenticated(InteractError):
    """The caller could not prove who it is."""

    status = 401
    visitor_code = VisitorCode.NOT_ALLOWED

    def __init__(self, code: str, explanation: str) -> None:
        super().__init__(explanation)
        self.code = code


class InvalidRequest(InteractError):
    """The request cannot be used; `field` names the part that has to change."""

    status = 400
    visitor_code = VisitorCode.INVALID
    code = "invalid_request"

    def __init__(self, explanation: str, field: str | None = None) -> None:
        super().__init__(explanation)
        self.field = field


class PayloadTooLarge(InvalidRequest):
    """The body is larger than the limit, which the explanation names."""

    status = 413
    code = "payload_too_large"


class UnsupportedMedia(InvalidRequest):
    """The body is not JSON."""

    status = 415
    code = "unsupported_media_type"


class NotFound(InteractError):
    """There is nothing at this address."""

    status = 404
    visitor_code = VisitorCode.INVALID
    code = "not_found"


class SessionEnded(InteractError):
    """The session is over; a new one can be started."""

    status = 410
    visitor_code = VisitorCode.ENDED
    code = "session_ended"


class Conflict(InteractError):
    """The idempotency key was used before, with another body."""

    status = 409
    visitor_code = VisitorCode.INVALID
    code = "idempotency_key_reused"


class Busy(InteractError):
    """There is no room for another one now; `retry_after` is in seconds."""

    status = 429
    visitor_code = VisitorCode.BUSY
    code = "concurrency_cap_reached"

    def __init__(self, explanation: str, retry_after: float) -> None:
        super().__init__(explanation)
        self.retry_after = retry_after


class RateLimited(Busy):
    """Too many calls. The explanation names the limit and never the caller."""

    code = "rate_limited"


class NobodyToTell(InteractError):
    """A message was to be left, and nobody can get it."""

    status = 503
    visitor_code = VisitorCode.OFFLINE
    code = "nobody_to_tell"


class NotReady(InteractError):
    """Settings are missing or wrong; the health page lists them."""

    status = 503
    visitor_code = VisitorCode.TRY_AGAIN
    code = "not_configured"


@dataclass(frozen=True)
class Finding:
    """One rule that a document breaks: where, why, and what to do about it; `value` is what stands there, if known."""

    rule: str
    field: str
    explanation: str
    value: str | None = None


class InvalidConfiguration(InteractError):
    """A document breaks rules, so it is not saved; all findings are listed at once.

    `document` is the one of the configuration that fields of the findings are in; None where it could not be read.
    """

    status = 422
    visitor_code = VisitorCode.INVALID
    code = "invalid_configuration"

    def __init__(self, findings: tuple[Finding, ...], document: object = None) -> None:
        super().__init__("; ".join(f"{finding.field}: {finding.explanation}" for finding in findings))
        self.findings = findings
        self.document = document


class PortError(InteractError):
    """What an adapter reports of the world outside."""

    status = 503
    code = "dependency_failed"


class VersionConflict(PortError):
    """Somebody else wrote first."""

    code = "version_conflict"


class AlreadyExists(PortError):
    """The row that was to be new is there already; `key` names it."""

    code = "already_exists"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} exists already")
        self.key = key


class NotSent(PortError):
    """Surely without effect: throttled or not connected. `retry_after` is in seconds."""

    code = "not_sent"

    def __init__(self, explanation: str, retry_after: float = 1.0) -> None:
        super().__init__(explanation)
        self.retry_after = retry_after


class OutcomeUnknown(PortError):
    """A timeout or a server's error: the effect may have happened."""

    code = "outcome_unknown"


class Rejected(PortError):
    """The other side refused for good; trying the same again is no use."""

    code = "rejected"

    def __init__(self, explanation: str, reason: str = "rejected") -> None:
        super().__init__(explanation)
        self.reason = reason


class Unreadable(Rejected):
    """What was stored or delivered does not fit its type; the explanation names `places` in it and quotes nothing."""

    def __init__(self, what: str, places: Iterable[str]) -> None:
        named = sorted({place[:LONGEST_PLACE] for place in places})
        super().__init__(f"{what} is unreadable: {', '.join(named[:PLACES_NAMED])}", "unreadable")


class NewerSchema(Rejected):
    """A newer version of the app has stored this; it is left alone until that version is back.

    Effects of sessions that need it wait for that as well (`application.reading`); they are not given up.
    """

    code = "schema_newer"

    def __init__(self, explanation: str) -> None:
        super().__init__(explanation, "schema_newer")


NOT_LEGIBLE = (Unreadable, NewerSchema)
"""What is wrong with one stored document, and with no other."""
