"""What one transaction of Table Storage can hold; every session store keeps to it."""

from __future__ import annotations

from shared.domain.errors import Rejected
from shared.ports import SessionChange

MAX_OPERATIONS = 100
"""Table Storage refuses a transaction of more operations."""
ROWS_BESIDES_EFFECTS = 3
"""State, seen activity, timeline."""
MAX_EFFECTS = MAX_OPERATIONS - ROWS_BESIDES_EFFECTS
"""Effects added and done in one SessionChange."""


def check_size(change: SessionChange) -> None:
    """Raises Rejected where the change does not fit into one transaction: it has to be cut in two."""
    effects = len(change.add) + len(change.done)
    if effects > MAX_EFFECTS:
        raise Rejected(f"{effects} effects in one transaction, at most {MAX_EFFECTS} fit", "transaction_too_large")
