"""What one transaction of Table Storage can hold; every session store keeps to it."""

from __future__ import annotations

from shared.domain.errors import Rejected
from shared.ports import PendingEffect, SessionChange

MAX_OPERATIONS = 100
"""Table Storage refuses a transaction of more operations."""
ROWS_BESIDES_EFFECTS = 4
"""State, seen activity, timeline, and after a transfer the definition."""
MAX_EFFECTS = MAX_OPERATIONS - ROWS_BESIDES_EFFECTS
"""Effects added and done in one SessionChange."""


def rows_of_effects(change: SessionChange) -> tuple[tuple[PendingEffect, ...], tuple[int, ...]]:
    """The effects to insert and the numbers to delete; one that is added and done at once needs no row.

    Raises Rejected where they do not fit into one transaction: the change has to be cut in two.
    """
    added = {pending.number for pending in change.add}
    inserts = tuple(pending for pending in change.add if pending.number not in change.done)
    deletes = tuple(number for number in dict.fromkeys(change.done) if number not in added)
    if len(inserts) + len(deletes) > MAX_EFFECTS:
        count = len(inserts) + len(deletes)
        raise Rejected(f"{count} effects in one transaction, at most {MAX_EFFECTS} fit", "transaction_too_large")
    return inserts, deletes
