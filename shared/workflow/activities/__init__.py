"""All activities: one file each, one line each in `ACTIVITIES` (see CONTRIBUTING)."""

from __future__ import annotations

from shared.workflow.activities.accept_conversation import AcceptConversation
from shared.workflow.activities.availability_based_routing import AvailabilityBasedRouting
from shared.workflow.activities.cancel_task import CancelTask
from shared.workflow.activities.check_opening_hours import CheckOpeningHours
from shared.workflow.activities.check_parameter import CheckParameter
from shared.workflow.activities.check_task import CheckTask
from shared.workflow.activities.disconnect import Disconnect
from shared.workflow.activities.message import Message
from shared.workflow.activities.queue_task import QueueTask
from shared.workflow.activities.transfer import Transfer
from shared.workflow.activities.wait_for_parameter import WaitForParameter
from shared.workflow.activity import Activity

ACTIVITIES: dict[str, Activity] = {
    activity.type: activity
    for activity in (
        AcceptConversation(),
        Message(),
        QueueTask(),
        CancelTask(),
        Disconnect(),
        AvailabilityBasedRouting(),
        CheckOpeningHours(),
        CheckParameter(),
        CheckTask(),
        Transfer(),
        WaitForParameter(),
    )
}
