"""Queue messages that come due: watchdogs, offers, limits, recovery; and turns of looking at presence.

A message only says that a session is to be looked at; what is due is decided by the session's own state, so that late,
early and repeated messages do no harm. What is unreadable, the message or its session, goes to the poison queue.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import azure.functions as func

from functions.blueprints import new_blueprint
from functions.deliveries import usable
from shared import bootstrap
from shared.domain.errors import PortError, Unreadable

TRIES_AT_ONCE = 4
"""One less than the host's: after the fifth a message goes to the poison queue, where nobody would look in time."""
CLOCKS_DIFFER = timedelta(minutes=1)
HIDDEN_AT_MOST = timedelta(days=7)
"""A queue hides a message no longer: what is due later comes before its time, and rightly so."""
PAUSE = timedelta(seconds=30)
"""What goes wrong four times within seconds is an outage; a session must not lose its watchdog by one."""

blueprint = new_blueprint()
logger = logging.getLogger(__name__)


@blueprint.function_name("on_session_timer")
@blueprint.queue_trigger(arg_name="message", queue_name="session-timers", connection="AzureWebJobsStorage")
async def on_session_timer(message: func.QueueMessage) -> None:
    """Look at a session; a message before its time is put back."""
    from functions.timer_bodies import TimerBody

    timer = usable(TimerBody, message.get_body(), f"timer message {message.id}")
    application = bootstrap.application()
    early = timer.due - application.ports.clock.now()
    if early > timedelta(0):
        await application.ports.timers.wake(timer.session, timer.due, timer.reason)
        if not _was_armed_ahead_of_time(message, timer.due, early):
            return
        logger.warning("timer %s of session %s says a time that is %s ahead", timer.reason, timer.session, early)
    from shared.application.occasions import Wake

    try:
        if await application.relay.look(timer.session, Wake(timer.reason)) is None:
            logger.info("timer %s: there is no session %s any more", timer.reason, timer.session)
    except PortError as error:
        if (message.dequeue_count or 0) < TRIES_AT_ONCE or isinstance(error, Unreadable):
            raise
        logger.warning("timer %s of session %s is put off: %s", timer.reason, timer.session, error.code)
        await application.ports.timers.wake(timer.session, application.ports.clock.now() + PAUSE, timer.reason)


def _was_armed_ahead_of_time(message: func.QueueMessage, due: datetime, early: timedelta) -> bool:
    """Whether the queue did hide it as long as was asked: then a clock is wrong, and nobody may wait for that."""
    hidden_since = message.insertion_time
    return hidden_since is not None and early > CLOCKS_DIFFER and due - hidden_since <= HIDDEN_AT_MOST


@blueprint.function_name("on_presence_timer")
@blueprint.queue_trigger(arg_name="message", queue_name="presence-timers", connection="AzureWebJobsStorage")
async def on_presence_timer(message: func.QueueMessage) -> None:
    """Look at what visitors watch; a turn that another host has taken, or that is over, is nothing to do."""
    from functions.timer_bodies import PresenceTurn

    turn = usable(PresenceTurn, message.get_body(), f"presence message {message.id}")
    await bootstrap.application().watch.look(turn.tenant, turn.turn)
