"""Pages of a list and the link to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from local.acs.errors import bad_request
from local.acs.operations import Call

LARGEST_PAGE = 200  # documented for messages; the other lists are assumed to have the same
DEFAULT_PAGE = 100


def page_size(call: Call) -> int:
    """`maxPageSize`, at most 200; raises 400 where it is not a positive number."""
    return min(_number(call, "maxPageSize", DEFAULT_PAGE, smallest=1), LARGEST_PAGE)


def page_by_position(call: Call, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The page after the first `skip` items."""
    start = _number(call, "skip", 0, smallest=0)
    end = start + page_size(call)
    page: dict[str, Any] = {"value": list(items[start:end])}
    if end < len(items):
        page["nextLink"] = next_link(call, skip=str(end))
    return page


def next_link(call: Call, **changes: str) -> str:
    """The address of the same list with some query parameters changed."""
    return f"{call.base_url}{quote(call.url_path)}?{urlencode({**call.query, **changes})}"


def _number(call: Call, name: str, default: int, smallest: int) -> int:
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < smallest:
        raise bad_request(f"{name} must be a number of at least {smallest}.")
    return int(text)
