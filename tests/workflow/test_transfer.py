"""Transfer: a new run in another service; what comes late finds the conversation elsewhere, and does no harm."""

from __future__ import annotations

from shared.domain.distribution import Distribution
from shared.domain.effects import CloseInvitation, FreeSlot, LeaveQueue, OfferTask, SendToCustomer, TransferTask
from shared.domain.events import (
    AgentAccepted,
    AvailabilityFound,
    DeliveryFailed,
    InvitationSent,
    ParametersSet,
    QueueEntered,
    TimerDue,
    Transferred,
    TransferRefused,
)
from shared.domain.sessions import ContactKind, ContactReference, EndReason, Phase, TaskPhase
from shared.domain.workflows import ActivityDefinition
from shared.workflow.transfers import MOST_TRANSFERS
from tests.workflow.scenes import ORDERS, services
from tests.workflow.stories import (
    ACCEPT,
    DISCONNECT,
    MARIO,
    SALES,
    Story,
    definition,
    kinds,
    of,
    opened,
    workflow,
)

SERVICES = services(Distribution.DIRECT)
ELSEWHERE = ContactReference(ContactKind.SERVICE, "elsewhere")


def queued(story: Story) -> Story:
    """From the start of a workflow with everything into its queue, and first in it."""
    story.happens(AvailabilityFound("available"))
    story.happens(ParametersSet({"topic": "shoes"}))
    story.happens(QueueEntered(1))
    return story


def leaving() -> Story:
    """Nobody was free for a minute; the other service is asked."""
    story = queued(opened(SERVICES[SALES.id]))
    story.happens(TimerDue("offer"))
    story.passes(60)
    assert of(story.told, TransferTask) == [TransferTask("orders")]
    return story


def moved(story: Story) -> Story:
    story.happens(Transferred(ORDERS, SERVICES[ORDERS.id]))
    story.definition = SERVICES[ORDERS.id]
    return story


def test_the_queue_is_left_before_the_other_service_is_asked() -> None:
    story = leaving()

    assert [kind for kind in kinds(story.told) if kind in ("leave_queue", "transfer_task")] == [
        "leave_queue",
        "transfer_task",
    ]
    assert story.task.phase is TaskPhase.LEFT


def test_in_the_other_service_everything_begins_anew_but_the_ids_of_offers() -> None:
    story = leaving()
    first = {offer.offer_id for offer in of(story.told, OfferTask)}

    moved(story)
    assert (story.session.contact, story.session.task, story.session.position) == (ORDERS, None, "look")
    assert {deadline.id for deadline in story.session.deadlines} == {"recovery", "availability"}
    queued(story)

    second = {offer.offer_id for offer in of(story.told, OfferTask)} - first
    assert second
    assert story.task.phase is TaskPhase.OFFERING


def test_the_customer_is_told_and_the_slot_that_was_left_is_freed() -> None:
    story = leaving()

    effects = story.happens(Transferred(ORDERS, SERVICES[ORDERS.id]))

    assert [sent.event for sent in of(effects, SendToCustomer)] == ["transferred"]
    assert of(effects, FreeSlot) == [FreeSlot(SALES)]
    assert "announce_state" in kinds(effects)


def test_whether_the_transfer_fails_or_is_never_answered_the_workflow_goes_on() -> None:
    for answer in (
        TransferRefused("concurrency_cap_reached"),
        DeliveryFailed("transfer_task", "given_up"),
    ):
        story = leaving()
        story.happens(answer)
        assert story.session.end_reason is EndReason.WORKFLOW
    story = leaving()
    story.passes(59)
    assert story.session.phase is Phase.WAITING
    story.passes(1)
    assert story.session.end_reason is EndReason.WORKFLOW


def test_an_answer_after_the_end_gives_the_slot_back() -> None:
    story = leaving()
    story.customer_ends()

    assert story.happens(Transferred(ORDERS, SERVICES[ORDERS.id])) == (FreeSlot(ORDERS),)


def test_an_answer_that_comes_twice_leaves_the_slot_in_which_the_conversation_is() -> None:
    story = moved(leaving())

    assert story.happens(Transferred(ORDERS, SERVICES[ORDERS.id])) == ()
    assert story.session.transfers == 1


def test_an_answer_for_another_service_than_the_one_it_goes_to_gives_the_slot_back() -> None:
    story = leaving()

    assert story.happens(Transferred(ELSEWHERE, SERVICES[ORDERS.id])) == (FreeSlot(ELSEWHERE),)
    assert story.session.contact == SALES


def test_what_the_first_service_has_sent_finds_it_gone() -> None:
    story = queued(opened(SERVICES[SALES.id]))
    story.are_free(MARIO)
    offer = story.offer
    story.passes(60)
    moved(story)

    assert story.happens(InvitationSent("mario", offer, "card")) == (CloseInvitation("mario", "card", "withdrawn"),)
    queued(story)
    assert story.happens(AgentAccepted(MARIO, offer)) == ()
    assert story.happens(InvitationSent("mario", offer, "card-2")) == (CloseInvitation("mario", "card-2", "expired"),)


def test_a_transfer_to_itself_fails_at_once() -> None:
    to_itself = ActivityDefinition("transfer", "transfer", {"service": SALES.id}, {"failed": "disconnect"})
    story = opened(definition(workflow(_accept("transfer"), to_itself, DISCONNECT)))

    assert story.session.end_reason is EndReason.WORKFLOW
    assert of(story.told, TransferTask) == []


def test_a_conversation_that_was_never_queued_leaves_no_queue() -> None:
    transfer = ActivityDefinition("transfer", "transfer", {"service": "orders"}, {"failed": "disconnect"})
    story = opened(definition(workflow(_accept("transfer"), transfer, DISCONNECT)))

    assert of(story.told, LeaveQueue) == []
    assert of(story.told, TransferTask) == [TransferTask("orders")]


def test_after_so_many_transfers_the_next_one_fails() -> None:
    story, here = opened(SERVICES[SALES.id]), SALES
    for _ in range(MOST_TRANSFERS):
        queued(story)
        story.passes(60)
        here = ORDERS if here == SALES else SALES
        story.happens(Transferred(here, SERVICES[here.id]))
        story.definition = SERVICES[here.id]
    queued(story)
    story.passes(60)

    assert story.session.transfers == MOST_TRANSFERS
    assert story.session.end_reason is EndReason.WORKFLOW


def _accept(following: str) -> ActivityDefinition:
    return ActivityDefinition(ACCEPT.id, ACCEPT.type, {}, {"next": following})
