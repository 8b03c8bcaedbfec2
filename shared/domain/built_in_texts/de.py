"""German."""

from __future__ import annotations

SYSTEM_MESSAGES = {
    "incoming": "Sie haben eine neue Sofortnachricht von $(Customer.DisplayName)",
    "end_question": "Möchten Sie die Unterhaltung mit $(Customer.DisplayName) beenden?",
    "ended": "Die Unterhaltung ist beendet. $(Customer.DisplayName) hat sie verlassen.",
    "connected": "Sie sind jetzt mit $(User.DisplayName) verbunden.",
    "ended_by_user": "$(User.DisplayName) hat die Unterhaltung beendet.",
    "declined": "Im Moment kann niemand antworten. Bitte versuchen Sie es später noch einmal.",
    "waiting": "Vielen Dank, $(Customer.DisplayName). Gleich ist jemand für Sie da.",
    "no_agent_available": "Leider ist im Moment niemand frei. Bitte versuchen Sie es später noch einmal.",
    "out_of_hours": "Leider haben wir im Moment geschlossen.",
    "transferred": "Sie werden weitergeleitet.",
}

NOTICES = {
    "undelivered": "Die letzte Nachricht konnte nicht zugestellt werden.",
    "after_the_end": "Diese Unterhaltung ist beendet. Ihre letzte Nachricht wurde nicht zugestellt.",
    "ended": "Diese Unterhaltung ist beendet.",
    "ended_by_administrator": "Diese Unterhaltung wurde von der Administration beendet.",
    "ended_by_agent": "Sie haben diese Unterhaltung beendet.",
    "ended_by_customer": "Die Kundin oder der Kunde hat diese Unterhaltung beendet.",
    "customer_gone": "Die Kundin oder der Kunde hat diese Unterhaltung verlassen.",
    "too_fast": (
        "Sie schreiben sehr schnell: Ihre letzten Nachrichten wurden nicht zugestellt. Bitte warten Sie einen "
        "Moment und senden Sie sie dann noch einmal."
    ),
    "over_budget": (
        "Diese Unterhaltung ist voll: was Sie ab jetzt schreiben, wird nicht zugestellt. Bitte beginnen Sie eine neue."
    ),
    "ended_over_budget": "Diese Unterhaltung ist beendet, weil zu viele Nachrichten gesendet wurden.",
    "customer_over_budget": (
        "Die Kundin oder der Kunde hat diese Unterhaltung ausgeschöpft: weitere Nachrichten werden nicht zugestellt."
    ),
    "message_budget_exceeded": (
        "Diese Unterhaltung wurde beendet, weil die Kundin oder der Kunde zu viele Nachrichten gesendet hat."
    ),
    "message_deleted": "Diese Nachricht wurde gelöscht.",
    "position": "Sie sind Nummer $(Queue.Position) in der Warteschlange.",
    "position_and_wait": (
        "Sie sind Nummer $(Queue.Position) in der Warteschlange. Erwartete Wartezeit: $(Queue.ExpectedWait) min."
    ),
}

WEEKDAYS: tuple[str, ...] = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
