"""What keeps administrators from a change that is right in itself: somebody else's, a missing role, a use elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.domain.documents import Document, DocumentKey
from shared.domain.errors import Finding, InteractError, InvalidConfiguration, VisitorCode


class RoleMissing(InteractError):
    """The administrator's roles do not reach so far."""

    status = 403
    visitor_code = VisitorCode.NOT_ALLOWED
    code = "role_missing"


class VersionMissing(InteractError):
    """A write has to name the version that it replaces."""

    status = 428
    visitor_code = VisitorCode.INVALID
    code = "version_missing"


class ChangedMeanwhile(InteractError):
    """Somebody else changed the document since it was read; `fields` of `document` are those that are different now.

    `version` is the one to read now; None where the document was deleted. The others are None where it is not known.
    """

    status = 412
    visitor_code = VisitorCode.INVALID
    code = "changed_meanwhile"

    def __init__(
        self,
        explanation: str,
        *,
        version: str | None = None,
        changed_by: str | None = None,
        changed_at: datetime | None = None,
        fields: Sequence[str] = (),
        document: Document | None = None,
    ) -> None:
        super().__init__(explanation)
        self.version = version
        self.changed_by = changed_by
        self.changed_at = changed_at
        self.fields = tuple(fields)
        self.document = document


class IdTaken(InteractError):
    """A document of this kind and id is there already."""

    status = 409
    visitor_code = VisitorCode.INVALID
    code = "already_exists"


class InUse(InvalidConfiguration):
    """Others refer to the document, so it cannot be deleted; `used_by` are all of them, with their names if known."""

    status = 409
    code = "in_use"

    def __init__(
        self, key: DocumentKey, used_by: Sequence[DocumentKey], names: Mapping[DocumentKey, str] | None = None
    ) -> None:
        named = ", ".join(f"{one.kind.value} '{one.id}'" for one in used_by[:5])
        more = f" and {len(used_by) - 5} more" if len(used_by) > 5 else ""
        super().__init__((Finding("in_use", "id", f"is used by {named}{more}; change that first"),))
        self.args = (f"{key.kind.value} '{key.id}' is used by {named}{more}; change that first",)
        self.key = key
        self.used_by = tuple(used_by)
        self.names = dict(names or {})


class NotConnected(InteractError):
    """What is asked for needs a connection that this deployment does not have."""

    status = 409
    visitor_code = VisitorCode.INVALID
    code = "not_connected"


class SecretsReadOnly(InteractError):
    """This deployment takes secrets from its settings only, so that none can be written here."""

    status = 409
    visitor_code = VisitorCode.INVALID
    code = "secrets_read_only"
