"""Audio and video: where ACS tells about calls. There are no calls yet, so that both doors say so.

The routes exist from the start because Event Grid subscriptions and deployments name them.
"""

from __future__ import annotations

import logging

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.problems import respond
from shared.domain.errors import NotFound

blueprint = new_blueprint()
logger = logging.getLogger(__name__)


@blueprint.function_name("on_call_event")
@blueprint.event_grid_trigger(arg_name="event")
async def on_call_event(event: func.EventGridEvent) -> None:
    """Incoming calls and changes of calls; dropped with a line in the log."""
    logger.info("call event %r was dropped: there are no calls", getattr(event, "event_type", None))


@blueprint.function_name("call_callback")
@blueprint.route("api/calls/callback/{sessionId}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def call_callback(req: func.HttpRequest) -> func.HttpResponse:
    """What Call Automation reports of a session's call: 404, since no session has one."""

    async def answer(_: func.HttpRequest) -> func.HttpResponse:
        raise NotFound("no session has a call")

    return await respond(answer, req)
