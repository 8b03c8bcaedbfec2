"""Forgetting a customer by e-mail address. Imported in functions only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.manage_http import read_object, reply
from shared import bootstrap
from shared.application.erasure import ErasedState
from shared.domain.errors import InvalidRequest
from shared.ports import ELSEWHERE

if TYPE_CHECKING:
    import azure.functions as func

    from shared.application.erasure import ErasureReport
    from shared.domain.administrators import Administrator

REMAINS = (
    "what stands in the agents' chats in Teams; their organization deletes it there",
    "the history without name, address and page: when a session began and ended, how, and who answered",
    "the entry of this erasure in the audit log, which has the digest and not the address",
)
NOT_CONNECTED = "connect the tenant to the ACS resource in which the conversation was, then erase again"
FIXES = {
    "acs_missing": NOT_CONNECTED,
    "acs_connection_string": NOT_CONNECTED,
    ELSEWHERE: NOT_CONNECTED,
    "given_up": "look into the session's timeline and the log for what keeps failing, then erase again",
}
OTHERWISE = "mend what the messaging service refuses (interact tenant check-acs tries its connection), then erase again"


async def erase(req: func.HttpRequest, who: Administrator, _: Mapping[str, str]) -> func.HttpResponse:
    """Forget a customer; the report says what was erased where."""
    email = read_object(req).get("email")
    if not isinstance(email, str):
        raise InvalidRequest("must be the e-mail address of the customer", "email")
    return reply(report_json(await bootstrap.application().erasure.erase(who, email)))


def report_json(report: ErasureReport) -> dict[str, Any]:
    """What one call has done, and what stays."""
    return {
        "complete": report.is_complete,
        "digest": report.digest,
        "erased": report.places,
        "sessions": [
            {
                "id": one.session_id,
                "state": one.state.value,
                "wasRunning": one.was_running,
                "transport": one.transport,
                "reason": one.reason or None,
                "fix": _fix(one.reason) if one.state is ErasedState.FAILED else None,
                "erased": list(one.erased),
                "left": list(one.left),
            }
            for one in report.sessions
        ],
        "remains": list(REMAINS),
    }


def _fix(reasons: str) -> str:
    """Of several reasons, separated by commas, the first that something is known for."""
    return next((FIXES[reason] for reason in reasons.split(", ") if reason in FIXES), OTHERWISE)
