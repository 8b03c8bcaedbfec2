"""The Event Grid webhook, queue triggers and outputs, and timers of a running host."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from azure.storage.queue import QueueClient, QueueServiceClient

from tests.local.host.hosts import APPS, KEYS, MASTER, RunningHost, host, wait_until

WEBHOOK = "/runtime/webhooks/eventgrid"
EVENT = {
    "id": "e1",
    "topic": "/some/topic",
    "subject": "s",
    "eventType": "Works",
    "eventTime": "2026-11-22T20:00:00.1234567Z",
    "dataVersion": "1.0",
    "data": {"a": 1},
}
PREFIX = "host-work"


@pytest.fixture(scope="module")
def service(storage: str) -> Iterator[QueueServiceClient]:
    with QueueServiceClient.from_connection_string(storage) as service:
        yield service


@pytest.fixture(scope="module")
def jobs(service: QueueServiceClient) -> QueueClient:
    return service.create_queue(f"{PREFIX}-jobs")


@pytest.fixture(scope="module")
def work(storage: str, jobs: QueueClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    settings = {"AzureWebJobsStorage": storage, "PREFIX": PREFIX, "TICK": "*/1 * * * * *"}
    with host(APPS / "work", tmp_path_factory.mktemp("work"), settings=settings) as running:
        yield running


def enqueue(queue: QueueClient, text: str) -> str:
    """Put a text into a queue as the host expects it; its id."""
    return queue.send_message(base64.b64encode(text.encode()).decode()).id


def seen(work: RunningHost, kind: str, **fields: object) -> list[Any]:
    """What functions noted, with these fields."""
    notes = work.get(f"/api/seen/{kind}").json()
    return [one for one in notes if all(one.get(name) == value for name, value in fields.items())]


def is_empty(queue: QueueClient) -> bool:
    """Whether no message is left, invisible ones included."""
    return queue.get_queue_properties().approximate_message_count == 0


def deliver(
    work: RunningHost, events: object, function: str = "on_event", kind: str = "Notification"
) -> httpx.Response:
    query = {"functionName": function, "code": KEYS["eventgrid"]}
    return work.post(WEBHOOK, params=query, headers={"aeg-event-type": kind}, json=events)


def test_a_message_is_handed_over_with_its_metadata_and_deleted(work: RunningHost, jobs: QueueClient) -> None:
    message_id = enqueue(jobs, "hällo")
    [noted] = wait_until(lambda: seen(work, "jobs", id=message_id))
    assert noted["text"] == "hällo"
    assert noted["dequeueCount"] == 1
    assert noted["popReceipt"]
    for name in ("inserted", "expires", "nextVisible"):
        assert noted[name].endswith("+00:00")
    wait_until(lambda: is_empty(jobs))


def test_a_message_whose_function_failed_comes_again(work: RunningHost, jobs: QueueClient) -> None:
    message_id = enqueue(jobs, "fails once")
    wait_until(lambda: len(seen(work, "jobs", id=message_id)) == 2)
    wait_until(lambda: is_empty(jobs))
    assert [one["dequeueCount"] for one in seen(work, "jobs", id=message_id)] == [1, 2]


def test_a_message_that_fails_too_often_goes_to_the_poison_queue(
    work: RunningHost, jobs: QueueClient, service: QueueServiceClient
) -> None:
    message_id = enqueue(jobs, "always fails")
    wait_until(lambda: len(seen(work, "jobs", id=message_id)) == 3)
    wait_until(lambda: is_empty(jobs))
    poison = service.get_queue_client(f"{PREFIX}-jobs-poison")
    poisoned = [base64.b64decode(message.content).decode() for message in poison.peek_messages(32)]
    assert "always fails" in poisoned


def test_a_message_that_is_not_base64_goes_to_the_poison_queue_untried(
    work: RunningHost, jobs: QueueClient, service: QueueServiceClient
) -> None:
    jobs.send_message("not base64!")
    wait_until(lambda: is_empty(jobs))
    poison = service.get_queue_client(f"{PREFIX}-jobs-poison")
    assert "not base64!" in [message.content for message in poison.peek_messages(32)]
    assert not seen(work, "jobs", text="not base64!")


def test_a_list_that_a_function_sets_becomes_several_messages(work: RunningHost) -> None:
    assert work.post("/api/fan-out").status_code == 202
    wait_until(lambda: all(seen(work, "jobs", text=text) for text in ("one", "two", "three")))


def test_an_event_is_delivered_and_its_output_reaches_a_queue_that_did_not_exist(work: RunningHost) -> None:
    assert deliver(work, [EVENT]).status_code == 202
    [noted] = wait_until(lambda: seen(work, "events", id="e1"))
    assert noted == {"id": "e1", "topic": "/some/topic", "data": {"a": 1}}


def test_a_single_event_without_array_is_delivered_as_well(work: RunningHost) -> None:
    assert deliver(work, {**EVENT, "id": "single"}, function="ON_EVENT").status_code == 202
    wait_until(lambda: seen(work, "events", id="single"))


def test_one_event_that_fails_answers_500_for_the_batch_while_the_others_ran(work: RunningHost) -> None:
    response = deliver(work, [{**EVENT, "id": "beside"}, {**EVENT, "eventType": "Fails"}])
    assert response.status_code == 500
    assert "as asked for" in response.text
    wait_until(lambda: seen(work, "events", id="beside"))


def test_a_cloud_event_is_delivered(work: RunningHost) -> None:
    event = {"specversion": "1.0", "id": "c1", "source": "/s", "type": "t", "data": {"b": 2}}
    assert deliver(work, event, function="on_cloud_event").status_code == 202
    assert seen(work, "cloud events", id="c1") == [{"id": "c1", "source": "/s", "data": {"b": 2}}]


def test_the_validation_handshake_is_answered_with_the_code(work: RunningHost) -> None:
    validation = [{**EVENT, "data": {"validationCode": "512d38b6"}}]
    response = deliver(work, validation, kind="SubscriptionValidation")
    assert (response.status_code, response.json()) == (200, {"validationResponse": "512d38b6"})


def test_the_handshake_of_cloud_events_allows_the_origin(work: RunningHost) -> None:
    origin = {"webhook-request-origin": "eventgrid.azure.net"}
    response = work.request("OPTIONS", f"{WEBHOOK}?functionName=on_cloud_event", headers=origin)
    assert response.status_code == 200
    assert response.headers["webhook-allowed-origin"] == "eventgrid.azure.net"


def test_an_unsubscription_is_accepted(work: RunningHost) -> None:
    assert deliver(work, [EVENT], kind="Unsubscribe").status_code == 202


def test_anything_else_is_400(work: RunningHost) -> None:
    query = {"functionName": "on_event", "code": KEYS["eventgrid"]}
    assert deliver(work, [EVENT], kind="Surprise").status_code == 400
    assert work.post(WEBHOOK, params=query, json=[EVENT]).status_code == 400
    assert work.post(WEBHOOK, params=query, headers={"aeg-event-type": "Notification"}, content="{").status_code == 400
    assert deliver(work, ["no object"]).status_code == 400
    assert deliver(work, [], kind="SubscriptionValidation").status_code == 400


@pytest.mark.parametrize("function", ["unknown", "on_job", ""])
def test_what_is_no_event_grid_function_is_404(work: RunningHost, function: str) -> None:
    assert deliver(work, [EVENT], function=function).status_code == 404


def test_the_webhook_takes_the_event_grid_or_the_master_key(work: RunningHost) -> None:
    path = f"{WEBHOOK}?functionName=on_event"
    kind = {"aeg-event-type": "Unsubscribe"}
    assert work.post(path, headers=kind).status_code == 401
    assert work.post(path, headers={**kind, "x-functions-key": KEYS["default"]}).status_code == 401
    assert work.post(path, headers={**kind, "x-functions-key": KEYS["eventgrid"]}).status_code == 202
    assert work.post(path, headers={**kind, **MASTER}).status_code == 202


def test_a_timer_ticks_by_the_schedule_of_a_setting(work: RunningHost) -> None:
    wait_until(lambda: len(work.get("/api/seen/ticks").json()) >= 2)
    assert not any(work.get("/api/seen/ticks").json())


def test_a_timer_that_runs_on_startup_has_run_once(work: RunningHost) -> None:
    assert wait_until(lambda: work.get("/api/seen/startups").json()) == [False]


def test_queue_timer_and_event_functions_can_be_invoked_by_hand(work: RunningHost) -> None:
    for name, entered in (("on_job", "by hand"), ("on_startup", ""), ("on_event", json.dumps({**EVENT, "id": "hand"}))):
        response = work.post(f"/admin/functions/{name}", headers=MASTER, json={"input": entered})
        assert response.status_code == 202
    wait_until(lambda: seen(work, "jobs", text="by hand", dequeueCount=1))
    wait_until(lambda: seen(work, "events", id="hand"))
    wait_until(lambda: len(work.get("/api/seen/startups").json()) == 2)


def test_invoking_by_hand_takes_a_body_with_input(work: RunningHost) -> None:
    assert work.post("/admin/functions/on_job", headers=MASTER, content="[]").status_code == 400
    assert work.post("/admin/functions/on_event", headers=MASTER, json={"input": "{"}).status_code == 400
