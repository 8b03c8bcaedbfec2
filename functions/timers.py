"""Queue messages that come due: watchdogs, offers, limits, recovery.

A message only says that a session is to be looked at; what is due is decided by the session's own state, so that late,
early and repeated messages do no harm.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import azure.functions as func

from functions.blueprints import new_blueprint
from shared import bootstrap
from shared.domain.errors import PortError

if TYPE_CHECKING:
    from functions.timer_bodies import TimerBody

TRIES_AT_ONCE = 4
"""One less than the host's: after the fifth a message goes to the poison queue, where nobody would look in time."""
PAUSE = timedelta(seconds=30)
"""What goes wrong four times within seconds is an outage; a session must not lose its watchdog by one."""

blueprint = new_blueprint()
logger = logging.getLogger(__name__)


@blueprint.function_name("on_session_timer")
@blueprint.queue_trigger(arg_name="message", queue_name="session-timers", connection="AzureWebJobsStorage")
async def on_session_timer(message: func.QueueMessage) -> None:
    """Look at a session; a message before its time (clocks differ, a queue hides for 7 days at most) is put back."""
    timer = _timer(message)
    if timer is None:
        return
    application = bootstrap.application()
    if timer.due > application.ports.clock.now():
        await application.ports.timers.wake(timer.session, timer.due, timer.reason)
        return
    from shared.application.occasions import Wake

    try:
        if await application.relay.look(timer.session, Wake(timer.reason)) is None:
            logger.info("timer %s: there is no session %s any more", timer.reason, timer.session)
    except PortError as error:
        if (message.dequeue_count or 0) < TRIES_AT_ONCE:
            raise
        logger.warning("timer %s of session %s is put off: %s", timer.reason, timer.session, error.code)
        await application.ports.timers.wake(timer.session, application.ports.clock.now() + PAUSE, timer.reason)


def _timer(message: func.QueueMessage) -> TimerBody | None:
    from pydantic import ValidationError

    from functions.timer_bodies import TimerBody

    try:
        return TimerBody.model_validate_json(message.get_body())
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        places = {".".join(str(part) for part in one["loc"]) or "body" for one in found}
        logger.error("timer message %s was dropped: unusable %s", message.id, ", ".join(sorted(places)))  # noqa: TRY400 (says all)
        return None
