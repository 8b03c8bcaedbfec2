"""English."""

from __future__ import annotations

SYSTEM_MESSAGES = {
    "incoming": "You have a new incoming instant message from $(Customer.DisplayName)",
    "end_question": "Do you want to end the instant message session with $(Customer.DisplayName)?",
    "ended": "The instant message session has ended. $(Customer.DisplayName) has left.",
    "connected": "You are now connected with $(User.DisplayName).",
    "ended_by_user": "$(User.DisplayName) has ended the conversation.",
    "declined": "Nobody can answer at the moment. Please try again later.",
    "waiting": "Thank you, $(Customer.DisplayName). A colleague will be with you shortly.",
    "no_agent_available": "Sorry, nobody is available at the moment. Please try again later.",
    "out_of_hours": "Sorry, we are closed at the moment.",
    "transferred": "You are being transferred to a colleague.",
}

NOTICES = {
    "undelivered": "The last message could not be delivered.",
    "after_the_end": "This conversation has ended. Your last message was not delivered.",
    "ended": "This conversation has ended.",
    "ended_by_administrator": "An administrator has ended this conversation.",
    "ended_by_agent": "You have ended this conversation.",
    "ended_by_customer": "The customer has ended this conversation.",
    "customer_gone": "The customer has left this conversation.",
    "too_fast": "You write very fast: your last messages were not delivered. Please wait, then send them again.",
    "over_budget": "This conversation is full: what you write now is not delivered. Please start a new one.",
    "ended_over_budget": "This conversation has ended, because too many messages were sent in it.",
    "customer_over_budget": "The customer has used up this conversation: further messages are not delivered.",
    "message_budget_exceeded": "This conversation was ended, because the customer sent too many messages.",
    "message_deleted": "This message was deleted.",
    "position": "You are number $(Queue.Position) in the queue.",
    "position_and_wait": "You are number $(Queue.Position) in the queue. Expected wait: $(Queue.ExpectedWait) min.",
}

WEEKDAYS: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
