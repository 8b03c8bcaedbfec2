"""What queues and Event Grid deliver: whoever brings it cannot be answered, only be told that it did not work.

So what cannot be used is raised. It comes again for a while and then lies in the poison queue or as a dead letter, with
its reason in the host's log, from where it can be replayed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from shared.domain.errors import Unreadable

if TYPE_CHECKING:
    from pydantic import BaseModel

    Body = TypeVar("Body", bound=BaseModel)


def usable(shape: type[Body], content: Any, what: str) -> Body:
    """Bytes of JSON, or a document, as `shape`; raises Unreadable."""
    from pydantic import ValidationError

    try:
        if isinstance(content, bytes):
            return shape.model_validate_json(content)
        return shape.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    # Out here, so that the error does not take along what it was caused by: that quotes the content.
    raise Unreadable(what, (".".join(str(part) for part in one["loc"]) or "content" for one in found))
