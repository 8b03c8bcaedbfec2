"""Makes blueprints, so that the one untyped call of azure.functions stands in one place."""

from __future__ import annotations

import azure.functions as func


def new_blueprint() -> func.Blueprint:
    """A blueprint; `function_app.py` registers it."""
    return func.Blueprint()  # type: ignore[no-untyped-call]  # its constructor has no annotations
