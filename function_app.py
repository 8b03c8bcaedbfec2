"""The function app: the blueprints, and nothing else."""

import azure.functions as func

from functions import (
    calls,
    chat,
    health,
    manage,
    pages,
    teams,
    timers,
    widget,
    widget_messages,
    widget_presence,
    widget_preview,
    widget_thread,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

for triggers in (
    widget,
    widget_messages,
    widget_presence,
    widget_preview,
    widget_thread,
    chat,
    calls,
    teams,
    timers,
    pages,
    manage,
    health,
):
    app.register_functions(triggers.blueprint)
