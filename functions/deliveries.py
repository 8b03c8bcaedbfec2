"""What queues and Event Grid deliver: whoever brings it cannot be answered, only be told that it did not work.

So what cannot be used is raised. It comes again for a while and then lies in the poison queue or as a dead letter, with
its reason in the host's log, from where it can be replayed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from shared.domain.errors import Rejected

if TYPE_CHECKING:
    from pydantic import BaseModel

    Body = TypeVar("Body", bound=BaseModel)

LONGEST_PLACE = 100


def usable(shape: type[Body], content: Any, what: str) -> Body:
    """Bytes of JSON, or a document, as `shape`; raises Rejected, which names the places and quotes nothing."""
    from pydantic import ValidationError

    try:
        if isinstance(content, bytes):
            return shape.model_validate_json(content)
        return shape.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    places = {".".join(str(part) for part in one["loc"])[:LONGEST_PLACE] or "content" for one in found}
    # Out here, so that the error does not take along what it was caused by.
    raise Rejected(f"{what} cannot be used: {', '.join(sorted(places))}", "unreadable")
